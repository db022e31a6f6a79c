//! Albums (contract immich §D10, `AlbumResponse` and what is sent about albums).

use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asset::AssetResponseDto;
use super::user::UserResponseDto;

/// An album.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlbumResponseDto {
    /// The album.
    pub id: Uuid,
    /// Its name.
    pub album_name: String,
    /// What it is about.
    pub description: String,
    /// Whose it is.
    pub owner_id: Uuid,
    /// Whose it is. Visitors with a link are not told the address.
    pub owner: UserResponseDto,
    /// The asset that stands for it.
    pub album_thumbnail_asset_id: Option<Uuid>,
    /// With whom it is shared, its owner not among them. Visitors with a link are not told.
    pub album_users: Vec<AlbumUserResponseDto>,
    /// Whether it is shared with anybody or has a link.
    pub shared: bool,
    /// Whether it has a link.
    pub has_shared_link: bool,
    /// What it holds, where that is asked for, the latest first.
    pub assets: Vec<AssetResponseDto>,
    /// How many assets it shows.
    pub asset_count: u64,
    /// The local day of its first asset.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub start_date: Option<String>,
    /// The local day of its last asset.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub end_date: Option<String>,
    /// When anything of an asset in it last changed, or one was put into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last_modified_asset_timestamp: Option<String>,
    /// Whether its members may like and comment.
    pub is_activity_enabled: bool,
    /// `asc` or `desc`: the order it asks for.
    pub order: &'static str,
    /// When it was made.
    pub created_at: String,
    /// When it, or the choice of its assets, last changed.
    pub updated_at: String,
    /// How many assets each user has in it, where one shared album is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub contributor_counts: Option<Vec<ContributorCountResponseDto>>,
}

/// Somebody with whom an album is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlbumUserResponseDto {
    /// The user.
    pub user: UserResponseDto,
    /// `editor` or `viewer`.
    pub role: &'static str,
}

/// How many assets a user has in an album.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContributorCountResponseDto {
    /// The user.
    pub user_id: Uuid,
    /// How many.
    pub asset_count: u64,
}

/// How many albums there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlbumStatisticsResponseDto {
    /// One's own.
    pub owned: usize,
    /// One's own that are shared, and others' that are shared with one.
    pub shared: usize,
    /// One's own that are shared with nobody.
    pub not_shared: usize,
}

/// What became of adding assets to several albums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlbumsAddAssetsResponseDto {
    /// Whether any asset was added to any album.
    pub success: bool,
    /// `duplicate` or `no_permission`, when none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub error: Option<&'static str>,
}

/// An album to be made.
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct CreateAlbumDto {
    /// Its name.
    album_name: String,
    /// What it is about.
    #[schema(nullable = false)]
    description: Option<String>,
    /// With whom it is shared.
    #[schema(nullable = false)]
    album_users: Option<Vec<AlbumUserCreateDto>>,
    /// What it holds. What one may not share is left out.
    #[schema(nullable = false)]
    asset_ids: Option<Vec<Uuid>>,
}

/// Somebody with whom an album is to be shared.
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct AlbumUserCreateDto {
    /// The user.
    user_id: Uuid,
    /// `editor` or `viewer`.
    role: String,
}

/// What is to be changed of an album.
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct UpdateAlbumDto {
    /// Its name.
    #[schema(nullable = false)]
    album_name: Option<String>,
    /// What it is about.
    #[schema(nullable = false)]
    description: Option<String>,
    /// The asset that stands for it, which must be in it.
    #[schema(nullable = false)]
    album_thumbnail_asset_id: Option<Uuid>,
    /// Whether its members may like and comment.
    #[schema(nullable = false)]
    is_activity_enabled: Option<bool>,
    /// `asc` or `desc`.
    #[schema(nullable = false)]
    order: Option<String>,
}

/// Albums, and assets to be put into them.
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct AlbumsAddAssetsDto {
    /// The albums.
    album_ids: Vec<Uuid>,
    /// The assets.
    asset_ids: Vec<Uuid>,
}

/// Users with whom an album is to be shared.
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct AddUsersDto {
    /// The users; without a role, editors.
    album_users: Vec<AlbumUserCreateDto>,
}

/// Another role for a member of an album.
#[derive(Clone, Debug, ToSchema)]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct UpdateAlbumUserDto {
    /// `editor` or `viewer`.
    role: String,
}

/// Which albums are listed.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct AlbumsQuery {
    /// `true`: shared ones, others' among them; `false`: one's own that are shared with nobody.
    /// Absent: one's own.
    #[param(nullable = false)]
    shared: Option<bool>,
    /// Those that hold this asset; `shared` then says nothing.
    #[param(nullable = false)]
    asset_id: Option<Uuid>,
}
