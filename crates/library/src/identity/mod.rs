//! Who is asking: from a credential to a [`Viewer`], and signing in and out.
//!
//! A session that is used is kept up on the way: when it was used, to the hour; on what device; and,
//! while the locked folder is open to it, for how long (contract immich §C1, §C6).

mod held;

use std::net::IpAddr;

use kalends_catalog::{CatalogError, Session, User, Writer};
use kalends_model::{Credential, SessionId, UserId};

use self::held::Found;
pub(crate) use self::held::{Held, TokenKey, link_viewer, live_link};
use crate::library::Library;
use crate::pin::ELEVATION_EXTENSION_MICROS;
use crate::secrets::{hash_password, new_token, token_digest, verify_password};
use crate::throttle::{Guess, TooManyGuesses};
use crate::viewer::Viewer;

/// How old the note of a session's last use may become.
const USE_NOTED_MICROS: i64 = 60 * 60 * 1_000_000;

/// Less than this is not worth a write that keeps a session elevated for longer.
const ELEVATION_GRAIN_MICROS: i64 = 1_000_000;

/// Why a credential opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// No such session, or it has ended, or its user is gone.
    #[error("invalid user token")]
    InvalidToken,
    /// No such API key, or its user is gone.
    #[error("invalid API key")]
    InvalidApiKey,
    /// No link has this key, or it has expired.
    #[error("invalid share key")]
    InvalidShareKey,
    /// No link has this slug, or it has expired.
    #[error("invalid share slug")]
    InvalidShareSlug,
    /// The link has a password, which has not been given.
    #[error("the link needs its password")]
    LinkPasswordRequired,
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl IdentityError {
    /// How a credential of this kind is refused.
    pub(crate) fn refusing(credential: &Credential) -> Self {
        match credential {
            Credential::LinkKey(..) => Self::InvalidShareKey,
            Credential::LinkSlug(..) => Self::InvalidShareSlug,
            Credential::Token(_) | Credential::SessionToken(_) => Self::InvalidToken,
            Credential::ApiKey(_) => Self::InvalidApiKey,
        }
    }
}

/// The device that asks: what it says of itself, and from where it asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Its operating system.
    pub os: String,
    /// What kind of device it is.
    pub kind: String,
    /// The version of the mobile app, when it is one.
    pub app_version: Option<String>,
    /// Its address, as far as it is known.
    pub address: Option<IpAddr>,
}

impl Device {
    /// The buckets from which a guess at `what` takes.
    pub fn guesses(&self, what: Guess) -> Vec<Guess> {
        self.address.map(Guess::Client).into_iter().chain([what]).collect()
    }
}

