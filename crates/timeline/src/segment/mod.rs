//! A segment: at most 8,192 rows of one month of a shelf, in the timeline's order, as columns.
//!
//! A segment never changes. A new one with a change in it shares, through the columns' `Arc`s,
//! everything that the change did not touch. What a segment knows of itself beyond its columns (the
//! census, the tallies, the range of times, the fingerprint) is derived from them, and `check` holds
//! it to that.

mod bits;
mod blobs;
mod build;
mod census;
mod class;
mod coded;
mod cover;
mod groups;
mod patch;
mod places;
mod postings;
mod sparse;
mod tally;
mod times;

use std::cmp::Ordering;
use std::sync::Arc;

use kalends_model::calendar::MICROS_PER_DAY;
use kalends_model::{AssetId, Month, StackPlace, Visibility};

pub(crate) use bits::Bits;
pub(crate) use blobs::Blobs;
pub(crate) use census::Census;
pub(crate) use class::{ClassSet, Classes};
pub(crate) use coded::{Coded, Positions};
pub(crate) use cover::Cover;
pub(crate) use places::Places;
pub(crate) use postings::{ByRow, KeySet, Postings};
pub(crate) use sparse::Sparse;
pub(crate) use tally::Tallies;
pub(crate) use times::{Side, TimeRange};

use crate::draft::{Draft, Drafts, SortKey, Varying, sort_key};
pub(crate) use crate::rowset::SEGMENT_ROWS_MAX;

/// A yes or no that every row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flag {
    /// Visibility is `timeline`. The four visibilities come first, in the order of the model.
    Timeline,
    Archive,
    Hidden,
    Locked,
    Trashed,
    Offline,
    /// Trashed or offline.
    InTrash,
    Favorite,
    Video,
    Undated,
    /// A member of a stack that another member stands for.
    StackChild,
    /// A member of some album.
    InAlbum,
}

impl Flag {
    pub(crate) const COUNT: usize = 12;

    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::Timeline,
        Self::Archive,
        Self::Hidden,
        Self::Locked,
        Self::Trashed,
        Self::Offline,
        Self::InTrash,
        Self::Favorite,
        Self::Video,
        Self::Undated,
        Self::StackChild,
        Self::InAlbum,
    ];

    pub(crate) const fn bit(self) -> u16 {
        1 << self as u16
    }

    pub(crate) fn of_visibility(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Timeline => Self::Timeline,
            Visibility::Archive => Self::Archive,
            Visibility::Hidden => Self::Hidden,
            Visibility::Locked => Self::Locked,
        }
    }
}

/// A column of at most one code per row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodedColumn {
    Library,
    Projection,
    City,
    Country,
    Camera,
}

impl CodedColumn {
    pub(crate) const COUNT: usize = 5;

    pub(crate) const ALL: [Self; Self::COUNT] =
        [Self::Library, Self::Projection, Self::City, Self::Country, Self::Camera];
}

/// A column of any number of keys per row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyedColumn {
    Album,
    Person,
    Tag,
}

impl KeyedColumn {
    pub(crate) const COUNT: usize = 3;

    pub(crate) const ALL: [Self; Self::COUNT] = [Self::Album, Self::Person, Self::Tag];
}

/// See the module. Every column has a value for each of `ids`, in the same order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Segment {
    pub(crate) ids: Arc<[AssetId]>,
    pub(crate) locals: Arc<[i64]>,
    /// Seconds east, or [`UNKNOWN_OFFSET`](crate::draft::UNKNOWN_OFFSET).
    pub(crate) offsets: Arc<[i32]>,
    /// Positions in [`DateSource::ALL`](kalends_model::DateSource::ALL).
    pub(crate) sources: Arc<[u8]>,
    pub(crate) widths: Arc<[u32]>,
    pub(crate) heights: Arc<[u32]>,
    pub(crate) row_versions: Arc<[u64]>,
    /// One per [`Flag`].
    pub(crate) flags: [Bits; Flag::COUNT],
    pub(crate) durations: Sparse<u64>,
    pub(crate) live_videos: Sparse<AssetId>,
    pub(crate) ratings: Sparse<i8>,
    pub(crate) stacks: Sparse<StackPlace>,
    pub(crate) places: Places,
    pub(crate) thumbhashes: Blobs,
    /// One per [`CodedColumn`].
    pub(crate) coded: [Coded; CodedColumn::COUNT],
    /// One per [`KeyedColumn`].
    pub(crate) keyed: [Postings; KeyedColumn::COUNT],
    /// Derived: the class of each row.
    pub(crate) classes: Classes,
    /// Derived: the classes of the rows that the columns list by key, code and place.
    pub(crate) tallies: Tallies,
    /// Derived: how many rows of each class.
    pub(crate) census: Census,
    /// Derived: the earliest and latest times.
    pub(crate) times: TimeRange,
    /// Derived: the sum over the rows.
    pub(crate) fingerprint: u64,
}

impl Segment {
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn flag(&self, flag: Flag) -> &Bits {
        &self.flags[flag as usize]
    }

    /// The [`Flag`] bits of a row.
    pub(crate) fn flags_of(&self, row: usize) -> u16 {
        let set = Flag::ALL.into_iter().filter(|flag| self.flag(*flag).get(row));
        set.fold(0, |bits, flag| bits | flag.bit())
    }

    /// The [`Flag`] bits of every row, by going through the rows that have each flag.
    pub(crate) fn flags_by_row(&self) -> Vec<u16> {
        let mut flags = vec![0; self.len()];
        for flag in Flag::ALL {
            let rows = self.flag(flag).rows();
            rows.for_each_between(0, self.len(), |row| flags[usize::from(row)] |= flag.bit());
        }
        flags
    }

