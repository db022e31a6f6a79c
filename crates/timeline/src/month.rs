//! One month of a shelf: its segments, and what is kept so that most questions need none of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use kalends_model::Month;

use crate::draft::{Drafts, SortKey};
use crate::segment::{Census, SEGMENT_ROWS_MAX, Segment};

/// Neighbours that together hold no more than this become one segment.
const MERGE_MAX: usize = SEGMENT_ROWS_MAX / 2;

/// The rows of one month of one owner. Never empty.
#[derive(Clone, Debug)]
pub(crate) struct MonthRows {
    pub(crate) month: Month,
    /// How many rows of each class.
    pub(crate) census: Census,
    /// The wrapping sum over the rows.
    pub(crate) fingerprint: u64,
    pub(crate) len: usize,
    /// In the order of their rows: every row of one sorts before every row of the next.
    pub(crate) segments: Arc<[Arc<Segment>]>,
}

/// A row of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RowPlace {
    /// The position of the segment.
    pub(crate) segment: usize,
    /// The row of that segment.
    pub(crate) row: u16,
}

/// What is to change in one month. Positions of rows to come are those of the batch's drafts.
#[derive(Debug, Default)]
pub(crate) struct MonthEdit {
    /// Rows that leave, each once.
    pub(crate) gone: Vec<RowPlace>,
    /// Rows that change and keep their sort key, each once.
    pub(crate) patched: Vec<(RowPlace, u32)>,
    /// Rows that come.
    pub(crate) come: Vec<u32>,
}

impl MonthRows {
    fn new(month: Month, segments: Vec<Arc<Segment>>) -> Self {
        let mut census = Census::default();
        let (mut fingerprint, mut len) = (0_u64, 0);
        for segment in &segments {
            census.add(&segment.census);
            fingerprint = fingerprint.wrapping_add(segment.fingerprint);
            len += segment.len();
        }
        Self { month, census, fingerprint, len, segments: segments.into() }
    }

    /// The month of all these rows, in any order.
    pub(crate) fn build(month: Month, drafts: &Drafts) -> Self {
        Self::new(month, build_segments(drafts))
    }

    /// From segments that are in order already.
    pub(crate) fn from_segments(month: Month, segments: Vec<Arc<Segment>>) -> Self {
        Self::new(month, segments)
    }

    /// The month after an edit, or `None` when no row is left. `before` is `None` when the shelf
    /// had no row in the month.
    pub(crate) fn edited(
        before: Option<&Self>,
        month: Month,
        edit: MonthEdit,
        drafts: &Drafts,
    ) -> Option<Self> {
        let mut segments = before.map_or_else(Vec::new, |before| before.segments.to_vec());
        patch_segments(&mut segments, edit.patched, drafts);
        if !edit.gone.is_empty() || !edit.come.is_empty() {
            segments = replace_rows(&segments, &edit.gone, &edit.come, drafts);
        }
        (!segments.is_empty()).then(|| Self::new(month, segments))
    }

    /// Panics when an invariant does not hold.
    pub(crate) fn check(&self) {
        let anew = Self::new(self.month, self.segments.to_vec());
        assert!(self.len > 0, "an empty month");
        assert_eq!((self.census, self.len), (anew.census, anew.len));
        assert_eq!(self.fingerprint, anew.fingerprint);
        self.segments.iter().for_each(|segment| segment.check(self.month));
        for pair in self.segments.windows(2) {
            assert!(pair[0].last_key() < pair[1].sort_key(0), "segments out of order");
        }
        assert!(!has_crumbs(&self.segments), "two small neighbours");
    }
}

/// Whether two neighbours are so small that they should be one.
pub(crate) fn has_crumbs(segments: &[Arc<Segment>]) -> bool {
    segments.windows(2).any(|pair| pair[0].len() + pair[1].len() <= MERGE_MAX)
}

