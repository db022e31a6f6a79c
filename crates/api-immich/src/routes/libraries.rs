//! External libraries, for administrators: `/libraries` and below.

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_model::{LibraryId, UserId};

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::libraries::{import_paths, library_change};
use crate::from_wire::path;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::to_wire::libraries::{judgements, library_response};
use crate::wire::error::Refusals;
use crate::wire::libraries::{
    CreateLibraryDto, LibraryResponseDto, LibraryStatsResponseDto, UpdateLibraryDto,
    ValidateLibraryDto, ValidateLibraryResponseDto,
};

/// All external libraries, whoever's they are, the oldest first.
#[utoipa::path(
    get,
    path = "/libraries",
    operation_id = "getAllLibraries",
    tag = "Libraries",
    responses((status = 200, description = "The libraries.", body = Vec<LibraryResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_all_libraries(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            let libraries = library.external_libraries()?;
            Ok(libraries.iter().map(library_response).collect::<Vec<_>>())
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Makes an external library.
#[utoipa::path(
    post,
    path = "/libraries",
    operation_id = "createLibrary",
    tag = "Libraries",
    request_body = CreateLibraryDto,
    responses((status = 201, description = "The library.", body = LibraryResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create_library(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            let (owner, change) = body.read(|fields| {
                let owner = UserId::from(fields.required_uuid("ownerId"));
                (owner, library_change(fields))
            })?;
            Ok(library_response(&library.add_external_library(owner, &change)?))
        })
        .await?;
    Ok(json::created(&dto))
}

/// One external library.
#[utoipa::path(
    get,
    path = "/libraries/{id}",
    operation_id = "getLibrary",
    tag = "Libraries",
    params(("id" = uuid::Uuid, Path, description = "The library.")),
    responses((status = 200, description = "The library.", body = LibraryResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_library(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            let id = LibraryId::from(path::uuid("id", &id)?);
            Ok(library_response(&library.external_library(id)?))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Changes an external library.
///
/// What its folders and patterns no longer name goes offline with the next scan.
#[utoipa::path(
    put,
    path = "/libraries/{id}",
    operation_id = "updateLibrary",
    tag = "Libraries",
    params(("id" = uuid::Uuid, Path, description = "The library.")),
    request_body = UpdateLibraryDto,
    responses((status = 200, description = "The library.", body = LibraryResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_library(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            let id = LibraryId::from(path::uuid("id", &id)?);
            let change = body.read(library_change)?;
            Ok(library_response(&library.change_external_library(id, &change)?))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Removes an external library with all its assets. Its files stay.
#[utoipa::path(
    delete,
    path = "/libraries/{id}",
    operation_id = "deleteLibrary",
    tag = "Libraries",
    params(("id" = uuid::Uuid, Path, description = "The library.")),
    responses((status = 204, description = "It is gone from every answer."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_library(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let library = std::sync::Arc::clone(&state.library);
    state
        .run(move |library| {
            asked.viewer(library)?;
            let id = LibraryId::from(path::uuid("id", &id)?);
            Ok(library.remove_external_library(id)?)
        })
        .await?;
    library.forget_in_background();
    Ok(json::no_content())
}

/// Begins to scan an external library.
#[utoipa::path(
    post,
    path = "/libraries/{id}/scan",
    operation_id = "scanLibrary",
    tag = "Libraries",
    params(("id" = uuid::Uuid, Path, description = "The library.")),
    responses((status = 204, description = "The scan has begun, or waits for its turn."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn scan_library(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let library = std::sync::Arc::clone(&state.library);
    let id = state
        .run(move |library| {
            asked.viewer(library)?;
            let id = LibraryId::from(path::uuid("id", &id)?);
            library.external_library(id)?;
            Ok(id)
        })
        .await?;
    library.scan_in_background(id);
    Ok(json::no_content())
}

/// How much does an external library hold?
#[utoipa::path(
    get,
    path = "/libraries/{id}/statistics",
    operation_id = "getLibraryStatistics",
    tag = "Libraries",
    params(("id" = uuid::Uuid, Path, description = "The library.")),
    responses((status = 200, description = "How much, the trash left out.", body = LibraryStatsResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_library_statistics(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            let id = LibraryId::from(path::uuid("id", &id)?);
            let numbers = library.library_numbers(id)?;
            Ok(LibraryStatsResponseDto {
                photos: numbers.photos,
                videos: numbers.videos,
                total: numbers.photos + numbers.videos,
                usage: numbers.bytes,
            })
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Can these folders be indexed?
#[utoipa::path(
    post,
    path = "/libraries/{id}/validate",
    operation_id = "validate",
    tag = "Libraries",
    params(("id" = uuid::Uuid, Path, description = "The library.")),
    request_body = ValidateLibraryDto,
    responses((status = 200, description = "What is to be said of each.", body = ValidateLibraryResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn validate(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            let id = LibraryId::from(path::uuid("id", &id)?);
            let folders = body.read(import_paths)?.unwrap_or_default();
            let judged = library.judge_folders(id, &folders)?;
            Ok(judgements(&folders, &judged))
        })
        .await?;
    Ok(json::ok(&dto))
}
