//! Stacks: `/stacks` and below.

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_model::{AssetId, StackId};

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::fields::Fields;
use crate::from_wire::path;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::to_wire::stacks::stack_response;
use crate::wire::bulk::BulkIdsDto;
use crate::wire::error::Refusals;
use crate::wire::stacks::{StackCreateDto, StackResponseDto, StackUpdateDto};

/// The stacks, or the one that an asset stands for.
#[utoipa::path(
    get,
    path = "/stacks",
    operation_id = "searchStacks",
    tag = "Stacks",
    params(("primaryAssetId" = Option<uuid::Uuid>, Query, description = "The asset.")),
    responses((status = 200, description = "The stacks.", body = Vec<StackResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn search_stacks(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let mut fields = Fields::of(&asked.query);
            let primary = fields.uuid("primaryAssetId").map(AssetId::from);
            let primary = fields.finish(primary).map_err(Failure::invalid)?;
            let stacks = library.stacks(&viewer, primary).map_err(Failure::catalog)?;
            Ok(stacks.iter().map(stack_response).collect::<Vec<_>>())
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Makes a stack, for which the first asset stands.
///
/// Where one of the assets stands for another stack, all of that stack comes along.
#[utoipa::path(
    post,
    path = "/stacks",
    operation_id = "createStack",
    tag = "Stacks",
    request_body = StackCreateDto,
    responses((status = 201, description = "The stack.", body = StackResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create_stack(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let assets = body.read(|fields| fields.required_uuids("assetIds"))?;
            let assets: Vec<AssetId> = assets.into_iter().map(AssetId::from).collect();
            let stack = library.make_stack(&viewer, &assets).map_err(Failure::catalog)??;
            Ok(stack_response(&stack))
        })
        .await?;
    Ok(json::created(&dto))
}

/// Dissolves stacks. Their assets stay.
#[utoipa::path(
    delete,
    path = "/stacks",
    operation_id = "deleteStacks",
    tag = "Stacks",
    request_body = BulkIdsDto,
    responses((status = 204, description = "They are dissolved."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_stacks(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let ids = body.read(|fields| fields.required_uuids("ids"))?;
            let ids: Vec<StackId> = ids.into_iter().map(StackId::from).collect();
            Ok(library.dissolve_stacks(&viewer, &ids).map_err(Failure::catalog)??)
        })
        .await?;
    Ok(json::no_content())
}

/// One stack.
#[utoipa::path(
    get,
    path = "/stacks/{id}",
    operation_id = "getStack",
    tag = "Stacks",
    params(("id" = uuid::Uuid, Path, description = "The stack.")),
    responses((status = 200, description = "The stack.", body = StackResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_stack(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let stack = library.stack(&viewer, id).map_err(Failure::catalog)??;
            Ok(stack_response(&stack))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Lets another asset stand for a stack.
#[utoipa::path(
    put,
    path = "/stacks/{id}",
    operation_id = "updateStack",
    tag = "Stacks",
    params(("id" = uuid::Uuid, Path, description = "The stack.")),
    request_body = StackUpdateDto,
    responses((status = 200, description = "The stack.", body = StackResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_stack(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let primary = body.read(|fields| fields.uuid("primaryAssetId"))?.map(AssetId::from);
            let stack = library.change_stack(&viewer, id, primary).map_err(Failure::catalog)??;
            Ok(stack_response(&stack))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Dissolves a stack. Its assets stay.
#[utoipa::path(
    delete,
    path = "/stacks/{id}",
    operation_id = "deleteStack",
    tag = "Stacks",
    params(("id" = uuid::Uuid, Path, description = "The stack.")),
    responses((status = 204, description = "It is dissolved."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_stack(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            Ok(library.dissolve_stacks(&viewer, &[id]).map_err(Failure::catalog)??)
        })
        .await?;
    Ok(json::no_content())
}

/// Takes an asset out of a stack that it does not stand for.
#[utoipa::path(
    delete,
    path = "/stacks/{id}/assets/{assetId}",
    operation_id = "removeAssetFromStack",
    tag = "Stacks",
    params(
        ("id" = uuid::Uuid, Path, description = "The stack."),
        ("assetId" = uuid::Uuid, Path, description = "The asset."),
    ),
    responses((status = 204, description = "It is out."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn remove_asset_from_stack(
    State(state): State<ImmichState>,
    Path((id, asset)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let asset = path::uuid("assetId", &asset)?.into();
            Ok(library.leave_stack(&viewer, id, asset).map_err(Failure::catalog)??)
        })
        .await?;
    Ok(json::no_content())
}
