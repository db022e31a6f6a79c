//! Uploads: assets that clients sent, how those call them, and how much room they take.
//!
//! An upload is an asset of the owner's library for uploads. Its content is known once: two equal
//! files of one owner are one upload (contract immich §D2.3), which whoever adds one must look up
//! in the same transaction, by [`Reader::upload_with_sha1`].

use std::collections::HashSet;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kalends_model::{AssetId, LibraryId, UserId};

use crate::assets::NewAsset;
use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::files::FileRole;
use crate::libraries::StoredKind;
use crate::schema::{assets, details, files, libraries, uploads};
use crate::stored::{Key, Name, StoredId, exactly, ids};
use crate::writer::Writer;

/// The most keys that one look-up names.
const KEYS_MAX: usize = 500;

/// How the client that sent an asset calls itself and the asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceName {
    /// The client.
    pub device: String,
    /// What it calls the asset.
    pub asset: String,
}

/// An asset of the catalog with the content that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameContent {
    /// SHA-1 of the original.
    pub sha1: [u8; 20],
    /// The asset.
    pub asset: AssetId,
    /// Whether it is in the trash.
    pub is_trashed: bool,
}

/// What must be known of an asset to send its original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOriginal {
    /// The asset.
    pub asset: AssetId,
    /// The library it lies in.
    pub library: LibraryId,
    /// Where the original lies, relative to the library's folder.
    pub path: Vec<u8>,
    /// The name under which it came.
    pub file_name: String,
    /// In bytes, as it was last seen.
    pub size: u64,
    /// The hidden video that is this photo's motion.
    pub live_video: Option<AssetId>,
}

