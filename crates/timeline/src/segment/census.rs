//! The common questions, answered without looking at rows.
//!
//! Whether a row is shown at all turns on three facts: its visibility, whether it is in the trash,
//! and whether it is hidden in a stack. Together they put each row into one of sixteen classes.
//! Segments and months keep how many rows of each class they hold, so a question that asks for
//! nothing else, which is the usual one, is a sum of a few numbers per month.

use kalends_model::VisibilitySet;

use super::{Flag, Segment};
use crate::rowset::RowSet;

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

    fn iter(self) -> impl Iterator<Item = usize> {
        (0..CLASSES).filter(move |class| self.0 & (1 << class) != 0)
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

    pub(crate) fn of(flags: impl Iterator<Item = u16>) -> Self {
        let mut census = Self::default();
        flags.for_each(|flags| census.0[Self::class_of(flags)] += 1);
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
        counts.map(|(class, count)| u64::from(*count) * u64::from(classes.0 >> class & 1)).sum()
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
        } else if wanted.0.count_ones() <= rest.0.count_ones() {
            self.union_of_classes(wanted)
        } else {
            self.union_of_classes(rest).not(self.len())
        }
    }

    fn union_of_classes(&self, classes: ClassSet) -> RowSet<'_> {
        let len = self.len();
        let class_rows = classes.iter().map(|class| self.of_class(class));
        class_rows.fold(RowSet::None, |union, rows| union.or(rows, len))
    }

    fn of_class(&self, class: usize) -> RowSet<'_> {
        let len = self.len();
        let rows = self.flag(Flag::ALL[class % 4]).rows();
        let facts = [(IN_TRASH, Flag::InTrash), (STACK_CHILD, Flag::StackChild)];
        facts.into_iter().fold(rows, |rows, (fact, flag)| {
            let with = self.flag(flag).rows();
            rows.and(if class & fact != 0 { with } else { with.not(len) }, len)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kalends_model::Visibility;

    #[test]
    fn the_visibilities_are_the_first_four_flags() {
        for (index, visibility) in Visibility::ALL.into_iter().enumerate() {
            assert_eq!(Flag::ALL[index], Flag::of_visibility(visibility));
            let only = ClassSet::visibilities(VisibilitySet::only(visibility));
            assert!(only.iter().all(|class| class % 4 == index));
            assert_eq!(only.iter().count(), CLASSES / 4);
        }
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
}
