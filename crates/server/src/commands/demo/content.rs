//! What a scan cannot know: albums, a partner, favourites, an archive, a locked folder, a trash,
//! stacks and links; so that every filter of both APIs has something to find.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::Context as _;
use kalends_catalog::{Album, AlbumOrder, CatalogError, Link, LinkTarget, Partner, Role, Writer};
use kalends_library::folders::import_folders;
use kalends_library::secrets::hash_password;
use kalends_library::{Clock as _, Library, Randomness as _, SystemClock, SystemRandomness};
use kalends_model::{AlbumId, AssetId, LinkId, StackId, UserId, Visibility};
use kalends_specimen::demo::{DemoFile, Tree};

/// The slug of the demo's shared link.
const SLUG: &str = "nepal";

/// The slug of the shared link that asks for a password, and the password.
const LOCKED_SLUG: &str = "nepal-locked";
pub(super) const LINK_PASSWORD: &str = "namaste";

/// What opens Alice's locked folder.
pub(super) const PIN: &str = "202611";

/// The assets of the demo with what they were made to be, by capture time.
struct Assets<'p> {
    alice: Vec<(AssetId, &'p DemoFile)>,
    bob: Vec<(AssetId, &'p DemoFile)>,
}

/// Fills the catalog.
pub(super) fn fill(
    library: &Library,
    alice: UserId,
    bob: UserId,
    plan: &[DemoFile],
) -> anyhow::Result<()> {
    let assets = find_assets(library, alice, bob, plan)?;
    let now = SystemClock.now_micros();
    let link_password = hash_password(LINK_PASSWORD, &SystemRandomness);
    let pin = hash_password(PIN, &SystemRandomness);
    library.write(|writer| {
        writer.set_partner(Partner { shared_by: bob, shared_with: alice, in_timeline: true })?;
        let demo = Demo { now, alice, bob, assets: &assets, link_password };
        demo.flags(writer)?;
        demo.stacks(writer)?;
        demo.albums(writer)?;
        writer.set_pin_hash(alice, Some(&pin))
    })?;
    Ok(())
}

fn find_assets<'p>(
    library: &Library,
    alice: UserId,
    bob: UserId,
    plan: &'p [DemoFile],
) -> anyhow::Result<Assets<'p>> {
    let known = library.read(|reader| {
        let mut known = HashMap::new();
        for library in reader.libraries()? {
            let folders = import_folders(&library);
            for (path, file) in reader.files_of_library(library.owner, library.id)? {
                let path = PathBuf::from(String::from_utf8_lossy(&path).into_owned());
                let within = folders.iter().find_map(|folder| path.strip_prefix(folder).ok());
                let path = within.unwrap_or(&path).to_owned();
                known.insert((library.name.clone(), library.owner, path), file.asset);
            }
        }
        Ok(known)
    })?;
    let mut assets = Assets { alice: Vec::new(), bob: Vec::new() };
    for file in plan {
        let owner = if file.tree == Tree::Bob { bob } else { alice };
        let folder = file.tree.folder();
        let name = folder.rsplit('/').next().unwrap_or(folder);
        let path = file.path[folder.len()..].trim_start_matches('/');
        let key = (name.to_owned(), owner, PathBuf::from(path));
        let asset = *known.get(&key).with_context(|| format!("{} was not indexed", file.path))?;
        let side = if owner == bob { &mut assets.bob } else { &mut assets.alice };
        side.push((asset, file));
    }
    for side in [&mut assets.alice, &mut assets.bob] {
        side.sort_by_key(|(_, file)| {
            (file.truth.local.map(|local| local.unix_seconds(0)), &file.path)
        });
    }
    Ok(assets)
}

struct Demo<'a> {
    /// Microseconds since 1970.
    now: i64,
    alice: UserId,
    bob: UserId,
    assets: &'a Assets<'a>,
    /// The hash of [`LINK_PASSWORD`].
    link_password: String,
}

