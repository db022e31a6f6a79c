//! `GET /assets/{id}/ocr`: the text in a picture, which nobody has read.

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_library::AssetRight;
use kalends_library::access::assets::require;

use crate::error::Failure;
use crate::from_wire::path::asset_id;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::error::Refusals;

/// Which text is in this picture?
///
/// None is known: text is not looked for, and `/server/features` says so.
#[utoipa::path(
    get,
    path = "/assets/{id}/ocr",
    operation_id = "getAssetOcr",
    tag = "Assets",
    params(("id" = uuid::Uuid, Path, description = "The asset.")),
    responses((status = 200, description = "None.", body = Vec<String>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_asset_ocr(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = asset_id(&id)?;
            let look = library.read(|reader| require(reader, &viewer, AssetRight::Read, &[id]));
            look.map_err(Failure::catalog)??;
            Ok(())
        })
        .await?;
    Ok(json::ok(&Vec::<String>::new()))
}
