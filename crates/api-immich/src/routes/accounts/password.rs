//! `POST /auth/change-password`: another password for the user who asks.

use axum::extract::State;
use axum::response::Response;

use super::users::admin_view;
use crate::error::Failure;
use crate::from_wire::accounts;
use crate::from_wire::body::JsonBody;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::auth::ChangePasswordDto;
use crate::wire::error::Refusals;
use crate::wire::user::UserAdminResponseDto;

/// Replaces the password of the user who asks.
///
/// All other sessions of the user end, whatever `invalidateSessions` says.
#[utoipa::path(
    post,
    path = "/auth/change-password",
    operation_id = "changePassword",
    tag = "Authentication",
    request_body = ChangePasswordDto,
    responses((status = 200, description = "The user.", body = UserAdminResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn change_password(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (current, new) = body.read(accounts::change_password)?;
            let user = library.change_password(&viewer, &current, &new, &asked.device())?;
            admin_view(library, &user)
        })
        .await?;
    Ok(json::ok(&dto))
}
