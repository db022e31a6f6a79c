//! The timeline: the index that answers every question about time, from memory.
//!
//! The catalog is the truth; what is here is derived from it and can be thrown away at any moment.
//! A [`Shelf`] is one owner's part: it is loaded with a [`ShelfBuilder`] or from the bytes of an
//! earlier one, and follows the catalog batch by batch with [`Shelf::apply`]. A [`Snapshot`] is what
//! one request reads: the shelves of the owners whom its viewer may see, each behind its masks. It
//! counts, and it lists a bucket's [`Rows`].
//!
//! Nothing here does IO, reads a clock or waits, and nothing fails on well-formed input.
//!
//! Inside, a shelf is a list of months, a month a list of segments (at most 8,192 rows, as immutable
//! columns), and a filter becomes a plan, which gives for a segment a set of rows. Read `segment`,
//! then `plan`, then `snapshot`. Row numbers never leave the crate; ids do.

mod builder;
mod cache;
mod dictionary;
mod draft;
mod fingerprint;
mod month;
mod plan;
mod rows;
mod rowset;
mod segment;
mod shelf;
mod snapshot;
#[cfg(test)]
mod testing;
mod whereabouts;

pub use builder::ShelfBuilder;
pub use cache::Damaged;
pub use rows::{RowRef, Rows};
pub use shelf::{Gap, Shelf};
pub use snapshot::{BucketCount, Snapshot};
