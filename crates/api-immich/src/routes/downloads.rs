//! Several originals at once: `POST /download/info` plans archives, `POST /download/archive` streams
//! one (contract immich §D4, "Download").

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use kalends_http_kit::Flow;
use kalends_library::{DownloadError, DownloadOf};
use kalends_model::AssetId;

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::error::Refusals;
use crate::wire::upload::{DownloadArchiveInfo, DownloadResponseDto};

/// How large an archive becomes where nothing is asked for: 4 GiB.
const ARCHIVE_BYTES: u64 = 4 << 30;

/// How are these originals downloaded?
///
/// The body names `assetIds`, `albumId` or `userId`, and may name `archiveSize` in bytes (4 GiB): an
/// archive is closed once it is larger. The motions of live photos come along.
#[utoipa::path(
    post,
    path = "/download/info",
    operation_id = "getDownloadInfo",
    tag = "Download",
    responses((status = 201, description = "The archives.", body = DownloadResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn download_info(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let plan = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (of, archive_bytes) = body.read(|fields| {
                let assets = fields.uuids("assetIds");
                let album = fields.uuid("albumId");
                let user = fields.uuid("userId");
                let bytes = fields.integer("archiveSize", 1, i64::MAX).map(|bytes| bytes as u64);
                let assets = assets.map(|ids| ids.into_iter().map(AssetId::from).collect());
                let of = assets
                    .map(DownloadOf::Assets)
                    .or_else(|| album.map(|album| DownloadOf::Album(album.into())))
                    .or_else(|| user.map(|user| DownloadOf::User(user.into())));
                (of, bytes.unwrap_or(ARCHIVE_BYTES))
            })?;
            let none = "assetIds, albumId, or userId is required";
            let of = of.ok_or_else(|| Failure::bad_request(none))?;
            library.plan_download(&viewer, &of, archive_bytes).map_err(failure)
        })
        .await?;
    let uuids = |ids: Vec<AssetId>| ids.into_iter().map(AssetId::uuid).collect();
    let archives = plan.archives.into_iter();
    Ok(json::created(&DownloadResponseDto {
        total_size: plan.total_bytes,
        archives: archives
            .map(|archive| DownloadArchiveInfo {
                size: archive.bytes,
                asset_ids: uuids(archive.assets),
            })
            .collect(),
    }))
}

/// Download originals as one ZIP archive.
///
/// The body is `{"assetIds":[…]}`. The archive is made while it is sent, without compression; equal
/// names get numbers. Originals that cannot be read are listed in an entry `not included.txt`.
#[utoipa::path(
    post,
    path = "/download/archive",
    operation_id = "downloadArchive",
    tag = "Download",
    responses(
        (status = 200, description = "The archive.", content_type = "application/octet-stream"),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn download_archive(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let place = Arc::clone(&state.archives).try_acquire_owned();
    let archive = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let ids = body.read(|fields| fields.required_uuids("assetIds"))?;
            let ids: Vec<AssetId> = ids.into_iter().map(AssetId::from).collect();
            library.archive(&viewer, &ids).map_err(failure)
        })
        .await?;
    let place = place.map_err(|_| Failure::busy("Too many archives are being made"))?;
    let (flow, body) = Flow::new();
    let library = Arc::clone(&state.library);
    tokio::task::spawn_blocking(move || {
        let written = library.write_archive(&archive, flow).and_then(Flow::finish);
        if let Err(error) = written {
            // Mostly a client that has gone.
            tracing::info!(%error, "an archive was not sent to its end");
        }
        drop(place);
    });
    let mut response = Response::new(body);
    let octets = HeaderValue::from_static("application/octet-stream");
    response.headers_mut().insert(CONTENT_TYPE, octets);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

fn failure(error: DownloadError) -> Failure {
    match error {
        DownloadError::NoAccess(refused) => refused.into(),
        DownloadError::Loading => Failure::busy("The timeline is still loading"),
        DownloadError::Catalog(cause) => Failure::catalog(cause),
    }
}
