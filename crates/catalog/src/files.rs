//! The files behind the assets, what a scan must know of them, and the files that could not be read.

use std::collections::HashMap;

use diesel::prelude::*;
use kalends_model::{AssetId, LibraryId, UserId};

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::{files, problems};
use crate::stored::{Key, Name, StoredId, stored_names};
use crate::writer::Writer;

/// What a file is to its asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileRole {
    /// The photo or video itself.
    Original,
    /// A file beside it that says more about it.
    Sidecar,
}

stored_names!(FileRole { Original = "original", Sidecar = "sidecar" });

/// A file as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Relative to the library's folder. Bytes, since names need not be UTF-8.
    pub path: Vec<u8>,
    /// What it is to its asset.
    pub role: FileRole,
    /// In bytes.
    pub size: u64,
    /// Time of modification, in nanoseconds since 1970.
    pub mtime_ns: i64,
    /// The file's number on its device, where there is such a thing.
    pub inode: Option<u64>,
    /// The device's number.
    pub device: Option<u64>,
}

/// What a scan compares a file with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// Whose file it is.
    pub asset: AssetId,
    /// What it is to the asset.
    pub role: FileRole,
    /// In bytes.
    pub size: u64,
    /// Nanoseconds since 1970.
    pub mtime_ns: i64,
    /// The file's number on its device.
    pub inode: Option<u64>,
    /// The device's number.
    pub device: Option<u64>,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Relative to the library's folder.
    pub path: Vec<u8>,
    /// Why, in a sentence.
    pub reason: String,
    /// When it was last seen, in microseconds since 1970.
    pub seen_at: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = files)]
#[diesel(treat_none_as_default_value = false)]
struct StoredFile {
    path: Vec<u8>,
    asset: Key,
    role: Name<FileRole>,
    size: i64,
    mtime_ns: i64,
    inode: Option<i64>,
    device: Option<i64>,
}

impl StoredFile {
    fn known(&self) -> KnownFile {
        KnownFile {
            asset: self.asset.as_id(),
            role: self.role.0,
            size: self.size as u64,
            mtime_ns: self.mtime_ns,
            inode: self.inode.map(|inode| inode as u64),
            device: self.device.map(|device| device as u64),
        }
    }
}

impl Reader<'_> {
    /// Every file of a library by its path. About 200 bytes of memory for each.
    pub fn files_of_library(
        &mut self,
        owner: UserId,
        library: LibraryId,
    ) -> Result<HashMap<Vec<u8>, KnownFile>, CatalogError> {
        let rows = files::table
            .filter(files::owner.eq(owner.key()))
            .filter(files::library.eq(library.key()))
            .select(StoredFile::as_select())
            .load_iter::<StoredFile, _>(self.connection)?;
        let mut known = HashMap::new();
        for row in rows {
            let row = row?;
            let file = row.known();
            known.insert(row.path, file);
        }
        Ok(known)
    }

    /// The files of one asset with their library, the original first.
    pub fn files_of_asset(
        &mut self,
        owner: UserId,
        asset: AssetId,
    ) -> Result<Vec<(LibraryId, NewFile)>, CatalogError> {
        let rows = files::table
            .filter(files::owner.eq(owner.key()))
            .filter(files::asset.eq(asset.key()))
            .order((files::role, files::path))
            .select((files::library, StoredFile::as_select()))
            .load::<(Key, StoredFile)>(self.connection)?;
        let with_library = rows.into_iter().map(|(library, file)| {
            let known = file.known();
            let file = NewFile {
                path: file.path,
                role: known.role,
                size: known.size,
                mtime_ns: known.mtime_ns,
                inode: known.inode,
                device: known.device,
            };
            (library.as_id(), file)
        });
        Ok(with_library.collect())
    }

    /// The file at `path` of a library.
    pub fn file_at(
        &mut self,
        owner: UserId,
        library: LibraryId,
        path: &[u8],
    ) -> Result<Option<KnownFile>, CatalogError> {
        let stored = files::table
            .find((owner.key(), library.key(), path))
            .select(StoredFile::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(|file| file.known()))
    }

    /// The files of a library that could not be read, by path; at most `limit`.
    pub fn problems_of(
        &mut self,
        owner: UserId,
        library: LibraryId,
        limit: usize,
    ) -> Result<Vec<Problem>, CatalogError> {
        let rows = problems::table
            .filter(problems::owner.eq(owner.key()))
            .filter(problems::library.eq(library.key()))
            .order(problems::path)
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select((problems::path, problems::reason, problems::seen_at))
            .load::<(Vec<u8>, String, i64)>(self.connection)?;
        let rows = rows.into_iter();
        Ok(rows.map(|(path, reason, seen_at)| Problem { path, reason, seen_at }).collect())
    }

    /// How many files of a library could not be read.
    pub fn problem_count(
        &mut self,
        owner: UserId,
        library: LibraryId,
    ) -> Result<u64, CatalogError> {
        let count = problems::table
            .filter(problems::owner.eq(owner.key()))
            .filter(problems::library.eq(library.key()))
            .count()
            .get_result::<i64>(self.connection)?;
        Ok(count as u64)
    }
}

