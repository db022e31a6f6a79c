//! Users and their keys: made, and given new passwords.

use kalends_catalog::{ApiKey, CatalogError, User};
use kalends_model::{ApiKeyId, LibraryId, UserId};

use crate::library::Library;
use crate::secrets::{hash_password, new_token, token_digest};

/// The fewest characters of a password (contract immich §C2).
const PASSWORD_CHARS_MIN: usize = 8;

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

/// Why a user or a key was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// Not an e-mail address.
    #[error("{0} is not an e-mail address")]
    Email(String),
    /// Too short a password.
    #[error("a password has at least {PASSWORD_CHARS_MIN} characters")]
    ShortPassword,
    /// Somebody has the address.
    #[error("there is a user {0} already")]
    Taken(String),
    /// Nobody has the address.
    #[error("there is no user {email}; there are: {known}", known = .known.join(", "))]
    Unknown {
        /// Who was named.
        email: String,
        /// Who there is.
        known: Vec<String>,
    },
    /// A key that may do nothing.
    #[error("name at least one permission, such as asset.read, or all")]
    NoPermission,
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Library {
    /// Every user that can sign in, the first one first.
    pub fn users(&self) -> Result<Vec<User>, CatalogError> {
        let users = self.read(|reader| reader.users())?;
        Ok(users.into_iter().filter(|user| user.deleted_at.is_none()).collect())
    }

    /// Adds a user, with an empty library for uploads.
    pub fn create_user(&self, new: NewUser<'_>) -> Result<UserId, UserError> {
        check_email(new.email)?;
        check_password(new.password)?;
        let user = User {
            id: self.new_id(UserId::from_random),
            email: new.email.to_lowercase(),
            name: new.name.to_owned(),
            is_admin: new.is_admin,
            should_change_password: false,
            quota_bytes: None,
            created_at: self.now(),
            deleted_at: None,
        };
        let uploads = kalends_catalog::Library::new(
            self.new_id(LibraryId::from_random),
            user.id,
            "Uploads".to_owned(),
            kalends_catalog::LibraryKind::Uploads,
            user.created_at,
        );
        let hash = hash_password(new.password, &*self.randomness);
        let written = self.write(|writer| {
            writer.create_user(&user, Some(&hash))?;
            writer.create_library(&uploads)
        });
        match written {
            Ok(()) => Ok(user.id),
            Err(CatalogError::Conflict(_)) => Err(UserError::Taken(user.email)),
            Err(error) => Err(error.into()),
        }
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
        let key = ApiKey {
            id: self.new_id(ApiKeyId::from_random),
            user: user.id,
            name: name.to_owned(),
            permissions,
            created_at: self.now(),
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
}
