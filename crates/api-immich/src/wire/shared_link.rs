//! Shared links (contract immich §D10, `SharedLinkResponse` and what is sent about links).

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::album::AlbumResponseDto;
use super::asset::AssetResponseDto;

/// A shared link.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SharedLinkResponseDto {
    /// The link.
    pub id: Uuid,
    /// Who shares.
    pub user_id: Uuid,
    /// The secret that opens it, in base64url.
    pub key: String,
    /// A name that opens it as well.
    pub slug: Option<String>,
    /// `ALBUM` or `INDIVIDUAL`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Words about it.
    pub description: Option<String>,
    /// Dots when there is a password, which is not kept; `null` when there is none.
    pub password: Option<&'static str>,
    /// When it was made.
    pub created_at: String,
    /// When it ends.
    pub expires_at: Option<String>,
    /// The chosen assets it shows; in a list of links at most one.
    pub assets: Vec<AssetResponseDto>,
    /// The album it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub album: Option<AlbumResponseDto>,
    /// Whether visitors may add assets.
    pub allow_upload: bool,
    /// Whether visitors may take the originals.
    pub allow_download: bool,
    /// Whether places and other facts are shown.
    pub show_metadata: bool,
}

/// A link to be made.
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct SharedLinkCreateDto {
    /// `ALBUM` or `INDIVIDUAL`.
    #[schema(rename = "type")]
    kind: String,
    /// What an `ALBUM` link shows.
    #[schema(nullable = false)]
    album_id: Option<Uuid>,
    /// What an `INDIVIDUAL` link shows.
    #[schema(nullable = false)]
    asset_ids: Option<Vec<Uuid>>,
    /// Words about it.
    description: Option<String>,
    /// What visitors have to give first.
    password: Option<String>,
    /// A name that opens it as well.
    slug: Option<String>,
    /// When it ends.
    expires_at: Option<String>,
    /// Whether visitors may add assets: `true` when absent.
    #[schema(nullable = false)]
    allow_upload: Option<bool>,
    /// Whether visitors may take the originals: `true` when absent, but never without metadata.
    #[schema(nullable = false)]
    allow_download: Option<bool>,
    /// Whether places and other facts are shown: `true` when absent.
    #[schema(nullable = false)]
    show_metadata: Option<bool>,
}

/// What is to be changed of a link.
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct SharedLinkEditDto {
    /// Words about it.
    description: Option<String>,
    /// What visitors have to give first. The dots of an answer leave it as it is.
    password: Option<String>,
    /// A name that opens it as well.
    slug: Option<String>,
    /// When it ends.
    expires_at: Option<String>,
    /// With `true` and without `expiresAt`, it never ends.
    #[schema(nullable = false)]
    change_expiry_time: Option<bool>,
    /// Whether visitors may add assets.
    #[schema(nullable = false)]
    allow_upload: Option<bool>,
    /// Whether visitors may take the originals.
    #[schema(nullable = false)]
    allow_download: Option<bool>,
    /// Whether places and other facts are shown.
    #[schema(nullable = false)]
    show_metadata: Option<bool>,
}

/// The password of a link.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct SharedLinkLoginDto {
    /// The password.
    password: String,
}

/// Assets to be added to a link, or removed.
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct AssetIdsDto {
    /// The assets.
    asset_ids: Vec<Uuid>,
}
