//! Loading many rows at once.

use std::collections::HashMap;
use std::sync::Arc;

use kalends_model::{AssetRow, Month, UserId, Version};

use crate::dictionary::Dictionary;
use crate::draft::Drafts;
use crate::month::MonthRows;
use crate::shelf::Shelf;

/// Makes a shelf of rows that come in any order: the way in which a shelf is loaded from the
/// catalog. Rows are kept in columns' form from the moment they are pushed, so a load needs about
/// twice the memory of the shelf, and no more.
pub struct ShelfBuilder {
    owner: UserId,
    dictionary: Arc<Dictionary>,
    months: HashMap<Month, Drafts>,
}

impl ShelfBuilder {
    /// A builder of `owner`'s shelf.
    pub fn new(owner: UserId) -> Self {
        Self { owner, dictionary: Arc::default(), months: HashMap::new() }
    }

    /// Adds a row. Each asset comes once, as it does from a table keyed by its id.
    ///
    /// # Panics
    /// When the row is another owner's.
    pub fn push(&mut self, row: AssetRow) {
        assert_eq!(row.owner, self.owner, "a row goes to its owner's shelf");
        let drafts = self.months.entry(row.capture.local.month()).or_default();
        drafts.push(&row, &mut self.dictionary);
    }

    /// The shelf, at `version`.
    pub fn finish(self, version: Version) -> Shelf {
        let mut months = Vec::with_capacity(self.months.len());
        for (month, drafts) in self.months {
            months.push(MonthRows::build(month, &drafts));
        }
        months.sort_unstable_by_key(|rows| rows.month);
        Shelf::from_parts(self.owner, version, self.dictionary, months)
    }
}
