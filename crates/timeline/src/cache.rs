//! A shelf as bytes, so that a server is ready at once after a restart.
//!
//! Only what cannot be derived is written: the columns, the dictionary, and where segments begin.
//! The rest (which rows a city has, the grid of places, the census, where an asset lies) is made
//! anew. All numbers are little-endian; a list is its length as eight bytes, then its values.
//!
//! ```text
//! magic "kalshelf" | format u32 | owner 16 | version u64
//! keys: list of 16 bytes | texts: u64 count, each a list of bytes
//! u64 months, each: month i32 | u64 segments, each: the columns in the order of `put_segment`
//! checksum u64 of everything before it
//! ```
//!
//! The bytes are a cache: when anything about them is wrong, they are thrown away and the shelf is
//! loaded from the catalog. So reading checks everything that a query relies on, and says no more
//! than that something is wrong.

use std::fmt;
use std::sync::Arc;

use kalends_model::{
    AssetId, DateSource, GeoPoint, Month, Offset, StackId, StackPlace, UserId, Version,
};

use crate::dictionary::{Dictionary, intern_key, intern_text};
use crate::draft::UNKNOWN_OFFSET;
use crate::fingerprint::mix;
use crate::month::{self, MonthRows};
use crate::rowset::words_for;
use crate::segment::{
    Bits, Blobs, Census, Classes, Coded, CodedColumn, Flag, KeyedColumn, Places, Postings,
    SEGMENT_ROWS_MAX, Segment, Sparse, Tallies, TimeRange,
};
use crate::shelf::Shelf;

const MAGIC: &[u8; 8] = b"kalshelf";
/// Raised whenever the layout, or the meaning of a value in it, changes.
const FORMAT: u32 = 1;

/// The flags that are written; the others follow from these and other columns.
const STORED_FLAGS: [Flag; 8] = [
    Flag::Timeline,
    Flag::Archive,
    Flag::Hidden,
    Flag::Locked,
    Flag::Trashed,
    Flag::Offline,
    Flag::Favorite,
    Flag::Video,
];

/// The bytes are not those of a shelf, or of another format, or damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the shelf's bytes are damaged or of another format")
    }
}

impl std::error::Error for Damaged {}

impl Shelf {
    /// The shelf as bytes, for [`Shelf::from_bytes`].
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.memory_bytes());
        out.extend_from_slice(MAGIC);
        FORMAT.put(&mut out);
        out.extend_from_slice(self.owner().bytes());
        self.version().0.put(&mut out);
        put_list(self.dictionary().keys(), &mut out);
        put_len(self.dictionary().texts().len(), &mut out);
        for text in self.dictionary().texts() {
            put_list(text.as_bytes(), &mut out);
        }
        put_len(self.months().len(), &mut out);
        for month in self.months() {
            month.month.index().put(&mut out);
            put_len(month.segments.len(), &mut out);
            month.segments.iter().for_each(|segment| put_segment(segment, &mut out));
        }
        checksum(&out).put(&mut out);
        out
    }

    /// The shelf that [`Shelf::to_bytes`] wrote. Equal to it in every answer.
    ///
    /// # Errors
    /// [`Damaged`] when the bytes are not exactly those of a shelf. Never panics.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Damaged> {
        let (payload, sum) = bytes.split_last_chunk().ok_or(Damaged)?;
        // A fuzzer cannot guess a sum, and would see nothing of what lies behind it.
        if !cfg!(fuzzing) && checksum(payload) != u64::from_le_bytes(*sum) {
            return Err(Damaged);
        }
        let mut input = Reader { rest: payload };
        if input.take(MAGIC.len())? != MAGIC || input.one::<u32>()? != FORMAT {
            return Err(Damaged);
        }
        let owner = UserId::from_bytes(input.one()?);
        let version = Version(input.one()?);
        let dictionary = read_dictionary(&mut input)?;
        let mut months: Vec<MonthRows> = Vec::new();
        for _ in 0..input.one::<u64>()? {
            let month = Month::from_index(input.one()?);
            if months.last().is_some_and(|before| before.month >= month) {
                return Err(Damaged);
            }
            months.push(read_month(month, &mut input, &dictionary)?);
        }
        if !input.rest.is_empty() {
            return Err(Damaged);
        }
        let shelf = Self::from_parts(owner, version, dictionary, months);
        ensure(!shelf.has_an_asset_twice())?;
        Ok(shelf)
    }
}

