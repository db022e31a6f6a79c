//! Some of what is found, by chance, each as likely as any other.

use std::collections::{BTreeMap, HashSet};

use kalends_model::{AssetId, Direction};

use super::{Prepared, order};
use crate::clock::Randomness;

/// At most `limit` of what is found, in an order of chance.
pub(super) fn sample(
    prepared: &Prepared,
    limit: usize,
    randomness: &dyn Randomness,
) -> Vec<AssetId> {
    let mut ids = match prepared.is_pure() {
        true => of_months(prepared, limit, randomness),
        false => {
            let found = order::all(prepared);
            let places = places(found.len(), limit, randomness);
            places.into_iter().map(|place| found[place]).collect()
        }
    };
    shuffle(&mut ids, randomness);
    ids
}

/// Reads only the months that the places fall into.
fn of_months(prepared: &Prepared, limit: usize, randomness: &dyn Randomness) -> Vec<AssetId> {
    let months = order::months(prepared, Direction::Descending);
    let total = months.iter().map(|(_, count)| *count as usize).sum();
    let mut by_month: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut places: Vec<usize> = places(total, limit, randomness).into_iter().collect();
    places.sort_unstable();
    let (mut month, mut before) = (0, 0);
    for place in places {
        while place >= before + months[month].1 as usize {
            before += months[month].1 as usize;
            month += 1;
        }
        by_month.entry(month).or_default().push(place - before);
    }
    let question = &prepared.question;
    let mut ids = Vec::new();
    for (month, places) in by_month {
        let month = months[month].0;
        let rows = question.snapshot.bucket(month, &question.filter, Direction::Descending);
        ids.extend(places.into_iter().map(|place| rows.get(place).id()));
    }
    ids
}

/// `limit` different places below `count`, or all of them (Floyd's sampling).
fn places(count: usize, limit: usize, randomness: &dyn Randomness) -> HashSet<usize> {
    let limit = limit.min(count);
    let mut places = HashSet::with_capacity(limit);
    for last in count - limit..count {
        let place = below(last + 1, randomness);
        if !places.insert(place) {
            places.insert(last);
        }
    }
    places
}

fn shuffle(ids: &mut [AssetId], randomness: &dyn Randomness) {
    for last in (1..ids.len()).rev() {
        ids.swap(last, below(last + 1, randomness));
    }
}

/// A number below `end`, which is not 0.
fn below(end: usize, randomness: &dyn Randomness) -> usize {
    let mut bytes = [0; 8];
    randomness.fill(&mut bytes);
    // The high half of the product: as even as 64 bits allow.
    ((u128::from(u64::from_le_bytes(bytes)) * end as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandomness;

    #[test]
    fn places_are_different_and_below_the_end() {
        for (count, limit) in [(0, 5), (1, 5), (5, 5), (1_000, 7), (10, 0)] {
            let places = places(count, limit, &SystemRandomness);
            assert_eq!(places.len(), limit.min(count));
            assert!(places.iter().all(|place| *place < count));
        }
    }

    #[test]
    fn every_place_is_met() {
        let mut met = HashSet::new();
        for _ in 0..1_000 {
            met.extend(places(10, 2, &SystemRandomness));
        }
        assert_eq!(met.len(), 10);
    }
}