/// A session that has just been opened.
#[derive(Clone, Debug)]
pub struct Login {
    /// The session's secret, which is not kept.
    pub token: String,
    /// Who signed in.
    pub user: User,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// No such user, or another password. Which of the two is not said.
    #[error("incorrect e-mail address or password")]
    Refused,
    /// Too many wrong ones.
    #[error(transparent)]
    TooMany(#[from] TooManyGuesses),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Library {
    /// Whether the user administers this server.
    pub fn is_admin(&self, user: UserId) -> Result<bool, CatalogError> {
        Ok(self.read(|reader| reader.user(user))?.is_some_and(|user| user.is_admin))
    }

    /// Whom the credential makes the asker.
    pub fn authenticate(&self, credential: &Credential) -> Result<Viewer, IdentityError> {
        self.authenticate_from(credential, &Device::default())
    }

    /// Whom the credential makes the asker, without counting as a use of it: a session that is only
    /// looked at ages, and its locked folder shuts.
    pub fn recognise(&self, credential: &Credential) -> Result<Viewer, IdentityError> {
        match self.found(credential, self.now())? {
            Found::Viewer(viewer) | Found::Session(viewer, _) => Ok(viewer),
            Found::NeedsPassword => Err(IdentityError::LinkPasswordRequired),
            Found::Nobody => Err(IdentityError::refusing(credential)),
        }
    }

    /// The same as [`Self::authenticate`], for a request that tells something of its device.
    pub fn authenticate_from(
        &self,
        credential: &Credential,
        device: &Device,
    ) -> Result<Viewer, IdentityError> {
        let now = self.now();
        match self.found(credential, now)? {
            Found::Viewer(viewer) => Ok(viewer),
            Found::Session(viewer, held) => {
                if let Held::Session(session) = &*held {
                    self.keep_up(session, device, now);
                }
                Ok(viewer)
            }
            Found::NeedsPassword => Err(IdentityError::LinkPasswordRequired),
            Found::Nobody => Err(IdentityError::refusing(credential)),
        }
    }

    /// Notes what a session's use changes of it. That it cannot be noted is no reason to refuse an
    /// answer.
    fn keep_up(&self, session: &Session, device: &Device, now: i64) {
        let is_stale = now.saturating_sub(session.updated_at) >= USE_NOTED_MICROS;
        let new_app =
            device.app_version.as_deref().filter(|v| Some(*v) != session.app_version.as_deref());
        let longer = now.saturating_add(ELEVATION_EXTENSION_MICROS);
        let is_ending = session
            .elevated_until
            .is_some_and(|end| now < end && longer.saturating_sub(end) >= ELEVATION_GRAIN_MICROS);
        if !is_stale && new_app.is_none() && !is_ending {
            return;
        }
        let noted = self.write(|writer| {
            if is_stale {
                writer.touch_session(session.id)?;
            }
            if new_app.is_some() {
                writer.set_session_device(session.id, &device.kind, &device.os, new_app)?;
            }
            if is_ending {
                stay_elevated(writer, session.id, now, longer)?;
            }
            Ok(())
        });
        match noted {
            // It has just been ended.
            Ok(()) | Err(CatalogError::NotFound(_)) => {}
            Err(error) => tracing::warn!(%error, "the use of a session is not noted"),
        }
    }

    /// Lets a secret be checked, unless too many wrong ones have been given. A right one costs
    /// nothing.
    pub fn guess(
        &self,
        guesses: &[Guess],
        is_right: impl FnOnce() -> bool,
    ) -> Result<bool, TooManyGuesses> {
        self.throttle.take(guesses, self.now())?;
        let is_right = is_right();
        if is_right {
            self.throttle.give_back(guesses);
        }
        Ok(is_right)
    }

    /// Opens a session for the user with this address and password. Takes as long for an address
    /// that nobody has.
    pub fn log_in(
        &self,
        email: &str,
        password: &str,
        device: &Device,
    ) -> Result<Login, LoginError> {
        let (user, hash) = self.read(|reader| {
            let user = reader.user_by_email(email)?.filter(|user| user.deleted_at.is_none());
            let hash = match &user {
                Some(user) => reader.password_hash(user.id)?,
                None => None,
            };
            Ok((user, hash))
        })?;
        let is_right = || match &hash {
            Some(hash) => verify_password(password, hash),
            None => {
                hash_password(password, &*self.randomness);
                false
            }
        };
        let guesses = device.guesses(Guess::Account(email.to_owned()));
        let is_right = self.guess(&guesses, is_right)?;
        let user = user.filter(|_| is_right).ok_or(LoginError::Refused)?;
        let token = new_token(&*self.randomness);
        let now = self.now();
        let session = Session {
            id: self.new_id(SessionId::from_random),
            user: user.id,
            device_type: device.kind.clone(),
            device_os: device.os.clone(),
            created_at: now,
            updated_at: now,
            expires_at: None,
            elevated_until: None,
            app_version: device.app_version.clone(),
            parent: None,
            is_pending_sync_reset: false,
        };
        self.write(|writer| writer.create_session(&session, &token_digest(&token)))?;
        Ok(Login { token, user })
    }

    /// Ends the viewer's session. Viewers without one have nothing to end.
    pub fn log_out(&self, viewer: &Viewer) -> Result<(), CatalogError> {
        match viewer {
            Viewer::Session { session, .. } => {
                match self.write(|writer| writer.delete_session(*session)) {
                    // It has ended already.
                    Err(CatalogError::NotFound(_)) => Ok(()),
                    ended => ended,
                }
            }
            Viewer::ApiKey { .. } | Viewer::Open { .. } | Viewer::Link(_) => Ok(()),
        }
    }
}

/// Keeps a session elevated for longer, unless it has been locked, or opened for longer still, since
/// it was looked at.
fn stay_elevated(
    writer: &mut Writer<'_>,
    session: SessionId,
    now: i64,
    longer: i64,
) -> Result<(), CatalogError> {
    let until = writer.session(session)?.and_then(|session| session.elevated_until);
    if until.is_some_and(|end| now < end && end < longer) {
        writer.set_session_elevated(session, Some(longer))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kalends_catalog::Catalog;
    use kalends_model::UserId;

    use super::*;

    #[test]
    fn a_session_that_was_locked_meanwhile_stays_locked() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path(), 1).unwrap();
        let (user, id) = (UserId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
        let session = Session {
            id,
            user,
            device_type: String::new(),
            device_os: String::new(),
            created_at: 1,
            updated_at: 1,
            expires_at: None,
            elevated_until: None,
            app_version: None,
            parent: None,
            is_pending_sync_reset: false,
        };
        let until = |set: Option<i64>| {
            let written = catalog.write(1, &|_| false, |writer| {
                writer.set_session_elevated(id, set)?;
                stay_elevated(writer, id, 10, 100)?;
                Ok(writer.session(id)?.unwrap().elevated_until)
            });
            written.unwrap().value
        };
        let anna = User::new(user, "anna@example.org", "Anna", 1);
        let made = catalog.write(1, &|_| false, |writer| {
            writer.create_user(&anna, None)?;
            writer.create_session(&session, &[3; 32])
        });
        made.unwrap();
        assert_eq!(until(None), None, "it was locked");
        assert_eq!(until(Some(10)), Some(10), "its time was over");
        assert_eq!(until(Some(11)), Some(100));
        assert_eq!(until(Some(101)), Some(101), "it was opened for longer");
    }
}
