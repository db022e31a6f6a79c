//! The version of the API that is imitated.

use std::fmt;

use crate::wire::server::ServerVersionResponseDto;

/// The version of the API that is imitated. Clients compare it with their own.
pub const IMITATED_VERSION: ServerVersionResponseDto =
    ServerVersionResponseDto { major: 2, minor: 7, patch: 5 };

impl fmt::Display for ServerVersionResponseDto {
    /// `2.7.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}
