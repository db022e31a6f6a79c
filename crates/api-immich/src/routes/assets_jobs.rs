//! `POST /assets/jobs`: doing again what a scan has done.

use axum::extract::State;
use axum::response::Response;
use kalends_library::redo::{Redo, RedoError};
use kalends_model::AssetId;

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::asset_edit::AssetJobsDto;
use crate::wire::error::Refusals;

/// The published names. What is not done here is known, to be refused with a sentence.
const NAMES: [(&str, Option<Redo>); 4] = [
    ("refresh-faces", None),
    ("refresh-metadata", Some(Redo::Metadata)),
    ("regenerate-thumbnail", Some(Redo::Pictures)),
    ("transcode-video", None),
];

impl From<RedoError> for Failure {
    fn from(error: RedoError) -> Self {
        match error {
            RedoError::NoAccess(refused) => refused.into(),
            RedoError::Catalog(cause) => Self::catalog(cause),
        }
    }
}

/// Read files again, or make their pictures again.
///
/// `refresh-metadata` and `regenerate-thumbnail`. It is done in the background, also after a
/// restart. What a person has set stays.
#[utoipa::path(
    post,
    path = "/assets/jobs",
    operation_id = "runAssetJobs",
    tag = "Assets",
    request_body = AssetJobsDto,
    responses((status = 204, description = "It will be done."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn run_asset_jobs(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (ids, name) = body.read(|fields| {
                let ids = fields.required_uuids("assetIds");
                (ids, fields.required_choice("name", &NAMES))
            })?;
            let what = name.flatten();
            let what = what.ok_or_else(|| Failure::bad_request("This job is not available"))?;
            let ids: Vec<AssetId> = ids.into_iter().map(AssetId::from).collect();
            Ok(library.redo(&viewer, &ids, what)?)
        })
        .await?;
    Ok(json::no_content())
}
