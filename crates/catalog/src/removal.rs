//! The removal of a user for good, after their assets.

use diesel::prelude::*;
use kalends_model::{AlbumId, AssetId, PersonId, TagId, UserId};

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::{albums, assets, people, tags, users};
use crate::stored::{Key, StoredId, ids};
use crate::users::expect_one;
use crate::writer::Writer;

impl Reader<'_> {
    /// Some of the user's assets, at most `limit`, ascending.
    pub fn some_assets_of(
        &mut self,
        user: UserId,
        limit: usize,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let keys = assets::table
            .filter(assets::owner.eq(user.key()))
            .order(assets::id)
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select(assets::id)
            .load::<Key>(self.connection)?;
        Ok(ids(keys))
    }
}

impl Writer<'_> {
    /// Removes a user for good, with everything that is theirs but has no asset: albums, people,
    /// tags, links, libraries, sessions, keys, the feed. Their assets must have gone before, in
    /// transactions of their own. Cannot be undone.
    pub fn delete_user(&mut self, user: UserId) -> Result<(), CatalogError> {
        for other in self.users_who_see(user)? {
            self.raise_grants(other);
        }
        let albums = albums::table.filter(albums::owner.eq(user.key())).select(albums::id);
        for album in albums.load::<Key>(self.connection)? {
            self.delete_album(album.as_id::<AlbumId>())?;
        }
        let people = people::table.filter(people::owner.eq(user.key())).select(people::id);
        for person in people.load::<Key>(self.connection)? {
            self.delete_person(person.as_id::<PersonId>())?;
        }
        let roots = tags::table
            .filter(tags::owner.eq(user.key()))
            .filter(tags::parent.is_null())
            .select(tags::id);
        for tag in roots.load::<Key>(self.connection)? {
            self.delete_tag(tag.as_id::<TagId>())?;
        }
        for partner in self.partners_sharing_with(user)? {
            self.raise_grants(partner.shared_by);
        }
        let deleted = diesel::delete(users::table.find(user.key()))
            .execute(self.connection)
            .map_err(conflict("an asset of this user"))?;
        expect_one(deleted, "user")
    }
}
