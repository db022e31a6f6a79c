//! The times of a segment, and which of its rows lie beyond a bound.

use kalends_model::Bound;

use super::Segment;
use crate::draft::{UNKNOWN_OFFSET, instant};
use crate::rowset::{RowSet, zeroes};

/// Smallest and largest of some microseconds; of none, the smallest is greater than the largest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    min: i64,
    max: i64,
}

impl Span {
    const EMPTY: Self = Self { min: i64::MAX, max: i64::MIN };

    fn add(&mut self, micros: i64) {
        self.min = self.min.min(micros);
        self.max = self.max.max(micros);
    }

    fn is_empty(self) -> bool {
        self.min > self.max
    }

    /// Whether all values, some or none are beyond `bound`. A span of nothing agrees with
    /// everything, so `None` means that the values disagree.
    fn beyond(self, side: Side, bound: i64) -> Answer {
        if self.is_empty() {
            return Answer::Either;
        }
        match (side.is_beyond(self.min, bound), side.is_beyond(self.max, bound)) {
            (true, true) => Answer::Yes,
            (false, false) => Answer::No,
            _ => Answer::Mixed,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    /// There is no value to ask about.
    Either,
    Mixed,
}

/// Which side of a bound is asked for. Neither includes the bound itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Strictly after the bound.
    After,
    /// Strictly before the bound.
    Before,
}

impl Side {
    fn is_beyond(self, micros: i64, bound: i64) -> bool {
        match self {
            Self::After => micros > bound,
            Self::Before => micros < bound,
        }
    }
}

/// The earliest and latest times of a segment, one span for each way in which a bound compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeRange {
    /// Wall clocks of all rows.
    local: Span,
    /// Instants of the rows whose offset is known.
    instant: Span,
    /// Wall clocks of the rows whose offset is unknown.
    unknown_local: Span,
}

impl TimeRange {
    pub(crate) fn of(locals: &[i64], offsets: &[i32]) -> Self {
        let empty = Span::EMPTY;
        let mut range = Self { local: empty, instant: empty, unknown_local: empty };
        for (local, offset) in locals.iter().zip(offsets) {
            range.local.add(*local);
            if *offset == UNKNOWN_OFFSET {
                range.unknown_local.add(*local);
            } else {
                range.instant.add(instant(*local, *offset).micros());
            }
        }
        range
    }

    fn beyond(&self, side: Side, bound: &Bound) -> Answer {
        match *bound {
            Bound::Naive(bound) => self.local.beyond(side, bound.micros()),
            Bound::Aware { instant, wall } => {
                let known = self.instant.beyond(side, instant.micros());
                match (known, self.unknown_local.beyond(side, wall.micros())) {
                    (Answer::Either, answer) | (answer, Answer::Either) => answer,
                    (known, unknown) if known == unknown => known,
                    _ => Answer::Mixed,
                }
            }
        }
    }
}

impl Segment {
    /// The rows strictly beyond a bound, as the model's `Bound` compares them.
    pub(crate) fn beyond(&self, side: Side, bound: &Bound) -> RowSet<'_> {
        match self.times.beyond(side, bound) {
            Answer::Yes => return RowSet::All,
            Answer::No => return RowSet::None,
            Answer::Either | Answer::Mixed => {}
        }
        let mut words = zeroes();
        for row in 0..self.len() {
            let (local, offset) = (self.locals[row], self.offsets[row]);
            let is_beyond = match *bound {
                Bound::Naive(bound) => side.is_beyond(local, bound.micros()),
                Bound::Aware { wall, .. } if offset == UNKNOWN_OFFSET => {
                    side.is_beyond(local, wall.micros())
                }
                Bound::Aware { instant: bound, .. } => {
                    side.is_beyond(instant(local, offset).micros(), bound.micros())
                }
            };
            words[row / 64] |= u64::from(is_beyond) << (row % 64);
        }
        RowSet::Own(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::Drafts;
    use crate::testing::{at, row};
    use kalends_model::{CaptureTime, DateSource, Instant, LocalTime, Offset};
    use std::sync::Arc;

    #[test]
    fn rows_beyond_a_bound_are_those_the_model_says() {
        let hour = 3_600_000_000;
        let noon = at(2021, 3, 15, 12).micros();
        let captures: Vec<CaptureTime> = (0..60)
            .map(|n| CaptureTime {
                local: LocalTime::from_micros(noon + (n % 12 - 6) * hour),
                offset: if n % 3 == 0 {
                    None
                } else {
                    Offset::from_seconds((n as i32 % 5 - 2) * 7_200)
                },
                source: DateSource::Xmp,
            })
            .collect();
        for keep in [0..60, 0..1, 1..2, 3..20] {
            let mut drafts = Drafts::default();
            let mut dictionary = Arc::default();
            let captures = &captures[keep];
            for (n, capture) in captures.iter().enumerate() {
                drafts.push(
                    &kalends_model::AssetRow { capture: *capture, ..row(n as u64) },
                    &mut dictionary,
                );
            }
            let mut order: Vec<u32> = (0..captures.len() as u32).collect();
            order.sort_by_key(|index| drafts.rows[*index as usize].sort_key());
            let segment = Segment::build(&drafts, &order);
            for n in -12..12 {
                let wall = LocalTime::from_micros(noon + n * hour);
                let instant = Instant::from_micros(noon + (n + 1) * hour);
                for bound in [Bound::Naive(wall), Bound::Aware { instant, wall }] {
                    for side in [Side::After, Side::Before] {
                        let found = segment.beyond(side, &bound);
                        for (at, index) in order.iter().enumerate() {
                            let capture = &captures[*index as usize];
                            let expected = match side {
                                Side::After => bound.is_before(capture),
                                Side::Before => bound.is_after(capture),
                            };
                            assert_eq!(found.count_between(at, at + 1) == 1, expected);
                        }
                    }
                }
            }
        }
    }
}
