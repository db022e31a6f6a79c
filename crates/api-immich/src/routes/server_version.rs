//! `GET /server/version`: which API is spoken here?

use axum::response::Response;

use crate::request::Asked;
use crate::wire::server::ServerVersionResponseDto;

/// The version of the API that is imitated. Clients compare it with their own.
const IMITATED: ServerVersionResponseDto =
    ServerVersionResponseDto { major: 2, minor: 7, patch: 5 };

/// Which version of the Immich API is served?
///
/// This is the version of the API, not of this program. Needs no credential.
#[utoipa::path(
    get,
    path = "/server/version",
    operation_id = "getServerVersion",
    tag = "Server",
    responses((status = 200, description = "The version.", body = ServerVersionResponseDto)),
)]
pub(super) async fn version(asked: Asked) -> Response {
    asked.terms.small_json(serde_json::to_vec(&IMITATED).expect("numbers are JSON"))
}
