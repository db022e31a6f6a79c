//! Users as others see them, as they see themselves, and as admins do (contract immich §D2.2,
//! §D10).

use serde::{Deserialize, Serialize};
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

/// A user with everything that they and admins may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserAdminResponseDto {
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
    /// What the folder of uploads is called instead of the user's id.
    pub storage_label: Option<String>,
    /// Whether the user should choose another password.
    pub should_change_password: bool,
    /// Whether the user administers this server.
    pub is_admin: bool,
    /// When the user was added.
    pub created_at: String,
    /// When the user was deleted.
    pub deleted_at: Option<String>,
    /// When anything of the user last changed.
    pub updated_at: String,
    /// Always empty: there is no OAuth.
    pub oauth_id: String,
    /// The most bytes that uploads may take.
    pub quota_size_in_bytes: Option<u64>,
    /// The bytes that uploads take.
    pub quota_usage_in_bytes: Option<u64>,
    /// `active`, `deleted` (can be restored) or `removing`.
    pub status: &'static str,
    /// Always `null`: there are no licences.
    pub license: Option<String>,
}

/// What users change of themselves.
#[derive(Clone, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct UserUpdateMeDto {
    /// The address.
    pub email: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The password, at least 8 characters. All other sessions end.
    pub password: Option<String>,
    /// The colour; `null` for the one that the address decides.
    pub avatar_color: Option<String>,
}

/// A user to be added.
#[derive(Clone, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct UserAdminCreateDto {
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The password, at least 8 characters.
    pub password: String,
    /// The colour.
    pub avatar_color: Option<String>,
    /// Whether the user administers this server.
    pub is_admin: Option<bool>,
    /// Ignored: no mail is sent.
    pub notify: Option<bool>,
    /// The PIN of the locked folder: six digits.
    pub pin_code: Option<String>,
    /// The most bytes that uploads may take.
    pub quota_size_in_bytes: Option<u64>,
    /// Whether the user should choose another password. `true` unless said otherwise.
    pub should_change_password: Option<bool>,
    /// What the folder of uploads is called.
    pub storage_label: Option<String>,
}

/// What an admin changes of a user.
#[derive(Clone, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct UserAdminUpdateDto {
    /// The address.
    pub email: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The password, at least 8 characters. The user's sessions end.
    pub password: Option<String>,
    /// The colour; `null` for the one that the address decides.
    pub avatar_color: Option<String>,
    /// Whether the user administers this server.
    pub is_admin: Option<bool>,
    /// The PIN of the locked folder: six digits; `null` for none.
    pub pin_code: Option<String>,
    /// The most bytes that uploads may take; `null` for no limit.
    pub quota_size_in_bytes: Option<u64>,
    /// Whether the user should choose another password.
    pub should_change_password: Option<bool>,
    /// What the folder of uploads is called; `null` for the user's id.
    pub storage_label: Option<String>,
}

/// How a user is deleted.
#[derive(Clone, ToSchema)]
pub struct UserAdminDeleteDto {
    /// At once and for good, instead of in seven days.
    pub force: Option<bool>,
}

/// Whether the introduction has been seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OnboardingDto {
    /// Whether it has.
    pub is_onboarded: bool,
}

/// A new portrait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateProfileImageResponseDto {
    /// When it changed.
    pub profile_changed_at: String,
    /// Where it lies.
    pub profile_image_path: String,
    /// Whose it is.
    pub user_id: Uuid,
}

/// The form of a portrait.
#[derive(Clone, ToSchema)]
pub struct CreateProfileImageDto {
    /// A picture of at most 32 MB in any format that thumbnails are made of.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    pub file: String,
}
