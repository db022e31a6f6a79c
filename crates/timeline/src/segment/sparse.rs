//! A column of values that many rows lack.

use std::sync::Arc;

use super::bits::Bits;
use crate::rowset::RowSet;

/// The values of the rows that have one, in the order of the rows. A row's value is found by
/// counting the rows before it that have one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sparse<T> {
    /// Which rows have a value.
    present: Bits,
    /// How many rows before the `64 * i`-th have a value.
    ranks: Arc<[u16]>,
    values: Arc<[T]>,
}

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self { present: Bits::default(), ranks: Arc::default(), values: Arc::default() }
    }
}

impl<T: Copy + PartialEq> Sparse<T> {
    pub(crate) fn build(values: impl Iterator<Item = Option<T>>) -> Self {
        let mut words = Vec::new();
        let mut kept = Vec::new();
        let mut len = 0;
        for value in values {
            if len % 64 == 0 {
                words.push(0);
            }
            if let Some(value) = value {
                words[len / 64] |= 1_u64 << (len % 64);
                kept.push(value);
            }
            len += 1;
        }
        Self::from_parts(len, words, kept.into())
    }

    /// From one bit per row and the values of the rows whose bit is set.
    pub(crate) fn from_parts(len: usize, words: Vec<u64>, values: Arc<[T]>) -> Self {
        if values.is_empty() {
            return Self { present: Bits::from_words(len, words), ..Self::default() };
        }
        let mut before = 0;
        let ranks = words.iter().map(|word| {
            let rank = before as u16;
            before += word.count_ones();
            rank
        });
        let ranks = ranks.collect();
        Self { present: Bits::from_words(len, words), ranks, values }
    }

    pub(crate) fn get(&self, row: usize) -> Option<T> {
        match self.present.rows() {
            RowSet::Words(words) => {
                let (word, bit) = (words[row / 64], 1_u64 << (row % 64));
                if word & bit == 0 {
                    return None;
                }
                let before = (word & (bit - 1)).count_ones() as usize;
                Some(self.values[usize::from(self.ranks[row / 64]) + before])
            }
            RowSet::All => Some(self.values[row]),
            _ => None,
        }
    }

    /// The rows that have a value.
    pub(crate) fn rows(&self) -> RowSet<'_> {
        self.present.rows()
    }

    /// The values of the rows that have one, in the order of the rows.
    pub(crate) fn values(&self) -> &[T] {
        &self.values
    }

    /// One bit per row that has a value.
    pub(crate) fn to_words(&self, len: usize) -> Vec<u64> {
        self.present.to_words(len)
    }

    /// Gives some rows other values. `changes` are ascending by row, each row once.
    pub(crate) fn patch(&mut self, len: usize, changes: &[(u16, Option<T>)]) -> bool {
        if changes.iter().all(|(row, value)| self.get(usize::from(*row)) == *value) {
            return false;
        }
        let mut changes = changes.iter().peekable();
        let values = (0..len).map(|row| {
            match changes.next_if(|(changed, _)| usize::from(*changed) == row) {
                Some((_, value)) => *value,
                None => self.get(row),
            }
        });
        *self = Self::build(values);
        true
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.present.memory_bytes()
            + super::slice_bytes(&self.ranks)
            + super::slice_bytes(&self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_at_their_rows() {
        for one_in in [1, 2, 7, 1_000] {
            let of = |row: u64| row.is_multiple_of(one_in).then_some(row * 3);
            let mut column = Sparse::build((0..300).map(of));
            (0..300).for_each(|row| assert_eq!(column.get(row as usize), of(row)));
            assert!(!column.patch(300, &[(0, of(0)), (299, of(299))]));
            assert!(column.patch(300, &[(0, None), (5, Some(1)), (299, Some(2))]));
            let expected = (0..300).map(|row| match row {
                0 => None,
                5 => Some(1),
                299 => Some(2),
                row => of(row),
            });
            assert_eq!(column, Sparse::build(expected));
        }
    }

    #[test]
    fn a_column_that_no_row_has_takes_no_memory() {
        let column = Sparse::<u64>::build((0..500).map(|_| None));
        assert_eq!((column.get(3), column.memory_bytes()), (None, 0));
    }
}
