//! `POST /auth/admin-sign-up`: the first admin of a new server.

use axum::extract::State;
use axum::response::Response;

use crate::error::Failure;
use crate::from_wire::accounts;
use crate::from_wire::body::JsonBody;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::to_wire::user::user_admin_response;
use crate::wire::auth::SignUpDto;
use crate::wire::error::Refusals;
use crate::wire::user::UserAdminResponseDto;

/// The header that carries the set-up token.
const TOKEN_HEADER: &str = "x-kalends-setup-token";

/// The parameter that carries it where a header cannot be set.
const TOKEN_PARAMETER: &str = "setupToken";

/// Makes the first admin of a new server.
///
/// A server that others than its own machine can reach asks for the token that it printed at its
/// start. No session is opened: log in next.
#[utoipa::path(
    post,
    path = "/auth/admin-sign-up",
    operation_id = "signUpAdmin",
    tag = "Authentication",
    params(
        ("setupToken" = Option<String>, Query, description = "The set-up token."),
        ("x-kalends-setup-token" = Option<String>, Header, description = "The same."),
    ),
    request_body = SignUpDto,
    responses((status = 201, description = "The admin.", body = UserAdminResponseDto), Refusals),
)]
pub(super) async fn sign_up_admin(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let sent = body.read(accounts::sign_up)?;
    let dto = state
        .run(move |library| {
            let header = asked.headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok());
            let token = header.or_else(|| asked.query.first(TOKEN_PARAMETER));
            let text = |field: &Option<String>| field.clone().unwrap_or_default();
            let (email, name, password) =
                (text(&sent.email), text(&sent.name), text(&sent.password));
            let client = asked.client.address;
            let user = library.sign_up(&email, &name, &password, token, client)?;
            Ok(user_admin_response(&user, 0))
        })
        .await?;
    Ok(json::created(&dto))
}
