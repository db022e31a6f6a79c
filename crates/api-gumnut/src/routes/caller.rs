//! Who is calling, and whether they may.

use http::{HeaderMap, Uri};
use kalends_http_kit::{Query, credentials, host};
use kalends_library::Viewer;
use kalends_model::Credential;

use crate::Gumnut;
use crate::error::Refused;

/// What a request says of who is calling. Read before any other parameter.
pub(crate) enum Caller {
    /// Whoever this credential belongs to.
    Presents(Credential),
    /// Nobody in particular, on the machine itself.
    Local,
    /// Nobody in particular.
    Nobody,
}

impl Caller {
    /// Reads who is calling.
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap, query: &Query) -> Self {
        match credentials::find(headers, query) {
            Some(credential) => Self::Presents(credential),
            None if host::names_loopback(uri, headers) => Self::Local,
            None => Self::Nobody,
        }
    }

    /// The viewer that the caller is, when it may do what `permission` names.
    pub(crate) fn viewer(self, gumnut: &Gumnut, permission: &str) -> Result<Viewer, Refused> {
        let viewer = match (self, gumnut.open_for) {
            (Self::Presents(credential), _) => gumnut.library.authenticate(&credential)?,
            (Self::Local, Some(user)) => Viewer::Open { user },
            (Self::Local | Self::Nobody, _) => {
                return Err(Refused::Unauthorized(
                    "No credential: send Authorization: Bearer and an API key",
                ));
            }
        };
        if viewer.has_permission(permission) {
            Ok(viewer)
        } else {
            Err(Refused::Forbidden("The API key lacks the permission asset.read"))
        }
    }
}
