//! Writing a segment from rows.

use super::{
    Bits, Blobs, Census, Classes, Coded, CodedColumn, Flag, KeyedColumn, Places, Postings,
    SEGMENT_ROWS_MAX, Segment, Sparse, Tallies, TimeRange,
};
use crate::draft::{Draft, Drafts};
use crate::fingerprint;

impl Segment {
    /// A segment of the rows of `drafts` at the positions `order`, which is in sort-key order.
    pub(crate) fn build(drafts: &Drafts, order: &[u32]) -> Self {
        assert!(
            !order.is_empty() && order.len() <= SEGMENT_ROWS_MAX,
            "a segment's size is bounded"
        );
        let len = order.len();
        let rows = || order.iter().map(|index| &drafts.rows[*index as usize]);
        let keys = |column: KeyedColumn| {
            rows().enumerate().flat_map(move |(at, row)| {
                drafts.keys(row, column).iter().map(move |code| (*code, at as u16))
            })
        };
        let flags: Vec<u16> = rows().map(|row| row.flags).collect();
        let mut segment = Self {
            ids: rows().map(|row| row.id).collect(),
            locals: rows().map(|row| row.local).collect(),
            offsets: rows().map(|row| row.offset).collect(),
            sources: rows().map(|row| row.source).collect(),
            widths: rows().map(|row| row.width).collect(),
            heights: rows().map(|row| row.height).collect(),
            row_versions: rows().map(|row| row.row_version).collect(),
            flags: Flag::ALL.map(|flag| Bits::from_fn(len, |row| flags[row] & flag.bit() != 0)),
            durations: Sparse::build(rows().map(|row| row.duration_ms)),
            live_videos: Sparse::build(rows().map(|row| row.live_video)),
            ratings: Sparse::build(rows().map(|row| row.rating)),
            stacks: Sparse::build(rows().map(|row| row.stack)),
            places: Places::build(rows().map(|row| row.place)),
            thumbhashes: Blobs::build(rows().map(|row: &Draft| drafts.thumbhash(row))),
            coded: CodedColumn::ALL
                .map(|column| Coded::build(rows().map(move |row| row.coded[column as usize]))),
            keyed: KeyedColumn::ALL.map(|column| Postings::build(keys(column))),
            classes: Classes::default(),
            tallies: Tallies::default(),
            census: Census::default(),
            times: TimeRange::of(&[], &[]),
            fingerprint: 0,
        };
        segment.derive(&flags);
        segment
    }

    /// Works out what follows from the other columns and from each row's flags.
    pub(crate) fn derive(&mut self, flags: &[u16]) {
        self.classes = Classes::new(flags.iter().map(|flags| Census::class_of(*flags)));
        self.census = Census::of(&self.classes, flags.len());
        self.tallies = Tallies::of(self);
        self.times = TimeRange::of(&self.locals, &self.offsets);
        let rows = self.ids.iter().zip(self.row_versions.iter());
        self.fingerprint = rows.fold(0, |sum, (id, row_version)| {
            sum.wrapping_add(fingerprint::of_row(id, *row_version))
        });
    }
}
