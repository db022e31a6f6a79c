//! Makes a counter-example small enough to read: fewer rows and a simpler filter on which index
//! and oracle still differ.

use std::collections::BTreeSet;

use kalends_model::{AssetRow, Filter, Scope, UserId, Version};
use kalends_test_support::Rng;
use kalends_timeline::Snapshot;

use crate::compare::{Difference, compare};
use crate::oracle;
use crate::state::Owner;

/// The smallest rows and filter found that still differ, if these do at all. `ask` is
/// [`ask_afresh`] in a scope.
pub(crate) fn smallest(
    rows: Vec<AssetRow>,
    filter: Filter,
    ask: impl Fn(&[AssetRow], &Filter) -> Result<(), Difference>,
) -> Option<(Vec<AssetRow>, Filter, Difference)> {
    let mut difference = ask(&rows, &filter).err()?;
    let (mut rows, mut filter) = (rows, filter);
    let mut piece = rows.len().div_ceil(2);
    while piece > 0 {
        let mut at = 0;
        while at < rows.len() {
            let mut fewer = rows.clone();
            fewer.drain(at..(at + piece).min(rows.len()));
            match ask(&fewer, &filter) {
                Err(still) => (rows, difference) = (fewer, still),
                Ok(()) => at += piece,
            }
        }
        piece /= 2;
    }
    while let Some((simpler, still)) =
        parts(&filter).into_iter().find_map(|part| Some((part.clone(), ask(&rows, &part).err()?)))
    {
        (filter, difference) = (simpler, still);
    }
    Some((rows, filter, difference))
}

/// Filters that are simpler than this one: its parts, and itself without each of them.
fn parts(filter: &Filter) -> Vec<Filter> {
    match filter {
        Filter::Leaf(_) => Vec::new(),
        Filter::Not(part) => {
            let negated = parts(part).into_iter().map(Filter::negated);
            negated.chain([Filter::clone(part)]).collect()
        }
        Filter::All(list) | Filter::Any(list) => {
            let without = |index: usize| {
                let mut fewer = list.clone();
                fewer.remove(index);
                if matches!(filter, Filter::All(_)) {
                    Filter::All(fewer)
                } else {
                    Filter::Any(fewer)
                }
            };
            list.iter().cloned().chain((0..list.len()).map(without)).collect()
        }
    }
}

/// Loads shelves of these rows and compares; a panic of the index is a difference too.
pub(crate) fn ask_afresh(
    rows: &[AssetRow],
    scope: &Scope,
    filter: &Filter,
) -> Result<(), Difference> {
    let ask = || {
        let owners: BTreeSet<UserId> = rows.iter().map(|row| row.owner).collect();
        let shelf = |owner: &UserId| {
            let own = rows.iter().filter(|row| row.owner == *owner).cloned().collect();
            Owner::built(*owner, own, Version(1)).shelf
        };
        let snapshot = Snapshot::new(scope, owners.iter().map(shelf));
        let seen = oracle::seen(rows, scope, filter);
        compare(&snapshot, filter, &seen, &mut Rng::seeded(1))
    };
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(ask));
    outcome.unwrap_or_else(|_| Err(Difference("the index panicked, as printed above".to_owned())))
}