fn read_dictionary(input: &mut Reader<'_>) -> Result<Arc<Dictionary>, Damaged> {
    let mut dictionary = Arc::default();
    for (code, key) in input.list::<[u8; 16]>()?.iter().enumerate() {
        ensure(intern_key(&mut dictionary, key) as usize == code)?;
    }
    for code in 0..input.one::<u64>()? {
        let len = input.len()?;
        let text = std::str::from_utf8(input.take(len)?).map_err(|_| Damaged)?;
        ensure(u64::from(intern_text(&mut dictionary, &text.into())) == code)?;
    }
    Ok(dictionary)
}

fn read_month(
    month: Month,
    input: &mut Reader<'_>,
    dictionary: &Dictionary,
) -> Result<MonthRows, Damaged> {
    let count = input.one::<u64>()?;
    let mut segments: Vec<Arc<Segment>> = Vec::new();
    for _ in 0..count {
        let segment = read_segment(month, input, dictionary)?;
        ensure(segments.last().is_none_or(|last| last.last_key() < segment.sort_key(0)))?;
        segments.push(Arc::new(segment));
    }
    ensure(!segments.is_empty() && !month::has_crumbs(&segments))?;
    Ok(MonthRows::from_segments(month, segments))
}

fn put_segment(segment: &Segment, out: &mut Vec<u8>) {
    let len = segment.len();
    put_list(&segment.ids, out);
    put_list(&segment.locals, out);
    put_list(&segment.offsets, out);
    put_list(&segment.sources, out);
    put_list(&segment.widths, out);
    put_list(&segment.heights, out);
    put_list(&segment.row_versions, out);
    for flag in STORED_FLAGS {
        put_list(&segment.flag(flag).to_words(len), out);
    }
    put_sparse(&segment.durations, len, out);
    put_sparse(&segment.live_videos, len, out);
    put_sparse(&segment.ratings, len, out);
    put_sparse(&segment.stacks, len, out);
    let points = (0..len).map(|row| segment.places.get(row));
    put_sparse(&Sparse::build(points), len, out);
    let (starts, bytes) = segment.thumbhashes.parts();
    put_list(starts, out);
    put_list(bytes, out);
    for column in &segment.coded {
        let (codes, of_row) = column.parts();
        put_list(codes, out);
        put_list(of_row, out);
    }
    for column in &segment.keyed {
        let (codes, starts, rows) = column.parts();
        put_list(&codes, out);
        put_list(&starts, out);
        put_list(rows, out);
    }
}

fn read_segment(
    month: Month,
    input: &mut Reader<'_>,
    dictionary: &Dictionary,
) -> Result<Segment, Damaged> {
    let ids: Arc<[AssetId]> = input.list()?;
    let len = ids.len();
    ensure(len > 0 && len <= SEGMENT_ROWS_MAX)?;
    let locals: Arc<[i64]> = input.list_of(len)?;
    let offsets: Arc<[i32]> = input.list_of(len)?;
    let sources: Arc<[u8]> = input.list_of(len)?;
    let widths = input.list_of(len)?;
    let heights = input.list_of(len)?;
    let row_versions = input.list_of(len)?;
    let mut flags: [Bits; Flag::COUNT] = Default::default();
    for flag in STORED_FLAGS {
        flags[flag as usize] = Bits::from_words(len, read_words(input, len)?);
    }
    let durations = read_sparse(input, len)?;
    let live_videos = read_sparse(input, len)?;
    let ratings = read_sparse(input, len)?;
    let stacks = read_sparse(input, len)?;
    let points: Sparse<GeoPoint> = read_sparse(input, len)?;
    let exists = |point: &GeoPoint| GeoPoint::new(point.latitude, point.longitude).is_some();
    ensure(points.values().iter().all(exists))?;
    let places = Places::build((0..len).map(|row| points.get(row)));
    let thumbhashes = Blobs::from_parts(input.list()?, input.list()?, len).ok_or(Damaged)?;
    let mut coded: [Coded; CodedColumn::COUNT] = Default::default();
    for column in CodedColumn::ALL {
        coded[column as usize] = read_coded(column, input, len, dictionary)?;
    }
    let mut keyed: [Postings; KeyedColumn::COUNT] = Default::default();
    for column in &mut keyed {
        let (codes, starts) = (input.list()?, input.list()?);
        let keys = dictionary.keys().len();
        *column = Postings::from_parts(&codes, &starts, input.list()?, len, keys).ok_or(Damaged)?;
    }
    let mut segment = Segment {
        ids,
        locals,
        offsets,
        sources,
        widths,
        heights,
        row_versions,
        flags,
        durations,
        live_videos,
        ratings,
        stacks,
        places,
        thumbhashes,
        coded,
        keyed,
        classes: Classes::default(),
        tallies: Tallies::default(),
        census: Census::default(),
        times: TimeRange::of(&[], &[]),
        fingerprint: 0,
    };
    check_times(&segment, month)?;
    derive_flags(&mut segment);
    let flags = segment.flags_by_row();
    ensure(flags.iter().all(|flags| (flags & 0b1111).is_power_of_two()))?;
    segment.derive(&flags);
    Ok(segment)
}

