//! The classes of the rows of a list, so that those of some classes are counted without looking at
//! the rows.
//!
//! Wherever a segment keeps rows grouped (by key, by code, by cell of the earth), "how many of this
//! group are shown" is the question most often asked of it. A tally writes the class of each row of
//! such a list as four bits, in the order of the list: the answer is then a popcount over a few
//! words, however many rows the group has and wherever they lie in the segment.

use std::ops::Range;
use std::sync::Arc;

use super::class::{ClassSet, Classes, Product};
use super::{CodedColumn, KeyedColumn, Segment};
use crate::rowset::words_for;

/// The classes of 64 rows: the `i`-th word holds the `i`-th bit of each row's class.
pub(crate) type Block = [u64; 4];

/// The classes of the rows of a list, in the list's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    /// Empty when every row is of class 0: on the timeline, not in the trash, no stack child.
    blocks: Arc<[Block]>,
}

impl Tally {
    /// Of the list `rows`, of a segment with these classes.
    pub(crate) fn of(rows: &[u16], classes: &Classes) -> Self {
        let mut any = 0;
        let mut blocks = Vec::with_capacity(words_for(rows.len()));
        for rows in rows.chunks(64) {
            let mut block = [0; 4];
            for (at, row) in rows.iter().enumerate() {
                let class = classes.get(usize::from(*row)) as u64;
                any |= class;
                for (bit, word) in block.iter_mut().enumerate() {
                    *word |= (class >> bit & 1) << at;
                }
            }
            blocks.push(block);
        }
        Self { blocks: if any == 0 { Arc::default() } else { blocks.into() } }
    }

    /// The tally of `rows` after some rows of the segment changed their class, when this is the
    /// tally of `before`. `classes` are those of all rows now, `changed` the rows that differ.
    fn follow(&mut self, [before, rows]: [&Arc<[u16]>; 2], classes: &Classes, changed: &[u16]) {
        /// Beyond this many rows it is cheaper to make all anew than to look for each.
        const LOOK_MAX: usize = 8;
        if Arc::ptr_eq(before, rows) && changed.is_empty() {
            return;
        }
        if !Arc::ptr_eq(before, rows) || changed.len() > LOOK_MAX || self.blocks.is_empty() {
            *self = Self::of(rows, classes);
            return;
        }
        for row in changed {
            let class = classes.get(usize::from(*row)) as u64;
            for (index, chunk) in rows.chunks(64).enumerate() {
                if !chunk.contains(row) {
                    continue;
                }
                let block = &mut Arc::make_mut(&mut self.blocks)[index];
                for at in (0..chunk.len()).filter(|at| chunk[*at] == *row) {
                    for (bit, word) in block.iter_mut().enumerate() {
                        *word = *word & !(1 << at) | (class >> bit & 1) << at;
                    }
                }
            }
        }
        if self.blocks.iter().all(|block| *block == [0; 4]) {
            self.blocks = Arc::default();
        }
    }

    /// How many of the rows at `positions` of the list are of one of these classes.
    pub(crate) fn count_of_set(&self, positions: Range<usize>, classes: ClassSet) -> usize {
        classes.products().map(|product| self.count(positions.clone(), &product)).sum()
    }

    /// How many of the rows at `positions` of the list are of a class of `classes`.
    pub(crate) fn count(&self, positions: Range<usize>, classes: &Product) -> usize {
        let mut count = 0;
        self.for_each_word(positions, classes, |_, word| count += word.count_ones() as usize);
        count
    }

    /// The same, of those positions that pass.
    pub(crate) fn count_where(
        &self,
        positions: Range<usize>,
        classes: &Product,
        mut passes: impl FnMut(usize) -> bool,
    ) -> usize {
        let mut count = 0;
        self.for_each_word(positions, classes, |positions, word| {
            let first = positions.start;
            let hits = positions.fold(0, |hits, at| hits | u64::from(passes(at)) << (at - first));
            count += (hits & word).count_ones() as usize;
        });
        count
    }

    /// Calls `visit` with at most 64 positions at a time and a bit for each of them, the first one's
    /// being the lowest, which is set when the row there is of a class of `classes`.
    fn for_each_word(
        &self,
        positions: Range<usize>,
        classes: &Product,
        mut visit: impl FnMut(Range<usize>, u64),
    ) {
        const PLAIN: &Block = &[0; 4];
        let mut from = positions.start;
        while from < positions.end {
            let to = positions.end.min((from / 64 + 1) * 64);
            let word = classes.word(self.blocks.get(from / 64).unwrap_or(PLAIN));
            visit(from..to, word >> (from % 64) & u64::MAX >> (64 - (to - from)));
            from = to;
        }
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        super::slice_bytes(&self.blocks)
    }
}

/// A tally of every list of rows that a segment keeps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tallies {
    keyed: [Tally; KeyedColumn::COUNT],
    coded: [Tally; CodedColumn::COUNT],
    pub(crate) placed: Tally,
}

