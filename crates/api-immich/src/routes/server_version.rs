//! `GET /server/version` and `/server/version-history`: which API is spoken here, and since when?

use axum::extract::State;
use axum::response::Response;

use crate::error::Failure;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::dates::instant_millis;
use crate::to_wire::{IMITATED_VERSION, json};
use crate::wire::error::Refusals;
use crate::wire::server::{ServerVersionHistoryResponseDto, ServerVersionResponseDto};

/// Which version of the Immich API is served?
///
/// This is the version of the API, not of this program. Clients compare it with their own. Needs no
/// credential.
#[utoipa::path(
    get,
    path = "/server/version",
    operation_id = "getServerVersion",
    tag = "Server",
    responses((status = 200, description = "The version.", body = ServerVersionResponseDto)),
)]
pub(super) async fn version(asked: Asked) -> Response {
    asked.terms.small_json(serde_json::to_vec(&IMITATED_VERSION).expect("numbers are JSON"))
}

/// Which versions have been served?
///
/// The last one first. Needs no credential.
#[utoipa::path(
    get,
    path = "/server/version-history",
    operation_id = "getVersionHistory",
    tag = "Server",
    responses(
        (status = 200, description = "Which.", body = Vec<ServerVersionHistoryResponseDto>),
        Refusals,
    ),
)]
pub(super) async fn version_history(State(state): State<ImmichState>) -> Result<Response, Failure> {
    let served = state.run(|library| library.served_versions().map_err(Failure::catalog)).await?;
    let history: Vec<ServerVersionHistoryResponseDto> = served
        .into_iter()
        .map(|served| ServerVersionHistoryResponseDto {
            id: served.id,
            created_at: instant_millis(served.since),
            version: served.version,
        })
        .collect();
    Ok(json::ok(&history))
}
