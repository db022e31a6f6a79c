//! Albums as they are shown: each with who is in it, how much it holds, and its cover.
//!
//! How much an album holds, when it begins and ends, and which asset is the newest comes from the
//! timeline index, so that a list of hundreds of albums costs no query per asset, and an album counts
//! exactly what its months show.

mod contents;
mod edit;
mod figures;
mod members;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use kalends_catalog::{Album, CatalogError, Reader, Role, User};
use kalends_model::{AlbumId, AssetId, Month, UserId};

pub use edit::{AlbumChange, NewAlbum};
pub use figures::AlbumFigures;

use crate::access::albums::{allowed, require_one};
use crate::access::{AlbumRight, AssetRight, NoAccess, assets};
use crate::ask::{Ask, AskError, Question};
use crate::assets::{AssetView, Wanted};
use crate::library::Library;
use crate::viewer::Viewer;

/// An album as one viewer sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct AlbumView {
    /// The album itself.
    pub album: Album,
    /// Whose it is. Visitors with a link are not told the address.
    pub owner: User,
    /// With whom it is shared, by role and then by name. Visitors with a link are not told.
    pub members: Vec<(User, Role)>,
    /// Whether it is shared with anybody or has a link.
    pub is_shared: bool,
    /// Whether there is a link to it.
    pub has_link: bool,
    /// What the timeline knows of it.
    pub figures: AlbumFigures,
    /// The asset that stands for it: the chosen one while the album shows it, or else the newest.
    pub cover: Option<AssetId>,
    /// How many assets each owner has in it, by owner. Only where one shared album is looked at.
    pub contributors: Vec<(UserId, u64)>,
    /// What it shows, the latest instant first. Only where it is asked for.
    pub assets: Vec<AssetView>,
}

/// Which albums are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlbumListing {
    /// The viewer's own.
    Owned,
    /// Those of the viewer that are shared, and those that are shared with the viewer.
    Shared,
    /// Those of the viewer that are shared with nobody.
    NotShared,
    /// Those that the viewer may see and that hold this asset.
    Holding(AssetId),
}

/// How many albums a user has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlbumStatistics {
    /// The user's own.
    pub owned: usize,
    /// As [`AlbumListing::Shared`].
    pub shared: usize,
    /// As [`AlbumListing::NotShared`].
    pub not_shared: usize,
}

