//! Which part of a list of rows belongs to which key.
//!
//! A question about fifty tags looks up fifty keys in every segment, and one about a box as many
//! cells, so finding a key must not be a search over thousands. Where a segment has a fair part of
//! all keys there are, which is the usual case, a bit for each key says whether it occurs, and how
//! many bits are set before it says where. Where it has few of very many keys, they are a list that
//! is searched by halves.

use std::ops::Range;
use std::sync::Arc;

/// The keys of a list, ascending, each with its part of it: one part follows another, and none is
/// empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Groups {
    keys: Keys,
    /// Where the part of each key begins, and then where the last one ends. Empty when there is no
    /// key.
    starts: Starts,
}

/// Positions in a list.
#[derive(Clone, Debug, PartialEq)]
enum Starts {
    /// When all fit.
    Narrow(Arc<[u16]>),
    Wide(Arc<[u32]>),
}

impl Default for Starts {
    fn default() -> Self {
        Self::Narrow(Arc::default())
    }
}

impl Starts {
    fn new(starts: &[u32]) -> Self {
        match starts.last() {
            Some(last) if *last > u32::from(u16::MAX) => Self::Wide(starts.into()),
            _ => Self::Narrow(starts.iter().map(|start| *start as u16).collect()),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Narrow(starts) => starts.len(),
            Self::Wide(starts) => starts.len(),
        }
    }

    /// The start at a position, 0 when there is none.
    fn get(&self, at: usize) -> usize {
        match self {
            Self::Narrow(starts) => starts.get(at).map_or(0, |start| usize::from(*start)),
            Self::Wide(starts) => starts.get(at).map_or(0, |start| *start as usize),
        }
    }
}

/// Numbers, ascending, each once.
#[derive(Clone, Debug, PartialEq)]
enum Keys {
    /// The low half of `table[i]` has a bit for each of the keys from `32 * i` on, the high half
    /// the number of keys before them.
    Table(Arc<[u64]>),
    List(Arc<[u32]>),
}

impl Default for Keys {
    fn default() -> Self {
        Self::List(Arc::default())
    }
}

impl Keys {
    fn new(keys: &[u32]) -> Self {
        /// How many bytes of a table a key is worth: a little more than it takes in a list.
        const BYTES_PER_KEY: usize = 6;
        let words = keys.last().map_or(0, |last| *last as usize / 32 + 1);
        if words == 0 || words * size_of::<u64>() > keys.len() * BYTES_PER_KEY {
            return Self::List(keys.into());
        }
        let mut table = vec![0_u64; words];
        keys.iter().for_each(|key| table[*key as usize / 32] |= 1 << (key % 32));
        let mut before = 0;
        for word in &mut table {
            let here = u64::from(word.count_ones());
            *word |= before << 32;
            before += here;
        }
        Self::Table(table.into())
    }

    /// How many keys are below `key`, and whether it is one itself; `len` is how many there are.
    fn look_up(&self, key: u32, len: usize) -> (usize, bool) {
        match self {
            Self::Table(table) => match table.get(key as usize / 32) {
                Some(word) => {
                    let bit = 1 << (key % 32);
                    let below = (*word as u32 & (bit - 1)).count_ones();
                    ((word >> 32) as usize + below as usize, *word as u32 & bit != 0)
                }
                None => (len, false),
            },
            Self::List(keys) => match keys.binary_search(&key) {
                Ok(at) => (at, true),
                Err(at) => (at, false),
            },
        }
    }

    fn for_each(&self, mut visit: impl FnMut(u32)) {
        match self {
            Self::Table(table) => {
                for (index, word) in table.iter().enumerate() {
                    let mut bits = *word as u32;
                    while bits != 0 {
                        visit(index as u32 * 32 + bits.trailing_zeros());
                        bits &= bits - 1;
                    }
                }
            }
            Self::List(keys) => keys.iter().for_each(|key| visit(*key)),
        }
    }
}

impl Groups {
    /// Of a list whose elements have these keys, ascending.
    pub(crate) fn of_sorted(keys_of_list: impl Iterator<Item = u32>) -> Self {
        let (mut keys, mut starts) = (Vec::new(), Vec::new());
        let mut len = 0;
        for key in keys_of_list {
            if keys.last() != Some(&key) {
                keys.push(key);
                starts.push(len);
            }
            len += 1;
        }
        if !keys.is_empty() {
            starts.push(len);
        }
        Self { keys: Keys::new(&keys), starts: Starts::new(&starts) }
    }

