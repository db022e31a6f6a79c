//! The common questions, answered without looking at rows.
//!
//! Whether a row is shown at all turns on three facts: its visibility, whether it is in the trash,
//! and whether it is hidden in a stack. Together they put each row into one of sixteen classes.
//! Segments and months keep how many rows of each class they hold, so a question that asks for
//! nothing else, which is the usual one, is a sum of a few numbers per month.

use kalends_model::VisibilitySet;

use super::tally::Block;
use super::{Flag, Segment};
use crate::rowset::{RowSet, Words, clear_beyond, words_for, zeroes};

/// The number of classes: four visibilities, in the trash or not, a stack child or not.
const CLASSES: usize = 16;
const IN_TRASH: usize = 4;
const STACK_CHILD: usize = 8;

/// A set of classes, one bit for each. Bits 0 and 1 of a class's number are the visibility, bit 2
/// is the trash, bit 3 the stack child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClassSet(u16);

impl ClassSet {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(u16::MAX);

    #[cfg(test)]
    pub(crate) const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    pub(crate) fn visibilities(visibilities: VisibilitySet) -> Self {
        Self(u16::from(visibilities.bits()) * 0b0001_0001_0001_0001)
    }

    pub(crate) fn in_trash() -> Self {
        Self::having(IN_TRASH)
    }

    pub(crate) fn stack_child() -> Self {
        Self::having(STACK_CHILD)
    }

    fn having(fact: usize) -> Self {
        let classes = (0..CLASSES).filter(|class| class & fact != 0);
        Self(classes.fold(0, |bits, class| bits | 1 << class))
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn not(self) -> Self {
        Self(!self.0)
    }

    pub(crate) fn contains(self, class: usize) -> bool {
        self.0 >> class & 1 != 0
    }

    /// The set as products of which no two share a class: one for almost every set that is asked
    /// for, and never more than four.
    pub(crate) fn products(self) -> impl Iterator<Item = Product> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let visibilities_with = |facts: u32| rest >> (4 * facts) & 0b1111;
            let first = (0..4).map(visibilities_with).find(|visibilities| *visibilities != 0)?;
            let same = (0..4).filter(|facts| visibilities_with(*facts) == first);
            let facts = same.fold(0, |facts, fact| facts | 1 << fact);
            (0..4)
                .filter(|fact| facts >> fact & 1 != 0)
                .for_each(|fact| rest &= !(15 << (4 * fact)));
            Some(Product::new(first, facts))
        })
    }
}

/// A set of classes that is some visibilities together with some combinations of the two other
/// facts, made ready to be looked up for 64 rows at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product {
    visibilities: Table,
    facts: Table,
}

impl Product {
    fn new(visibilities: u16, facts: u16) -> Self {
        Self { visibilities: Table::new(visibilities), facts: Table::new(facts) }
    }

    /// Of 64 rows, those whose class is in the set.
    pub(crate) fn word(&self, block: &Block) -> u64 {
        let [low, high, trash, child] = *block;
        self.visibilities.look_up(low, high) & self.facts.look_up(trash, child)
    }
}

/// A function of two bits, computed for 64 pairs of them at once.
#[derive(Clone, Copy, Debug)]
struct Table {
    /// What it is where the first bit is 0, for each value of the second; all ones or all zeroes.
    at_0: [u64; 2],
    /// Where that differs for a first bit of 1.
    flips: [u64; 2],
}

impl Table {
    /// Bit `i` of `values` is the function's value at `i`, whose lowest bit is the first.
    fn new(values: u16) -> Self {
        let value = |at: u32| u64::from(values >> at & 1).wrapping_neg();
        Self { at_0: [value(0), value(2)], flips: [value(0) ^ value(1), value(2) ^ value(3)] }
    }

    fn look_up(&self, first: u64, second: u64) -> u64 {
        let low = self.at_0[0] ^ first & self.flips[0];
        let high = self.at_0[1] ^ first & self.flips[1];
        low ^ second & (low ^ high)
    }
}

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

    /// The census of rows of these classes.
    pub(crate) fn of(classes: &[u8]) -> Self {
        let mut census = Self::default();
        classes.iter().for_each(|class| census.0[usize::from(*class)] += 1);
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
        ClassSet(counts.fold(0, |bits, (class, count)| bits | u16::from(*count > 0) << class))
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
        move |row| classes.contains(usize::from(self.classes[usize::from(row)]))
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
                .map(|facts| classes.0 >> (visibility + facts) & 1 != 0);
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
    use kalends_model::Visibility;
    use std::sync::Arc;

    #[test]
    fn the_visibilities_are_the_first_four_flags() {
        for (index, visibility) in Visibility::ALL.into_iter().enumerate() {
            assert_eq!(Flag::ALL[index], Flag::of_visibility(visibility));
            let only = ClassSet::visibilities(VisibilitySet::only(visibility));
            let classes = (0..CLASSES).filter(|class| class % 4 == index);
            assert_eq!(only, ClassSet(classes.fold(0, |bits, class| bits | 1 << class)));
        }
    }

    #[test]
    fn the_products_of_a_set_hold_each_of_its_classes_once() {
        // Row n is of class n.
        let bit = |bit: u32| (0..CLASSES).fold(0, |word, n| word | (n as u64 >> bit & 1) << n);
        let block = [bit(0), bit(1), bit(2), bit(3)];
        for set in (0..=u16::MAX).map(ClassSet) {
            let mut found = 0;
            for product in set.products() {
                let word = product.word(&block) & 0xffff;
                assert_eq!(found & word, 0, "{set:?}");
                found |= word;
            }
            assert_eq!(found, u64::from(set.0));
            assert!(set.products().count() <= 4);
        }
    }

    #[test]
    fn the_sets_that_are_asked_for_are_one_product() {
        let shown = ClassSet::visibilities(VisibilitySet::DEFAULT).and(ClassSet::in_trash().not());
        assert_eq!(shown.products().count(), 1);
        assert_eq!(shown.and(ClassSet::stack_child().not()).products().count(), 1);
        assert_eq!((ClassSet::ALL.products().count(), ClassSet::NONE.products().count()), (1, 0));
    }

    #[test]
    fn every_flag_combination_has_its_class() {
        for flags in 0..1_u16 << Flag::COUNT {
            if (flags & 0b1111).count_ones() != 1 {
                continue;
            }
            let class = ClassSet(1 << Census::class_of(flags));
            let is_in = |set: ClassSet| set.and(class) == class;
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
            for classes in (0..=u16::MAX).step_by(37).map(ClassSet) {
                let rows = segment.of_classes(classes);
                let mut total = 0;
                for at in 0..segment.len() {
                    let class = Census::class_of(segment.flags_of(at));
                    let is_in = classes.0 >> class & 1 != 0;
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
