//! What a viewer may do with albums (contract immich §D2.7, §C5).
//!
//! | viewer | may |
//! |---|---|
//! | owner | everything |
//! | editor | everything but to delete it |
//! | viewer | see it, and take its originals |
//! | visitor with a link | see it; take its originals and put assets into it where the link allows that |
//!
//! Albums of deleted users are nobody's. "Does not exist" and "is not yours" are one answer.

use std::collections::BTreeSet;

use kalends_catalog::{Album, CatalogError, Reader, Role};
use kalends_model::{AlbumId, UserId};

use super::assets::NoAccess;
use crate::viewer::Viewer;

/// What one does with an album.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlbumRight {
    /// To see what it is and what it holds.
    Read,
    /// To take the originals that it holds, all at once.
    Download,
    /// To change what it says of itself.
    Update,
    /// To remove it.
    Delete,
    /// To say who else may see it, and to make a link to it.
    Share,
    /// To put assets into it.
    AddAssets,
    /// To take assets out of it.
    RemoveAssets,
}

impl AlbumRight {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Read,
        Self::Download,
        Self::Update,
        Self::Delete,
        Self::Share,
        Self::AddAssets,
        Self::RemoveAssets,
    ];

    /// The name that refusals carry (contract immich §B1).
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "album.read",
            Self::Download => "album.download",
            Self::Update => "album.update",
            Self::Delete => "album.delete",
            Self::Share => "album.share",
            Self::AddAssets => "albumAsset.create",
            Self::RemoveAssets => "albumAsset.delete",
        }
    }
}

/// An album, and what somebody is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenAlbum {
    /// The album.
    pub album: Album,
    /// What the user may do with it; `None` for a stranger.
    pub role: Option<Role>,
}

/// Whether `viewer` may exercise `right` on an album in which the viewer's user has this role. For
/// visitors with a link the role does not count.
pub fn may(viewer: &Viewer, right: AlbumRight, album: AlbumId, role: Option<Role>) -> bool {
    use AlbumRight::{AddAssets, Delete, Download, Read, RemoveAssets, Share, Update};
    if let Viewer::Link(link) = viewer {
        let is_allowed = match right {
            Read => true,
            Download => link.allows_download,
            AddAssets => link.allows_upload,
            Update | Delete | Share | RemoveAssets => false,
        };
        return is_allowed && link.album == Some(album);
    }
    match right {
        Read | Download => role.is_some(),
        Share => may_share(role),
        Update | AddAssets | RemoveAssets => role >= Some(Role::Editor),
        Delete => role == Some(Role::Owner),
    }
}

/// Whether a user with this role may share an album on. A link works as long as its maker may.
pub(crate) fn may_share(role: Option<Role>) -> bool {
    role >= Some(Role::Editor)
}

/// Those of `ids` that exist, in the order asked, each once, with what `user` is in each.
pub(crate) fn seen_by_user(
    reader: &mut Reader<'_>,
    user: UserId,
    ids: &[AlbumId],
) -> Result<Vec<SeenAlbum>, CatalogError> {
    let roles = reader.roles_in_albums(user, ids)?;
    let albums = reader.albums(ids)?.into_iter();
    let seen = albums.map(|album| {
        let role = roles.get(&album.id).copied();
        SeenAlbum { role: if album.owner == user { Some(Role::Owner) } else { role }, album }
    });
    Ok(seen.collect())
}

/// Those of `ids` on which the viewer may exercise `right`, in the order asked, each once.
pub fn allowed(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: AlbumRight,
    ids: &[AlbumId],
) -> Result<Vec<SeenAlbum>, CatalogError> {
    let mut seen = seen_by_user(reader, viewer.user(), ids)?;
    seen.retain(|seen| may(viewer, right, seen.album.id, seen.role));
    Ok(seen)
}

/// All of `ids` when the viewer may exercise `right` on each; otherwise why not.
pub fn require(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: AlbumRight,
    ids: &[AlbumId],
) -> Result<Result<Vec<SeenAlbum>, NoAccess>, CatalogError> {
    let allowed = allowed(reader, viewer, right, ids)?;
    let asked: BTreeSet<AlbumId> = ids.iter().copied().collect();
    Ok(if allowed.len() == asked.len() { Ok(allowed) } else { Err(NoAccess(right.name())) })
}

/// The album when the viewer may exercise `right` on it; otherwise why not.
pub fn require_one(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: AlbumRight,
    id: AlbumId,
) -> Result<Result<SeenAlbum, NoAccess>, CatalogError> {
    let album = allowed(reader, viewer, right, &[id])?.pop();
    Ok(album.ok_or(NoAccess(right.name())))
}

#[cfg(test)]
mod tests {
    use super::AlbumRight::{AddAssets, Delete, Download, Read};
    use super::*;
    use crate::viewer::LinkViewer;
    use kalends_model::LinkId;

    const ALICE: UserId = UserId::from_bytes([1; 16]);
    const ALBUM: AlbumId = AlbumId::from_bytes([2; 16]);
    const OTHER: AlbumId = AlbumId::from_bytes([3; 16]);

    fn rights(viewer: &Viewer, album: AlbumId, role: Option<Role>) -> Vec<AlbumRight> {
        AlbumRight::ALL.into_iter().filter(|right| may(viewer, *right, album, role)).collect()
    }

    #[test]
    fn each_role_may_what_the_lesser_may_and_more() {
        let alice = Viewer::Open { user: ALICE };
        let of = |role| rights(&alice, ALBUM, role);
        assert_eq!(of(Some(Role::Owner)), AlbumRight::ALL);
        let mut editors = AlbumRight::ALL.to_vec();
        editors.retain(|right| *right != Delete);
        assert_eq!(of(Some(Role::Editor)), editors);
        assert_eq!(of(Some(Role::Viewer)), [Read, Download]);
        assert_eq!(of(None), []);
    }

    #[test]
    fn a_visitor_may_what_the_link_says_and_only_with_its_album() {
        let visitor = |allows_download, allows_upload| {
            Viewer::Link(LinkViewer {
                link: LinkId::from_bytes([8; 16]),
                owner: ALICE,
                album: Some(ALBUM),
                shows_metadata: true,
                allows_download,
                allows_upload,
            })
        };
        // The link's maker owns both albums, which gives the visitor nothing.
        let owner = Some(Role::Owner);
        assert_eq!(rights(&visitor(false, false), ALBUM, owner), [Read]);
        assert_eq!(rights(&visitor(true, true), ALBUM, owner), [Read, Download, AddAssets]);
        assert_eq!(rights(&visitor(true, true), OTHER, owner), []);
    }
}
