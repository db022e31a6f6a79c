//! The request by which a socket is opened: who asks, and from which page.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::ORIGIN;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use kalends_http_kit::{Client, Query, Site, credentials};
use kalends_model::Credential;

use crate::request::client_of;
use crate::state::ImmichState;

/// The credential that a handshake presents.
pub(super) fn credential(parts: &Parts) -> Option<Credential> {
    let query = Query::of(&parts.uri).ok()?;
    credentials::find(&parts.headers, &query)
}

/// Refuses the handshake when a page of another site began it and the browser sent the cookie
/// along. Browsers ask nobody before they open a web socket to another site.
pub(super) async fn refuse_other_sites(
    State(state): State<ImmichState>,
    request: Request,
    next: Next,
) -> Response {
    let client = client_of(&state.site, request.extensions(), request.uri(), request.headers());
    if is_of_another_site(&state.site, &client, &request) {
        return (StatusCode::FORBIDDEN, "this page is of another site\n").into_response();
    }
    next.run(request).await
}

/// Whether a cookie would let the socket in, and the page that opens it is not one of this server's.
/// Programs that are no browsers name no page.
fn is_of_another_site(site: &Site, client: &Client, request: &Request) -> bool {
    let is_by_cookie = Query::of(request.uri())
        .is_ok_and(|query| credentials::is_by_cookie(request.headers(), &query));
    let origin = request.headers().get(ORIGIN);
    let is_own = |origin: &HeaderValue| {
        origin.to_str().is_ok_and(|origin| site.is_own_origin(client, origin))
    };
    is_by_cookie && origin.is_some_and(|origin| !is_own(origin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[test]
    fn a_cookie_is_good_for_pages_of_this_server_alone() {
        const COOKIE: (&str, &str) = ("cookie", "immich_access_token=t");
        const BEARER: (&str, &str) = ("authorization", "Bearer t");
        for (credential, origin, expected) in [
            (COOKIE, None, false),
            (COOKIE, Some("https://photos.example"), false),
            (COOKIE, Some("http://Photos.example"), false),
            (COOKIE, Some("https://photos.example.evil.example"), true),
            (COOKIE, Some("https://evil.example"), true),
            (COOKIE, Some("null"), true),
            (COOKIE, Some(""), true),
            (BEARER, Some("https://evil.example"), false),
        ] {
            let mut request = Request::builder().header("host", "photos.example");
            request = request.header(credential.0, credential.1);
            if let Some(origin) = origin {
                request = request.header(ORIGIN, origin);
            }
            let request = request.body(Body::empty()).unwrap();
            let site = Site::default();
            let client = site.client(None, request.uri(), request.headers());
            let told = is_of_another_site(&site, &client, &request);
            assert_eq!(told, expected, "{credential:?} {origin:?}");
        }
    }
}
