//! Assets: how they come into the catalog, take what their files say, and go.

use std::collections::BTreeSet;

use diesel::prelude::*;
use kalends_model::{
    AlbumId, AssetId, CaptureTime, ChangeKind, DateSource, GeoPoint, Kind, LibraryId, Offset,
    UserId, Visibility,
};

use crate::catalog::Reader;
use crate::details::{Exif, StoredExif};
use crate::error::{CatalogError, conflict};
use crate::files::NewFile;
use crate::schema::{album_assets, assets, details};
use crate::stored::{Key, Name, StoredId, ids, stored_names};
use crate::users::expect_one;
use crate::writer::Writer;

/// How far the reading of an asset's files has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MetadataState {
    /// Not read yet.
    #[default]
    Pending,
    /// Read.
    Read,
    /// Could not be read; the problem of the file says why.
    Failed,
}

stored_names!(MetadataState { Pending = "pending", Read = "read", Failed = "failed" });

/// Where a picture was taken. Each part may be known without the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// The coordinates.
    pub point: Option<GeoPoint>,
    /// The city.
    pub city: Option<String>,
    /// The state, province or region.
    pub state: Option<String>,
    /// The country.
    pub country: Option<String>,
}

/// What the files of an asset say.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Photo or video.
    pub kind: Kind,
    /// When it was taken.
    pub capture: CaptureTime,
    /// Display width in pixels, rotated upright; 0 when unknown.
    pub width: u32,
    /// Display height in pixels, rotated upright; 0 when unknown.
    pub height: u32,
    /// Length of a video in milliseconds.
    pub duration_ms: Option<u64>,
    /// Upper-case projection of a 360° picture.
    pub projection: Option<String>,
    /// Where it was taken.
    pub place: Place,
    /// Maker and model of the camera, as one name.
    pub camera: Option<String>,
    /// 1 to 5, or −1 for rejected.
    pub rating: Option<i8>,
    /// The rest.
    pub exif: Exif,
    /// How far the reading has come.
    pub state: MetadataState,
}

impl Facts {
    /// What is known of a file before it is read: what it is, and a date that stands in.
    pub fn unread(kind: Kind, capture: CaptureTime) -> Self {
        Self {
            kind,
            capture,
            width: 0,
            height: 0,
            duration_ms: None,
            projection: None,
            place: Place::default(),
            camera: None,
            rating: None,
            exif: Exif::default(),
            state: MetadataState::Pending,
        }
    }
}

/// An asset that comes into the catalog.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAsset {
    /// A fresh id.
    pub id: AssetId,
    /// Whose it is.
    pub owner: UserId,
    /// The library it lies in, which must be the owner's.
    pub library: LibraryId,
    /// The name under which it came.
    pub file_name: String,
    /// Where it is shown.
    pub visibility: Visibility,
    /// The owner's favourite.
    pub is_favorite: bool,
    /// The hidden video that is this photo's motion.
    pub live_video: Option<AssetId>,
    /// SHA-1 of the original, when computed already.
    pub sha1: Option<[u8; 20]>,
    /// SHA-256 of the original, when computed already.
    pub sha256: Option<[u8; 32]>,
    /// The date that stands in while the files say none.
    pub fallback: Option<CaptureTime>,
    /// What its files say, as far as they have been read.
    pub facts: Facts,
    /// Its files.
    pub files: Vec<NewFile>,
}

impl NewAsset {
    /// An asset with these facts and nothing else: visible in the timeline, without files.
    pub fn new(id: AssetId, owner: UserId, library: LibraryId, facts: Facts) -> Self {
        Self {
            id,
            owner,
            library,
            file_name: String::new(),
            visibility: Visibility::Timeline,
            is_favorite: false,
            live_video: None,
            sha1: None,
            sha256: None,
            fallback: None,
            facts,
            files: Vec::new(),
        }
    }
}

/// Facts that a person has set: a file may no longer overwrite them. One bit of `assets.edited`
/// each. (A date's source says the same for dates.)
#[derive(Clone, Copy)]
#[repr(i32)]
pub(crate) enum Edited {
    Place = 1,
    Rating = 2,
    Description = 4,
    Tags = 8,
    Faces = 16,
}

impl Edited {
    /// Each with its stable name.
    pub(crate) const NAMED: &[(&str, i64)] = &[
        ("place", Self::Place as i64),
        ("rating", Self::Rating as i64),
        ("description", Self::Description as i64),
    ];

    pub(crate) fn is_in(self, bits: i32) -> bool {
        bits & self as i32 != 0
    }

    pub(crate) fn put(self, bits: i32, is_edited: bool) -> i32 {
        if is_edited { bits | self as i32 } else { bits & !(self as i32) }
    }
}

