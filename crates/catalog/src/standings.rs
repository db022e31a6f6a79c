//! How assets stand to those who are not their owners: what access by id is decided from.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use kalends_model::{AlbumId, AssetId, LinkId, UserId, Visibility};

use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::schema::{album_assets, assets, libraries, link_assets};
use crate::stored::{Key, Name, StoredId};

/// How many assets one statement asks for.
const ASKED_MAX: usize = 500;

/// One asset, as access sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetStanding {
    /// The asset.
    pub id: AssetId,
    /// Whose it is.
    pub owner: UserId,
    /// Where it is shown.
    pub visibility: Visibility,
    /// Whether both APIs show it in the trash.
    pub is_in_trash: bool,
}

impl Reader<'_> {
    /// How those of `ids` that exist stand, in the order asked, each once. What lies in a library in
    /// the trash does not exist for anybody.
    pub fn asset_standings(&mut self, ids: &[AssetId]) -> Result<Vec<AssetStanding>, CatalogError> {
        let mut found: HashMap<AssetId, AssetStanding> = HashMap::with_capacity(ids.len());
        for asked in ids.chunks(ASKED_MAX) {
            let keys: Vec<Key> = asked.iter().map(|id| id.key()).collect();
            let rows = assets::table
                .inner_join(
                    libraries::table.on(libraries::owner
                        .eq(assets::owner)
                        .and(libraries::id.eq(assets::library))
                        .and(libraries::trashed_at.is_null())),
                )
                .filter(assets::id.eq_any(keys))
                .select((
                    assets::owner,
                    assets::id,
                    assets::visibility,
                    assets::trashed_at.is_not_null().or(assets::offline_at.is_not_null()),
                ))
                .load::<(Key, Key, Name<Visibility>, bool)>(self.connection)?;
            found.extend(rows.into_iter().map(|(owner, id, visibility, is_in_trash)| {
                let (id, owner) = (id.as_id(), owner.as_id());
                (id, AssetStanding { id, owner, visibility: visibility.0, is_in_trash })
            }));
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// The albums that each of these assets of one owner is in. Assets in none are left out.
    pub fn albums_of_assets(
        &mut self,
        owner: UserId,
        ids: &[AssetId],
    ) -> Result<BTreeMap<AssetId, Vec<AlbumId>>, CatalogError> {
        let mut albums: BTreeMap<AssetId, Vec<AlbumId>> = BTreeMap::new();
        for asked in ids.chunks(ASKED_MAX) {
            let keys: Vec<Key> = asked.iter().map(|id| id.key()).collect();
            let rows = album_assets::table
                .filter(album_assets::owner.eq(owner.key()))
                .filter(album_assets::asset.eq_any(keys))
                .order((album_assets::asset, album_assets::album))
                .select((album_assets::asset, album_assets::album))
                .load::<(Key, Key)>(self.connection)?;
            for (asset, album) in rows {
                albums.entry(asset.as_id()).or_default().push(album.as_id());
            }
        }
        Ok(albums)
    }

    /// Those of these assets of one owner that a link shows by themselves.
    pub fn assets_in_link(
        &mut self,
        link: LinkId,
        owner: UserId,
        ids: &[AssetId],
    ) -> Result<Vec<AssetId>, CatalogError> {
        let mut shown = Vec::new();
        for asked in ids.chunks(ASKED_MAX) {
            let keys: Vec<Key> = asked.iter().map(|id| id.key()).collect();
            let rows = link_assets::table
                .filter(link_assets::link.eq(link.key()))
                .filter(link_assets::owner.eq(owner.key()))
                .filter(link_assets::asset.eq_any(keys))
                .select(link_assets::asset)
                .load::<Key>(self.connection)?;
            shown.extend(rows.into_iter().map(Key::as_id::<AssetId>));
        }
        Ok(shown)
    }

    /// The photos whose motion each of these videos of one owner is. Others are left out.
    pub fn photos_of_motions(
        &mut self,
        owner: UserId,
        videos: &[AssetId],
    ) -> Result<Vec<(AssetId, AssetId)>, CatalogError> {
        let mut pairs = Vec::new();
        for asked in videos.chunks(ASKED_MAX) {
            let keys: Vec<Key> = asked.iter().map(|id| id.key()).collect();
            let rows = assets::table
                .filter(assets::owner.eq(owner.key()))
                .filter(assets::live_video.eq_any(keys.into_iter().map(Some)))
                .select((assets::live_video.assume_not_null(), assets::id))
                .load::<(Key, Key)>(self.connection)?;
            pairs.extend(rows.into_iter().map(|(video, photo)| (video.as_id(), photo.as_id())));
        }
        Ok(pairs)
    }
}
