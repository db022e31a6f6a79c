//! The shapes of sessions and API keys (contract immich §C3, §C4).

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionResponseDto {
    /// The session.
    pub id: Uuid,
    /// When it was opened.
    pub created_at: String,
    /// When it was last used, to the hour.
    pub updated_at: String,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub expires_at: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
    /// The version of the mobile app.
    pub app_version: Option<String>,
    /// The device's operating system.
    #[serde(rename = "deviceOS")]
    pub device_os: String,
    /// What kind of device it is.
    pub device_type: String,
    /// Whether the device is to fetch everything anew.
    pub is_pending_sync_reset: bool,
}

/// A session for another device, with its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionCreateResponseDto {
    /// The session.
    #[serde(flatten)]
    pub session: SessionResponseDto,
    /// The token. It is not shown again.
    pub token: String,
}

/// A session to be opened for another device.
#[derive(Clone, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SessionCreateDto {
    /// After how many seconds it ends.
    pub duration: Option<u64>,
    /// What kind of device it is.
    pub device_type: Option<String>,
    /// The device's operating system.
    #[schema(rename = "deviceOS")]
    pub device_os: Option<String>,
}

/// What changes of a session.
#[derive(Clone, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct SessionUpdateDto {
    /// Whether the device is to fetch everything anew.
    pub is_pending_sync_reset: Option<bool>,
}

/// An API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyResponseDto {
    /// The key.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub permissions: Vec<String>,
    /// When it was made.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
}

/// A new API key with its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyCreateResponseDto {
    /// The secret. It is not shown again.
    pub secret: String,
    /// The key.
    pub api_key: ApiKeyResponseDto,
}

/// An API key to be made.
#[derive(Clone, ToSchema)]
pub struct ApiKeyCreateDto {
    /// What it is called. `API Key` unless said otherwise.
    pub name: Option<String>,
    /// What it may do; at least one permission.
    pub permissions: Vec<String>,
}

/// What changes of an API key.
#[derive(Clone, ToSchema)]
pub struct ApiKeyUpdateDto {
    /// What it is called.
    pub name: Option<String>,
    /// What it may do; at least one permission.
    pub permissions: Option<Vec<String>>,
}
