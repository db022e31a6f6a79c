//! Purging: removing assets and their files for good. The one act that cannot be undone.
//!
//! The rows go in one transaction, which also leaves a job that removes the files; so what is purged
//! is gone from every answer at once, and no stop in between leaves a file that nobody knows.
//!
//! Files of external folders are never removed; the catalog remembers them, so that the next scan
//! passes them over.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::PoisonError;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kalends_catalog::{CatalogError, Leased, LibraryKind, Reader, Span, Writer};
use kalends_model::{AssetId, LibraryId, UserId};
use serde::{Deserialize, Serialize};

use crate::folders::path_from_bytes;
use crate::jobs::{JobError, PURGE_TRASH, REMOVE_FILES, new_job};
use crate::library::Library;

/// How long the trash keeps what is in it, in days (contract immich §D2.1, `trashDays`).
pub const TRASH_DAYS: i64 = 30;

const DAY_MICROS: i64 = 24 * 60 * 60 * 1_000_000;

/// Assets that go in one transaction.
const BATCH_MAX: usize = 500;

/// Files to be removed, and the assets whose pictures go with them.
#[derive(Serialize, Deserialize)]
struct Removal {
    owner: String,
    library: String,
    /// Paths below the folder of uploads, in base64.
    paths: Vec<String>,
    assets: Vec<String>,
}

impl Library {
    /// Removes assets of `owner` for good, in the trash or not, with their files and pictures, and
    /// with the motions that no other photo uses. Ids that are not the owner's are passed over.
    /// Gives the assets that are gone.
    pub fn purge(&self, owner: UserId, assets: &[AssetId]) -> Result<Vec<AssetId>, CatalogError> {
        let mut gone = Vec::with_capacity(assets.len());
        for part in assets.chunks(BATCH_MAX) {
            gone.extend(self.write_durably(|writer| self.purge_batch(writer, owner, part))?);
        }
        for asset in &gone {
            self.derived.remove(*asset);
        }
        self.bell.ring();
        Ok(gone)
    }

    fn purge_batch(
        &self,
        writer: &mut Writer<'_>,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<Vec<AssetId>, CatalogError> {
        let rows = writer.rows_of(owner, assets)?;
        let mut going: Vec<AssetId> = rows.iter().map(|row| row.id).collect();
        going.extend(writer.motions_of_only(owner, &going)?);
        let mut seen = HashSet::new();
        going.retain(|asset| seen.insert(*asset));
        self.enqueue_removal(writer, owner, &going)?;
        writer.delete_assets(owner, &going)
    }

    /// Leaves the job that removes what the assets have on the disk.
    fn enqueue_removal(
        &self,
        writer: &mut Writer<'_>,
        owner: UserId,
        going: &[AssetId],
    ) -> Result<(), CatalogError> {
        let Some(first) = going.first() else { return Ok(()) };
        let uploads = uploads_of(writer, owner)?;
        let (mut paths, mut library) = (Vec::new(), None);
        for &asset in going {
            for (of, file) in writer.files_of_asset(owner, asset)? {
                if uploads.contains(&of) {
                    library = Some(of);
                    paths.push(STANDARD.encode(&file.path));
                }
            }
        }
        let removal = Removal {
            owner: owner.to_string(),
            library: library.map(|library| library.to_string()).unwrap_or_default(),
            paths,
            assets: going.iter().map(AssetId::to_string).collect(),
        };
        let job = new_job(REMOVE_FILES, &first.to_string(), &removal, self.now());
        writer.enqueue(&job).map(drop)
    }

    /// The job that removes files: see [`Library::purge`].
    pub(crate) fn remove_files(&self, job: &Leased) -> Result<(), JobError> {
        let removal: Removal = serde_json::from_str(&job.payload).map_err(|_| JobError::Payload)?;
        let owner: UserId = removal.owner.parse().map_err(|_| JobError::Payload)?;
        for asset in &removal.assets {
            let asset: AssetId = asset.parse().map_err(|_| JobError::Payload)?;
            self.derived.remove(asset);
            // A file that was on its way to its place when its asset went.
            let _ = std::fs::remove_file(self.uploads.incoming(asset));
            let _ = std::fs::remove_file(self.uploads.incoming_sidecar(asset));
        }
        for path in &removal.paths {
            let library = removal.library.parse().map_err(|_| JobError::Payload)?;
            let path = STANDARD.decode(path).map_err(|_| JobError::Payload)?;
            self.remove_upload(owner, library, &path)?;
        }
        self.write(|writer| writer.complete_job(job))?;
        Ok(())
    }

    /// Removes one uploaded file, unless its path has been given to another asset meanwhile.
    fn remove_upload(
        &self,
        owner: UserId,
        library: LibraryId,
        path: &[u8],
    ) -> Result<(), JobError> {
        let _moving = self.uploads.moving.write().unwrap_or_else(PoisonError::into_inner);
        if self.read(|reader| reader.file_at(owner, library, path))?.is_some() {
            return Ok(());
        }
        let relative = path_from_bytes(path);
        let file = self.uploads.path().join(&relative);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(JobError::Later(format!("{} cannot be removed: {error}", file.display())))
            }
            _ => {
                remove_empty_folders(self.uploads.path(), &relative);
                Ok(())
            }
        }
    }

    /// The daily job that purges what a person put into the trash and has lain there long enough,
    /// and enqueues itself for the next night. What has only vanished stays.
    pub(crate) fn purge_old_trash(&self, job: &Leased) -> Result<(), JobError> {
        let now = self.now();
        let until = now.saturating_sub(TRASH_DAYS * DAY_MICROS);
        for user in self.read(|reader| reader.users())? {
            let long_ago = Span { from: None, to: Some(until) };
            let old = self.read(|reader| reader.assets_trashed(user.id, long_ago))?;
            if !old.is_empty() {
                let assets = self.purge(user.id, &old)?.len();
                tracing::info!(user = %user.id, assets, "old trash is purged");
            }
        }
        let midnight = (now.div_euclid(DAY_MICROS) + 1).saturating_mul(DAY_MICROS);
        self.write(|writer| {
            if writer.complete_job(job)? {
                writer.enqueue(&new_job(PURGE_TRASH, "daily", &(), midnight))?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// The owner's libraries that hold uploads.
fn uploads_of(reader: &mut Reader<'_>, owner: UserId) -> Result<HashSet<LibraryId>, CatalogError> {
    let libraries = reader.libraries_of(owner)?.into_iter();
    let uploads = libraries.filter(|library| library.kind == LibraryKind::Uploads);
    Ok(uploads.map(|library| library.id).collect())
}

/// Removes the folders above a file that hold nothing any more, up to the base.
fn remove_empty_folders(base: &Path, relative: &Path) {
    let folders = relative.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    for folder in folders {
        // A folder that is not empty is not removed.
        if std::fs::remove_dir(base.join(folder)).is_err() {
            return;
        }
    }
}
