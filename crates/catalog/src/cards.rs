//! An asset as clients are shown it one by one or in lists: its row, its details and its original
//! file, read for many assets at a time.

use std::collections::HashMap;

use diesel::prelude::*;
use kalends_model::{
    AssetId, CaptureTime, DateSource, GeoPoint, Kind, LibraryId, LocalTime, Offset, StackId,
    UserId, Visibility,
};

use crate::assets::Place;
use crate::catalog::Reader;
use crate::details::{Details, StoredDetails, StoredExif};
use crate::error::CatalogError;
use crate::files::FileRole;
use crate::schema::{assets, details, files, uploads};
use crate::stored::{Key, Name, StoredId};
use crate::uploads::DeviceName;

/// How many assets one statement asks for.
const ASKED_MAX: usize = 500;

/// What is known of one asset.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// The asset.
    pub id: AssetId,
    /// Whose it is.
    pub owner: UserId,
    /// The library it lies in.
    pub library: LibraryId,
    /// Photo or video.
    pub kind: Kind,
    /// Where it is shown.
    pub visibility: Visibility,
    /// The owner's favourite.
    pub is_favorite: bool,
    /// When it was put into the trash, in microseconds since 1970.
    pub trashed_at: Option<i64>,
    /// When its external file was found to be gone, in microseconds since 1970.
    pub offline_at: Option<i64>,
    /// When it was taken.
    pub capture: CaptureTime,
    /// Display width in pixels, rotated upright; 0 when unknown.
    pub width: u32,
    /// Display height in pixels, rotated upright; 0 when unknown.
    pub height: u32,
    /// Length of a video in milliseconds.
    pub duration_ms: Option<u64>,
    /// The ThumbHash, once pictures have been made.
    pub thumbhash: Option<Vec<u8>>,
    /// The hidden video that is this photo's motion.
    pub live_video: Option<AssetId>,
    /// Upper-case projection of a 360° picture.
    pub projection: Option<String>,
    /// Where it was taken.
    pub place: Place,
    /// 1 to 5, or −1 for rejected.
    pub rating: Option<i8>,
    /// The stack it is in.
    pub stack: Option<StackId>,
    /// When anything of this last changed, in microseconds since 1970.
    pub updated_at: i64,
    /// What is known beyond the timeline.
    pub details: Details,
    /// The file itself; `None` for assets without one.
    pub original: Option<OriginalFile>,
    /// How the client that sent it calls it; `None` for assets that no client sent.
    pub device: Option<DeviceName>,
}

/// Where an asset's photo or video lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginalFile {
    /// Relative to the library's folder. Bytes, since names need not be UTF-8.
    pub path: Vec<u8>,
    /// In bytes.
    pub size: u64,
    /// Time of modification, in nanoseconds since 1970.
    pub mtime_ns: i64,
}

impl Card {
    /// Whether both APIs show it in the trash.
    pub fn is_in_trash(&self) -> bool {
        self.trashed_at.is_some() || self.offline_at.is_some()
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = assets)]
struct StoredCard {
    owner: Key,
    id: Key,
    library: Key,
    kind: Name<Kind>,
    visibility: Name<Visibility>,
    is_favorite: bool,
    trashed_at: Option<i64>,
    offline_at: Option<i64>,
    local: i64,
    offset_seconds: Option<i32>,
    date_source: Name<DateSource>,
    width: i32,
    height: i32,
    duration_ms: Option<i64>,
    thumbhash: Option<Vec<u8>>,
    live_video: Option<Key>,
    projection: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    city: Option<String>,
    state: Option<String>,
    country: Option<String>,
    rating: Option<i32>,
    stack: Option<Key>,
    updated_at: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = files)]
struct StoredOriginal {
    path: Vec<u8>,
    size: i64,
    mtime_ns: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = uploads)]
struct StoredDevice {
    device: String,
    device_asset: String,
}

type StoredParts =
    (StoredCard, StoredDetails, StoredExif, Option<StoredOriginal>, Option<StoredDevice>);

fn card((stored, details, exif, original, device): StoredParts) -> Result<Card, CatalogError> {
    let details = details.into_details(exif, stored.state.clone())?;
    let point = match (stored.latitude, stored.longitude) {
        (Some(latitude), Some(longitude)) => GeoPoint::new(latitude, longitude),
        _ => None,
    };
    Ok(Card {
        id: stored.id.as_id(),
        owner: stored.owner.as_id(),
        library: stored.library.as_id(),
        kind: stored.kind.0,
        visibility: stored.visibility.0,
        is_favorite: stored.is_favorite,
        trashed_at: stored.trashed_at,
        offline_at: stored.offline_at,
        capture: CaptureTime {
            local: LocalTime::from_micros(stored.local),
            offset: stored.offset_seconds.and_then(Offset::from_seconds),
            source: stored.date_source.0,
        },
        width: stored.width as u32,
        height: stored.height as u32,
        duration_ms: stored.duration_ms.map(|millis| millis as u64),
        thumbhash: stored.thumbhash,
        live_video: stored.live_video.map(Key::as_id),
        projection: stored.projection,
        place: Place { point, city: stored.city, state: stored.state, country: stored.country },
        rating: stored.rating.map(|rating| rating as i8),
        stack: stored.stack.map(Key::as_id),
        updated_at: stored.updated_at.max(details.created_at),
        details,
        original: original.map(|file| OriginalFile {
            path: file.path,
            size: file.size as u64,
            mtime_ns: file.mtime_ns,
        }),
        device: device
            .map(|device| DeviceName { device: device.device, asset: device.device_asset }),
    })
}

impl Reader<'_> {
    /// What is known of those of `ids` that exist, whoever's they are, in the order asked.
    pub fn cards(&mut self, ids: &[AssetId]) -> Result<Vec<Card>, CatalogError> {
        let mut found: HashMap<AssetId, Card> = HashMap::with_capacity(ids.len());
        for asked in ids.chunks(ASKED_MAX) {
            let keys: Vec<Key> = asked.iter().map(|id| id.key()).collect();
            let rows = assets::table
                .inner_join(
                    details::table
                        .on(details::owner.eq(assets::owner).and(details::asset.eq(assets::id))),
                )
                .left_join(
                    files::table.on(files::owner
                        .eq(assets::owner)
                        .and(files::asset.eq(assets::id))
                        .and(files::role.eq(Name(FileRole::Original)))),
                )
                .left_join(
                    uploads::table
                        .on(uploads::owner.eq(assets::owner).and(uploads::asset.eq(assets::id))),
                )
                .filter(assets::id.eq_any(keys))
                .select((
                    StoredCard::as_select(),
                    StoredDetails::as_select(),
                    StoredExif::as_select(),
                    Option::<StoredOriginal>::as_select(),
                    Option::<StoredDevice>::as_select(),
                ))
                .load::<StoredParts>(self.connection)?;
            for parts in rows {
                let card = card(parts)?;
                found.insert(card.id, card);
            }
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// What is known of one asset.
    pub fn card(&mut self, id: AssetId) -> Result<Option<Card>, CatalogError> {
        Ok(self.cards(&[id])?.pop())
    }
}
