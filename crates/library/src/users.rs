//! Users and their keys: made, changed, and given new passwords. How they go is [`crate::removal`]'s
//! matter.

use kalends_catalog::{ApiKey, AvatarColor, CatalogError, User, Writer};
use kalends_model::{ApiKeyId, LibraryId, SessionId, UserId};

use crate::ask::{Ask, AskError, Question};
use crate::identity::Device;
use crate::library::Library;
use crate::secrets::{hash_password, new_token, token_digest, verify_password};
use crate::throttle::{Guess, TooManyGuesses};
use crate::viewer::Viewer;

/// The fewest characters of a password (contract immich §C2).
pub const PASSWORD_CHARS_MIN: usize = 8;

/// The longest storage label, in bytes.
const LABEL_BYTES_MAX: usize = 64;

/// What the catalog's conflict is about when it is not the address.
const LABEL_CONFLICT: &str = "a user with this storage label";

/// Somebody to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    /// The address to sign in with. Kept in lower case.
    pub email: &'a str,
    /// What others see.
    pub name: &'a str,
    /// The password.
    pub password: &'a str,
    /// Whether the user may manage others.
    pub is_admin: bool,
}

/// What is to change of a user; what is `None` stays as it is.
#[derive(Clone, Copy, Default)]
pub struct UserChanges<'a> {
    /// The address to sign in with.
    pub email: Option<&'a str>,
    /// What others see.
    pub name: Option<&'a str>,
    /// The password. The user's sessions end with the old one.
    pub password: Option<&'a str>,
    /// The PIN of the locked folder, or that there is none.
    pub pin: Option<Option<&'a str>>,
    /// Whether the user may manage others.
    pub is_admin: Option<bool>,
    /// Whether the user is told to choose another password.
    pub should_change_password: Option<bool>,
    /// The most bytes that uploads may take, or that there is no limit.
    pub quota_bytes: Option<Option<u64>>,
    /// The colour, or that the address decides.
    pub color: Option<Option<AvatarColor>>,
    /// What the folder of uploads is called, or that it is called by the user's id.
    pub storage_label: Option<Option<&'a str>>,
    /// Whether the user has seen the introduction.
    pub is_onboarded: Option<bool>,
}

/// Why a user or a key was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// Not an e-mail address.
    #[error("{0} is not an e-mail address")]
    Email(String),
    /// Too short a password.
    #[error("a password has at least {PASSWORD_CHARS_MIN} characters")]
    ShortPassword,
    /// Not a name for a folder.
    #[error(
        "a storage label has 1 to {LABEL_BYTES_MAX} letters, digits, dots, hyphens and underscores, \
         begins with no dot and is no user's id"
    )]
    Label,
    /// Somebody has the address.
    #[error("there is a user {0} already")]
    Taken(String),
    /// Somebody has the storage label.
    #[error("the storage label is taken")]
    LabelTaken,
    /// Nobody has the address.
    #[error("there is no user {email}; there are: {known}", known = .known.join(", "))]
    Unknown {
        /// Who was named.
        email: String,
        /// Who there is.
        known: Vec<String>,
    },
    /// Nobody has the id.
    #[error("there is no such user")]
    NotFound,
    /// Admins neither remove themselves nor take their own rights away, so that one is left.
    #[error("an admin cannot do this to themselves")]
    Oneself,
    /// The user is not deleted, or is being removed for good.
    #[error("the user cannot be restored")]
    NotRestorable,
    /// The current password is another one.
    #[error("wrong password")]
    WrongPassword,
    /// Too many wrong ones.
    #[error(transparent)]
    TooMany(#[from] TooManyGuesses),
    /// A key that may do nothing.
    #[error("name at least one permission, such as asset.read, or all")]
    NoPermission,
    /// The catalog failed.
    #[error(transparent)]
    Catalog(CatalogError),
}

