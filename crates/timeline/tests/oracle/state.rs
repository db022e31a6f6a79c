//! Some owners' shelves beside the plainest model of them: a map of rows for each.

use std::collections::btree_map::Entry;

use kalends_model::{AssetRow, Scope, UserId, Version};
use kalends_test_support::{Rng, RowsById, World, arbitrary_row_of};
use kalends_timeline::{Shelf, ShelfBuilder, Snapshot};

/// One owner's shelf, and the rows that it must hold.
#[derive(Clone)]
pub(crate) struct Owner {
    pub(crate) shelf: Shelf,
    pub(crate) rows: RowsById,
}

/// Every owner of a world.
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) owners: Vec<Owner>,
}

impl State {
    /// Shelves of at most `rows_max` rows each, loaded in bulk; now and then one that nothing was
    /// loaded into.
    pub(crate) fn small(rng: &mut Rng, rows_max: usize) -> Self {
        let world = World::new(rng);
        let owner = |owner: &UserId| {
            let count = rows_max.min(*rng.pick(&[0, 1, 2, 7, 20, 63, 64, 65, 130]));
            let rows = (0..count).map(|_| arbitrary_row_of(rng, &world, *owner)).collect();
            Owner::built(*owner, rows, Version(rng.below(2) as u64))
        };
        let owners = world.owners.iter().map(owner).collect();
        Self { world, owners }
    }

    /// Every row of every owner.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &AssetRow> {
        self.owners.iter().flat_map(|owner| owner.rows.values())
    }

    /// What a request in this scope reads.
    pub(crate) fn snapshot(&self, scope: &Scope) -> Snapshot {
        Snapshot::new(scope, self.owners.iter().map(|owner| owner.shelf.clone()))
    }
}

impl Owner {
    /// The shelf of these rows, pushed in their order. Of rows with the same id only the first is
    /// loaded, since no catalog has two.
    pub(crate) fn built(owner: UserId, rows: Vec<AssetRow>, version: Version) -> Self {
        let mut builder = ShelfBuilder::new(owner);
        let mut by_id = RowsById::new();
        for row in rows {
            if let Entry::Vacant(place) = by_id.entry(row.id) {
                builder.push(row.clone());
                place.insert(row);
            }
        }
        Self { shelf: builder.finish(version), rows: by_id }
    }
}
