//! `GET /server/ping`: is anybody there?

use axum::response::Response;

use crate::request::Asked;
use crate::wire::server::ServerPingResponse;

/// Is the server there?
///
/// Needs no credential.
#[utoipa::path(
    get,
    path = "/server/ping",
    operation_id = "pingServer",
    tag = "Server",
    responses((status = 200, description = "It is.", body = ServerPingResponse)),
)]
pub(super) async fn ping(asked: Asked) -> Response {
    let pong = ServerPingResponse { res: "pong".into() };
    asked.terms.small_json(serde_json::to_vec(&pong).expect("a text is JSON"))
}
