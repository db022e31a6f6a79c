//! `POST /auth/validateToken`: is this credential good?

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kalends_http_kit::reply;

use crate::error::Failure;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::wire::auth::ValidateAccessTokenResponseDto;
use crate::wire::error::ErrorDto;

/// Is the credential of this request valid?
///
/// Any API key may ask, whatever its permissions.
#[utoipa::path(
    post,
    path = "/auth/validateToken",
    operation_id = "validateAccessToken",
    tag = "Authentication",
    responses(
        (status = 200, description = "It is.", body = ValidateAccessTokenResponseDto),
        (status = 401, description = "There is none, or it is not valid.", body = ErrorDto),
        (status = 403, description = "This is a visitor with a shared link.", body = ErrorDto),
        (status = 500, description = "The server failed; its log says why.", body = ErrorDto),
        (status = 503, description = "The server is busy. `Retry-After` says when to come back.",
            body = ErrorDto),
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn validate_token(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state.run(move |library| asked.viewer(library).map(drop)).await?;
    let dto = ValidateAccessTokenResponseDto { auth_status: true };
    let body = serde_json::to_vec(&dto).expect("a boolean is JSON");
    Ok(reply::plain_json(StatusCode::OK, body))
}
