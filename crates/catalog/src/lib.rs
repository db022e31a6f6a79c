//! What must survive: users, assets, albums, people, tags, stacks, links, jobs, and the feed of what
//! changed.
//!
//! The catalog is the truth from which the timeline is derived. Everything goes through two doors of
//! [`Catalog`]: [`Catalog::read`], one consistent look, and [`Catalog::write`], one transaction that
//! changes rows, appends to the change feed and raises the versions of the owners it touched, or
//! does nothing at all. A write answers with the changes it made and, for the owners whose shelves
//! are loaded, with the [`ShelfBatch`](kalends_model::ShelfBatch)es that bring those up to date.
//!
//! The crate is synchronous, takes the clock and fresh ids as values, and knows neither HTTP nor who
//! may do what: a caller has settled that before it comes here. Only this crate names a database;
//! nothing of SQLite shows in its public face, so that PostgreSQL can stand behind the same one.
//!
//! Read [`Catalog`] first, then [`Writer`], then the module of what you need.

mod activities;
mod album_lists;
mod albums;
mod asset_metadata;
mod assets;
mod cards;
mod catalog;
mod details;
mod edits;
mod error;
mod feed;
mod files;
mod grants;
mod jobs;
mod leaving;
mod libraries;
mod links;
mod memories;
mod overview;
mod partners;
mod people;
pub mod portable;
mod profiles;
mod removal;
mod removed;
mod schema;
mod search;
mod sessions;
mod settings;
mod shelf;
mod sqlite;
mod stacks;
mod standings;
mod statistics;
mod stored;
mod tags;
mod undo;
mod uploads;
mod users;
mod work;
mod writer;

pub use activities::{Activity, ActivityQuestion, Reaction, ReactionLevel};
pub use albums::{Album, AlbumOrder, Role};
pub use asset_metadata::AssetMetadata;
pub use assets::{Facts, MetadataState, NewAsset, Place};
pub use cards::{Card, OriginalFile};
pub use catalog::{Catalog, Reader};
pub use details::{Details, Exif};
pub use edits::Dated;
pub use error::{BackupError, CatalogError, OpenError};
pub use feed::Feed;
pub use files::{FileRole, KnownFile, NewFile, Problem};
pub use grants::Grants;
pub use jobs::{Job, Leased, NewJob};
pub use libraries::{Import, Library, LibraryKind, Scan};
pub use links::{Link, LinkTarget};
pub use memories::{FoundMemory, Memory, MemoryKind};
pub use overview::{Holding, JobCounts};
pub use partners::Partner;
pub use people::{Face, FaceSource, Person};
pub use search::{CameraParts, CameraTest, SizedAsset, Span};
pub use sessions::{ApiKey, Session};
pub use stacks::Stack;
pub use standings::AssetStanding;
pub use statistics::{DuplicateGroup, LibraryCount, Statistics};
pub use tags::Tag;
pub use undo::{UndoEntry, UndoId};
pub use uploads::{DeviceName, SameContent, StoredOriginal};
pub use users::{AvatarColor, User};
pub use work::PictureWork;
pub use writer::{Committed, Writer};
