//! The shapes by which clients find out whom they speak to (contract immich §D2.1).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The server is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerPingResponse {
    /// Always `pong`.
    pub res: String,
}

/// The version of the *API* that is imitated, by which clients choose how to speak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerVersionResponseDto {
    /// Raised when the API breaks.
    pub major: u32,
    /// Raised when the API grows.
    pub minor: u32,
    /// Raised otherwise.
    pub patch: u32,
}
