//! Who is asking.

use kalends_model::{AlbumId, ApiKeyId, LinkId, SessionId, UserId};

/// The permission that holds every other.
pub const ALL_PERMISSIONS: &str = "all";

/// Whoever a request is answered for. Made by [`crate::identity`] from a credential, never by hand
/// outside of tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// A user with a session.
    Session {
        /// The user.
        user: UserId,
        /// The session.
        session: SessionId,
        /// Whether the locked folder has been opened with the PIN.
        is_elevated: bool,
    },
    /// A user's program with an API key. Never elevated.
    ApiKey {
        /// The user.
        user: UserId,
        /// The key.
        key: ApiKeyId,
        /// What the key may do: names such as `asset.read`, or `all`.
        permissions: Vec<String>,
    },
    /// A request without a credential, on a loopback server that was opened for this user.
    Open {
        /// The user.
        user: UserId,
    },
    /// A visitor with a shared link.
    Link(LinkViewer),
}

/// What a shared link lets its visitors do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkViewer {
    /// The link.
    pub link: LinkId,
    /// Who made it.
    pub owner: UserId,
    /// The album it shows; `None` for a link of single assets.
    pub album: Option<AlbumId>,
    /// Whether places, people and camera may be seen.
    pub shows_metadata: bool,
    /// Whether originals may be taken.
    pub allows_download: bool,
    /// Whether assets may be added.
    pub allows_upload: bool,
}

impl Viewer {
    /// The user that acts; for a link, the user who made it.
    pub fn user(&self) -> UserId {
        match self {
            Self::Session { user, .. } | Self::ApiKey { user, .. } | Self::Open { user } => *user,
            Self::Link(link) => link.owner,
        }
    }

    /// The session by which the viewer asks, if it is one.
    pub fn session(&self) -> Option<SessionId> {
        match self {
            Self::Session { session, .. } => Some(*session),
            Self::ApiKey { .. } | Self::Open { .. } | Self::Link(_) => None,
        }
    }

    /// Whether the locked folder is open to this viewer.
    pub fn is_elevated(&self) -> bool {
        matches!(self, Self::Session { is_elevated: true, .. })
    }

    /// Whether the viewer's credential carries this permission. Only API keys can lack one.
    pub fn has_permission(&self, permission: &str) -> bool {
        match self {
            Self::ApiKey { permissions, .. } => {
                permissions.iter().any(|held| held == ALL_PERMISSIONS || held == permission)
            }
            _ => true,
        }
    }
}
