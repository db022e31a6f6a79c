//! Rows on their way into a segment.
//!
//! Loading, changing and merging all write segments from the same form: fixed-size rows whose keys
//! and texts are dictionary codes already, with the parts of varying length in two arenas beside
//! them. A million rows so take a few large allocations, which the allocator can give back.

use std::sync::Arc;

use kalends_model::{
    AlbumId, AssetId, AssetRow, CaptureTime, DateSource, GeoPoint, Instant, Kind, LibraryId,
    LocalTime, Month, Offset, PersonId, StackPlace, TagId, UserId, Visibility,
};

use crate::dictionary::{Code, Dictionary, NO_CODE, intern_key, intern_text};
use crate::segment::{CodedColumn, Flag, KeyedColumn};

/// Stands for an unknown offset. No offset reaches a whole day.
pub(crate) const UNKNOWN_OFFSET: i32 = i32::MIN;

/// The key that orders rows: local day, instant, id. Equal to [`AssetRow::sort_key`].
pub(crate) type SortKey = (i64, Instant, AssetId);

/// One row. What varies in length lies in the [`Drafts`] that hold it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draft {
    pub(crate) id: AssetId,
    pub(crate) local: i64,
    /// Seconds east, or [`UNKNOWN_OFFSET`].
    pub(crate) offset: i32,
    /// A position in [`DateSource::ALL`].
    pub(crate) source: u8,
    /// One bit per [`Flag`].
    pub(crate) flags: u16,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) row_version: u64,
    pub(crate) duration_ms: Option<u64>,
    pub(crate) live_video: Option<AssetId>,
    pub(crate) place: Option<GeoPoint>,
    pub(crate) rating: Option<i8>,
    pub(crate) stack: Option<StackPlace>,
    /// One per [`CodedColumn`].
    pub(crate) coded: [Code; CodedColumn::COUNT],
    /// Where its thumbhash and its keys lie. The drafts that it is pushed to fill this in.
    pub(crate) varying: Varying,
}

/// Where the parts of varying length of a draft lie in the arenas.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Varying {
    thumbhash: Option<(usize, u32)>,
    keys_start: usize,
    /// One per [`KeyedColumn`].
    key_counts: [u32; KeyedColumn::COUNT],
}

impl Draft {
    pub(crate) fn sort_key(&self) -> SortKey {
        sort_key(self.local, self.offset, self.id)
    }

    pub(crate) fn month(&self) -> Month {
        LocalTime::from_micros(self.local).month()
    }
}

/// The sort key of columns' values.
pub(crate) fn sort_key(local: i64, offset: i32, id: AssetId) -> SortKey {
    (LocalTime::from_micros(local).day(), instant(local, offset), id)
}

/// The instant of a wall clock; that of an unknown offset is as if the clock showed UTC.
pub(crate) fn instant(local: i64, offset: i32) -> Instant {
    known_offset(offset).unwrap_or(Offset::UTC).instant_of(LocalTime::from_micros(local))
}

/// The offset that a column's value means.
pub(crate) fn known_offset(offset: i32) -> Option<Offset> {
    Offset::from_seconds(offset)
}

/// Rows of one shelf, in any order.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    pub(crate) rows: Vec<Draft>,
    bytes: Vec<u8>,
    keys: Vec<Code>,
}

impl Drafts {
    /// Adds a row, giving codes to what the dictionary does not know yet.
    pub(crate) fn push(&mut self, row: &AssetRow, dictionary: &mut Arc<Dictionary>) {
        let keys_start = self.keys.len();
        let mut key_counts = [0; KeyedColumn::COUNT];
        for column in KeyedColumn::ALL {
            let start = self.keys.len();
            let mut add = |key: &[u8; 16]| self.keys.push(intern_key(dictionary, key));
            match column {
                KeyedColumn::Album => row.albums.iter().for_each(|id| add(id.bytes())),
                KeyedColumn::Person => row.people.iter().for_each(|id| add(id.bytes())),
                KeyedColumn::Tag => row.tags.iter().for_each(|id| add(id.bytes())),
            }
            key_counts[column as usize] = (self.keys.len() - start) as u32;
        }
        let mut code = |text: &Option<Arc<str>>| match text {
            Some(text) => intern_text(dictionary, text),
            None => NO_CODE,
        };
        let mut coded = [NO_CODE; CodedColumn::COUNT];
        coded[CodedColumn::Projection as usize] = code(&row.projection);
        coded[CodedColumn::City as usize] = code(&row.city);
        coded[CodedColumn::Country as usize] = code(&row.country);
        coded[CodedColumn::Camera as usize] = code(&row.camera);
        coded[CodedColumn::Library as usize] = intern_key(dictionary, row.library.bytes());
        let thumbhash = row.thumbhash.as_deref().map(|hash| self.put_bytes(hash));
        self.rows.push(Draft {
            id: row.id,
            local: row.capture.local.micros(),
            offset: row.capture.offset.map_or(UNKNOWN_OFFSET, Offset::seconds),
            source: source_position(row.capture.source),
            flags: flags_of(row),
            width: row.width,
            height: row.height,
            row_version: row.row_version,
            duration_ms: row.duration_ms,
            live_video: row.live_video,
            place: row.place,
            rating: row.rating,
            stack: row.stack,
            coded,
            varying: Varying { thumbhash, keys_start, key_counts },
        });
    }

