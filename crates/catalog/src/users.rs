//! Users: who signs in, and whose assets there are.

use diesel::prelude::*;
use kalends_model::UserId;

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::users;
use crate::stored::{Key, Name, StoredId, stored_names};
use crate::writer::Writer;

/// The colour that stands for a user who has no portrait, in the order of contract immich §D10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "colours need no explanation")]
pub enum AvatarColor {
    Primary,
    Pink,
    Red,
    Yellow,
    Blue,
    Green,
    Purple,
    Orange,
    Gray,
    Amber,
}

stored_names!(AvatarColor {
    Primary = "primary",
    Pink = "pink",
    Red = "red",
    Yellow = "yellow",
    Blue = "blue",
    Green = "green",
    Purple = "purple",
    Orange = "orange",
    Gray = "gray",
    Amber = "amber",
});

impl AvatarColor {
    /// All of them, in order.
    pub const ALL: [Self; 10] = [
        Self::Primary,
        Self::Pink,
        Self::Red,
        Self::Yellow,
        Self::Blue,
        Self::Green,
        Self::Purple,
        Self::Orange,
        Self::Gray,
        Self::Amber,
    ];

    /// Its name, as it is stored and as the dialects write it.
    pub fn name(self) -> &'static str {
        crate::stored::Named::stored_name(self)
    }
}

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
    /// The colour that the user has chosen.
    pub chosen_color: Option<AvatarColor>,
    /// What the folder of the user's uploads is called instead of the user's id. Unique.
    pub storage_label: Option<String>,
    /// When anything of this was last changed, in microseconds since 1970.
    pub updated_at: i64,
    /// When the portrait was last changed, in microseconds since 1970.
    pub profile_changed_at: i64,
    /// Whether the user has a portrait.
    pub has_profile_image: bool,
    /// Whether the user has seen the introduction.
    pub is_onboarded: bool,
    /// Whether the removal of everything the user has may have begun; a deleted user then cannot be
    /// restored.
    pub is_removing: bool,
}

impl User {
    /// A user with this address and name, made at `now`, and everything else as it mostly is.
    pub fn new(id: UserId, email: &str, name: &str, now: i64) -> Self {
        Self {
            id,
            email: email.to_lowercase(),
            name: name.to_owned(),
            is_admin: false,
            should_change_password: false,
            quota_bytes: None,
            created_at: now,
            deleted_at: None,
            chosen_color: None,
            storage_label: None,
            updated_at: now,
            profile_changed_at: now,
            has_profile_image: false,
            is_onboarded: true,
            is_removing: false,
        }
    }

    /// The colour that stands for the user: the chosen one, or one that the address decides
    /// (contract immich §D2.2).
    pub fn avatar_color(&self) -> AvatarColor {
        self.chosen_color.unwrap_or_else(|| {
            let sum: u64 = self.email.chars().map(u64::from).sum();
            AvatarColor::ALL[(sum % AvatarColor::ALL.len() as u64) as usize]
        })
    }
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
    avatar_color: Option<Name<AvatarColor>>,
    storage_label: Option<String>,
    updated_at: i64,
    profile_changed_at: i64,
    has_profile_image: bool,
    is_onboarded: bool,
    is_removing: bool,
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
            chosen_color: stored.avatar_color.map(|color| color.0),
            storage_label: stored.storage_label,
            updated_at: stored.updated_at,
            profile_changed_at: stored.profile_changed_at,
            has_profile_image: stored.has_profile_image,
            is_onboarded: stored.is_onboarded,
            is_removing: stored.is_removing,
        }
    }
}

impl From<&User> for StoredUser {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.key(),
            email: user.email.to_lowercase(),
            name: user.name.clone(),
            is_admin: user.is_admin,
            should_change_password: user.should_change_password,
            quota_bytes: user.quota_bytes.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX)),
            created_at: user.created_at,
            deleted_at: user.deleted_at,
            avatar_color: user.chosen_color.map(Name),
            storage_label: user.storage_label.clone(),
            updated_at: user.updated_at,
            profile_changed_at: user.profile_changed_at,
            has_profile_image: false,
            is_onboarded: user.is_onboarded,
            is_removing: user.is_removing,
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

    /// The user whose uploads lie in a folder of this name.
    pub fn user_by_storage_label(&mut self, label: &str) -> Result<Option<User>, CatalogError> {
        let stored = users::table
            .filter(users::storage_label.eq(label))
            .select(StoredUser::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(User::from))
    }

    /// Whether there is a user who may manage others and has not been deleted.
    pub fn has_admin(&mut self) -> Result<bool, CatalogError> {
        let one = users::table
            .filter(users::is_admin.eq(true))
            .filter(users::deleted_at.is_null())
            .select(users::id)
            .first::<Key>(self.connection);
        Ok(one.optional()?.is_some())
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
        diesel::insert_into(users::table)
            .values((StoredUser::from(user), users::password_hash.eq(password_hash)))
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
            .set((
                users::password_hash.eq(hash),
                users::should_change_password.eq(should_change),
                users::updated_at.eq(self.now),
            ))
            .execute(self.connection)?;
        expect_one(changed, "user")
    }

    /// Sets or removes the hash of the user's PIN.
    pub fn set_pin_hash(&mut self, user: UserId, hash: Option<&str>) -> Result<(), CatalogError> {
        let changed = diesel::update(users::table.find(user.key()))
            .set((users::pin_hash.eq(hash), users::updated_at.eq(self.now)))
            .execute(self.connection)?;
        expect_one(changed, "user")
    }

    /// Takes what may change of a user: the address, the name, whether it is an admin, whether it
    /// should change its password, the quota, the colour, the label and the introduction. A
    /// conflict when the address or the label is taken.
    pub fn update_user(&mut self, user: &User) -> Result<(), CatalogError> {
        let stored = StoredUser::from(user);
        let changed = diesel::update(users::table.find(user.id.key()))
            .set((
                users::email.eq(stored.email),
                users::name.eq(stored.name),
                users::is_admin.eq(stored.is_admin),
                users::should_change_password.eq(stored.should_change_password),
                users::quota_bytes.eq(stored.quota_bytes),
                users::avatar_color.eq(stored.avatar_color),
                users::storage_label.eq(stored.storage_label),
                users::is_onboarded.eq(stored.is_onboarded),
                users::updated_at.eq(self.now),
            ))
            .execute(self.connection)
            .map_err(conflict("a user with this email or storage label"))?;
        self.raise_grants(user.id);
        expect_one(changed, "user")
    }

    /// Marks a user as deleted since `at`, or as not deleted.
    pub fn set_user_deleted(&mut self, user: UserId, at: Option<i64>) -> Result<(), CatalogError> {
        let changed = diesel::update(users::table.find(user.key()))
            .set((users::deleted_at.eq(at), users::updated_at.eq(self.now)))
            .execute(self.connection)?;
        // Everyone who can see this user's assets is concerned: partners, album members.
        for other in self.users_who_see(user)? {
            self.raise_grants(other);
        }
        self.raise_grants(user);
        expect_one(changed, "user")
    }

    /// Says that there is no way back for a deleted user.
    pub fn set_user_removing(&mut self, user: UserId) -> Result<(), CatalogError> {
        let changed = diesel::update(users::table.find(user.key()))
            .set((users::is_removing.eq(true), users::updated_at.eq(self.now)))
            .execute(self.connection)?;
        expect_one(changed, "user")
    }
}

/// That an update which names one row found it.
pub(crate) fn expect_one(changed: usize, what: &'static str) -> Result<(), CatalogError> {
    if changed == 0 { Err(CatalogError::NotFound(what)) } else { Ok(()) }
}
