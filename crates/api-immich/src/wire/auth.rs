//! The shapes of signing in and out (contract immich §C2).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// An e-mail address and a password.
#[derive(Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct LoginCredentialDto {
    /// The address. Case does not matter.
    #[schema(format = "email", example = "demo@kalends.example")]
    pub email: String,
    /// The password.
    pub password: String,
}

/// A new session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LoginResponseDto {
    /// The session's token, for `Authorization: Bearer`. It is not shown again.
    pub access_token: String,
    /// The user.
    pub user_id: Uuid,
    /// The user's address.
    pub user_email: String,
    /// The user's name.
    pub name: String,
    /// Whether the user administers this server.
    pub is_admin: bool,
    /// Where the user's portrait lies; empty when there is none.
    pub profile_image_path: String,
    /// Whether the user should choose another password.
    pub should_change_password: bool,
    /// Whether the user has seen the introduction. Always `true`: there is none.
    pub is_onboarded: bool,
}

/// The end of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogoutResponseDto {
    /// Always `true`.
    pub successful: bool,
    /// Where a page should go next.
    pub redirect_uri: String,
}

/// The credential is valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ValidateAccessTokenResponseDto {
    /// Always `true`; a credential that is not valid is answered with 401.
    pub auth_status: bool,
}
