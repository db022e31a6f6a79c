//! Random acts, done to the shelves and to their models alike. Both must hold the same rows after
//! each, and the shelves must answer as the oracle answers about the models' rows.

use kalends_model::{AssetRow, Filter, Scope, ShelfBatch};
use kalends_test_support::{
    Rng, apply_to_model, arbitrary_batch, arbitrary_filter, arbitrary_scope, ids,
};
use kalends_timeline::Shelf;

use crate::compare::{Difference, agree, compare};
use crate::oracle;
use crate::state::{Owner, State};

impl State {
    /// Applies a random batch to one of the shelves.
    pub(crate) fn step(&mut self, rng: &mut Rng) -> Result<(), Difference> {
        let index = rng.below(self.owners.len());
        let Owner { shelf, rows } = &self.owners[index];
        let owner = self.world.owners[index];
        let batch = arbitrary_batch(rng, &self.world, owner, shelf.version(), rows);
        self.owners[index].apply(batch)
    }

    /// Compares the answers in a random scope to a random filter. Says whether the filter told the
    /// rows of the scope apart, so that a test can show that it asks more than trivial questions.
    pub(crate) fn ask(&self, rng: &mut Rng) -> Result<bool, Question> {
        let scope = arbitrary_scope(rng, &self.world);
        let depth = 1 + rng.below(4);
        let filter = arbitrary_filter(rng, &self.world, depth);
        let seen = oracle::seen(self.rows(), &scope, &filter);
        let tells_apart = !seen.is_empty()
            && seen.len() < oracle::seen(self.rows(), &scope, &Filter::EVERYTHING).len();
        match compare(&self.snapshot(&scope), &filter, &seen, rng) {
            Ok(()) => Ok(tells_apart),
            Err(difference) => Err(Question { scope, filter, difference }),
        }
    }
}

/// A question on which index and oracle differ.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) scope: Scope,
    pub(crate) filter: Filter,
    pub(crate) difference: Difference,
}

impl Owner {
    /// Applies the batch to both and compares what they hold.
    pub(crate) fn apply(&mut self, batch: ShelfBatch) -> Result<(), Difference> {
        apply_to_model(&mut self.rows, &batch);
        let before: Vec<AssetRow> = self.shelf.rows().take(3).collect();
        let to = batch.to;
        let applied = self.shelf.apply(batch);
        let applied = applied.map_err(|gap| Difference(format!("no gap, but {gap:?}")))?;
        agree("a shelf that was cloned from", self.shelf.rows().take(3).collect(), before)?;
        agree("version", applied.version(), to)?;
        self.shelf = applied;
        self.holds_its_rows()
    }

    /// Whether the shelf's invariants hold, and its rows are the model's, in order and by id.
    pub(crate) fn holds_its_rows(&self) -> Result<(), Difference> {
        self.shelf.check();
        let mut expected: Vec<&AssetRow> = self.rows.values().collect();
        expected.sort_by_key(|row| row.sort_key());
        agree("len", self.shelf.len(), expected.len())?;
        let mut count = 0;
        for (row, expected) in self.shelf.rows().zip(&expected) {
            agree("a row of the shelf", &row, *expected)?;
            count += 1;
        }
        agree("number of rows", count, expected.len())?;
        let every = (expected.len() / 200).max(1);
        for row in expected.into_iter().step_by(every) {
            agree("get", self.shelf.get(row.id).as_ref(), Some(row))?;
        }
        agree("get of an unknown id", self.shelf.get(ids::asset(u64::MAX)), None)
    }

    /// A shelf of the same rows, loaded in an order that has nothing to do with how they came.
    pub(crate) fn rebuilt(&self) -> Shelf {
        let mut rows: Vec<AssetRow> = self.rows.values().cloned().collect();
        rows.reverse();
        Self::built(self.shelf.owner(), rows, self.shelf.version()).shelf
    }
}
