//! One yes or no per row.

use std::sync::Arc;

use crate::rowset::{RowSet, WORDS_MAX, Words, words_for};

/// A flag of every row of a segment. A flag that no row or every row has takes no memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bits {
    /// Empty when all rows agree; else one bit per row, bits beyond the last row being zero.
    words: Arc<[u64]>,
    /// How many rows say yes.
    ones: u32,
}

impl Bits {
    pub(crate) fn from_fn(len: usize, mut is_set: impl FnMut(usize) -> bool) -> Self {
        let mut words = vec![0_u64; words_for(len)];
        for row in 0..len {
            words[row / 64] |= u64::from(is_set(row)) << (row % 64);
        }
        Self::from_words(len, words)
    }

    /// From one bit per row. Bits beyond the last row must be zero.
    pub(crate) fn from_words(len: usize, words: Vec<u64>) -> Self {
        let ones = words.iter().map(|word| word.count_ones()).sum();
        let agree = ones == 0 || ones as usize == len;
        Self { words: if agree { Arc::default() } else { words.into() }, ones }
    }

    pub(crate) fn get(&self, row: usize) -> bool {
        match self.words.get(row / 64) {
            Some(word) => word & (1 << (row % 64)) != 0,
            None => self.ones != 0,
        }
    }

    pub(crate) fn set(&mut self, len: usize, row: usize, value: bool) {
        if self.get(row) == value {
            return;
        }
        if self.words.is_empty() {
            *self = Self { words: self.to_words(len).into(), ones: self.ones };
        }
        Arc::make_mut(&mut self.words)[row / 64] ^= 1 << (row % 64);
        self.ones = if value { self.ones + 1 } else { self.ones - 1 };
        if self.ones == 0 || self.ones as usize == len {
            self.words = Arc::default();
        }
    }

    pub(crate) fn rows(&self) -> RowSet<'_> {
        if !self.words.is_empty() {
            RowSet::Words(&self.words)
        } else if self.ones == 0 {
            RowSet::None
        } else {
            RowSet::All
        }
    }

    /// One bit per row at least. Bits beyond the last row are not zero when all rows say yes.
    pub(crate) fn words(&self) -> &[u64] {
        const NO: &Words = &[0; WORDS_MAX];
        const YES: &Words = &[u64::MAX; WORDS_MAX];
        match (self.words.is_empty(), self.ones) {
            (false, _) => &self.words,
            (true, 0) => NO,
            (true, _) => YES,
        }
    }

    /// One bit per row, whatever is kept.
    pub(crate) fn to_words(&self, len: usize) -> Vec<u64> {
        let mut words = vec![0; words_for(len)];
        if !self.words.is_empty() {
            words.copy_from_slice(&self.words);
        } else if self.ones != 0 {
            (0..len).for_each(|row| words[row / 64] |= 1 << (row % 64));
        }
        words
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        super::slice_bytes(&self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_set_bit_by_bit_equals_one_made_at_once() {
        for len in [1, 64, 65, 130] {
            let mut bits = Bits::from_fn(len, |_| false);
            for row in 0..len {
                bits.set(len, row, true);
                assert_eq!(bits, Bits::from_fn(len, |other| other <= row));
                assert!(bits.get(row));
            }
            assert!(matches!(bits.rows(), RowSet::All));
            for row in 0..len {
                bits.set(len, row, false);
                assert_eq!(bits, Bits::from_fn(len, |other| other > row));
            }
            assert!(matches!(bits.rows(), RowSet::None));
        }
    }
}
