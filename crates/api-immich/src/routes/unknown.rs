//! Addresses and methods that are not served.

use axum::extract::OriginalUri;
use http::Method;

use crate::error::Failure;

/// Answers `Cannot GET /api/nope`: 404 for unknown addresses and for methods that an address lacks.
pub async fn unknown_route(method: Method, OriginalUri(uri): OriginalUri) -> Failure {
    // The path alone: the query may hold a key, and errors end up in logs.
    Failure::no_such_route(&method, uri.path())
}
