//! Reading records, one at a time, and the list of files.

use diesel::prelude::*;
use kalends_model::{AssetId, LibraryId, UserId};

use super::{Column, Table, Value};
use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::files::FileRole;
use crate::schema::{details, files};
use crate::sqlite::loose;
use crate::stored::{Key, Name, StoredId, exactly};

impl Reader<'_> {
    /// Hands every record of a kind to `each`, ascending by what names it; the values are in the
    /// order of the table's columns. Ends when `each` fails, with its error.
    pub fn for_each_record(
        &mut self,
        table: &Table,
        each: &mut dyn FnMut(&[Value]) -> Result<(), CatalogError>,
    ) -> Result<(), CatalogError> {
        loose::for_each_row(self.connection, &select(table), each)
    }

    /// How many records of a kind there are.
    pub fn record_count(&mut self, table: &Table) -> Result<u64, CatalogError> {
        loose::number(self.connection, &format!("SELECT count(*) FROM {}", table.name))
            .map(|count| count as u64)
    }
}

fn select(table: &Table) -> String {
    let column = |column: &Column| match column.is_beside {
        false => format!("a.\"{}\"", column.name),
        true => format!("b.\"{}\"", column.name),
    };
    let columns: Vec<String> = table.columns.iter().map(column).collect();
    let beside = table.beside.map_or(String::new(), |(name, id)| {
        format!(" JOIN {name} AS b ON b.owner = a.owner AND b.\"{id}\" = a.id")
    });
    let order: Vec<String> = table.key.iter().map(|name| format!("a.\"{name}\"")).collect();
    format!(
        "SELECT {} FROM {} AS a{beside} ORDER BY {}",
        columns.join(", "),
        table.name,
        order.join(", ")
    )
}

/// A file that lies behind an asset, as far as copying it needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedFile {
    /// Whose asset.
    pub owner: UserId,
    /// The library that it lies in.
    pub library: LibraryId,
    /// Where it lies in the library.
    pub path: Vec<u8>,
    /// The asset.
    pub asset: AssetId,
    /// What it is to the asset.
    pub role: FileRole,
    /// In bytes.
    pub size: u64,
    /// Time of modification, in nanoseconds since 1970.
    pub mtime_ns: i64,
    /// SHA-256 of its bytes, where it is known: that of an original.
    pub sha256: Option<[u8; 32]>,
}

type StoredFile = (Key, Key, Vec<u8>, Key, Name<FileRole>, i64, i64, Option<Vec<u8>>);

impl Reader<'_> {
    /// At most `limit` files of all libraries that follow `after`, ascending by owner, library and
    /// path.
    pub fn carried_files_after(
        &mut self,
        after: Option<&CarriedFile>,
        limit: usize,
    ) -> Result<Vec<CarriedFile>, CatalogError> {
        let mut query = files::table
            .inner_join(
                details::table
                    .on(details::owner.eq(files::owner).and(details::asset.eq(files::asset))),
            )
            .order((files::owner, files::library, files::path))
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select((
                files::owner,
                files::library,
                files::path,
                files::asset,
                files::role,
                files::size,
                files::mtime_ns,
                details::sha256,
            ))
            .into_boxed();
        if let Some(after) = after {
            let (owner, library) = (after.owner.key(), after.library.key());
            let later_path = files::library.eq(library).and(files::path.gt(after.path.clone()));
            let later_library = files::library.gt(library).or(later_path);
            query =
                query.filter(files::owner.gt(owner).or(files::owner.eq(owner).and(later_library)));
        }
        let rows = query.load::<StoredFile>(self.connection)?;
        let carried = |row: StoredFile| {
            let (owner, library, path, asset, role, size, mtime_ns, sha256) = row;
            let sha256 = sha256.filter(|_| role.0 == FileRole::Original);
            Ok(CarriedFile {
                owner: owner.as_id(),
                library: library.as_id(),
                path,
                asset: asset.as_id(),
                role: role.0,
                size: size as u64,
                mtime_ns,
                sha256: sha256.map(|hash| exactly("details", &hash)).transpose()?,
            })
        };
        rows.into_iter().map(carried).collect()
    }
}
