//! Uploads: files that clients send, taken in while they arrive and placed where people find them.
//!
//! A body is streamed into an [`Incoming`] file, which is hashed on the way. When it is whole,
//! [`Library::accept`] reads what it says and writes one transaction: the asset in its true month,
//! its place in the folder, the job that makes its pictures. Only then is the file renamed to its
//! place, so that whatever stops in between can be told apart at the next start: an incoming file
//! whose asset the catalog knows is placed, every other is removed ([`Library::tidy_uploads`]).
//!
//! Originals lie in `uploads/<user>/<year>/<day>/<name>` below the data folder, under names that
//! people can read and every system can hold ([`names`]). They are never overwritten and never
//! opened for writing again.

mod accept;
mod incoming;
pub mod names;
mod place;
mod tidy;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use kalends_catalog::{CatalogError, FileRole};
use kalends_model::{AlbumId, AssetId, LinkId, UserId, Visibility};

pub use self::accept::Accepted;
pub use self::incoming::Incoming;
pub use self::tidy::Tidied;
use crate::derived::free_bytes;
use crate::library::Library;

/// Below this much free disk nothing is taken in.
pub const FREE_FLOOR_BYTES: u64 = 1 << 30;

/// The folder of files that have not arrived whole, inside the folder of uploads. No user's folder
/// begins with a dot.
const INCOMING: &str = ".incoming";

/// Where uploads lie, and when no more are taken.
#[derive(Debug)]
pub(crate) struct UploadFolder {
    folder: PathBuf,
    /// Free bytes that uploads leave on the disk.
    floor: AtomicU64,
    /// Read while a file is between its row and its place; written while a file is removed, so that
    /// a path that becomes free is not given to a new file that is then removed for the old one.
    pub(crate) moving: RwLock<()>,
}

/// Where a file of an asset waits in the folder of uploads until it is whole.
pub(crate) fn waiting_place(folder: &Path, asset: AssetId, role: FileRole) -> PathBuf {
    let incoming = folder.join(INCOMING);
    match role {
        FileRole::Original => incoming.join(asset.to_string()),
        FileRole::Sidecar => incoming.join(format!("{asset}.xmp")),
    }
}

impl UploadFolder {
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            folder: data.join("uploads"),
            floor: AtomicU64::new(FREE_FLOOR_BYTES),
            moving: RwLock::default(),
        }
    }

    /// The folder to which the paths of uploads are relative.
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    /// Where a file waits until it is whole.
    pub(crate) fn incoming(&self, asset: AssetId) -> PathBuf {
        waiting_place(&self.folder, asset, FileRole::Original)
    }

    /// Where its sidecar waits.
    pub(crate) fn incoming_sidecar(&self, asset: AssetId) -> PathBuf {
        waiting_place(&self.folder, asset, FileRole::Sidecar)
    }

    /// Waits until the file at `path` has been put there, when it is that of an upload whose row is
    /// written and whose file is on its way.
    pub(crate) fn wait_for(&self, path: &Path) {
        if path.starts_with(&self.folder) && path.symlink_metadata().is_err() {
            // Whoever puts a file in its place holds the other side from before its row is written.
            drop(self.moving.write().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Whether `coming` more bytes leave enough of the disk free. A disk that does not say counts as
    /// having room; writing to it will tell.
    fn has_room(&self, coming: u64) -> bool {
        let needed = self.floor.load(Ordering::Relaxed).saturating_add(coming);
        free_bytes(&self.folder).map_or(true, |free| free >= needed)
    }
}

/// What a client says of a file that it sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The file's name, as the client has it.
    pub file_name: String,
    /// How the client calls itself.
    pub device: String,
    /// How the client calls the asset.
    pub device_asset: String,
    /// When the file was made, in microseconds since 1970.
    pub created_at: i64,
    /// When the file was last modified, in microseconds since 1970.
    pub modified_at: i64,
    /// Whether it is to be a favourite.
    pub is_favorite: bool,
    /// Where it is to be shown.
    pub visibility: Visibility,
    /// The length of a video whose file does not say it, in milliseconds.
    pub duration_ms: Option<u64>,
    /// The video, sent before, that is this photo's motion.
    pub live_video: Option<AssetId>,
    /// What the client keeps beside the asset: names and JSON objects as text.
    pub metadata: Vec<(String, String)>,
}

/// For whom an upload is taken in, and what else it goes into. Made by
/// [`access`](crate::access::upload_target).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadTarget {
    /// Whose asset it becomes.
    pub owner: UserId,
    /// What the asset is put into.
    pub joins: Option<Joins>,
}

