//! Who is asking: from a credential to a [`Viewer`], and signing in and out.
//!
//! What a credential opens is asked of the catalog once between two writes; whether its time has
//! come, and which passwords a visitor has given, is judged at every request.
//!
//! A session that is used is kept up on the way: when it was used, to the hour; on what device; and,
//! while the locked folder is open to it, for how long (contract immich §C1, §C6).

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use kalends_catalog::{ApiKey, CatalogError, Link, LinkTarget, Reader, Session, User};
use kalends_model::{Credential, SessionId, UserId};

use crate::access;
use crate::library::Library;
use crate::links::unlock::is_unlocked;
use crate::pin::ELEVATION_EXTENSION_MICROS;
use crate::secrets::{hash_password, new_token, token_digest, verify_password};
use crate::throttle::{Guess, TooManyGuesses};
use crate::viewer::{LinkViewer, Viewer};

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
                writer.set_session_elevated(session.id, Some(longer))?;
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

/// What the catalog holds for a credential.
#[derive(Debug)]
pub(crate) enum Held {
    /// A session of a user who is there. It may have ended.
    Session(Session),
    /// An API key of a user who is there.
    Key(ApiKey),
    /// A link that may still share. It may have expired.
    Link { link: Link, password_hash: Option<String> },
}

/// The secret of a credential and what kind it is, for looking up what was found: a digest, so that
/// no secret is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TokenKey(u8, [u8; 32]);

impl TokenKey {
    fn of(credential: &Credential) -> Self {
        match credential {
            Credential::Token(token) => Self(0, token_digest(token)),
            Credential::SessionToken(token) => Self(1, token_digest(token)),
            Credential::ApiKey(key) => Self(2, token_digest(key)),
            Credential::LinkKey(key, _) => Self(3, token_digest(key)),
            Credential::LinkSlug(slug, _) => Self(4, token_digest(slug)),
        }
    }
}

/// What a credential opens now.
enum Found {
    Viewer(Viewer),
    /// A session, with what is held for it.
    Session(Viewer, Arc<Held>),
    NeedsPassword,
    Nobody,
}

impl Library {
    /// What a credential opens now.
    fn found(&self, credential: &Credential, now: i64) -> Result<Found, CatalogError> {
        let key = TokenKey::of(credential);
        let moment = self.moments.now();
        if let Some(held) = moment.and_then(|moment| self.held.get(moment, &key)) {
            return Ok(judge(held, credential, now));
        }
        let Some(held) = self.read(|reader| held(reader, credential))? else {
            return Ok(Found::Nobody);
        };
        let held = Arc::new(held);
        if let Some(moment) = moment.filter(|moment| self.moments.is(*moment)) {
            self.held.put(moment, key, Arc::clone(&held));
        }
        Ok(judge(held, credential, now))
    }
}

/// What is held for a credential: all that does not depend on the time.
fn held(reader: &mut Reader<'_>, credential: &Credential) -> Result<Option<Held>, CatalogError> {
    let session = match credential {
        Credential::Token(token) | Credential::SessionToken(token) => {
            reader.session_by_token(&token_digest(token))?
        }
        _ => None,
    };
    if let Some(session) = session {
        return Ok(is_live(reader, session.user)?.then_some(Held::Session(session)));
    }
    match credential {
        Credential::SessionToken(_) => Ok(None),
        Credential::Token(secret) | Credential::ApiKey(secret) => {
            let Some(key) = reader.api_key_by_secret(&token_digest(secret))? else {
                return Ok(None);
            };
            Ok(is_live(reader, key.user)?.then_some(Held::Key(key)))
        }
        Credential::LinkKey(..) | Credential::LinkSlug(..) => {
            let Some(link) = sharing_link(reader, credential)? else { return Ok(None) };
            let password_hash = reader.link_password_hash(link.id)?;
            Ok(Some(Held::Link { link, password_hash }))
        }
    }
}

