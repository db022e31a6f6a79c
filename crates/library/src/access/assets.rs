//! What a viewer may do with single assets (contract immich §D2.4, §C5; DESIGN, "Access").
//!
//! | viewer | may | of which assets |
//! |---|---|---|
//! | owner | everything | all; locked ones only when elevated, and never shared |
//! | partner | read, view, download, share | live ones of the timeline |
//! | member of an album | read, view, download | live ones of timeline and archive in the album |
//! | visitor with a link | read, view; download where the link allows it | live ones of timeline and archive in the link |
//!
//! The hidden video of a live photo goes with its photo. [`may`] is one pure function; [`allowed`]
//! and [`require`] ask the catalog how the assets stand and hold them to it. "Does not exist" and
//! "is not yours" are one answer.

use std::collections::{BTreeMap, BTreeSet};

use kalends_catalog::{AssetStanding, CatalogError, Reader};
use kalends_model::{AlbumId, AssetId, UserId, Visibility};

use crate::viewer::Viewer;

/// What one does with an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AssetRight {
    /// To learn what is known of it.
    Read,
    /// To see its pictures or play it.
    View,
    /// To take the original.
    Download,
    /// To change what is known of it.
    Update,
    /// To put it into the trash, take it out, or remove it for good.
    Delete,
    /// To put it into an album or a link.
    Share,
}

impl AssetRight {
    /// The name that refusals carry (contract immich §B1).
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "asset.read",
            Self::View => "asset.view",
            Self::Download => "asset.download",
            Self::Update => "asset.update",
            Self::Delete => "asset.delete",
            Self::Share => "asset.share",
        }
    }
}

/// Something does not exist, or the viewer may not do this with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not found or no {0} access")]
pub struct NoAccess(
    /// What was not allowed, such as `asset.read`.
    pub &'static str,
);

/// By what somebody who is not the owner reaches an asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// The owner shares with the viewer as a partner.
    pub is_partners: bool,
    /// It is in an album that the viewer may read.
    pub is_in_album: bool,
    /// The viewer's link shows it, by itself or in its album.
    pub is_in_link: bool,
}

/// Whether `viewer` may exercise `right` on an asset that stands so.
pub fn may(viewer: &Viewer, right: AssetRight, asset: &AssetStanding, ways: Ways) -> bool {
    use AssetRight::{Delete, Download, Read, Share, Update, View};
    let is_live = !asset.is_in_trash;
    let is_shown = matches!(asset.visibility, Visibility::Timeline | Visibility::Archive);
    if let Viewer::Link(link) = viewer {
        let is_allowed = match right {
            Read | View => true,
            Download => link.allows_download,
            Update | Delete | Share => false,
        };
        return is_allowed && ways.is_in_link && is_live && is_shown;
    }
    if asset.owner == viewer.user() {
        let is_locked = asset.visibility == Visibility::Locked;
        return if right == Share { !is_locked } else { !is_locked || viewer.is_elevated() };
    }
    let as_partner = ways.is_partners && is_live && asset.visibility == Visibility::Timeline;
    let as_member = ways.is_in_album && is_live && is_shown;
    match right {
        Read | View | Download => as_partner || as_member,
        Share => as_partner,
        Update | Delete => false,
    }
}

/// Those of `ids` on which the viewer may exercise `right`, in the order asked, each once.
pub fn allowed(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: AssetRight,
    ids: &[AssetId],
) -> Result<Vec<AssetStanding>, CatalogError> {
    let standings = reader.asset_standings(ids)?;
    let known = Known::of(reader, viewer, &standings)?;
    let (mut allowed, mut refused_hidden) = (BTreeSet::new(), Vec::new());
    for asset in &standings {
        if may(viewer, right, asset, known.ways(asset)) {
            allowed.insert(asset.id);
        } else if asset.visibility == Visibility::Hidden {
            refused_hidden.push((asset.owner, asset.id));
        }
    }
    if !matches!(right, AssetRight::Update | AssetRight::Delete) {
        allowed.extend(motions_of_allowed(reader, viewer, right, &refused_hidden)?);
    }
    Ok(standings.into_iter().filter(|asset| allowed.contains(&asset.id)).collect())
}

