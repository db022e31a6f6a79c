//! The first sign-up: who becomes the first admin of a new server.
//!
//! On a machine that only its owner can reach, whoever comes first may sign up. A server that others
//! can reach asks for a token that it prints at its start, so that a stranger who comes first is
//! still a stranger.

use std::net::IpAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use kalends_catalog::{CatalogError, User};
use kalends_model::UserId;

use crate::library::Library;
use crate::secrets::{new_token, token_digest};
use crate::throttle::{Guess, TooManyGuesses};
use crate::users::{NewUser, UserChanges, UserError};

/// The name of the first admin's folder of uploads (contract immich §C2).
const ADMIN_LABEL: &str = "admin";

/// What stands between now and the first sign-up.
#[derive(Debug, Default)]
pub(crate) struct Setup {
    /// The digest of the token that has to be shown.
    token: Mutex<Option<[u8; 32]>>,
    /// Who wants to know.
    waiting: Mutex<Option<Sender<UserId>>>,
}

/// Why nobody was signed up.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// There is an admin; others are added by them.
    #[error("the server already has an admin")]
    HasAdmin,
    /// The set-up token is missing or wrong.
    #[error("the set-up token that the server printed at its start is needed")]
    Token,
    /// Somebody tries tokens.
    #[error(transparent)]
    TooMany(#[from] TooManyGuesses),
    /// The address or the password will not do, or the catalog failed.
    #[error(transparent)]
    User(#[from] UserError),
}

impl From<CatalogError> for SignUpError {
    fn from(error: CatalogError) -> Self {
        Self::User(error.into())
    }
}

impl Library {
    /// Whether there is an admin, so that nobody can sign up.
    pub fn is_set_up(&self) -> Result<bool, CatalogError> {
        self.read(|reader| reader.has_admin())
    }

    /// From now on the first admin needs this token to sign up. It is returned once, and not kept.
    pub fn require_setup_token(&self) -> String {
        let token = new_token(&*self.randomness);
        let digest = token_digest(&token);
        *self.setup.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(digest);
        token
    }

    /// Tells, once, who has signed up.
    pub fn await_sign_up(&self) -> Receiver<UserId> {
        let (sender, receiver) = channel();
        *self.setup.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        receiver
    }

    /// Makes the first admin. `token` is what they show of the set-up token, `client` from where
    /// they ask.
    pub fn sign_up(
        &self,
        email: &str,
        name: &str,
        password: &str,
        token: Option<&str>,
        client: Option<IpAddr>,
    ) -> Result<User, SignUpError> {
        if self.is_set_up()? {
            return Err(SignUpError::HasAdmin);
        }
        self.check_setup_token(token, client)?;
        let new = NewUser { email, name, password, is_admin: true };
        let more = UserChanges {
            should_change_password: Some(true),
            storage_label: Some(Some(ADMIN_LABEL)),
            ..UserChanges::default()
        };
        let prepared = self.prepare_user(new, &more)?;
        // Two may sign up at once: the transaction decides.
        let written = self.write(|writer| {
            if writer.has_admin()? {
                return Ok(false);
            }
            prepared.write(writer)?;
            Ok(true)
        });
        let is_first = prepared.judge(written)?;
        if !is_first {
            return Err(SignUpError::HasAdmin);
        }
        *self.setup.token.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let waiting = self.setup.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waiting) = waiting {
            // Whoever wanted to know may have gone.
            let _ = waiting.send(prepared.user.id);
        }
        Ok(prepared.user)
    }

    fn check_setup_token(
        &self,
        shown: Option<&str>,
        client: Option<IpAddr>,
    ) -> Result<(), SignUpError> {
        let expected = *self.setup.token.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(expected) = expected else { return Ok(()) };
        let guesses: Vec<Guess> = client.map(Guess::Client).into_iter().collect();
        self.throttle.take(&guesses, self.now())?;
        // Digests are compared, whose bytes nobody can choose: how long it takes says nothing.
        if shown.map(token_digest) != Some(expected) {
            return Err(SignUpError::Token);
        }
        self.throttle.give_back(&guesses);
        Ok(())
    }
}
