//! Many albums at once: what a list of albums shows beside each album's own row, each in one
//! statement for the whole list.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use kalends_model::{AlbumId, AssetId, UserId, Visibility};

use crate::albums::{Album, Role, StoredAlbum};
use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::schema::{album_assets, album_users, albums, assets, libraries, shared_links, users};
use crate::stored::{Key, Name, StoredId};

/// How many albums one statement asks for.
const ASKED_MAX: usize = 500;

impl Reader<'_> {
    /// Those of `ids` that exist and whose owners have not been deleted, in the order asked, each
    /// once.
    pub fn albums(&mut self, ids: &[AlbumId]) -> Result<Vec<Album>, CatalogError> {
        let mut found: HashMap<AlbumId, Album> = HashMap::with_capacity(ids.len());
        for asked in ids.chunks(ASKED_MAX) {
            let stored = albums::table
                .inner_join(users::table.on(users::id.eq(albums::owner)))
                .filter(albums::id.eq_any(keys(asked)))
                .filter(users::deleted_at.is_null())
                .select(StoredAlbum::as_select())
                .load(self.connection)?;
            let stored = stored.into_iter().map(Album::from);
            found.extend(stored.map(|album| (album.id, album)));
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// The albums of others that are shared with the user, the oldest first. Albums of deleted
    /// users are left out.
    pub fn albums_shared_with(&mut self, user: UserId) -> Result<Vec<Album>, CatalogError> {
        let stored = album_users::table
            .inner_join(albums::table.on(albums::id.eq(album_users::album)))
            .inner_join(users::table.on(users::id.eq(albums::owner)))
            .filter(album_users::user.eq(user.key()))
            .filter(albums::owner.ne(user.key()))
            .filter(users::deleted_at.is_null())
            .order((albums::created_at, albums::id))
            .select(StoredAlbum::as_select())
            .load(self.connection)?;
        Ok(stored.into_iter().map(Album::from).collect())
    }

    /// What the user may do with those of these albums that others share with them.
    pub fn roles_in_albums(
        &mut self,
        user: UserId,
        ids: &[AlbumId],
    ) -> Result<BTreeMap<AlbumId, Role>, CatalogError> {
        let mut roles: BTreeMap<AlbumId, Role> = BTreeMap::new();
        for asked in ids.chunks(ASKED_MAX) {
            let rows = album_users::table
                .filter(album_users::album.eq_any(keys(asked)))
                .filter(album_users::user.eq(user.key()))
                .select((album_users::album, album_users::role))
                .load::<(Key, Name<Role>)>(self.connection)?;
            for (album, role) in rows {
                roles.insert(album.as_id(), role.0);
            }
        }
        Ok(roles)
    }

    /// With whom each of these albums is shared. Owners are not among them, nor users who have been
    /// deleted. Ascending by user.
    pub fn members_of_albums(
        &mut self,
        ids: &[AlbumId],
    ) -> Result<BTreeMap<AlbumId, Vec<(UserId, Role)>>, CatalogError> {
        let mut members: BTreeMap<AlbumId, Vec<(UserId, Role)>> = BTreeMap::new();
        for asked in ids.chunks(ASKED_MAX) {
            let rows = album_users::table
                .inner_join(users::table.on(users::id.eq(album_users::user)))
                .inner_join(albums::table.on(albums::id.eq(album_users::album)))
                .filter(album_users::album.eq_any(keys(asked)))
                .filter(users::deleted_at.is_null())
                .filter(albums::owner.ne(album_users::user))
                .order((album_users::album, album_users::user))
                .select((album_users::album, album_users::user, album_users::role))
                .load::<(Key, Key, Name<Role>)>(self.connection)?;
            for (album, user, role) in rows {
                members.entry(album.as_id()).or_default().push((user.as_id(), role.0));
            }
        }
        Ok(members)
    }

    /// Who has made a link to each of these albums, each once. Albums without are left out.
    pub fn linkers_of_albums(
        &mut self,
        ids: &[AlbumId],
    ) -> Result<BTreeMap<AlbumId, Vec<UserId>>, CatalogError> {
        let mut linkers: BTreeMap<AlbumId, Vec<UserId>> = BTreeMap::new();
        for asked in ids.chunks(ASKED_MAX) {
            let asked: Vec<Option<Key>> = keys(asked).into_iter().map(Some).collect();
            let rows = shared_links::table
                .filter(shared_links::album.eq_any(asked))
                .select((shared_links::album.assume_not_null(), shared_links::owner))
                .distinct()
                .load::<(Key, Key)>(self.connection)?;
            for (album, owner) in rows {
                linkers.entry(album.as_id()).or_default().push(owner.as_id());
            }
        }
        Ok(linkers)
    }

    /// The covers of those of these albums whose chosen cover is still shown in the album: a live
    /// asset of timeline or archive that is in it, of a user and in a library that are not gone.
    pub fn valid_covers(
        &mut self,
        ids: &[AlbumId],
    ) -> Result<BTreeMap<AlbumId, AssetId>, CatalogError> {
        let mut covers: BTreeMap<AlbumId, AssetId> = BTreeMap::new();
        let of_asset =
            album_assets::owner.eq(assets::owner).and(album_assets::asset.eq(assets::id));
        let of_album = album_assets::album.eq(albums::id);
        for asked in ids.chunks(ASKED_MAX) {
            let rows = albums::table
                .inner_join(assets::table.on(albums::cover.eq(assets::id.nullable())))
                .inner_join(album_assets::table.on(of_asset.and(of_album)))
                .inner_join(users::table.on(users::id.eq(assets::owner)))
                .inner_join(libraries::table.on(libraries::id.eq(assets::library)))
                .filter(albums::id.eq_any(keys(asked)))
                .filter(assets::trashed_at.is_null())
                .filter(assets::offline_at.is_null())
                .filter(
                    assets::visibility
                        .eq_any([Name(Visibility::Timeline), Name(Visibility::Archive)]),
                )
                .filter(users::deleted_at.is_null())
                .filter(libraries::trashed_at.is_null())
                .select((albums::id, assets::id))
                .load::<(Key, Key)>(self.connection)?;
            for (album, cover) in rows {
                covers.insert(album.as_id(), cover.as_id());
            }
        }
        Ok(covers)
    }

    /// Those of these assets of one owner that are in the album.
    pub fn assets_in_album(
        &mut self,
        album: AlbumId,
        owner: UserId,
        ids: &[AssetId],
    ) -> Result<Vec<AssetId>, CatalogError> {
        let mut inside = Vec::new();
        for asked in ids.chunks(ASKED_MAX) {
            let keys: Vec<Key> = asked.iter().map(|id| id.key()).collect();
            let rows = album_assets::table
                .filter(album_assets::owner.eq(owner.key()))
                .filter(album_assets::asset.eq_any(keys))
                .filter(album_assets::album.eq(album.key()))
                .order(album_assets::asset)
                .select(album_assets::asset)
                .load::<Key>(self.connection)?;
            inside.extend(rows.into_iter().map(Key::as_id::<AssetId>));
        }
        Ok(inside)
    }
}

fn keys(ids: &[AlbumId]) -> Vec<Key> {
    ids.iter().map(|id| id.key()).collect()
}