/// How all of `ids` stand when the viewer may exercise `right` on each; otherwise why not.
pub fn require(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: AssetRight,
    ids: &[AssetId],
) -> Result<Result<Vec<AssetStanding>, NoAccess>, CatalogError> {
    let allowed = allowed(reader, viewer, right, ids)?;
    let asked: BTreeSet<AssetId> = ids.iter().copied().collect();
    Ok(if allowed.len() == asked.len() { Ok(allowed) } else { Err(NoAccess(right.name())) })
}

/// Those of these hidden videos that are the motion of a photo which the viewer may have.
fn motions_of_allowed(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: AssetRight,
    videos: &[(UserId, AssetId)],
) -> Result<Vec<AssetId>, CatalogError> {
    let mut pairs = Vec::new();
    for (owner, videos) in by_owner(videos.iter().copied()) {
        pairs.extend(reader.photos_of_motions(owner, &videos)?);
    }
    let photos: Vec<AssetId> = pairs.iter().map(|(_, photo)| *photo).collect();
    let standings = reader.asset_standings(&photos)?;
    let known = Known::of(reader, viewer, &standings)?;
    let photos: BTreeSet<AssetId> = standings
        .iter()
        .filter(|photo| may(viewer, right, photo, known.ways(photo)))
        .map(|photo| photo.id)
        .collect();
    Ok(pairs.into_iter().filter(|(_, photo)| photos.contains(photo)).map(|pair| pair.0).collect())
}

/// What the catalog knows of the viewer's ways to the assets of others.
#[derive(Default)]
struct Known {
    partners: BTreeSet<UserId>,
    in_albums: BTreeSet<AssetId>,
    in_link: BTreeSet<AssetId>,
}

impl Known {
    fn of(
        reader: &mut Reader<'_>,
        viewer: &Viewer,
        assets: &[AssetStanding],
    ) -> Result<Self, CatalogError> {
        let mut known = Self::default();
        let is_link = matches!(viewer, Viewer::Link(_));
        let others = assets.iter().filter(|asset| is_link || asset.owner != viewer.user());
        let others = by_owner(others.map(|asset| (asset.owner, asset.id)));
        if others.is_empty() {
            return Ok(known);
        }
        let mut live = BTreeMap::new();
        for (owner, ids) in others {
            if reader.user(owner)?.is_some_and(|user| user.deleted_at.is_none()) {
                live.insert(owner, ids);
            }
        }
        let others = live;
        match viewer {
            Viewer::Link(link) => {
                for (owner, ids) in others {
                    match link.album {
                        Some(album) => {
                            let in_album = in_any(reader, owner, &ids, &|a| a == album)?;
                            known.in_link.extend(in_album);
                        }
                        // What a partner shares with the link's maker ends with the partnership.
                        None if !shares(reader, owner, link.owner)? => {}
                        None => {
                            known.in_link.extend(reader.assets_in_link(link.link, owner, &ids)?);
                        }
                    }
                }
            }
            _ => {
                let Some(grants) = reader.grants(viewer.user())? else { return Ok(known) };
                known.partners.extend(grants.partners_in.iter().map(|partner| partner.0));
                let readable: BTreeSet<AlbumId> =
                    grants.albums.iter().map(|album| album.0).collect();
                for (owner, ids) in others {
                    let in_albums = in_any(reader, owner, &ids, &|a| readable.contains(&a))?;
                    known.in_albums.extend(in_albums);
                }
            }
        }
        Ok(known)
    }

    fn ways(&self, asset: &AssetStanding) -> Ways {
        Ways {
            is_partners: self.partners.contains(&asset.owner),
            is_in_album: self.in_albums.contains(&asset.id),
            is_in_link: self.in_link.contains(&asset.id),
        }
    }
}

/// Whether `owner` is `user`, or shares with `user` as a partner.
fn shares(reader: &mut Reader<'_>, owner: UserId, user: UserId) -> Result<bool, CatalogError> {
    Ok(owner == user || reader.partner(owner, user)?.is_some())
}

