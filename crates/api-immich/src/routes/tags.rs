//! Tags: `/tags` and below.

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_model::{AssetId, TagId};

use crate::error::Failure;
use crate::from_wire::body::{BodyFields, JsonBody};
use crate::from_wire::path;
use crate::from_wire::people::nullable_color;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::bulk::bulk_responses;
use crate::to_wire::json;
use crate::to_wire::tags::first_tag_response;
use crate::wire::asset::TagResponseDto;
use crate::wire::bulk::{BulkIdResponseDto, BulkIdsDto};
use crate::wire::error::Refusals;
use crate::wire::tags::{
    TagBulkAssetsDto, TagBulkAssetsResponseDto, TagCreateDto, TagUpdateDto, TagUpsertDto,
};

/// The tags, by path.
#[utoipa::path(
    get,
    path = "/tags",
    operation_id = "getAllTags",
    tag = "Tags",
    responses((status = 200, description = "The tags.", body = Vec<TagResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_all_tags(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let tags = library.tags(&viewer).map_err(Failure::catalog)?;
            Ok(tags.iter().map(first_tag_response).collect::<Vec<_>>())
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Adds a tag.
///
/// A `/` in the name parts the names of a path, whose missing tags are made too.
#[utoipa::path(
    post,
    path = "/tags",
    operation_id = "createTag",
    tag = "Tags",
    request_body = TagCreateDto,
    responses((status = 201, description = "The tag.", body = TagResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create_tag(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (name, parent, color) = body.read(|fields| {
                let name = fields.required_text("name");
                let parent = fields.nullable_uuid("parentId").given().map(TagId::from);
                (name.to_owned(), parent, nullable_color(fields, "color").given())
            })?;
            let tag = library.add_tag(&viewer, &name, parent, color.as_deref());
            Ok(first_tag_response(&tag.map_err(Failure::catalog)??))
        })
        .await?;
    Ok(json::created(&dto))
}

/// Makes the tags at the ends of paths, with what is above them, where they are missing.
#[utoipa::path(
    put,
    path = "/tags",
    operation_id = "upsertTags",
    tag = "Tags",
    request_body = TagUpsertDto,
    responses((status = 200, description = "The tags.", body = Vec<TagResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn upsert_tags(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let paths = body.read(|fields| owned(fields.required_texts("tags")))?;
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            let tags = library.ensure_tags(&viewer, &paths).map_err(Failure::catalog)??;
            Ok(tags.iter().map(first_tag_response).collect::<Vec<_>>())
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Puts tags on assets. Those that are not the caller's are passed over.
#[utoipa::path(
    put,
    path = "/tags/assets",
    operation_id = "bulkTagAssets",
    tag = "Tags",
    request_body = TagBulkAssetsDto,
    responses((status = 200, description = "How many assets got a tag that they did not have, counted for each tag.", body = TagBulkAssetsResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn bulk_tag_assets(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (tags, assets) = body.read(|fields| {
                let tags = fields.required_uuids("tagIds");
                (tags, asset_ids(fields, "assetIds"))
            })?;
            let tags: Vec<TagId> = tags.into_iter().map(TagId::from).collect();
            let count = library.put_tags(&viewer, &tags, &assets).map_err(Failure::catalog)?;
            Ok(TagBulkAssetsResponseDto { count })
        })
        .await?;
    Ok(json::ok(&dto))
}

/// One tag.
#[utoipa::path(
    get,
    path = "/tags/{id}",
    operation_id = "getTagById",
    tag = "Tags",
    params(("id" = uuid::Uuid, Path, description = "The tag.")),
    responses((status = 200, description = "The tag.", body = TagResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_tag_by_id(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let tag = library.tag(&viewer, id).map_err(Failure::catalog)??;
            Ok(first_tag_response(&tag))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Gives a tag another colour, or none.
#[utoipa::path(
    put,
    path = "/tags/{id}",
    operation_id = "updateTag",
    tag = "Tags",
    params(("id" = uuid::Uuid, Path, description = "The tag.")),
    request_body = TagUpdateDto,
    responses((status = 200, description = "The tag.", body = TagResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_tag(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let color = body.read(|fields| nullable_color(fields, "color").change())?;
            let color = color.as_ref().map(Option::as_deref);
            let tag = library.color_tag(&viewer, id, color).map_err(Failure::catalog)??;
            Ok(first_tag_response(&tag))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Removes a tag and all below it. The assets stay.
#[utoipa::path(
    delete,
    path = "/tags/{id}",
    operation_id = "deleteTag",
    tag = "Tags",
    params(("id" = uuid::Uuid, Path, description = "The tag.")),
    responses((status = 204, description = "They are removed."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_tag(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            Ok(library.delete_tag(&viewer, id).map_err(Failure::catalog)??)
        })
        .await?;
    Ok(json::no_content())
}

/// Puts a tag on assets.
#[utoipa::path(
    put,
    path = "/tags/{id}/assets",
    operation_id = "tagAssets",
    tag = "Tags",
    params(("id" = uuid::Uuid, Path, description = "The tag.")),
    request_body = BulkIdsDto,
    responses((status = 200, description = "What came of each.", body = Vec<BulkIdResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn tag_assets(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let ids = body.read(|fields| asset_ids(fields, "ids"))?;
            let outcomes = library.put_tag(&viewer, id, &ids).map_err(Failure::catalog)??;
            Ok(bulk_responses(ids.iter().map(|id| id.uuid()), &outcomes))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Takes a tag off assets.
#[utoipa::path(
    delete,
    path = "/tags/{id}/assets",
    operation_id = "untagAssets",
    tag = "Tags",
    params(("id" = uuid::Uuid, Path, description = "The tag.")),
    request_body = BulkIdsDto,
    responses((status = 200, description = "What came of each.", body = Vec<BulkIdResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn untag_assets(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let ids = body.read(|fields| asset_ids(fields, "ids"))?;
            let outcomes = library.take_tag(&viewer, id, &ids).map_err(Failure::catalog)??;
            Ok(bulk_responses(ids.iter().map(|id| id.uuid()), &outcomes))
        })
        .await?;
    Ok(json::ok(&dto))
}

fn asset_ids(fields: &mut BodyFields<'_>, name: &str) -> Vec<AssetId> {
    fields.required_uuids(name).into_iter().map(AssetId::from).collect()
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}
