//! Libraries: an owner's uploads, and external folders that are indexed in place.
//!
//! An external library has any number of folders. The paths of its files are whole ones, so that a
//! file is the same wherever its folder stands in the list.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kalends_model::{AssetId, LibraryId, UserId};

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::files::FileRole;
use crate::schema::{assets, files, libraries, library_folders};
use crate::stored::{Key, Name, StoredId, ids, stored_names};
use crate::users::expect_one;
use crate::writer::Writer;

/// Where a library's files lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LibraryKind {
    /// In the data folder: what clients sent.
    Uploads,
    /// In folders that are only read.
    External(Import),
}

/// What an external library indexes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// Whole paths of folders, none inside another. As bytes, since they need not be UTF-8.
    pub folders: Vec<Vec<u8>>,
    /// Patterns of paths that are passed over, such as `**/@eaDir/**`.
    pub exclusions: Vec<String>,
}

impl Import {
    /// Of one folder, without exclusions.
    pub fn of(folder: Vec<u8>) -> Self {
        Self { folders: vec![folder], exclusions: Vec::new() }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum StoredKind {
    Uploads,
    External,
}

stored_names!(StoredKind { Uploads = "uploads", External = "external" });

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
    /// When its name, folders or exclusions were last changed, in microseconds since 1970.
    pub updated_at: i64,
    /// Whether it has been removed: nobody sees it any more, and what is left of it is going.
    pub is_removed: bool,
}

impl Library {
    /// A library as it is when it is made.
    pub fn new(
        id: LibraryId,
        owner: UserId,
        name: String,
        kind: LibraryKind,
        created_at: i64,
    ) -> Self {
        Self {
            id,
            owner,
            name,
            kind,
            created_at,
            trashed_at: None,
            frozen_reason: None,
            scan: None,
            updated_at: created_at,
            is_removed: false,
        }
    }

    /// What it indexes; `None` for uploads.
    pub fn import(&self) -> Option<&Import> {
        match &self.kind {
            LibraryKind::Uploads => None,
            LibraryKind::External(import) => Some(import),
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = libraries)]
#[diesel(treat_none_as_default_value = false)]
struct StoredLibrary {
    owner: Key,
    id: Key,
    name: String,
    created_at: i64,
    trashed_at: Option<i64>,
    frozen_reason: Option<String>,
    scan_started_at: Option<i64>,
    scan_finished_at: Option<i64>,
    scan_files: Option<i64>,
    kind: Name<StoredKind>,
    exclusions: String,
    updated_at: i64,
    is_removed: bool,
}

impl StoredLibrary {
    fn with_folders(self, folders: Vec<Vec<u8>>) -> Result<Library, CatalogError> {
        let kind = match self.kind.0 {
            StoredKind::Uploads => LibraryKind::Uploads,
            StoredKind::External => {
                let exclusions = serde_json::from_str(&self.exclusions)
                    .map_err(|e| CatalogError::contradiction("libraries", e.to_string()))?;
                LibraryKind::External(Import { folders, exclusions })
            }
        };
        Ok(Library {
            id: self.id.as_id(),
            owner: self.owner.as_id(),
            name: self.name,
            kind,
            created_at: self.created_at,
            trashed_at: self.trashed_at,
            frozen_reason: self.frozen_reason,
            scan: self.scan_started_at.map(|started_at| Scan {
                started_at,
                finished_at: self.scan_finished_at,
                files: self.scan_files.unwrap_or_default() as u64,
            }),
            updated_at: self.updated_at,
            is_removed: self.is_removed,
        })
    }
}

impl From<&Library> for StoredLibrary {
    fn from(library: &Library) -> Self {
        Self {
            owner: library.owner.key(),
            id: library.id.key(),
            name: library.name.clone(),
            created_at: library.created_at,
            trashed_at: library.trashed_at,
            frozen_reason: library.frozen_reason.clone(),
            scan_started_at: library.scan.map(|scan| scan.started_at),
            scan_finished_at: library.scan.and_then(|scan| scan.finished_at),
            scan_files: library.scan.map(|scan| scan.files as i64),
            kind: Name(match library.kind {
                LibraryKind::Uploads => StoredKind::Uploads,
                LibraryKind::External(_) => StoredKind::External,
            }),
            exclusions: library.import().map_or_else(
                || "[]".to_owned(),
                |import| serde_json::Value::from(import.exclusions.clone()).to_string(),
            ),
            updated_at: library.updated_at,
            is_removed: library.is_removed,
        }
    }
}

impl Reader<'_> {
    /// The library with this id, trashed or not.
    pub fn library(&mut self, id: LibraryId) -> Result<Option<Library>, CatalogError> {
        let stored = libraries::table
            .filter(libraries::id.eq(id.key()))
            .select(StoredLibrary::as_select())
            .load(self.connection)?;
        Ok(self.with_folders(stored)?.pop())
    }

    /// The owner's libraries, trashed ones among them, the oldest first.
    pub fn libraries_of(&mut self, owner: UserId) -> Result<Vec<Library>, CatalogError> {
        let stored = libraries::table
            .filter(libraries::owner.eq(owner.key()))
            .order((libraries::created_at, libraries::id))
            .select(StoredLibrary::as_select())
            .load(self.connection)?;
        self.with_folders(stored)
    }

    /// Every library of every owner, the oldest first.
    pub fn libraries(&mut self) -> Result<Vec<Library>, CatalogError> {
        let stored = libraries::table
            .order((libraries::created_at, libraries::id))
            .select(StoredLibrary::as_select())
            .load(self.connection)?;
        self.with_folders(stored)
    }

