//! Stacks (contract immich §D10).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::asset::AssetResponseDto;

/// A stack to be made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StackCreateDto {
    /// At least two assets; the first stands for the stack.
    #[schema(min_items = 2)]
    pub asset_ids: Vec<Uuid>,
}

/// What is to be changed of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StackUpdateDto {
    /// The asset that shall stand for it.
    #[schema(nullable = false)]
    pub primary_asset_id: Option<Uuid>,
}

/// A stack.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StackResponseDto {
    /// The stack.
    pub id: Uuid,
    /// The asset that stands for it.
    pub primary_asset_id: Uuid,
    /// Its assets outside the trash, of timeline and archive, the primary first.
    pub assets: Vec<AssetResponseDto>,
}