    pub(crate) fn coded(&self, column: CodedColumn) -> &Coded {
        &self.coded[column as usize]
    }

    pub(crate) fn keyed(&self, column: KeyedColumn) -> &Postings {
        &self.keyed[column as usize]
    }

    pub(crate) fn sort_key(&self, row: usize) -> SortKey {
        sort_key(self.locals[row], self.offsets[row], self.ids[row])
    }

    pub(crate) fn last_key(&self) -> SortKey {
        self.sort_key(self.len() - 1)
    }

    /// The row of an asset, by looking at every row.
    pub(crate) fn find(&self, id: AssetId) -> Option<u16> {
        self.ids.iter().position(|other| *other == id).map(|row| row as u16)
    }

    /// The first row whose local day is `day` or later.
    pub(crate) fn first_row_from_day(&self, day: i64) -> usize {
        match day.checked_mul(MICROS_PER_DAY) {
            Some(start) => self.locals.partition_point(|local| *local < start),
            // Days that no wall clock reaches.
            None if day < 0 => 0,
            None => self.len(),
        }
    }

    /// The row with this key, if there is one.
    pub(crate) fn find_key(&self, key: SortKey) -> Option<u16> {
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let middle = from.midpoint(to);
            match self.sort_key(middle).cmp(&key) {
                Ordering::Less => from = middle + 1,
                Ordering::Equal => return Some(middle as u16),
                Ordering::Greater => to = middle,
            }
        }
        None
    }

    /// The keys of every row, per column.
    fn keys_by_row(&self) -> [ByRow; KeyedColumn::COUNT] {
        KeyedColumn::ALL.map(|column| self.keyed(column).by_row(self.len()))
    }

    /// Adds the rows that `keep` wants to `drafts`.
    pub(crate) fn append_to(&self, drafts: &mut Drafts, keep: impl Fn(usize) -> bool) {
        let keys = self.keys_by_row();
        let flags = self.flags_by_row();
        for row in (0..self.len()).filter(|row| keep(*row)) {
            let keys = KeyedColumn::ALL.map(|column| keys[column as usize].of(row));
            drafts.push_parts(self.draft(row, flags[row]), self.thumbhashes.get(row), keys);
        }
    }

    /// Adds one row to `drafts`.
    pub(crate) fn append_row_to(&self, drafts: &mut Drafts, row: u16) {
        let keys = KeyedColumn::ALL.map(|column| self.keyed(column).keys_of(row));
        let keys = KeyedColumn::ALL.map(|column| &keys[column as usize][..]);
        let row = usize::from(row);
        let draft = self.draft(row, self.flags_of(row));
        drafts.push_parts(draft, self.thumbhashes.get(row), keys);
    }

    fn draft(&self, row: usize, flags: u16) -> Draft {
        let code = |column: CodedColumn| self.coded(column).get(row);
        Draft {
            id: self.ids[row],
            local: self.locals[row],
            offset: self.offsets[row],
            source: self.sources[row],
            flags,
            width: self.widths[row],
            height: self.heights[row],
            row_version: self.row_versions[row],
            duration_ms: self.durations.get(row),
            live_video: self.live_videos.get(row),
            place: self.places.get(row),
            rating: self.ratings.get(row),
            stack: self.stacks.get(row),
            coded: CodedColumn::ALL.map(|c| code(c).unwrap_or(crate::dictionary::NO_CODE)),
            varying: Varying::default(),
        }
    }

    /// What the columns hold, in bytes, with the counters of their `Arc`s.
    pub(crate) fn memory_bytes(&self) -> usize {
        let plain = slice_bytes(&self.ids)
            + slice_bytes(&self.locals)
            + slice_bytes(&self.offsets)
            + slice_bytes(&self.sources)
            + slice_bytes(&self.widths)
            + slice_bytes(&self.heights)
            + slice_bytes(&self.row_versions)
            + self.classes.memory_bytes();
        let sparse = self.durations.memory_bytes()
            + self.live_videos.memory_bytes()
            + self.ratings.memory_bytes()
            + self.stacks.memory_bytes();
        size_of::<Self>()
            + plain
            + sparse
            + self.flags.iter().map(Bits::memory_bytes).sum::<usize>()
            + self.places.memory_bytes()
            + self.thumbhashes.memory_bytes()
            + self.coded.iter().map(Coded::memory_bytes).sum::<usize>()
            + self.keyed.iter().map(Postings::memory_bytes).sum::<usize>()
            + self.tallies.memory_bytes()
    }

    /// Panics when an invariant of a segment of `month` does not hold.
    pub(crate) fn check(&self, month: Month) {
        let len = self.len();
        assert!(len > 0 && len <= SEGMENT_ROWS_MAX, "a segment of {len} rows");
        let mut drafts = Drafts::default();
        self.append_to(&mut drafts, |_| true);
        for row in &drafts.rows {
            assert_eq!(row.month(), month, "a row in another month");
            let visibilities = row.flags & 0b1111;
            assert_eq!(visibilities.count_ones(), 1, "a row has one visibility");
        }
        let keys: Vec<SortKey> = drafts.rows.iter().map(Draft::sort_key).collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "rows out of order");
        let order: Vec<u32> = (0..len as u32).collect();
        assert!(*self == Self::build(&drafts, &order), "columns differ from those built anew");
    }
}

/// What an `Arc` of a slice takes on the heap; an empty one is shared by all.
fn slice_bytes<T>(slice: &[T]) -> usize {
    if slice.is_empty() { 0 } else { size_of_val(slice) + 16 }
}
