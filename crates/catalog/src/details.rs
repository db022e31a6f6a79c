//! What is asked of one asset at a time: hashes, names, and what EXIF says beyond the timeline.

use diesel::prelude::*;
use kalends_model::{AssetId, CaptureTime, DateSource, DuplicateId, LocalTime, Offset, UserId};

use crate::assets::{MetadataState, NewAsset};
use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::schema::{assets, details};
use crate::stored::{Key, Name, StoredId, exactly, ids};
use crate::writer::Writer;

/// What the files say of the picture beyond what the timeline shows. Contract immich §E7.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exif {
    /// What is to be seen, in words.
    pub description: Option<String>,
    /// The camera's maker.
    pub make: Option<String>,
    /// The camera's model.
    pub model: Option<String>,
    /// The lens.
    pub lens: Option<String>,
    /// The aperture.
    pub f_number: Option<f64>,
    /// In seconds, as written: `1/250`.
    pub exposure_time: Option<String>,
    /// The sensitivity.
    pub iso: Option<i32>,
    /// In millimetres.
    pub focal_length: Option<f64>,
    /// Frames per second of a video.
    pub fps: Option<f64>,
    /// EXIF orientation, 1 to 8.
    pub orientation: Option<u8>,
    /// The time zone, as a name or an offset.
    pub zone: Option<String>,
    /// Width as stored, before rotation, in pixels.
    pub raw_width: Option<u32>,
    /// Height as stored, before rotation, in pixels.
    pub raw_height: Option<u32>,
    /// What the photo and the video of a live photo have in common (contract immich §E8).
    pub content_id: Option<String>,
}

/// What is known of one asset besides its row in the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Details {
    /// The name under which it came.
    pub file_name: String,
    /// When it came into the catalog, in microseconds since 1970.
    pub created_at: i64,
    /// How far the reading of its files has come.
    pub state: MetadataState,
    /// SHA-1 of the original's bytes, once computed.
    pub sha1: Option<[u8; 20]>,
    /// SHA-256 of the original's bytes, once computed.
    pub sha256: Option<[u8; 32]>,
    /// The date that stands in while the files say none, such as what an uploading client said.
    pub fallback: Option<CaptureTime>,
    /// The state, province or region where it was taken.
    pub place_state: Option<String>,
    /// The group of duplicates that it has been put into.
    pub duplicate: Option<DuplicateId>,
    /// What the files say.
    pub exif: Exif,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = details, treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct StoredExif {
    description: Option<String>,
    make: Option<String>,
    model: Option<String>,
    lens: Option<String>,
    f_number: Option<f64>,
    exposure_time: Option<String>,
    iso: Option<i32>,
    focal_length: Option<f64>,
    fps: Option<f64>,
    orientation: Option<i32>,
    zone: Option<String>,
    raw_width: Option<i32>,
    raw_height: Option<i32>,
    content_id: Option<String>,
}

impl From<&Exif> for StoredExif {
    fn from(exif: &Exif) -> Self {
        Self {
            description: exif.description.clone(),
            make: exif.make.clone(),
            model: exif.model.clone(),
            lens: exif.lens.clone(),
            f_number: exif.f_number,
            exposure_time: exif.exposure_time.clone(),
            iso: exif.iso,
            focal_length: exif.focal_length,
            fps: exif.fps,
            orientation: exif.orientation.map(i32::from),
            zone: exif.zone.clone(),
            raw_width: exif.raw_width.map(|pixels| pixels as i32),
            raw_height: exif.raw_height.map(|pixels| pixels as i32),
            content_id: exif.content_id.clone(),
        }
    }
}

