//! The undo journal: what edited assets were before.

use diesel::prelude::*;
use kalends_model::{
    AssetId, CaptureTime, DateSource, DuplicateId, GeoPoint, LocalTime, Offset, UserId, Version,
    Visibility,
};
use serde::{Deserialize, Serialize};

use crate::assets::Place;
use crate::catalog::Reader;
use crate::edits::{Dated, Kept, read_zone};
use crate::error::CatalogError;
use crate::schema::undo_journal;
use crate::stored::StoredId;
use crate::writer::Writer;

/// Names one entry of an owner's journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UndoId {
    /// Whose journal.
    pub owner: UserId,
    /// The owner's version after the edit.
    pub version: Version,
    /// Which edit of that transaction, from 0.
    pub ordinal: u32,
}

/// One edit that can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoEntry {
    /// Which.
    pub id: UndoId,
    /// When it was made, in microseconds since 1970.
    pub at: i64,
    /// What was edited: `favorite`, `visibility`, `trashed`, `rating`, `capture`, `place`,
    /// `description`, `motion` or `duplicate`.
    pub act: &'static str,
    /// The assets that were edited.
    pub assets: Vec<AssetId>,
}

/// What was before an edit, asset by asset.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "act", content = "before", rename_all = "kebab-case")]
pub(crate) enum Before {
    Favorite(Vec<(IdText, bool)>),
    Visibility(Vec<(IdText, String)>),
    Trashed(Vec<(IdText, Option<i64>)>),
    Rating(Vec<(IdText, Kept<Option<i8>>)>),
    Capture(Vec<(IdText, CaptureText)>),
    Place(Vec<(IdText, PlaceText)>),
    Description(Vec<(IdText, Kept<Option<String>>)>),
    Motion(Vec<(IdText, Option<IdText>)>),
    Duplicate(Vec<(IdText, Option<String>)>),
}

/// An asset's id as JSON.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct IdText(pub(crate) AssetId);

impl From<IdText> for String {
    fn from(id: IdText) -> Self {
        id.0.to_string()
    }
}

impl TryFrom<String> for IdText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self).map_err(|_| format!("{text:?} is no id"))
    }
}

/// When an asset was taken, as JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CaptureText {
    local: i64,
    offset: Option<i32>,
    source: String,
    /// Entries of before the first version that edited zones have none: they leave it as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<ZoneText>,
}

/// A zone as JSON. Its own object, since "no zone" is not "nothing said of the zone".
#[derive(Debug, Serialize, Deserialize)]
struct ZoneText {
    name: Option<String>,
}

impl From<Dated> for CaptureText {
    fn from(dated: Dated) -> Self {
        let Dated { capture, zone } = dated;
        Self {
            local: capture.local.micros(),
            offset: capture.offset.map(Offset::seconds),
            source: capture.source.name().to_owned(),
            zone: Some(ZoneText { name: zone }),
        }
    }
}

impl CaptureText {
    fn capture(&self) -> Option<CaptureTime> {
        Some(CaptureTime {
            local: LocalTime::from_micros(self.local),
            offset: self.offset.and_then(Offset::from_seconds),
            source: DateSource::from_name(&self.source)?,
        })
    }
}

/// A place as JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PlaceText {
    /// Latitude and longitude.
    point: Option<(f64, f64)>,
    city: Option<String>,
    state: Option<String>,
    country: Option<String>,
    is_edited: bool,
}

impl From<Kept<Place>> for PlaceText {
    fn from(kept: Kept<Place>) -> Self {
        let Place { point, city, state, country } = kept.value;
        let point = point.map(|point| (point.latitude, point.longitude));
        Self { point, city, state, country, is_edited: kept.is_edited }
    }
}

impl From<PlaceText> for Kept<Place> {
    fn from(text: PlaceText) -> Self {
        let PlaceText { point, city, state, country, is_edited } = text;
        let point = point.and_then(|(latitude, longitude)| GeoPoint::new(latitude, longitude));
        Self { value: Place { point, city, state, country }, is_edited }
    }
}

impl Before {
    fn act(&self) -> &'static str {
        match self {
            Self::Favorite(_) => "favorite",
            Self::Visibility(_) => "visibility",
            Self::Trashed(_) => "trashed",
            Self::Rating(_) => "rating",
            Self::Capture(_) => "capture",
            Self::Place(_) => "place",
            Self::Description(_) => "description",
            Self::Motion(_) => "motion",
            Self::Duplicate(_) => "duplicate",
        }
    }

    fn assets(&self) -> Vec<AssetId> {
        fn of<V>(before: &[(IdText, V)]) -> Vec<AssetId> {
            before.iter().map(|(id, _)| id.0).collect()
        }
        match self {
            Self::Favorite(before) => of(before),
            Self::Visibility(before) => of(before),
            Self::Trashed(before) => of(before),
            Self::Rating(before) => of(before),
            Self::Capture(before) => of(before),
            Self::Place(before) => of(before),
            Self::Description(before) => of(before),
            Self::Motion(before) => of(before),
            Self::Duplicate(before) => of(before),
        }
    }

    /// Whether the text is an entry of a journal.
    pub(crate) fn is_written(text: &str) -> bool {
        Self::parse(text).is_ok()
    }

    fn parse(text: &str) -> Result<Self, CatalogError> {
        serde_json::from_str(text)
            .map_err(|error| CatalogError::contradiction("undo_journal", error.to_string()))
    }
}

