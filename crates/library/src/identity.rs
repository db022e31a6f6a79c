//! Who is asking: from a credential to a [`Viewer`], and signing in and out.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use kalends_catalog::{CatalogError, Link, LinkTarget, Reader, Session, User};
use kalends_model::{Credential, SessionId, UserId};

use crate::access;
use crate::library::Library;
use crate::links::unlock::is_unlocked;
use crate::secrets::{hash_password, new_token, token_digest, verify_password};
use crate::viewer::{LinkViewer, Viewer};

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

/// The device that signs in, as it says itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Its operating system.
    pub os: String,
    /// What kind of device it is.
    pub kind: String,
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
        let now = self.now();
        let look = |reader: &mut Reader<'_>| viewer_of(reader, credential, now);
        match self.read(look)? {
            Found::Viewer(viewer) => Ok(viewer),
            Found::NeedsPassword => Err(IdentityError::LinkPasswordRequired),
            Found::Nobody => Err(IdentityError::refusing(credential)),
        }
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
        let (Some(user), Some(hash)) = (user, hash) else {
            hash_password(password, &*self.randomness);
            return Err(LoginError::Refused);
        };
        if !verify_password(password, &hash) {
            return Err(LoginError::Refused);
        }
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

enum Found {
    Viewer(Viewer),
    NeedsPassword,
    Nobody,
}

impl From<Option<Viewer>> for Found {
    fn from(viewer: Option<Viewer>) -> Self {
        viewer.map_or(Self::Nobody, Self::Viewer)
    }
}

fn viewer_of(
    reader: &mut Reader<'_>,
    credential: &Credential,
    now: i64,
) -> Result<Found, CatalogError> {
    match credential {
        Credential::SessionToken(token) => Ok(session_viewer(reader, token, now)?.into()),
        Credential::ApiKey(key) => Ok(key_viewer(reader, key)?.into()),
        Credential::Token(token) => match session_viewer(reader, token, now)? {
            Some(viewer) => Ok(Found::Viewer(viewer)),
            None => Ok(key_viewer(reader, token)?.into()),
        },
        Credential::LinkKey(_, unlocks) | Credential::LinkSlug(_, unlocks) => {
            let Some(link) = live_link(reader, credential, now)? else { return Ok(Found::Nobody) };
            match reader.link_password_hash(link.id)? {
                Some(hash) if !is_unlocked(link.id, &hash, unlocks) => Ok(Found::NeedsPassword),
                _ => Ok(Found::Viewer(Viewer::Link(link_viewer(&link)))),
            }
        }
    }
}

fn session_viewer(
    reader: &mut Reader<'_>,
    token: &str,
    now: i64,
) -> Result<Option<Viewer>, CatalogError> {
    let session = reader.session_by_token(&token_digest(token))?;
    let live = session.filter(|session| session.expires_at.is_none_or(|end| now < end));
    let Some(session) = live else { return Ok(None) };
    Ok(is_live(reader, session.user)?.then_some(Viewer::Session {
        user: session.user,
        session: session.id,
        is_elevated: session.elevated_until.is_some_and(|end| now < end),
    }))
}

fn key_viewer(reader: &mut Reader<'_>, secret: &str) -> Result<Option<Viewer>, CatalogError> {
    let Some(key) = reader.api_key_by_secret(&token_digest(secret))? else { return Ok(None) };
    let viewer = Viewer::ApiKey { user: key.user, key: key.id, permissions: key.permissions };
    Ok(is_live(reader, key.user)?.then_some(viewer))
}

/// The link that a credential names, while it is good: it has not expired, who made it is there,
/// and may still share the album that it shows.
pub(crate) fn live_link(
    reader: &mut Reader<'_>,
    credential: &Credential,
    now: i64,
) -> Result<Option<Link>, CatalogError> {
    let link = match credential {
        Credential::LinkKey(text, _) => match link_key(text) {
            Some(key) => reader.link_by_key(&key)?,
            None => None,
        },
        Credential::LinkSlug(slug, _) => reader.link_by_slug(slug)?,
        Credential::Token(_) | Credential::SessionToken(_) | Credential::ApiKey(_) => None,
    };
    let Some(link) = link.filter(|link| link.expires_at.is_none_or(|end| now < end)) else {
        return Ok(None);
    };
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
