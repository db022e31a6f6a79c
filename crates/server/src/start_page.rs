//! The page at `/`: what this is, and how to ask. It has no script, no external resource and no
//! data, so that it needs no login.

use axum::http::header;
use axum::response::IntoResponse;

const PAGE: &str = include_str!("start_page.html");

/// What the page may do: show itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers `GET /`.
pub(crate) async fn start_page() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, PAGE)
}
