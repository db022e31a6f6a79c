//! Files of external folders whose assets have been removed for good.
//!
//! Nothing deletes such a file, so the next scan would bring its asset back. A person who has removed
//! it for good does not want that: while the file is there it is passed over, and once a scan no
//! longer meets it, it is forgotten.

use std::collections::{BTreeMap, HashSet};

use diesel::prelude::*;
use kalends_model::{AssetId, LibraryId, UserId};

use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::files::FileRole;
use crate::libraries::LibraryKind;
use crate::schema::{files, removed_files};
use crate::stored::{Key, Name, StoredId};
use crate::writer::Writer;

/// How many rows one statement asks for.
const ASKED_MAX: usize = 500;

impl Reader<'_> {
    /// The paths of a library that a scan passes over, because their assets were removed for good.
    pub fn removed_files(
        &mut self,
        owner: UserId,
        library: LibraryId,
    ) -> Result<HashSet<Vec<u8>>, CatalogError> {
        let paths = removed_files::table
            .filter(removed_files::owner.eq(owner.key()))
            .filter(removed_files::library.eq(library.key()))
            .select(removed_files::path)
            .load::<Vec<u8>>(self.connection)?;
        Ok(paths.into_iter().collect())
    }
}

impl Writer<'_> {
    /// Forgets that these files were removed: they are no longer there.
    pub fn forget_removed(
        &mut self,
        owner: UserId,
        library: LibraryId,
        paths: &[Vec<u8>],
    ) -> Result<(), CatalogError> {
        for path in paths {
            let row = removed_files::table.find((owner.key(), library.key(), path));
            diesel::delete(row).execute(self.connection)?;
        }
        Ok(())
    }

    /// Remembers the originals of these assets that lie in external folders.
    pub(crate) fn remember_removed(
        &mut self,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<(), CatalogError> {
        let libraries = self.libraries_of(owner)?.into_iter();
        let uploads: HashSet<LibraryId> = libraries
            .filter(|library| library.kind == LibraryKind::Uploads)
            .map(|library| library.id)
            .collect();
        for asked in assets.chunks(ASKED_MAX) {
            let keys: Vec<Key> = asked.iter().map(|id| id.key()).collect();
            let originals = files::table
                .filter(files::owner.eq(owner.key()))
                .filter(files::asset.eq_any(keys))
                .filter(files::role.eq(Name(FileRole::Original)))
                .select((files::library, files::path))
                .load::<(Key, Vec<u8>)>(self.connection)?;
            let mut external: BTreeMap<Key, Vec<Vec<u8>>> = BTreeMap::new();
            for (library, path) in originals {
                if !uploads.contains(&library.as_id()) {
                    external.entry(library).or_default().push(path);
                }
            }
            for (library, paths) in external {
                self.note_removed(owner, library, &paths)?;
            }
        }
        Ok(())
    }

    fn note_removed(
        &mut self,
        owner: UserId,
        library: Key,
        paths: &[Vec<u8>],
    ) -> Result<(), CatalogError> {
        for path in paths {
            diesel::insert_into(removed_files::table)
                .values((
                    removed_files::owner.eq(owner.key()),
                    removed_files::library.eq(library),
                    removed_files::path.eq(path),
                    removed_files::removed_at.eq(self.now),
                ))
                .on_conflict_do_nothing()
                .execute(self.connection)?;
        }
        Ok(())
    }
}
