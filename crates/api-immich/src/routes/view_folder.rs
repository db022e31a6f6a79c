//! Looking at the timeline by folders (contract immich §D4).

use std::path::Path;

use axum::extract::State;
use axum::response::Response;

use super::search::{Shown, shown};
use crate::error::Failure;
use crate::from_wire::body::read_value;
use crate::from_wire::query_object::{Kinds, object_of};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::asset::AssetResponseDto;
use crate::wire::error::Refusals;

/// Which folders hold something of the caller's timeline?
#[utoipa::path(
    get,
    path = "/view/folder/unique-paths",
    operation_id = "getUniqueOriginalPaths",
    tag = "Views",
    responses((status = 200, description = "Their paths.", body = Vec<String>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_unique_original_paths(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto: Vec<String> = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let folders = library
                .folders_shown(&viewer)
                .map_err(|error| Failure::of_question(&error, "get unique original paths"))?;
            Ok(folders.iter().map(|folder| folder.to_string_lossy().into_owned()).collect())
        })
        .await?;
    Ok(json::ok(&dto))
}

/// What of the caller's timeline lies in this folder?
///
/// In the folder itself, not in those below it.
#[utoipa::path(
    get,
    path = "/view/folder",
    operation_id = "getAssetsByOriginalPath",
    tag = "Views",
    params(("path" = String, Query, description = "The folder.")),
    responses((status = 200, description = "The assets, by the names of their files.",
        body = Vec<AssetResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_assets_by_original_path(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let query = object_of(&asked.query, Kinds::default());
            let folder = read_value(&query, |fields| fields.required_text("path").to_owned())?;
            let ids =
                library.assets_in_folder(&viewer, Path::new(&folder)).map_err(Failure::catalog)?;
            shown(library, &viewer, &ids, Shown { exif: true, people: false })
        })
        .await?;
    Ok(json::ok(&dto))
}
