//! `POST /auth/logout`: the end of a session.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kalends_http_kit::reply;

use super::cookies;
use crate::error::Failure;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::wire::auth::LogoutResponseDto;
use crate::wire::error::ErrorDto;

/// Closes the session that asks, and removes its cookies.
#[utoipa::path(
    post,
    path = "/auth/logout",
    operation_id = "logout",
    tag = "Authentication",
    responses(
        (status = 200, description = "The session is closed.", body = LogoutResponseDto),
        (status = 401, description = "There is no credential, or it is not valid.",
            body = ErrorDto),
        (status = 403, description = "The API key does not hold `all`, or this is a visitor with \
            a shared link.", body = ErrorDto),
        (status = 500, description = "The server failed; its log says why.", body = ErrorDto),
        (status = 503, description = "The server is busy. `Retry-After` says when to come back.",
            body = ErrorDto),
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn logout(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let is_https = asked.client.is_https;
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            library.log_out(&viewer).map_err(|cause| Failure::internal(&cause, "close a session"))
        })
        .await?;
    let dto =
        LogoutResponseDto { successful: true, redirect_uri: "/auth/login?autoLaunch=0".into() };
    let body = serde_json::to_vec(&dto).expect("texts are JSON");
    let mut response = reply::plain_json(StatusCode::OK, body);
    cookies::clear(response.headers_mut(), is_https);
    Ok(response)
}
