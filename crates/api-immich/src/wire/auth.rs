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
    /// Whether the user has seen the introduction.
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

/// The first admin of a new server.
#[derive(Clone, PartialEq, Eq, ToSchema)]
pub struct SignUpDto {
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The password, at least 8 characters.
    pub password: String,
}

/// A new password.
#[derive(Clone, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ChangePasswordDto {
    /// The current one.
    pub password: String,
    /// The new one, at least 8 characters.
    pub new_password: String,
    /// Makes no difference: all other sessions end.
    pub invalidate_sessions: Option<bool>,
}

/// How a session stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthStatusResponseDto {
    /// Whether the user has a PIN.
    pub pin_code: bool,
    /// Whether the user has a password.
    pub password: bool,
    /// Whether the locked folder is open to the session.
    pub is_elevated: bool,
    /// When the session ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub expires_at: Option<String>,
    /// Until when the locked folder is open to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub pin_expires_at: Option<String>,
}

/// A first PIN.
#[derive(Clone, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct PinCodeSetupDto {
    /// Six digits.
    pub pin_code: String,
}

/// Another PIN, and the current one or the password.
#[derive(Clone, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct PinCodeChangeDto {
    /// Six digits.
    pub new_pin_code: String,
    /// The current PIN.
    pub pin_code: Option<String>,
    /// The password.
    pub password: Option<String>,
}

/// The PIN or the password.
#[derive(Clone, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct PinCodeProofDto {
    /// The PIN.
    pub pin_code: Option<String>,
    /// The password.
    pub password: Option<String>,
}
