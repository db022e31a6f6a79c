//! What a request presents to say who is asking. Transports find it, `library` looks it up.

use std::fmt;

/// A credential as sent, not yet looked up.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// The key of a shared link, as base64url or as hexadecimal digits (contract immich §C5).
    LinkKey(String, Unlocks),
    /// The slug of a shared link.
    LinkSlug(String, Unlocks),
    /// A bearer token: looked up as a session, then as an API key.
    Token(String),
    /// The token of a session, and of nothing else.
    SessionToken(String),
    /// An API key.
    ApiKey(String),
}

/// What a browser has been given for the passwords of shared links: a token for each link that it
/// has unlocked.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Unlocks(Vec<String>);

impl Unlocks {
    /// The most tokens that are looked at.
    pub const TOKENS_MAX: usize = 64;

    /// These tokens, as far as they are looked at.
    pub fn new(tokens: impl IntoIterator<Item = String>) -> Self {
        Self(tokens.into_iter().take(Self::TOKENS_MAX).collect())
    }

    /// The tokens, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl fmt::Debug for Credential {
    /// Says the kind only: secrets stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LinkKey(..) => "LinkKey(..)",
            Self::LinkSlug(..) => "LinkSlug(..)",
            Self::Token(_) => "Token(..)",
            Self::SessionToken(_) => "SessionToken(..)",
            Self::ApiKey(_) => "ApiKey(..)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_unlocks_are_looked_at() {
        let unlocks = Unlocks::new((0..1_000).map(|n| n.to_string()));
        assert_eq!(unlocks.iter().count(), Unlocks::TOKENS_MAX);
    }

    #[test]
    fn secrets_are_not_printed() {
        assert_eq!(format!("{:?}", Credential::Token("secret".into())), "Token(..)");
    }
}
