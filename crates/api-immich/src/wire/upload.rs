//! Uploads, and what clients ask before and keep beside them (contract immich §D2.3, §D10).

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// The form of an upload.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub struct AssetMediaCreateDto {
    /// The file.
    #[schema(value_type = String, format = Binary)]
    asset_data: Vec<u8>,
    /// An XMP file that says more about it.
    #[schema(value_type = Option<String>, format = Binary)]
    sidecar_data: Option<Vec<u8>>,
    /// How the client calls the asset.
    device_asset_id: String,
    /// How the client calls itself.
    device_id: String,
    /// When the file was made. The date of a file that says none.
    #[schema(format = DateTime)]
    file_created_at: String,
    /// When the file was last modified.
    #[schema(format = DateTime)]
    file_modified_at: String,
    /// The length of a video that does not say it, as `H:MM:SS.ffffff`.
    duration: Option<String>,
    /// A name in the place of that of the part.
    filename: Option<String>,
    /// Whether it is to be a favourite.
    is_favorite: Option<bool>,
    /// The video, uploaded before, that is this photo's motion.
    live_photo_video_id: Option<Uuid>,
    /// JSON: a list of objects with `key` and `value`, kept beside the asset.
    metadata: Option<String>,
    /// `archive`, `timeline`, `hidden` or `locked`.
    visibility: Option<String>,
}

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssetMediaResponseDto {
    /// The asset that has this content now.
    pub id: Uuid,
    /// `created` or `duplicate`.
    pub status: &'static str,
}

/// What of a list of files need not be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssetBulkUploadCheckResponseDto {
    /// One for each file, in the order asked.
    pub results: Vec<AssetBulkUploadCheckResult>,
}

/// Whether one file is to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssetBulkUploadCheckResult {
    /// The client's name for the file.
    pub id: String,
    /// `accept` or `reject`.
    pub action: &'static str,
    /// `duplicate`, when it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<&'static str>,
    /// The asset that has this content.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub asset_id: Option<Uuid>,
    /// Whether that is in the trash.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub is_trashed: Option<bool>,
}

/// What of a list of assets has been sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckExistingAssetsResponseDto {
    /// The client's names of those that are there.
    pub existing_ids: Vec<String>,
}

/// Something that a client keeps beside an asset.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssetMetadataResponseDto {
    /// Its name.
    pub key: String,
    /// An object of the client's.
    #[schema(value_type = Object)]
    pub value: Value,
    /// When it was last set.
    pub updated_at: String,
}

/// The same, of one of several assets.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssetMetadataBulkResponseDto {
    /// The asset.
    pub asset_id: Uuid,
    /// Its name.
    pub key: String,
    /// An object of the client's.
    #[schema(value_type = Object)]
    pub value: Value,
    /// When it was last set.
    pub updated_at: String,
}

/// A download in parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DownloadResponseDto {
    /// Bytes of all originals.
    pub total_size: u64,
    /// The archives to ask for.
    pub archives: Vec<DownloadArchiveInfo>,
}

/// One archive of a download.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DownloadArchiveInfo {
    /// Bytes of its originals.
    pub size: u64,
    /// What to ask for.
    pub asset_ids: Vec<Uuid>,
}
