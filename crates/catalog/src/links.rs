//! Shared links: what a visitor without an account may see.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use kalends_model::{AlbumId, AssetId, LinkId, UserId, Visibility};

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::{assets, link_assets, shared_links};
use crate::stored::{Key, Name, StoredId};
use crate::users::expect_one;
use crate::writer::Writer;

diesel::define_sql_function! {
    /// The least of the keys of a group.
    #[aggregate]
    #[sql_name = "min"]
    fn least_key(key: diesel::sql_types::Binary) -> Nullable<Binary>;
}

/// What a link shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// An album, as it is at the moment of the visit.
    Album(AlbumId),
    /// Chosen assets: see [`Reader::link_assets`].
    Assets,
}

/// A shared link. The password is asked for by [`Reader::link_password_hash`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The link.
    pub id: LinkId,
    /// Who shares.
    pub owner: UserId,
    /// The secret that opens it: at most 50 bytes.
    pub key: Vec<u8>,
    /// A name that opens it as well.
    pub slug: Option<String>,
    /// What it shows.
    pub target: LinkTarget,
    /// Words about it.
    pub description: Option<String>,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// When it ends, in microseconds since 1970.
    pub expires_at: Option<i64>,
    /// Whether places and other facts are shown.
    pub show_metadata: bool,
    /// Whether visitors may add assets.
    pub allow_upload: bool,
    /// Whether visitors may take the originals.
    pub allow_download: bool,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = shared_links, treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
struct StoredLink {
    id: Key,
    owner: Key,
    key: Vec<u8>,
    slug: Option<String>,
    album: Option<Key>,
    description: Option<String>,
    created_at: i64,
    expires_at: Option<i64>,
    show_metadata: bool,
    allow_upload: bool,
    allow_download: bool,
}

impl From<StoredLink> for Link {
    fn from(stored: StoredLink) -> Self {
        let album = stored.album.map(Key::as_id);
        Self {
            id: stored.id.as_id(),
            owner: stored.owner.as_id(),
            key: stored.key,
            slug: stored.slug,
            target: album.map_or(LinkTarget::Assets, LinkTarget::Album),
            description: stored.description,
            created_at: stored.created_at,
            expires_at: stored.expires_at,
            show_metadata: stored.show_metadata,
            allow_upload: stored.allow_upload,
            allow_download: stored.allow_download,
        }
    }
}

impl From<&Link> for StoredLink {
    fn from(link: &Link) -> Self {
        Self {
            id: link.id.key(),
            owner: link.owner.key(),
            key: link.key.clone(),
            slug: link.slug.clone(),
            album: match link.target {
                LinkTarget::Album(album) => Some(album.key()),
                LinkTarget::Assets => None,
            },
            description: link.description.clone(),
            created_at: link.created_at,
            expires_at: link.expires_at,
            show_metadata: link.show_metadata,
            allow_upload: link.allow_upload,
            allow_download: link.allow_download,
        }
    }
}

impl Reader<'_> {
    /// The link that this key opens, expired or not.
    pub fn link_by_key(&mut self, key: &[u8]) -> Result<Option<Link>, CatalogError> {
        let stored = shared_links::table
            .filter(shared_links::key.eq(key))
            .select(StoredLink::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(Link::from))
    }

    /// The link that this name opens, expired or not.
    pub fn link_by_slug(&mut self, slug: &str) -> Result<Option<Link>, CatalogError> {
        let stored = shared_links::table
            .filter(shared_links::slug.eq(slug))
            .select(StoredLink::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(Link::from))
    }

    /// The link with this id, expired or not.
    pub fn link(&mut self, id: LinkId) -> Result<Option<Link>, CatalogError> {
        let stored = shared_links::table
            .find(id.key())
            .select(StoredLink::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(Link::from))
    }

    /// Those of the user's links that ask for a password.
    pub fn links_with_passwords(
        &mut self,
        owner: UserId,
    ) -> Result<BTreeSet<LinkId>, CatalogError> {
        let keys = shared_links::table
            .filter(shared_links::owner.eq(owner.key()))
            .filter(shared_links::password_hash.is_not_null())
            .select(shared_links::id)
            .load::<Key>(self.connection)?;
        Ok(keys.into_iter().map(Key::as_id).collect())
    }

    /// One chosen asset of each of these links that shows any: the first by id that is live in the
    /// timeline or the archive.
    pub fn first_link_assets(
        &mut self,
        links: &[LinkId],
    ) -> Result<BTreeMap<LinkId, AssetId>, CatalogError> {
        const ASKED_MAX: usize = 500;
        let mut first: BTreeMap<LinkId, AssetId> = BTreeMap::new();
        let shown = [Name(Visibility::Timeline), Name(Visibility::Archive)];
        let of_link = assets::owner.eq(link_assets::owner).and(assets::id.eq(link_assets::asset));
        for asked in links.chunks(ASKED_MAX) {
            let keys: Vec<Key> = asked.iter().map(|id| id.key()).collect();
            let rows = link_assets::table
                .inner_join(assets::table.on(of_link))
                .filter(link_assets::link.eq_any(keys))
                .filter(assets::trashed_at.is_null())
                .filter(assets::offline_at.is_null())
                .filter(assets::visibility.eq_any(shown))
                .group_by(link_assets::link)
                .select((link_assets::link, least_key(link_assets::asset)))
                .load::<(Key, Option<Key>)>(self.connection)?;
            for (link, asset) in rows {
                if let Some(asset) = asset {
                    first.insert(link.as_id(), asset.as_id());
                }
            }
        }
        Ok(first)
    }

    /// The user's links, the oldest first.
    pub fn links_of(&mut self, owner: UserId) -> Result<Vec<Link>, CatalogError> {
        let stored = shared_links::table
            .filter(shared_links::owner.eq(owner.key()))
            .order((shared_links::created_at, shared_links::id))
            .select(StoredLink::as_select())
            .load(self.connection)?;
        Ok(stored.into_iter().map(Link::from).collect())
    }

    /// The hash of the password that the link asks for.
    pub fn link_password_hash(&mut self, link: LinkId) -> Result<Option<String>, CatalogError> {
        let hash = shared_links::table
            .find(link.key())
            .select(shared_links::password_hash)
            .first::<Option<String>>(self.connection);
        Ok(hash.optional()?.flatten())
    }

    /// The chosen assets of a link with their owners, ascending.
    pub fn link_assets(&mut self, link: LinkId) -> Result<Vec<(UserId, AssetId)>, CatalogError> {
        let rows = link_assets::table
            .filter(link_assets::link.eq(link.key()))
            .order((link_assets::owner, link_assets::asset))
            .select((link_assets::owner, link_assets::asset))
            .load::<(Key, Key)>(self.connection)?;
        Ok(rows.into_iter().map(|(owner, asset)| (owner.as_id(), asset.as_id())).collect())
    }
}

