//! External libraries as an administrator keeps them: made, changed, judged, counted and removed.
//!
//! Rows go, files never: removing a library hides it at once, and what it held is forgotten batch
//! by batch in the background (`scan::background`).

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use kalends_catalog::{CatalogError, Import, Library as Kept, LibraryKind, Reader};
use kalends_model::FactMask;
use kalends_model::{Filter, Kind, Leaf, LibraryId, OwnerScope, RowMask, Scope, UserId};
use kalends_timeline::Snapshot;

use crate::folders::{FolderError, import_folders, is_nested, path_bytes};
use crate::library::{Library, ShelfError};
use crate::scan::exclusions;

/// What a library is called when nobody says (contract immich §D4).
pub const DEFAULT_NAME: &str = "New External Library";

/// What is excluded when nobody says: what storage appliances and synchronisers keep beside photos
/// (contract immich §D4).
pub const DEFAULT_EXCLUSIONS: [&str; 6] = [
    "**/@eaDir/**",
    "**/._*",
    "**/#recycle/**",
    "**/#snapshot/**",
    "**/.stversions/**",
    "**/.stfolder/**",
];

/// How many assets of a removed library are forgotten in one transaction.
const FORGOTTEN_MAX: u32 = 500;

/// What a library shall be. What is absent stays, or takes its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LibraryChange {
    /// What it is called.
    pub name: Option<String>,
    /// The folders it indexes.
    pub folders: Option<Vec<String>>,
    /// Patterns of what it passes over.
    pub exclusions: Option<Vec<String>>,
}

/// An external library with the number of its live assets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryView {
    /// The library.
    pub library: Kept,
    /// Assets that are not in the trash and not offline.
    pub asset_count: u64,
}

/// How much a library holds, the trash left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LibraryNumbers {
    /// Photos.
    pub photos: u64,
    /// Videos.
    pub videos: u64,
    /// Bytes of their originals.
    pub bytes: u64,
}

/// Why a library was not made, changed or told of.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// There is no such external library.
    #[error("there is no such external library")]
    Unknown,
    /// There is no such user.
    #[error("there is no such user")]
    NoOwner,
    /// A folder cannot be indexed, and why.
    #[error("{0}: {1}")]
    Folder(String, FolderFault),
    /// A pattern is none, and why.
    #[error("{0} is no pattern: {1}")]
    Pattern(String, String),
    /// The timeline cannot be read.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// What is wrong with a folder that shall be indexed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FolderFault {
    /// The path does not begin at the root.
    #[error("the path is not whole")]
    NotWhole(PathBuf),
    /// There is nothing there.
    #[error("it does not exist")]
    Missing,
    /// It is a file.
    #[error("it is not a folder")]
    NotAFolder,
    /// It cannot be listed.
    #[error("it cannot be read")]
    Unreadable,
    /// It overlaps the data folder.
    #[error("it overlaps the data folder")]
    Data,
    /// It lies inside another folder of the same owner, or around it.
    #[error("it and {} lie one inside the other", .0.display())]
    Nested(PathBuf),
}

impl Library {
    /// All external libraries outside the trash, whoever's they are, the oldest first.
    pub fn external_libraries(&self) -> Result<Vec<LibraryView>, LibraryError> {
        let libraries = self.read(|reader| reader.libraries())?;
        libraries.into_iter().filter(is_shown).map(|library| self.viewed(library)).collect()
    }

    /// One external library.
    pub fn external_library(&self, id: LibraryId) -> Result<LibraryView, LibraryError> {
        let library = self.read(|reader| reader.library(id))?;
        self.viewed(library.filter(is_shown).ok_or(LibraryError::Unknown)?)
    }

    fn viewed(&self, library: Kept) -> Result<LibraryView, LibraryError> {
        let [photos, videos] = self.counts(&library)?;
        Ok(LibraryView { library, asset_count: photos + videos })
    }

