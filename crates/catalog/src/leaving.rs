//! Assets that leave everything they are shared by: albums and links.

use std::collections::BTreeMap;

use diesel::prelude::*;
use kalends_model::{AlbumId, AssetId, LinkId, UserId};

use crate::error::CatalogError;
use crate::schema::link_assets;
use crate::stored::{Key, StoredId};
use crate::writer::Writer;

/// How many rows one statement asks for.
const ASKED_MAX: usize = 500;

impl Writer<'_> {
    /// Takes assets of one owner out of every album and every link, as those do that move to the
    /// locked folder.
    pub fn leave_albums_and_links(
        &mut self,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<(), CatalogError> {
        let mut by_album: BTreeMap<AlbumId, Vec<AssetId>> = BTreeMap::new();
        for (asset, albums) in self.albums_of_assets(owner, assets)? {
            for album in albums {
                by_album.entry(album).or_default().push(asset);
            }
        }
        for (album, assets) in by_album {
            self.remove_from_album(album, owner, &assets)?;
        }
        let mut by_link: BTreeMap<LinkId, Vec<AssetId>> = BTreeMap::new();
        for asked in assets.chunks(ASKED_MAX) {
            let keys: Vec<Key> = asked.iter().map(|id| id.key()).collect();
            let rows = link_assets::table
                .filter(link_assets::owner.eq(owner.key()))
                .filter(link_assets::asset.eq_any(keys))
                .select((link_assets::link, link_assets::asset))
                .load::<(Key, Key)>(self.connection)?;
            for (link, asset) in rows {
                by_link.entry(link.as_id()).or_default().push(asset.as_id());
            }
        }
        for (link, assets) in by_link {
            self.remove_link_assets(link, owner, &assets)?;
        }
        Ok(())
    }
}