fn in_any(
    reader: &mut Reader<'_>,
    owner: UserId,
    ids: &[AssetId],
    wanted: &dyn Fn(AlbumId) -> bool,
) -> Result<Vec<AssetId>, CatalogError> {
    let albums = reader.albums_of_assets(owner, ids)?.into_iter();
    let of_wanted = albums.filter(|(_, albums)| albums.iter().any(|album| wanted(*album)));
    Ok(of_wanted.map(|(asset, _)| asset).collect())
}

fn by_owner(assets: impl Iterator<Item = (UserId, AssetId)>) -> BTreeMap<UserId, Vec<AssetId>> {
    let mut grouped: BTreeMap<UserId, Vec<AssetId>> = BTreeMap::new();
    for (owner, asset) in assets {
        grouped.entry(owner).or_default().push(asset);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::AssetRight::{Delete, Download, Read, Share, Update, View};
    use super::*;
    use crate::viewer::LinkViewer;
    use kalends_model::{LinkId, SessionId};

    const ALICE: UserId = UserId::from_bytes([1; 16]);
    const BOB: UserId = UserId::from_bytes([2; 16]);
    const ALL: [AssetRight; 6] = [Read, View, Download, Update, Delete, Share];

    fn session(user: UserId, is_elevated: bool) -> Viewer {
        Viewer::Session { user, session: SessionId::from_bytes([7; 16]), is_elevated }
    }

    fn link(allows_download: bool) -> Viewer {
        Viewer::Link(LinkViewer {
            link: LinkId::from_bytes([8; 16]),
            owner: ALICE,
            album: None,
            shows_metadata: true,
            allows_download,
            allows_upload: true,
        })
    }

    fn asset(visibility: Visibility, is_in_trash: bool) -> AssetStanding {
        AssetStanding { id: AssetId::from_bytes([9; 16]), owner: ALICE, visibility, is_in_trash }
    }

    fn rights(viewer: &Viewer, asset: &AssetStanding, ways: Ways) -> Vec<AssetRight> {
        ALL.into_iter().filter(|right| may(viewer, *right, asset, ways)).collect()
    }

    #[test]
    fn owners_may_everything_but_reach_into_the_locked_folder() {
        let nothing = Ways::default();
        for visibility in Visibility::ALL {
            for is_in_trash in [false, true] {
                let asset = asset(visibility, is_in_trash);
                let is_locked = visibility == Visibility::Locked;
                let shut = if is_locked { vec![] } else { ALL.to_vec() };
                let mut open = ALL.to_vec();
                open.retain(|right| !is_locked || *right != Share);
                assert_eq!(rights(&session(ALICE, false), &asset, nothing), shut);
                assert_eq!(rights(&session(ALICE, true), &asset, nothing), open);
            }
        }
    }

    #[test]
    fn partners_members_and_visitors_reach_what_is_shown_to_them_and_no_more() {
        let partner = Ways { is_partners: true, ..Ways::default() };
        let member = Ways { is_in_album: true, ..Ways::default() };
        let visitor = Ways { is_in_link: true, ..Ways::default() };
        let (bob, elevated) = (session(BOB, false), session(BOB, true));
        for visibility in Visibility::ALL {
            let (live, trashed) = (asset(visibility, false), asset(visibility, true));
            let is_timeline = visibility == Visibility::Timeline;
            let is_shown = is_timeline || visibility == Visibility::Archive;
            let when = |holds: bool, rights: &[AssetRight]| {
                if holds { rights.to_vec() } else { vec![] }
            };
            let as_partner = when(is_timeline, &[Read, View, Download, Share]);
            assert_eq!(rights(&bob, &live, partner), as_partner);
            assert_eq!(rights(&elevated, &live, partner), as_partner);
            assert_eq!(rights(&bob, &live, member), when(is_shown, &[Read, View, Download]));
            assert_eq!(
                rights(&link(true), &live, visitor),
                when(is_shown, &[Read, View, Download])
            );
            assert_eq!(rights(&link(false), &live, visitor), when(is_shown, &[Read, View]));
            let everything = Ways { is_partners: true, is_in_album: true, is_in_link: true };
            assert!(rights(&bob, &trashed, everything).is_empty());
            assert!(rights(&link(true), &trashed, everything).is_empty());
            assert!(rights(&bob, &live, Ways::default()).is_empty());
            // A link is not its maker.
            assert!(rights(&link(true), &live, Ways::default()).is_empty());
        }
    }
}
