//! Albums are listed, counted and looked at: `GET /albums`, `/albums/statistics`, `/albums/{id}`.

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_library::albums::AlbumError;

use crate::error::Failure;
use crate::from_wire::album;
use crate::from_wire::path::album_id;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::album::album_response;
use crate::to_wire::json;
use crate::wire::album::{AlbumResponseDto, AlbumStatisticsResponseDto, AlbumsQuery};
use crate::wire::error::Refusals;

impl From<AlbumError> for Failure {
    fn from(error: AlbumError) -> Self {
        match error {
            AlbumError::NoAccess(refused) => refused.into(),
            AlbumError::NotFound => Self::bad_request("Album not found"),
            AlbumError::NoSuchUser => Self::bad_request("User not found"),
            AlbumError::OwnerAsMember => Self::bad_request("Cannot be shared with owner"),
            AlbumError::AlreadyMember => Self::bad_request("User already added"),
            AlbumError::NotMember => Self::bad_request("Album not shared with user"),
            AlbumError::OwnerStays => Self::bad_request("Cannot remove album owner"),
            AlbumError::InvalidCover => Self::bad_request("Invalid album thumbnail"),
            AlbumError::Ask(error) => Self::of_question(&error, "look at an album"),
            AlbumError::Catalog(cause) => Self::catalog(cause),
        }
    }
}

/// Which albums are there?
///
/// Without a parameter one's own; the latest made first, without their assets.
#[utoipa::path(
    get,
    path = "/albums",
    operation_id = "getAllAlbums",
    tag = "Albums",
    params(AlbumsQuery),
    responses((status = 200, description = "The albums.", body = Vec<AlbumResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_all_albums(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let listing = album::listing(&asked.query)?;
            let albums = library.albums(&viewer, listing)?;
            let dtos: Vec<AlbumResponseDto> = albums.iter().map(album_response).collect();
            Ok(json::ok(&dtos))
        })
        .await
}

/// How many albums are there?
#[utoipa::path(
    get,
    path = "/albums/statistics",
    operation_id = "getAlbumStatistics",
    tag = "Albums",
    responses((status = 200, description = "How many.", body = AlbumStatisticsResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_album_statistics(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let statistics = library.album_statistics(&viewer).map_err(Failure::catalog)?;
            Ok(json::ok(&AlbumStatisticsResponseDto {
                owned: statistics.owned,
                shared: statistics.shared,
                not_shared: statistics.not_shared,
            }))
        })
        .await
}

/// What is one album?
#[utoipa::path(
    get,
    path = "/albums/{id}",
    operation_id = "getAlbumInfo",
    tag = "Albums",
    params(
        ("id" = uuid::Uuid, Path, description = "The album."),
        ("withoutAssets" = Option<bool>, Query, description = "Leaves out what it holds."),
        ("key" = Option<String>, Query, description = "The key of a shared link."),
        ("slug" = Option<String>, Query, description = "The slug of a shared link."),
    ),
    responses((status = 200, description = "The album.", body = AlbumResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_album_info(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = album_id(&id)?;
            let without_assets = album::without_assets(&asked.query)?;
            let view = library.album(&viewer, id, !without_assets)?;
            Ok(json::ok(&album_response(&view)))
        })
        .await
}
