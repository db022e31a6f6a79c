//! Albums are shared with users: `PUT /albums/{id}/users`, `PUT` and `DELETE
//! /albums/{id}/user/{userId}`.

use axum::extract::{Path, State};
use axum::response::Response;

use crate::error::Failure;
use crate::from_wire::album;
use crate::from_wire::body::JsonBody;
use crate::from_wire::path::{album_id, user_id};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::album::album_response;
use crate::to_wire::json;
use crate::wire::album::{AddUsersDto, AlbumResponseDto, UpdateAlbumUserDto};
use crate::wire::error::Refusals;

/// Shares an album with users.
#[utoipa::path(
    put,
    path = "/albums/{id}/users",
    operation_id = "addUsersToAlbum",
    tag = "Albums",
    params(("id" = uuid::Uuid, Path, description = "The album.")),
    request_body = AddUsersDto,
    responses((status = 200, description = "The album.", body = AlbumResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn add_users_to_album(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = album_id(&id)?;
            let members = album::members(&body)?;
            let view = library.add_album_members(&viewer, id, &members)?;
            Ok(json::ok(&album_response(&view)))
        })
        .await
}

/// Gives a member another role.
#[utoipa::path(
    put,
    path = "/albums/{id}/user/{userId}",
    operation_id = "updateAlbumUser",
    tag = "Albums",
    params(
        ("id" = uuid::Uuid, Path, description = "The album."),
        ("userId" = String, Path, description = "The member."),
    ),
    request_body = UpdateAlbumUserDto,
    responses((status = 204, description = "The member has the role."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_album_user(
    State(state): State<ImmichState>,
    Path((id, user)): Path<(String, String)>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = album_id(&id)?;
            let user = if user == "me" { viewer.user() } else { user_id("userId", &user)? };
            let role = album::role(&body)?;
            library.set_album_role(&viewer, id, user, role)?;
            Ok(json::no_content())
        })
        .await
}

/// Shares an album with a user no more; `me` leaves it.
#[utoipa::path(
    delete,
    path = "/albums/{id}/user/{userId}",
    operation_id = "removeUserFromAlbum",
    tag = "Albums",
    params(
        ("id" = uuid::Uuid, Path, description = "The album."),
        ("userId" = String, Path, description = "The member, or `me`."),
    ),
    responses((status = 204, description = "The album is not shared with the user."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn remove_user_from_album(
    State(state): State<ImmichState>,
    Path((id, user)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = album_id(&id)?;
            let user = if user == "me" { viewer.user() } else { user_id("userId", &user)? };
            library.remove_album_member(&viewer, id, user)?;
            Ok(json::no_content())
        })
        .await
}
