//! What clients send to change, remove or count assets (contract immich §D10).

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is to change of one asset. What is absent stays.
#[derive(ToSchema)]
#[schema(as = UpdateAssetDto, rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct UpdateAssetDto {
    /// The owner's favourite.
    #[schema(nullable = false)]
    is_favorite: Option<bool>,
    /// `archive`, `timeline`, `hidden` or `locked`. What is locked leaves every album and link.
    #[schema(nullable = false)]
    visibility: Option<String>,
    /// When it was taken, in ISO 8601. An offset says which clock it was; without one it is the
    /// asset's own clock.
    #[schema(nullable = false)]
    date_time_original: Option<String>,
    /// Degrees north; together with `longitude`.
    #[schema(nullable = false)]
    latitude: Option<f64>,
    /// Degrees east; together with `latitude`.
    #[schema(nullable = false)]
    longitude: Option<f64>,
    /// −1 to 5; `null` and 0 remove it.
    rating: Option<i8>,
    /// What is to be seen; empty to remove it.
    #[schema(nullable = false)]
    description: Option<String>,
    /// The video that is its motion; `null` to part them.
    live_photo_video_id: Option<Uuid>,
}

/// What is to change of several assets. What is absent stays.
#[derive(ToSchema)]
#[schema(as = AssetBulkUpdateDto, rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct AssetBulkUpdateDto {
    /// The assets. All are the caller's, or nothing changes.
    ids: Vec<Uuid>,
    /// The owner's favourite.
    #[schema(nullable = false)]
    is_favorite: Option<bool>,
    /// `archive`, `timeline`, `hidden` or `locked`. What is locked leaves every album and link.
    #[schema(nullable = false)]
    visibility: Option<String>,
    /// When they were taken, in ISO 8601.
    #[schema(nullable = false)]
    date_time_original: Option<String>,
    /// By how many minutes the date is to be moved, negative for earlier.
    #[schema(nullable = false)]
    date_time_relative: Option<f64>,
    /// The IANA zone of the clock.
    #[schema(nullable = false)]
    time_zone: Option<String>,
    /// Degrees north; together with `longitude`.
    #[schema(nullable = false)]
    latitude: Option<f64>,
    /// Degrees east; together with `latitude`.
    #[schema(nullable = false)]
    longitude: Option<f64>,
    /// −1 to 5; `null` and 0 remove it.
    rating: Option<i8>,
    /// What is to be seen; empty to remove it.
    #[schema(nullable = false)]
    description: Option<String>,
    /// The group of duplicates they are in; `null` for none.
    duplicate_id: Option<Uuid>,
}

/// Assets to be removed.
#[derive(ToSchema)]
#[schema(as = AssetBulkDeleteDto, rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct AssetBulkDeleteDto {
    /// The assets. All are the caller's, or nothing is removed.
    ids: Vec<Uuid>,
    /// For good, instead of into the trash.
    #[schema(nullable = false)]
    force: Option<bool>,
}

/// Assets to be restored.
#[derive(ToSchema)]
#[schema(as = TrashedIdsDto, rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct TrashedIdsDto {
    /// The assets. All are the caller's, or nothing is restored.
    ids: Vec<Uuid>,
}

/// Assets that something is to be done with.
#[derive(ToSchema)]
#[schema(as = AssetJobsDto, rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct AssetJobsDto {
    /// The assets.
    asset_ids: Vec<Uuid>,
    /// `refresh-metadata` or `regenerate-thumbnail`.
    name: String,
}

/// How many assets were concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrashResponseDto {
    /// So many.
    pub count: usize,
}

/// How many assets there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssetStatsResponseDto {
    /// Photos.
    pub images: u64,
    /// Videos.
    pub videos: u64,
    /// Both.
    pub total: u64,
}
