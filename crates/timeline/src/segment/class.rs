//! The classes of rows, and sets of them.
//!
//! Whether a row is shown at all turns on three facts: its visibility, whether it is in the trash,
//! and whether it is hidden in a stack. Together they put each row into one of sixteen classes.

use std::sync::Arc;

use kalends_model::VisibilitySet;

use super::tally::Block;

/// The number of classes: four visibilities, in the trash or not, a stack child or not.
pub(crate) const CLASSES: usize = 16;
pub(crate) const IN_TRASH: usize = 4;
pub(crate) const STACK_CHILD: usize = 8;

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
        Self::of((0..CLASSES).filter(|class| class & fact != 0))
    }

    /// The set of these classes.
    pub(crate) fn of(classes: impl Iterator<Item = usize>) -> Self {
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

/// The class of each row of a segment, two to a byte.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Classes {
    pairs: Arc<[u8]>,
}

impl Classes {
    pub(crate) fn new(of_rows: impl Iterator<Item = usize>) -> Self {
        let mut pairs = Vec::new();
        for (row, class) in of_rows.enumerate() {
            match pairs.last_mut() {
                Some(last) if row % 2 == 1 => *last |= (class as u8) << 4,
                _ => pairs.push(class as u8),
            }
        }
        Self { pairs: pairs.into() }
    }

    pub(crate) fn get(&self, row: usize) -> usize {
        usize::from(self.pairs[row / 2] >> (row % 2 * 4) & 0b1111)
    }

    pub(crate) fn set(&mut self, row: usize, class: usize) {
        let flips = (self.get(row) ^ class) as u8;
        if flips != 0 {
            Arc::make_mut(&mut self.pairs)[row / 2] ^= flips << (row % 2 * 4);
        }
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        super::slice_bytes(&self.pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_class_set_is_the_one_that_is_read() {
        let of = |row: usize| row * 7 % CLASSES;
        let mut classes = Classes::new((0..31).map(of));
        assert!((0..31).all(|row| classes.get(row) == of(row)));
        let before = classes.clone();
        classes.set(5, of(5));
        assert!(Arc::ptr_eq(&before.pairs, &classes.pairs), "nothing changed, nothing is copied");
        (0..31).for_each(|row| classes.set(row, 15 - of(row)));
        assert_eq!(classes, Classes::new((0..31).map(|row| 15 - of(row))));
    }
}
