//! Who may use an operation, said once where it is registered and enforced where its request is
//! read (contract immich §C1, §D9).
//!
//! An operation cannot be registered without an [`Entry`], and a handler learns who is asking only
//! through [`Asked::viewer`](crate::request::Asked::viewer), which holds the asker to it. The table
//! in `docs/` is written from the same entries.

use kalends_library::Viewer;

use crate::error::Failure;

/// What an operation asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    permission: Permission,
    is_for_admins: bool,
    takes_links: bool,
    answers_open_servers: bool,
    body_bytes_max: Option<usize>,
}

/// What an API key must hold. Sessions and links are not subject to permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Permission {
    /// No credential is looked at.
    Public,
    /// Any key will do.
    AnyKey,
    /// The key must hold `all`.
    All,
    /// The key must hold this name, or `all`.
    Named(&'static str),
}

/// Bodies are JSON of at most so many bytes where an entry says nothing else: lists of 65,000 ids
/// fit.
const JSON_BYTES_MAX: usize = 10 * 1_024 * 1_024;

impl Entry {
    /// For everybody, without a credential.
    pub(crate) const fn public() -> Self {
        Self::of(Permission::Public)
    }

    /// For every user; any API key will do.
    pub(crate) const fn any_key() -> Self {
        Self::of(Permission::AnyKey)
    }

    /// For every user; an API key must hold `all`.
    pub(crate) const fn all() -> Self {
        Self::of(Permission::All)
    }

    /// For every user; an API key must hold this permission.
    pub(crate) const fn named(permission: &'static str) -> Self {
        Self::of(Permission::Named(permission))
    }

    /// Only for users who administer the server.
    pub(crate) const fn admin(self) -> Self {
        Self { is_for_admins: true, ..self }
    }

    /// Also for visitors with a shared link.
    pub(crate) const fn links(self) -> Self {
        Self { takes_links: true, ..self }
    }

    /// Answered without a credential where a loopback server was opened for a user.
    pub(crate) const fn open(self) -> Self {
        Self { answers_open_servers: true, ..self }
    }

    /// Takes bodies of at most so many bytes.
    pub(crate) const fn body_up_to(self, bytes: usize) -> Self {
        Self { body_bytes_max: Some(bytes), ..self }
    }

    /// Takes bodies of any length: the handler reads them as a stream.
    pub(crate) const fn streamed(self) -> Self {
        Self { body_bytes_max: None, ..self }
    }

    const fn of(permission: Permission) -> Self {
        Self {
            permission,
            is_for_admins: false,
            takes_links: false,
            answers_open_servers: false,
            body_bytes_max: Some(JSON_BYTES_MAX),
        }
    }

    /// The longest body; `None` for any length.
    pub(crate) fn body_bytes_max(self) -> Option<usize> {
        self.body_bytes_max
    }

    /// Whether a request without a credential may be answered as the user of an open server.
    pub(crate) fn answers_open_servers(self) -> bool {
        self.answers_open_servers
    }

    /// Refuses whoever the entry does not let in. In the order of contract immich §C1.
    pub(crate) fn admit(self, viewer: &Viewer, is_admin: bool) -> Result<(), Failure> {
        if self.is_for_admins && !is_admin {
            return Err(Failure::forbidden("Forbidden"));
        }
        if matches!(viewer, Viewer::Link(_)) && !self.takes_links {
            return Err(Failure::forbidden("Forbidden"));
        }
        let needed = match self.permission {
            Permission::Public | Permission::AnyKey => return Ok(()),
            Permission::All => "all",
            Permission::Named(name) => name,
        };
        if viewer.has_permission(needed) {
            return Ok(());
        }
        Err(Failure::forbidden(format!("Missing required permission: {needed}")))
    }

    /// Whether it must be known if the viewer administers the server.
    pub(crate) fn is_for_admins(self) -> bool {
        self.is_for_admins
    }

    /// What the table of routes says: the permission, and who else is meant.
    pub(crate) fn words(self) -> String {
        let permission = match self.permission {
            Permission::Public => "public",
            Permission::AnyKey => "any key",
            Permission::All => "`all`",
            Permission::Named(name) => &format!("`{name}`"),
        };
        let mut words = permission.to_owned();
        for (holds, word) in [
            (self.is_for_admins, "admins"),
            (self.takes_links, "shared links"),
            (self.answers_open_servers, "open servers"),
        ] {
            if holds {
                words.push_str(", ");
                words.push_str(word);
            }
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kalends_library::LinkViewer;
    use kalends_model::{ApiKeyId, LinkId, SessionId, UserId};

    fn told(entry: Entry, viewer: &Viewer, is_admin: bool) -> Option<String> {
        entry.admit(viewer, is_admin).err().map(|failure| format!("{failure:?}"))
    }

    #[test]
    fn admins_links_and_permissions_are_asked_for_in_this_order() {
        let user = UserId::from_bytes([1; 16]);
        let session =
            Viewer::Session { user, session: SessionId::from_bytes([2; 16]), is_elevated: false };
        let key = |permission: &str| Viewer::ApiKey {
            user,
            key: ApiKeyId::from_bytes([3; 16]),
            permissions: vec![permission.to_owned()],
        };
        let link = Viewer::Link(LinkViewer {
            link: LinkId::from_bytes([4; 16]),
            owner: user,
            album: None,
            shows_metadata: true,
            allows_download: true,
            allows_upload: true,
        });
        let read = Entry::named("asset.read");
        let forbidden = |text: &str| Some(format!("{:?}", Failure::forbidden(text)));

        assert_eq!(told(read, &session, false), None);
        assert_eq!(told(read, &key("asset.read"), false), None);
        assert_eq!(told(read, &key("all"), false), None);
        let missing = forbidden("Missing required permission: asset.read");
        assert_eq!(told(read, &key("album.read"), false), missing);
        assert_eq!(told(read, &link, false), forbidden("Forbidden"));
        assert_eq!(told(read.links(), &link, false), None);
        assert_eq!(told(read.admin(), &session, false), forbidden("Forbidden"));
        assert_eq!(told(read.admin(), &session, true), None);
        assert_eq!(told(read.admin(), &key("album.read"), false), forbidden("Forbidden"));
        assert_eq!(told(read.admin(), &key("album.read"), true), missing);
        let whole = forbidden("Missing required permission: all");
        assert_eq!(told(Entry::all(), &key("asset.read"), false), whole);
        assert_eq!(told(Entry::any_key(), &key("asset.read"), false), None);
    }

    #[test]
    fn the_table_names_everyone_who_is_let_in() {
        assert_eq!(Entry::public().words(), "public");
        assert_eq!(
            Entry::named("asset.read").links().open().words(),
            "`asset.read`, shared links, open servers"
        );
        assert_eq!(Entry::all().admin().words(), "`all`, admins");
    }
}
