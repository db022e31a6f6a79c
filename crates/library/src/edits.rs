//! What a person changes on assets: one asset or many, in one transaction.
//!
//! An edit of a date is made of what the person says and of what is known of the clock. A wall time
//! with an offset says all. A wall time alone is read on the asset's own clock: by the rules of its
//! zone, or with its offset. A shift moves the instant. A zone alone keeps the instant of an asset
//! whose offset is known; of one whose offset is not, the camera's clock is the one thing known, so
//! it is kept and the zone says which clock it was.

use kalends_catalog::{Card, CatalogError, Dated, Place, Writer};
use kalends_media::facts::Zones as _;
use kalends_media::places::Places;
use kalends_model::{
    AssetId, CaptureTime, DateSource, DuplicateId, GeoPoint, Instant, Kind, LocalTime, Offset,
    UserId, Visibility,
};

use crate::access::assets::require;
use crate::access::{AssetRight, NoAccess};
use crate::library::Library;
use crate::viewer::Viewer;

/// What is to change. What is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssetEdit {
    /// The owner's favourite.
    pub is_favorite: Option<bool>,
    /// Where it is shown.
    pub visibility: Option<Visibility>,
    /// 1 to 5, −1, or none.
    pub rating: Option<Option<i8>>,
    /// What is to be seen, in words; empty to remove it.
    pub description: Option<String>,
    /// Where it was taken.
    pub place: Option<GeoPoint>,
    /// When it was taken.
    pub date: Option<DateEdit>,
    /// The group of duplicates it is in, or that it is in none.
    pub duplicate: Option<Option<DuplicateId>>,
    /// The video that is its motion, or that none is.
    pub motion: Option<Option<AssetId>>,
}

/// How a date is to change.
#[derive(Clone, Debug, PartialEq)]
pub enum DateEdit {
    /// To this wall clock; with an offset when one was said.
    To {
        /// What the clock is to show.
        local: LocalTime,
        /// That clock's offset.
        offset: Option<Offset>,
    },
    /// By some time, on the clock of another zone, or both.
    By {
        /// Microseconds, negative for earlier.
        micros: i64,
        /// An IANA name, which [`is_zone`] knows.
        zone: Option<String>,
    },
}