impl Writer<'_> {
    /// Records a file of an asset, in the place of what was known at its path.
    pub fn put_file(
        &mut self,
        owner: UserId,
        library: LibraryId,
        asset: AssetId,
        file: &NewFile,
    ) -> Result<(), CatalogError> {
        let path = file.path.as_slice();
        diesel::delete(files::table.find((owner.key(), library.key(), path)))
            .execute(self.connection)?;
        self.insert_file(owner, library, asset, file)
    }

    pub(crate) fn insert_file(
        &mut self,
        owner: UserId,
        library: LibraryId,
        asset: AssetId,
        file: &NewFile,
    ) -> Result<(), CatalogError> {
        let stored = StoredFile {
            path: file.path.clone(),
            asset: asset.key(),
            role: Name(file.role),
            size: file.size as i64,
            mtime_ns: file.mtime_ns,
            inode: file.inode.map(|inode| inode as i64),
            device: file.device.map(|device| device as i64),
        };
        diesel::insert_into(files::table)
            .values((files::owner.eq(owner.key()), files::library.eq(library.key()), stored))
            .execute(self.connection)
            .map_err(conflict("a file at this path"))?;
        Ok(())
    }

    /// Forgets the file at `path`; the asset stays. Whether there was one.
    pub fn forget_file(
        &mut self,
        owner: UserId,
        library: LibraryId,
        path: &[u8],
    ) -> Result<bool, CatalogError> {
        let forgotten = diesel::delete(files::table.find((owner.key(), library.key(), path)))
            .execute(self.connection)?;
        Ok(forgotten > 0)
    }

    /// Records a file that could not be read, in the place of what was recorded before.
    pub fn note_problem(
        &mut self,
        owner: UserId,
        library: LibraryId,
        path: &[u8],
        reason: &str,
    ) -> Result<(), CatalogError> {
        let key = (owner.key(), library.key(), path);
        diesel::delete(problems::table.find(key)).execute(self.connection)?;
        diesel::insert_into(problems::table)
            .values((
                problems::owner.eq(owner.key()),
                problems::library.eq(library.key()),
                problems::path.eq(path),
                problems::reason.eq(reason),
                problems::seen_at.eq(self.now),
            ))
            .execute(self.connection)
            .map_err(conflict("a problem at this path"))?;
        Ok(())
    }

    /// Forgets the problem of one file, which has since been read.
    pub fn clear_problem(
        &mut self,
        owner: UserId,
        library: LibraryId,
        path: &[u8],
    ) -> Result<(), CatalogError> {
        diesel::delete(problems::table.find((owner.key(), library.key(), path)))
            .execute(self.connection)?;
        Ok(())
    }

    /// Forgets the problems of a library that were last seen before `before`: those that a scan,
    /// begun then, no longer met. Returns how many.
    pub fn prune_problems(
        &mut self,
        owner: UserId,
        library: LibraryId,
        before: i64,
    ) -> Result<usize, CatalogError> {
        let old = problems::table
            .filter(problems::owner.eq(owner.key()))
            .filter(problems::library.eq(library.key()))
            .filter(problems::seen_at.lt(before));
        Ok(diesel::delete(old).execute(self.connection)?)
    }
}
