//! In which month an asset lies.
//!
//! Eight bytes per asset: half of a hash of its id, and the month. The other half of the hash picks
//! one of 4,096 lists, and a change copies the lists it touches and no others. Two ids can share a
//! hash, so an answer is a few months in which the asset may lie; the segments there know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kalends_model::{AssetId, Month};

use crate::fingerprint::hash_bytes;

const FANOUT: usize = 64;

/// Entries of the assets whose hash begins alike, ascending.
type List = Arc<[Entry]>;

/// The second half of an id's hash above, the month below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry(u64);

impl Entry {
    fn new(hash: u64, month: Month) -> Self {
        Self(hash << 32 | u64::from(month.index() as u32))
    }

    fn month(self) -> Month {
        Month::from_index(self.0 as u32 as i32)
    }
}

/// The list that a hash belongs to.
fn list_of(hash: u64) -> usize {
    (hash >> 52) as usize
}

/// The months of all assets of a shelf. A tree of two levels, both shared between versions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Whereabouts {
    lists: Arc<[Arc<[List]>]>,
}

impl Default for Whereabouts {
    fn default() -> Self {
        let empty: Arc<[List]> = vec![List::default(); FANOUT].into();
        Self { lists: vec![empty; FANOUT].into() }
    }
}

impl Whereabouts {
    /// Of many assets at once, each in one month.
    pub(crate) fn build(assets: impl Iterator<Item = (AssetId, Month)>) -> Self {
        let mut lists = vec![Vec::new(); FANOUT * FANOUT];
        for (id, month) in assets {
            let hash = hash_bytes(id.bytes());
            lists[list_of(hash)].push(Entry::new(hash, month));
        }
        let freeze = |lists: &mut [Vec<Entry>]| -> Arc<[List]> {
            let frozen = lists.iter_mut().map(|list| {
                list.sort_unstable();
                List::from(std::mem::take(list))
            });
            frozen.collect()
        };
        Self { lists: lists.chunks_mut(FANOUT).map(freeze).collect() }
    }

    fn list(&self, hash: u64) -> &List {
        let index = list_of(hash);
        &self.lists[index / FANOUT][index % FANOUT]
    }

    /// The months in which the asset may lie, ascending: usually one, or none.
    pub(crate) fn months_of(&self, id: AssetId) -> impl Iterator<Item = Month> {
        let hash = hash_bytes(id.bytes());
        let list = self.list(hash);
        let first = Entry(hash << 32);
        let start = list.partition_point(|entry| *entry < first);
        let same = list[start..].iter().take_while(move |entry| entry.0 >> 32 == first.0 >> 32);
        let mut previous = None;
        same.map(|entry| entry.month())
            .filter(move |month| previous.replace(*month) != Some(*month))
    }

    /// The months of the assets that share their hash with another: two places of one asset, or a
    /// rare coincidence.
    pub(crate) fn months_of_shared_hashes(&self) -> BTreeSet<Month> {
        let lists = self.lists.iter().flat_map(|branch| branch.iter());
        let pairs = lists.flat_map(|list| list.windows(2));
        let same = pairs.filter(|pair| pair[0].0 >> 32 == pair[1].0 >> 32);
        same.flat_map(|pair| [pair[0].month(), pair[1].month()]).collect()
    }

    /// Without the assets that left a month, and with those that came into one.
    pub(crate) fn changed(&self, gone: &[(AssetId, Month)], come: &[(AssetId, Month)]) -> Self {
        let mut edits: BTreeMap<usize, Vec<(bool, Entry)>> = BTreeMap::new();
        let gone = gone.iter().map(|asset| (false, asset));
        for (is_come, (id, month)) in gone.chain(come.iter().map(|asset| (true, asset))) {
            let hash = hash_bytes(id.bytes());
            edits.entry(list_of(hash)).or_default().push((is_come, Entry::new(hash, *month)));
        }
        let mut next = self.clone();
        for (index, edits) in edits {
            let branch = &mut Arc::make_mut(&mut next.lists)[index / FANOUT];
            let list = &mut Arc::make_mut(branch)[index % FANOUT];
            let mut entries = list.to_vec();
            for (is_come, entry) in edits {
                match (entries.binary_search(&entry), is_come) {
                    (Ok(at), false) => drop(entries.remove(at)),
                    (Ok(at) | Err(at), true) => entries.insert(at, entry),
                    (Err(_), false) => unreachable!("every asset of a shelf has its entry"),
                }
            }
            *list = entries.into();
        }
        next
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        let list_bytes = |list: &List| size_of::<List>() + size_of_val(&**list) + 16;
        let branches = self.lists.iter();
        branches.map(|branch| branch.iter().map(list_bytes).sum::<usize>()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::asset;

    fn month(n: u64) -> Month {
        Month::from_index((n % 90) as i32 - 40)
    }

    #[test]
    fn every_asset_is_found_in_its_month() {
        let whereabouts = Whereabouts::build((0..20_000).map(|n| (asset(n), month(n))));
        for n in 0..20_000 {
            assert!(whereabouts.months_of(asset(n)).any(|found| found == month(n)));
        }
        assert_eq!((20_000..40_000).flat_map(|n| whereabouts.months_of(asset(n))).count(), 0);
    }

    #[test]
    fn changes_equal_a_map_built_anew() {
        let before = Whereabouts::build((0..5_000).map(|n| (asset(n), month(n))));
        let gone: Vec<_> = (1_000..3_000).map(|n| (asset(n), month(n))).collect();
        let numbers = (2_000..6_000).filter(|n| !(3_000..5_000).contains(n));
        let come: Vec<_> = numbers.map(|n| (asset(n), month(n + 1))).collect();
        let rest = (0..1_000).chain(3_000..5_000).map(|n| (asset(n), month(n)));
        let expected = Whereabouts::build(rest.chain(come.iter().copied()));
        assert_eq!(before.changed(&gone, &come), expected);
        assert_eq!(Whereabouts::default().changed(&[], &[]), Whereabouts::default());
    }
}
