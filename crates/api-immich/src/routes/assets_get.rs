//! `GET /assets/{id}`: what is known of one asset.

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_library::access::assets::require;
use kalends_library::{AssetRight, Wanted};

use crate::error::Failure;
use crate::from_wire::path::asset_id;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::asset::{Parts, asset_response};
use crate::to_wire::json;
use crate::wire::asset::AssetResponseDto;
use crate::wire::error::Refusals;

/// What is known of one asset?
///
/// Favourites, people and tags are shown to the owner alone. Behind a shared link without metadata
/// the answer holds only the picture's own fields and `hasMetadata` is `false`.
#[utoipa::path(
    get,
    path = "/assets/{id}",
    operation_id = "getAssetInfo",
    tag = "Assets",
    params(("id" = uuid::Uuid, Path, description = "The asset.")),
    responses((status = 200, description = "The asset.", body = AssetResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_asset_info(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = asset_id(&id)?;
            let view = library.read(|reader| {
                Ok(match require(reader, &viewer, AssetRight::Read, &[id])? {
                    Err(refused) => Err(refused),
                    Ok(_) => {
                        let wanted = Wanted::EVERYTHING;
                        Ok(library.asset_views(reader, &viewer, &[id], wanted)?.pop())
                    }
                })
            });
            let view = view.map_err(Failure::catalog)??;
            let view = view.ok_or_else(|| Failure::no_access(AssetRight::Read.name()))?;
            Ok(asset_response(&view, Parts::ALL))
        })
        .await?;
    Ok(json::ok(&dto))
}
