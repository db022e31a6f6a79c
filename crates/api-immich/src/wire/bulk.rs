//! What came of each of several ids (contract immich §D10, `BulkIds`, `BulkIdResponse`).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Several ids.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub struct BulkIdsDto {
    /// The ids.
    pub ids: Vec<Uuid>,
}

/// What came of one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkIdResponseDto {
    /// The id.
    pub id: Uuid,
    /// Whether it was done.
    pub success: bool,
    /// Why not: `duplicate`, `no_permission`, `not_found`, `unknown` or `validation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub error: Option<&'static str>,
    /// The same in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub error_message: Option<String>,
}

/// The same of an asset in a shared link (contract immich §D10, `AssetIdsResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssetIdsResponseDto {
    /// The asset.
    pub asset_id: Uuid,
    /// Whether it was done.
    pub success: bool,
    /// `duplicate`, `no_permission` or `not_found`, when it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub error: Option<&'static str>,
}
