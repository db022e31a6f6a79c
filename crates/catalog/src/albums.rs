//! Albums: chosen sets of assets, possibly of several owners, and who may look or add.
//!
//! A membership lies on the shelf of the asset's owner, whoever the album belongs to.

use std::collections::BTreeSet;

use diesel::prelude::*;
use kalends_model::{AlbumId, AssetId, ChangeKind, UserId};

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::{album_assets, album_users, albums, shared_links};
use crate::stored::{Key, Name, StoredId, ids, stored_names};
use crate::users::expect_one;
use crate::writer::Writer;

/// The order that an album asks to be shown in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AlbumOrder {
    /// Oldest first.
    Asc,
    /// Newest first.
    #[default]
    Desc,
}

stored_names!(AlbumOrder { Asc = "asc", Desc = "desc" });

/// What somebody may do with an album. The greater role may do what the lesser may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// See it.
    Viewer,
    /// Add and remove assets as well.
    Editor,
    /// Everything: it is the user's own.
    Owner,
}

stored_names!(Role { Viewer = "viewer", Editor = "editor", Owner = "owner" });

/// An album.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Album {
    /// The album.
    pub id: AlbumId,
    /// Whose it is.
    pub owner: UserId,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// The order it asks for.
    pub order: AlbumOrder,
    /// The asset that stands for it. It may have left the album or gone into the trash since: see
    /// [`Reader::valid_covers`].
    pub cover: Option<AssetId>,
    /// Whether its members may like and comment.
    pub is_activity_enabled: bool,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// When the album itself or the choice of its assets last changed, in microseconds since 1970.
    pub updated_at: i64,
    /// When anything of an asset in it last changed, and when one was last put into it, in
    /// microseconds since 1970.
    pub assets_modified_at: i64,
}

impl Album {
    /// A new album, made at `now`: without a description or a cover, the newest first.
    pub fn new(id: AlbumId, owner: UserId, name: impl Into<String>, now: i64) -> Self {
        Self {
            id,
            owner,
            name: name.into(),
            description: String::new(),
            order: AlbumOrder::default(),
            cover: None,
            is_activity_enabled: true,
            created_at: now,
            updated_at: now,
            assets_modified_at: now,
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = albums)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct StoredAlbum {
    owner: Key,
    id: Key,
    name: String,
    description: String,
    sort: Name<AlbumOrder>,
    cover: Option<Key>,
    is_activity_enabled: bool,
    created_at: i64,
    updated_at: i64,
    assets_modified_at: i64,
}

impl From<StoredAlbum> for Album {
    fn from(stored: StoredAlbum) -> Self {
        Self {
            id: stored.id.as_id(),
            owner: stored.owner.as_id(),
            name: stored.name,
            description: stored.description,
            order: stored.sort.0,
            cover: stored.cover.map(Key::as_id),
            is_activity_enabled: stored.is_activity_enabled,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
            assets_modified_at: stored.assets_modified_at,
        }
    }
}

impl Reader<'_> {
    /// The album with this id.
    pub fn album(&mut self, id: AlbumId) -> Result<Option<Album>, CatalogError> {
        let stored = albums::table
            .filter(albums::id.eq(id.key()))
            .select(StoredAlbum::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(Album::from))
    }

    /// The user's own albums, the oldest first.
    pub fn albums_of(&mut self, owner: UserId) -> Result<Vec<Album>, CatalogError> {
        let stored = albums::table
            .filter(albums::owner.eq(owner.key()))
            .order((albums::created_at, albums::id))
            .select(StoredAlbum::as_select())
            .load(self.connection)?;
        Ok(stored.into_iter().map(Album::from).collect())
    }

    /// With whom the album is shared, ascending by user. Its owner is not among them.
    pub fn album_users(&mut self, album: AlbumId) -> Result<Vec<(UserId, Role)>, CatalogError> {
        let rows = album_users::table
            .filter(album_users::album.eq(album.key()))
            .order(album_users::user)
            .select((album_users::user, album_users::role))
            .load::<(Key, Name<Role>)>(self.connection)?;
        Ok(rows.into_iter().map(|(user, role)| (user.as_id(), role.0)).collect())
    }

    /// Whose assets are in the album, ascending. Costs one look-up per owner.
    pub fn album_owners(&mut self, album: AlbumId) -> Result<Vec<UserId>, CatalogError> {
        let mut owners: Vec<Key> = Vec::new();
        loop {
            let in_album = album_assets::table.filter(album_assets::album.eq(album.key()));
            let owner = album_assets::owner;
            let next = match owners.last() {
                None => in_album.select(owner).order(owner).first::<Key>(self.connection),
                Some(&last) => in_album
                    .filter(owner.gt(last))
                    .select(owner)
                    .order(owner)
                    .first::<Key>(self.connection),
            };
            match next.optional()? {
                Some(next) => owners.push(next),
                None => return Ok(ids(owners)),
            }
        }
    }

    /// The assets in the album with their owners, ascending by owner and asset.
    pub fn album_assets(&mut self, album: AlbumId) -> Result<Vec<(UserId, AssetId)>, CatalogError> {
        let rows = album_assets::table
            .filter(album_assets::album.eq(album.key()))
            .order((album_assets::owner, album_assets::asset))
            .select((album_assets::owner, album_assets::asset))
            .load::<(Key, Key)>(self.connection)?;
        Ok(rows.into_iter().map(|(owner, asset)| (owner.as_id(), asset.as_id())).collect())
    }

    fn has_owner(&mut self, album: AlbumId, owner: UserId) -> Result<bool, CatalogError> {
        let one = album_assets::table
            .filter(album_assets::album.eq(album.key()))
            .filter(album_assets::owner.eq(owner.key()))
            .select(album_assets::asset)
            .first::<Key>(self.connection);
        Ok(one.optional()?.is_some())
    }
}

impl Writer<'_> {
    /// Adds an album, empty and not shared.
    pub fn create_album(&mut self, album: &Album) -> Result<(), CatalogError> {
        let stored = StoredAlbum {
            owner: album.owner.key(),
            id: album.id.key(),
            name: album.name.clone(),
            description: album.description.clone(),
            sort: Name(album.order),
            cover: album.cover.map(StoredId::key),
            is_activity_enabled: album.is_activity_enabled,
            created_at: album.created_at,
            updated_at: album.updated_at,
            assets_modified_at: album.assets_modified_at,
        };
        diesel::insert_into(albums::table)
            .values(stored)
            .execute(self.connection)
            .map_err(conflict("an album with this id"))?;
        self.raise_grants(album.owner);
        Ok(())
    }

