//! What a scope is worked out from: everything that gives a user a view of somebody's assets.

use std::collections::BTreeSet;

use diesel::prelude::*;
use kalends_model::{AlbumId, LibraryId, UserId};

use crate::albums::Role;
use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::schema::{album_assets, album_users, albums, partners, users};
use crate::stored::{Key, Name, StoredId, ids};

/// What a user has been given, at one moment. A scope that was worked out from it is good while
/// [`Grants::version`] stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants {
    /// Raised whenever sessions, keys, partners, album roles, an album's owners, links or libraries
    /// of this user change.
    pub version: u64,
    /// Whether the user has been deleted, and so may see nothing.
    pub is_deleted: bool,
    /// Who shares with the user, and whether that is shown in the user's timeline. Deleted users
    /// are left out. Ascending.
    pub partners_in: Vec<(UserId, bool)>,
    /// With whom the user shares. Ascending.
    pub partners_out: Vec<UserId>,
    /// The albums that the user may see, and as what. Albums of deleted users are left out.
    /// Ascending.
    pub albums: Vec<(AlbumId, Role)>,
    /// The user's libraries, and whether each is in the trash. The oldest first.
    pub libraries: Vec<(LibraryId, bool)>,
}

impl Reader<'_> {
    /// Everything that the user's scopes depend on; `None` when there is no such user.
    pub fn grants(&mut self, user: UserId) -> Result<Option<Grants>, CatalogError> {
        let row = users::table
            .find(user.key())
            .select((users::grants_version, users::deleted_at))
            .first::<(i64, Option<i64>)>(self.connection)
            .optional()?;
        let Some((version, deleted_at)) = row else { return Ok(None) };
        let libraries = self.libraries_of(user)?;
        Ok(Some(Grants {
            version: version as u64,
            is_deleted: deleted_at.is_some(),
            partners_in: self.live_partners_in(user)?,
            partners_out: self.partners_of(user)?.iter().map(|p| p.shared_with).collect(),
            albums: self.roles(user)?,
            libraries: libraries.iter().map(|l| (l.id, l.trashed_at.is_some())).collect(),
        }))
    }

    /// The number that tells whether [`Reader::grants`] would answer anything else; `None` when
    /// there is no such user.
    pub fn grants_version(&mut self, user: UserId) -> Result<Option<u64>, CatalogError> {
        let version = users::table.find(user.key()).select(users::grants_version);
        let version = version.first::<i64>(self.connection).optional()?;
        Ok(version.map(|version| version as u64))
    }

    /// What the user may do with an album, or `None`.
    pub fn album_role(
        &mut self,
        user: UserId,
        album: AlbumId,
    ) -> Result<Option<Role>, CatalogError> {
        let known = self.album(album)?;
        if known.is_some_and(|album| album.owner == user) {
            return Ok(Some(Role::Owner));
        }
        let role = album_users::table
            .find((album.key(), user.key()))
            .select(album_users::role)
            .first::<Name<Role>>(self.connection)
            .optional()?;
        Ok(role.map(|role| role.0))
    }

    fn live_partners_in(&mut self, user: UserId) -> Result<Vec<(UserId, bool)>, CatalogError> {
        let rows = partners::table
            .inner_join(users::table.on(users::id.eq(partners::shared_by)))
            .filter(partners::shared_with.eq(user.key()))
            .filter(users::deleted_at.is_null())
            .order(partners::shared_by)
            .select((partners::shared_by, partners::in_timeline))
            .load::<(Key, bool)>(self.connection)?;
        Ok(rows.into_iter().map(|(by, in_timeline)| (by.as_id(), in_timeline)).collect())
    }

    fn roles(&mut self, user: UserId) -> Result<Vec<(AlbumId, Role)>, CatalogError> {
        let own = albums::table
            .filter(albums::owner.eq(user.key()))
            .select(albums::id)
            .load::<Key>(self.connection)?;
        let shared = album_users::table
            .inner_join(albums::table.on(albums::id.eq(album_users::album)))
            .inner_join(users::table.on(users::id.eq(albums::owner)))
            .filter(album_users::user.eq(user.key()))
            .filter(users::deleted_at.is_null())
            .select((album_users::album, album_users::role))
            .load::<(Key, Name<Role>)>(self.connection)?;
        let own = own.into_iter().map(|album| (album.as_id(), Role::Owner));
        let shared = shared.into_iter().map(|(album, role)| (album.as_id(), role.0));
        // An owner who is listed as a member as well stays the owner.
        let mut roles: Vec<(AlbumId, Role)> = own.chain(shared).collect();
        roles.sort_unstable_by_key(|&(album, role)| (album, std::cmp::Reverse(role)));
        roles.dedup_by_key(|role| role.0);
        Ok(roles)
    }

    /// Everyone else who may see assets or albums of this user.
    pub(crate) fn users_who_see(&mut self, user: UserId) -> Result<BTreeSet<UserId>, CatalogError> {
        let mut others: BTreeSet<UserId> = BTreeSet::new();
        others.extend(self.partners_of(user)?.iter().map(|partner| partner.shared_with));
        let members = album_users::table
            .inner_join(albums::table.on(albums::id.eq(album_users::album)))
            .filter(albums::owner.eq(user.key()))
            .select(album_users::user)
            .load::<Key>(self.connection)?;
        others.extend(ids::<UserId>(members));
        let in_albums = album_assets::table
            .filter(album_assets::owner.eq(user.key()))
            .select(album_assets::album)
            .distinct()
            .load::<Key>(self.connection)?;
        for album in ids::<AlbumId>(in_albums) {
            others.extend(self.album(album)?.map(|album| album.owner));
            others.extend(self.album_users(album)?.into_iter().map(|member| member.0));
        }
        others.remove(&user);
        Ok(others)
    }
}
