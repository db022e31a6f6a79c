//! The rows of a bucket, and what each of them shows.

use std::sync::Arc;

use kalends_model::{
    AssetId, DateSource, Direction, FactMask, GeoPoint, Instant, Kind, LibraryId, LocalTime,
    Offset, OwnerScope, StackPlace, UserId, Visibility,
};

use crate::dictionary::{Code, Dictionary};
use crate::draft::{SortKey, instant, known_offset};
use crate::rowset::{RowSet, SEGMENT_ROWS_MAX};
use crate::segment::{CodedColumn, Flag, Segment};

/// The rows that passed, in order. It holds what it reads, so it outlives its snapshot, and takes
/// four bytes a row.
///
/// To write columns, iterate once per column: a getter is a few loads.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    segments: Vec<PartSegment>,
    order: Vec<RowAddress>,
}

/// A segment, with what a viewer needs to know to read it.
#[derive(Clone, Debug)]
struct PartSegment {
    segment: Arc<Segment>,
    dictionary: Arc<Dictionary>,
    owner: UserId,
    hidden: FactMask,
}

/// The position of a segment in the list above, and the row of it.
#[derive(Clone, Copy, Debug)]
struct RowAddress(u32);

impl RowAddress {
    const ROW_BITS: u32 = SEGMENT_ROWS_MAX.trailing_zeros();

    fn new(segment: u32, row: u16) -> Self {
        Self(segment << Self::ROW_BITS | u32::from(row))
    }

    fn segment(self) -> usize {
        (self.0 >> Self::ROW_BITS) as usize
    }

    fn row(self) -> usize {
        self.0 as usize % SEGMENT_ROWS_MAX
    }
}

impl Rows {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The `index`-th row.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn get(&self, index: usize) -> RowRef<'_> {
        self.row(self.order[index])
    }

    /// Every row, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = RowRef<'_>> + DoubleEndedIterator {
        self.order.iter().map(|address| self.row(*address))
    }

    fn row(&self, address: RowAddress) -> RowRef<'_> {
        RowRef { part: &self.segments[address.segment()], row: address.row() }
    }

    fn sort_key(&self, address: RowAddress) -> SortKey {
        self.segments[address.segment()].segment.sort_key(address.row())
    }
}

/// Collects rows of several owners, each owner's ascending.
#[derive(Default)]
pub(crate) struct RowsBuilder {
    rows: Rows,
    part: Option<(UserId, FactMask, Arc<Dictionary>)>,
    /// Where in the order each owner's rows begin.
    part_starts: Vec<usize>,
}

impl RowsBuilder {
    /// The rows that follow are of this owner.
    pub(crate) fn begin_part(&mut self, scope: &OwnerScope, dictionary: &Arc<Dictionary>) {
        self.part = Some((scope.owner, scope.hidden, Arc::clone(dictionary)));
        self.part_starts.push(self.rows.order.len());
    }

    /// Adds those rows of `from..to` that are in `set`. Segments come in the order of their rows.
    pub(crate) fn add(&mut self, segment: &Arc<Segment>, set: &RowSet<'_>, from: usize, to: usize) {
        let count = set.count_between(from, to);
        if count == 0 {
            return;
        }
        let (owner, hidden, dictionary) = self.part.clone().expect("a part has begun");
        let position = u32::try_from(self.rows.segments.len())
            .ok()
            .filter(|position| position >> (u32::BITS - RowAddress::ROW_BITS) == 0)
            .expect("half a million segments would be four billion rows");
        let segment = Arc::clone(segment);
        self.rows.segments.push(PartSegment { segment, dictionary, owner, hidden });
        let order = &mut self.rows.order;
        order.reserve(count);
        set.for_each_between(from, to, |row| order.push(RowAddress::new(position, row)));
    }

    /// All rows, merged, in the direction's order.
    pub(crate) fn finish(mut self, direction: Direction) -> Rows {
        self.merge_parts();
        if direction == Direction::Descending {
            self.rows.order.reverse();
        }
        self.rows
    }

    /// Merges the owners' runs, two neighbours at a time, until one is left.
    fn merge_parts(&mut self) {
        let mut starts = std::mem::take(&mut self.part_starts);
        starts.push(self.rows.order.len());
        starts.dedup();
        while starts.len() > 2 {
            let mut merged = Vec::with_capacity(self.rows.order.len());
            let mut merged_starts = vec![0];
            for pair in starts.windows(2).collect::<Vec<_>>().chunks(2) {
                let run = |range: &[usize]| &self.rows.order[range[0]..range[1]];
                match pair {
                    [left, right] => self.merge(run(left), run(right), &mut merged),
                    [last] => merged.extend_from_slice(run(last)),
                    _ => unreachable!("chunks of two hold one or two"),
                }
                merged_starts.push(merged.len());
            }
            self.rows.order = merged;
            starts = merged_starts;
        }
    }

    fn merge(&self, left: &[RowAddress], right: &[RowAddress], merged: &mut Vec<RowAddress>) {
        let mut left =
            left.iter().map(|address| (self.rows.sort_key(*address), *address)).peekable();
        let right = right.iter().map(|address| (self.rows.sort_key(*address), *address));
        for (key, address) in right {
            while let Some((_, smaller)) = left.next_if(|(other, _)| *other <= key) {
                merged.push(smaller);
            }
            merged.push(address);
        }
        merged.extend(left.map(|(_, address)| address));
    }
}

