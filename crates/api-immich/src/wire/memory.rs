//! Memories (contract immich §D10).

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asset::AssetResponseDto;

/// A memory that a person makes.
#[derive(ToSchema)]
#[schema(as = MemoryCreateDto, rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct MemoryCreateDto {
    /// `on_this_day`.
    #[serde(rename = "type")]
    kind: String,
    /// The year it goes back to.
    data: OnThisDayDto,
    /// When what it shows took place.
    memory_at: String,
    /// What it shows.
    #[schema(nullable = false)]
    asset_ids: Option<Vec<Uuid>>,
    /// Whether it is kept.
    #[schema(nullable = false)]
    is_saved: Option<bool>,
    /// When it was looked at.
    #[schema(nullable = false)]
    seen_at: Option<String>,
    /// Not to be shown before this.
    #[schema(nullable = false)]
    show_at: Option<String>,
    /// Not to be shown after this.
    #[schema(nullable = false)]
    hide_at: Option<String>,
}

/// What is to change of a memory.
#[derive(ToSchema)]
#[schema(as = MemoryUpdateDto, rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct MemoryUpdateDto {
    /// Whether it is kept.
    #[schema(nullable = false)]
    is_saved: Option<bool>,
    /// When what it shows took place.
    #[schema(nullable = false)]
    memory_at: Option<String>,
    /// When it was looked at.
    #[schema(nullable = false)]
    seen_at: Option<String>,
}

/// The year that a memory goes back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OnThisDayDto {
    /// The year.
    pub year: i32,
}

/// A memory.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemoryResponseDto {
    /// The memory.
    pub id: Uuid,
    /// When it was made.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// When it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub deleted_at: Option<String>,
    /// When what it shows took place.
    pub memory_at: String,
    /// When it was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub seen_at: Option<String>,
    /// Not to be shown before this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub show_at: Option<String>,
    /// Not to be shown after this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub hide_at: Option<String>,
    /// Whose it is.
    pub owner_id: Uuid,
    /// `on_this_day`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The year it goes back to.
    pub data: OnThisDayDto,
    /// Whether it is kept.
    pub is_saved: bool,
    /// What it shows, the oldest first.
    pub assets: Vec<AssetResponseDto>,
}

/// How many memories there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemoryStatisticsResponseDto {
    /// So many.
    pub total: usize,
}
