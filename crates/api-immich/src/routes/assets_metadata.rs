//! What clients keep beside assets: `/assets/{id}/metadata`, `/assets/{id}/metadata/{key}` and
//! `/assets/metadata` for several assets at once.

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_library::stored::AssetMetadata;
use kalends_library::{Library, Viewer};
use kalends_model::AssetId;

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::path::asset_id;
use crate::from_wire::upload::metadata_item;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::dates::instant_millis;
use crate::to_wire::json;
use crate::wire::error::Refusals;
use crate::wire::upload::{AssetMetadataBulkResponseDto, AssetMetadataResponseDto};

/// What is kept beside an asset?
#[utoipa::path(
    get,
    path = "/assets/{id}/metadata",
    operation_id = "getAssetMetadata",
    tag = "Assets",
    params(("id" = uuid::Uuid, Path, description = "The asset.")),
    responses((status = 200, body = [AssetMetadataResponseDto]), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_metadata(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let kept = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = asset_id(&id)?;
            kept(library, &viewer, id)
        })
        .await?;
    Ok(json::ok(&kept.into_iter().map(dto).collect::<Vec<_>>()))
}

/// What is kept beside an asset under one name?
#[utoipa::path(
    get,
    path = "/assets/{id}/metadata/{key}",
    operation_id = "getAssetMetadataByKey",
    tag = "Assets",
    params(
        ("id" = uuid::Uuid, Path, description = "The asset."),
        ("key" = String, Path, description = "The name."),
    ),
    responses((status = 200, body = AssetMetadataResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_metadata_by_key(
    State(state): State<ImmichState>,
    Path((id, key)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, Failure> {
    let entry = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = asset_id(&id)?;
            let entry = kept(library, &viewer, id)?.into_iter().find(|entry| entry.key == key);
            let missing = || format!("Metadata with key \"{key}\" not found for asset");
            entry.ok_or_else(|| Failure::bad_request(missing()))
        })
        .await?;
    Ok(json::ok(&dto(entry)))
}

/// Keep something beside an asset.
///
/// The body is `{"items":[{"key","value"}]}`; a value is an object and takes the place of what was
/// there under its key.
#[utoipa::path(
    put,
    path = "/assets/{id}/metadata",
    operation_id = "updateAssetMetadata",
    tag = "Assets",
    params(("id" = uuid::Uuid, Path, description = "The asset.")),
    responses((status = 200, body = [AssetMetadataResponseDto]), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn put_metadata(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let set = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = asset_id(&id)?;
            let items = body.read(|fields| fields.required_objects("items", metadata_item))?;
            let items: Vec<_> = items.into_iter().map(|(key, value)| (id, key, value)).collect();
            Ok(library.set_asset_metadata(&viewer, &items).map_err(Failure::catalog)??)
        })
        .await?;
    Ok(json::ok(&set.into_iter().map(|(_, entry)| dto(entry)).collect::<Vec<_>>()))
}

/// Keep something beside several assets.
///
/// The body is `{"items":[{"assetId","key","value"}]}`. All of it is kept, or nothing.
#[utoipa::path(
    put,
    path = "/assets/metadata",
    operation_id = "updateBulkAssetMetadata",
    tag = "Assets",
    responses((status = 200, body = [AssetMetadataBulkResponseDto]), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn put_bulk_metadata(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let set = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let items = body.read(|fields| {
                fields.required_objects("items", |item| {
                    let id = AssetId::from(item.required_uuid("assetId"));
                    let (key, value) = metadata_item(item);
                    (id, key, value)
                })
            })?;
            Ok(library.set_asset_metadata(&viewer, &items).map_err(Failure::catalog)??)
        })
        .await?;
    let dtos = set.into_iter().map(|(id, entry)| {
        let AssetMetadataResponseDto { key, value, updated_at } = dto(entry);
        AssetMetadataBulkResponseDto { asset_id: id.uuid(), key, value, updated_at }
    });
    Ok(json::ok(&dtos.collect::<Vec<_>>()))
}

/// Forget what is kept beside an asset under one name.
#[utoipa::path(
    delete,
    path = "/assets/{id}/metadata/{key}",
    operation_id = "deleteAssetMetadata",
    tag = "Assets",
    params(
        ("id" = uuid::Uuid, Path, description = "The asset."),
        ("key" = String, Path, description = "The name."),
    ),
    responses((status = 204, description = "It is forgotten."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_metadata(
    State(state): State<ImmichState>,
    Path((id, key)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = asset_id(&id)?;
            let items = [(id, key)];
            Ok(library.forget_asset_metadata(&viewer, &items).map_err(Failure::catalog)??)
        })
        .await?;
    Ok(json::no_content())
}

/// Forget what is kept beside several assets.
///
/// The body is `{"items":[{"assetId","key"}]}`.
#[utoipa::path(
    delete,
    path = "/assets/metadata",
    operation_id = "deleteBulkAssetMetadata",
    tag = "Assets",
    responses((status = 204, description = "It is forgotten."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_bulk_metadata(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let items = body.read(|fields| {
                fields.required_objects("items", |item| {
                    let id = AssetId::from(item.required_uuid("assetId"));
                    (id, item.required_text("key").to_owned())
                })
            })?;
            Ok(library.forget_asset_metadata(&viewer, &items).map_err(Failure::catalog)??)
        })
        .await?;
    Ok(json::no_content())
}

fn kept(library: &Library, viewer: &Viewer, id: AssetId) -> Result<Vec<AssetMetadata>, Failure> {
    Ok(library.asset_metadata(viewer, id).map_err(Failure::catalog)??)
}

fn dto(entry: AssetMetadata) -> AssetMetadataResponseDto {
    AssetMetadataResponseDto {
        key: entry.key,
        // It was an object when it was kept.
        value: serde_json::from_str(&entry.value).unwrap_or_default(),
        updated_at: instant_millis(entry.updated_at),
    }
}
