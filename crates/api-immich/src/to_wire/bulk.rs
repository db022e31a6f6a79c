//! What came of each of several ids.

use kalends_library::each::{Kept, Outcome};
use kalends_model::AssetId;
use uuid::Uuid;

use crate::error::Failure;
use crate::wire::bulk::{AssetIdsResponseDto, BulkIdResponseDto};

/// One entry for each id, in the order asked.
pub(crate) fn bulk_responses(
    ids: impl Iterator<Item = Uuid>,
    outcomes: &[Outcome],
) -> Vec<BulkIdResponseDto> {
    ids.zip(outcomes).map(|(id, outcome)| bulk_response(id, *outcome)).collect()
}

/// The same of assets that stand beside their outcomes.
pub(crate) fn bulk_responses_of(results: &[(AssetId, Outcome)]) -> Vec<BulkIdResponseDto> {
    results.iter().map(|(asset, outcome)| bulk_response(asset.uuid(), *outcome)).collect()
}

/// The same of a link's assets.
pub(crate) fn asset_ids_responses(results: &[(AssetId, Outcome)]) -> Vec<AssetIdsResponseDto> {
    let response = |(asset, outcome): &(AssetId, Outcome)| AssetIdsResponseDto {
        asset_id: asset.uuid(),
        success: outcome.is_ok(),
        error: outcome.err().map(reason),
    };
    results.iter().map(response).collect()
}

fn bulk_response(id: Uuid, outcome: Outcome) -> BulkIdResponseDto {
    BulkIdResponseDto {
        id,
        success: outcome.is_ok(),
        error: outcome.err().map(reason),
        error_message: match outcome {
            Err(Kept::Invalid(refusal)) => Some(Failure::from(refusal).words()),
            _ => None,
        },
    }
}

/// Why one of several things stays as it is.
pub(crate) fn reason(kept: Kept) -> &'static str {
    match kept {
        Kept::Duplicate => "duplicate",
        Kept::NoPermission => "no_permission",
        Kept::NotFound => "not_found",
        Kept::Invalid(_) => "validation",
    }
}
