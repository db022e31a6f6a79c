//! What a client asks before it sends: `POST /assets/bulk-upload-check`, `POST /assets/exist` and
//! `GET /assets/device/{deviceId}`.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::Response;

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::checksum;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::error::Refusals;
use crate::wire::upload::{
    AssetBulkUploadCheckResponseDto, AssetBulkUploadCheckResult, CheckExistingAssetsResponseDto,
};

/// Which of these files need not be sent?
///
/// The body is `{"assets":[{"id","checksum"}]}`: the client's own names with the SHA-1 of each file,
/// in base64 or hexadecimal. All of the caller's assets are looked at, those of scanned folders among
/// them.
#[utoipa::path(
    post,
    path = "/assets/bulk-upload-check",
    operation_id = "checkBulkUpload",
    tag = "Assets",
    responses(
        (status = 200, description = "One for each, in the order asked.",
            body = AssetBulkUploadCheckResponseDto),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn check_bulk_upload(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let files = body.read(|fields| {
                fields.required_objects("assets", |file| {
                    let id = file.required_text("id").to_owned();
                    (id, checksum::sha1(file.required_text("checksum")))
                })
            })?;
            let sha1s: Vec<[u8; 20]> = files.iter().filter_map(|(_, sha1)| *sha1).collect();
            let known = library
                .read(|reader| reader.assets_with_contents(viewer.user(), &sha1s))
                .map_err(Failure::catalog)?;
            let mut by_content = HashMap::with_capacity(known.len());
            for same in known {
                // A live asset says more than one in the trash.
                let first = by_content.entry(same.sha1).or_insert(same);
                if first.is_trashed && !same.is_trashed {
                    *first = same;
                }
            }
            let results = files.into_iter().map(|(id, sha1)| {
                let same = sha1.and_then(|sha1| by_content.get(&sha1));
                AssetBulkUploadCheckResult {
                    id,
                    action: if same.is_some() { "reject" } else { "accept" },
                    reason: same.map(|_| "duplicate"),
                    asset_id: same.map(|same| same.asset.uuid()),
                    is_trashed: same.map(|same| same.is_trashed),
                }
            });
            Ok(AssetBulkUploadCheckResponseDto { results: results.collect() })
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Which of these names has the client sent before?
///
/// The body is `{"deviceId","deviceAssetIds":[…]}`. What is in the trash counts as sent.
#[utoipa::path(
    post,
    path = "/assets/exist",
    operation_id = "checkExistingAssets",
    tag = "Assets",
    responses(
        (status = 200, description = "Those that are there.",
            body = CheckExistingAssetsResponseDto),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn check_existing_assets(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (names, device) = body.read(|fields| {
                let names = fields.required_texts("deviceAssetIds");
                let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
                (names, fields.required_text("deviceId").to_owned())
            })?;
            let existing_ids = library
                .read(|reader| reader.known_device_assets(viewer.user(), &device, &names))
                .map_err(Failure::catalog)?;
            Ok(CheckExistingAssetsResponseDto { existing_ids })
        })
        .await?;
    Ok(json::ok(&dto))
}

/// What has this client sent?
#[utoipa::path(
    get,
    path = "/assets/device/{deviceId}",
    operation_id = "getAllUserAssetsByDeviceId",
    tag = "Assets",
    params(("deviceId" = String, Path, description = "How the client calls itself.")),
    responses(
        (status = 200, description = "Its names for its assets.", body = [String]),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn device_assets(
    State(state): State<ImmichState>,
    Path(device): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let names = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let names = library.read(|reader| reader.device_assets(viewer.user(), &device));
            names.map_err(Failure::catalog)
        })
        .await?;
    Ok(json::ok(&names))
}
