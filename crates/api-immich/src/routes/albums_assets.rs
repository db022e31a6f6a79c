//! Assets are put into albums and taken out: `PUT` and `DELETE /albums/{id}/assets`,
//! `PUT /albums/assets`.

use axum::extract::{Path, State};
use axum::response::Response;

use crate::error::Failure;
use crate::from_wire::album;
use crate::from_wire::body::JsonBody;
use crate::from_wire::path::album_id;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::bulk::{bulk_responses_of, reason};
use crate::to_wire::json;
use crate::wire::album::{AlbumsAddAssetsDto, AlbumsAddAssetsResponseDto};
use crate::wire::bulk::{BulkIdResponseDto, BulkIdsDto};
use crate::wire::error::Refusals;

/// Puts assets into an album.
#[utoipa::path(
    put,
    path = "/albums/{id}/assets",
    operation_id = "addAssetsToAlbum",
    tag = "Albums",
    params(("id" = uuid::Uuid, Path, description = "The album.")),
    request_body = BulkIdsDto,
    responses(
        (status = 200, description = "What became of each, in order.",
            body = Vec<BulkIdResponseDto>),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn add_assets_to_album(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = album_id(&id)?;
            let ids = album::asset_ids(&body)?;
            Ok(json::ok(&bulk_responses_of(&library.add_to_album(&viewer, id, &ids)?)))
        })
        .await
}

/// Takes assets out of an album.
#[utoipa::path(
    delete,
    path = "/albums/{id}/assets",
    operation_id = "removeAssetFromAlbum",
    tag = "Albums",
    params(("id" = uuid::Uuid, Path, description = "The album.")),
    request_body = BulkIdsDto,
    responses(
        (status = 200, description = "What became of each, in order.",
            body = Vec<BulkIdResponseDto>),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn remove_asset_from_album(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = album_id(&id)?;
            let ids = album::asset_ids(&body)?;
            Ok(json::ok(&bulk_responses_of(&library.remove_from_album(&viewer, id, &ids)?)))
        })
        .await
}

/// Puts assets into several albums.
#[utoipa::path(
    put,
    path = "/albums/assets",
    operation_id = "addAssetsToAlbums",
    tag = "Albums",
    request_body = AlbumsAddAssetsDto,
    responses(
        (status = 200, description = "Whether any was added.", body = AlbumsAddAssetsResponseDto),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn add_assets_to_albums(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (albums, assets) = album::albums_and_assets(&body)?;
            let added = library.add_to_albums(&viewer, &albums, &assets);
            let added = added.map_err(Failure::catalog)?;
            Ok(json::ok(&AlbumsAddAssetsResponseDto {
                success: added.is_ok(),
                error: added.err().map(reason),
            }))
        })
        .await
}
