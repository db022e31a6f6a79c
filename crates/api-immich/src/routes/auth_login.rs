//! `POST /auth/login`: a session for an e-mail address and a password.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kalends_http_kit::reply;
use kalends_library::LoginError;

use super::cookies;
use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::login;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::user::profile_image_path;
use crate::wire::auth::{LoginCredentialDto, LoginResponseDto};
use crate::wire::error::ErrorDto;

/// Opens a session.
///
/// The answer's token serves as `Authorization: Bearer`. Browsers also get it as a cookie, with two
/// more by which the web page knows that it is signed in.
#[utoipa::path(
    post,
    path = "/auth/login",
    operation_id = "login",
    tag = "Authentication",
    request_body = LoginCredentialDto,
    responses(
        (status = 201, description = "The session is open.", body = LoginResponseDto),
        (status = 400, description = "The body is not JSON, or a field is not valid.",
            body = ErrorDto),
        (status = 401, description = "No user has this address and password.", body = ErrorDto),
        (status = 413, description = "The body is too large.", body = ErrorDto),
        (status = 429, description = "Too many wrong passwords. `Retry-After` says when to come \
            back.", body = ErrorDto),
        (status = 500, description = "The server failed; its log says why.", body = ErrorDto),
        (status = 503, description = "The server is busy. `Retry-After` says when to come back.",
            body = ErrorDto),
    ),
)]
pub(super) async fn login(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let sent = body.read(login::credentials)?;
    let (device, is_https) = (asked.device(), asked.client.is_https);
    let login = state
        .run(move |library| {
            library.log_in(&sent.email, &sent.password, &device).map_err(|error| match error {
                LoginError::TooMany(wait) => wait.into(),
                LoginError::Refused => Failure::unauthorized("Incorrect email or password"),
                LoginError::Catalog(cause) => Failure::internal(&cause, "open a session"),
            })
        })
        .await?;

    let user = login.user;
    let dto = LoginResponseDto {
        access_token: login.token,
        user_id: user.id.uuid(),
        user_email: user.email.clone(),
        name: user.name.clone(),
        is_admin: user.is_admin,
        profile_image_path: profile_image_path(&user),
        should_change_password: user.should_change_password,
        is_onboarded: user.is_onboarded,
    };
    let body = serde_json::to_vec(&dto).expect("texts are JSON");
    let mut response = reply::plain_json(StatusCode::CREATED, body);
    cookies::set(response.headers_mut(), &dto.access_token, is_https);
    Ok(response)
}