/// Why nothing was done with an album.
#[derive(Debug, thiserror::Error)]
pub enum AlbumError {
    /// It does not exist, or the viewer may not do this.
    #[error(transparent)]
    NoAccess(#[from] NoAccess),
    /// It does not exist; told apart only where the contract does.
    #[error("album not found")]
    NotFound,
    /// There is no such user.
    #[error("user not found")]
    NoSuchUser,
    /// The owner cannot be a member as well.
    #[error("the album is its owner's already")]
    OwnerAsMember,
    /// The user is a member already.
    #[error("the user is a member already")]
    AlreadyMember,
    /// The user is no member.
    #[error("the album is not shared with the user")]
    NotMember,
    /// An album cannot be without its owner.
    #[error("the owner cannot be removed")]
    OwnerStays,
    /// The cover must be in the album.
    #[error("the cover is not in the album")]
    InvalidCover,
    /// The timeline cannot be asked.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Library {
    /// Albums, the latest made first, without their assets.
    pub fn albums(
        &self,
        viewer: &Viewer,
        listing: AlbumListing,
    ) -> Result<Vec<AlbumView>, AlbumError> {
        let (albums, around) = self.read(|reader| {
            let mut albums = match listing {
                AlbumListing::Owned => reader.albums_of(viewer.user())?,
                AlbumListing::Holding(asset) => holding(reader, viewer, asset)?,
                AlbumListing::Shared | AlbumListing::NotShared => every(reader, viewer.user())?,
            };
            let around = Around::of(reader, &albums)?;
            albums.retain(|album| match listing {
                AlbumListing::Owned | AlbumListing::Holding(_) => true,
                AlbumListing::Shared => around.is_shared(album.id),
                AlbumListing::NotShared => {
                    album.owner == viewer.user() && !around.is_shared(album.id)
                }
            });
            albums.sort_by_key(|album| Reverse((album.created_at, album.id)));
            Ok((albums, around))
        })?;
        self.views(viewer, albums, &around)
    }

    /// Those of `ids` that the viewer may see, in the order asked, each once, without their assets.
    pub fn albums_by_id(
        &self,
        viewer: &Viewer,
        ids: &[AlbumId],
    ) -> Result<Vec<AlbumView>, AlbumError> {
        let (albums, around) = self.read(|reader| {
            let seen = allowed(reader, viewer, AlbumRight::Read, ids)?;
            let albums: Vec<Album> = seen.into_iter().map(|seen| seen.album).collect();
            let around = Around::of(reader, &albums)?;
            Ok((albums, around))
        })?;
        self.views(viewer, albums, &around)
    }

    /// One album, on request with its assets.
    pub fn album(
        &self,
        viewer: &Viewer,
        id: AlbumId,
        with_assets: bool,
    ) -> Result<AlbumView, AlbumError> {
        let (album, around) = self.read(|reader| {
            Ok(match require_one(reader, viewer, AlbumRight::Read, id)? {
                Err(refused) => Err(refused),
                Ok(seen) => {
                    let around = Around::of(reader, std::slice::from_ref(&seen.album))?;
                    Ok((seen.album, around))
                }
            })
        })??;
        let question = self.question(viewer, &of_album(id))?;
        let mut view = around.view(viewer, album, AlbumFigures::of(&question))?;
        if view.is_shared && !matches!(viewer, Viewer::Link(_)) {
            view.contributors = figures::contributors(&question);
        }
        if with_assets {
            view.assets = self.assets_of_album(viewer, &question)?;
        }
        Ok(view)
    }

    /// How many albums the viewer has.
    pub fn album_statistics(&self, viewer: &Viewer) -> Result<AlbumStatistics, CatalogError> {
        let user = viewer.user();
        self.read(|reader| {
            let albums = every(reader, user)?;
            let around = Around::of(reader, &albums)?;
            let owned = albums.iter().filter(|album| album.owner == user).count();
            let shared = albums.iter().filter(|album| around.is_shared(album.id)).count();
            Ok(AlbumStatistics { owned, shared, not_shared: albums.len() - shared })
        })
    }

    /// The views of albums that the viewer may see.
    fn views(
        &self,
        viewer: &Viewer,
        albums: Vec<Album>,
        around: &Around,
    ) -> Result<Vec<AlbumView>, AlbumError> {
        let asks: Vec<Ask> = albums.iter().map(|album| of_album(album.id)).collect();
        let questions = self.questions(viewer, &asks)?;
        let mut views = Vec::with_capacity(albums.len());
        for (album, question) in albums.into_iter().zip(questions) {
            // Refused only when the album has been taken away since the list was made.
            if let Ok(question) = question {
                views.push(around.view(viewer, album, AlbumFigures::of(&question))?);
            }
        }
        Ok(views)
    }

    fn assets_of_album(
        &self,
        viewer: &Viewer,
        question: &Question,
    ) -> Result<Vec<AssetView>, CatalogError> {
        let mut shown = Vec::new();
        for month in figures::months(question) {
            let Question { snapshot, filter } = question;
            let month: Month = month.bucket.start().month();
            let rows = snapshot.bucket(month, filter, kalends_model::Direction::Descending);
            shown.extend(rows.iter().map(|row| (row.instant(), row.id())));
        }
        shown.sort_by_key(|&(instant, id)| Reverse((instant, id)));
        let ids: Vec<AssetId> = shown.into_iter().map(|(_, id)| id).collect();
        self.read(|reader| self.asset_views(reader, viewer, &ids, Wanted::default()))
    }
}

fn of_album(album: AlbumId) -> Ask {
    Ask { album: Some(album), ..Ask::default() }
}

/// The user's own albums and those that are shared with the user.
fn every(reader: &mut Reader<'_>, user: UserId) -> Result<Vec<Album>, CatalogError> {
    let mut albums = reader.albums_of(user)?;
    albums.extend(reader.albums_shared_with(user)?);
    Ok(albums)
}

fn holding(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    asset: AssetId,
) -> Result<Vec<Album>, CatalogError> {
    let readable = assets::allowed(reader, viewer, AssetRight::Read, &[asset])?;
    let Some(standing) = readable.first() else { return Ok(Vec::new()) };
    let albums = reader.albums_of_assets(standing.owner, &[asset])?;
    let ids = albums.into_values().next().unwrap_or_default();
    let seen = allowed(reader, viewer, AlbumRight::Read, &ids)?;
    Ok(seen.into_iter().map(|seen| seen.album).collect())
}

/// What stands around the albums of one list, read once for all of them.
struct Around {
    members: BTreeMap<AlbumId, Vec<(UserId, Role)>>,
    linkers: BTreeMap<AlbumId, Vec<UserId>>,
    covers: BTreeMap<AlbumId, AssetId>,
    users: HashMap<UserId, User>,
}

impl Around {
    fn of(reader: &mut Reader<'_>, albums: &[Album]) -> Result<Self, CatalogError> {
        let ids: Vec<AlbumId> = albums.iter().map(|album| album.id).collect();
        let members = reader.members_of_albums(&ids)?;
        let mut users = HashMap::new();
        let named = members.values().flatten().map(|member| member.0);
        for id in named.chain(albums.iter().map(|album| album.owner)) {
            if let std::collections::hash_map::Entry::Vacant(vacant) = users.entry(id)
                && let Some(user) = reader.user(id)?
            {
                vacant.insert(user);
            }
        }
        let linkers = reader.linkers_of_albums(&ids)?;
        Ok(Self { members, linkers, covers: reader.valid_covers(&ids)?, users })
    }

    fn is_shared(&self, album: AlbumId) -> bool {
        self.members.contains_key(&album) || self.linkers.contains_key(&album)
    }

    fn view(
        &self,
        viewer: &Viewer,
        album: Album,
        figures: AlbumFigures,
    ) -> Result<AlbumView, CatalogError> {
        let owner = self.users.get(&album.owner).cloned();
        let mut owner = owner.ok_or(CatalogError::NotFound("user"))?;
        let mut members = Vec::new();
        if matches!(viewer, Viewer::Link(_)) {
            owner.email = String::new();
        } else {
            let named = self.members.get(&album.id).into_iter().flatten();
            members = named
                .filter_map(|(user, role)| Some((self.users.get(user)?.clone(), *role)))
                .collect::<Vec<(User, Role)>>();
            members.sort_by(|(a, a_role), (b, b_role)| {
                b_role.cmp(a_role).then_with(|| (&a.name, a.id).cmp(&(&b.name, b.id)))
            });
        }
        Ok(AlbumView {
            owner,
            members,
            is_shared: self.is_shared(album.id),
            has_link: self.linkers.contains_key(&album.id),
            cover: self.covers.get(&album.id).copied().or(figures.newest),
            figures,
            contributors: Vec::new(),
            assets: Vec::new(),
            album,
        })
    }
}
