//! The shapes by which clients find out whom they speak to (contract immich §D2.1).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The server is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerPingResponse {
    /// Always `pong`.
    pub res: String,
}

/// The version of the *API* that is imitated, by which clients choose how to speak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerVersionResponseDto {
    /// Raised when the API breaks.
    pub major: u32,
    /// Raised when the API grows.
    pub minor: u32,
    /// Raised otherwise.
    pub patch: u32,
}

/// What this server is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerAboutResponseDto {
    /// The version of the API that is imitated, such as `v2.7.5`.
    pub version: String,
    /// What is new in it.
    pub version_url: String,
    /// Whether a licence was bought. There is none to buy.
    pub licensed: bool,
    /// The program that answers, with its own version.
    pub build: String,
    /// The program's own source.
    pub repository: String,
}

/// What the server can do. Clients hide the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerFeaturesDto {
    /// Search by what pictures show.
    pub smart_search: bool,
    /// Finding faces.
    pub facial_recognition: bool,
    /// Finding pictures that look alike.
    pub duplicate_detection: bool,
    /// The map.
    pub map: bool,
    /// Names of places.
    pub reverse_geocoding: bool,
    /// Faces that files describe.
    pub import_faces: bool,
    /// XMP files beside originals.
    pub sidecar: bool,
    /// Search by what is known of pictures.
    pub search: bool,
    /// A trash from which assets can be restored.
    pub trash: bool,
    /// Signing in elsewhere.
    pub oauth: bool,
    /// Going there at once.
    pub oauth_auto_launch: bool,
    /// Reading text in pictures.
    pub ocr: bool,
    /// Signing in with a password.
    pub password_login: bool,
    /// Settings in a file.
    pub config_file: bool,
    /// Sending e-mail.
    pub email: bool,
}

/// What clients must know before anybody signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerConfigDto {
    /// Words on the page for signing in.
    pub login_page_message: String,
    /// After how many days the trash is emptied.
    pub trash_days: i64,
    /// After how many days a deleted user is removed.
    pub user_delete_delay: u32,
    /// The label of a button that is not shown.
    pub oauth_button_text: String,
    /// Whether there is an administrator.
    pub is_initialized: bool,
    /// Whether the administrator has been shown around.
    pub is_onboarded: bool,
    /// The address under which links are given away; empty for the one in use.
    pub external_domain: String,
    /// Whether users may see who else there is.
    pub public_users: bool,
    /// The style of the map on dark pages.
    pub map_dark_style_url: String,
    /// The style of the map on light pages.
    pub map_light_style_url: String,
    /// Whether the server is closed for maintenance.
    pub maintenance_mode: bool,
}

/// Which files are taken, by the ending of their name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerMediaTypesResponseDto {
    /// Of videos, with the dot.
    pub video: Vec<String>,
    /// Of photos.
    pub image: Vec<String>,
    /// Of files with metadata beside them.
    pub sidecar: Vec<String>,
}

/// The disk that holds the library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerStorageResponseDto {
    /// All of it, such as `12.3 GiB`.
    pub disk_size: String,
    /// What is used.
    pub disk_use: String,
    /// What is left.
    pub disk_available: String,
    /// All of it, in bytes.
    pub disk_size_raw: u64,
    /// What is used, in bytes.
    pub disk_use_raw: u64,
    /// What is left, in bytes.
    pub disk_available_raw: u64,
    /// What is used, in percent with two decimals.
    pub disk_usage_percentage: f64,
}

/// How much there is, by user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerStatsResponseDto {
    /// How many photos, outside of the trash.
    pub photos: u64,
    /// How many videos.
    pub videos: u64,
    /// Bytes that uploads take.
    pub usage: u64,
    /// Bytes that uploaded photos take.
    pub usage_photos: u64,
    /// Bytes that uploaded videos take.
    pub usage_videos: u64,
    /// The same of each user.
    pub usage_by_user: Vec<UsageByUserDto>,
}

/// How much a user has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UsageByUserDto {
    /// The user.
    pub user_id: Uuid,
    /// Their name.
    pub user_name: String,
    /// How many photos, outside of the trash.
    pub photos: u64,
    /// How many videos.
    pub videos: u64,
    /// Bytes that uploads take.
    pub usage: u64,
    /// Bytes that uploaded photos take.
    pub usage_photos: u64,
    /// Bytes that uploaded videos take.
    pub usage_videos: u64,
    /// The most bytes that uploads may take.
    pub quota_size_in_bytes: Option<u64>,
}

/// How pages look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerThemeDto {
    /// More styles for every page.
    pub custom_css: String,
}

/// A version of the API that was served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerVersionHistoryResponseDto {
    /// Names the entry.
    pub id: Uuid,
    /// Since when.
    pub created_at: String,
    /// Such as `2.7.5`.
    pub version: String,
}

/// Whether the administrator has been shown around.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdminOnboardingUpdateDto {
    /// Whether it is so.
    pub is_onboarded: bool,
}