impl From<CatalogError> for UserError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::NotFound("user") => Self::NotFound,
            CatalogError::Conflict(LABEL_CONFLICT) => Self::LabelTaken,
            error => Self::Catalog(error),
        }
    }
}

/// A user who is about to be added: everything that takes time is done.
pub(crate) struct PreparedUser {
    pub(crate) user: User,
    uploads: kalends_catalog::Library,
    password_hash: String,
    pin_hash: Option<String>,
}

impl PreparedUser {
    /// Adds the user, with an empty library for uploads.
    pub(crate) fn write(&self, writer: &mut Writer<'_>) -> Result<(), CatalogError> {
        refuse_taken_label(writer, &self.user)?;
        writer.create_user(&self.user, Some(&self.password_hash))?;
        if let Some(hash) = &self.pin_hash {
            writer.set_pin_hash(self.user.id, Some(hash))?;
        }
        writer.create_library(&self.uploads)
    }

    /// What came of writing it.
    pub(crate) fn judge<T>(&self, written: Result<T, CatalogError>) -> Result<T, UserError> {
        written.map_err(|error| taken_or(error, &self.user.email))
    }
}

impl Library {
    /// Every user that can sign in, the first one first.
    pub fn users(&self) -> Result<Vec<User>, CatalogError> {
        let users = self.read(|reader| reader.users())?;
        Ok(users.into_iter().filter(|user| user.deleted_at.is_none()).collect())
    }

    /// Every user, also those that are deleted but not yet removed, the first one first.
    pub fn all_users(&self) -> Result<Vec<User>, CatalogError> {
        self.read(|reader| reader.users())
    }

    /// A user who can sign in.
    pub fn user(&self, id: UserId) -> Result<User, UserError> {
        let user = self.any_user(id)?;
        if user.deleted_at.is_none() { Ok(user) } else { Err(UserError::NotFound) }
    }

    /// A user, deleted or not.
    pub fn any_user(&self, id: UserId) -> Result<User, UserError> {
        self.read(|reader| reader.user(id))?.ok_or(UserError::NotFound)
    }

    /// A question about a user's assets, put by an admin who looks after them: as the user would
    /// ask it without the PIN.
    pub fn question_about(&self, user: UserId, ask: &Ask) -> Result<Question, AskError> {
        self.question(&Viewer::Open { user }, ask)
    }

    /// The bytes that the user's uploads take.
    pub fn uploaded_bytes(&self, user: UserId) -> Result<u64, CatalogError> {
        self.read(|reader| reader.uploaded_bytes(user))
    }

    /// Adds a user, with an empty library for uploads.
    pub fn create_user(&self, new: NewUser<'_>) -> Result<UserId, UserError> {
        Ok(self.create_user_with(new, &UserChanges::default())?.id)
    }

    /// The same, with more said of the user than there must be. Address, name, password and
    /// whether it is an admin are those of `new`.
    pub fn create_user_with(
        &self,
        new: NewUser<'_>,
        more: &UserChanges<'_>,
    ) -> Result<User, UserError> {
        let prepared = self.prepare_user(new, more)?;
        prepared.judge(self.write(|writer| prepared.write(writer)))?;
        Ok(prepared.user)
    }

    pub(crate) fn prepare_user(
        &self,
        new: NewUser<'_>,
        more: &UserChanges<'_>,
    ) -> Result<PreparedUser, UserError> {
        check_email(new.email)?;
        check_password(new.password)?;
        check(more)?;
        let id = self.new_id(UserId::from_random);
        let mut user = User::new(id, new.email, new.name, self.now());
        more.apply(&mut user);
        user.email = new.email.to_lowercase();
        user.name = new.name.to_owned();
        user.is_admin = new.is_admin;
        let uploads = kalends_catalog::Library::new(
            self.new_id(LibraryId::from_random),
            user.id,
            "Uploads".to_owned(),
            kalends_catalog::LibraryKind::Uploads,
            user.created_at,
        );
        let hash = |secret: &str| hash_password(secret, &*self.randomness);
        let pin_hash = more.pin.flatten().map(hash);
        Ok(PreparedUser { user, uploads, password_hash: hash(new.password), pin_hash })
    }

