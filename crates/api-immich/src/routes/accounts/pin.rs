//! The PIN and the locked folder: `/auth/pin-code`, `/auth/session/lock`, `/auth/session/unlock`,
//! and `/auth/status`, which says how they stand (contract immich §C6).

use axum::extract::State;
use axum::response::Response;

use crate::error::Failure;
use crate::from_wire::accounts::{proof, required_pin};
use crate::from_wire::body::JsonBody;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::dates::instant_millis;
use crate::to_wire::json;
use crate::wire::auth::{
    AuthStatusResponseDto, PinCodeChangeDto, PinCodeProofDto, PinCodeSetupDto,
};
use crate::wire::error::Refusals;

/// How does the session that asks stand?
#[utoipa::path(
    get,
    path = "/auth/status",
    operation_id = "getAuthStatus",
    tag = "Authentication",
    responses((status = 200, description = "So it stands.", body = AuthStatusResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_auth_status(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let secrets = library.secrets_of(viewer.user()).map_err(Failure::catalog)?;
            let session = library.current_session(&viewer).map_err(Failure::catalog)?;
            let elevated_until = session.as_ref().and_then(|session| session.elevated_until);
            Ok(AuthStatusResponseDto {
                pin_code: secrets.has_pin,
                password: secrets.has_password,
                is_elevated: viewer.is_elevated(),
                expires_at: session.and_then(|session| session.expires_at).map(instant_millis),
                pin_expires_at: elevated_until.filter(|_| viewer.is_elevated()).map(instant_millis),
            })
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Gives the user who asks a first PIN.
#[utoipa::path(
    post,
    path = "/auth/pin-code",
    operation_id = "setupPinCode",
    tag = "Authentication",
    request_body = PinCodeSetupDto,
    responses((status = 204, description = "The PIN is set."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn set_up_pin(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let pin = body.read(|fields| required_pin(fields, "pinCode"))?;
            Ok(library.set_up_pin(&viewer, &pin)?)
        })
        .await?;
    Ok(json::no_content())
}

/// Replaces the PIN, for which the current one or the password is shown.
#[utoipa::path(
    put,
    path = "/auth/pin-code",
    operation_id = "changePinCode",
    tag = "Authentication",
    request_body = PinCodeChangeDto,
    responses((status = 204, description = "The PIN is another one."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn change_pin(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (shown, pin) =
                body.read(|fields| (proof(fields), required_pin(fields, "newPinCode")))?;
            Ok(library.change_pin(&viewer, shown.proof(), &pin, &asked.device())?)
        })
        .await?;
    Ok(json::no_content())
}

/// Removes the PIN, for which it or the password is shown, and locks all sessions.
#[utoipa::path(
    delete,
    path = "/auth/pin-code",
    operation_id = "resetPinCode",
    tag = "Authentication",
    request_body = PinCodeProofDto,
    responses((status = 204, description = "There is no PIN any more."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn remove_pin(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let shown = body.read(proof)?;
            Ok(library.remove_pin(&viewer, shown.proof(), &asked.device())?)
        })
        .await?;
    Ok(json::no_content())
}

/// Opens the locked folder to the session that asks, for a quarter of an hour.
///
/// While it is open, every request keeps it open for at least five minutes more.
#[utoipa::path(
    post,
    path = "/auth/session/unlock",
    operation_id = "unlockAuthSession",
    tag = "Authentication",
    request_body = PinCodeProofDto,
    responses((status = 204, description = "It is open."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn unlock(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let shown = body.read(proof)?;
            Ok(library.unlock(&viewer, shown.proof(), &asked.device())?)
        })
        .await?;
    Ok(json::no_content())
}

/// Closes the locked folder to the session that asks.
#[utoipa::path(
    post,
    path = "/auth/session/lock",
    operation_id = "lockAuthSession",
    tag = "Authentication",
    responses((status = 204, description = "It is closed."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn lock(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            Ok(library.lock(&viewer)?)
        })
        .await?;
    Ok(json::no_content())
}