impl Reader<'_> {
    /// The owner's library for uploads.
    pub fn uploads_library(&mut self, owner: UserId) -> Result<Option<LibraryId>, CatalogError> {
        let id = libraries::table
            .filter(libraries::owner.eq(owner.key()))
            .filter(libraries::kind.eq(Name(StoredKind::Uploads)))
            .order((libraries::created_at, libraries::id))
            .select(libraries::id)
            .first::<Key>(self.connection)
            .optional()?;
        Ok(id.map(Key::as_id))
    }

    /// The owner's upload with this content, also when it is in the trash.
    pub fn upload_with_sha1(
        &mut self,
        owner: UserId,
        sha1: &[u8; 20],
    ) -> Result<Option<AssetId>, CatalogError> {
        let of_upload = uploads::owner.eq(details::owner).and(uploads::asset.eq(details::asset));
        let id = details::table
            .inner_join(uploads::table.on(of_upload))
            .filter(details::owner.eq(owner.key()))
            .filter(details::sha1.eq(sha1.as_slice()))
            .order(details::asset)
            .select(details::asset)
            .first::<Key>(self.connection)
            .optional()?;
        Ok(id.map(Key::as_id))
    }

    /// All of the owner's assets with one of these contents, uploads or not.
    pub fn assets_with_contents(
        &mut self,
        owner: UserId,
        sha1s: &[[u8; 20]],
    ) -> Result<Vec<SameContent>, CatalogError> {
        let mut found = Vec::new();
        for part in sha1s.chunks(KEYS_MAX) {
            let of_details = assets::owner.eq(details::owner).and(assets::id.eq(details::asset));
            let rows = details::table
                .inner_join(assets::table.on(of_details))
                .filter(details::owner.eq(owner.key()))
                .filter(details::sha1.eq_any(part.iter().map(<[u8; 20]>::as_slice)))
                .order((details::sha1, details::asset))
                .select((details::sha1.assume_not_null(), details::asset, assets::trashed_at))
                .load::<(Vec<u8>, Key, Option<i64>)>(self.connection)?;
            for (sha1, asset, trashed_at) in rows {
                found.push(SameContent {
                    sha1: exactly("details", &sha1)?,
                    asset: asset.as_id(),
                    is_trashed: trashed_at.is_some(),
                });
            }
        }
        Ok(found)
    }

    /// Bytes of the originals that the owner's clients sent, in the trash or not.
    pub fn uploaded_bytes(&mut self, owner: UserId) -> Result<u64, CatalogError> {
        // The sum of big integers would be a decimal elsewhere; here it is wanted as bytes.
        let bytes = uploads::table
            .filter(uploads::owner.eq(owner.key()))
            .select(sql::<BigInt>("CAST(COALESCE(SUM(size), 0) AS BIGINT)"))
            .first::<i64>(self.connection)?;
        Ok(bytes as u64)
    }

    /// How the client that sent the asset calls it; `None` for assets that no client sent.
    pub fn device_name(
        &mut self,
        owner: UserId,
        asset: AssetId,
    ) -> Result<Option<DeviceName>, CatalogError> {
        let row = uploads::table
            .find((owner.key(), asset.key()))
            .select((uploads::device, uploads::device_asset))
            .first::<(String, String)>(self.connection)
            .optional()?;
        Ok(row.map(|(device, asset)| DeviceName { device, asset }))
    }

    /// What a client calls the assets that it sent, in order, each name once.
    pub fn device_assets(
        &mut self,
        owner: UserId,
        device: &str,
    ) -> Result<Vec<String>, CatalogError> {
        Ok(uploads::table
            .filter(uploads::owner.eq(owner.key()))
            .filter(uploads::device.eq(device))
            .order(uploads::device_asset)
            .select(uploads::device_asset)
            .distinct()
            .load(self.connection)?)
    }

    /// Those of `names` under which the client has sent an asset.
    pub fn known_device_assets(
        &mut self,
        owner: UserId,
        device: &str,
        names: &[String],
    ) -> Result<Vec<String>, CatalogError> {
        let mut known = Vec::new();
        for part in names.chunks(KEYS_MAX) {
            known.extend(
                uploads::table
                    .filter(uploads::owner.eq(owner.key()))
                    .filter(uploads::device.eq(device))
                    .filter(uploads::device_asset.eq_any(part))
                    .order(uploads::device_asset)
                    .select(uploads::device_asset)
                    .distinct()
                    .load::<String>(self.connection)?,
            );
        }
        Ok(known)
    }

    /// The originals of those of the owner's assets that have one, ascending by asset within each
    /// 500 asked for.
    pub fn originals_of(
        &mut self,
        owner: UserId,
        ids: &[AssetId],
    ) -> Result<Vec<StoredOriginal>, CatalogError> {
        let mut found = Vec::with_capacity(ids.len());
        for part in ids.chunks(KEYS_MAX) {
            let of_files = files::owner.eq(assets::owner).and(files::asset.eq(assets::id));
            let of_details = details::owner.eq(assets::owner).and(details::asset.eq(assets::id));
            let rows = assets::table
                .inner_join(files::table.on(of_files))
                .inner_join(details::table.on(of_details))
                .filter(assets::owner.eq(owner.key()))
                .filter(assets::id.eq_any(part.iter().map(|id| id.key())))
                .filter(files::role.eq(Name(FileRole::Original)))
                .order((assets::id, files::path))
                .select((
                    assets::id,
                    files::library,
                    files::path,
                    details::file_name,
                    files::size,
                    assets::live_video,
                ))
                .load::<(Key, Key, Vec<u8>, String, i64, Option<Key>)>(self.connection)?;
            found.extend(rows.into_iter().map(
                |(asset, library, path, file_name, size, live_video)| StoredOriginal {
                    asset: asset.as_id(),
                    library: library.as_id(),
                    path,
                    file_name,
                    size: size as u64,
                    live_video: live_video.map(Key::as_id),
                },
            ));
        }
        Ok(found)
    }

    /// The hidden videos that are the motion of one of `photos` and of no other photo of the owner.
    pub fn motions_of_only(
        &mut self,
        owner: UserId,
        photos: &[AssetId],
    ) -> Result<Vec<AssetId>, CatalogError> {
        let going: HashSet<AssetId> = photos.iter().copied().collect();
        let mut motions = Vec::new();
        for &photo in photos {
            let motion = assets::table
                .find((owner.key(), photo.key()))
                .select(assets::live_video)
                .first::<Option<Key>>(self.connection)
                .optional()?
                .flatten();
            let Some(motion) = motion else { continue };
            let users = assets::table
                .filter(assets::owner.eq(owner.key()))
                .filter(assets::live_video.eq(motion))
                .select(assets::id)
                .load::<Key>(self.connection)?;
            if ids::<AssetId>(users).iter().all(|user| going.contains(user)) {
                motions.push(motion.as_id());
            }
        }
        motions.sort_unstable();
        motions.dedup();
        Ok(motions)
    }
}

impl Writer<'_> {
    /// Adds an asset that a client sent. The bytes of its originals count against the quota.
    pub fn add_upload(&mut self, asset: &NewAsset, name: &DeviceName) -> Result<(), CatalogError> {
        self.insert_assets(std::slice::from_ref(asset))?;
        let originals = asset.files.iter().filter(|file| file.role == FileRole::Original);
        let size = originals.map(|file| file.size as i64).sum::<i64>();
        diesel::insert_into(uploads::table)
            .values((
                uploads::owner.eq(asset.owner.key()),
                uploads::asset.eq(asset.id.key()),
                uploads::device.eq(&name.device),
                uploads::device_asset.eq(&name.asset),
                uploads::size.eq(size),
            ))
            .execute(self.connection)
            .map_err(conflict("an upload with this id"))?;
        Ok(())
    }

    /// Says that a file of an asset lies at another path of its library.
    pub fn move_file(
        &mut self,
        owner: UserId,
        library: LibraryId,
        from: &[u8],
        to: &[u8],
    ) -> Result<(), CatalogError> {
        let moved = diesel::update(files::table.find((owner.key(), library.key(), from)))
            .set(files::path.eq(to))
            .execute(self.connection)
            .map_err(conflict("a file at this path"))?;
        crate::users::expect_one(moved, "file")
    }
}