/// Why assets were not edited. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// One of them does not exist or is not the viewer's to change.
    #[error(transparent)]
    NoAccess(#[from] NoAccess),
    /// What should be the motion is not there or not the viewer's.
    #[error("the motion's video is not found")]
    MotionNotFound,
    /// What should be the motion is a photo.
    #[error("the motion must be a video")]
    MotionIsNoVideo,
    /// The date cannot be held.
    #[error("the date is out of range")]
    DateOutOfRange,
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// Whether the rules of this zone are known.
pub fn is_zone(name: &str) -> bool {
    Places::shared().offset_at_instant(name, Instant::from_micros(0)).is_some()
}

/// The name of an offset as clients know it (contract immich §E2): `UTC+2`, `UTC-9:30`, `UTC+0`.
pub fn offset_name(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    match minutes % 60 {
        0 => format!("UTC{sign}{}", minutes / 60),
        rest => format!("UTC{sign}{:02}:{rest:02}", minutes / 60),
    }
}

impl Library {
    /// Changes assets that are all the viewer's, or none of them.
    pub fn edit_assets(
        &self,
        viewer: &Viewer,
        ids: &[AssetId],
        edit: &AssetEdit,
    ) -> Result<(), EditError> {
        self.write(|writer| {
            if let Err(refused) = require(writer, viewer, AssetRight::Update, ids)? {
                return Ok(Err(refused.into()));
            }
            match apply(writer, viewer.user(), ids, edit) {
                // What was done before the refusal must not stay.
                Err(EditError::Catalog(error)) => Err(error),
                Err(refused) => Ok(Err(refused)),
                Ok(()) => Ok(Ok(())),
            }
        })?
    }
}

/// Everything that can be refused comes first, so that a refusal changes nothing.
fn apply(
    writer: &mut Writer<'_>,
    owner: UserId,
    ids: &[AssetId],
    edit: &AssetEdit,
) -> Result<(), EditError> {
    if let Some(Some(video)) = edit.motion {
        check_motion(writer, owner, video)?;
    }
    if let Some(date) = &edit.date {
        let cards = writer.cards(ids)?;
        let mut dates = Vec::with_capacity(cards.len());
        for card in cards {
            dates.push((card.id, edited(&card, date).ok_or(EditError::DateOutOfRange)?));
        }
        writer.set_dates(owner, &dates)?;
    }
    if let Some(is_favorite) = edit.is_favorite {
        writer.set_favorite(owner, ids, is_favorite)?;
    }
    if let Some(rating) = edit.rating {
        writer.set_rating(owner, ids, rating)?;
    }
    if let Some(description) = &edit.description {
        let description = Some(description.as_str()).filter(|text| !text.is_empty());
        writer.set_description(owner, ids, description)?;
    }
    if let Some(point) = edit.place {
        writer.set_place(owner, ids, &place_of(point))?;
    }
    if let Some(group) = edit.duplicate {
        writer.set_duplicates(owner, ids, group)?;
    }
    if let Some(visibility) = edit.visibility {
        show(writer, owner, ids, visibility)?;
    }
    if let Some(motion) = edit.motion {
        join_motions(writer, owner, ids, motion)?;
    }
    Ok(())
}

fn check_motion(writer: &mut Writer<'_>, owner: UserId, video: AssetId) -> Result<(), EditError> {
    let card = writer.card(video)?.filter(|card| card.owner == owner);
    match card.ok_or(EditError::MotionNotFound)?.kind {
        Kind::Video => Ok(()),
        Kind::Image => Err(EditError::MotionIsNoVideo),
    }
}

/// The place of a point, with the names that are known of it.
pub(crate) fn place_of(point: GeoPoint) -> Place {
    let found = Places::shared().lookup(point.latitude, point.longitude);
    Place {
        point: Some(point),
        city: found.city.map(str::to_owned),
        state: found.state.map(str::to_owned),
        country: found.country.map(str::to_owned),
    }
}

/// Shows assets elsewhere. What is locked leaves every album and link, and its motion is locked
/// with it; a motion stays hidden otherwise.
fn show(
    writer: &mut Writer<'_>,
    owner: UserId,
    ids: &[AssetId],
    visibility: Visibility,
) -> Result<(), CatalogError> {
    let cards = writer.cards(ids)?;
    let (from, to) = match visibility {
        Visibility::Locked => (Visibility::Hidden, Visibility::Locked),
        _ => (Visibility::Locked, Visibility::Hidden),
    };
    let motions: Vec<AssetId> = cards.iter().filter_map(|card| card.live_video).collect();
    let motions = writer.asset_standings(&motions)?.into_iter();
    let motions: Vec<AssetId> =
        motions.filter(|motion| motion.visibility == from).map(|motion| motion.id).collect();
    writer.set_visibility(owner, &motions, to)?;
    writer.set_visibility(owner, ids, visibility)?;
    if visibility == Visibility::Locked {
        writer.leave_albums_and_links(owner, ids)?;
        writer.leave_albums_and_links(owner, &motions)?;
    }
    Ok(())
}

/// Joins photos with the video that is their motion, or parts them from theirs. A motion is hidden
/// and in no album (contract immich §E8); one that is parted is shown where its photo is.
fn join_motions(
    writer: &mut Writer<'_>,
    owner: UserId,
    photos: &[AssetId],
    motion: Option<AssetId>,
) -> Result<(), CatalogError> {
    let cards = writer.cards(photos)?;
    let motions: Vec<(AssetId, Option<AssetId>)> =
        photos.iter().map(|photo| (*photo, motion)).collect();
    writer.set_motions(owner, &motions)?;
    for card in &cards {
        let Some(parted) = card.live_video.filter(|video| Some(*video) != motion) else { continue };
        if writer.photos_of_motions(owner, &[parted])?.is_empty() {
            writer.set_visibility(owner, &[parted], card.visibility)?;
        }
    }
    if let Some(video) = motion {
        let is_locked = cards.iter().any(|card| card.visibility == Visibility::Locked);
        let hidden = if is_locked { Visibility::Locked } else { Visibility::Hidden };
        writer.set_visibility(owner, &[video], hidden)?;
        writer.leave_albums_and_links(owner, &[video])?;
    }
    Ok(())
}

/// When an asset was taken after an edit; `None` when that cannot be held.
fn edited(card: &Card, edit: &DateEdit) -> Option<Dated> {
    let zone = card.details.exif.zone.as_deref();
    let dated = |local: LocalTime, offset: Option<Offset>, zone: Option<&str>| Dated {
        capture: CaptureTime { local, offset, source: DateSource::User },
        zone: zone.map(str::to_owned),
    };
    match edit {
        DateEdit::To { local, offset: Some(offset) } => {
            Some(dated(*local, Some(*offset), Some(&offset_name(*offset))))
        }
        DateEdit::To { local, offset: None } => {
            let by_rules = zone.and_then(|zone| Places::shared().offset_at_local(zone, *local));
            Some(dated(*local, by_rules.or(card.capture.offset), zone))
        }
        DateEdit::By { micros, zone: None } => {
            shifted(&card.capture, zone, *micros).map(|(local, offset)| dated(local, offset, zone))
        }
        DateEdit::By { micros, zone: Some(new) } => {
            let (local, offset) = shifted(&card.capture, zone, *micros)?;
            let (local, offset) = match offset {
                Some(offset) => {
                    let instant = offset.instant_of(local);
                    let offset = Places::shared().offset_at_instant(new, instant)?;
                    (offset.local_at(instant), offset)
                }
                None => (local, Places::shared().offset_at_local(new, local)?),
            };
            Some(dated(local, Some(offset), Some(new)))
        }
    }
}

/// The instant moved by some microseconds, as its clock shows it: across a change of the clocks of
/// its zone the offset changes too.
fn shifted(
    capture: &CaptureTime,
    zone: Option<&str>,
    micros: i64,
) -> Option<(LocalTime, Option<Offset>)> {
    let Some(offset) = capture.offset else {
        let local = capture.local.micros().checked_add(micros)?;
        return Some((LocalTime::from_micros(local), None));
    };
    let instant = offset.instant_of(capture.local).micros().checked_add(micros)?;
    let instant = Instant::from_micros(instant);
    let by_rules = zone.and_then(|zone| Places::shared().offset_at_instant(zone, instant));
    let offset = by_rules.unwrap_or(offset);
    Some((offset.local_at(instant), Some(offset)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_named_as_clients_know_them() {
        for (seconds, name) in [
            (0, "UTC+0"),
            (7_200, "UTC+2"),
            (-14_400, "UTC-4"),
            (20_700, "UTC+05:45"),
            (-34_200, "UTC-09:30"),
            (36_000, "UTC+10"),
        ] {
            assert_eq!(offset_name(Offset::from_seconds(seconds).unwrap()), name);
        }
    }

    #[test]
    fn zones_are_those_of_the_bundled_rules() {
        for zone in ["Europe/Paris", "UTC", "Asia/Kathmandu"] {
            assert!(is_zone(zone), "{zone}");
        }
        for zone in ["", "UTC+2", "Nowhere/City", "../etc/passwd", "\0"] {
            assert!(!is_zone(zone), "{zone}");
        }
    }
}
