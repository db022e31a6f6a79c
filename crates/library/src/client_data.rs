//! What clients keep beside assets: JSON objects under names of their own, which only their owner
//! changes and whoever may read the asset reads.

use kalends_catalog::{AssetMetadata, CatalogError, Writer};
use kalends_model::{AssetId, UserId};

use crate::access::assets::require;
use crate::access::{AssetRight, NoAccess};
use crate::library::Library;
use crate::viewer::Viewer;

/// What came of an act on assets: what it gave, or that the viewer may not.
type Allowed<T> = Result<Result<T, NoAccess>, CatalogError>;

impl Library {
    /// What is kept beside an asset, by name.
    pub fn asset_metadata(&self, viewer: &Viewer, asset: AssetId) -> Allowed<Vec<AssetMetadata>> {
        self.read(|reader| match require(reader, viewer, AssetRight::Read, &[asset])? {
            Err(refused) => Ok(Err(refused)),
            Ok(standings) => {
                let owner = standings.first().map_or(viewer.user(), |standing| standing.owner);
                reader.asset_metadata(owner, asset).map(Ok)
            }
        })
    }

    /// Keeps values, each a JSON object as text, in the place of what was there under their names.
    /// All of them or none. Gives them as they are kept now.
    pub fn set_asset_metadata(
        &self,
        viewer: &Viewer,
        items: &[(AssetId, String, String)],
    ) -> Allowed<Vec<(AssetId, AssetMetadata)>> {
        let ids: Vec<AssetId> = items.iter().map(|item| item.0).collect();
        let updated_at = self.now();
        self.change(viewer, &ids, |writer, owner| {
            let mut set = Vec::with_capacity(items.len());
            for (asset, key, value) in items {
                writer.set_asset_metadata(owner, *asset, key, value)?;
                let (key, value) = (key.clone(), value.clone());
                set.push((*asset, AssetMetadata { key, value, updated_at }));
            }
            Ok(set)
        })
    }

    /// Forgets what is kept under these names.
    pub fn forget_asset_metadata(
        &self,
        viewer: &Viewer,
        items: &[(AssetId, String)],
    ) -> Allowed<()> {
        let ids: Vec<AssetId> = items.iter().map(|item| item.0).collect();
        self.change(viewer, &ids, |writer, owner| {
            for (asset, key) in items {
                writer.delete_asset_metadata(owner, *asset, key)?;
            }
            Ok(())
        })
    }

    /// Runs `act` in the transaction in which it is decided that the viewer may change all of these
    /// assets: they are the viewer's own.
    fn change<T>(
        &self,
        viewer: &Viewer,
        assets: &[AssetId],
        act: impl FnOnce(&mut Writer<'_>, UserId) -> Result<T, CatalogError>,
    ) -> Allowed<T> {
        self.write(|writer| match require(writer, viewer, AssetRight::Update, assets)? {
            Err(refused) => Ok(Err(refused)),
            Ok(_) => act(writer, viewer.user()).map(Ok),
        })
    }
}
