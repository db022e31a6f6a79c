//! `/admin/users`: how admins look after the others (contract immich §D4, §D9).

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_library::{NewUser, UserChanges};

use super::me::{change_preferences, preferences_of};
use super::users::{admin_view, user_id};
use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::fields::Fields;
use crate::from_wire::{accounts, preferences};
use crate::request::Asked;
use crate::routes::assets_statistics::{count, sent_ask};
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::to_wire::session::session_response;
use crate::to_wire::user::user_admin_response;
use crate::wire::asset_edit::AssetStatsResponseDto;
use crate::wire::error::Refusals;
use crate::wire::preferences::UserPreferencesDto;
use crate::wire::session::SessionResponseDto;
use crate::wire::user::{
    UserAdminCreateDto, UserAdminDeleteDto, UserAdminResponseDto, UserAdminUpdateDto,
};

/// Every user.
#[utoipa::path(
    get,
    path = "/admin/users",
    operation_id = "searchUsersAdmin",
    tag = "Users (admin)",
    params(
        ("id" = Option<uuid::Uuid>, Query, description = "Only this one."),
        ("withDeleted" = Option<bool>, Query, description = "Also those that are deleted."),
    ),
    responses((status = 200, description = "They.", body = Vec<UserAdminResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn list(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dtos = state
        .run(move |library| {
            asked.viewer(library)?;
            let mut fields = Fields::of(&asked.query);
            let (only, with_deleted) = (fields.uuid("id"), fields.boolean("withDeleted"));
            fields.finish(()).map_err(Failure::invalid)?;
            let users = library.all_users().map_err(Failure::catalog)?.into_iter();
            let wanted = users.filter(|user| {
                let is_shown = user.deleted_at.is_none() || with_deleted == Some(true);
                is_shown && only.is_none_or(|only| only == user.id.uuid())
            });
            wanted.map(|user| admin_view(library, &user)).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    Ok(json::ok(&dtos))
}

/// Adds a user.
#[utoipa::path(
    post,
    path = "/admin/users",
    operation_id = "createUserAdmin",
    tag = "Users (admin)",
    request_body = UserAdminCreateDto,
    responses((status = 201, description = "The user.", body = UserAdminResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            let sent = body.read(accounts::admin_create)?;
            let new = NewUser {
                email: sent.email.as_deref().unwrap_or_default(),
                name: sent.name.as_deref().unwrap_or_default(),
                password: sent.password.as_deref().unwrap_or_default(),
                is_admin: sent.is_admin.unwrap_or(false),
            };
            // The password is the admin's choice, so the user should make one of their own.
            let more = UserChanges {
                should_change_password: Some(sent.should_change_password.unwrap_or(true)),
                ..sent.changes()
            };
            Ok(user_admin_response(&library.create_user_with(new, &more)?, 0))
        })
        .await?;
    Ok(json::created(&dto))
}

/// One user, deleted or not.
#[utoipa::path(
    get,
    path = "/admin/users/{id}",
    operation_id = "getUserAdmin",
    tag = "Users (admin)",
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses((status = 200, description = "The user.", body = UserAdminResponseDto), Refusals),
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
            admin_view(library, &library.any_user(user_id(&id)?)?)
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Changes a user.
#[utoipa::path(
    put,
    path = "/admin/users/{id}",
    operation_id = "updateUserAdmin",
    tag = "Users (admin)",
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    request_body = UserAdminUpdateDto,
    responses((status = 200, description = "The user.", body = UserAdminResponseDto), Refusals),
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
            let admin = asked.viewer(library)?;
            let id = user_id(&id)?;
            let sent = body.read(accounts::admin_update)?;
            admin_view(library, &library.administer_user(&admin, id, &sent.changes())?)
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Deletes a user. They can be restored for seven days; with `force`, not at all.
#[utoipa::path(
    delete,
    path = "/admin/users/{id}",
    operation_id = "deleteUserAdmin",
    tag = "Users (admin)",
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    request_body = UserAdminDeleteDto,
    responses((status = 200, description = "The user.", body = UserAdminResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let (dto, force) = state
        .run(move |library| {
            let admin = asked.viewer(library)?;
            let id = user_id(&id)?;
            let force = body.read(|fields| fields.boolean("force"))?.unwrap_or(false);
            Ok((admin_view(library, &library.delete_user(&admin, id, force)?)?, force))
        })
        .await?;
    if force {
        state.remove_deleted_users();
    }
    Ok(json::ok(&dto))
}

/// Takes the deletion of a user back.
#[utoipa::path(
    post,
    path = "/admin/users/{id}/restore",
    operation_id = "restoreUserAdmin",
    tag = "Users (admin)",
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses((status = 200, description = "The user.", body = UserAdminResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn restore(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            admin_view(library, &library.restore_user(user_id(&id)?)?)
        })
        .await?;
    Ok(json::ok(&dto))
}

/// What does a user prefer?
#[utoipa::path(
    get,
    path = "/admin/users/{id}/preferences",
    operation_id = "getUserPreferencesAdmin",
    tag = "Users (admin)",
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses((status = 200, description = "This.", body = UserPreferencesDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_preferences(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            preferences_of(library, library.any_user(user_id(&id)?)?.id)
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Changes what is sent of a user's preferences.
#[utoipa::path(
    put,
    path = "/admin/users/{id}/preferences",
    operation_id = "updateUserPreferencesAdmin",
    tag = "Users (admin)",
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    request_body = UserPreferencesDto,
    responses((status = 200, description = "The whole.", body = UserPreferencesDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_preferences(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            let user = library.any_user(user_id(&id)?)?.id;
            change_preferences(library, user, body.read(preferences::changes)?)
        })
        .await?;
    Ok(json::ok(&dto))
}

/// How many assets does a user have? Those in the locked folder are not counted.
#[utoipa::path(
    get,
    path = "/admin/users/{id}/statistics",
    operation_id = "getUserStatisticsAdmin",
    tag = "Users (admin)",
    params(
        ("id" = uuid::Uuid, Path, description = "The user."),
        ("isFavorite" = Option<bool>, Query, description = "Only favourites, or none."),
        ("isTrashed" = Option<bool>, Query, description = "Those in the trash instead."),
        ("visibility" = Option<String>, Query, description = "Only `archive`, `timeline` or \
            `hidden`. Archive and timeline unless said otherwise."),
    ),
    responses((status = 200, description = "So many.", body = AssetStatsResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn statistics(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            let user = library.any_user(user_id(&id)?)?.id;
            let question = library.question_about(user, &sent_ask(&asked.query)?);
            count(question, "get user statistics")
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Where is a user signed in?
#[utoipa::path(
    get,
    path = "/admin/users/{id}/sessions",
    operation_id = "getUserSessionsAdmin",
    tag = "Users (admin)",
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses((status = 200, description = "There.", body = Vec<SessionResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn sessions(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dtos = state
        .run(move |library| {
            let admin = asked.viewer(library)?;
            let user = library.any_user(user_id(&id)?)?.id;
            let sessions = library.sessions_of(user).map_err(Failure::catalog)?;
            let dtos = sessions.iter().map(|session| session_response(session, admin.session()));
            Ok(dtos.collect::<Vec<_>>())
        })
        .await?;
    Ok(json::ok(&dtos))
}
