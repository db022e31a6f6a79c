//! The files of an asset, opened to be sent: its original and its pictures.
//!
//! Whoever opens one has been through [`access`](crate::access) already; here is only the way from
//! an asset to an open file.

use std::fs::File;
use std::io;
use std::path::Path;

use kalends_catalog::{CatalogError, Library as Shelved, LibraryKind, StoredOriginal};
use kalends_model::{AssetId, UserId};

use crate::beneath;
use crate::derived::Derived;
use crate::file_kind::FileKind;
use crate::folders::{path_from_bytes, within};
use crate::library::Library;

/// What files of no known kind are sent as (contract immich §E9).
const ANY_BYTES: &str = "application/octet-stream";

/// A file that is open for reading.
#[derive(Debug)]
pub struct OpenFile {
    /// The file, at its beginning.
    pub file: File,
    /// The name under which it is sent.
    pub name: String,
    /// What it is sent as.
    pub media_type: &'static str,
}

impl Library {
    /// The original of one of the owner's assets. `None` when there is no such asset, it has no
    /// file, or the file is not there.
    pub fn open_original(
        &self,
        owner: UserId,
        asset: AssetId,
    ) -> Result<Option<OpenFile>, CatalogError> {
        let stored = self.read(|reader| reader.originals_of(owner, &[asset]))?;
        let Some(stored) = stored.into_iter().next() else { return Ok(None) };
        let library = self.read(|reader| reader.library(stored.library))?;
        Ok(library.and_then(|library| self.open_in(&library, &stored)))
    }

    /// The file of an original that the catalog knows, when it is there.
    pub(crate) fn open_in(&self, library: &Shelved, stored: &StoredOriginal) -> Option<OpenFile> {
        let path = path_from_bytes(&stored.path);
        let opened = match within(library, &stored.path) {
            Some((folder, rest)) => beneath::open(&folder, &rest),
            None if library.kind == LibraryKind::Uploads => self.open_upload(stored.asset, &path),
            None => Err(io::Error::new(io::ErrorKind::NotFound, "it is in none of the folders")),
        };
        let file = match opened {
            Ok(file) => file,
            Err(error) => {
                let asset = stored.asset;
                tracing::warn!(%error, %asset, "an original cannot be opened");
                return None;
            }
        };
        let name = match stored.file_name.as_str() {
            "" => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            name => name.to_owned(),
        };
        let media_type = FileKind::of_name(&name).map_or(ANY_BYTES, |kind| kind.media_type);
        Some(OpenFile { file, name, media_type })
    }

    /// An upload, in its place or still on its way there.
    fn open_upload(&self, asset: AssetId, path: &Path) -> io::Result<File> {
        let in_place = beneath::open(self.uploads.path(), path);
        match in_place {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let waiting = File::open(self.uploads.incoming(asset));
                waiting.or_else(|_| beneath::open(self.uploads.path(), path))
            }
            outcome => outcome,
        }
    }

    /// One of an asset's pictures, when it has been made. It bears the asset's id.
    pub fn open_picture(&self, asset: AssetId, which: Derived) -> Option<OpenFile> {
        let file = File::open(self.derived.path(asset, which)).ok()?;
        let (ending, media_type) = match which {
            Derived::Thumbnail => ("webp", "image/webp"),
            Derived::Preview => ("jpeg", "image/jpeg"),
        };
        Some(OpenFile { file, name: format!("{asset}.{ending}"), media_type })
    }
}
