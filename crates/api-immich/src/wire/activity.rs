//! Comments and likes (contract immich §D10, `ActivityResponse`).

use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::user::UserResponseDto;

/// A comment or a like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivityResponseDto {
    /// The activity.
    pub id: Uuid,
    /// When it was said.
    pub created_at: String,
    /// `comment` or `like`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The words; `null` for a like.
    pub comment: Option<String>,
    /// The asset that it is about; `null` when it is about the album.
    pub asset_id: Option<Uuid>,
    /// Who said it.
    pub user: UserResponseDto,
}

/// How many there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActivityStatisticsResponseDto {
    /// Comments.
    pub comments: u64,
    /// Likes.
    pub likes: u64,
}

/// Something to be said.
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct ActivityCreateDto {
    /// The album.
    album_id: Uuid,
    /// The asset in it that it is about.
    #[schema(nullable = false)]
    asset_id: Option<Uuid>,
    /// `comment` or `like`.
    #[schema(rename = "type")]
    kind: String,
    /// The words of a comment.
    #[schema(nullable = false)]
    comment: Option<String>,
}

/// Which activities are listed.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct ActivitiesQuery {
    /// The album.
    album_id: Uuid,
    /// Only about this asset.
    #[param(nullable = false)]
    asset_id: Option<Uuid>,
    /// `album` or `asset`: only about the album itself, or only about assets.
    #[param(nullable = false)]
    level: Option<String>,
    /// `comment` or `like`.
    #[param(rename = "type", nullable = false)]
    kind: Option<String>,
    /// Only of this user.
    #[param(nullable = false)]
    user_id: Option<Uuid>,
}