impl Writer<'_> {
    /// Adds a link. A conflict when its key or slug is taken.
    pub fn create_link(
        &mut self,
        link: &Link,
        password_hash: Option<&str>,
    ) -> Result<(), CatalogError> {
        diesel::insert_into(shared_links::table)
            .values((StoredLink::from(link), shared_links::password_hash.eq(password_hash)))
            .execute(self.connection)
            .map_err(conflict("a link with this key or name"))?;
        self.raise_grants(link.owner);
        Ok(())
    }

    /// Replaces everything of a link but its id, its assets and its password.
    pub fn update_link(&mut self, link: &Link) -> Result<(), CatalogError> {
        let changed = diesel::update(shared_links::table.find(link.id.key()))
            .set(StoredLink::from(link))
            .execute(self.connection)
            .map_err(conflict("a link with this key or name"))?;
        self.raise_grants(link.owner);
        expect_one(changed, "link")
    }

    /// Sets or removes the hash of a link's password.
    pub fn set_link_password_hash(
        &mut self,
        link: LinkId,
        hash: Option<&str>,
    ) -> Result<(), CatalogError> {
        let owner = diesel::update(shared_links::table.find(link.key()))
            .set(shared_links::password_hash.eq(hash))
            .returning(shared_links::owner)
            .get_result::<Key>(self.connection)
            .optional()?;
        self.raise_grants(owner.ok_or(CatalogError::NotFound("link"))?.as_id());
        Ok(())
    }

    /// Removes a link.
    pub fn delete_link(&mut self, link: LinkId) -> Result<(), CatalogError> {
        let owner = diesel::delete(shared_links::table.find(link.key()))
            .returning(shared_links::owner)
            .get_result::<Key>(self.connection)
            .optional()?;
        self.raise_grants(owner.ok_or(CatalogError::NotFound("link"))?.as_id());
        Ok(())
    }

    /// Adds assets of one owner to those that a link shows.
    pub fn add_link_assets(
        &mut self,
        link: LinkId,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<(), CatalogError> {
        for asset in assets {
            diesel::insert_into(link_assets::table)
                .values((
                    link_assets::link.eq(link.key()),
                    link_assets::owner.eq(owner.key()),
                    link_assets::asset.eq(asset.key()),
                ))
                .on_conflict_do_nothing()
                .execute(self.connection)
                .map_err(conflict("this asset in the link"))?;
        }
        self.raise_link_owner(link)
    }

    /// Takes assets of one owner out of those that a link shows.
    pub fn remove_link_assets(
        &mut self,
        link: LinkId,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<(), CatalogError> {
        for asset in assets {
            diesel::delete(link_assets::table.find((link.key(), owner.key(), asset.key())))
                .execute(self.connection)?;
        }
        self.raise_link_owner(link)
    }

    fn raise_link_owner(&mut self, link: LinkId) -> Result<(), CatalogError> {
        let owner = shared_links::table.find(link.key()).select(shared_links::owner);
        let owner = owner.first::<Key>(self.connection).optional()?;
        self.raise_grants(owner.ok_or(CatalogError::NotFound("link"))?.as_id());
        Ok(())
    }
}
