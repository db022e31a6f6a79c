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
pub mod api_keys;
pub mod ask;
pub mod assets;
mod beneath;
pub mod client_data;
pub mod clock;
pub mod derived;
pub mod downloads;
pub mod each;
pub mod edits;
pub mod events;
pub mod faces;
pub mod file_kind;
pub mod folders;
pub mod identity;
pub mod jobs;
pub mod libraries;
mod library;
mod link_page;
pub mod links;
mod manners;
pub mod map;
pub mod memories;
mod moments;
pub mod originals;
pub mod partners;
pub mod people;
pub mod pin;
pub mod portable;
pub mod preferences;
mod profile_image;
pub mod purge;
mod question;
pub mod redo;
pub mod removal;
pub mod scan;
pub mod search;
pub mod secrets;
pub mod server_facts;
pub mod sessions;
pub mod setup;
mod shelf_cache;
mod shelves;
pub mod stacks;
pub mod tags;
mod text;
pub mod throttle;
pub mod trash;
pub mod uploads;
mod users;
mod view_folder;
pub mod viewer;
mod zip;

pub use access::{AlbumRight, AssetRight, NoAccess};
pub use api_keys::ApiKeyError;
pub use ask::{Ask, AskError, Denied, Question, Trash};
pub use assets::{AssetView, Sight, StackView, Wanted};
pub use clock::{Clock, Randomness, SystemClock, SystemRandomness};
pub use downloads::{Archive, DownloadError, DownloadOf, DownloadPlan};
pub use edits::{AssetEdit, DateEdit, EditError};
pub use folders::FolderError;
pub use identity::{Device, IdentityError, Login, LoginError};
pub use library::{Library, RestoreError, ShelfError};
pub use link_page::LinkPage;
pub use map::{MapAsk, Marker};
pub use memories::{MemoryError, MemoryView};
pub use originals::OpenFile;
pub use pin::{PinError, Proof, Secrets};
pub use preferences::Preferences;
pub use profile_image::{PROFILE_IMAGE_BYTES_MAX, ProfileImageError};
pub use scan::Report;
pub use scan::pictures::PictureMaker;
pub use search::{Page, Search};
pub use sessions::SessionError;
pub use setup::SignUpError;
pub use throttle::{Guess, TooManyGuesses};
pub use trash::TrashError;
pub use uploads::{Accepted, Incoming, Sent, UploadError, UploadTarget};
pub use users::{NewUser, PASSWORD_CHARS_MIN, UserChanges, UserError};
pub use viewer::{LinkViewer, Viewer};

/// What the catalog keeps, for those who show it. Dialects know the catalog only through this.
pub mod stored {
    pub use kalends_catalog::{
        Activity, ActivityQuestion, Album, AlbumOrder, ApiKey, AssetMetadata, AvatarColor,
        CameraTest, Card, CatalogError, Details, Exif, Face, FaceSource, Holding, JobCounts,
        Library, LibraryKind, Link, LinkTarget, Memory, MemoryKind, OriginalFile, Partner, Person,
        Place, Reaction, ReactionLevel, Role, Session, Span, Stack, Tag, User,
    };
}