/// Rows in order, all of one month, with offsets and sources that exist.
fn check_times(segment: &Segment, month: Month) -> Result<(), Damaged> {
    let is_offset =
        |offset: &i32| *offset == UNKNOWN_OFFSET || Offset::from_seconds(*offset).is_some();
    ensure(segment.offsets.iter().all(is_offset))?;
    let is_source = |source: &u8| usize::from(*source) < DateSource::ALL.len();
    ensure(segment.sources.iter().all(is_source))?;
    ensure((1..segment.len()).all(|row| segment.sort_key(row - 1) < segment.sort_key(row)))?;
    let month_of = |row: usize| kalends_model::LocalTime::from_micros(segment.locals[row]).month();
    ensure(month_of(0) == month && month_of(segment.len() - 1) == month)
}

/// The flags that follow from other columns.
fn derive_flags(segment: &mut Segment) {
    let len = segment.len();
    let in_trash = Bits::from_fn(len, |row| {
        segment.flag(Flag::Trashed).get(row) || segment.flag(Flag::Offline).get(row)
    });
    let undated = Bits::from_fn(len, |row| {
        DateSource::ALL[usize::from(segment.sources[row])].0.is_fallback()
    });
    let stack_child =
        Bits::from_fn(len, |row| segment.stacks.get(row).is_some_and(|stack| !stack.is_primary));
    let mut in_album = vec![0_u64; words_for(len)];
    let rows = segment.keyed(KeyedColumn::Album).list();
    rows.iter().for_each(|row| in_album[usize::from(*row) / 64] |= 1 << (row % 64));
    segment.flags[Flag::InTrash as usize] = in_trash;
    segment.flags[Flag::Undated as usize] = undated;
    segment.flags[Flag::StackChild as usize] = stack_child;
    segment.flags[Flag::InAlbum as usize] = Bits::from_words(len, in_album);
}

fn read_coded(
    column: CodedColumn,
    input: &mut Reader<'_>,
    len: usize,
    dictionary: &Dictionary,
) -> Result<Coded, Damaged> {
    let (codes, of_row): (Arc<[u32]>, Arc<[u16]>) = (input.list()?, input.list()?);
    let (end, every_row) = match column {
        CodedColumn::Library => (dictionary.keys().len(), true),
        _ => (dictionary.texts().len(), false),
    };
    ensure(codes.windows(2).all(|pair| pair[0] < pair[1]))?;
    ensure(codes.last().is_none_or(|last| (*last as usize) < end))?;
    if of_row.is_empty() {
        ensure(codes.len() == 1 || (codes.is_empty() && !every_row))?;
        return Ok(Coded::build(std::iter::repeat_n(
            codes.first().copied().unwrap_or(crate::dictionary::NO_CODE),
            len,
        )));
    }
    ensure(of_row.len() == len && codes.len() <= len)?;
    let mut occurs = vec![false; codes.len() + 1];
    for position in of_row.iter() {
        *occurs.get_mut(usize::from(*position)).ok_or(Damaged)? = true;
    }
    // Every code is some row's, and a column of one value is written without its rows.
    ensure(!codes.is_empty() && occurs[1..].iter().all(|occurs| *occurs))?;
    ensure(if every_row { !occurs[0] && codes.len() > 1 } else { occurs[0] || codes.len() > 1 })?;
    Ok(Coded::from_parts(codes, of_row))
}

fn put_sparse<T: Plain + PartialEq>(column: &Sparse<T>, len: usize, out: &mut Vec<u8>) {
    put_list(&column.to_words(len), out);
    put_list(column.values(), out);
}

