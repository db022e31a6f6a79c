//! A column of any number of keys per row, such as the persons, kept as the rows of each key.

use std::ops::Range;
use std::sync::Arc;

use super::groups::Groups;
use crate::dictionary::Code;
use crate::rowset::{RowSet, WORDS_MAX, Words, set_rows, zeroes};

/// The rows of every key that occurs in a segment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Postings {
    /// The keys that occur, and which of `rows` are each one's.
    groups: Groups,
    /// Ascending within each key.
    rows: Arc<[u16]>,
}

/// Some keys of a shelf's dictionary, ready to be looked up in any segment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeySet {
    /// Ascending, each once.
    codes: Vec<Code>,
    /// The same, one bit per code.
    bits: Vec<u64>,
}

impl KeySet {
    pub(crate) fn new(mut codes: Vec<Code>) -> Self {
        codes.sort_unstable();
        codes.dedup();
        let words = codes.last().map_or(0, |last| *last as usize / 64 + 1);
        let mut bits = vec![0_u64; words];
        codes.iter().for_each(|code| bits[*code as usize / 64] |= 1 << (code % 64));
        Self { codes, bits }
    }

    fn contains(&self, code: Code) -> bool {
        self.bits.get(code as usize / 64).is_some_and(|word| word >> (code % 64) & 1 != 0)
    }
}

/// Short lists put together to longer ones. The rows of fifty tags in a segment are fifty lists of
/// two or three, and a loop over two or three costs more in beginning and ending than in between.
struct ShortLists {
    rows: [u16; Self::ROWS],
    len: usize,
}

impl ShortLists {
    const ROWS: usize = 512;
    /// What is copied of a list, whether it is as long or not.
    const SHORT: usize = 8;

    fn new() -> Self {
        Self { rows: [0; Self::ROWS], len: 0 }
    }

