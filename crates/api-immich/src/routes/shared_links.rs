//! One's own shared links: `GET` and `POST /shared-links`, `GET`, `PATCH` and `DELETE
//! /shared-links/{id}`, `PUT` and `DELETE /shared-links/{id}/assets`.

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_library::links::LinkError;
use kalends_model::LinkId;

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::path::uuid;
use crate::from_wire::shared_link;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::bulk::asset_ids_responses;
use crate::to_wire::json;
use crate::to_wire::shared_link::shared_link_response;
use crate::wire::bulk::AssetIdsResponseDto;
use crate::wire::error::Refusals;
use crate::wire::shared_link::{
    AssetIdsDto, SharedLinkCreateDto, SharedLinkEditDto, SharedLinkResponseDto,
};

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::NotFound => Self::bad_request("Shared link not found"),
            LinkError::NoAccess(refused) => refused.into(),
            LinkError::SlugTaken => Self::bad_request("Shared link with this slug already exists"),
            LinkError::ShowsAlbum => Self::bad_request("Invalid shared link type"),
            LinkError::Album(error) => error.into(),
            LinkError::Catalog(cause) => Self::catalog(cause),
        }
    }
}

fn link_id(text: &str) -> Result<LinkId, Failure> {
    uuid("id", text).map(LinkId::from)
}

/// Which links has one made?
///
/// The latest made first, each with at most one of its assets.
#[utoipa::path(
    get,
    path = "/shared-links",
    operation_id = "getAllSharedLinks",
    tag = "Shared links",
    params(
        ("albumId" = Option<uuid::Uuid>, Query, description = "Only those to this album."),
        ("id" = Option<uuid::Uuid>, Query, description = "Only this one."),
    ),
    responses((status = 200, description = "The links.", body = Vec<SharedLinkResponseDto>),
        Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_all_shared_links(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let listing = shared_link::listing(&asked.query)?;
            let links = library.links(&viewer, listing)?;
            let dtos: Vec<SharedLinkResponseDto> = links.iter().map(shared_link_response).collect();
            Ok(json::ok(&dtos))
        })
        .await
}

/// What is one of one's links?
#[utoipa::path(
    get,
    path = "/shared-links/{id}",
    operation_id = "getSharedLinkById",
    tag = "Shared links",
    params(("id" = uuid::Uuid, Path, description = "The link.")),
    responses((status = 200, description = "The link.", body = SharedLinkResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_shared_link_by_id(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let view = library.link(&viewer, link_id(&id)?)?;
            Ok(json::ok(&shared_link_response(&view)))
        })
        .await
}

/// Makes a link to an album or to chosen assets.
#[utoipa::path(
    post,
    path = "/shared-links",
    operation_id = "createSharedLink",
    tag = "Shared links",
    request_body = SharedLinkCreateDto,
    responses((status = 201, description = "The link.", body = SharedLinkResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create_shared_link(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let new = shared_link::new_link(&body)?;
            let view = library.create_link(&viewer, &new)?;
            Ok(json::created(&shared_link_response(&view)))
        })
        .await
}

/// Changes a link.
#[utoipa::path(
    patch,
    path = "/shared-links/{id}",
    operation_id = "updateSharedLink",
    tag = "Shared links",
    params(("id" = uuid::Uuid, Path, description = "The link.")),
    request_body = SharedLinkEditDto,
    responses((status = 200, description = "The link.", body = SharedLinkResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_shared_link(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = link_id(&id)?;
            let change = shared_link::change(&body)?;
            let view = library.update_link(&viewer, id, &change)?;
            Ok(json::ok(&shared_link_response(&view)))
        })
        .await
}

/// Removes a link. What it showed stays.
#[utoipa::path(
    delete,
    path = "/shared-links/{id}",
    operation_id = "removeSharedLink",
    tag = "Shared links",
    params(("id" = uuid::Uuid, Path, description = "The link.")),
    responses((status = 204, description = "It is gone."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn remove_shared_link(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            library.delete_link(&viewer, link_id(&id)?)?;
            Ok(json::no_content())
        })
        .await
}

/// Lets a link to chosen assets show more of them.
#[utoipa::path(
    put,
    path = "/shared-links/{id}/assets",
    operation_id = "addSharedLinkAssets",
    tag = "Shared links",
    params(("id" = uuid::Uuid, Path, description = "The link.")),
    request_body = AssetIdsDto,
    responses(
        (status = 200, description = "What became of each, in order.",
            body = Vec<AssetIdsResponseDto>),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn add_shared_link_assets(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = link_id(&id)?;
            let ids = shared_link::asset_ids(&body)?;
            Ok(json::ok(&asset_ids_responses(&library.add_to_link(&viewer, id, &ids)?)))
        })
        .await
}

/// Lets a link to chosen assets show some of them no more.
#[utoipa::path(
    delete,
    path = "/shared-links/{id}/assets",
    operation_id = "removeSharedLinkAssets",
    tag = "Shared links",
    params(("id" = uuid::Uuid, Path, description = "The link.")),
    request_body = AssetIdsDto,
    responses(
        (status = 200, description = "What became of each, in order.",
            body = Vec<AssetIdsResponseDto>),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn remove_shared_link_assets(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = link_id(&id)?;
            let ids = shared_link::asset_ids(&body)?;
            Ok(json::ok(&asset_ids_responses(&library.remove_from_link(&viewer, id, &ids)?)))
        })
        .await
}