fn read_sparse<T: Plain + PartialEq>(
    input: &mut Reader<'_>,
    len: usize,
) -> Result<Sparse<T>, Damaged> {
    let words = read_words(input, len)?;
    let values: Arc<[T]> = input.list()?;
    let ones: usize = words.iter().map(|word| word.count_ones() as usize).sum();
    ensure(ones == values.len())?;
    Ok(Sparse::from_parts(len, words, values))
}

/// One bit per row, bits beyond the last row zero.
fn read_words(input: &mut Reader<'_>, len: usize) -> Result<Vec<u64>, Damaged> {
    let words = input.list_of::<u64>(words_for(len))?;
    let beyond = if len.is_multiple_of(64) { 0 } else { u64::MAX << (len % 64) };
    ensure(words.last().is_none_or(|last| last & beyond == 0))?;
    Ok(words.to_vec())
}

fn ensure(holds: bool) -> Result<(), Damaged> {
    if holds { Ok(()) } else { Err(Damaged) }
}

/// A value of fixed size, as bytes.
trait Plain: Copy {
    const SIZE: usize;

    fn put(self, out: &mut Vec<u8>);

    /// From exactly [`Plain::SIZE`] bytes.
    fn read(bytes: &[u8]) -> Self;
}

macro_rules! plain_numbers {
    ($($type:ty)*) => {$(
        impl Plain for $type {
            const SIZE: usize = size_of::<Self>();

            fn put(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn read(bytes: &[u8]) -> Self {
                Self::from_le_bytes(bytes.try_into().expect("the reader takes SIZE bytes"))
            }
        }
    )*};
}

plain_numbers! { u8 i8 u16 u32 i32 u64 i64 f64 }

impl Plain for [u8; 16] {
    const SIZE: usize = 16;

    fn put(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self);
    }

    fn read(bytes: &[u8]) -> Self {
        bytes.try_into().expect("the reader takes SIZE bytes")
    }
}

impl Plain for AssetId {
    const SIZE: usize = 16;

    fn put(self, out: &mut Vec<u8>) {
        self.bytes().put(out);
    }

    fn read(bytes: &[u8]) -> Self {
        Self::from_bytes(Plain::read(bytes))
    }
}

impl Plain for GeoPoint {
    const SIZE: usize = 16;

    fn put(self, out: &mut Vec<u8>) {
        self.latitude.put(out);
        self.longitude.put(out);
    }

    fn read(bytes: &[u8]) -> Self {
        let (latitude, longitude) = bytes.split_at(8);
        Self { latitude: f64::read(latitude), longitude: f64::read(longitude) }
    }
}

impl Plain for StackPlace {
    const SIZE: usize = 21;

    fn put(self, out: &mut Vec<u8>) {
        self.stack.bytes().put(out);
        u8::from(self.is_primary).put(out);
        self.timeline_count.put(out);
    }

    fn read(bytes: &[u8]) -> Self {
        Self {
            stack: StackId::from_bytes(Plain::read(&bytes[..16])),
            is_primary: bytes[16] != 0,
            timeline_count: u32::read(&bytes[17..]),
        }
    }
}

fn put_len(len: usize, out: &mut Vec<u8>) {
    (len as u64).put(out);
}

fn put_list<T: Plain>(values: &[T], out: &mut Vec<u8>) {
    put_len(values.len(), out);
    values.iter().for_each(|value| value.put(out));
}

/// Bytes yet to be read.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], Damaged> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    fn one<T: Plain>(&mut self) -> Result<T, Damaged> {
        self.take(T::SIZE).map(T::read)
    }

    fn len(&mut self) -> Result<usize, Damaged> {
        usize::try_from(self.one::<u64>()?).map_err(|_| Damaged)
    }

    fn list<T: Plain>(&mut self) -> Result<Arc<[T]>, Damaged> {
        let len = self.len()?;
        if len == 0 {
            return Ok(Arc::default());
        }
        let bytes = self.take(len.checked_mul(T::SIZE).ok_or(Damaged)?)?;
        Ok(bytes.chunks_exact(T::SIZE).map(T::read).collect())
    }

    fn list_of<T: Plain>(&mut self, len: usize) -> Result<Arc<[T]>, Damaged> {
        let list = self.list()?;
        ensure(list.len() == len)?;
        Ok(list)
    }
}

