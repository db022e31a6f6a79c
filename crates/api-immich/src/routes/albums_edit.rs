//! Albums are made, changed and removed: `POST /albums`, `PATCH` and `DELETE /albums/{id}`.

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_library::albums::AlbumError;
use kalends_library::stored::AlbumOrder;
use kalends_library::{Library, Viewer};

use crate::error::Failure;
use crate::from_wire::album;
use crate::from_wire::body::JsonBody;
use crate::from_wire::path::album_id;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::album::album_response;
use crate::to_wire::json;
use crate::to_wire::preferences::preferences;
use crate::wire::album::{AlbumResponseDto, CreateAlbumDto, UpdateAlbumDto};
use crate::wire::error::Refusals;

/// Makes an album.
///
/// The first of its assets becomes its cover. Assets that one may not share are left out.
#[utoipa::path(
    post,
    path = "/albums",
    operation_id = "createAlbum",
    tag = "Albums",
    request_body = CreateAlbumDto,
    responses((status = 201, description = "The album.", body = AlbumResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create_album(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let new = album::new_album(&body, preferred_order(library, &viewer)?)?;
            let view = library.create_album(&viewer, &new).map_err(|error| match error {
                AlbumError::OwnerAsMember => Failure::bad_request("Cannot share album with owner"),
                error => error.into(),
            })?;
            Ok(json::created(&album_response(&view)))
        })
        .await
}

/// The order that the viewer's new albums ask for.
fn preferred_order(library: &Library, viewer: &Viewer) -> Result<AlbumOrder, Failure> {
    let chosen = library.preferences(viewer.user()).map_err(Failure::catalog)?;
    let preferred = preferences(chosen).albums.default_asset_order;
    Ok(if preferred == "asc" { AlbumOrder::Asc } else { AlbumOrder::Desc })
}

/// Changes what an album says of itself.
#[utoipa::path(
    patch,
    path = "/albums/{id}",
    operation_id = "updateAlbumInfo",
    tag = "Albums",
    params(("id" = uuid::Uuid, Path, description = "The album.")),
    request_body = UpdateAlbumDto,
    responses((status = 200, description = "The album.", body = AlbumResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_album_info(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = album_id(&id)?;
            let change = album::change(&body)?;
            let view = library.update_album(&viewer, id, &change)?;
            Ok(json::ok(&album_response(&view)))
        })
        .await
}

/// Removes an album with its links. Its assets stay.
#[utoipa::path(
    delete,
    path = "/albums/{id}",
    operation_id = "deleteAlbum",
    tag = "Albums",
    params(("id" = uuid::Uuid, Path, description = "The album.")),
    responses((status = 204, description = "It is gone."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_album(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            library.delete_album(&viewer, album_id(&id)?)?;
            Ok(json::no_content())
        })
        .await
}
