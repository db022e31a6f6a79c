//! What the library's refusals about people, sessions, keys and PINs read like (contract immich
//! §B1, §C2 to §C6).

use kalends_library::{
    ApiKeyError, PASSWORD_CHARS_MIN, PinError, ProfileImageError, SessionError, SignUpError,
    TooManyGuesses, UserError,
};

use crate::error::Failure;

/// Told to keys, where a session is needed.
const SESSION_NEEDED: &str = "This endpoint can only be used with a session token";

impl From<TooManyGuesses> for Failure {
    fn from(wait: TooManyGuesses) -> Self {
        Self::too_many(wait.retry_after_seconds)
    }
}

impl From<UserError> for Failure {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Email(_) => Self::invalid(vec!["email must be an email".into()]),
            UserError::ShortPassword => Self::invalid(vec![format!(
                "password must be longer than or equal to {PASSWORD_CHARS_MIN} characters"
            )]),
            UserError::Label => Self::invalid(vec![
                "storageLabel must be a name of 1 to 64 letters, digits, dots, hyphens and \
                 underscores, and no user's id"
                    .into(),
            ]),
            UserError::Taken(_) => Self::bad_request("Email already in use by another account"),
            UserError::LabelTaken => {
                Self::bad_request("Storage label already in use by another account")
            }
            UserError::NotFound | UserError::Unknown { .. } => Self::bad_request("User not found"),
            UserError::Oneself => Self::forbidden("Admins cannot do this to their own account"),
            UserError::NotRestorable => Self::bad_request("User cannot be restored"),
            UserError::WrongPassword => Self::bad_request("Wrong password"),
            UserError::TooMany(wait) => wait.into(),
            UserError::NoPermission => {
                Self::invalid(vec!["permissions must contain at least 1 elements".into()])
            }
            UserError::Catalog(cause) => Self::catalog(cause),
        }
    }
}

impl From<SignUpError> for Failure {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::HasAdmin => Self::bad_request("The server already has an admin"),
            SignUpError::Token => Self::forbidden(
                "This server can be reached by others: send the set-up token that it printed at \
                 its start, in the header x-kalends-setup-token or as ?setupToken=",
            ),
            SignUpError::TooMany(wait) => wait.into(),
            SignUpError::User(error) => error.into(),
        }
    }
}

impl From<ApiKeyError> for Failure {
    fn from(error: ApiKeyError) -> Self {
        match error {
            ApiKeyError::NotFound => Self::bad_request("API Key not found"),
            ApiKeyError::Exceeds => Self::bad_request("Cannot grant permissions you do not have"),
            ApiKeyError::NotAKey => Self::forbidden("Not authenticated with an API Key"),
            ApiKeyError::Catalog(cause) => Self::catalog(cause),
        }
    }
}

impl From<PinError> for Failure {
    fn from(error: PinError) -> Self {
        match error {
            PinError::Exists => Self::bad_request("User already has a PIN code"),
            PinError::Missing => Self::bad_request("User does not have a PIN code"),
            PinError::WrongPin => Self::bad_request("Wrong PIN code"),
            PinError::WrongPassword => Self::bad_request("Wrong password"),
            PinError::NoProof => Self::bad_request("Either password or pinCode is required"),
            PinError::NoSession => Self::bad_request(SESSION_NEEDED),
            PinError::TooMany(wait) => wait.into(),
            PinError::Catalog(cause) => Self::catalog(cause),
        }
    }
}

impl From<ProfileImageError> for Failure {
    fn from(error: ProfileImageError) -> Self {
        match error {
            ProfileImageError::TooLarge => {
                Self::new(http::StatusCode::PAYLOAD_TOO_LARGE, "The picture is too large")
            }
            ProfileImageError::Picture(cause) => {
                Self::bad_request(format!("The picture cannot be used: {cause}"))
            }
            ProfileImageError::User(error) => error.into(),
        }
    }
}

/// The refusal of something with a session, for which `permission` is the access name.
pub(crate) fn of_session(error: SessionError, permission: &str) -> Failure {
    match error {
        SessionError::NotFound => Failure::no_access(permission),
        SessionError::NoSession => Failure::bad_request(SESSION_NEEDED),
        SessionError::Catalog(cause) => Failure::catalog(cause),
    }
}
