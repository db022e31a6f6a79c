//! Links with a password: nothing opens before it has been given.
//!
//! Whoever gives the password gets a token, which the browser keeps as a cookie. It is made of the
//! link's id and the stored hash of the password, so it holds across restarts, opens no other link,
//! and ends with the password. Nobody can make one without the catalog: the hash has a random salt.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kalends_catalog::CatalogError;
use kalends_model::{Credential, LinkId, Unlocks};
use sha2::{Digest, Sha256};

use crate::identity::{Device, IdentityError, link_viewer, live_link};
use crate::library::Library;
use crate::secrets::{token_digest, verify_password};
use crate::throttle::{Guess, TooManyGuesses};
use crate::viewer::LinkViewer;

/// A link that has just been unlocked.
#[derive(Clone, Debug)]
pub struct Unlocked {
    /// The visitor that the link now makes of its holder.
    pub visitor: LinkViewer,
    /// What opens the link from now on, without the password.
    pub token: String,
}

/// Why a link was not unlocked.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// The credential names no link that is good.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The link has no password.
    #[error("the link is not protected by a password")]
    NotProtected,
    /// Another password.
    #[error("invalid password")]
    WrongPassword,
    /// Too many wrong ones.
    #[error(transparent)]
    TooMany(#[from] TooManyGuesses),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Library {
    /// Unlocks the link that the credential names with its password.
    pub fn unlock_link(
        &self,
        credential: &Credential,
        password: &str,
        from: &Device,
    ) -> Result<Unlocked, UnlockError> {
        let now = self.now();
        let found = self.read(|reader| {
            let Some(link) = live_link(reader, credential, now)? else { return Ok(None) };
            let hash = reader.link_password_hash(link.id)?;
            Ok(Some((link, hash)))
        })?;
        let Some((link, hash)) = found else {
            return Err(IdentityError::refusing(credential).into());
        };
        let hash = hash.ok_or(UnlockError::NotProtected)?;
        let guesses = from.guesses(Guess::Link(link.id));
        if !self.guess(&guesses, || verify_password(password, &hash))? {
            return Err(UnlockError::WrongPassword);
        }
        let token = unlock_token(link.id, &hash);
        Ok(Unlocked { visitor: link_viewer(&link), token })
    }
}

/// What opens a link whose password has this hash.
fn unlock_token(link: LinkId, password_hash: &str) -> String {
    let digest = Sha256::new()
        .chain_update(b"kalends: the password of a shared link was given\0")
        .chain_update(link.bytes())
        .chain_update(password_hash.as_bytes())
        .finalize();
    URL_SAFE_NO_PAD.encode(digest)
}

/// Whether one of these tokens opens the link. Digests are compared, so the time it takes tells
/// nothing of how much of a token is right.
pub(crate) fn is_unlocked(link: LinkId, password_hash: &str, unlocks: &Unlocks) -> bool {
    let right = token_digest(&unlock_token(link, password_hash));
    unlocks.iter().any(|token| token_digest(token) == right)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: LinkId = LinkId::from_bytes([1; 16]);
    const OTHER: LinkId = LinkId::from_bytes([2; 16]);

    #[test]
    fn a_token_opens_its_link_as_long_as_the_password_stands() {
        let token = unlock_token(LINK, "hash");
        let unlocks = Unlocks::new(["something else".to_owned(), token.clone()]);
        assert!(is_unlocked(LINK, "hash", &unlocks));
        assert!(!is_unlocked(OTHER, "hash", &unlocks));
        assert!(!is_unlocked(LINK, "another hash", &unlocks));
        assert!(!is_unlocked(LINK, "hash", &Unlocks::default()));
        assert!(!is_unlocked(LINK, "hash", &Unlocks::new([format!("{token} ")])));
    }
}
