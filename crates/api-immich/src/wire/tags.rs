//! Tags (contract immich §D10).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A tag to be added.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TagCreateDto {
    /// Its name; a `/` parts the names of a path.
    pub name: String,
    /// The tag above it.
    pub parent_id: Option<Uuid>,
    /// A hexadecimal colour.
    #[schema(nullable = false)]
    pub color: Option<String>,
}

/// What is to be changed of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub struct TagUpdateDto {
    /// A hexadecimal colour.
    pub color: Option<String>,
}

/// Tags that shall exist.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub struct TagUpsertDto {
    /// Whole paths, such as `Travel/Asia`.
    pub tags: Vec<String>,
}

/// Tags for assets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TagBulkAssetsDto {
    /// The tags.
    pub tag_ids: Vec<Uuid>,
    /// The assets.
    pub asset_ids: Vec<Uuid>,
}

/// How many assets got a tag that they did not have, counted for each tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TagBulkAssetsResponseDto {
    /// How many.
    pub count: u64,
}