impl Demo<'_> {
    fn flags(&self, writer: &mut Writer<'_>) -> Result<(), CatalogError> {
        let stills: Vec<AssetId> = self
            .assets
            .alice
            .iter()
            .filter(|(_, file)| !file.truth.has_motion && file.truth.burst.is_none())
            .filter(|(_, file)| file.truth.live_photo_partner.is_none())
            .map(|(asset, _)| *asset)
            .collect();
        let every = |step, first| stills.iter().copied().skip(first).step_by(step);
        let alice = self.alice;
        writer.set_favorite(alice, &every(9, 0).collect::<Vec<_>>(), true)?;
        let archived: Vec<AssetId> = every(23, 4).collect();
        writer.set_visibility(alice, &archived, Visibility::Archive)?;
        let locked: Vec<AssetId> = every(80, 6).collect();
        writer.set_visibility(alice, &locked, Visibility::Locked)?;
        writer.trash(alice, &every(31, 2).collect::<Vec<_>>())?;
        let bobs: Vec<AssetId> = self.assets.bob.iter().map(|(asset, _)| *asset).collect();
        let every = |step, first| bobs.iter().copied().skip(first).step_by(step);
        writer.set_favorite(self.bob, &every(7, 0).collect::<Vec<_>>(), true)?;
        writer.set_visibility(self.bob, &every(13, 3).collect::<Vec<_>>(), Visibility::Archive)?;
        writer.trash(self.bob, &every(17, 5).collect::<Vec<_>>())?;
        Ok(())
    }

    /// Each burst is a stack, shown by its first picture.
    fn stacks(&self, writer: &mut Writer<'_>) -> Result<(), CatalogError> {
        let mut bursts: Vec<(u32, Vec<AssetId>)> = Vec::new();
        for (asset, file) in &self.assets.alice {
            let Some(burst) = file.truth.burst else { continue };
            match bursts.iter_mut().find(|(known, _)| *known == burst) {
                Some((_, members)) => members.push(*asset),
                None => bursts.push((burst, vec![*asset])),
            }
        }
        for (_, members) in bursts.into_iter().filter(|(_, members)| members.len() > 1) {
            let stack = StackId::from_random(random_bytes());
            writer.create_stack(self.alice, stack, &members)?;
        }
        Ok(())
    }

    fn albums(&self, writer: &mut Writer<'_>) -> Result<(), CatalogError> {
        let nepal = self.album(writer, self.alice, "Nepal", AlbumOrder::Asc)?;
        let of_nepal = |(_, file): &&(AssetId, &DemoFile)| {
            file.truth.keywords.iter().any(|keyword| keyword.contains("Nepal"))
        };
        let members: Vec<AssetId> =
            self.assets.alice.iter().filter(of_nepal).map(|(asset, _)| *asset).collect();
        writer.add_to_album(nepal, self.alice, &members)?;
        self.link(writer, nepal, SLUG, None)?;
        self.link(writer, nepal, LOCKED_SLUG, Some(&self.link_password))?;

        let together = self.album(writer, self.alice, "Together", AlbumOrder::Desc)?;
        writer.set_album_user(together, self.bob, Role::Editor)?;
        let some = |side: &[(AssetId, &DemoFile)], step| -> Vec<AssetId> {
            side.iter().step_by(step).map(|(asset, _)| *asset).collect()
        };
        writer.add_to_album(together, self.alice, &some(&self.assets.alice, 12))?;
        writer.add_to_album(together, self.bob, &some(&self.assets.bob, 3))?;

        let bobs = self.album(writer, self.bob, "Bob's picks", AlbumOrder::Desc)?;
        writer.set_album_user(bobs, self.alice, Role::Viewer)?;
        writer.add_to_album(bobs, self.bob, &some(&self.assets.bob, 4))?;
        Ok(())
    }

    fn album(
        &self,
        writer: &mut Writer<'_>,
        owner: UserId,
        name: &str,
        order: AlbumOrder,
    ) -> Result<AlbumId, CatalogError> {
        let id = AlbumId::from_random(random_bytes());
        writer.create_album(&Album { order, ..Album::new(id, owner, name, self.now) })?;
        Ok(id)
    }

    fn link(
        &self,
        writer: &mut Writer<'_>,
        album: AlbumId,
        slug: &str,
        password_hash: Option<&str>,
    ) -> Result<(), CatalogError> {
        let mut key = vec![0; 50];
        SystemRandomness.fill(&mut key);
        writer.create_link(
            &Link {
                id: LinkId::from_random(random_bytes()),
                owner: self.alice,
                key,
                slug: Some(slug.to_owned()),
                target: LinkTarget::Album(album),
                description: None,
                created_at: self.now,
                expires_at: None,
                show_metadata: true,
                allow_upload: false,
                allow_download: true,
            },
            password_hash,
        )
    }
}

fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    SystemRandomness.fill(&mut bytes);
    bytes
}