    /// Adds the rows at `part`. Calls `visit` with those of a long list, and with those put together
    /// before when there is no more room for others.
    fn add(&mut self, rows: &[u16], part: Range<usize>, visit: &mut impl FnMut(&[u16])) {
        if self.len + Self::SHORT > Self::ROWS {
            visit(&self.rows[..self.len]);
            self.len = 0;
        }
        let to = self.rows[self.len..].first_chunk_mut::<{ Self::SHORT }>();
        match (rows[part.start..].first_chunk(), to) {
            (Some(from), Some(to)) if part.len() <= Self::SHORT => {
                *to = *from;
                self.len += part.len();
            }
            _ => visit(&rows[part]),
        }
    }
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
        let groups = Groups::of_sorted(pairs.iter().map(|pair| (pair >> 16) as Code));
        Self { groups, rows: pairs.iter().map(|pair| *pair as u16).collect() }
    }

    /// From its parts, when they fit together for a segment of `len` rows and keys below `codes_end`.
    pub(crate) fn from_parts(
        codes: &[Code],
        starts: &[u32],
        rows: Arc<[u16]>,
        len: usize,
        codes_end: usize,
    ) -> Option<Self> {
        if codes.last().is_some_and(|last| *last as usize >= codes_end) {
            return None;
        }
        let groups = Groups::from_parts(codes, starts, rows.len())?;
        let mut rows_fit = true;
        groups.for_each(|_, part| {
            let rows = &rows[part];
            rows_fit &= rows.windows(2).all(|pair| pair[0] < pair[1])
                && rows.last().is_some_and(|last| usize::from(*last) < len);
        });
        rows_fit.then_some(Self { groups, rows })
    }

    /// The rows of all keys, one key after another.
    pub(crate) fn list(&self) -> &Arc<[u16]> {
        &self.rows
    }

    /// Where in the list the rows of a key are; nowhere when the key does not occur.
    pub(crate) fn positions(&self, code: Code) -> Range<usize> {
        self.groups.find(code)
    }

    /// The rows of a key.
    pub(crate) fn find(&self, code: Code) -> RowSet<'_> {
        match &self.rows[self.positions(code)] {
            [] => RowSet::None,
            rows => RowSet::Rows(rows),
        }
    }

    /// The rows that have any of `keys`.
    pub(crate) fn find_any(&self, keys: &KeySet) -> RowSet<'_> {
        let mut found: Option<Box<Words>> = None;
        self.for_each_list(keys, |rows| set_rows(found.get_or_insert_with(zeroes), rows));
        found.map_or(RowSet::None, RowSet::Own)
    }

    /// How many rows that have any of `keys` pass.
    pub(crate) fn count_any(&self, keys: &KeySet, passes: impl Fn(u16) -> bool) -> usize {
        let mut seen = [0_u64; WORDS_MAX];
        let mut count = 0;
        self.for_each_list(keys, |rows| {
            for row in rows {
                let word = &mut seen[usize::from(row / 64) % WORDS_MAX];
                let bit = 1 << (row % 64);
                count += usize::from(*word & bit == 0) & usize::from(passes(*row));
                *word |= bit;
            }
        });
        count
    }

    /// Calls `visit` with lists of rows, which together are those of `keys`.
    fn for_each_list(&self, keys: &KeySet, mut visit: impl FnMut(&[u16])) {
        /// How many keys can be passed by in the time that one is looked up.
        const LOOK_UP_COST: usize = 4;
        let mut lists = ShortLists::new();
        if keys.codes.len() * LOOK_UP_COST < self.groups.len() {
            /// Many keys are looked up before the rows of the first are read, so that memory is not
            /// waited for one by one.
            const AT_ONCE: usize = 32;
            let mut parts = [(0, 0); AT_ONCE];
            for codes in keys.codes.chunks(AT_ONCE) {
                for (part, code) in parts.iter_mut().zip(codes) {
                    let Range { start, end } = self.groups.find(*code);
                    *part = (start, end);
                }
                for (start, end) in &parts[..codes.len()] {
                    lists.add(&self.rows, *start..*end, &mut visit);
                }
            }
        } else {
            self.groups.for_each(|code, part| {
                if keys.contains(code) {
                    lists.add(&self.rows, part, &mut visit);
                }
            });
        }
        visit(&lists.rows[..lists.len]);
    }

    /// The keys, the starts of their rows, and all rows, as [`Postings::from_parts`] takes them.
    pub(crate) fn parts(&self) -> (Vec<Code>, Vec<u32>, &[u16]) {
        let (codes, starts) = self.groups.parts();
        (codes, starts, &self.rows)
    }

    /// Calls `visit` with every (key, row), ascending.
    fn for_each_pair(&self, mut visit: impl FnMut(Code, u16)) {
        self.groups.for_each(|code, part| self.rows[part].iter().for_each(|row| visit(code, *row)));
    }

    /// The keys of one row, ascending. Looks at every posting of the segment.
    pub(crate) fn keys_of(&self, row: u16) -> Vec<Code> {
        let mut keys = Vec::new();
        self.for_each_pair(|code, other| {
            if other == row {
                keys.push(code);
            }
        });
        keys
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
        self.for_each_pair(|code, row| {
            let next = &mut next[usize::from(row)];
            codes[*next as usize] = code;
            *next += 1;
        });
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
        let mut pairs: Vec<u64> = Vec::with_capacity(self.rows.len());
        self.for_each_pair(|code, row| {
            if !is_changed(row) {
                pairs.push(pair(code, row));
            }
        });
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
        self.groups.memory_bytes() + super::slice_bytes(&self.rows)
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
    fn a_row_with_several_of_the_keys_counts_once() {
        // Enough keys for both ways of looking them up.
        let pairs = (0..400_u32).flat_map(|code| [(code, (code % 90) as u16), (code, 90)]);
        let postings = Postings::build(pairs.clone());
        for keys in [vec![], vec![500], vec![7, 3, 7, 97], (100..350).collect::<Vec<Code>>()] {
            let has_one = |row: &u16| pairs.clone().any(|(c, r)| r == *row && keys.contains(&c));
            let expected: Vec<u16> = (0..91).filter(has_one).collect();
            let set = KeySet::new(keys.clone());
            let mut found = Vec::new();
            postings.find_any(&set).for_each_between(0, 91, |row| found.push(row));
            assert_eq!(found, expected);
            let even = expected.iter().filter(|row| **row % 2 == 0).count();
            assert_eq!(postings.count_any(&set, |row| row % 2 == 0), even);
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
            Postings::from_parts(codes, starts, rows.into(), len, 3)
        };
        assert!(parts(&codes, &starts, &rows, 5).is_some());
        assert!(parts(&codes, &starts, &rows, 4).is_none());
        assert!(parts(&codes, &[0, 1, 4], &rows, 5).is_none());
        assert!(parts(&[2, 1], &starts, &rows, 5).is_none());
        assert!(parts(&[1, 3], &starts, &rows, 5).is_none());
        assert!(parts(&codes, &starts, &[4, 4, 0], 5).is_none());
    }
}