/// One row as its viewer sees it: hidden facts read as absent here too.
#[derive(Clone, Copy, Debug)]
pub struct RowRef<'a> {
    part: &'a PartSegment,
    row: usize,
}

impl<'a> RowRef<'a> {
    fn columns(self) -> &'a Segment {
        &self.part.segment
    }

    fn flag(self, flag: Flag) -> bool {
        self.columns().flag(flag).get(self.row)
    }

    fn hides(self, fact: FactMask) -> bool {
        self.part.hidden.hides(fact)
    }

    fn code(self, column: CodedColumn) -> Option<Code> {
        self.columns().coded(column).get(self.row)
    }

    fn text(self, column: CodedColumn) -> Option<&'a str> {
        self.code(column).map(|code| &**self.part.dictionary.text(code))
    }

    /// The asset.
    pub fn id(self) -> AssetId {
        self.columns().ids[self.row]
    }

    /// Whose it is.
    pub fn owner(self) -> UserId {
        self.part.owner
    }

    /// The library it lies in.
    pub fn library(self) -> LibraryId {
        let code = self.code(CodedColumn::Library).expect("every row lies in a library");
        LibraryId::from_bytes(self.part.dictionary.key(code))
    }

    /// The wall clock at which it was taken.
    pub fn local(self) -> LocalTime {
        LocalTime::from_micros(self.columns().locals[self.row])
    }

    /// That clock's offset from UTC, if it is known.
    pub fn offset(self) -> Option<Offset> {
        known_offset(self.columns().offsets[self.row])
    }

    /// The instant at which it was taken; of an unknown offset, as if the clock showed UTC.
    pub fn instant(self) -> Instant {
        instant(self.columns().locals[self.row], self.columns().offsets[self.row])
    }

    /// Where its capture time was read from.
    pub fn date_source(self) -> DateSource {
        DateSource::ALL[usize::from(self.columns().sources[self.row])].0
    }

    /// Where it is shown.
    pub fn visibility(self) -> Visibility {
        let visibilities = Visibility::ALL.into_iter();
        let mut set = visibilities.filter(|v| self.flag(Flag::of_visibility(*v)));
        set.next().expect("every row has one visibility")
    }

    /// Photo or video.
    pub fn kind(self) -> Kind {
        if self.flag(Flag::Video) { Kind::Video } else { Kind::Image }
    }

    /// The owner's favourite.
    pub fn is_favorite(self) -> bool {
        !self.hides(FactMask::FAVORITE) && self.flag(Flag::Favorite)
    }

    /// The owner put it in the trash.
    pub fn is_trashed(self) -> bool {
        self.flag(Flag::Trashed)
    }

    /// Its external file has vanished.
    pub fn is_offline(self) -> bool {
        self.flag(Flag::Offline)
    }

    /// Whether both APIs show it in the trash.
    pub fn is_in_trash(self) -> bool {
        self.flag(Flag::InTrash)
    }

    /// Its files say no date.
    pub fn is_undated(self) -> bool {
        self.flag(Flag::Undated)
    }

    /// Display width in pixels; 0 when unknown.
    pub fn width(self) -> u32 {
        self.columns().widths[self.row]
    }

    /// Display height in pixels; 0 when unknown.
    pub fn height(self) -> u32 {
        self.columns().heights[self.row]
    }

    /// Length of a video in milliseconds.
    pub fn duration_ms(self) -> Option<u64> {
        self.columns().durations.get(self.row)
    }

    /// The ThumbHash.
    pub fn thumbhash(self) -> Option<&'a [u8]> {
        self.columns().thumbhashes.get(self.row)
    }

    /// The hidden video that is this photo's motion.
    pub fn live_video(self) -> Option<AssetId> {
        self.columns().live_videos.get(self.row)
    }

    /// The projection of a 360° picture.
    pub fn projection(self) -> Option<&'a str> {
        self.text(CodedColumn::Projection)
    }

    /// Where it was taken.
    pub fn place(self) -> Option<GeoPoint> {
        if self.hides(FactMask::PLACE) { None } else { self.columns().places.get(self.row) }
    }

    /// The city it was taken in.
    pub fn city(self) -> Option<&'a str> {
        if self.hides(FactMask::PLACE) { None } else { self.text(CodedColumn::City) }
    }

    /// The country it was taken in.
    pub fn country(self) -> Option<&'a str> {
        if self.hides(FactMask::PLACE) { None } else { self.text(CodedColumn::Country) }
    }

    /// The camera.
    pub fn camera(self) -> Option<&'a str> {
        if self.hides(FactMask::CAMERA) { None } else { self.text(CodedColumn::Camera) }
    }

    /// The owner's rating.
    pub fn rating(self) -> Option<i8> {
        if self.hides(FactMask::RATING) { None } else { self.columns().ratings.get(self.row) }
    }

    /// Its place in a stack.
    pub fn stack(self) -> Option<StackPlace> {
        self.columns().stacks.get(self.row)
    }

    /// The owner's version at which anything of it last changed.
    pub fn row_version(self) -> u64 {
        self.columns().row_versions[self.row]
    }
}
