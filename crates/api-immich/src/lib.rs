//! The Immich dialect: the published HTTP API of Immich 2.7.5, as far as it is served here, so that
//! clients that exist today work unmodified.
//!
//! A translator and nothing more. [`wire`] holds the exact shapes, [`from_wire`] turns what was
//! sent into questions in domain words, `library` answers them, [`to_wire`] writes the answers as
//! bytes, and [`error`] says what went wrong in the dialect's words. [`mod@routes`] lists every
//! operation, one file each. What is imitated although it looks odd, and what is deliberately done
//! better, is written in `QUIRKS.md`.
//!
//! Contract immich, whose sections the comments name, is the description of that API in our words.

#![doc = include_str!("../QUIRKS.md")]

mod entry;
pub mod error;
pub mod from_wire;
mod live;
mod request;
pub mod routes;
mod state;
pub mod to_wire;
pub mod wire;

pub use error::Failure;
pub use live::socket_routes;
pub use routes::{icon_route, outside_routes, route_table, routes, timeline_routes, unknown_route};
pub use state::ImmichState;
pub use to_wire::IMITATED_VERSION;

/// The header that carries the id of an exchange, in both directions.
pub const CORRELATION_HEADER: http::HeaderName = http::HeaderName::from_static("x-immich-cid");
