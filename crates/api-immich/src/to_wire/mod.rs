//! From domain words to the dialect's bytes.
//!
//! Raise [`ENCODER_VERSION`] whenever the same facts come out as other bytes: entity tags depend on
//! it, and clients keep what they have while tags stand.

pub(crate) mod activity;
pub(crate) mod album;
pub(crate) mod asset;
pub mod bucket;
pub mod buckets;
pub(crate) mod bulk;
pub mod cells;
pub(crate) mod dates;
pub(crate) mod json;
pub(crate) mod libraries;
pub(crate) mod memory;
pub(crate) mod people;
pub(crate) mod preferences;
pub(crate) mod session;
pub(crate) mod shared_link;
pub(crate) mod stacks;
pub(crate) mod tags;
pub(crate) mod user;

/// The version of this module's output.
pub const ENCODER_VERSION: u32 = 1;