impl Reader<'_> {
    /// The newest entries of the owner's journal, newest first, at most `limit`.
    pub fn undo_entries(
        &mut self,
        owner: UserId,
        limit: usize,
    ) -> Result<Vec<UndoEntry>, CatalogError> {
        let rows = undo_journal::table
            .filter(undo_journal::owner.eq(owner.key()))
            .order((undo_journal::version.desc(), undo_journal::ordinal.desc()))
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select((
                undo_journal::version,
                undo_journal::ordinal,
                undo_journal::at,
                undo_journal::before,
            ))
            .load::<(i64, i32, i64, String)>(self.connection)?;
        let entry = |(version, ordinal, at, before): (i64, i32, i64, String)| {
            let before = Before::parse(&before)?;
            let id = UndoId { owner, version: Version(version as u64), ordinal: ordinal as u32 };
            Ok(UndoEntry { id, at, act: before.act(), assets: before.assets() })
        };
        rows.into_iter().map(entry).collect()
    }
}

impl Writer<'_> {
    /// Puts back what was before an edit, also where it has been edited again since, and takes the
    /// entry out of the journal. This is an edit too: it leaves an entry of its own, by which it
    /// can be undone. Returns the assets that changed; those that are gone are passed over.
    pub fn undo(&mut self, id: UndoId) -> Result<Vec<AssetId>, CatalogError> {
        let row =
            undo_journal::table.find((id.owner.key(), id.version.0 as i64, id.ordinal as i32));
        let before = row.select(undo_journal::before).first::<String>(self.connection);
        let before = before.optional()?.ok_or(CatalogError::NotFound("edit to undo"))?;
        diesel::delete(row).execute(self.connection)?;
        self.put_back(id.owner, Before::parse(&before)?)
    }

    fn put_back(&mut self, owner: UserId, before: Before) -> Result<Vec<AssetId>, CatalogError> {
        let wrong = || CatalogError::contradiction("undo_journal", "before names an unknown kind");
        match before {
            Before::Favorite(values) => self.put_favorites(owner, each(values, Some, wrong)?),
            Before::Visibility(values) => {
                let values = each(values, |name: String| Visibility::from_name(&name), wrong)?;
                self.put_visibilities(owner, values)
            }
            Before::Trashed(values) => self.put_trashed(owner, each(values, Some, wrong)?),
            Before::Rating(values) => self.put_ratings(owner, each(values, Some, wrong)?),
            Before::Capture(values) => {
                let mut dates = Vec::with_capacity(values.len());
                for (id, text) in values {
                    let capture = text.capture().ok_or_else(wrong)?;
                    let zone = match text.zone {
                        Some(zone) => zone.name,
                        None => read_zone(self.connection, owner, id.0)?,
                    };
                    dates.push((id.0, Dated { capture, zone }));
                }
                self.put_dates(owner, dates)
            }
            Before::Place(values) => {
                let values = each(values, |text: PlaceText| Some(text.into()), wrong)?;
                self.put_places(owner, values)
            }
            Before::Description(values) => self.put_descriptions(owner, each(values, Some, wrong)?),
            Before::Motion(values) => {
                let video = |video: Option<IdText>| Some(video.map(|id| id.0));
                self.put_motions(owner, each(values, video, wrong)?)
            }
            Before::Duplicate(values) => {
                let group = |group: Option<String>| match group {
                    Some(text) => text.parse::<DuplicateId>().ok().map(Some),
                    None => Some(None),
                };
                self.put_duplicates(owner, each(values, group, wrong)?)
            }
        }
    }

    /// Writes this transaction's edits of an owner into the journal.
    pub(crate) fn write_undo(
        &mut self,
        owner: UserId,
        version: Version,
    ) -> Result<(), CatalogError> {
        let mine = self.undo.iter().filter(|entry| entry.0 == owner);
        for ((_, before), ordinal) in mine.zip(0_i32..) {
            let before = serde_json::to_string(before)
                .map_err(|error| CatalogError::contradiction("undo_journal", error.to_string()))?;
            diesel::insert_into(undo_journal::table)
                .values((
                    undo_journal::owner.eq(owner.key()),
                    undo_journal::version.eq(version.0 as i64),
                    undo_journal::ordinal.eq(ordinal),
                    undo_journal::at.eq(self.now),
                    undo_journal::before.eq(before),
                ))
                .execute(self.reader.connection)?;
        }
        Ok(())
    }
}

fn each<V, W>(
    values: Vec<(IdText, V)>,
    read: impl Fn(V) -> Option<W>,
    wrong: impl Fn() -> CatalogError,
) -> Result<Vec<(AssetId, W)>, CatalogError> {
    let values = values.into_iter();
    values.map(|(id, value)| Ok((id.0, read(value).ok_or_else(&wrong)?))).collect()
}
