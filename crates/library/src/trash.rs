//! The trash: assets go in, come out, or are removed for good.
//!
//! Only what a person has put into the trash is restored and emptied; what is there because its
//! file has vanished stays until the file returns.

use kalends_catalog::{CatalogError, Span};
use kalends_model::{AssetId, UserId};

use crate::access::assets::require;
use crate::access::{AssetRight, NoAccess};
use crate::library::Library;
use crate::viewer::Viewer;

/// How many assets one transaction takes.
const BATCH_MAX: usize = 500;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum TrashError {
    /// One of the assets does not exist or is not the viewer's.
    #[error(transparent)]
    NoAccess(#[from] NoAccess),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Library {
    /// Puts assets into the trash: all, or none when one is not the viewer's.
    pub fn trash_assets(&self, viewer: &Viewer, ids: &[AssetId]) -> Result<(), TrashError> {
        self.write(|writer| match require(writer, viewer, AssetRight::Delete, ids)? {
            Err(refused) => Ok(Err(refused.into())),
            Ok(_) => writer.trash(viewer.user(), ids).map(|_| Ok(())),
        })?
    }

    /// Takes assets out of the trash: all that are in it, or none when one is not the viewer's.
    pub fn restore_assets(&self, viewer: &Viewer, ids: &[AssetId]) -> Result<(), TrashError> {
        self.write(|writer| match require(writer, viewer, AssetRight::Delete, ids)? {
            Err(refused) => Ok(Err(refused.into())),
            Ok(_) => writer.restore(viewer.user(), ids).map(|_| Ok(())),
        })?
    }

    /// Takes everything of a user out of the trash. Returns how many.
    pub fn restore_all(&self, user: UserId) -> Result<usize, CatalogError> {
        let trashed = self.trashed(user)?;
        let mut restored = 0;
        for part in trashed.chunks(BATCH_MAX) {
            restored += self.write(|writer| writer.restore(user, part))?.len();
        }
        Ok(restored)
    }

    /// Removes everything of a user that is in the trash for good. Returns how many.
    pub fn empty_trash(&self, user: UserId) -> Result<usize, CatalogError> {
        let trashed = self.trashed(user)?;
        self.purge(user, &trashed)?;
        Ok(trashed.len())
    }

    /// Removes assets for good, from wherever they are: all, or none when one is not the viewer's.
    pub fn remove_assets(&self, viewer: &Viewer, ids: &[AssetId]) -> Result<(), TrashError> {
        self.read(|reader| require(reader, viewer, AssetRight::Delete, ids))??;
        self.purge(viewer.user(), ids)?;
        Ok(())
    }

    fn trashed(&self, user: UserId) -> Result<Vec<AssetId>, CatalogError> {
        self.read(|reader| reader.assets_trashed(user, Span::default()))
    }
}
