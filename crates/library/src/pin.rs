//! The PIN and the locked folder (contract immich §C6).
//!
//! A session that has shown the PIN is *elevated* for a while: the locked folder is open to it. A
//! session that goes on asking stays elevated; see [`crate::identity`].

use kalends_catalog::CatalogError;
use kalends_model::UserId;

use crate::identity::Device;
use crate::library::Library;
use crate::secrets::{hash_password, verify_password};
use crate::throttle::{Guess, TooManyGuesses};
use crate::viewer::Viewer;

const MINUTE: i64 = 60_000_000;

/// How long a session stays elevated after the PIN was shown.
pub const ELEVATION_MICROS: i64 = 15 * MINUTE;

/// How long it stays so at least after each request that it makes while elevated.
pub const ELEVATION_EXTENSION_MICROS: i64 = 5 * MINUTE;

/// What a user shows to prove that it is they.
#[derive(Clone, Copy, Default)]
pub struct Proof<'a> {
    /// The PIN.
    pub pin: Option<&'a str>,
    /// The password.
    pub password: Option<&'a str>,
}

/// Which secrets a user has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secrets {
    /// Whether there is a PIN.
    pub has_pin: bool,
    /// Whether there is a password.
    pub has_password: bool,
}

/// Why a PIN was not set, changed, removed or taken.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// There is a PIN already.
    #[error("the user already has a PIN")]
    Exists,
    /// There is no PIN.
    #[error("the user has no PIN")]
    Missing,
    /// Another PIN.
    #[error("wrong PIN")]
    WrongPin,
    /// Another password.
    #[error("wrong password")]
    WrongPassword,
    /// Neither a PIN nor a password was shown.
    #[error("a PIN or a password is needed")]
    NoProof,
    /// Only a session can be elevated, and the viewer is none.
    #[error("this needs a session")]
    NoSession,
    /// Too many wrong ones.
    #[error(transparent)]
    TooMany(#[from] TooManyGuesses),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Library {
    /// Which secrets the user has.
    pub fn secrets_of(&self, user: UserId) -> Result<Secrets, CatalogError> {
        self.read(|reader| {
            let has_pin = reader.pin_hash(user)?.is_some();
            Ok(Secrets { has_pin, has_password: reader.password_hash(user)?.is_some() })
        })
    }

    /// Gives the viewer's user a first PIN.
    pub fn set_up_pin(&self, viewer: &Viewer, pin: &str) -> Result<(), PinError> {
        let user = viewer.user();
        let hash = hash_password(pin, &*self.randomness);
        let is_first = self.write(|writer| {
            if writer.pin_hash(user)?.is_some() {
                return Ok(false);
            }
            writer.set_pin_hash(user, Some(&hash))?;
            Ok(true)
        })?;
        if is_first { Ok(()) } else { Err(PinError::Exists) }
    }

    /// Replaces the PIN of the viewer's user, who proves who they are.
    pub fn change_pin(
        &self,
        viewer: &Viewer,
        proof: Proof<'_>,
        pin: &str,
        from: &Device,
    ) -> Result<(), PinError> {
        self.prove(viewer.user(), proof, from)?;
        let hash = hash_password(pin, &*self.randomness);
        Ok(self.write(|writer| writer.set_pin_hash(viewer.user(), Some(&hash)))?)
    }

    /// Removes the PIN of the viewer's user, who proves who they are, and locks all their sessions.
    pub fn remove_pin(
        &self,
        viewer: &Viewer,
        proof: Proof<'_>,
        from: &Device,
    ) -> Result<(), PinError> {
        let user = viewer.user();
        self.prove(user, proof, from)?;
        Ok(self.write(|writer| {
            writer.set_pin_hash(user, None)?;
            writer.lock_sessions(user)
        })?)
    }

    /// Opens the locked folder to the viewer's session, for which the PIN or the password is shown.
    pub fn unlock(&self, viewer: &Viewer, proof: Proof<'_>, from: &Device) -> Result<(), PinError> {
        let session = viewer.session().ok_or(PinError::NoSession)?;
        self.prove(viewer.user(), proof, from)?;
        let until = self.now().saturating_add(ELEVATION_MICROS);
        Ok(self.write(|writer| writer.set_session_elevated(session, Some(until)))?)
    }

    /// Closes the locked folder to the viewer's session.
    pub fn lock(&self, viewer: &Viewer) -> Result<(), PinError> {
        let session = viewer.session().ok_or(PinError::NoSession)?;
        Ok(self.write(|writer| writer.set_session_elevated(session, None))?)
    }

    fn prove(&self, user: UserId, proof: Proof<'_>, from: &Device) -> Result<(), PinError> {
        let (pin_hash, password_hash) =
            self.read(|reader| Ok((reader.pin_hash(user)?, reader.password_hash(user)?)))?;
        let pin_hash = pin_hash.ok_or(PinError::Missing)?;
        let (shown, hash, what, wrong) = match (proof.pin, proof.password) {
            (Some(pin), _) => (pin, pin_hash, Guess::Pin(user), PinError::WrongPin),
            (None, Some(password)) => {
                let hash = password_hash.ok_or(PinError::WrongPassword)?;
                (password, hash, Guess::Password(user), PinError::WrongPassword)
            }
            (None, None) => return Err(PinError::NoProof),
        };
        let is_right = self.guess(&from.guesses(what), || verify_password(shown, &hash))?;
        if is_right { Ok(()) } else { Err(wrong) }
    }
}