    /// Photos and videos of a library that are live, from the timeline.
    fn counts(&self, library: &Kept) -> Result<[u64; 2], LibraryError> {
        let shelf = self.shelf(library.owner)?;
        let rows = RowMask { in_trash: false, ..RowMask::EVERYTHING };
        let owner = OwnerScope { owner: library.owner, rows, hidden: FactMask::NOTHING };
        let snapshot = Snapshot::new(&Scope::new(vec![owner]), [shelf]);
        Ok([Kind::Image, Kind::Video].map(|kind| {
            let parts = vec![Leaf::Library(library.id).into(), Leaf::Kind(kind).into()];
            snapshot.total(&Filter::All(parts))
        }))
    }

    /// How much an external library holds.
    pub fn library_numbers(&self, id: LibraryId) -> Result<LibraryNumbers, LibraryError> {
        let library = self.external_library(id)?.library;
        let [photos, videos] = self.counts(&library)?;
        let bytes = self.read(|reader| reader.bytes_of_library(library.owner, id))?;
        Ok(LibraryNumbers { photos, videos, bytes })
    }

    /// Makes an external library for a user.
    pub fn add_external_library(
        &self,
        owner: UserId,
        change: &LibraryChange,
    ) -> Result<LibraryView, LibraryError> {
        let user = self.read(|reader| reader.user(owner))?;
        if user.is_none_or(|user| user.deleted_at.is_some()) {
            return Err(LibraryError::NoOwner);
        }
        let exclusions = change.exclusions.clone();
        let exclusions =
            exclusions.unwrap_or_else(|| DEFAULT_EXCLUSIONS.map(str::to_owned).to_vec());
        check_patterns(&exclusions)?;
        let folders = change.folders.as_deref().unwrap_or_default();
        let folders = self.checked_folders(owner, None, folders)?;
        let library = Kept::new(
            self.new_id(LibraryId::from_random),
            owner,
            change.name.clone().unwrap_or_else(|| DEFAULT_NAME.to_owned()),
            LibraryKind::External(Import { folders, exclusions }),
            self.now(),
        );
        self.write(|writer| writer.create_library(&library))?;
        self.viewed(library)
    }

    /// Changes an external library. What its folders and exclusions no longer name goes offline
    /// with the next scan.
    pub fn change_external_library(
        &self,
        id: LibraryId,
        change: &LibraryChange,
    ) -> Result<LibraryView, LibraryError> {
        let owner = self.external_library(id)?.library.owner;
        if let Some(patterns) = &change.exclusions {
            check_patterns(patterns)?;
        }
        let folders = match &change.folders {
            Some(folders) => Some(self.checked_folders(owner, Some(id), folders)?),
            None => None,
        };
        let now = self.now();
        let changed = self.write(|writer| {
            let Some(mut library) = writer.library(id)?.filter(is_shown) else { return Ok(None) };
            let LibraryKind::External(import) = &mut library.kind else { return Ok(None) };
            if let Some(folders) = folders {
                import.folders = folders;
            }
            if let Some(exclusions) = &change.exclusions {
                import.exclusions.clone_from(exclusions);
            }
            if let Some(name) = &change.name {
                library.name.clone_from(name);
            }
            library.updated_at = now;
            writer.update_library(&library)?;
            Ok(Some(library))
        })?;
        self.viewed(changed.ok_or(LibraryError::Unknown)?)
    }

    /// What is wrong with each folder as one of this external library's, in their order.
    pub fn judge_folders(
        &self,
        id: LibraryId,
        folders: &[String],
    ) -> Result<Vec<Result<(), FolderFault>>, LibraryError> {
        let owner = self.external_library(id)?.library.owner;
        let others = self.read(|reader| other_folders(reader, owner, Some(id)))?;
        let judge = |folder: &String| self.judge(folder, &others).map(drop);
        Ok(folders.iter().map(judge).collect())
    }

