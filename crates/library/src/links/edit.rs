//! Links are made, changed and removed.

use std::collections::BTreeMap;

use kalends_catalog::{CatalogError, Link, LinkTarget, Writer};
use kalends_model::{AlbumId, AssetId, LinkId, UserId};

use super::{LinkError, LinkView};
use crate::access::albums::require_one;
use crate::access::{AlbumRight, AssetRight, assets};
use crate::library::Library;
use crate::secrets::hash_password;
use crate::viewer::Viewer;

/// A link's key is as many random bytes (contract immich §C5).
const KEY_BYTES: usize = 50;

/// What a new link shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewLinkTarget {
    /// An album that the viewer may share.
    Album(AlbumId),
    /// Assets that the viewer may share, all of them.
    Assets(Vec<AssetId>),
}

/// A link to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLink {
    /// What it shows.
    pub target: NewLinkTarget,
    /// Words about it.
    pub description: Option<String>,
    /// What visitors have to give first.
    pub password: Option<String>,
    /// A name that opens it as well as its key.
    pub slug: Option<String>,
    /// When it ends, in microseconds since 1970.
    pub expires_at: Option<i64>,
    /// Whether visitors may add assets.
    pub allow_upload: bool,
    /// Whether visitors may take the originals. Never where metadata are not shown: they stand in
    /// the files.
    pub allow_download: bool,
    /// Whether places and other facts are shown.
    pub show_metadata: bool,
}

/// What is to be changed of a link. What is absent stays; an inner `None` removes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkChange {
    /// Words about it.
    pub description: Option<Option<String>>,
    /// What visitors have to give first.
    pub password: Option<Option<String>>,
    /// A name that opens it as well as its key.
    pub slug: Option<Option<String>>,
    /// When it ends, in microseconds since 1970.
    pub expires_at: Option<Option<i64>>,
    /// Whether visitors may add assets.
    pub allow_upload: Option<bool>,
    /// Whether visitors may take the originals; see [`NewLink::allow_download`].
    pub allow_download: Option<bool>,
    /// Whether places and other facts are shown.
    pub show_metadata: Option<bool>,
}

impl Library {
    /// Makes a link.
    pub fn create_link(&self, viewer: &Viewer, new: &NewLink) -> Result<LinkView, LinkError> {
        let mut key = vec![0; KEY_BYTES];
        self.randomness.fill(&mut key);
        let link = Link {
            id: self.new_id(LinkId::from_random),
            owner: viewer.user(),
            key,
            slug: new.slug.clone(),
            target: match new.target {
                NewLinkTarget::Album(album) => LinkTarget::Album(album),
                NewLinkTarget::Assets(_) => LinkTarget::Assets,
            },
            description: new.description.clone(),
            created_at: self.now(),
            expires_at: new.expires_at,
            show_metadata: new.show_metadata,
            allow_upload: new.allow_upload,
            allow_download: new.allow_download && new.show_metadata,
        };
        let hash = new.password.as_deref().map(|password| self.hash(password));
        let written = self.write(|writer| {
            let chosen = match &new.target {
                NewLinkTarget::Album(album) => {
                    let seen = require_one(writer, viewer, AlbumRight::Share, *album)?;
                    if let Err(refused) = seen {
                        return Ok(Err(refused.into()));
                    }
                    Vec::new()
                }
                NewLinkTarget::Assets(ids) => {
                    match assets::require(writer, viewer, AssetRight::Share, ids)? {
                        Err(refused) => return Ok(Err(refused.into())),
                        Ok(assets) => assets,
                    }
                }
            };
            writer.create_link(&link, hash.as_deref())?;
            let chosen = chosen.into_iter().map(|asset| (asset.owner, asset.id));
            show(writer, link.id, chosen)?;
            Ok(Ok(()))
        });
        or_slug_taken(written)?;
        self.link(viewer, link.id)
    }

    /// Changes one of the viewer's links.
    pub fn update_link(
        &self,
        viewer: &Viewer,
        id: LinkId,
        change: &LinkChange,
    ) -> Result<LinkView, LinkError> {
        let hash = change
            .password
            .as_ref()
            .map(|password| password.as_deref().map(|password| self.hash(password)));
        let written = self.write(|writer| {
            let own = writer.link(id)?.filter(|link| link.owner == viewer.user());
            let Some(mut link) = own else { return Ok(Err(LinkError::NotFound)) };
            let LinkChange { description, slug, expires_at, .. } = change;
            link.description = description.clone().unwrap_or(link.description);
            link.slug = slug.clone().unwrap_or(link.slug);
            link.expires_at = expires_at.unwrap_or(link.expires_at);
            link.allow_upload = change.allow_upload.unwrap_or(link.allow_upload);
            link.show_metadata = change.show_metadata.unwrap_or(link.show_metadata);
            link.allow_download =
                change.allow_download.unwrap_or(link.allow_download) && link.show_metadata;
            writer.update_link(&link)?;
            if let Some(hash) = &hash {
                writer.set_link_password_hash(id, hash.as_deref())?;
            }
            Ok(Ok(()))
        });
        or_slug_taken(written)?;
        self.link(viewer, id)
    }

    /// Removes one of the viewer's links.
    pub fn delete_link(&self, viewer: &Viewer, id: LinkId) -> Result<(), LinkError> {
        self.write(|writer| {
            let own = writer.link(id)?.filter(|link| link.owner == viewer.user());
            if own.is_none() {
                return Ok(Err(LinkError::NotFound));
            }
            writer.delete_link(id)?;
            Ok(Ok(()))
        })?
    }

    fn hash(&self, password: &str) -> String {
        hash_password(password, &*self.randomness)
    }
}

/// The only thing of a link that can be taken is its slug: keys are random.
fn or_slug_taken(written: Result<Result<(), LinkError>, CatalogError>) -> Result<(), LinkError> {
    match written {
        Err(CatalogError::Conflict(_)) => Err(LinkError::SlugTaken),
        Err(error) => Err(error.into()),
        Ok(done) => done,
    }
}

/// Lets a link show assets, owner by owner.
pub(super) fn show(
    writer: &mut Writer<'_>,
    link: LinkId,
    assets: impl Iterator<Item = (UserId, AssetId)>,
) -> Result<(), CatalogError> {
    let mut by_owner: BTreeMap<UserId, Vec<AssetId>> = BTreeMap::new();
    for (owner, asset) in assets {
        by_owner.entry(owner).or_default().push(asset);
    }
    for (owner, assets) in by_owner {
        writer.add_link_assets(link, owner, &assets)?;
    }
    Ok(())
}
