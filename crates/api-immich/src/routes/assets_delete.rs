//! `DELETE /assets` and the trash (contract immich §D2.6).

use axum::extract::State;
use axum::response::Response;
use kalends_library::TrashError;
use kalends_model::AssetId;

use crate::error::Failure;
use crate::from_wire::body::{BodyFields, JsonBody};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::asset_edit::{AssetBulkDeleteDto, TrashResponseDto, TrashedIdsDto};
use crate::wire::error::Refusals;

impl From<TrashError> for Failure {
    fn from(error: TrashError) -> Self {
        match error {
            TrashError::NoAccess(refused) => refused.into(),
            TrashError::Catalog(cause) => Self::catalog(cause),
        }
    }
}

/// Remove assets.
///
/// Into the trash or, with `force`, for good: then they are gone from every answer at once. Files
/// of external folders are never touched; while such a file is there, no scan brings it back.
#[utoipa::path(
    delete,
    path = "/assets",
    operation_id = "deleteAssets",
    tag = "Assets",
    request_body = AssetBulkDeleteDto,
    responses((status = 204, description = "They are removed."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_assets(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (force, ids) = body.read(|fields| (fields.boolean("force"), ids(fields)))?;
            match force {
                Some(true) => library.remove_assets(&viewer, &ids)?,
                _ => library.trash_assets(&viewer, &ids)?,
            }
            Ok(())
        })
        .await?;
    Ok(json::no_content())
}

/// Take assets out of the trash.
#[utoipa::path(
    post,
    path = "/trash/restore/assets",
    operation_id = "restoreAssets",
    tag = "Trash",
    request_body = TrashedIdsDto,
    responses((status = 200, description = "How many were named.", body = TrashResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn restore_assets(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let count = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let ids = body.read(ids)?;
            library.restore_assets(&viewer, &ids)?;
            Ok(ids.len())
        })
        .await?;
    Ok(json::ok(&TrashResponseDto { count }))
}

/// Take everything out of the trash.
///
/// What is there because its file has vanished stays until the file returns.
#[utoipa::path(
    post,
    path = "/trash/restore",
    operation_id = "restoreTrash",
    tag = "Trash",
    responses((status = 200, description = "How many were restored.", body = TrashResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn restore_trash(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let count = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            library.restore_all(viewer.user()).map_err(Failure::catalog)
        })
        .await?;
    Ok(json::ok(&TrashResponseDto { count }))
}

/// Remove everything in the trash for good.
///
/// What is there because its file has vanished stays until the file returns.
#[utoipa::path(
    post,
    path = "/trash/empty",
    operation_id = "emptyTrash",
    tag = "Trash",
    responses((status = 200, description = "How many were removed.", body = TrashResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn empty_trash(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let count = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            library.empty_trash(viewer.user()).map_err(Failure::catalog)
        })
        .await?;
    Ok(json::ok(&TrashResponseDto { count }))
}

fn ids(fields: &mut BodyFields<'_>) -> Vec<AssetId> {
    fields.required_uuids("ids").into_iter().map(AssetId::from).collect()
}
