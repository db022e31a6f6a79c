//! What clients ask for outside of `/api` (contract immich §C2): where the API is, the page's icon,
//! and more styles for pages.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::HeaderName;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

/// The icon: the first square of a month, in two sizes.
const ICON: &[u8] = include_bytes!("favicon.ico");

/// Where command lines and mobile clients begin.
const WELL_KNOWN: &str = r#"{"api":{"endpoint":"/api"}}"#;

/// The addresses outside of `/api`. They need no credential and are no part of the OpenAPI document.
pub fn outside_routes() -> Router {
    Router::new()
        .route("/.well-known/immich", get(async || of_type("application/json", WELL_KNOWN)))
        .route("/custom.css", get(async || of_type("text/css; charset=utf-8", "")))
}

/// The icon's address, for servers whose pages do not bring one of their own.
pub fn icon_route() -> Router {
    Router::new().route("/favicon.ico", get(async || of_type("image/x-icon", ICON)))
}

fn of_type(content_type: &'static str, body: impl IntoResponse) -> Response {
    let headers: [(HeaderName, &'static str); 2] =
        [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-cache")];
    (headers, body).into_response()
}
