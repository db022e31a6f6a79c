//! Comments and likes: `GET` and `POST /activities`, `GET /activities/statistics`,
//! `DELETE /activities/{id}`.

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_library::activities::ActivityError;
use kalends_model::ActivityId;

use crate::error::Failure;
use crate::from_wire::activity;
use crate::from_wire::body::JsonBody;
use crate::from_wire::path::uuid;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::activity::activity_response;
use crate::to_wire::json;
use crate::wire::activity::{
    ActivitiesQuery, ActivityCreateDto, ActivityResponseDto, ActivityStatisticsResponseDto,
};
use crate::wire::error::Refusals;

impl From<ActivityError> for Failure {
    fn from(error: ActivityError) -> Self {
        match error {
            ActivityError::NoAccess(refused) => refused.into(),
            ActivityError::NotInAlbum => Self::bad_request("Asset not in album"),
            ActivityError::Catalog(cause) => Self::catalog(cause),
        }
    }
}

/// What is said about an album?
#[utoipa::path(
    get,
    path = "/activities",
    operation_id = "getActivities",
    tag = "Activities",
    params(ActivitiesQuery),
    responses((status = 200, description = "The oldest first.", body = Vec<ActivityResponseDto>),
        Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_activities(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (album, question) = activity::question(&asked.query)?;
            let said = library.activities(&viewer, album, &question)?;
            let dtos: Vec<ActivityResponseDto> = said.iter().map(activity_response).collect();
            Ok(json::ok(&dtos))
        })
        .await
}

/// How much is said about an album, or about one asset in it?
#[utoipa::path(
    get,
    path = "/activities/statistics",
    operation_id = "getActivityStatistics",
    tag = "Activities",
    params(
        ("albumId" = uuid::Uuid, Query, description = "The album."),
        ("assetId" = Option<uuid::Uuid>, Query, description = "Only about this asset."),
    ),
    responses((status = 200, description = "How much.", body = ActivityStatisticsResponseDto),
        Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_activity_statistics(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (album, asset) = activity::counted(&asked.query)?;
            let (comments, likes) = library.activity_statistics(&viewer, album, asset)?;
            Ok(json::ok(&ActivityStatisticsResponseDto { comments, likes }))
        })
        .await
}

/// Says something about an album or an asset in it.
#[utoipa::path(
    post,
    path = "/activities",
    operation_id = "createActivity",
    tag = "Activities",
    request_body = ActivityCreateDto,
    responses(
        (status = 201, description = "It is said.", body = ActivityResponseDto),
        (status = 200, description = "One likes it already.", body = ActivityResponseDto),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create_activity(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let new = activity::new_activity(&body)?;
            let (view, is_new) = library.create_activity(&viewer, &new)?;
            let dto = activity_response(&view);
            Ok(if is_new { json::created(&dto) } else { json::ok(&dto) })
        })
        .await
}

/// Takes back what one has said, or what was said about one's album.
#[utoipa::path(
    delete,
    path = "/activities/{id}",
    operation_id = "deleteActivity",
    tag = "Activities",
    params(("id" = uuid::Uuid, Path, description = "The activity.")),
    responses((status = 204, description = "It is gone."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_activity(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            library.delete_activity(&viewer, ActivityId::from(uuid("id", &id)?))?;
            Ok(json::no_content())
        })
        .await
}
