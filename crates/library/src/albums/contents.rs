//! Assets are put into albums and taken out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kalends_catalog::{AssetStanding, CatalogError, Reader, Role, Writer};
use kalends_model::{AlbumId, AssetId, UserId};

use super::AlbumError;
use super::edit::put_in;
use crate::access::albums::{SeenAlbum, allowed, require_one};
use crate::access::{AlbumRight, AssetRight, NoAccess, assets};
use crate::each::{Kept, Outcome, PerAsset};
use crate::library::Library;
use crate::viewer::Viewer;

impl Library {
    /// Puts assets into an album, and says what became of each, in the order asked.
    pub fn add_to_album(
        &self,
        viewer: &Viewer,
        id: AlbumId,
        ids: &[AssetId],
    ) -> Result<PerAsset, AlbumError> {
        self.write(|writer| {
            let mut seen = match require_one(writer, viewer, AlbumRight::AddAssets, id)? {
                Ok(seen) => seen,
                // An album that nobody has is told apart here (contract immich §D2.7).
                Err(refused) => {
                    let exists = !writer.albums(&[id])?.is_empty();
                    let refused = if exists { refused.into() } else { AlbumError::NotFound };
                    return Ok(Err(refused));
                }
            };
            let mut inside = inside(writer, id, ids)?;
            let shareable = shareable(writer, viewer, ids)?;
            let mut added: Vec<(UserId, AssetId)> = Vec::new();
            let mut results = Vec::with_capacity(ids.len());
            for &asset in ids {
                let result = if inside.contains(&asset) {
                    Err(Kept::Duplicate)
                } else if let Some(&owner) = shareable.get(&asset) {
                    inside.insert(asset);
                    added.push((owner, asset));
                    Ok(())
                } else {
                    Err(Kept::NoPermission)
                };
                results.push((asset, result));
            }
            add(writer, &mut seen, added)?;
            Ok(Ok(results))
        })?
    }

    /// Puts all of the assets that the viewer may share into all of the albums that the viewer may
    /// add to.
    pub fn add_to_albums(
        &self,
        viewer: &Viewer,
        albums: &[AlbumId],
        ids: &[AssetId],
    ) -> Result<Outcome, CatalogError> {
        self.write(|writer| {
            let seen = allowed(writer, viewer, AlbumRight::AddAssets, albums)?;
            let shareable = shareable(writer, viewer, ids)?;
            let (mut has_added, mut has_duplicates) = (false, false);
            for mut seen in seen {
                let inside = inside(writer, seen.album.id, ids)?;
                let mut asked = BTreeSet::new();
                let new = ids.iter().filter(|asset| asked.insert(**asset));
                let new = new.filter(|asset| !inside.contains(asset));
                let new: Vec<(UserId, AssetId)> =
                    new.filter_map(|id| Some((*shareable.get(id)?, *id))).collect();
                has_added |= !new.is_empty();
                has_duplicates |= !inside.is_empty();
                add(writer, &mut seen, new)?;
            }
            Ok(match (has_added, has_duplicates) {
                (true, _) => Ok(()),
                (false, true) => Err(Kept::Duplicate),
                (false, false) => Err(Kept::NoPermission),
            })
        })
    }

    /// Takes assets out of an album, and says what became of each, in the order asked. Its owner
    /// may take anything out, an editor what the editor could have put in.
    pub fn remove_from_album(
        &self,
        viewer: &Viewer,
        id: AlbumId,
        ids: &[AssetId],
    ) -> Result<PerAsset, AlbumError> {
        self.write(|writer| {
            let seen = match require_one(writer, viewer, AlbumRight::RemoveAssets, id)? {
                Ok(seen) => seen,
                Err(NoAccess(right)) => return Ok(Err(NoAccess(right).into())),
            };
            let standings = writer.asset_standings(ids)?;
            let owners: HashMap<AssetId, UserId> =
                standings.iter().map(|asset| (asset.id, asset.owner)).collect();
            let mut inside = inside_of(writer, id, &standings)?;
            let takes_anything = seen.role == Some(Role::Owner);
            let shareable = shareable(writer, viewer, ids)?;
            let mut removed: BTreeMap<UserId, Vec<AssetId>> = BTreeMap::new();
            let mut results = Vec::with_capacity(ids.len());
            for &asset in ids {
                let owner = owners.get(&asset).copied().filter(|_| inside.contains(&asset));
                let result = match owner {
                    None => Err(Kept::NotFound),
                    Some(_) if !takes_anything && !shareable.contains_key(&asset) => {
                        Err(Kept::NoPermission)
                    }
                    Some(owner) => {
                        inside.remove(&asset);
                        removed.entry(owner).or_default().push(asset);
                        Ok(())
                    }
                };
                results.push((asset, result));
            }
            for (owner, assets) in removed {
                writer.remove_from_album(id, owner, &assets)?;
            }
            Ok(Ok(results))
        })?
    }
}

/// Puts assets in; the first becomes the cover of an album that has none.
fn add(
    writer: &mut Writer<'_>,
    seen: &mut SeenAlbum,
    new: Vec<(UserId, AssetId)>,
) -> Result<(), CatalogError> {
    let Some(&(_, first)) = new.first() else { return Ok(()) };
    put_in(writer, seen.album.id, new.into_iter())?;
    if seen.album.cover.is_none() {
        seen.album.cover = Some(first);
        writer.update_album(&seen.album)?;
    }
    Ok(())
}

/// Those of `ids` that the viewer may put into an album, with their owners.
fn shareable(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    ids: &[AssetId],
) -> Result<HashMap<AssetId, UserId>, CatalogError> {
    let allowed = assets::allowed(reader, viewer, AssetRight::Share, ids)?;
    Ok(allowed.into_iter().map(|asset| (asset.id, asset.owner)).collect())
}

fn inside(
    reader: &mut Reader<'_>,
    album: AlbumId,
    ids: &[AssetId],
) -> Result<BTreeSet<AssetId>, CatalogError> {
    let standings = reader.asset_standings(ids)?;
    inside_of(reader, album, &standings)
}

/// Those of these assets that are in the album.
fn inside_of(
    reader: &mut Reader<'_>,
    album: AlbumId,
    standings: &[AssetStanding],
) -> Result<BTreeSet<AssetId>, CatalogError> {
    let mut by_owner: BTreeMap<UserId, Vec<AssetId>> = BTreeMap::new();
    for asset in standings {
        by_owner.entry(asset.owner).or_default().push(asset.id);
    }
    let mut inside = BTreeSet::new();
    for (owner, assets) in by_owner {
        inside.extend(reader.assets_in_album(album, owner, &assets)?);
    }
    Ok(inside)
}