/// Which details a person has set.
#[derive(Clone, Copy)]
struct KeptDetails {
    description: bool,
    zone: bool,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = assets, treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
struct StoredFacts<'a> {
    kind: Name<Kind>,
    width: i32,
    height: i32,
    duration_ms: Option<i64>,
    projection: Option<&'a str>,
    camera: Option<&'a str>,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = assets, treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct StoredCapture {
    local: i64,
    offset_seconds: Option<i32>,
    date_source: Name<DateSource>,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = assets, treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct StoredPlace<'a> {
    latitude: Option<f64>,
    longitude: Option<f64>,
    city: Option<&'a str>,
    state: Option<&'a str>,
    country: Option<&'a str>,
}

impl<'a> From<&'a Facts> for StoredFacts<'a> {
    fn from(facts: &'a Facts) -> Self {
        Self {
            kind: Name(facts.kind),
            width: facts.width as i32,
            height: facts.height as i32,
            duration_ms: facts.duration_ms.map(|millis| millis as i64),
            projection: facts.projection.as_deref(),
            camera: facts.camera.as_deref(),
        }
    }
}

impl From<CaptureTime> for StoredCapture {
    fn from(capture: CaptureTime) -> Self {
        Self {
            local: capture.local.micros(),
            offset_seconds: capture.offset.map(Offset::seconds),
            date_source: Name(capture.source),
        }
    }
}

impl<'a> From<&'a Place> for StoredPlace<'a> {
    fn from(place: &'a Place) -> Self {
        Self {
            latitude: place.point.map(|point| point.latitude),
            longitude: place.point.map(|point| point.longitude),
            city: place.city.as_deref(),
            state: place.state.as_deref(),
            country: place.country.as_deref(),
        }
    }
}

impl Reader<'_> {
    /// The owners of those of `ids` that exist, in the order asked.
    pub fn owner_of_assets(
        &mut self,
        ids: &[AssetId],
    ) -> Result<Vec<(AssetId, UserId)>, CatalogError> {
        let mut found = Vec::with_capacity(ids.len());
        for &id in ids {
            let owner = assets::table
                .filter(assets::id.eq(id.key()))
                .select(assets::owner)
                .first::<Key>(self.connection)
                .optional()?;
            found.extend(owner.map(|owner| (id, owner.as_id())));
        }
        Ok(found)
    }

    /// At most `limit` assets whose files have not been read, or could not be: pending work after a
    /// restart. By owner and id.
    pub fn unread_assets(
        &mut self,
        limit: usize,
    ) -> Result<Vec<(UserId, AssetId, MetadataState)>, CatalogError> {
        use diesel::dsl::sql;
        use diesel::sql_types::Bool;
        let rows = details::table
            // Spelt out, not bound, so that it can be seen to fit the index of unread rows.
            .filter(sql::<Bool>("metadata_state <> 'read'"))
            .order((details::owner, details::asset))
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select((details::owner, details::asset, details::metadata_state))
            .load::<(Key, Key, Name<MetadataState>)>(self.connection)?;
        let rows = rows.into_iter();
        Ok(rows.map(|(owner, asset, state)| (owner.as_id(), asset.as_id(), state.0)).collect())
    }
}

