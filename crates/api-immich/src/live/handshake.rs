//! The request by which a socket is opened: who asks, and from which page.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use kalends_http_kit::credentials::{self, SESSION_COOKIE};
use kalends_http_kit::{Query, host};
use kalends_model::Credential;

/// The credential that a handshake presents.
pub(super) fn credential(parts: &Parts) -> Option<Credential> {
    let query = Query::of(&parts.uri).ok()?;
    credentials::find(&parts.headers, &query)
}

/// Refuses the handshake when a page of another site began it and the browser sent the cookie
/// along. Browsers ask nobody before they open a web socket to another site.
pub(super) async fn refuse_other_sites(request: Request, next: Next) -> Response {
    if has_cookie(request.headers()) && is_from_another_site(request.headers()) {
        return (StatusCode::FORBIDDEN, "this page is of another site\n").into_response();
    }
    next.run(request).await
}

fn has_cookie(headers: &HeaderMap) -> bool {
    credentials::cookie(headers, SESSION_COOKIE).is_some()
}

/// Whether the request names the page it comes from, and that page is not one of this server's.
/// Programs that are no browsers name none.
fn is_from_another_site(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = headers.get(ORIGIN) else { return false };
    let page = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let (Some((_, page)), Some(own)) = (page, text(HOST)) else { return true };
    // A page that is served from this machine under development asks through its own port.
    let are_both_here = host::is_loopback(page) && host::is_loopback(own);
    !page.eq_ignore_ascii_case(own) && !are_both_here
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn only_pages_of_this_server_are_of_this_site() {
        for (origin, host, expected) in [
            (None, "photos.example", false),
            (Some("https://photos.example"), "photos.example", false),
            (Some("http://Photos.example:2283"), "photos.example:2283", false),
            (Some("http://localhost:3000"), "127.0.0.1:2283", false),
            (Some("https://photos.example.evil.example"), "photos.example", true),
            (Some("https://evil.example"), "photos.example", true),
            (Some("https://photos.example:8443"), "photos.example", true),
            (Some("http://localhost"), "photos.example", true),
            (Some("null"), "photos.example", true),
            (Some(""), "photos.example", true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static(host));
            if let Some(origin) = origin {
                headers.insert(ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(is_from_another_site(&headers), expected, "{origin:?} at {host}");
        }
    }
}
