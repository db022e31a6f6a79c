//! `/sessions`: where a user is signed in (contract immich §C3).

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_library::{Device, Library};
use kalends_model::SessionId;

use crate::error::Failure;
use crate::from_wire::body::{BodyFields, JsonBody};
use crate::from_wire::path;
use crate::refusals::of_session;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::to_wire::session::session_response;
use crate::wire::error::Refusals;
use crate::wire::session::{
    SessionCreateDto, SessionCreateResponseDto, SessionResponseDto, SessionUpdateDto,
};

/// The longest name of a device that is kept.
const NAME_CHARS_MAX: usize = 64;

fn session_id(text: &str) -> Result<SessionId, Failure> {
    path::uuid("id", text).map(SessionId::from)
}

/// Where is the user who asks signed in? The last used session comes first.
#[utoipa::path(
    get,
    path = "/sessions",
    operation_id = "getSessions",
    tag = "Sessions",
    responses((status = 200, description = "There.", body = Vec<SessionResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn list(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dtos = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let sessions = library.sessions(&viewer).map_err(Failure::catalog)?;
            let dtos = sessions.iter().map(|session| session_response(session, viewer.session()));
            Ok(dtos.collect::<Vec<_>>())
        })
        .await?;
    Ok(json::ok(&dtos))
}

/// Opens a session for another device of the same user. It ends with the one that asks.
#[utoipa::path(
    post,
    path = "/sessions",
    operation_id = "createSession",
    tag = "Sessions",
    request_body = SessionCreateDto,
    responses(
        (status = 201, description = "It is open.", body = SessionCreateResponseDto), Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (seconds, device) = body.read(new_session)?;
            let opened = library.open_session(&viewer, &device, seconds);
            let (session, token) = opened.map_err(|error| of_session(error, "session.create"))?;
            let session = session_response(&session, viewer.session());
            Ok(SessionCreateResponseDto { session, token })
        })
        .await?;
    Ok(json::created(&dto))
}

fn new_session(fields: &mut BodyFields<'_>) -> (Option<u64>, Device) {
    let seconds = fields.integer("duration", 1, i64::MAX).map(i64::unsigned_abs);
    let name = |text: Option<&str>| text.unwrap_or("").chars().take(NAME_CHARS_MAX).collect();
    let kind = name(fields.text("deviceType"));
    let os = name(fields.text("deviceOS"));
    (seconds, Device { kind, os, ..Device::default() })
}

/// Changes one of the user's sessions.
#[utoipa::path(
    put,
    path = "/sessions/{id}",
    operation_id = "updateSession",
    tag = "Sessions",
    params(("id" = uuid::Uuid, Path, description = "The session.")),
    request_body = SessionUpdateDto,
    responses((status = 200, description = "The session.", body = SessionResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = session_id(&id)?;
            let reset = body.read(|fields| fields.boolean("isPendingSyncReset"))?;
            let reset = reset.ok_or_else(|| Failure::bad_request("No fields to update"))?;
            let session = library.reset_sync(&viewer, id, reset);
            let session = session.map_err(|error| of_session(error, "session.update"))?;
            Ok(session_response(&session, viewer.session()))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Ends all sessions of the user but the one that asks.
#[utoipa::path(
    delete,
    path = "/sessions",
    operation_id = "deleteAllSessions",
    tag = "Sessions",
    responses((status = 204, description = "They have ended."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn end_others(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            library.end_other_sessions(&viewer).map_err(Failure::catalog)
        })
        .await?;
    Ok(json::no_content())
}

/// Ends one of the user's sessions.
#[utoipa::path(
    delete,
    path = "/sessions/{id}",
    operation_id = "deleteSession",
    tag = "Sessions",
    params(("id" = uuid::Uuid, Path, description = "The session.")),
    responses((status = 204, description = "It has ended."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn end(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state.run(move |library| end_one(library, &asked, &id)).await?;
    Ok(json::no_content())
}

fn end_one(library: &Library, asked: &Asked, id: &str) -> Result<(), Failure> {
    let viewer = asked.viewer(library)?;
    let ended = library.end_session(&viewer, session_id(id)?);
    ended.map_err(|error| of_session(error, "authDevice.delete"))
}

/// Closes the locked folder to one of the user's sessions.
#[utoipa::path(
    post,
    path = "/sessions/{id}/lock",
    operation_id = "lockSession",
    tag = "Sessions",
    params(("id" = uuid::Uuid, Path, description = "The session.")),
    responses((status = 204, description = "It is closed."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn lock(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let locked = library.lock_session(&viewer, session_id(&id)?);
            locked.map_err(|error| of_session(error, "session.lock"))
        })
        .await?;
    Ok(json::no_content())
}
