//! Putting the folder of uploads in order after a stop at any moment.

use std::io::{self, ErrorKind};

use kalends_catalog::{CatalogError, FileRole};
use kalends_model::AssetId;

use super::accept::aside;
use super::{INCOMING, place};
use crate::folders::{path_bytes, path_from_bytes};
use crate::jobs;
use crate::library::Library;
use crate::scan::read;

/// What a tidying found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Files of the catalog that had not reached their place.
    pub placed: u64,
    /// Files that had not arrived whole.
    pub removed: u64,
}

impl Library {
    /// Places the incoming files that the catalog knows and removes the others. For the process
    /// that owns the data folder, before it takes anything in.
    pub fn tidy_uploads(&self) -> Result<Tidied, CatalogError> {
        let mut tidied = Tidied::default();
        let entries = match self.uploads.path().join(INCOMING).read_dir() {
            Ok(entries) => entries,
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    tracing::warn!(%error, "the folder of incoming files cannot be listed");
                }
                return Ok(tidied);
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let (id, role) = match name.strip_suffix(".xmp") {
                Some(id) => (id, FileRole::Sidecar),
                None => (name.as_str(), FileRole::Original),
            };
            let is_placed = match id.parse() {
                Ok(asset) => self.place_known(asset, role, &entry.path())?,
                Err(_) => false,
            };
            match is_placed {
                true => tidied.placed += 1,
                false => tidied.removed += u64::from(removed(&entry.path())),
            }
        }
        Ok(tidied)
    }

    /// Moves a file that the catalog knows to where it says. Whether it does.
    fn place_known(
        &self,
        asset: AssetId,
        role: FileRole,
        from: &std::path::Path,
    ) -> Result<bool, CatalogError> {
        let files = self.read(|reader| match reader.owner_of_assets(&[asset])?.first() {
            Some((_, owner)) => reader.files_of_asset(*owner, asset),
            None => Ok(Vec::new()),
        })?;
        let Some((library, file)) = files.into_iter().find(|(_, file)| file.role == role) else {
            return Ok(false);
        };
        let folder = self.uploads.path();
        let mut to = path_from_bytes(&file.path);
        if folder.join(&to).symlink_metadata().is_ok() {
            // It had been linked to its place already; or something else lies there.
            match (read::hash_file(&folder.join(&to)), read::hash_file(from)) {
                (Ok(placed), Ok(waiting)) if placed == waiting => return Ok(false),
                (_, Err(error)) => {
                    tracing::error!(%error, %asset, "an upload cannot be read; it stays where it is");
                    return Ok(true);
                }
                _ => {}
            }
            let other = aside(&to, asset, 0);
            self.write_durably(|writer| {
                let owner = writer.owner_of_assets(&[asset])?.first().map(|(_, owner)| *owner);
                let owner = owner.ok_or(CatalogError::NotFound("asset"))?;
                writer.move_file(owner, library, path_bytes(&to), path_bytes(&other))
            })?;
            to = other;
        }
        let put =
            place::put(folder, from, &to).and_then(|()| place::sync_folder_of(&folder.join(&to)));
        if let Err(error) = put {
            tracing::error!(%error, %asset, "an upload cannot be put in its place");
            return Ok(true);
        }
        // A worker may have looked for it in vain.
        self.write(|writer| {
            let Some((_, owner)) = writer.owner_of_assets(&[asset])?.first().copied() else {
                return Ok(());
            };
            writer.clear_problem(owner, library, path_bytes(&to))?;
            jobs::enqueue_afresh(writer, &jobs::pictures_of(owner, asset, self.now()))
        })?;
        Ok(true)
    }
}

fn removed(path: &std::path::Path) -> bool {
    let outcome: io::Result<()> = std::fs::remove_file(path);
    if let Err(error) = &outcome {
        tracing::warn!(%error, path = %path.display(), "an unfinished upload cannot be removed");
    }
    outcome.is_ok()
}