impl Tallies {
    pub(crate) fn of(segment: &Segment) -> Self {
        let of = |rows: &[u16]| Tally::of(rows, &segment.classes);
        Self {
            keyed: KeyedColumn::ALL.map(|column| of(segment.keyed(column).list())),
            coded: CodedColumn::ALL.map(|column| of(segment.coded(column).list())),
            placed: of(segment.places.list()),
        }
    }

    /// Makes the tallies of `before` those of `now`, in which the class of `changed` differs.
    pub(crate) fn follow(&mut self, before: &Segment, now: &Segment, changed: &[u16]) {
        for column in KeyedColumn::ALL {
            let lists = [before, now].map(|segment| segment.keyed(column).list());
            self.keyed[column as usize].follow(lists, &now.classes, changed);
        }
        for column in CodedColumn::ALL {
            let lists = [before, now].map(|segment| segment.coded(column).list());
            self.coded[column as usize].follow(lists, &now.classes, changed);
        }
        let lists = [before, now].map(|segment| segment.places.list());
        self.placed.follow(lists, &now.classes, changed);
    }

    pub(crate) fn keyed(&self, column: KeyedColumn) -> &Tally {
        &self.keyed[column as usize]
    }

    pub(crate) fn coded(&self, column: CodedColumn) -> &Tally {
        &self.coded[column as usize]
    }

    /// Whether no list's tally was copied.
    #[cfg(test)]
    pub(crate) fn shares_all_with(&self, other: &Self) -> bool {
        let all = |tallies: &Self| -> Vec<*const Block> {
            let lists = tallies.keyed.iter().chain(&tallies.coded).chain([&tallies.placed]);
            lists.map(|tally| tally.blocks.as_ptr()).collect()
        };
        all(self) == all(other)
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        let lists = self.keyed.iter().chain(&self.coded).chain([&self.placed]);
        lists.map(Tally::memory_bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::mix;

    fn classes(len: u64, seed: u64, end: u64) -> Classes {
        Classes::new((0..len).map(|row| (mix(seed + row) % end) as usize))
    }

    #[test]
    fn a_tally_counts_what_looking_at_every_row_counts() {
        for (end, len) in [(1, 300), (2, 1), (16, 64), (16, 500), (5, 8_192)] {
            let classes = classes(len, 7, end);
            let rows: Vec<u16> = (0..len).filter(|n| n % 3 != 1).map(|n| n as u16).collect();
            let tally = Tally::of(&rows, &classes);
            for set in (0..=u16::MAX).step_by(4_099).map(ClassSet::from_bits) {
                for (from, to) in [(0, rows.len()), (0, 0), (1, 63), (60, 70), (64, 192)] {
                    let (from, to) = (from.min(rows.len()), to.min(rows.len()));
                    let odd = |at: usize| at % 2 == 1;
                    let of_set = |at: &usize| set.contains(classes.get(usize::from(rows[*at])));
                    let all = (from..to).filter(of_set).count();
                    let some = (from..to).filter(of_set).filter(|at| odd(*at)).count();
                    let sum = |count: &dyn Fn(Product) -> usize| -> usize {
                        set.products().map(count).sum()
                    };
                    assert_eq!(sum(&|product| tally.count(from..to, &product)), all);
                    assert_eq!(sum(&|product| tally.count_where(from..to, &product, odd)), some);
                }
            }
        }
    }

    #[test]
    fn a_tally_that_followed_a_change_equals_one_made_anew() {
        // One key's rows and then another's: a row can occur twice.
        let rows: Arc<[u16]> = (0..200).chain(50..150).collect();
        let mut now = Classes::new((0..200).map(|_| 0));
        let mut tally = Tally::of(&rows, &now);
        assert_eq!(tally.memory_bytes(), 0, "rows of class 0 take no memory");
        let changes: [&[(u16, usize)]; 6] = [
            &[(60, 4)],
            &[(60, 9), (199, 15)],
            &[(0, 1), (3, 2), (5, 3), (7, 4), (9, 5), (11, 6), (13, 7), (15, 8), (17, 9)],
            &[],
            &[(0, 0), (3, 0), (5, 0), (7, 0), (9, 0), (11, 0), (13, 0), (15, 0), (17, 0)],
            &[(60, 0), (199, 0)],
        ];
        for change in changes {
            change.iter().for_each(|(row, class)| now.set(usize::from(*row), *class));
            let changed: Vec<u16> = change.iter().map(|(row, _)| *row).collect();
            tally.follow([&rows, &rows], &now, &changed);
            assert_eq!(tally, Tally::of(&rows, &now));
        }
        let fewer: Arc<[u16]> = (0..100).collect();
        now.set(70, 6);
        tally.follow([&rows, &fewer], &now, &[70]);
        assert_eq!(tally, Tally::of(&fewer, &now));
    }
}
