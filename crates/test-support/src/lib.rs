//! What the tests of several crates share: seeded randomness, ids by number, rows with defaults,
//! and a small world of owners, albums, people, places and moments from which rows, filters,
//! scopes and batches are drawn.
//!
//! The draws are not uniform. They crowd around the places where an index goes wrong: the first and
//! the last microsecond of a month, sort keys that differ in the id alone, years that `i64` barely
//! reaches, the poles and the antimeridian, ids that share fifteen bytes, bounds and box edges that
//! are exactly equal to a row's own values. Nothing here reads a clock, the environment or a file,
//! so a seed names a test case for ever.
//!
//! Begin with [`Rng`], then [`World`], then the `arbitrary_*` functions.

mod filters;
mod history;
pub mod ids;
mod rng;
mod rows;
mod scopes;
mod world;

pub use filters::{LEAF_NAMES, arbitrary_bound, arbitrary_filter, arbitrary_leaf, leaf_name};
pub use history::{RowsById, apply_to_model, arbitrary_batch, rows_of_one_month};
pub use rng::Rng;
pub use rows::{RowBuilder, arbitrary_capture, arbitrary_row, arbitrary_row_of, local, row};
pub use scopes::{arbitrary_fact_mask, arbitrary_row_mask, arbitrary_scope};
pub use world::{NamedPlace, World};
