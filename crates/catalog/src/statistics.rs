//! Numbers over the whole catalog, for people who look after it. They read whole indexes: they are
//! for a command, not for a request.

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kalends_model::{AssetId, Kind, LibraryId, UserId};

use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::schema::{assets, details, files};
use crate::stored::{Key, Name, StoredId, exactly, ids};

/// What one library holds of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LibraryCount {
    /// Whose.
    pub owner: UserId,
    /// Which library.
    pub library: LibraryId,
    /// Photos or videos.
    pub kind: Kind,
    /// How many assets, in the trash or not.
    pub assets: u64,
}

/// Numbers over the whole catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// By owner, library and kind.
    pub assets: Vec<LibraryCount>,
    /// Bytes of the files that are known, by owner and library.
    pub file_bytes: Vec<(UserId, LibraryId, u64)>,
}

/// Assets of one owner whose originals are the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateGroup {
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// At least two, ascending.
    pub assets: Vec<AssetId>,
}

impl Reader<'_> {
    /// Numbers over the whole catalog. What it takes on the disk says
    /// [`Catalog::disk_bytes`](crate::Catalog::disk_bytes).
    pub fn statistics(&mut self) -> Result<Statistics, CatalogError> {
        let counts = assets::table
            .group_by((assets::owner, assets::library, assets::kind))
            .order((assets::owner, assets::library, assets::kind))
            .select((assets::owner, assets::library, assets::kind, count_star()))
            .load::<(Key, Key, Name<Kind>, i64)>(self.connection)?;
        let counts = counts.into_iter().map(|(owner, library, kind, assets)| LibraryCount {
            owner: owner.as_id(),
            library: library.as_id(),
            kind: kind.0,
            assets: assets as u64,
        });
        Ok(Statistics { assets: counts.collect(), file_bytes: self.file_bytes()? })
    }

    fn file_bytes(&mut self) -> Result<Vec<(UserId, LibraryId, u64)>, CatalogError> {
        // The sum of big integers would be a decimal elsewhere; here it is wanted as bytes.
        let rows = files::table
            .group_by((files::owner, files::library))
            .order((files::owner, files::library))
            .select((files::owner, files::library, sql::<BigInt>("CAST(SUM(size) AS BIGINT)")))
            .load::<(Key, Key, i64)>(self.connection)?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|(owner, library, size)| (owner.as_id(), library.as_id(), size as u64))
            .collect())
    }

    /// The owner's assets with the same bytes, by those bytes' hash.
    pub fn duplicates_of(&mut self, owner: UserId) -> Result<Vec<DuplicateGroup>, CatalogError> {
        let hashes = details::table
            .filter(details::owner.eq(owner.key()))
            .filter(details::sha256.is_not_null())
            .group_by(details::sha256)
            .having(count_star().gt(1))
            .order(details::sha256)
            .select(details::sha256.assume_not_null())
            .load::<Vec<u8>>(self.connection)?;
        let mut groups = Vec::with_capacity(hashes.len());
        for hash in hashes {
            let same = details::table
                .filter(details::owner.eq(owner.key()))
                .filter(details::sha256.eq(&hash))
                .order(details::asset)
                .select(details::asset)
                .load::<Key>(self.connection)?;
            groups.push(DuplicateGroup { sha256: exactly("details", &hash)?, assets: ids(same) });
        }
        Ok(groups)
    }
}