    /// Replaces an album's name, description, order and cover, and whether it may be talked
    /// about.
    pub fn update_album(&mut self, album: &Album) -> Result<(), CatalogError> {
        let changed = diesel::update(albums::table.find((album.owner.key(), album.id.key())))
            .set((
                albums::name.eq(&album.name),
                albums::description.eq(&album.description),
                albums::sort.eq(Name(album.order)),
                albums::cover.eq(album.cover.map(StoredId::key)),
                albums::is_activity_enabled.eq(album.is_activity_enabled),
                albums::updated_at.eq(self.now),
            ))
            .execute(self.connection)?;
        expect_one(changed, "album")
    }

    /// Removes an album with its links. Its assets stay.
    pub fn delete_album(&mut self, album: AlbumId) -> Result<(), CatalogError> {
        self.raise_album_grants(album)?;
        let members = self.album_assets(album)?;
        for of_one_owner in members.chunk_by(|a, b| a.0 == b.0) {
            let assets = of_one_owner.iter().map(|member| member.1);
            self.touch(of_one_owner[0].0, ChangeKind::AlbumChanged, assets);
        }
        diesel::delete(album_assets::table.filter(album_assets::album.eq(album.key())))
            .execute(self.connection)?;
        let deleted = diesel::delete(albums::table.filter(albums::id.eq(album.key())))
            .execute(self.connection)?;
        expect_one(deleted, "album")
    }

    /// Shares the album with a user, or gives the user another role.
    pub fn set_album_user(
        &mut self,
        album: AlbumId,
        user: UserId,
        role: Role,
    ) -> Result<(), CatalogError> {
        diesel::insert_into(album_users::table)
            .values((
                album_users::album.eq(album.key()),
                album_users::user.eq(user.key()),
                album_users::role.eq(Name(role)),
            ))
            .on_conflict((album_users::album, album_users::user))
            .do_update()
            .set(album_users::role.eq(Name(role)))
            .execute(self.connection)
            .map_err(conflict("a member of the album"))?;
        self.raise_grants(user);
        Ok(())
    }

