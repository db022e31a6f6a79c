//! A visitor's own link: `GET /shared-links/me`, `POST /shared-links/login`.
//!
//! A link with a password opens nothing before the password has been given, here alone. What the
//! browser then keeps as a cookie is found by `http-kit` beside the link's key, for both dialects.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kalends_http_kit::credentials;
use kalends_library::links::{UnlockError, Unlocked};
use kalends_library::{Library, Viewer};
use kalends_model::Credential;

use super::cookies;
use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::shared_link;
use crate::request::{Asked, identity_failure};
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::to_wire::shared_link::shared_link_response;
use crate::wire::error::Refusals;
use crate::wire::shared_link::{SharedLinkLoginDto, SharedLinkResponseDto};

impl From<UnlockError> for Failure {
    fn from(error: UnlockError) -> Self {
        match error {
            UnlockError::Identity(error) => identity_failure(error),
            UnlockError::NotProtected => Self::bad_request("Shared link is not password protected"),
            UnlockError::TooMany(wait) => wait.into(),
            UnlockError::WrongPassword => Self::unauthorized("Invalid password"),
            UnlockError::Catalog(cause) => Self::catalog(cause),
        }
    }
}

/// What does the link show?
#[utoipa::path(
    get,
    path = "/shared-links/me",
    operation_id = "getMySharedLink",
    tag = "Shared links",
    params(
        ("key" = Option<String>, Query, description = "The key of the link."),
        ("slug" = Option<String>, Query, description = "The slug of the link."),
        ("password" = Option<String>, Query,
            description = "As `POST /shared-links/login`, in an older form."),
    ),
    responses(
        (status = 200, description = "The link.", body = SharedLinkResponseDto),
        Refusals,
    ),
)]
pub(super) async fn get_my_shared_link(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let password = asked.query.first("password").filter(|password| !password.is_empty());
            if let (Some(password), Some(link)) = (password, link_credential(&asked))
                && asked.is_locked_link(library)
            {
                let unlocked = library.unlock_link(link, password, &asked.device())?;
                return visited(library, &asked, StatusCode::OK, unlocked);
            }
            match asked.viewer(library)? {
                Viewer::Link(visitor) => {
                    Ok(json::ok(&shared_link_response(&library.visited_link(&visitor)?)))
                }
                _ => Err(Failure::bare(StatusCode::FORBIDDEN)),
            }
        })
        .await
}

/// Gives the password of the link.
///
/// The cookie of the answer opens the link for a day, on every operation.
#[utoipa::path(
    post,
    path = "/shared-links/login",
    operation_id = "sharedLinkLogin",
    tag = "Shared links",
    params(
        ("key" = Option<String>, Query, description = "The key of the link."),
        ("slug" = Option<String>, Query, description = "The slug of the link."),
    ),
    request_body = SharedLinkLoginDto,
    responses((status = 201, description = "The link.", body = SharedLinkResponseDto), Refusals),
)]
pub(super) async fn shared_link_login(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let Some(link) = link_credential(&asked) else {
                asked.viewer(library)?;
                return Err(Failure::bare(StatusCode::FORBIDDEN));
            };
            let password = shared_link::given_password(&body)?;
            let unlocked = library.unlock_link(link, &password, &asked.device())?;
            visited(library, &asked, StatusCode::CREATED, unlocked)
        })
        .await
}

/// The link that the request presents, good or not.
fn link_credential(asked: &Asked) -> Option<&Credential> {
    let credential = asked.credential()?;
    matches!(credential, Credential::LinkKey(..) | Credential::LinkSlug(..)).then_some(credential)
}

/// The link that has just been unlocked, with a cookie that adds it to those unlocked before.
fn visited(
    library: &Library,
    asked: &Asked,
    status: StatusCode,
    unlocked: Unlocked,
) -> Result<Response, Failure> {
    let view = library.visited_link(&unlocked.visitor)?;
    let mut response = json::with(status, &shared_link_response(&view));
    let earlier = credentials::unlocks(&asked.headers);
    let earlier = earlier.iter().filter(|token| *token != unlocked.token);
    let tokens: Vec<&str> = std::iter::once(unlocked.token.as_str()).chain(earlier).collect();
    cookies::set_unlocks(response.headers_mut(), &tokens, asked.client.is_https);
    Ok(response)
}