    fn with_folders(&mut self, stored: Vec<StoredLibrary>) -> Result<Vec<Library>, CatalogError> {
        let owners: Vec<Key> = stored.iter().map(|library| library.owner).collect();
        let rows = library_folders::table
            .filter(library_folders::owner.eq_any(owners))
            .order((library_folders::owner, library_folders::library, library_folders::ordinal))
            .select((library_folders::library, library_folders::folder))
            .load::<(Key, Vec<u8>)>(self.connection)?;
        let mut folders: HashMap<Key, Vec<Vec<u8>>> = HashMap::new();
        for (library, folder) in rows {
            folders.entry(library).or_default().push(folder);
        }
        let library = |stored: StoredLibrary| {
            let folders = folders.remove(&stored.id).unwrap_or_default();
            stored.with_folders(folders)
        };
        stored.into_iter().map(library).collect()
    }

    /// Some assets of a library, at most `limit`; none when it holds none.
    pub fn some_assets_of_library(
        &mut self,
        owner: UserId,
        library: LibraryId,
        limit: u32,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let of_files = files::table
            .filter(files::owner.eq(owner.key()))
            .filter(files::library.eq(library.key()))
            .select(files::asset)
            .limit(i64::from(limit))
            .load::<Key>(self.connection)?;
        if !of_files.is_empty() {
            let mut found: Vec<AssetId> = ids(of_files);
            found.sort_unstable();
            found.dedup();
            return Ok(found);
        }
        let without_files = assets::table
            .filter(assets::owner.eq(owner.key()))
            .filter(assets::library.eq(library.key()))
            .select(assets::id)
            .limit(i64::from(limit))
            .load::<Key>(self.connection)?;
        Ok(ids(without_files))
    }

    /// Bytes of the originals of a library's assets that are not in the trash and not offline.
    pub fn bytes_of_library(
        &mut self,
        owner: UserId,
        library: LibraryId,
    ) -> Result<u64, CatalogError> {
        let of_files = files::owner.eq(assets::owner).and(files::asset.eq(assets::id));
        // The sum of big integers would be a decimal elsewhere; here it is wanted as bytes.
        let bytes = files::table
            .inner_join(assets::table.on(of_files))
            .filter(files::owner.eq(owner.key()))
            .filter(files::library.eq(library.key()))
            .filter(files::role.eq(Name(FileRole::Original)))
            .filter(assets::trashed_at.is_null())
            .filter(assets::offline_at.is_null())
            .select(sql::<BigInt>("CAST(COALESCE(SUM(size), 0) AS BIGINT)"))
            .first::<i64>(self.connection)?;
        Ok(bytes as u64)
    }
}

impl Writer<'_> {
    /// Adds a library.
    pub fn create_library(&mut self, library: &Library) -> Result<(), CatalogError> {
        diesel::insert_into(libraries::table)
            .values(StoredLibrary::from(library))
            .execute(self.connection)
            .map_err(conflict("a library with this id"))?;
        self.put_folders(library)?;
        self.raise_grants(library.owner);
        Ok(())
    }

    /// Replaces everything of a library but its owner and kind: its name, folders, exclusions,
    /// trash, freeze and scan.
    pub fn update_library(&mut self, library: &Library) -> Result<(), CatalogError> {
        let stored = StoredLibrary::from(library);
        let changed = diesel::update(libraries::table.find((stored.owner, stored.id)))
            .set((
                libraries::name.eq(stored.name),
                libraries::exclusions.eq(stored.exclusions),
                libraries::trashed_at.eq(stored.trashed_at),
                libraries::frozen_reason.eq(stored.frozen_reason),
                libraries::scan_started_at.eq(stored.scan_started_at),
                libraries::scan_finished_at.eq(stored.scan_finished_at),
                libraries::scan_files.eq(stored.scan_files),
                libraries::updated_at.eq(stored.updated_at),
                libraries::is_removed.eq(stored.is_removed),
            ))
            .execute(self.connection)?;
        let of_library = library_folders::table
            .filter(library_folders::owner.eq(stored.owner))
            .filter(library_folders::library.eq(stored.id));
        diesel::delete(of_library).execute(self.connection)?;
        self.put_folders(library)?;
        self.raise_grants(library.owner);
        expect_one(changed, "library")
    }

    fn put_folders(&mut self, library: &Library) -> Result<(), CatalogError> {
        let folders = library.import().map_or(&[][..], |import| &import.folders);
        for (folder, ordinal) in folders.iter().zip(0_i32..) {
            diesel::insert_into(library_folders::table)
                .values((
                    library_folders::owner.eq(library.owner.key()),
                    library_folders::library.eq(library.id.key()),
                    library_folders::ordinal.eq(ordinal),
                    library_folders::folder.eq(folder),
                ))
                .execute(self.connection)
                .map_err(conflict("this folder of the library"))?;
        }
        Ok(())
    }

    /// Says that a library is removed: nobody sees it any more, from now on.
    pub fn set_library_removed(&mut self, id: LibraryId) -> Result<(), CatalogError> {
        let now = self.now;
        let mut library = self.existing_library(id)?;
        library.trashed_at = library.trashed_at.or(Some(now));
        library.is_removed = true;
        self.update_library(&library)
    }

    /// Forgets a library that holds no assets any more, with its problems.
    pub fn delete_library(&mut self, id: LibraryId) -> Result<(), CatalogError> {
        let library = self.existing_library(id)?;
        diesel::delete(libraries::table.find((library.owner.key(), id.key())))
            .execute(self.connection)
            .map_err(conflict("this library"))?;
        self.raise_grants(library.owner);
        Ok(())
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