/// What an upload through a shared link is put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joins {
    /// The link's album.
    Album(AlbumId),
    /// The link itself, which shows chosen assets.
    Link(LinkId),
}

/// Why an upload is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The name says neither photo nor video.
    #[error("Unsupported file type {0}")]
    Unsupported(String),
    /// The motion does not exist.
    #[error("Live photo video not found")]
    NoLiveVideo,
    /// The motion is a photo.
    #[error("Live photo video must be a video")]
    LiveVideoIsNoVideo,
    /// The motion is somebody else's.
    #[error("Live photo video does not belong to the user")]
    ForeignLiveVideo,
    /// The owner has no room left.
    #[error("Quota has been exceeded!")]
    Quota,
    /// The disk has no room left.
    #[error("the disk is full: too little of it is free to take files in")]
    DiskFull,
    /// A sidecar that is too large to be one.
    #[error("the sidecar is too large")]
    SidecarSize,
    /// The owner cannot take anything in.
    #[error("the user has no library for uploads")]
    NoLibrary,
    /// The file cannot be written or read.
    #[error("the file cannot be stored")]
    Io(#[source] std::io::Error),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl From<std::io::Error> for UploadError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::DiskFull,
            std::io::ErrorKind::QuotaExceeded => Self::Quota,
            std::io::ErrorKind::FileTooLarge => Self::SidecarSize,
            _ => Self::Io(error),
        }
    }
}

impl Library {
    /// Changes how much of the disk uploads leave free.
    pub fn set_upload_floor(&self, bytes: u64) {
        self.uploads.floor.store(bytes, Ordering::Relaxed);
    }

    /// The owner's upload with this content, if there is one: a file that need not be sent.
    pub fn known_upload(
        &self,
        owner: UserId,
        sha1: &[u8; 20],
    ) -> Result<Option<AssetId>, CatalogError> {
        self.read(|reader| reader.upload_with_sha1(owner, sha1))
    }

    /// Makes room for a file that is about to arrive, `coming` bytes long as far as that is known.
    /// The user's quota and the disk are looked at before the first byte and again on the way.
    pub fn begin_upload(
        &self,
        owner: UserId,
        coming: Option<u64>,
    ) -> Result<Incoming, UploadError> {
        let room = self.quota_left(owner)?;
        if room == Some(0) {
            return Err(UploadError::Quota);
        }
        std::fs::create_dir_all(self.uploads.folder.join(INCOMING)).map_err(UploadError::from)?;
        if !self.uploads.has_room(coming.unwrap_or(0)) {
            return Err(UploadError::DiskFull);
        }
        let asset = self.new_id(AssetId::from_random);
        let path = self.uploads.incoming(asset);
        let floor = self.uploads.floor.load(Ordering::Relaxed);
        Ok(Incoming::create(asset, path, room, floor)?)
    }

    /// Makes room for the sidecar of an incoming file.
    pub fn begin_sidecar(&self) -> Result<Incoming, UploadError> {
        std::fs::create_dir_all(self.uploads.folder.join(INCOMING)).map_err(UploadError::from)?;
        let asset = self.new_id(AssetId::from_random);
        let path = self.uploads.incoming_sidecar(asset);
        let floor = self.uploads.floor.load(Ordering::Relaxed);
        Ok(Incoming::create_sidecar(asset, path, floor)?)
    }

    /// Bytes that the owner's quota leaves; `None` without a quota.
    fn quota_left(&self, owner: UserId) -> Result<Option<u64>, UploadError> {
        self.read(|reader| {
            let quota = reader.user(owner)?.and_then(|user| user.quota_bytes);
            let Some(quota) = quota else { return Ok(None) };
            Ok(Some(quota.saturating_sub(reader.uploaded_bytes(owner)?)))
        })
        .map_err(UploadError::from)
    }
}
