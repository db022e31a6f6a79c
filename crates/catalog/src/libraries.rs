//! Libraries: an owner's uploads, and the external folders that are indexed in place.

use diesel::prelude::*;
use kalends_model::{LibraryId, UserId};

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::libraries;
use crate::stored::{Key, StoredId};
use crate::users::expect_one;
use crate::writer::Writer;

/// Where a library's files lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LibraryKind {
    /// In the data folder: what clients sent.
    Uploads,
    /// In a folder that is only read. The path as bytes, since it need not be UTF-8.
    External(Vec<u8>),
}

/// How far the last scan of an external library came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Microseconds since 1970.
    pub started_at: i64,
    /// Microseconds since 1970; `None` while it runs or when it was cut off.
    pub finished_at: Option<i64>,
    /// Files seen so far.
    pub files: u64,
}

/// A library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// The library.
    pub id: LibraryId,
    /// Whose assets lie in it.
    pub owner: UserId,
    /// What it is called.
    pub name: String,
    /// Where its files lie.
    pub kind: LibraryKind,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// When it was put into the trash, in microseconds since 1970.
    pub trashed_at: Option<i64>,
    /// Why nothing of it may move, such as that its folder is gone.
    pub frozen_reason: Option<String>,
    /// The last scan.
    pub scan: Option<Scan>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = libraries)]
#[diesel(treat_none_as_default_value = false)]
struct StoredLibrary {
    owner: Key,
    id: Key,
    name: String,
    folder: Option<Vec<u8>>,
    created_at: i64,
    trashed_at: Option<i64>,
    frozen_reason: Option<String>,
    scan_started_at: Option<i64>,
    scan_finished_at: Option<i64>,
    scan_files: Option<i64>,
}

impl From<StoredLibrary> for Library {
    fn from(stored: StoredLibrary) -> Self {
        Self {
            id: stored.id.as_id(),
            owner: stored.owner.as_id(),
            name: stored.name,
            kind: stored.folder.map_or(LibraryKind::Uploads, LibraryKind::External),
            created_at: stored.created_at,
            trashed_at: stored.trashed_at,
            frozen_reason: stored.frozen_reason,
            scan: stored.scan_started_at.map(|started_at| Scan {
                started_at,
                finished_at: stored.scan_finished_at,
                files: stored.scan_files.unwrap_or_default() as u64,
            }),
        }
    }
}

impl From<&Library> for StoredLibrary {
    fn from(library: &Library) -> Self {
        Self {
            owner: library.owner.key(),
            id: library.id.key(),
            name: library.name.clone(),
            folder: match &library.kind {
                LibraryKind::Uploads => None,
                LibraryKind::External(folder) => Some(folder.clone()),
            },
            created_at: library.created_at,
            trashed_at: library.trashed_at,
            frozen_reason: library.frozen_reason.clone(),
            scan_started_at: library.scan.map(|scan| scan.started_at),
            scan_finished_at: library.scan.and_then(|scan| scan.finished_at),
            scan_files: library.scan.map(|scan| scan.files as i64),
        }
    }
}

impl Reader<'_> {
    /// The library with this id, trashed or not.
    pub fn library(&mut self, id: LibraryId) -> Result<Option<Library>, CatalogError> {
        let stored = libraries::table
            .filter(libraries::id.eq(id.key()))
            .select(StoredLibrary::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(Library::from))
    }

    /// The owner's libraries, trashed ones among them, the oldest first.
    pub fn libraries_of(&mut self, owner: UserId) -> Result<Vec<Library>, CatalogError> {
        let stored = libraries::table
            .filter(libraries::owner.eq(owner.key()))
            .order((libraries::created_at, libraries::id))
            .select(StoredLibrary::as_select())
            .load(self.connection)?;
        Ok(stored.into_iter().map(Library::from).collect())
    }

    /// Every library of every owner, the oldest first.
    pub fn libraries(&mut self) -> Result<Vec<Library>, CatalogError> {
        let stored = libraries::table
            .order((libraries::created_at, libraries::id))
            .select(StoredLibrary::as_select())
            .load(self.connection)?;
        Ok(stored.into_iter().map(Library::from).collect())
    }
}

impl Writer<'_> {
    /// Adds a library.
    pub fn create_library(&mut self, library: &Library) -> Result<(), CatalogError> {
        diesel::insert_into(libraries::table)
            .values(StoredLibrary::from(library))
            .execute(self.connection)
            .map_err(conflict("a library with this id"))?;
        self.raise_grants(library.owner);
        Ok(())
    }

    /// Replaces everything of a library but its owner: its name, folder, trash, freeze and scan.
    pub fn update_library(&mut self, library: &Library) -> Result<(), CatalogError> {
        let stored = StoredLibrary::from(library);
        let changed = diesel::update(libraries::table.find((stored.owner, stored.id)))
            .set((
                libraries::name.eq(stored.name),
                libraries::folder.eq(stored.folder),
                libraries::trashed_at.eq(stored.trashed_at),
                libraries::frozen_reason.eq(stored.frozen_reason),
                libraries::scan_started_at.eq(stored.scan_started_at),
                libraries::scan_finished_at.eq(stored.scan_finished_at),
                libraries::scan_files.eq(stored.scan_files),
            ))
            .execute(self.connection)?;
        self.raise_grants(library.owner);
        expect_one(changed, "library")
    }

    /// Renames a library.
    pub fn rename_library(&mut self, id: LibraryId, name: &str) -> Result<(), CatalogError> {
        let mut library = self.existing_library(id)?;
        library.name = name.to_owned();
        self.update_library(&library)
    }

    /// Puts a library into the trash, now, or takes it out.
    pub fn set_library_trashed(
        &mut self,
        id: LibraryId,
        is_trashed: bool,
    ) -> Result<(), CatalogError> {
        let now = self.now;
        let mut library = self.existing_library(id)?;
        library.trashed_at = is_trashed.then(|| library.trashed_at.unwrap_or(now));
        self.update_library(&library)
    }

    /// Freezes a library for a reason, or thaws it.
    pub fn set_library_frozen(
        &mut self,
        id: LibraryId,
        reason: Option<&str>,
    ) -> Result<(), CatalogError> {
        let mut library = self.existing_library(id)?;
        library.frozen_reason = reason.map(str::to_owned);
        self.update_library(&library)
    }

    /// Notes how far a scan is. Raises no grants: what may be seen is the same.
    pub fn note_scan(&mut self, id: LibraryId, scan: Scan) -> Result<(), CatalogError> {
        let changed = diesel::update(libraries::table.filter(libraries::id.eq(id.key())))
            .set((
                libraries::scan_started_at.eq(scan.started_at),
                libraries::scan_finished_at.eq(scan.finished_at),
                libraries::scan_files.eq(scan.files as i64),
            ))
            .execute(self.connection)?;
        expect_one(changed, "library")
    }

    fn existing_library(&mut self, id: LibraryId) -> Result<Library, CatalogError> {
        self.library(id)?.ok_or(CatalogError::NotFound("library"))
    }
}
