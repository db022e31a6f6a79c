//! What every catalog does, whichever database stands behind it.
//!
//! Each concern is a file of laws: functions over a [`Catalog`](kalends_catalog::Catalog). A law is
//! made a test by `contract!`, once for each database. A behaviour is not in the contract until all
//! databases pass.

#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

/// Makes each law a test on each database. Another database is one line more.
macro_rules! contract {
    ($($law:ident)*) => {
        mod on_sqlite {
            $(#[test] fn $law() { crate::build::on_sqlite(super::$law); })*
        }
    };
}

mod build;

mod activities;
mod album_lists;
mod assets;
mod cards;
mod edits;
mod feed;
mod files;
mod grants;
mod jobs;
mod links;
mod memberships;
mod memories;
mod overview;
mod random;
mod removed;
mod search;
mod sessions;
mod stacks;
mod tags;
mod users;
mod work;