    /// Changes a user, deleted or not. With the password their sessions end, but for `kept`.
    pub fn update_user(
        &self,
        id: UserId,
        changes: &UserChanges<'_>,
        kept: Option<SessionId>,
    ) -> Result<User, UserError> {
        check(changes)?;
        let hash = |secret: &str| hash_password(secret, &*self.randomness);
        let password_hash = changes.password.map(hash);
        let pin_hash = changes.pin.map(|pin| pin.map(hash));
        let written = self.write(|writer| {
            let mut user = writer.user(id)?.ok_or(CatalogError::NotFound("user"))?;
            changes.apply(&mut user);
            refuse_taken_label(writer, &user)?;
            writer.update_user(&user)?;
            if let Some(hash) = &password_hash {
                writer.set_password_hash(id, hash, user.should_change_password)?;
                writer.delete_other_sessions(id, kept)?;
            }
            if let Some(hash) = &pin_hash {
                writer.set_pin_hash(id, hash.as_deref())?;
                writer.lock_sessions(id)?;
            }
            writer.user(id)?.ok_or(CatalogError::NotFound("user"))
        });
        written.map_err(|error| taken_or(error, changes.email.unwrap_or_default()))
    }

    /// Changes a user on behalf of an admin, who cannot take their own rights away.
    pub fn administer_user(
        &self,
        admin: &Viewer,
        id: UserId,
        changes: &UserChanges<'_>,
    ) -> Result<User, UserError> {
        if admin.user() == id && changes.is_admin == Some(false) {
            return Err(UserError::Oneself);
        }
        let kept = if admin.user() == id { admin.session() } else { None };
        self.update_user(id, changes, kept)
    }

    /// Replaces the password of the viewer's user, who shows the current one. All their other
    /// sessions end.
    pub fn change_password(
        &self,
        viewer: &Viewer,
        current: &str,
        new: &str,
        from: &Device,
    ) -> Result<User, UserError> {
        check_password(new)?;
        let user = viewer.user();
        let hash = self.read(|reader| reader.password_hash(user))?;
        let hash = hash.ok_or(UserError::WrongPassword)?;
        let guesses = from.guesses(Guess::Password(user));
        if !self.guess(&guesses, || verify_password(current, &hash))? {
            return Err(UserError::WrongPassword);
        }
        let changes = UserChanges {
            password: Some(new),
            should_change_password: Some(false),
            ..UserChanges::default()
        };
        self.update_user(user, &changes, viewer.session())
    }

    /// Gives a user a new password and signs their sessions out.
    pub fn set_password(&self, email: &str, password: &str) -> Result<(), UserError> {
        check_password(password)?;
        let user = self.known_user(email)?;
        let hash = hash_password(password, &*self.randomness);
        self.write(|writer| {
            writer.set_password_hash(user.id, &hash, false)?;
            writer.delete_other_sessions(user.id, None)
        })?;
        Ok(())
    }

    /// Makes an API key and gives its secret, which is not kept.
    pub fn create_api_key(
        &self,
        email: &str,
        name: &str,
        permissions: &[String],
    ) -> Result<String, UserError> {
        let permissions: Vec<String> =
            permissions.iter().map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect();
        if permissions.is_empty() {
            return Err(UserError::NoPermission);
        }
        let user = self.known_user(email)?;
        let secret = new_token(&*self.randomness);
        let now = self.now();
        let key = ApiKey {
            id: self.new_id(ApiKeyId::from_random),
            user: user.id,
            name: name.to_owned(),
            permissions,
            created_at: now,
            updated_at: now,
        };
        self.write(|writer| writer.create_api_key(&key, &token_digest(&secret)))?;
        Ok(secret)
    }