/// Four lanes, so that the processor works on four words at a time. Each step is a bijection of its
/// lane, so one changed word always changes the sum.
fn checksum(bytes: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut lanes = [1_u64, 2, 3, 4];
    let mut blocks = bytes.chunks_exact(32);
    for block in &mut blocks {
        for (lane, word) in lanes.iter_mut().zip(block.chunks_exact(8)) {
            *lane = (*lane ^ u64::read(word)).wrapping_mul(ODD).rotate_left(29);
        }
    }
    let tail = blocks.remainder().iter();
    let sum = tail.fold(bytes.len() as u64, |sum, byte| mix(sum ^ u64::from(*byte)));
    lanes.into_iter().fold(sum, |sum, lane| mix(sum ^ lane))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ShelfBuilder;
    use crate::testing::{OWNER, full_row, row};
    use kalends_model::AssetRow;

    fn shelf(rows: u64) -> Shelf {
        let mut builder = ShelfBuilder::new(OWNER);
        for n in 0..rows {
            builder.push(if n % 2 == 0 { full_row(n) } else { row(n) });
        }
        builder.finish(Version(9))
    }

    #[test]
    fn a_shelf_comes_back_from_its_bytes() {
        for rows in [0, 1, 130, 9_000] {
            let shelf = shelf(rows);
            let back = Shelf::from_bytes(&shelf.to_bytes()).unwrap();
            back.check();
            assert_eq!((back.owner(), back.version()), (OWNER, Version(9)));
            assert!(back.rows().eq(shelf.rows()));
            assert_eq!(back.to_bytes(), shelf.to_bytes());
        }
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let bytes = shelf(5).to_bytes();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            assert_eq!(Shelf::from_bytes(&damaged).err(), Some(Damaged), "byte {at}");
            assert!(Shelf::from_bytes(&bytes[..at]).is_err());
        }
    }

    /// The bytes, with the sum that they should end with.
    fn with_a_true_sum(mut payload: Vec<u8>) -> Vec<u8> {
        checksum(&payload).put(&mut payload);
        payload
    }

    #[test]
    fn bytes_with_a_true_sum_and_wrong_contents_are_refused_or_are_another_shelf() {
        let bytes = shelf(12).to_bytes();
        let payload = &bytes[..bytes.len() - 8];
        for at in 0..payload.len() {
            for flip in [1, 2, 0x40, 0xff] {
                let mut forged = payload.to_vec();
                forged[at] ^= flip;
                if let Ok(shelf) = Shelf::from_bytes(&with_a_true_sum(forged)) {
                    shelf.check();
                }
            }
        }
    }

    /// The bytes of a shelf of these rows in which `from`, wherever it is found, became `to`.
    fn forged(rows: impl IntoIterator<Item = AssetRow>, from: &[u8], to: &[u8]) -> Vec<u8> {
        let mut builder = ShelfBuilder::new(OWNER);
        rows.into_iter().for_each(|row| builder.push(row));
        let bytes = builder.finish(Version(9)).to_bytes();
        let mut payload = bytes[..bytes.len() - 8].to_vec();
        let mut found = 0;
        for at in 0..payload.len() - from.len() {
            if payload[at..].starts_with(from) {
                payload[at..at + from.len()].copy_from_slice(to);
                found += 1;
            }
        }
        assert!(found > 0, "the bytes to be forged are there");
        with_a_true_sum(payload)
    }

    #[test]
    fn an_asset_that_lies_in_two_places_is_refused() {
        let of_month = |n: u64| AssetRow { id: row(n).id, ..full_row(n % 3) };
        for (one, other) in [(0, 1), (0, 3)] {
            let rows = || [of_month(one), of_month(other)];
            let ids = rows().map(|row| row.id);
            let same = forged(rows(), ids[1].bytes(), ids[1].bytes());
            assert!(Shelf::from_bytes(&same).is_ok());
            let twice = forged(rows(), ids[1].bytes(), ids[0].bytes());
            assert_eq!(Shelf::from_bytes(&twice).err(), Some(Damaged));
        }
    }

    #[test]
    fn a_place_that_is_nowhere_is_refused() {
        for nowhere in [f64::NAN, 90.1, f64::NEG_INFINITY] {
            let point = GeoPoint::new(12.25, 7.5);
            let rows = [AssetRow { place: point, ..full_row(1) }, full_row(2)];
            let bytes = forged(rows, &12.25_f64.to_le_bytes(), &nowhere.to_le_bytes());
            assert_eq!(Shelf::from_bytes(&bytes).err(), Some(Damaged));
        }
    }
}
