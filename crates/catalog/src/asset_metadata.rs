//! What clients keep beside an asset: JSON objects under names of their own (contract immich §D9,
//! `/assets/{id}/metadata`).

use diesel::prelude::*;
use kalends_model::{AssetId, UserId};

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::asset_metadata;
use crate::stored::StoredId;
use crate::writer::Writer;

/// One thing that a client keeps beside an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetMetadata {
    /// Its name.
    pub key: String,
    /// A JSON object, as text.
    pub value: String,
    /// When it was last set, in microseconds since 1970.
    pub updated_at: i64,
}

impl Reader<'_> {
    /// Everything that is kept beside an asset, by key.
    pub fn asset_metadata(
        &mut self,
        owner: UserId,
        asset: AssetId,
    ) -> Result<Vec<AssetMetadata>, CatalogError> {
        let rows = asset_metadata::table
            .filter(asset_metadata::owner.eq(owner.key()))
            .filter(asset_metadata::asset.eq(asset.key()))
            .order(asset_metadata::key)
            .select((asset_metadata::key, asset_metadata::value, asset_metadata::updated_at))
            .load::<(String, String, i64)>(self.connection)?;
        let rows = rows.into_iter();
        Ok(rows.map(|(key, value, updated_at)| AssetMetadata { key, value, updated_at }).collect())
    }
}

impl Writer<'_> {
    /// Keeps a JSON object beside an asset, in the place of what was there under this key.
    pub fn set_asset_metadata(
        &mut self,
        owner: UserId,
        asset: AssetId,
        key: &str,
        value: &str,
    ) -> Result<(), CatalogError> {
        let now = self.now;
        diesel::insert_into(asset_metadata::table)
            .values((
                asset_metadata::owner.eq(owner.key()),
                asset_metadata::asset.eq(asset.key()),
                asset_metadata::key.eq(key),
                asset_metadata::value.eq(value),
                asset_metadata::updated_at.eq(now),
            ))
            .on_conflict((asset_metadata::owner, asset_metadata::asset, asset_metadata::key))
            .do_update()
            .set((asset_metadata::value.eq(value), asset_metadata::updated_at.eq(now)))
            .execute(self.connection)
            .map_err(conflict("metadata of this asset"))?;
        Ok(())
    }

    /// Forgets what is kept under this key. Whether there was anything.
    pub fn delete_asset_metadata(
        &mut self,
        owner: UserId,
        asset: AssetId,
        key: &str,
    ) -> Result<bool, CatalogError> {
        let row = asset_metadata::table.find((owner.key(), asset.key(), key));
        Ok(diesel::delete(row).execute(self.connection)? > 0)
    }
}