impl From<StoredExif> for Exif {
    fn from(stored: StoredExif) -> Self {
        Self {
            description: stored.description,
            make: stored.make,
            model: stored.model,
            lens: stored.lens,
            f_number: stored.f_number,
            exposure_time: stored.exposure_time,
            iso: stored.iso,
            focal_length: stored.focal_length,
            fps: stored.fps,
            orientation: stored.orientation.map(|orientation| orientation as u8),
            zone: stored.zone,
            raw_width: stored.raw_width.map(|pixels| pixels as u32),
            raw_height: stored.raw_height.map(|pixels| pixels as u32),
            content_id: stored.content_id,
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = details)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct StoredDetails {
    file_name: String,
    created_at: i64,
    metadata_state: Name<MetadataState>,
    sha1: Option<Vec<u8>>,
    sha256: Option<Vec<u8>>,
    fallback_local: Option<i64>,
    fallback_offset_seconds: Option<i32>,
    fallback_source: Option<Name<DateSource>>,
    duplicate: Option<Key>,
}

impl StoredDetails {
    pub(crate) fn into_details(
        self,
        exif: StoredExif,
        place_state: Option<String>,
    ) -> Result<Details, CatalogError> {
        let fallback = match (self.fallback_local, self.fallback_source) {
            (Some(local), Some(source)) => Some(CaptureTime {
                local: LocalTime::from_micros(local),
                offset: self.fallback_offset_seconds.and_then(Offset::from_seconds),
                source: source.0,
            }),
            _ => None,
        };
        Ok(Details {
            file_name: self.file_name,
            created_at: self.created_at,
            state: self.metadata_state.0,
            sha1: self.sha1.map(|hash| exactly("details", &hash)).transpose()?,
            sha256: self.sha256.map(|hash| exactly("details", &hash)).transpose()?,
            fallback,
            place_state,
            duplicate: self.duplicate.map(Key::as_id),
            exif: exif.into(),
        })
    }
}

impl Reader<'_> {
    /// What is known of an asset besides its row; `None` when the owner has no such asset.
    pub fn details(
        &mut self,
        owner: UserId,
        asset: AssetId,
    ) -> Result<Option<Details>, CatalogError> {
        let key = (owner.key(), asset.key());
        let stored = details::table
            .find(key)
            .select((StoredDetails::as_select(), StoredExif::as_select()))
            .first::<(StoredDetails, StoredExif)>(self.connection)
            .optional()?;
        let Some((details, exif)) = stored else { return Ok(None) };
        let place_state = assets::table.find(key).select(assets::state).first(self.connection)?;
        details.into_details(exif, place_state).map(Some)
    }

    /// The owner's assets whose original has this SHA-1, ascending.
    pub fn assets_with_sha1(
        &mut self,
        owner: UserId,
        sha1: &[u8; 20],
    ) -> Result<Vec<AssetId>, CatalogError> {
        let keys = details::table
            .filter(details::owner.eq(owner.key()))
            .filter(details::sha1.eq(sha1.as_slice()))
            .order(details::asset)
            .select(details::asset)
            .load::<Key>(self.connection)?;
        Ok(ids(keys))
    }
}

impl Writer<'_> {
    pub(crate) fn insert_details(&mut self, asset: &NewAsset) -> Result<(), CatalogError> {
        let fallback = asset.fallback;
        let stored = StoredDetails {
            file_name: asset.file_name.clone(),
            created_at: self.now,
            metadata_state: Name(asset.facts.state),
            sha1: asset.sha1.map(|hash| hash.to_vec()),
            sha256: asset.sha256.map(|hash| hash.to_vec()),
            fallback_local: fallback.map(|capture| capture.local.micros()),
            fallback_offset_seconds: fallback
                .and_then(|capture| capture.offset)
                .map(Offset::seconds),
            fallback_source: fallback.map(|capture| Name(capture.source)),
            duplicate: None,
        };
        let exif = StoredExif::from(&asset.facts.exif);
        let (owner, asset) = (asset.owner.key(), asset.id.key());
        diesel::insert_into(details::table)
            .values((details::owner.eq(owner), details::asset.eq(asset), stored, exif))
            .execute(self.connection)?;
        Ok(())
    }

    /// Records the hashes of an asset's original. The timeline does not show them: nothing is
    /// touched.
    pub fn set_hashes(
        &mut self,
        owner: UserId,
        asset: AssetId,
        sha1: &[u8; 20],
        sha256: &[u8; 32],
    ) -> Result<(), CatalogError> {
        diesel::update(details::table.find((owner.key(), asset.key())))
            .set((details::sha1.eq(sha1.as_slice()), details::sha256.eq(sha256.as_slice())))
            .execute(self.connection)?;
        Ok(())
    }
}
