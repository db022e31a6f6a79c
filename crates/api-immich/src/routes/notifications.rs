//! `/notifications`: messages to users, of which there are none (contract immich §D2.9).
//!
//! The list is empty and stays so. Changing or removing none is done at once; whoever names one is
//! told that there is no such thing.

use axum::extract::{Path, State};
use axum::response::Response;
use uuid::Uuid;

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::path::uuid;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::error::Refusals;
use crate::wire::notification::{
    NotificationDeleteAllDto, NotificationDto, NotificationUpdateAllDto,
};

/// Which messages are there for me?
#[utoipa::path(
    get,
    path = "/notifications",
    operation_id = "getNotifications",
    tag = "Notifications",
    responses((status = 200, description = "None.", body = Vec<NotificationDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn list(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state.run(move |library| asked.viewer(library).map(drop)).await?;
    Ok(json::ok(&Vec::<NotificationDto>::new()))
}

/// Marks messages as read or unread.
#[utoipa::path(
    put,
    path = "/notifications",
    operation_id = "updateNotifications",
    tag = "Notifications",
    request_body = NotificationUpdateAllDto,
    responses((status = 204, description = "None were named."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_all(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    none_of_those(&state, asked, body, "notification.update").await
}

/// Removes messages.
#[utoipa::path(
    delete,
    path = "/notifications",
    operation_id = "deleteNotifications",
    tag = "Notifications",
    request_body = NotificationDeleteAllDto,
    responses((status = 204, description = "None were named."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_all(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    none_of_those(&state, asked, body, "notification.delete").await
}

async fn none_of_those(
    state: &ImmichState,
    asked: Asked,
    body: JsonBody,
    permission: &'static str,
) -> Result<Response, Failure> {
    let ids: Vec<Uuid> = state
        .run(move |library| {
            asked.viewer(library)?;
            body.read(|fields| {
                fields.nullable_date("readAt");
                fields.required_uuids("ids")
            })
        })
        .await?;
    if ids.is_empty() { Ok(json::no_content()) } else { Err(Failure::no_access(permission)) }
}

/// What does a message say?
#[utoipa::path(
    get,
    path = "/notifications/{id}",
    operation_id = "getNotification",
    tag = "Notifications",
    params(("id" = Uuid, Path, description = "The message.")),
    responses((status = 200, description = "Never.", body = NotificationDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn one(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state.run(move |library| none_such(&asked, library, &id, "notification.read")).await
}

/// Removes a message.
#[utoipa::path(
    delete,
    path = "/notifications/{id}",
    operation_id = "deleteNotification",
    tag = "Notifications",
    params(("id" = Uuid, Path, description = "The message.")),
    responses((status = 204, description = "Never."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_one(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state.run(move |library| none_such(&asked, library, &id, "notification.delete")).await
}

fn none_such(
    asked: &Asked,
    library: &kalends_library::Library,
    id: &str,
    permission: &str,
) -> Result<Response, Failure> {
    asked.viewer(library)?;
    uuid("id", id)?;
    Err(Failure::no_access(permission))
}