fn patch_segments(
    segments: &mut [Arc<Segment>],
    mut patched: Vec<(RowPlace, u32)>,
    drafts: &Drafts,
) {
    patched.sort_unstable();
    for of_one in patched.chunk_by(|a, b| a.0.segment == b.0.segment) {
        let patches: Vec<(u16, u32)> =
            of_one.iter().map(|(place, draft)| (place.row, *draft)).collect();
        let segment = &mut segments[of_one[0].0.segment];
        *segment = Arc::new(segment.patched(drafts, &patches));
    }
}

/// The segments without the rows in `gone` and with the drafts in `come`. Segments that nothing
/// comes to or leaves stay as they are.
fn replace_rows(
    segments: &[Arc<Segment>],
    gone: &[RowPlace],
    come: &[u32],
    drafts: &Drafts,
) -> Vec<Arc<Segment>> {
    let mut edits: BTreeMap<usize, (Vec<u16>, Vec<u32>)> = BTreeMap::new();
    for place in gone {
        edits.entry(place.segment).or_default().0.push(place.row);
    }
    let last_keys: Vec<SortKey> = segments.iter().map(|segment| segment.last_key()).collect();
    for index in come {
        let key = drafts.rows[*index as usize].sort_key();
        let at = last_keys.partition_point(|last| *last < key);
        edits.entry(at.min(segments.len().saturating_sub(1))).or_default().1.push(*index);
    }
    let mut next = Vec::with_capacity(segments.len() + 1);
    let mut kept = 0;
    for (at, (mut gone, come)) in edits {
        next.extend_from_slice(&segments[kept..at.min(segments.len())]);
        kept = at + 1;
        let mut rows = Drafts::default();
        if let Some(segment) = segments.get(at) {
            gone.sort_unstable();
            segment.append_to(&mut rows, |row| gone.binary_search(&(row as u16)).is_err());
        }
        come.iter().for_each(|index| rows.push_copy(drafts, *index as usize));
        next.extend(build_segments(&rows));
    }
    next.extend_from_slice(segments.get(kept..).unwrap_or_default());
    merge_small(next)
}

/// Segments of these rows, as few as hold them, evenly filled.
fn build_segments(drafts: &Drafts) -> Vec<Arc<Segment>> {
    let rows = drafts.rows.iter().zip(0_u32..);
    let mut keys: Vec<(SortKey, u32)> = rows.map(|(row, index)| (row.sort_key(), index)).collect();
    keys.sort_unstable();
    let order: Vec<u32> = keys.into_iter().map(|(_, index)| index).collect();
    let pieces = order.len().div_ceil(SEGMENT_ROWS_MAX);
    let ends = (0..=pieces).map(|piece| piece * order.len() / pieces.max(1));
    let ends: Vec<usize> = ends.collect();
    let build = |ends: &[usize]| Arc::new(Segment::build(drafts, &order[ends[0]..ends[1]]));
    ends.windows(2).map(build).collect()
}

/// Joins neighbours that have become small, so that many removals do not leave crumbs.
fn merge_small(segments: Vec<Arc<Segment>>) -> Vec<Arc<Segment>> {
    let mut runs: Vec<(usize, Vec<Arc<Segment>>)> = Vec::new();
    for segment in segments {
        match runs.last_mut() {
            Some((len, run)) if *len + segment.len() <= MERGE_MAX => {
                *len += segment.len();
                run.push(segment);
            }
            _ => runs.push((segment.len(), vec![segment])),
        }
    }
    let join = |(_, mut run): (usize, Vec<Arc<Segment>>)| {
        if run.len() == 1 {
            return run.remove(0);
        }
        let mut rows = Drafts::default();
        run.iter().for_each(|segment| segment.append_to(&mut rows, |_| true));
        let order: Vec<u32> = (0..rows.rows.len() as u32).collect();
        Arc::new(Segment::build(&rows, &order))
    };
    runs.into_iter().map(join).collect()
}
