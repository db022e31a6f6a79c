//! Links to chosen assets are filled and emptied.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use kalends_catalog::{CatalogError, Link, LinkTarget, Reader};
use kalends_model::{AssetId, LinkId, UserId};

use super::LinkError;
use super::edit::show;
use crate::access::{AssetRight, assets};
use crate::each::{Kept, PerAsset};
use crate::library::Library;
use crate::viewer::Viewer;

impl Library {
    /// Lets a link show more assets, and says what became of each, in the order asked. A visitor of
    /// the link may ask, but can share nothing: what visitors add is added when it is uploaded.
    pub fn add_to_link(
        &self,
        viewer: &Viewer,
        id: LinkId,
        ids: &[AssetId],
    ) -> Result<PerAsset, LinkError> {
        self.write(|writer| {
            if let Err(refused) = link_to_fill(writer, viewer, id)? {
                return Ok(Err(refused));
            }
            let mut inside = inside(writer, id)?;
            let shareable = assets::allowed(writer, viewer, AssetRight::Share, ids)?;
            let shareable: HashMap<AssetId, UserId> =
                shareable.into_iter().map(|asset| (asset.id, asset.owner)).collect();
            let mut added = Vec::new();
            let mut results = Vec::with_capacity(ids.len());
            for &asset in ids {
                let result = match (inside.entry(asset), shareable.get(&asset)) {
                    (Entry::Occupied(_), _) => Err(Kept::Duplicate),
                    (Entry::Vacant(_), None) => Err(Kept::NoPermission),
                    (Entry::Vacant(vacant), Some(&owner)) => {
                        vacant.insert(owner);
                        added.push((owner, asset));
                        Ok(())
                    }
                };
                results.push((asset, result));
            }
            show(writer, id, added.into_iter())?;
            Ok(Ok(results))
        })?
    }

    /// Lets a link of the viewer's show some assets no more, and says what became of each, in the
    /// order asked.
    pub fn remove_from_link(
        &self,
        viewer: &Viewer,
        id: LinkId,
        ids: &[AssetId],
    ) -> Result<PerAsset, LinkError> {
        self.write(|writer| {
            if let Err(refused) = link_to_fill(writer, viewer, id)? {
                return Ok(Err(refused));
            }
            let mut inside = inside(writer, id)?;
            let mut removed: BTreeMap<UserId, Vec<AssetId>> = BTreeMap::new();
            let mut results = Vec::with_capacity(ids.len());
            for &asset in ids {
                let owner = inside.remove(&asset);
                if let Some(owner) = owner {
                    removed.entry(owner).or_default().push(asset);
                }
                results.push((asset, owner.map(|_| ()).ok_or(Kept::NotFound)));
            }
            for (owner, assets) in removed {
                writer.remove_link_assets(id, owner, &assets)?;
            }
            Ok(Ok(results))
        })?
    }
}

/// The link, when it is the viewer's own, or the one that made the visitor, and shows chosen assets.
fn link_to_fill(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    id: LinkId,
) -> Result<Result<Link, LinkError>, CatalogError> {
    let known = reader.link(id)?.filter(|link| match viewer {
        Viewer::Link(visitor) => visitor.link == link.id,
        _ => link.owner == viewer.user(),
    });
    Ok(match known {
        None => Err(LinkError::NotFound),
        Some(link) if link.target != LinkTarget::Assets => Err(LinkError::ShowsAlbum),
        Some(link) => Ok(link),
    })
}

/// What the link shows, with the owners.
fn inside(reader: &mut Reader<'_>, link: LinkId) -> Result<HashMap<AssetId, UserId>, CatalogError> {
    let assets = reader.link_assets(link)?;
    Ok(assets.into_iter().map(|(owner, asset)| (asset, owner)).collect())
}
