//! The parts of a request that routes read, and who is asking (contract immich §C1).

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use http::request::Parts;
use http::{Extensions, HeaderMap, Uri};
use kalends_http_kit::{Client, Query, Site, Terms, credentials, host};
use kalends_library::{Device, IdentityError, Library, Viewer};
use kalends_model::{Credential, UserId};

use crate::entry::Entry;
use crate::error::Failure;
use crate::from_wire::login;
use crate::state::ImmichState;

/// A request without its body.
pub(crate) struct Asked {
    /// Its parameters.
    pub(crate) query: Query,
    /// How the client wants its answer.
    pub(crate) terms: Terms,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// Who sent it, and how.
    pub(crate) client: Client,
    credential: Option<Credential>,
    entry: Entry,
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
        // The list of routes gives every operation its entry; without one, nobody is let in.
        let entry = parts.extensions.get::<Entry>().copied();
        let entry = entry.ok_or_else(|| Failure::failed_to("find who may use this"))?;
        let is_at_home = host::names_loopback(&parts.uri, &parts.headers);
        let is_open = entry.answers_open_servers() && is_at_home;
        Ok(Self {
            terms: Terms::of(&parts.method, &parts.headers),
            credential: credentials::find(&parts.headers, &query),
            open_for: state.open_for.filter(|_| is_open),
            client: client_of(&state.site, &parts.extensions, &parts.uri, &parts.headers),
            headers: parts.headers.clone(),
            entry,
            query,
        })
    }
}

impl Asked {
    /// The credential that the request presents. Only for what must be reached before it is good:
    /// the unlocking of a link.
    pub(crate) fn credential(&self) -> Option<&Credential> {
        self.credential.as_ref()
    }

    /// Whether the request presents a link that waits for its password.
    pub(crate) fn is_locked_link(&self, library: &Library) -> bool {
        let opened = self.credential.as_ref().map(|credential| library.authenticate(credential));
        matches!(opened, Some(Err(IdentityError::LinkPasswordRequired)))
    }

    /// Who is asking, once the operation's [`Entry`] has let them in.
    pub(crate) fn viewer(&self, library: &Library) -> Result<Viewer, Failure> {
        let viewer = match (&self.credential, self.open_for) {
            (None, Some(user)) => Viewer::Open { user },
            (credential, _) => self.authenticated(library, credential.as_ref())?,
        };
        let is_admin = self.entry.is_for_admins()
            && library
                .is_admin(viewer.user())
                .map_err(|cause| Failure::internal(&cause, "look a user up"))?;
        self.entry.admit(&viewer, is_admin)?;
        Ok(viewer)
    }

    /// What the request says of its device.
    pub(crate) fn device(&self) -> Device {
        let sent = login::device(&self.headers);
        Device {
            os: sent.os,
            kind: sent.kind,
            app_version: sent.app_version,
            address: self.client.address,
        }
    }

    fn authenticated(
        &self,
        library: &Library,
        credential: Option<&Credential>,
    ) -> Result<Viewer, Failure> {
        let credential =
            credential.ok_or_else(|| Failure::unauthorized("Authentication required"))?;
        // Only the app's device is ever noted after the login.
        let device = match login::app_version(&self.headers) {
            Some(_) => self.device(),
            None => Device::default(),
        };
        library.authenticate_from(credential, &device).map_err(identity_failure)
    }
}

/// Who sent a request, and how.
pub(crate) fn client_of(
    site: &Site,
    extensions: &Extensions,
    uri: &Uri,
    headers: &HeaderMap,
) -> Client {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    site.client(peer.map(|ConnectInfo(peer)| *peer), uri, headers)
}

/// Why a credential opens nothing.
pub(crate) fn identity_failure(error: IdentityError) -> Failure {
    match error {
        IdentityError::InvalidToken => Failure::unauthorized("Invalid user token"),
        IdentityError::InvalidApiKey => Failure::unauthorized("Invalid API key"),
        IdentityError::InvalidShareKey => Failure::unauthorized("Invalid share key"),
        IdentityError::InvalidShareSlug => Failure::unauthorized("Invalid share slug"),
        IdentityError::LinkPasswordRequired => Failure::unauthorized("Password required"),
        IdentityError::Catalog(cause) => Failure::internal(&cause, "look a credential up"),
    }
}