    /// The folders as they are kept, each its one whole path, when all of them can be indexed.
    fn checked_folders(
        &self,
        owner: UserId,
        library: Option<LibraryId>,
        folders: &[String],
    ) -> Result<Vec<Vec<u8>>, LibraryError> {
        let mut known = self.read(|reader| other_folders(reader, owner, library))?;
        let mut checked = Vec::with_capacity(folders.len());
        for folder in folders {
            let fault = |fault| LibraryError::Folder(folder.clone(), fault);
            let whole = self.judge(folder, &known).map_err(fault)?;
            checked.push(path_bytes(&whole).to_vec());
            known.push(whole);
        }
        Ok(checked)
    }

    fn judge(&self, folder: &str, known: &[PathBuf]) -> Result<PathBuf, FolderFault> {
        let path = Path::new(folder);
        if !path.is_absolute() {
            return Err(FolderFault::NotWhole(Path::new("/").join(path)));
        }
        let whole = self.usable_folder(path).map_err(|error| match error {
            FolderError::Unreadable(_, error) if error.kind() == ErrorKind::NotFound => {
                FolderFault::Missing
            }
            FolderError::Unreadable(_, error) if error.kind() == ErrorKind::NotADirectory => {
                FolderFault::NotAFolder
            }
            FolderError::NotAFolder(_) => FolderFault::NotAFolder,
            FolderError::Data(..) => FolderFault::Data,
            _ => FolderFault::Unreadable,
        })?;
        match known.iter().find(|known| is_nested(&whole, known)) {
            Some(known) => Err(FolderFault::Nested(known.clone())),
            None => Ok(whole),
        }
    }

    /// Removes an external library: it is gone from every answer when this returns. Its assets are
    /// forgotten afterwards by [`Library::forget_removed_libraries`]; its files stay.
    pub fn remove_external_library(&self, id: LibraryId) -> Result<(), LibraryError> {
        let removed = self.write(|writer| {
            let is_known = writer.library(id)?.is_some_and(|library| is_shown(&library));
            if is_known {
                writer.set_library_removed(id)?;
            }
            Ok(is_known)
        })?;
        if removed { Ok(()) } else { Err(LibraryError::Unknown) }
    }

    /// Forgets what is left of removed libraries, batch by batch. Waits for a scan that runs: it
    /// may still be adding to one of them.
    pub fn forget_removed_libraries(&self) -> Result<(), CatalogError> {
        self.scan.run(|| self.forget_removed())
    }

    fn forget_removed(&self) -> Result<(), CatalogError> {
        let libraries = self.read(|reader| reader.libraries())?;
        for library in libraries.into_iter().filter(|library| library.is_removed) {
            loop {
                let forgotten = self.write(|writer| {
                    let assets =
                        writer.some_assets_of_library(library.owner, library.id, FORGOTTEN_MAX)?;
                    if assets.is_empty() {
                        writer.delete_library(library.id)?;
                    }
                    writer.delete_assets(library.owner, &assets)
                })?;
                if forgotten.is_empty() {
                    break;
                }
                for asset in forgotten {
                    self.derived.remove(asset);
                }
            }
        }
        Ok(())
    }
}

/// Whether it is an external library that an administrator sees.
fn is_shown(library: &Kept) -> bool {
    library.import().is_some() && library.trashed_at.is_none() && !library.is_removed
}

/// The folders of the owner's libraries other than this one.
fn other_folders(
    reader: &mut Reader<'_>,
    owner: UserId,
    library: Option<LibraryId>,
) -> Result<Vec<PathBuf>, CatalogError> {
    let others = reader.libraries_of(owner)?.into_iter();
    let others = others.filter(|other| Some(other.id) != library && !other.is_removed);
    Ok(others.flat_map(|other| import_folders(&other)).collect())
}

fn check_patterns(patterns: &[String]) -> Result<(), LibraryError> {
    let distinct: BTreeSet<&String> = patterns.iter().collect();
    for pattern in distinct {
        if let Some(fault) = exclusions::fault_of(pattern) {
            return Err(LibraryError::Pattern(pattern.clone(), fault));
        }
    }
    Ok(())
}