/// Whom what is held for a credential makes the asker at this time.
fn judge(held: Arc<Held>, credential: &Credential, now: i64) -> Found {
    match &*held {
        Held::Session(session) if session.expires_at.is_some_and(|end| end <= now) => Found::Nobody,
        Held::Session(session) => {
            let viewer = Viewer::Session {
                user: session.user,
                session: session.id,
                is_elevated: session.elevated_until.is_some_and(|end| now < end),
            };
            Found::Session(viewer, held)
        }
        Held::Key(key) => Found::Viewer(Viewer::ApiKey {
            user: key.user,
            key: key.id,
            permissions: key.permissions.clone(),
        }),
        Held::Link { link, .. } if has_expired(link, now) => Found::Nobody,
        Held::Link { link, password_hash } => {
            let is_open = match (password_hash, credential) {
                (None, _) => true,
                (
                    Some(hash),
                    Credential::LinkKey(_, unlocks) | Credential::LinkSlug(_, unlocks),
                ) => is_unlocked(link.id, hash, unlocks),
                (Some(_), _) => false,
            };
            match is_open {
                true => Found::Viewer(Viewer::Link(link_viewer(link))),
                false => Found::NeedsPassword,
            }
        }
    }
}

fn has_expired(link: &Link, now: i64) -> bool {
    link.expires_at.is_some_and(|end| end <= now)
}

/// The link that a credential names, while it is good: it has not expired, who made it is there,
/// and may still share the album that it shows.
pub(crate) fn live_link(
    reader: &mut Reader<'_>,
    credential: &Credential,
    now: i64,
) -> Result<Option<Link>, CatalogError> {
    Ok(sharing_link(reader, credential)?.filter(|link| !has_expired(link, now)))
}

/// The link that a credential names, while who made it is there and may share what it shows. It may
/// have expired.
fn sharing_link(
    reader: &mut Reader<'_>,
    credential: &Credential,
) -> Result<Option<Link>, CatalogError> {
    let link = match credential {
        Credential::LinkKey(text, _) => match link_key(text) {
            Some(key) => reader.link_by_key(&key)?,
            None => None,
        },
        Credential::LinkSlug(slug, _) => reader.link_by_slug(slug)?,
        Credential::Token(_) | Credential::SessionToken(_) | Credential::ApiKey(_) => None,
    };
    let Some(link) = link else { return Ok(None) };
    if !is_live(reader, link.owner)? {
        return Ok(None);
    }
    let may_share = match link.target {
        LinkTarget::Assets => true,
        LinkTarget::Album(album) => {
            let seen = access::albums::seen_by_user(reader, link.owner, &[album])?;
            seen.iter().any(|album| access::albums::may_share(album.role))
        }
    };
    Ok(may_share.then_some(link))
}

/// What a link lets its visitors do.
pub(crate) fn link_viewer(link: &Link) -> LinkViewer {
    LinkViewer {
        link: link.id,
        owner: link.owner,
        album: match link.target {
            LinkTarget::Album(album) => Some(album),
            LinkTarget::Assets => None,
        },
        shows_metadata: link.show_metadata,
        allows_download: link.allow_download,
        allows_upload: link.allow_upload,
    }
}

fn is_live(reader: &mut Reader<'_>, user: UserId) -> Result<bool, CatalogError> {
    Ok(reader.user(user)?.is_some_and(|user| user.deleted_at.is_none()))
}

/// The bytes of a link's key, which is written as 100 hexadecimal digits or as base64url.
fn link_key(text: &str) -> Option<Vec<u8>> {
    if text.len() == 100 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let digits: Vec<u8> = text.chars().filter_map(|c| Some(c.to_digit(16)? as u8)).collect();
        return Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect());
    }
    URL_SAFE_NO_PAD
        .decode(text)
        .or_else(|_| URL_SAFE.decode(text))
        .ok()
        .filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_links_key_reads_the_same_in_both_forms() {
        let bytes: Vec<u8> = (0..50).collect();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(link_key(&hex), Some(bytes.clone()));
        assert_eq!(link_key(&URL_SAFE_NO_PAD.encode(&bytes)), Some(bytes));
        assert_eq!(link_key("not a key!"), None);
        assert_eq!(link_key(""), None);
    }
}
