//! What the library does, seen from outside: real files in temporary folders, a real catalog, a
//! clock and a randomness that the test chooses. One file per concern; all of them are one binary,
//! because linking the decoders takes longer than running the tests.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod app;

mod accounts;
mod api_keys;
mod concurrency;
mod damaged;
mod downloads;
mod events;
mod facts;
mod folders;
mod freezing;
mod identity;
mod links;
mod live_photos;
mod originals;
mod pictures;
mod pin;
mod portable;
mod purging;
mod questions;
mod removal;
mod removing;
mod scan;
mod server_facts;
mod sessions;
mod sharing;
mod shelf_cache;
mod sidecars;
mod uploads;
