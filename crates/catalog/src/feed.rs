//! The change feed and the owners' versions.

use diesel::prelude::*;
use kalends_model::{AssetId, Change, UserId, Version};

use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::schema::{changes, users};
use crate::stored::{Key, Name, StoredId};
use crate::writer::Writer;

/// What the feed has for a reader that stands at some version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feed {
    /// The following changes, in order and without a gap; fewer than the limit when the reader is
    /// then up to date.
    Changes(Vec<Change>),
    /// The feed no longer reaches back that far, or the reader stands at a version that has not
    /// been: it must start afresh.
    Gap,
}

impl Reader<'_> {
    /// The versions of those of `owners` who exist, in the order asked.
    pub fn versions(&mut self, owners: &[UserId]) -> Result<Vec<(UserId, Version)>, CatalogError> {
        let mut found = Vec::with_capacity(owners.len());
        for &owner in owners {
            if let Some(version) = self.version(owner)? {
                found.push((owner, version));
            }
        }
        Ok(found)
    }

    /// The version of one owner.
    pub fn version(&mut self, owner: UserId) -> Result<Option<Version>, CatalogError> {
        let version = users::table
            .find(owner.key())
            .select(users::version)
            .first::<i64>(self.connection)
            .optional()?;
        Ok(version.map(|version| Version(version as u64)))
    }

    /// At most `limit` changes of `owner` that follow `after`.
    pub fn changes_after(
        &mut self,
        owner: UserId,
        after: Version,
        limit: usize,
    ) -> Result<Feed, CatalogError> {
        let current = self.version(owner)?.unwrap_or_default();
        if after > current {
            return Ok(Feed::Gap);
        }
        let rows = changes::table
            .filter(changes::owner.eq(owner.key()))
            .filter(changes::version.gt(after.0 as i64))
            .order(changes::version)
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select((changes::version, changes::kind, changes::assets))
            .load::<(i64, Name<_>, Vec<u8>)>(self.connection)?;
        let mut found = Vec::with_capacity(rows.len());
        for (row, wanted) in rows.into_iter().zip(after.0 + 1..) {
            let (version, kind, assets) = row;
            if version as u64 != wanted {
                return Ok(Feed::Gap);
            }
            let assets = unpack(&assets)?;
            found.push(Change { owner, version: Version(wanted), kind: kind.0, assets });
        }
        let is_pruned = found.is_empty() && after < current && limit > 0;
        Ok(if is_pruned { Feed::Gap } else { Feed::Changes(found) })
    }
}

impl Writer<'_> {
    /// Forgets changes and undo entries from before `before`, in microseconds since 1970. Returns
    /// how many changes.
    pub fn prune_changes(&mut self, before: i64) -> Result<usize, CatalogError> {
        let forgotten = diesel::delete(changes::table.filter(changes::at.lt(before)))
            .execute(self.reader.connection)?;
        Ok(forgotten)
    }

    /// Raises the owner's version by `count`; the version before. Also the owner's lock, where
    /// several write.
    pub(crate) fn raise_version(
        &mut self,
        owner: UserId,
        count: u64,
    ) -> Result<Version, CatalogError> {
        let after = diesel::update(users::table.find(owner.key()))
            .set(users::version.eq(users::version + count as i64))
            .returning(users::version)
            .get_result::<i64>(self.reader.connection)?;
        Ok(Version(after as u64 - count))
    }

    pub(crate) fn append_change(&mut self, change: &Change) -> Result<(), CatalogError> {
        diesel::insert_into(changes::table)
            .values((
                changes::owner.eq(change.owner.key()),
                changes::version.eq(change.version.0 as i64),
                changes::kind.eq(Name(change.kind)),
                changes::at.eq(self.now),
                changes::assets.eq(pack(&change.assets)),
            ))
            .execute(self.reader.connection)?;
        Ok(())
    }
}

fn pack(assets: &[AssetId]) -> Vec<u8> {
    assets.iter().flat_map(|asset| *asset.bytes()).collect()
}

fn unpack(bytes: &[u8]) -> Result<Vec<AssetId>, CatalogError> {
    let (ids, rest) = bytes.as_chunks::<16>();
    if !rest.is_empty() {
        return Err(CatalogError::contradiction("changes", "assets is cut off within an id"));
    }
    Ok(ids.iter().map(|id| Key(*id).as_id()).collect())
}
