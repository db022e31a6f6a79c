//! The parts of a request that routes read, and who is asking (contract immich §C1).

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use kalends_http_kit::{Query, Terms, credentials, host};
use kalends_library::{IdentityError, Library, Viewer};
use kalends_model::{Credential, UserId};

use crate::error::Failure;
use crate::state::ImmichState;

/// A request without its body.
pub(crate) struct Asked {
    /// Its parameters.
    pub(crate) query: Query,
    /// How the client wants its answer.
    pub(crate) terms: Terms,
    credential: Option<Credential>,
    /// The user to answer for when there is no credential.
    open_for: Option<UserId>,
}

impl<S: Sync> FromRequestParts<S> for Asked
where
    ImmichState: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let query = Query::of(&parts.uri)?;
        let state = ImmichState::from_ref(state);
        let is_at_home = host::names_loopback(&parts.uri, &parts.headers);
        Ok(Self {
            terms: Terms::of(&parts.method, &parts.headers),
            credential: credentials::find(&parts.headers, &query),
            open_for: state.open_for.filter(|_| is_at_home),
            query,
        })
    }
}

impl Asked {
    /// Who is asking, on routes that an open server answers without credentials, and that visitors
    /// with a shared link may use.
    pub(crate) fn visitor(&self, library: &Library) -> Result<Viewer, Failure> {
        match (&self.credential, self.open_for) {
            (None, Some(user)) => Ok(Viewer::Open { user }),
            (credential, _) => authenticated(library, credential.as_ref()),
        }
    }

    /// Who is asking, on routes that only users may use, by a session or an API key.
    pub(crate) fn user(&self, library: &Library) -> Result<Viewer, Failure> {
        match authenticated(library, self.credential.as_ref())? {
            Viewer::Link(_) => Err(Failure::forbidden("Forbidden")),
            viewer => Ok(viewer),
        }
    }
}

fn authenticated(library: &Library, credential: Option<&Credential>) -> Result<Viewer, Failure> {
    let credential = credential.ok_or_else(|| Failure::unauthorized("Authentication required"))?;
    library.authenticate(credential).map_err(|error| match error {
        IdentityError::InvalidToken => Failure::unauthorized("Invalid user token"),
        IdentityError::InvalidApiKey => Failure::unauthorized("Invalid API key"),
        IdentityError::InvalidShareKey => Failure::unauthorized("Invalid share key"),
        IdentityError::InvalidShareSlug => Failure::unauthorized("Invalid share slug"),
        IdentityError::LinkPasswordRequired => Failure::unauthorized("Password required"),
        IdentityError::Catalog(cause) => Failure::internal(&cause, "look a credential up"),
    })
}

/// Refuses API keys that lack `permission`. Sessions and links are not subject to permissions.
pub(crate) fn require(viewer: &Viewer, permission: &str) -> Result<(), Failure> {
    if viewer.has_permission(permission) {
        return Ok(());
    }
    Err(Failure::forbidden(format!("Missing required permission: {permission}")))
}
