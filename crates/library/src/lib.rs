//! The application: what Kalends does, in its own words, without HTTP and without SQL.
//!
//! A dialect asks a question ([`Ask`]) for a [`Viewer`]; [`access`] works out what that viewer may
//! see; the answer is a [`Question`]: one snapshot of the timeline with the compiled filter, from
//! which both counts and contents are read, so that they cannot disagree.
//!
//! Everything here is synchronous. Callers that serve many people enter it through one bounded
//! blocking pool.
//!
//! Read [`Library`] first; then [`access`] and [`mod@scan`].

pub mod access;
pub mod activities;
pub mod albums;
pub mod ask;
pub mod assets;
pub mod clock;
pub mod derived;
pub mod edits;
pub mod faces;
pub mod file_kind;
pub mod folders;
pub mod identity;
pub mod libraries;
mod library;
pub mod links;
pub mod map;
pub mod memories;
pub mod partners;
pub mod people;
pub mod portable;
mod question;
pub mod scan;
pub mod search;
pub mod secrets;
mod shelf_cache;
mod shelves;
pub mod stacks;
pub mod tags;
mod text;
pub mod trash;
mod users;
mod view_folder;
pub mod viewer;

pub use access::{AlbumRight, AssetRight, NoAccess};
pub use ask::{Ask, AskError, Denied, Question, Trash};
pub use assets::{AssetView, Sight, StackView, Wanted};
pub use clock::{Clock, Randomness, SystemClock, SystemRandomness};
pub use edits::{AssetEdit, DateEdit, EditError};
pub use folders::FolderError;
pub use identity::{Device, IdentityError, Login, LoginError};
pub use library::{Library, RestoreError, ShelfError};
pub use map::{MapAsk, Marker};
pub use memories::{MemoryError, MemoryView};
pub use scan::Report;
pub use scan::pictures::PictureMaker;
pub use search::{Page, Search};
pub use trash::TrashError;
/// What the catalog keeps, for those who show it. Dialects know the catalog only through this.
pub mod stored {
    pub use kalends_catalog::{
        Activity, ActivityQuestion, Album, AlbumOrder, ApiKey, CameraTest, Card, CatalogError,
        Details, Exif, Face, FaceSource, Library, LibraryKind, Link, LinkTarget, Memory,
        MemoryKind, OriginalFile, Partner, Person, Place, Reaction, ReactionLevel, Role, Session,
        Span, Stack, Tag, User,
    };
}

pub use users::{NewUser, UserError};
pub use viewer::{LinkViewer, Viewer};
