//! Shared links: what a visitor without an account may see (contract immich §C5, §D4).
//!
//! A link shows an album, as it is at the moment of the visit, or chosen assets. It works until it
//! expires, and as long as its maker is there and may share what it shows. What its visitors may do
//! is decided in [`crate::access`]; here links are listed, made, changed, unlocked and filled.

mod contents;
mod edit;
pub mod unlock;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use kalends_catalog::{CatalogError, Link, LinkTarget, Reader};
use kalends_model::{AlbumId, AssetId, LinkId, Visibility};

pub use edit::{LinkChange, NewLink, NewLinkTarget};
pub use unlock::{UnlockError, Unlocked};

use crate::access::{AssetRight, NoAccess, assets};
use crate::albums::{AlbumError, AlbumView};
use crate::assets::{AssetView, Wanted};
use crate::library::Library;
use crate::viewer::{LinkViewer, Viewer};

/// A link as its maker or its visitor sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkView {
    /// The link itself.
    pub link: Link,
    /// Whether it asks for a password.
    pub has_password: bool,
    /// The album it shows.
    pub album: Option<AlbumView>,
    /// The chosen assets it shows, the earliest first; in a list of links at most one.
    pub assets: Vec<AssetView>,
}

/// Why nothing was done with a link.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The viewer has no such link.
    #[error("shared link not found")]
    NotFound,
    /// An asset or the album may not be shared by the viewer.
    #[error(transparent)]
    NoAccess(#[from] NoAccess),
    /// Another link has this slug.
    #[error("a link with this slug exists already")]
    SlugTaken,
    /// Only links to chosen assets can be filled.
    #[error("the link shows an album")]
    ShowsAlbum,
    /// The album cannot be shown.
    #[error(transparent)]
    Album(AlbumError),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl From<AlbumError> for LinkError {
    fn from(error: AlbumError) -> Self {
        match error {
            AlbumError::NoAccess(refused) => Self::NoAccess(refused),
            AlbumError::Catalog(cause) => Self::Catalog(cause),
            other => Self::Album(other),
        }
    }
}

/// Which of the viewer's links are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkListing {
    /// Only those to this album.
    pub album: Option<AlbumId>,
    /// Only this one.
    pub link: Option<LinkId>,
}

impl Library {
    /// The viewer's links, the latest made first.
    pub fn links(&self, viewer: &Viewer, listing: LinkListing) -> Result<Vec<LinkView>, LinkError> {
        let (links, locked, first) = self.read(|reader| {
            let mut links = reader.links_of(viewer.user())?;
            links.retain(|link| listing.link.is_none_or(|id| link.id == id));
            links.retain(|link| listing.album.is_none_or(|id| album_of(link) == Some(id)));
            links.sort_by_key(|link| Reverse((link.created_at, link.id)));
            let locked = reader.links_with_passwords(viewer.user())?;
            let ids: Vec<LinkId> = links.iter().map(|link| link.id).collect();
            let first = reader.first_link_assets(&ids)?;
            let shown: Vec<AssetId> = first.values().copied().collect();
            let views = self.shown_assets(reader, viewer, &shown)?;
            let views: HashMap<AssetId, AssetView> =
                views.into_iter().map(|view| (view.card.id, view)).collect();
            Ok((links, locked, (first, views)))
        })?;
        let albums: BTreeSet<AlbumId> = links.iter().filter_map(album_of).collect();
        let albums: Vec<AlbumId> = albums.into_iter().collect();
        let albums = self.albums_by_id(viewer, &albums)?.into_iter();
        let albums: BTreeMap<AlbumId, AlbumView> =
            albums.map(|view| (view.album.id, view)).collect();
        let (first, views) = first;
        let view = |link: Link| LinkView {
            has_password: locked.contains(&link.id),
            album: album_of(&link).and_then(|album| albums.get(&album).cloned()),
            assets: first
                .get(&link.id)
                .and_then(|asset| views.get(asset).cloned())
                .into_iter()
                .collect(),
            link,
        };
        Ok(links.into_iter().map(view).collect())
    }

    /// One of the viewer's links, with all that it shows.
    pub fn link(&self, viewer: &Viewer, id: LinkId) -> Result<LinkView, LinkError> {
        self.link_view(viewer, id, |link| link.owner == viewer.user())
    }

    /// The link that made its visitor, with all that it shows.
    pub fn visited_link(&self, visitor: &LinkViewer) -> Result<LinkView, LinkError> {
        self.link_view(&Viewer::Link(visitor.clone()), visitor.link, |_| true)
    }

    fn link_view(
        &self,
        viewer: &Viewer,
        id: LinkId,
        is_visible: impl Fn(&Link) -> bool,
    ) -> Result<LinkView, LinkError> {
        let found = self.read(|reader| {
            let Some(link) = reader.link(id)?.filter(|link| is_visible(link)) else {
                return Ok(None);
            };
            let has_password = reader.link_password_hash(id)?.is_some();
            let chosen: Vec<AssetId> =
                reader.link_assets(id)?.into_iter().map(|(_, asset)| asset).collect();
            let mut assets = self.shown_assets(reader, viewer, &chosen)?;
            assets.sort_by_key(|view| (view.card.capture.instant(), view.card.id));
            Ok(Some(LinkView { link, has_password, album: None, assets }))
        })?;
        let mut view = found.ok_or(LinkError::NotFound)?;
        if let Some(album) = album_of(&view.link) {
            view.album = self.albums_by_id(viewer, &[album])?.pop();
        }
        Ok(view)
    }

    /// What `viewer` sees of assets that a link shows: not those in the trash, nor those that are
    /// hidden or locked.
    fn shown_assets(
        &self,
        reader: &mut Reader<'_>,
        viewer: &Viewer,
        ids: &[AssetId],
    ) -> Result<Vec<AssetView>, CatalogError> {
        let readable = assets::allowed(reader, viewer, AssetRight::Read, ids)?;
        let shown: Vec<AssetId> = readable
            .iter()
            .filter(|asset| !asset.is_in_trash)
            .filter(|asset| matches!(asset.visibility, Visibility::Timeline | Visibility::Archive))
            .map(|asset| asset.id)
            .collect();
        self.asset_views(reader, viewer, &shown, Wanted::default())
    }
}

fn album_of(link: &Link) -> Option<AlbumId> {
    match link.target {
        LinkTarget::Album(album) => Some(album),
        LinkTarget::Assets => None,
    }
}