    /// No longer shares the album with a user.
    pub fn remove_album_user(&mut self, album: AlbumId, user: UserId) -> Result<(), CatalogError> {
        diesel::delete(album_users::table.find((album.key(), user.key())))
            .execute(self.connection)?;
        self.raise_grants(user);
        Ok(())
    }

    /// Puts assets of one owner into an album. Returns those that were not in it.
    pub fn add_to_album(
        &mut self,
        album: AlbumId,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<Vec<AssetId>, CatalogError> {
        let had_owner = self.has_owner(album, owner)?;
        let mut added = Vec::with_capacity(assets.len());
        for &asset in assets {
            let is_new = diesel::insert_into(album_assets::table)
                .values((
                    album_assets::owner.eq(owner.key()),
                    album_assets::asset.eq(asset.key()),
                    album_assets::album.eq(album.key()),
                ))
                .on_conflict_do_nothing()
                .execute(self.connection)
                .map_err(conflict("a member of the album"))?;
            if is_new > 0 {
                added.push(asset);
                self.touch(owner, ChangeKind::AlbumChanged, [asset]);
            }
        }
        if !added.is_empty() {
            self.stamp_album(album)?;
            if !had_owner {
                self.raise_album_grants(album)?;
            }
        }
        Ok(added)
    }

    /// Takes assets of one owner out of an album. Returns those that were in it.
    pub fn remove_from_album(
        &mut self,
        album: AlbumId,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<Vec<AssetId>, CatalogError> {
        let mut removed = Vec::with_capacity(assets.len());
        for &asset in assets {
            let membership = album_assets::table.find((owner.key(), asset.key(), album.key()));
            let gone = diesel::delete(membership).execute(self.connection)?;
            if gone > 0 {
                removed.push(asset);
                self.touch(owner, ChangeKind::AlbumChanged, [asset]);
            }
        }
        if !removed.is_empty() {
            self.stamp_album(album)?;
        }
        self.raise_if_owner_left(album, owner)?;
        Ok(removed)
    }

    fn stamp_album(&mut self, album: AlbumId) -> Result<(), CatalogError> {
        diesel::update(albums::table.filter(albums::id.eq(album.key())))
            .set(albums::updated_at.eq(self.now))
            .execute(self.connection)?;
        Ok(())
    }

    /// Tells the albums that hold any of these assets of one owner that something of an asset
    /// changed.
    pub(crate) fn note_in_albums(
        &mut self,
        owner: UserId,
        touched: &[AssetId],
    ) -> Result<(), CatalogError> {
        const ASKED_MAX: usize = 500;
        let mut concerned: BTreeSet<Key> = BTreeSet::new();
        for asked in touched.chunks(ASKED_MAX) {
            let keys: Vec<Key> = asked.iter().map(|id| id.key()).collect();
            let of_assets = album_assets::table
                .filter(album_assets::owner.eq(owner.key()))
                .filter(album_assets::asset.eq_any(keys))
                .select(album_assets::album)
                .distinct();
            concerned.extend(of_assets.load::<Key>(self.connection)?);
        }
        for album in concerned {
            diesel::update(albums::table.filter(albums::id.eq(album)))
                .set(albums::assets_modified_at.eq(self.now))
                .execute(self.connection)?;
        }
        Ok(())
    }

    /// Tells everyone who may see the album when it holds nothing of `owner` any more.
    pub(crate) fn raise_if_owner_left(
        &mut self,
        album: AlbumId,
        owner: UserId,
    ) -> Result<(), CatalogError> {
        if self.has_owner(album, owner)? { Ok(()) } else { self.raise_album_grants(album) }
    }

    /// Raises the grants of everyone who may see the album: its owner, its members, and those
    /// whose links show it.
    fn raise_album_grants(&mut self, album: AlbumId) -> Result<(), CatalogError> {
        let mut concerned: BTreeSet<UserId> = BTreeSet::new();
        concerned.extend(self.album(album)?.map(|album| album.owner));
        concerned.extend(self.album_users(album)?.into_iter().map(|(user, _)| user));
        let linkers = shared_links::table
            .filter(shared_links::album.eq(album.key()))
            .select(shared_links::owner)
            .load::<Key>(self.connection)?;
        concerned.extend(ids::<UserId>(linkers));
        for user in concerned {
            self.raise_grants(user);
        }
        Ok(())
    }
}