    /// From the keys and the starts of their parts, with the end of the last part behind them.
    /// `None` when they do not fit together, or for a list of `len` elements.
    pub(crate) fn from_parts(keys: &[u32], starts: &[u32], len: usize) -> Option<Self> {
        if keys.is_empty() {
            return (starts.is_empty() && len == 0).then(Self::default);
        }
        let starts_fit = starts.len() == keys.len() + 1
            && starts.first() == Some(&0)
            && starts.last().is_some_and(|end| *end as usize == len)
            && starts.windows(2).all(|pair| pair[0] < pair[1]);
        let keys_fit = keys.windows(2).all(|pair| pair[0] < pair[1]);
        (starts_fit && keys_fit)
            .then(|| Self { keys: Keys::new(keys), starts: Starts::new(starts) })
    }

    /// The number of keys.
    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    fn part_at(&self, at: usize) -> Range<usize> {
        self.starts.get(at)..self.starts.get(at + 1)
    }

    /// The part of a key; an empty one when the key does not occur.
    pub(crate) fn find(&self, key: u32) -> Range<usize> {
        let (at, is_there) = self.keys.look_up(key, self.len());
        // Without a branch on whether the key is there, which nobody could foretell.
        self.starts.get(at)..self.starts.get(at + usize::from(is_there))
    }

    /// Where the parts of the keys from `key` on begin.
    pub(crate) fn start_from(&self, key: u32) -> usize {
        let (at, _) = self.keys.look_up(key, self.len());
        self.starts.get(at)
    }

    /// Calls `visit` with every key and its part, ascending.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(u32, Range<usize>)) {
        let mut at = 0;
        self.keys.for_each(|key| {
            visit(key, self.part_at(at));
            at += 1;
        });
    }

    /// The keys, and the starts of their parts, as [`Groups::from_parts`] takes them.
    pub(crate) fn parts(&self) -> (Vec<u32>, Vec<u32>) {
        let mut keys = Vec::with_capacity(self.len());
        self.keys.for_each(|key| keys.push(key));
        (keys, (0..self.starts.len()).map(|at| self.starts.get(at) as u32).collect())
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        let keys = match &self.keys {
            Keys::Table(table) => super::slice_bytes(table),
            Keys::List(keys) => super::slice_bytes(keys),
        };
        let starts = match &self.starts {
            Starts::Narrow(starts) => super::slice_bytes(starts),
            Starts::Wide(starts) => super::slice_bytes(starts),
        };
        keys + starts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::mix;

    #[test]
    fn a_key_is_found_however_the_keys_are_spread() {
        let even = |n: u64| n as u32 * 37;
        let skewed = |n: u64| if n < 300 { n as u32 } else { 1 << (n % 32) };
        let anywhere = |n: u64| mix(n) as u32 >> (n % 20);
        let every = |n: u64| n as u32;
        let spreads: [&dyn Fn(u64) -> u32; 4] = [&every, &even, &skewed, &anywhere];
        for spread in spreads {
            for count in [0, 1, 16, 17, 18, 400, 70_000] {
                let mut keys: Vec<u32> = (0..count).map(spread).collect();
                keys.sort_unstable();
                let groups = Groups::of_sorted(keys.iter().copied());
                let near = keys
                    .iter()
                    .flat_map(|key| [key.saturating_sub(1), *key, key.saturating_add(1)]);
                for key in near.chain([0, 7, u32::MAX]) {
                    let (from, to) = (
                        keys.partition_point(|other| *other < key),
                        keys.partition_point(|other| *other <= key),
                    );
                    let found = groups.find(key);
                    assert_eq!(found.len(), to - from, "key {key}");
                    assert!(found.is_empty() || found == (from..to), "key {key}");
                    assert_eq!(groups.start_from(key), from, "from {key}");
                }
                let mut listed = Vec::new();
                groups.for_each(|key, part| listed.extend(part.map(|_| key)));
                assert_eq!(listed, keys);
                let (parts, starts) = groups.parts();
                let again = Groups::from_parts(&parts, &starts, keys.len());
                assert_eq!(again.as_ref(), Some(&groups));
            }
        }
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let is_refused =
            |keys: &[u32], starts: &[u32], len| Groups::from_parts(keys, starts, len).is_none();
        assert!(!is_refused(&[1, 2], &[0, 1, 3], 3));
        assert!(is_refused(&[1, 2], &[0, 1, 3], 4));
        assert!(is_refused(&[2, 1], &[0, 1, 3], 3));
        assert!(is_refused(&[1, 2], &[0, 3, 3], 3));
        assert!(is_refused(&[1, 2], &[0, 3], 3));
        assert!(is_refused(&[], &[0], 0));
        assert!(is_refused(&[], &[], 3));
    }
}
