//! The only place that decides what a viewer may see or do.
//!
//! [`scope`] answers for questions about the timeline, [`assets`] for single assets by their ids,
//! [`albums`] for albums, [`people`], [`tags`] and [`stacks`] for what their owner alone may see and
//! change.
//! Each is a pure function at heart, from who is asking and how the catalog says they stand to what
//! is asked, so that the whole matrix of viewers and questions can be tested against an oracle.

pub mod albums;
pub mod assets;
pub mod memories;
pub mod people;
pub mod stacks;
pub mod tags;
mod timeline;

pub use albums::AlbumRight;
pub use assets::{AssetRight, NoAccess};
pub use timeline::{AlbumStanding, Partner, Standing, scope};

use kalends_model::UserId;

use crate::viewer::Viewer;

/// Whether what this user owns is the viewer's own. A visitor with a link is nobody's owner.
fn is_own(viewer: &Viewer, owner: UserId) -> bool {
    !matches!(viewer, Viewer::Link(_)) && viewer.user() == owner
}
