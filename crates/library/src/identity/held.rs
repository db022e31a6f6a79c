//! What a credential opens: asked of the catalog once between two writes, judged at every request.
//!
//! Remembered is what the catalog holds ([`Held`]); whether its time has come, and whether a visitor
//! has given a link's password, depends on the request ([`judge`]).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use kalends_catalog::{ApiKey, CatalogError, Link, LinkTarget, Reader, Session};
use kalends_model::{Credential, UserId};

use crate::access;
use crate::library::Library;
use crate::links::unlock::is_unlocked;
use crate::secrets::token_digest;
use crate::viewer::{LinkViewer, Viewer};

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
pub(super) enum Found {
    Viewer(Viewer),
    /// A session, with what is held for it.
    Session(Viewer, Arc<Held>),
    NeedsPassword,
    Nobody,
}

impl Library {
    /// What a credential opens now.
    pub(super) fn found(&self, credential: &Credential, now: i64) -> Result<Found, CatalogError> {
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
