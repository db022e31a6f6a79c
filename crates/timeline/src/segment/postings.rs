//! A column of any number of keys per row, such as the persons, kept as the rows of each key.

use std::sync::Arc;

use crate::dictionary::Code;
use crate::rowset::RowSet;

/// The rows of every key that occurs in a segment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Postings {
    /// The keys that occur, ascending.
    codes: Arc<[Code]>,
    /// The rows of `codes[i]` are `rows[starts[i]..starts[i + 1]]`, ascending. Empty when there is
    /// no key.
    starts: Arc<[u32]>,
    rows: Arc<[u16]>,
}

/// A key on a row, so that the order of the numbers is that of (key, row).
fn pair(code: Code, row: u16) -> u64 {
    u64::from(code) << 16 | u64::from(row)
}

impl Postings {
    /// From the (key, row) pairs, in any order.
    pub(crate) fn build(pairs: impl Iterator<Item = (Code, u16)>) -> Self {
        let mut pairs: Vec<u64> = pairs.map(|(code, row)| pair(code, row)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        Self::from_sorted(&pairs)
    }

    fn from_sorted(pairs: &[u64]) -> Self {
        if pairs.is_empty() {
            return Self::default();
        }
        let mut codes = Vec::new();
        let mut starts = Vec::new();
        for (index, pair) in pairs.iter().enumerate() {
            let code = (pair >> 16) as Code;
            if codes.last() != Some(&code) {
                codes.push(code);
                starts.push(index as u32);
            }
        }
        starts.push(pairs.len() as u32);
        let rows = pairs.iter().map(|pair| *pair as u16).collect();
        Self { codes: codes.into(), starts: starts.into(), rows }
    }

    /// From its parts, when they fit together for a segment of `len` rows and keys below `codes_end`.
    pub(crate) fn from_parts(
        codes: Arc<[Code]>,
        starts: Arc<[u32]>,
        rows: Arc<[u16]>,
        len: usize,
        codes_end: usize,
    ) -> Option<Self> {
        if codes.is_empty() {
            return (starts.is_empty() && rows.is_empty()).then(Self::default);
        }
        let ends_fit = starts.len() == codes.len() + 1
            && starts.first() == Some(&0)
            && starts.last().is_some_and(|end| *end as usize == rows.len())
            && starts.windows(2).all(|pair| pair[0] < pair[1]);
        let codes_fit = codes.windows(2).all(|pair| pair[0] < pair[1])
            && codes.last().is_some_and(|last| (*last as usize) < codes_end);
        if !ends_fit || !codes_fit {
            return None;
        }
        let postings = Self { codes, starts, rows };
        let rows_fit = (0..postings.codes.len()).all(|at| {
            let rows = postings.rows_at(at);
            rows.windows(2).all(|pair| pair[0] < pair[1])
                && rows.last().is_some_and(|last| usize::from(*last) < len)
        });
        rows_fit.then_some(postings)
    }

    fn rows_at(&self, at: usize) -> &[u16] {
        &self.rows[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The rows of a key.
    pub(crate) fn find(&self, code: Code) -> RowSet<'_> {
        match self.codes.binary_search(&code) {
            Ok(at) => RowSet::Rows(self.rows_at(at)),
            Err(_) => RowSet::None,
        }
    }

    pub(crate) fn parts(&self) -> (&[Code], &[u32], &[u16]) {
        (&self.codes, &self.starts, &self.rows)
    }

    /// Every (key, row), ascending.
    fn pairs(&self) -> impl Iterator<Item = (Code, u16)> {
        let keys = self.codes.iter().enumerate();
        keys.flat_map(|(at, code)| self.rows_at(at).iter().map(|row| (*code, *row)))
    }

    /// The keys of one row, ascending. Looks at every posting of the segment.
    pub(crate) fn keys_of(&self, row: u16) -> Vec<Code> {
        self.pairs().filter(|(_, other)| *other == row).map(|(code, _)| code).collect()
    }

    /// The keys of every row, in one pass.
    pub(crate) fn by_row(&self, len: usize) -> ByRow {
        let mut starts = vec![0_u32; len + 1];
        self.rows.iter().for_each(|row| starts[usize::from(*row) + 1] += 1);
        for row in 0..len {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut codes = vec![0; self.rows.len()];
        for (code, row) in self.pairs() {
            let next = &mut next[usize::from(row)];
            codes[*next as usize] = code;
            *next += 1;
        }
        ByRow { starts, codes }
    }

    /// Whether `row` has exactly these keys.
    fn has_keys(&self, row: u16, keys: &[Code]) -> bool {
        let count = self.rows.iter().filter(|other| **other == row).count();
        count == keys.len()
            && keys.iter().all(|key| match self.find(*key) {
                RowSet::Rows(rows) => rows.binary_search(&row).is_ok(),
                _ => false,
            })
    }

    /// Gives some rows other keys. `changes` are ascending by row, each row once.
    pub(crate) fn patch(&mut self, changes: &[(u16, &[Code])]) {
        /// Beyond this many rows it is cheaper to merge than to look for each row.
        const LOOK_MAX: usize = 16;
        if changes.len() <= LOOK_MAX && changes.iter().all(|(row, keys)| self.has_keys(*row, keys))
        {
            return;
        }
        let is_changed = |row: u16| changes.binary_search_by_key(&row, |(row, _)| *row).is_ok();
        let kept = self.pairs().filter(|(_, row)| !is_changed(*row));
        let mut pairs: Vec<u64> = kept.map(|(code, row)| pair(code, row)).collect();
        for (row, keys) in changes {
            pairs.extend(keys.iter().map(|key| pair(*key, *row)));
        }
        // Two runs, one of them sorted already, which the stable sort merges in about one pass.
        pairs.sort();
        pairs.dedup();
        let patched = Self::from_sorted(&pairs);
        if patched != *self {
            *self = patched;
        }
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        super::slice_bytes(&self.codes)
            + super::slice_bytes(&self.starts)
            + super::slice_bytes(&self.rows)
    }
}

/// The keys of every row of a segment.
pub(crate) struct ByRow {
    starts: Vec<u32>,
    codes: Vec<Code>,
}

impl ByRow {
    pub(crate) fn of(&self, row: usize) -> &[Code] {
        &self.codes[self.starts[row] as usize..self.starts[row + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: [(Code, u16); 6] = [(9, 0), (2, 5), (9, 3), (2, 1), (70_000, 5), (9, 5)];

    #[test]
    fn rows_and_keys_lead_to_each_other() {
        let postings = Postings::build(PAIRS.into_iter());
        assert!(matches!(postings.find(9), RowSet::Rows([0, 3, 5])));
        assert!(matches!(postings.find(3), RowSet::None));
        assert_eq!(postings.keys_of(5), [2, 9, 70_000]);
        let by_row = postings.by_row(6);
        for row in 0..6 {
            assert_eq!(by_row.of(usize::from(row)), postings.keys_of(row));
        }
    }

    #[test]
    fn a_patched_column_equals_one_built_anew() {
        let mut postings = Postings::build(PAIRS.into_iter());
        let before = postings.clone();
        postings.patch(&[(0, &[9]), (5, &[2, 9, 70_000])]);
        assert!(Arc::ptr_eq(&before.rows, &postings.rows), "nothing changed, nothing is copied");
        postings.patch(&[(0, &[]), (4, &[2, 3]), (5, &[9])]);
        let expected = [(9, 3), (2, 1), (2, 4), (3, 4), (9, 5)];
        assert_eq!(postings, Postings::build(expected.into_iter()));
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let (codes, starts, rows) = ([1, 2], [0, 1, 3], [4, 0, 4]);
        let parts = |codes: &[Code], starts: &[u32], rows: &[u16], len| {
            Postings::from_parts(codes.into(), starts.into(), rows.into(), len, 3)
        };
        assert!(parts(&codes, &starts, &rows, 5).is_some());
        assert!(parts(&codes, &starts, &rows, 4).is_none());
        assert!(parts(&codes, &[0, 1, 4], &rows, 5).is_none());
        assert!(parts(&[2, 1], &starts, &rows, 5).is_none());
        assert!(parts(&[1, 3], &starts, &rows, 5).is_none());
        assert!(parts(&codes, &starts, &[4, 4, 0], 5).is_none());
    }
}
