//! External libraries (contract immich §D10).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A library to be made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateLibraryDto {
    /// Whose it shall be.
    pub owner_id: Uuid,
    /// What it shall be.
    #[serde(flatten)]
    pub library: UpdateLibraryDto,
}

/// What a library shall be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateLibraryDto {
    /// What it is called.
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// The folders it indexes: whole paths on the server.
    #[schema(nullable = false, max_items = 128)]
    pub import_paths: Option<Vec<String>>,
    /// Patterns of paths that it passes over.
    #[schema(nullable = false, max_items = 128)]
    pub exclusion_patterns: Option<Vec<String>>,
}

/// Folders to be judged.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValidateLibraryDto {
    /// The folders.
    #[schema(nullable = false, max_items = 128)]
    pub import_paths: Option<Vec<String>>,
    /// Patterns, which are not judged.
    #[schema(nullable = false, max_items = 128)]
    pub exclusion_patterns: Option<Vec<String>>,
}

/// What is to be said of folders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValidateLibraryResponseDto {
    /// One entry for each folder, in their order.
    pub import_paths: Vec<ValidateLibraryImportPathResponseDto>,
}

/// What is to be said of one folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValidateLibraryImportPathResponseDto {
    /// The folder as it was sent.
    pub import_path: String,
    /// Whether it can be indexed.
    pub is_valid: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub message: Option<String>,
}

/// An external library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LibraryResponseDto {
    /// The library.
    pub id: Uuid,
    /// Whose it is.
    pub owner_id: Uuid,
    /// What it is called.
    pub name: String,
    /// The folders it indexes.
    pub import_paths: Vec<String>,
    /// Patterns of paths that it passes over.
    pub exclusion_patterns: Vec<String>,
    /// Its assets outside the trash.
    pub asset_count: u64,
    /// When it was made.
    pub created_at: String,
    /// When its name, folders or patterns last changed.
    pub updated_at: String,
    /// When it was last scanned to the end.
    pub refreshed_at: Option<String>,
}

/// How much a library holds, the trash left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LibraryStatsResponseDto {
    /// Photos.
    pub photos: u64,
    /// Videos.
    pub videos: u64,
    /// Both.
    pub total: u64,
    /// Bytes of their originals.
    pub usage: u64,
}
