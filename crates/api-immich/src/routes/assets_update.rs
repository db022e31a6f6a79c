//! `PUT /assets/{id}` and `PUT /assets`: what a person changes on assets.

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_library::{AssetRight, EditError, Wanted};

use crate::error::Failure;
use crate::from_wire::asset_edit;
use crate::from_wire::body::JsonBody;
use crate::from_wire::path::asset_id;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::asset::{Parts, asset_response};
use crate::to_wire::json;
use crate::wire::asset::AssetResponseDto;
use crate::wire::asset_edit::{AssetBulkUpdateDto, UpdateAssetDto};
use crate::wire::error::Refusals;

impl From<EditError> for Failure {
    fn from(error: EditError) -> Self {
        match error {
            EditError::NoAccess(refused) => refused.into(),
            EditError::MotionNotFound => Self::bad_request("Live photo video not found"),
            EditError::MotionIsNoVideo => Self::bad_request("Live photo video must be a video"),
            EditError::DateOutOfRange => Self::bad_request("The date is out of range"),
            EditError::Catalog(cause) => Self::catalog(cause),
        }
    }
}

/// Change an asset.
///
/// The answer shows it as it is now; a changed date has moved it in the timeline. What is set here
/// is kept when the file is read again.
#[utoipa::path(
    put,
    path = "/assets/{id}",
    operation_id = "updateAsset",
    tag = "Assets",
    params(("id" = uuid::Uuid, Path, description = "The asset.")),
    request_body = UpdateAssetDto,
    responses((status = 200, description = "The asset.", body = AssetResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_asset(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = asset_id(&id)?;
            let edit = body.read(asset_edit::one)?;
            library.edit_assets(&viewer, &[id], &edit)?;
            let wanted = Wanted { people: true, ..Wanted::default() };
            let view = library
                .read(|reader| library.asset_views(reader, &viewer, &[id], wanted))
                .map_err(Failure::catalog)?
                .pop();
            let view = view.ok_or_else(|| Failure::no_access(AssetRight::Update.name()))?;
            let parts = Parts { exif: true, people: true, ..Parts::NONE };
            Ok(asset_response(&view, parts))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Change several assets alike.
///
/// All of them, or none when one is not the caller's. `dateTimeRelative` (in minutes) moves the
/// instant. `timeZone` keeps the instant of an asset whose offset is known; of one whose offset is
/// not, it keeps the wall clock.
#[utoipa::path(
    put,
    path = "/assets",
    operation_id = "updateAssets",
    tag = "Assets",
    request_body = AssetBulkUpdateDto,
    responses((status = 204, description = "They are changed."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_assets(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (ids, edit) = body.read(asset_edit::several)?;
            Ok(library.edit_assets(&viewer, &ids, &edit)?)
        })
        .await?;
    Ok(json::no_content())
}
