//! `/users` and `/users/{id}`: who there is, and `/users/me`: who is asking (contract immich §D2.2).

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_library::stored::User;
use kalends_library::{Library, UserChanges};
use kalends_model::UserId;

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::{accounts, path};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::to_wire::user::{user_admin_response, user_response};
use crate::wire::error::Refusals;
use crate::wire::user::{UserAdminResponseDto, UserResponseDto, UserUpdateMeDto};

/// The id of a user in a path.
pub(super) fn user_id(text: &str) -> Result<UserId, Failure> {
    path::uuid("id", text).map(UserId::from)
}

/// A user with everything that they and admins may know.
pub(super) fn admin_view(library: &Library, user: &User) -> Result<UserAdminResponseDto, Failure> {
    let bytes = library.uploaded_bytes(user.id).map_err(Failure::catalog)?;
    Ok(user_admin_response(user, bytes))
}

/// Who is there?
#[utoipa::path(
    get,
    path = "/users",
    operation_id = "searchUsers",
    tag = "Users",
    responses((status = 200, description = "They are.", body = Vec<UserResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn list(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dtos = state
        .run(move |library| {
            asked.viewer(library)?;
            let users = library.users().map_err(Failure::catalog)?;
            Ok(users.iter().map(user_response).collect::<Vec<_>>())
        })
        .await?;
    Ok(json::ok(&dtos))
}

/// One user.
#[utoipa::path(
    get,
    path = "/users/{id}",
    operation_id = "getUser",
    tag = "Users",
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses((status = 200, description = "The user.", body = UserResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            Ok(user_response(&library.user(user_id(&id)?)?))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Who is asking?
#[utoipa::path(
    get,
    path = "/users/me",
    operation_id = "getMyUser",
    tag = "Users",
    responses((status = 200, description = "This user.", body = UserAdminResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_me(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            admin_view(library, &library.user(viewer.user())?)
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Changes the user who asks.
#[utoipa::path(
    put,
    path = "/users/me",
    operation_id = "updateMyUser",
    tag = "Users",
    request_body = UserUpdateMeDto,
    responses((status = 200, description = "The user.", body = UserAdminResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_me(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let sent = body.read(accounts::update_me)?;
            let changes = UserChanges {
                // Whoever has chosen a password need not choose another.
                should_change_password: sent.password.as_ref().map(|_| false),
                ..sent.changes()
            };
            let user = library.update_user(viewer.user(), &changes, viewer.session())?;
            admin_view(library, &user)
        })
        .await?;
    Ok(json::ok(&dto))
}
