//! From a query to a question in domain words, or to everything that is wrong with it.
//!
//! [`fields`] reads single parameters in the manner of the published server: the last of a repeated
//! scalar wins, unknown parameters are ignored, and every problem is kept with its place, so that
//! one answer lists them all. [`counts`] is the one operation.

mod counts;
mod fields;
mod places;

pub(crate) use counts::Counts;
