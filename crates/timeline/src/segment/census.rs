//! The common questions, answered without looking at rows.
//!
//! Segments and months keep how many rows of each class they hold, so a question that asks for
//! nothing else, which is the usual one, is a sum of a few numbers per month.

use super::class::{CLASSES, ClassSet, Classes, IN_TRASH, STACK_CHILD};
use super::{Flag, Segment};
use crate::rowset::{RowSet, Words, clear_beyond, words_for, zeroes};

/// How many rows there are of each class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Census([u32; CLASSES]);

impl Census {
    /// The class of a row with these [`Flag`] bits.
    pub(crate) fn class_of(flags: u16) -> usize {
        let has = |flag: Flag| flags & flag.bit() != 0;
        let visibility = (flags & 0b1111).trailing_zeros() as usize % 4;
        visibility
            + if has(Flag::InTrash) { IN_TRASH } else { 0 }
            + if has(Flag::StackChild) { STACK_CHILD } else { 0 }
    }

    /// The census of `len` rows of these classes.
    pub(crate) fn of(classes: &Classes, len: usize) -> Self {
        let mut census = Self::default();
        (0..len).for_each(|row| census.0[classes.get(row)] += 1);
        census
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(count, other)| *count += other);
    }

    /// A row moves from one class to another.
    pub(crate) fn move_row(&mut self, from: usize, to: usize) {
        self.0[from] -= 1;
        self.0[to] += 1;
    }

    /// How many rows are of one of these classes.
    pub(crate) fn count(&self, classes: ClassSet) -> u64 {
        let counts = self.0.iter().enumerate();
        counts.map(|(class, count)| u64::from(*count) * u64::from(classes.contains(class))).sum()
    }

    /// The classes that have a row.
    fn present(&self) -> ClassSet {
        let counts = self.0.iter().enumerate();
        ClassSet::of(counts.filter(|(_, count)| **count > 0).map(|(class, _)| class))
    }
}

impl Segment {
    /// The rows of one of these classes.
    pub(crate) fn of_classes(&self, classes: ClassSet) -> RowSet<'_> {
        let present = self.census.present();
        let wanted = classes.and(present);
        let rest = present.and(wanted.not());
        if wanted == ClassSet::NONE {
            RowSet::None
        } else if rest == ClassSet::NONE {
            RowSet::All
        } else {
            RowSet::Own(self.class_words(wanted))
        }
    }

    /// How many of `rows` are of one of these classes.
    pub(crate) fn count_of_classes(&self, classes: ClassSet, rows: RowSet<'_>) -> usize {
        match rows {
            RowSet::None => 0,
            RowSet::All => self.census.count(classes) as usize,
            RowSet::Rows(rows) => {
                let is_in = self.row_test(classes);
                rows.iter().map(|row| usize::from(is_in(*row))).sum()
            }
            rows => rows.and(self.of_classes(classes), self.len()).count(self.len()),
        }
    }

    /// Tells whether a row is of one of these classes.
    pub(crate) fn row_test(&self, classes: ClassSet) -> impl Fn(u16) -> bool {
        move |row| classes.contains(self.classes.get(usize::from(row)))
    }

    /// One bit per row of one of these classes, made in one pass over the flags' words.
    fn class_words(&self, classes: ClassSet) -> Box<Words> {
        let len = self.len();
        let in_trash = self.flag(Flag::InTrash).words();
        let stack_child = self.flag(Flag::StackChild).words();
        let mut words = zeroes();
        for visibility in 0..4 {
            // Of this visibility, which of the four combinations of the two other facts.
            let wanted = [0, IN_TRASH, STACK_CHILD, IN_TRASH + STACK_CHILD]
                .map(|facts| classes.contains(visibility + facts));
            let [live, trash, child, both] = wanted.map(|is| if is { u64::MAX } else { 0 });
            if live | trash | child | both == 0 {
                continue;
            }
            let of_visibility = self.flag(Flag::ALL[visibility]).words();
            for (index, word) in words[..words_for(len)].iter_mut().enumerate() {
                let (t, c) = (in_trash[index], stack_child[index]);
                let facts = !c & (!t & live | t & trash) | c & (!t & child | t & both);
                *word |= of_visibility[index] & facts;
            }
        }
        clear_beyond(&mut words, len);
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::Drafts;
    use crate::testing::{full_row, row};
    use kalends_model::{Visibility, VisibilitySet};
    use std::sync::Arc;

    #[test]
    fn the_visibilities_are_the_first_four_flags() {
        for (index, visibility) in Visibility::ALL.into_iter().enumerate() {
            assert_eq!(Flag::ALL[index], Flag::of_visibility(visibility));
            let only = ClassSet::visibilities(VisibilitySet::only(visibility));
            let classes = (0..CLASSES).filter(|class| class % 4 == index);
            assert_eq!(only, ClassSet::of(classes));
        }
    }

    #[test]
    fn every_flag_combination_has_its_class() {
        for flags in 0..1_u16 << Flag::COUNT {
            if (flags & 0b1111).count_ones() != 1 {
                continue;
            }
            let is_in = |set: ClassSet| set.contains(Census::class_of(flags));
            assert_eq!(is_in(ClassSet::in_trash()), flags & Flag::InTrash.bit() != 0);
            assert_eq!(is_in(ClassSet::stack_child()), flags & Flag::StackChild.bit() != 0);
        }
    }

    #[test]
    fn the_rows_of_classes_are_those_with_their_flags() {
        for (count, of_one_kind) in [(100, false), (64, true), (500, true)] {
            let (mut drafts, mut dictionary) = (Drafts::default(), Arc::default());
            for n in 0..count {
                let capture = row(n).capture;
                let full = kalends_model::AssetRow { capture, ..full_row(n) };
                let row = if of_one_kind { full } else { row(n) };
                drafts.push(&row, &mut dictionary);
            }
            let mut order: Vec<u32> = (0..count as u32).collect();
            order.sort_by_key(|index| drafts.rows[*index as usize].sort_key());
            let segment = Segment::build(&drafts, &order);
            for classes in (0..=u16::MAX).step_by(37).map(ClassSet::from_bits) {
                let rows = segment.of_classes(classes);
                let mut total = 0;
                for at in 0..segment.len() {
                    let class = Census::class_of(segment.flags_of(at));
                    let is_in = classes.contains(class);
                    assert_eq!(rows.count_between(at, at + 1) == 1, is_in);
                    total += u64::from(is_in);
                }
                assert_eq!(rows.count(segment.len()) as u64, total);
                let every_row: Vec<u16> = (0..segment.len() as u16).collect();
                for rows in [RowSet::All, RowSet::Rows(&every_row), rows] {
                    assert_eq!(segment.count_of_classes(classes, rows) as u64, total);
                }
                assert_eq!(segment.census.count(classes), total);
            }
        }
    }
}