    /// Adds a row with its thumbhash and its keys by column.
    pub(crate) fn push_parts(
        &mut self,
        row: Draft,
        thumbhash: Option<&[u8]>,
        keys: [&[Code]; KeyedColumn::COUNT],
    ) {
        let keys_start = self.keys.len();
        keys.iter().for_each(|keys| self.keys.extend_from_slice(keys));
        let thumbhash = thumbhash.map(|hash| self.put_bytes(hash));
        let key_counts = keys.map(|keys| keys.len() as u32);
        let varying = Varying { thumbhash, keys_start, key_counts };
        self.rows.push(Draft { varying, ..row });
    }

    /// Adds a copy of a row of other drafts over the same dictionary.
    pub(crate) fn push_copy(&mut self, from: &Drafts, index: usize) {
        let row = from.rows[index];
        let keys = KeyedColumn::ALL.map(|column| from.keys(&row, column));
        self.push_parts(row, from.thumbhash(&row), keys);
    }

    fn put_bytes(&mut self, bytes: &[u8]) -> (usize, u32) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        (start, bytes.len() as u32)
    }

    /// The thumbhash of one of these rows.
    pub(crate) fn thumbhash(&self, row: &Draft) -> Option<&[u8]> {
        row.varying.thumbhash.map(|(start, len)| &self.bytes[start..start + len as usize])
    }

    /// The keys of one of these rows.
    pub(crate) fn keys(&self, row: &Draft, column: KeyedColumn) -> &[Code] {
        let counts = row.varying.key_counts.map(|count| count as usize);
        let before: usize = counts[..column as usize].iter().sum();
        let start = row.varying.keys_start + before;
        &self.keys[start..start + counts[column as usize]]
    }

    /// One of these rows as the model has it, with its keys ascending.
    pub(crate) fn asset_row(
        &self,
        row: &Draft,
        owner: UserId,
        dictionary: &Dictionary,
    ) -> AssetRow {
        let keys = |column| {
            let codes = self.keys(row, column).iter();
            let mut keys: Vec<[u8; 16]> = codes.map(|code| dictionary.key(*code)).collect();
            keys.sort_unstable();
            keys
        };
        let text = |column: CodedColumn| {
            let code = row.coded[column as usize];
            (code != NO_CODE).then(|| Arc::clone(dictionary.text(code)))
        };
        let has = |flag: Flag| row.flags & flag.bit() != 0;
        let visibility = Visibility::ALL.into_iter().find(|v| has(Flag::of_visibility(*v)));
        AssetRow {
            id: row.id,
            owner,
            library: LibraryId::from_bytes(
                dictionary.key(row.coded[CodedColumn::Library as usize]),
            ),
            capture: CaptureTime {
                local: LocalTime::from_micros(row.local),
                offset: known_offset(row.offset),
                source: DateSource::ALL[usize::from(row.source)].0,
            },
            visibility: visibility.expect("every row has one visibility, as flags_of gives it"),
            kind: if has(Flag::Video) { Kind::Video } else { Kind::Image },
            is_favorite: has(Flag::Favorite),
            is_trashed: has(Flag::Trashed),
            is_offline: has(Flag::Offline),
            width: row.width,
            height: row.height,
            duration_ms: row.duration_ms,
            thumbhash: self.thumbhash(row).map(Box::from),
            live_video: row.live_video,
            projection: text(CodedColumn::Projection),
            place: row.place,
            city: text(CodedColumn::City),
            country: text(CodedColumn::Country),
            camera: text(CodedColumn::Camera),
            rating: row.rating,
            stack: row.stack,
            albums: keys(KeyedColumn::Album).into_iter().map(AlbumId::from_bytes).collect(),
            people: keys(KeyedColumn::Person).into_iter().map(PersonId::from_bytes).collect(),
            tags: keys(KeyedColumn::Tag).into_iter().map(TagId::from_bytes).collect(),
            row_version: row.row_version,
        }
    }
}

/// The position of a source in [`DateSource::ALL`].
fn source_position(source: DateSource) -> u8 {
    let position = DateSource::ALL.iter().position(|(known, _)| *known == source);
    position.expect("every source is in ALL, as the model's test shows") as u8
}

fn flags_of(row: &AssetRow) -> u16 {
    let facts = [
        (Flag::of_visibility(row.visibility), true),
        (Flag::Trashed, row.is_trashed),
        (Flag::Offline, row.is_offline),
        (Flag::InTrash, row.is_in_trash()),
        (Flag::Favorite, row.is_favorite),
        (Flag::Video, row.kind == Kind::Video),
        (Flag::Undated, row.is_undated()),
        (Flag::StackChild, row.is_stack_child()),
        (Flag::InAlbum, !row.albums.is_empty()),
    ];
    facts.into_iter().filter(|(_, is)| *is).fold(0, |bits, (flag, _)| bits | flag.bit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_offset_is_none_and_utc_is_not() {
        assert_eq!(known_offset(UNKNOWN_OFFSET), None);
        assert_eq!(known_offset(0), Some(Offset::UTC));
        assert_eq!(known_offset(-86_399).map(Offset::seconds), Some(-86_399));
    }

    #[test]
    fn a_row_comes_back_as_it_went_in() {
        let row = crate::testing::full_row(3);
        let mut dictionary = Arc::default();
        let mut drafts = Drafts::default();
        drafts.push(&crate::testing::row(9), &mut dictionary);
        drafts.push(&row, &mut dictionary);
        let mut copy = Drafts::default();
        copy.push_copy(&drafts, 1);
        for (drafts, index) in [(&drafts, 1), (&copy, 0)] {
            let draft = &drafts.rows[index];
            assert_eq!(drafts.asset_row(draft, row.owner, &dictionary), row);
            assert_eq!(draft.sort_key(), row.sort_key());
        }
    }
}
