//! Users: who signs in, and whose assets there are.

use diesel::prelude::*;
use kalends_model::UserId;

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::users;
use crate::stored::{Key, StoredId};
use crate::writer::Writer;

/// A user, without the secrets, which are asked for by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The user.
    pub id: UserId,
    /// Unique among users; kept in lower case.
    pub email: String,
    /// What the user is called.
    pub name: String,
    /// Whether the user may manage others.
    pub is_admin: bool,
    /// Whether the password was set by somebody else.
    pub should_change_password: bool,
    /// The most bytes that the user's uploads may take. `None` for no limit.
    pub quota_bytes: Option<u64>,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// When the user was deleted, in microseconds since 1970. Such a user cannot sign in.
    pub deleted_at: Option<i64>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users)]
#[diesel(treat_none_as_default_value = false)]
struct StoredUser {
    id: Key,
    email: String,
    name: String,
    is_admin: bool,
    should_change_password: bool,
    quota_bytes: Option<i64>,
    created_at: i64,
    deleted_at: Option<i64>,
}

impl From<StoredUser> for User {
    fn from(stored: StoredUser) -> Self {
        Self {
            id: stored.id.as_id(),
            email: stored.email,
            name: stored.name,
            is_admin: stored.is_admin,
            should_change_password: stored.should_change_password,
            quota_bytes: stored.quota_bytes.map(|bytes| bytes as u64),
            created_at: stored.created_at,
            deleted_at: stored.deleted_at,
        }
    }
}

impl Reader<'_> {
    /// The user with this id, deleted or not.
    pub fn user(&mut self, id: UserId) -> Result<Option<User>, CatalogError> {
        let stored = users::table
            .find(id.key())
            .select(StoredUser::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(User::from))
    }

    /// The user with this email, in whatever case it is written.
    pub fn user_by_email(&mut self, email: &str) -> Result<Option<User>, CatalogError> {
        let stored = users::table
            .filter(users::email.eq(email.to_lowercase()))
            .select(StoredUser::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(User::from))
    }

    /// Every user, deleted ones among them, the oldest first.
    pub fn users(&mut self) -> Result<Vec<User>, CatalogError> {
        let stored = users::table
            .order((users::created_at, users::id))
            .select(StoredUser::as_select())
            .load(self.connection)?;
        Ok(stored.into_iter().map(User::from).collect())
    }

    /// The hash of the user's password; `None` when there is no user or no password.
    pub fn password_hash(&mut self, user: UserId) -> Result<Option<String>, CatalogError> {
        let hash = users::table
            .find(user.key())
            .select(users::password_hash)
            .first::<Option<String>>(self.connection);
        Ok(hash.optional()?.flatten())
    }

    /// The hash of the PIN that opens the user's locked folder.
    pub fn pin_hash(&mut self, user: UserId) -> Result<Option<String>, CatalogError> {
        let hash = users::table
            .find(user.key())
            .select(users::pin_hash)
            .first::<Option<String>>(self.connection);
        Ok(hash.optional()?.flatten())
    }
}

impl Writer<'_> {
    /// Adds a user. A conflict when the id or the email is taken.
    pub fn create_user(
        &mut self,
        user: &User,
        password_hash: Option<&str>,
    ) -> Result<(), CatalogError> {
        let stored = StoredUser {
            id: user.id.key(),
            email: user.email.to_lowercase(),
            name: user.name.clone(),
            is_admin: user.is_admin,
            should_change_password: user.should_change_password,
            quota_bytes: user.quota_bytes.map(|bytes| bytes as i64),
            created_at: user.created_at,
            deleted_at: user.deleted_at,
        };
        diesel::insert_into(users::table)
            .values((stored, users::password_hash.eq(password_hash)))
            .execute(self.connection)
            .map_err(conflict("a user with this email"))?;
        Ok(())
    }

    /// Replaces the hash of the user's password, and whether the user should choose another.
    pub fn set_password_hash(
        &mut self,
        user: UserId,
        hash: &str,
        should_change: bool,
    ) -> Result<(), CatalogError> {
        let changed = diesel::update(users::table.find(user.key()))
            .set((users::password_hash.eq(hash), users::should_change_password.eq(should_change)))
            .execute(self.connection)?;
        expect_one(changed, "user")
    }

    /// Sets or removes the hash of the user's PIN.
    pub fn set_pin_hash(&mut self, user: UserId, hash: Option<&str>) -> Result<(), CatalogError> {
        let changed = diesel::update(users::table.find(user.key()))
            .set(users::pin_hash.eq(hash))
            .execute(self.connection)?;
        expect_one(changed, "user")
    }

    /// Renames a user.
    pub fn rename_user(&mut self, user: UserId, name: &str) -> Result<(), CatalogError> {
        let changed = diesel::update(users::table.find(user.key()))
            .set(users::name.eq(name))
            .execute(self.connection)?;
        expect_one(changed, "user")
    }

    /// Marks a user as deleted since `at`, or as not deleted.
    pub fn set_user_deleted(&mut self, user: UserId, at: Option<i64>) -> Result<(), CatalogError> {
        let changed = diesel::update(users::table.find(user.key()))
            .set(users::deleted_at.eq(at))
            .execute(self.connection)?;
        // Everyone who can see this user's assets is concerned: partners, album members.
        for other in self.users_who_see(user)? {
            self.raise_grants(other);
        }
        self.raise_grants(user);
        expect_one(changed, "user")
    }
}

/// That an update which names one row found it.
pub(crate) fn expect_one(changed: usize, what: &'static str) -> Result<(), CatalogError> {
    if changed == 0 { Err(CatalogError::NotFound(what)) } else { Ok(()) }
}
