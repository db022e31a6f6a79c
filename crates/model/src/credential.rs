//! What a request presents to say who is asking. Transports find it, `library` looks it up.

use std::fmt;

/// A credential as sent, not yet looked up.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// The key of a shared link, as base64url or as hexadecimal digits (contract immich §C5).
    LinkKey(String),
    /// The slug of a shared link.
    LinkSlug(String),
    /// A bearer token: looked up as a session, then as an API key.
    Token(String),
    /// The token of a session, and of nothing else.
    SessionToken(String),
    /// An API key.
    ApiKey(String),
}

impl fmt::Debug for Credential {
    /// Says the kind only: secrets stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LinkKey(_) => "LinkKey(..)",
            Self::LinkSlug(_) => "LinkSlug(..)",
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
    fn secrets_are_not_printed() {
        assert_eq!(format!("{:?}", Credential::Token("secret".into())), "Token(..)");
    }
}
