//! What a user prefers (contract immich §D2.2). Each type's default is the published one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Everything that a user prefers. Updates are parts of it, and are merged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct UserPreferencesDto {
    /// Albums.
    pub albums: AlbumsDto,
    /// Casting to other screens.
    pub cast: CastDto,
    /// Downloads.
    pub download: DownloadDto,
    /// Mail. None is sent; the choice is kept.
    pub email_notifications: EmailNotificationsDto,
    /// The view by folder.
    pub folders: SidebarOffDto,
    /// Memories.
    pub memories: MemoriesDto,
    /// People.
    pub people: SidebarOnDto,
    /// The note about buying a licence.
    pub purchase: PurchaseDto,
    /// Ratings.
    pub ratings: RatingsDto,
    /// Shared links.
    pub shared_links: SidebarOnDto,
    /// Tags.
    pub tags: SidebarOffDto,
}

/// Albums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AlbumsDto {
    /// The order of new albums: `asc` or `desc`.
    pub default_asset_order: String,
}

impl Default for AlbumsDto {
    fn default() -> Self {
        Self { default_asset_order: "desc".into() }
    }
}

/// Casting to other screens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CastDto {
    /// Whether Google Cast is offered.
    pub g_cast_enabled: bool,
}

/// Downloads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DownloadDto {
    /// The most bytes of an archive.
    pub archive_size: u64,
    /// Whether the videos of live photos come along.
    pub include_embedded_videos: bool,
}

impl Default for DownloadDto {
    fn default() -> Self {
        Self { archive_size: 4 << 30, include_embedded_videos: false }
    }
}

/// Mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EmailNotificationsDto {
    /// At all.
    pub enabled: bool,
    /// When invited to an album.
    pub album_invite: bool,
    /// When an album changes.
    pub album_update: bool,
}

impl Default for EmailNotificationsDto {
    fn default() -> Self {
        Self { enabled: true, album_invite: true, album_update: true }
    }
}

/// Memories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MemoriesDto {
    /// Whether they are shown.
    pub enabled: bool,
    /// For how many seconds each photo.
    pub duration: u64,
}

impl Default for MemoriesDto {
    fn default() -> Self {
        Self { enabled: true, duration: 5 }
    }
}

/// The note about buying a licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PurchaseDto {
    /// Until when the button is hidden.
    pub hide_buy_button_until: String,
    /// Whether the badge is shown.
    pub show_support_badge: bool,
}

impl Default for PurchaseDto {
    fn default() -> Self {
        let hide_buy_button_until = "2022-02-12T00:00:00.000Z".into();
        Self { hide_buy_button_until, show_support_badge: true }
    }
}

/// Ratings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RatingsDto {
    /// Whether they are shown.
    pub enabled: bool,
}

/// Something with a place in the web page's sidebar, on unless switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SidebarOnDto {
    /// Whether it is shown at all.
    pub enabled: bool,
    /// Whether it stands in the sidebar.
    pub sidebar_web: bool,
}

impl Default for SidebarOnDto {
    fn default() -> Self {
        Self { enabled: true, sidebar_web: false }
    }
}

/// Something with a place in the web page's sidebar, off unless switched on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SidebarOffDto {
    /// Whether it is shown at all.
    pub enabled: bool,
    /// Whether it stands in the sidebar.
    pub sidebar_web: bool,
}
