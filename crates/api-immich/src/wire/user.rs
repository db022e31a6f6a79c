//! Users as others see them (contract immich §D10, `UserResponse`).

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserResponseDto {
    /// The user.
    pub id: Uuid,
    /// The user's address.
    pub email: String,
    /// The user's name.
    pub name: String,
    /// Where the portrait lies; empty when there is none.
    pub profile_image_path: String,
    /// The colour that stands for the user.
    pub avatar_color: &'static str,
    /// When the portrait last changed.
    pub profile_changed_at: String,
}
