//! Albums are made, changed and removed.

use std::collections::BTreeMap;

use kalends_catalog::{Album, AlbumOrder, CatalogError, Reader, Role, Writer};
use kalends_model::{AlbumId, AssetId, UserId};

use super::{AlbumError, AlbumView};
use crate::access::albums::require_one;
use crate::access::{AlbumRight, AssetRight, assets};
use crate::library::Library;
use crate::viewer::Viewer;

/// An album to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewAlbum {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// The order it asks for.
    pub order: AlbumOrder,
    /// With whom it is shared.
    pub members: Vec<(UserId, Role)>,
    /// What it holds. Those that the viewer may not share are left out.
    pub assets: Vec<AssetId>,
}

/// What is to be changed of an album. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlbumChange {
    /// Its name.
    pub name: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// The asset that stands for it, which must be in it.
    pub cover: Option<AssetId>,
    /// Whether its members may like and comment.
    pub is_activity_enabled: Option<bool>,
    /// The order it asks for.
    pub order: Option<AlbumOrder>,
}

impl Library {
    /// Makes an album of the viewer's. The first of its assets becomes its cover.
    pub fn create_album(&self, viewer: &Viewer, new: &NewAlbum) -> Result<AlbumView, AlbumError> {
        let id = self.new_id(AlbumId::from_random);
        let owner = viewer.user();
        let mut album = Album::new(id, owner, new.name.clone(), self.now());
        album.description.clone_from(&new.description);
        album.order = new.order;
        self.write(|writer| {
            for &(user, _) in &new.members {
                if let Err(refused) = may_become_member(writer, &album, user)? {
                    return Ok(Err(refused));
                }
            }
            let shared = assets::allowed(writer, viewer, AssetRight::Share, &new.assets)?;
            album.cover = shared.first().map(|asset| asset.id);
            writer.create_album(&album)?;
            for &(user, role) in &new.members {
                writer.set_album_user(id, user, role)?;
            }
            put_in(writer, id, shared.into_iter().map(|asset| (asset.owner, asset.id)))?;
            Ok(Ok(()))
        })??;
        self.album(viewer, id, false)
    }

    /// Changes what an album says of itself.
    pub fn update_album(
        &self,
        viewer: &Viewer,
        id: AlbumId,
        change: &AlbumChange,
    ) -> Result<AlbumView, AlbumError> {
        self.write(|writer| {
            let mut album = match require_one(writer, viewer, AlbumRight::Update, id)? {
                Err(refused) => return Ok(Err(refused.into())),
                Ok(seen) => seen.album,
            };
            if let Some(cover) = change.cover {
                if !shows(writer, viewer, id, cover)? {
                    return Ok(Err(AlbumError::InvalidCover));
                }
                album.cover = Some(cover);
            }
            let AlbumChange { name, description, is_activity_enabled, order, .. } = change;
            album.name = name.clone().unwrap_or(album.name);
            album.description = description.clone().unwrap_or(album.description);
            album.order = order.unwrap_or(album.order);
            album.is_activity_enabled = is_activity_enabled.unwrap_or(album.is_activity_enabled);
            writer.update_album(&album)?;
            Ok(Ok(()))
        })??;
        self.album(viewer, id, false)
    }

    /// Removes an album with its links and what was said about it. Its assets stay.
    pub fn delete_album(&self, viewer: &Viewer, id: AlbumId) -> Result<(), AlbumError> {
        self.write(|writer| {
            Ok(match require_one(writer, viewer, AlbumRight::Delete, id)? {
                Err(refused) => Err(refused.into()),
                Ok(_) => {
                    writer.delete_album(id)?;
                    Ok(())
                }
            })
        })?
    }
}

/// Whether an album may be shared with a user: there is one, who is not its owner.
pub(super) fn may_become_member(
    reader: &mut Reader<'_>,
    album: &Album,
    user: UserId,
) -> Result<Result<(), AlbumError>, CatalogError> {
    if user == album.owner {
        return Ok(Err(AlbumError::OwnerAsMember));
    }
    let is_live = reader.user(user)?.is_some_and(|user| user.deleted_at.is_none());
    Ok(if is_live { Ok(()) } else { Err(AlbumError::NoSuchUser) })
}

/// Puts assets into an album, owner by owner. Returns how many were not in it.
pub(super) fn put_in(
    writer: &mut Writer<'_>,
    album: AlbumId,
    assets: impl Iterator<Item = (UserId, AssetId)>,
) -> Result<usize, CatalogError> {
    let mut by_owner: BTreeMap<UserId, Vec<AssetId>> = BTreeMap::new();
    for (owner, asset) in assets {
        by_owner.entry(owner).or_default().push(asset);
    }
    let mut added = 0;
    for (owner, assets) in by_owner {
        added += writer.add_to_album(album, owner, &assets)?.len();
    }
    Ok(added)
}

/// Whether the album shows the asset: it is in it, and not in the trash.
fn shows(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    album: AlbumId,
    asset: AssetId,
) -> Result<bool, CatalogError> {
    let readable = assets::allowed(reader, viewer, AssetRight::Read, &[asset])?;
    match readable.first().filter(|standing| !standing.is_in_trash) {
        Some(standing) => Ok(!reader.assets_in_album(album, standing.owner, &[asset])?.is_empty()),
        None => Ok(false),
    }
}
