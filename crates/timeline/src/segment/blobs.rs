//! A column of short byte strings that some rows lack: the thumbhashes.

use std::sync::Arc;

/// Set in a row's start when the row has no string, as against an empty one.
const ABSENT: u32 = 1 << 31;

/// The byte strings of all rows, one after another.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Blobs {
    /// Where each row's string begins in `bytes`, and, one longer than the rows, where the last one
    /// ends. The top bit marks a row without a string.
    starts: Arc<[u32]>,
    bytes: Arc<[u8]>,
}

impl Blobs {
    pub(crate) fn build<'a>(strings: impl Iterator<Item = Option<&'a [u8]>>) -> Self {
        let mut starts = Vec::new();
        let mut bytes = Vec::new();
        for string in strings {
            starts.push(start(bytes.len()) | if string.is_none() { ABSENT } else { 0 });
            bytes.extend_from_slice(string.unwrap_or_default());
        }
        starts.push(start(bytes.len()));
        Self { starts: starts.into(), bytes: bytes.into() }
    }

    /// From its parts, when they fit together for a segment of `len` rows.
    pub(crate) fn from_parts(starts: Arc<[u32]>, bytes: Arc<[u8]>, len: usize) -> Option<Self> {
        let fits = starts.len() == len + 1
            && starts[0] & !ABSENT == 0
            && starts[len] as usize == bytes.len()
            && starts.windows(2).all(|pair| {
                let (from, to) = (pair[0] & !ABSENT, pair[1] & !ABSENT);
                from == to || (from < to && pair[0] & ABSENT == 0)
            });
        fits.then_some(Self { starts, bytes })
    }

    pub(crate) fn get(&self, row: usize) -> Option<&[u8]> {
        let from = self.starts[row];
        let to = self.starts[row + 1] & !ABSENT;
        (from & ABSENT == 0).then(|| &self.bytes[from as usize..to as usize])
    }

    pub(crate) fn parts(&self) -> (&[u32], &[u8]) {
        (&self.starts, &self.bytes)
    }

    /// Gives some rows other strings. `changes` are ascending by row, each row once.
    pub(crate) fn patch(&mut self, len: usize, changes: &[(u16, Option<&[u8]>)]) {
        if changes.iter().all(|(row, string)| self.get(usize::from(*row)) == *string) {
            return;
        }
        let mut changes = changes.iter().peekable();
        let strings = (0..len).map(|row| {
            match changes.next_if(|(changed, _)| usize::from(*changed) == row) {
                Some((_, string)) => *string,
                None => self.get(row),
            }
        });
        *self = Self::build(strings);
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        super::slice_bytes(&self.starts) + super::slice_bytes(&self.bytes)
    }
}

fn start(len: usize) -> u32 {
    let start = u32::try_from(len).ok().filter(|start| start & ABSENT == 0);
    start.expect("a segment's thumbhashes, at most 64 bytes each, stay far below 2 GB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_string_is_not_an_empty_one() {
        let strings: [Option<&[u8]>; 4] = [None, Some(b""), Some(b"abc"), None];
        let mut column = Blobs::build(strings.into_iter());
        for (row, string) in strings.into_iter().enumerate() {
            assert_eq!(column.get(row), string);
        }
        column.patch(4, &[(0, Some(b"x")), (2, None)]);
        assert_eq!(column, Blobs::build([Some(&b"x"[..]), Some(b""), None, None].into_iter()));
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let parts = |starts: &[u32], bytes: &[u8]| {
            Blobs::from_parts(starts.into(), bytes.into(), 2).is_some()
        };
        assert!(parts(&[0, 1, 3], b"abc"));
        assert!(parts(&[ABSENT, 0, 3], b"abc"));
        assert!(!parts(&[ABSENT, 1, 3], b"abc"));
        assert!(!parts(&[0, 4, 3], b"abc"));
        assert!(!parts(&[0, 1, 2], b"abc"));
        assert!(!parts(&[0, 3], b"abc"));
    }
}
