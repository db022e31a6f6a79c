//! Doing again what was done when a file came: reading what it says, or making its pictures.
//!
//! What is to be done again is a job, so that it outlives the process.

use kalends_catalog::{
    Card, CatalogError, FileRole, Library as CatalogLibrary, NewFile, Reader, Writer,
};
use kalends_model::{AssetId, Kind, LibraryId, UserId};

use crate::access::assets::require;
use crate::access::{AssetRight, NoAccess};
use crate::file_kind::FileKind;
use crate::folders::{folder_of, path_from_bytes};
use crate::jobs::{JobError, enqueue_afresh, pictures_again_of, reading_of};
use crate::library::Library;
use crate::manners::stepping_back;
use crate::scan::named::Named;
use crate::scan::read::{self, Said};
use crate::scan::walk::{Found, Sidecar, Stamp};
use crate::viewer::Viewer;

/// What is to be done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redo {
    /// Reading what the file says. What a person has set stays.
    Metadata,
    /// Making the pictures.
    Pictures,
}

/// Why nothing is done again.
#[derive(Debug, thiserror::Error)]
pub enum RedoError {
    /// One of the assets does not exist or is not the viewer's.
    #[error(transparent)]
    NoAccess(#[from] NoAccess),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Library {
    /// Has something done again in the background: of all of the assets, or of none when one is not
    /// the viewer's.
    pub fn redo(&self, viewer: &Viewer, ids: &[AssetId], what: Redo) -> Result<(), RedoError> {
        let now = self.now();
        let asked = self.write(|writer| {
            let assets = match require(writer, viewer, AssetRight::Update, ids)? {
                Err(refused) => return Ok(Err(refused)),
                Ok(assets) => assets,
            };
            for asset in assets {
                let job = match what {
                    Redo::Metadata => reading_of(asset.owner, asset.id, now),
                    Redo::Pictures => pictures_again_of(asset.owner, asset.id, now),
                };
                enqueue_afresh(writer, &job)?;
            }
            Ok(Ok(()))
        })?;
        self.wake_workers();
        Ok(asked?)
    }

    /// Reads once more what the file of an asset says. `done` runs in the transaction that records
    /// it, also when the asset or its file has gone meanwhile.
    pub(crate) fn read_again(
        &self,
        owner: UserId,
        asset: AssetId,
        done: impl FnOnce(&mut Writer<'_>) -> Result<(), CatalogError>,
    ) -> Result<(), JobError> {
        let Some(known) = self.read(|reader| known(reader, owner, asset))? else {
            return Ok(self.write(done)?);
        };
        let folder = folder_of(self.data(), &known.library);
        self.uploads.wait_for(&folder.join(&known.found.path));
        if let Some(sidecar) = &known.found.sidecar {
            self.uploads.wait_for(&folder.join(&sidecar.path));
        }
        let said = stepping_back(|| read::read(&folder, &known.found));
        let is_done = self.write(|writer| {
            match self::known(writer, owner, asset)? {
                // A scan has found another file there, or another name for it.
                Some(now) if now.found != known.found => return Ok(false),
                Some(now) => self.record(writer, &now.card, &now.found, said)?,
                None => {}
            }
            done(writer)?;
            Ok(true)
        })?;
        match is_done {
            true => Ok(()),
            false => Err(JobError::Later("the file has changed meanwhile".to_owned())),
        }
    }

    fn record(
        &self,
        writer: &mut Writer<'_>,
        card: &Card,
        found: &Found,
        said: Result<Said, String>,
    ) -> Result<(), CatalogError> {
        let Some(original) = &card.original else { return Ok(()) };
        let said = match said {
            Ok(said) => said,
            Err(reason) => {
                return writer.note_problem(card.owner, card.library, &original.path, &reason);
            }
        };
        writer.clear_problem(card.owner, card.library, &original.path)?;
        let by_file = || read::modification_time(found.stamp);
        let fallback = card.details.fallback.unwrap_or_else(by_file);
        let mut facts = read::catalog_facts(&said.facts, &card.details.file_name, fallback);
        if facts.kind == Kind::Video {
            facts.duration_ms = facts.duration_ms.or(card.duration_ms);
        }
        writer.update_facts(card.owner, card.id, &facts)?;
        if let Some(hashes) = said.hashes {
            writer.set_hashes(card.owner, card.id, &hashes.sha1, &hashes.sha256)?;
        }
        Named::new(self, card.owner).put(writer, card.id, &said.facts)
    }
}

/// What the catalog knows of an asset whose file is there.
struct Known {
    card: Card,
    library: CatalogLibrary,
    found: Found,
}

fn known(
    reader: &mut Reader<'_>,
    owner: UserId,
    asset: AssetId,
) -> Result<Option<Known>, CatalogError> {
    let card = reader.card(asset)?.filter(|card| card.owner == owner);
    let Some(card) = card.filter(|card| card.offline_at.is_none()) else { return Ok(None) };
    let files = reader.files_of_asset(owner, asset)?;
    let library = reader.library(card.library)?;
    Ok(library.zip(found_of(&files)).map(|(library, found)| Known { card, library, found }))
}

/// The original with its sidecar, as a walk would have found them.
fn found_of(files: &[(LibraryId, NewFile)]) -> Option<Found> {
    let of_role = |role| files.iter().map(|(_, file)| file).find(|file| file.role == role);
    let stamp = |file: &NewFile| Stamp { size_bytes: file.size, modified_ns: file.mtime_ns };
    let original = of_role(FileRole::Original)?;
    let path = path_from_bytes(&original.path);
    Some(Found {
        kind: FileKind::of_name(&path.file_name()?.to_string_lossy())?,
        path,
        stamp: stamp(original),
        inode: None,
        sidecar: of_role(FileRole::Sidecar)
            .map(|file| Sidecar { path: path_from_bytes(&file.path), stamp: stamp(file) }),
    })
}
