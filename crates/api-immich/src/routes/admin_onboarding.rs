//! `/system-metadata/admin-onboarding`: has the administrator been shown around?
//! (contract immich §D1, "Web login")

use axum::extract::State;
use axum::response::Response;

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::error::Refusals;
use crate::wire::server::AdminOnboardingUpdateDto;

/// Has the administrator been shown around?
///
/// As long as nobody has said otherwise: yes.
#[utoipa::path(
    get,
    path = "/system-metadata/admin-onboarding",
    operation_id = "getAdminOnboarding",
    tag = "System metadata",
    responses((status = 200, description = "Whether.", body = AdminOnboardingUpdateDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let is_onboarded = state
        .run(move |library| {
            asked.viewer(library)?;
            library.is_administrator_shown_around().map_err(Failure::catalog)
        })
        .await?;
    Ok(json::ok(&AdminOnboardingUpdateDto { is_onboarded }))
}

/// Keeps whether the administrator has been shown around.
#[utoipa::path(
    post,
    path = "/system-metadata/admin-onboarding",
    operation_id = "updateAdminOnboarding",
    tag = "System metadata",
    request_body = AdminOnboardingUpdateDto,
    responses((status = 204, description = "It is kept."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            asked.viewer(library)?;
            let is = body.read(|fields| fields.required_boolean("isOnboarded"))?;
            library.set_administrator_shown_around(is).map_err(Failure::catalog)
        })
        .await?;
    Ok(json::no_content())
}
