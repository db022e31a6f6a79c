//! A column of at most one dictionary code per row, such as the city, with the rows of each code.

use std::ops::Range;
use std::sync::Arc;

use crate::dictionary::{Code, NO_CODE};
use crate::rowset::RowSet;

/// Which code each row has, readable both ways: a row's code, and a code's rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Coded {
    /// The codes that occur, ascending.
    codes: Arc<[Code]>,
    /// For each row 0, or 1 + the position of its code in `codes`. Empty when no row has a code,
    /// or when every row has the only one.
    of_row: Arc<[u16]>,
    /// The rows of `codes[i]` are `rows[starts[i]..starts[i + 1]]`. Empty when `of_row` is.
    starts: Arc<[u16]>,
    rows: Arc<[u16]>,
}

/// Where the rows of a code are.
pub(crate) enum Positions {
    /// No row has it.
    Nowhere,
    /// Every row has it.
    EveryRow,
    /// At these positions of the list of rows.
    OfList(Range<usize>),
}

impl Coded {
    /// From each row's code, [`NO_CODE`] where it has none.
    pub(crate) fn build(of_row: impl Iterator<Item = Code>) -> Self {
        let of_row: Vec<Code> = of_row.collect();
        let mut codes = Vec::new();
        let mut previous = NO_CODE;
        for code in &of_row {
            if *code != previous && *code != NO_CODE {
                codes.push(*code);
            }
            previous = *code;
        }
        codes.sort_unstable();
        codes.dedup();
        let is_uniform = codes.len() == 1 && !of_row.contains(&NO_CODE);
        if codes.is_empty() || is_uniform {
            return Self { codes: codes.into(), ..Self::default() };
        }
        let mut last = (NO_CODE, 0);
        let positions = of_row.iter().map(|code| {
            if *code != last.0 {
                let position = codes.binary_search(code).map_or(0, |position| position + 1);
                last = (*code, position as u16);
            }
            last.1
        });
        let positions = positions.collect();
        Self::from_parts(codes.into(), positions)
    }

    /// From the codes and the position of each row's code, neither of them empty.
    pub(crate) fn from_parts(codes: Arc<[Code]>, of_row: Arc<[u16]>) -> Self {
        // A counting sort: how many rows each code has, where each begins, then every row in turn.
        let mut starts = vec![0_u16; codes.len() + 1];
        let positions = of_row.iter().map(|position| usize::from(*position));
        positions.clone().filter(|position| *position > 0).for_each(|p| starts[p] += 1);
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; usize::from(starts[codes.len()])];
        for (row, position) in positions.enumerate().filter(|(_, position)| *position > 0) {
            rows[usize::from(next[position - 1])] = row as u16;
            next[position - 1] += 1;
        }
        Self { codes, of_row, starts: starts.into(), rows: rows.into() }
    }

    /// The code of a row.
    pub(crate) fn get(&self, row: usize) -> Option<Code> {
        match self.of_row.get(row) {
            Some(0) => None,
            Some(position) => Some(self.codes[usize::from(*position) - 1]),
            None => self.codes.first().copied(),
        }
    }

    /// The rows of all codes, one code after another. Empty when every row has the only code.
    pub(crate) fn list(&self) -> &Arc<[u16]> {
        &self.rows
    }

    /// Where the rows of a code are.
    pub(crate) fn positions(&self, code: Code) -> Positions {
        let Ok(at) = self.codes.binary_search(&code) else { return Positions::Nowhere };
        match self.starts.get(at..at + 2) {
            Some(ends) => Positions::OfList(usize::from(ends[0])..usize::from(ends[1])),
            None => Positions::EveryRow,
        }
    }

    /// The rows of a code.
    pub(crate) fn find(&self, code: Code) -> RowSet<'_> {
        match self.positions(code) {
            Positions::Nowhere => RowSet::None,
            Positions::EveryRow => RowSet::All,
            Positions::OfList(part) => RowSet::Rows(&self.rows[part]),
        }
    }

    /// The codes that occur, and the position of each row's, as [`Coded::from_parts`] takes them.
    pub(crate) fn parts(&self) -> (&[Code], &[u16]) {
        (&self.codes, &self.of_row)
    }

    /// Gives some rows other codes. `changes` are ascending by row, each row once.
    pub(crate) fn patch(&mut self, len: usize, changes: &[(u16, Code)]) {
        let code_of = |row: usize| self.get(row).unwrap_or(NO_CODE);
        if changes.iter().all(|(row, code)| code_of(usize::from(*row)) == *code) {
            return;
        }
        let mut changes = changes.iter().peekable();
        let codes = (0..len).map(|row| {
            match changes.next_if(|(changed, _)| usize::from(*changed) == row) {
                Some((_, code)) => *code,
                None => code_of(row),
            }
        });
        *self = Self::build(codes);
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        super::slice_bytes(&self.codes)
            + super::slice_bytes(&self.of_row)
            + super::slice_bytes(&self.starts)
            + super::slice_bytes(&self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_of(column: &Coded, code: Code, len: usize) -> Vec<u16> {
        let mut rows = Vec::new();
        column.find(code).for_each_between(0, len, |row| rows.push(row));
        rows
    }

    #[test]
    fn rows_and_codes_lead_to_each_other() {
        let of_row = [7, NO_CODE, 3, 7, 7, NO_CODE, 900];
        let column = Coded::build(of_row.into_iter());
        for (row, code) in of_row.into_iter().enumerate() {
            assert_eq!(column.get(row).unwrap_or(NO_CODE), code);
        }
        assert_eq!(rows_of(&column, 7, 7), [0, 3, 4]);
        assert_eq!(rows_of(&column, 3, 7), [2]);
        assert!(matches!(column.find(4), RowSet::None));
    }

    #[test]
    fn one_code_on_every_row_takes_a_few_bytes() {
        let column = Coded::build((0..5_000).map(|_| 12));
        assert!(matches!(column.find(12), RowSet::All));
        assert_eq!((column.get(4_999), column.get(0)), (Some(12), Some(12)));
        assert!(column.memory_bytes() < 64);
        let none = Coded::build((0..5_000).map(|_| NO_CODE));
        assert_eq!((none.get(1), none.memory_bytes()), (None, 0));
    }

    #[test]
    fn a_patched_column_equals_one_built_anew() {
        let mut column = Coded::build([1, 1, 1].into_iter());
        column.patch(3, &[(1, NO_CODE)]);
        assert_eq!(column, Coded::build([1, NO_CODE, 1].into_iter()));
        column.patch(3, &[(1, 2), (2, 2)]);
        assert_eq!(column, Coded::build([1, 2, 2].into_iter()));
    }
}