impl Writer<'_> {
    /// Adds assets with their details and files. All of them or, on a conflict, none.
    pub fn insert_assets(&mut self, new: &[NewAsset]) -> Result<(), CatalogError> {
        for asset in new {
            self.insert_asset(asset)?;
        }
        Ok(())
    }

    fn insert_asset(&mut self, asset: &NewAsset) -> Result<(), CatalogError> {
        diesel::insert_into(assets::table)
            .values((
                assets::owner.eq(asset.owner.key()),
                assets::id.eq(asset.id.key()),
                assets::library.eq(asset.library.key()),
                assets::visibility.eq(Name(asset.visibility)),
                assets::is_favorite.eq(asset.is_favorite),
                assets::live_video.eq(asset.live_video.map(StoredId::key)),
                assets::rating.eq(asset.facts.rating.map(i32::from)),
                StoredFacts::from(&asset.facts),
                StoredCapture::from(asset.facts.capture),
                StoredPlace::from(&asset.facts.place),
            ))
            .execute(self.connection)
            .map_err(conflict("an asset with this id"))?;
        self.touch(asset.owner, ChangeKind::AssetsAdded, [asset.id]);
        self.insert_details(asset)?;
        for file in &asset.files {
            self.insert_file(asset.owner, asset.library, asset.id, file)?;
        }
        Ok(())
    }

    /// Takes what the files of an asset now say. What a person has set stays: a date whose source
    /// is the user, and an edited place, rating or description.
    pub fn update_facts(
        &mut self,
        owner: UserId,
        asset: AssetId,
        facts: &Facts,
    ) -> Result<(), CatalogError> {
        let row = assets::table.find((owner.key(), asset.key()));
        let current = row
            .select((assets::date_source, assets::edited))
            .first::<(Name<DateSource>, i32)>(self.connection)
            .optional()?;
        let Some((source, edited)) = current else { return Err(CatalogError::NotFound("asset")) };
        diesel::update(row).set(StoredFacts::from(facts)).execute(self.connection)?;
        if source.0 != DateSource::User {
            diesel::update(row).set(StoredCapture::from(facts.capture)).execute(self.connection)?;
        }
        if !Edited::Place.is_in(edited) {
            diesel::update(row).set(StoredPlace::from(&facts.place)).execute(self.connection)?;
        }
        if !Edited::Rating.is_in(edited) {
            diesel::update(row)
                .set(assets::rating.eq(facts.rating.map(i32::from)))
                .execute(self.connection)?;
        }
        let kept = KeptDetails {
            description: Edited::Description.is_in(edited),
            zone: source.0 == DateSource::User,
        };
        self.update_details(owner, asset, facts, kept)?;
        self.touch(owner, ChangeKind::AssetsUpdated, [asset]);
        Ok(())
    }

    fn update_details(
        &mut self,
        owner: UserId,
        asset: AssetId,
        facts: &Facts,
        kept: KeptDetails,
    ) -> Result<(), CatalogError> {
        let row = details::table.find((owner.key(), asset.key()));
        let mut exif = facts.exif.clone();
        if kept.description {
            exif.description = row.select(details::description).first(self.connection)?;
        }
        if kept.zone {
            exif.zone = row.select(details::zone).first(self.connection)?;
        }
        let changed = diesel::update(row)
            .set((StoredExif::from(&exif), details::metadata_state.eq(Name(facts.state))))
            .execute(self.connection)?;
        expect_one(changed, "details of the asset")
    }

    /// Records the ThumbHashes of pictures that have been made, at most 64 bytes each, or removes
    /// them. Assets that are gone are passed over.
    pub fn set_pictures(
        &mut self,
        owner: UserId,
        made: &[(AssetId, Option<&[u8]>)],
    ) -> Result<(), CatalogError> {
        for (asset, thumbhash) in made {
            let row = assets::table.find((owner.key(), asset.key()));
            let had = row.select(assets::thumbhash.is_not_null()).first::<bool>(self.connection);
            let Some(had) = had.optional()? else { continue };
            diesel::update(row).set(assets::thumbhash.eq(*thumbhash)).execute(self.connection)?;
            let is_first = !had && thumbhash.is_some();
            let kind = if is_first { ChangeKind::PicturesMade } else { ChangeKind::AssetsUpdated };
            self.touch(owner, kind, [*asset]);
        }
        Ok(())
    }

    /// Says which hidden video is a photo's motion, or that none is.
    pub fn set_live_video(
        &mut self,
        owner: UserId,
        photo: AssetId,
        video: Option<AssetId>,
    ) -> Result<(), CatalogError> {
        let changed = diesel::update(assets::table.find((owner.key(), photo.key())))
            .set(assets::live_video.eq(video.map(StoredId::key)))
            .execute(self.connection)?;
        self.touch(owner, ChangeKind::AssetsUpdated, [photo]);
        expect_one(changed, "asset")
    }

    /// Removes assets for good, with all that hangs on them. Cannot be undone. Returns those that
    /// there were. The files themselves are the caller's; those of external folders are remembered
    /// as removed, so that a scan passes over them while they are there.
    pub fn delete_assets(
        &mut self,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<Vec<AssetId>, CatalogError> {
        self.stir_stacks(owner, assets)?;
        self.remember_removed(owner, assets)?;
        let mut deleted = Vec::with_capacity(assets.len());
        let mut left_albums = BTreeSet::new();
        for &asset in assets {
            left_albums.extend(self.albums_of_asset(owner, asset)?);
            self.forget_motion(owner, asset)?;
            let gone = diesel::delete(assets::table.find((owner.key(), asset.key())))
                .execute(self.connection)?;
            if gone > 0 {
                deleted.push(asset);
                self.touch(owner, ChangeKind::AssetsDeleted, [asset]);
            }
        }
        for album in left_albums {
            self.raise_if_owner_left(album, owner)?;
        }
        Ok(deleted)
    }

    /// Clears the references of photos to a video that goes.
    fn forget_motion(&mut self, owner: UserId, video: AssetId) -> Result<(), CatalogError> {
        let photos = assets::table
            .filter(assets::owner.eq(owner.key()))
            .filter(assets::live_video.eq(video.key()))
            .select(assets::id)
            .load::<Key>(self.connection)?;
        for photo in ids::<AssetId>(photos) {
            self.set_live_video(owner, photo, None)?;
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// The albums that an asset is in, ascending.
    pub fn albums_of_asset(
        &mut self,
        owner: UserId,
        asset: AssetId,
    ) -> Result<Vec<AlbumId>, CatalogError> {
        let keys = album_assets::table
            .filter(album_assets::owner.eq(owner.key()))
            .filter(album_assets::asset.eq(asset.key()))
            .order(album_assets::album)
            .select(album_assets::album)
            .load::<Key>(self.connection)?;
        Ok(ids(keys))
    }
}