    /// A password that nobody has used before.
    pub fn random_password(&self) -> String {
        new_token(&*self.randomness).chars().take(16).collect()
    }

    fn known_user(&self, email: &str) -> Result<User, UserError> {
        let users = self.users()?;
        let wanted = email.to_lowercase();
        users.iter().find(|user| user.email == wanted).cloned().ok_or_else(|| UserError::Unknown {
            email: email.to_owned(),
            known: users.iter().map(|user| user.email.clone()).collect(),
        })
    }
}

impl UserChanges<'_> {
    /// Makes the changes that are no secrets.
    fn apply(&self, user: &mut User) {
        if let Some(email) = self.email {
            user.email = email.to_lowercase();
        }
        if let Some(name) = self.name {
            user.name = name.to_owned();
        }
        if let Some(label) = self.storage_label {
            user.storage_label = label.map(str::to_owned);
        }
        user.is_admin = self.is_admin.unwrap_or(user.is_admin);
        user.should_change_password =
            self.should_change_password.unwrap_or(user.should_change_password);
        user.quota_bytes = self.quota_bytes.unwrap_or(user.quota_bytes);
        user.chosen_color = self.color.unwrap_or(user.chosen_color);
        user.is_onboarded = self.is_onboarded.unwrap_or(user.is_onboarded);
    }
}

fn refuse_taken_label(writer: &mut Writer<'_>, user: &User) -> Result<(), CatalogError> {
    let Some(label) = &user.storage_label else { return Ok(()) };
    match writer.user_by_storage_label(label)? {
        Some(other) if other.id != user.id => Err(CatalogError::Conflict(LABEL_CONFLICT)),
        _ => Ok(()),
    }
}

/// The conflicts that are left once the label has been looked at are over the address.
fn taken_or(error: CatalogError, email: &str) -> UserError {
    match error {
        CatalogError::Conflict(what) if what != LABEL_CONFLICT => {
            UserError::Taken(email.to_owned())
        }
        error => error.into(),
    }
}

fn check(changes: &UserChanges<'_>) -> Result<(), UserError> {
    changes.email.map_or(Ok(()), check_email)?;
    changes.password.map_or(Ok(()), check_password)?;
    changes.storage_label.flatten().map_or(Ok(()), check_label)
}

fn check_email(email: &str) -> Result<(), UserError> {
    let is_email = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
    is_email.then_some(()).ok_or_else(|| UserError::Email(email.to_owned()))
}

fn check_password(password: &str) -> Result<(), UserError> {
    let is_long_enough = password.chars().count() >= PASSWORD_CHARS_MIN;
    is_long_enough.then_some(()).ok_or(UserError::ShortPassword)
}

/// A label becomes the name of a folder, beside folders that are called by users' ids.
fn check_label(label: &str) -> Result<(), UserError> {
    let is_id = label.len() == 36 && label.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let is_label = (1..=LABEL_BYTES_MAX).contains(&label.len())
        && !label.starts_with('.')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        && !is_id;
    is_label.then_some(()).ok_or(UserError::Label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_need_two_sides() {
        for email in ["a@b", "anna@example.org", "ünï@exämple.org"] {
            assert!(check_email(email).is_ok(), "{email}");
        }
        for email in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\n"] {
            assert!(check_email(email).is_err(), "{email}");
        }
    }

    #[test]
    fn labels_are_harmless_names_of_folders() {
        for label in ["admin", "Anna-2", "a.b_c", "x"] {
            assert!(check_label(label).is_ok(), "{label}");
        }
        let long = "x".repeat(LABEL_BYTES_MAX + 1);
        let id = "10000000-0000-4000-8000-000000000001";
        for label in ["", ".", "..", ".x", "a/b", "a\\b", "a b", "é", "a\0", &long, id] {
            assert!(check_label(label).is_err(), "{label}");
        }
    }
}
