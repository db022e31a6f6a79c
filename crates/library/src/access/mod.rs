//! The only place that decides what a viewer may see or do.
//!
//! [`scope`] answers for questions about the timeline, [`assets`] for single assets by their ids.
//! Each is a pure function at heart, from who is asking and how the catalog says they stand to what
//! is asked, so that the whole matrix of viewers and questions can be tested against an oracle.

pub mod assets;
mod timeline;

pub use assets::{AssetRight, NoAccess};
pub use timeline::{AlbumStanding, Partner, Standing, scope};
