//! Writes that another site makes a browser send.
//!
//! A browser adds a server's cookies to whatever request any page makes it send. So a write that a
//! cookie authenticates must come from a page of this server, which the browser says in
//! `Sec-Fetch-Site` or `Origin`. Programs send neither, and they do not act behind a person's back.

use http::header::ORIGIN;
use http::{HeaderMap, Method};

use crate::credentials::is_by_cookie;
use crate::query::Query;
use crate::site::{Client, Site};

/// Whether the request would change something on a cookie's behalf and comes from another site.
pub fn is_foreign_write(
    site: &Site,
    client: &Client,
    method: &Method,
    headers: &HeaderMap,
    query: &Query,
) -> bool {
    let is_read = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if is_read || !is_by_cookie(headers, query) {
        return false;
    }
    match headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes) {
        // The person themselves, by the address bar for example.
        Some(b"same-origin" | b"none") => false,
        Some(_) => true,
        None => headers.get(ORIGIN).is_some_and(|origin| {
            !origin.to_str().is_ok_and(|origin| site.is_own_origin(client, origin))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn is_foreign(method: Method, query: &str, pairs: &[(&'static str, &'static str)]) -> bool {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let headers: HeaderMap = pairs.collect();
        let site = Site::default();
        let client = site.client(None, &http::Uri::from_static("/"), &headers);
        let query = Query::parse(query).unwrap();
        is_foreign_write(&site, &client, &method, &headers, &query)
    }

    const COOKIE: (&str, &str) = ("cookie", "immich_access_token=t");
    const HOST: (&str, &str) = ("host", "photos.example");
    const CROSS: (&str, &str) = ("sec-fetch-site", "cross-site");
    const EVIL: (&str, &str) = ("origin", "https://evil.example");

    #[test]
    fn writes_by_cookie_must_come_from_pages_of_this_server() {
        for (pairs, expected) in [
            (&[COOKIE, HOST][..], false),
            (&[COOKIE, HOST, CROSS], true),
            (&[COOKIE, HOST, ("sec-fetch-site", "same-site")], true),
            (&[COOKIE, HOST, ("sec-fetch-site", "same-origin")], false),
            (&[COOKIE, HOST, ("sec-fetch-site", "none")], false),
            (&[COOKIE, HOST, EVIL], true),
            (&[COOKIE, HOST, ("origin", "null")], true),
            (&[COOKIE, HOST, ("origin", "https://photos.example")], false),
            (&[COOKIE, HOST, ("sec-fetch-site", "same-origin"), EVIL], false),
            (&[HOST, CROSS, EVIL], false),
        ] {
            assert_eq!(is_foreign(Method::POST, "", pairs), expected, "{pairs:?}");
            assert!(!is_foreign(Method::GET, "", pairs), "{pairs:?}");
        }
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            assert!(is_foreign(method, "", &[COOKIE, CROSS]));
        }
    }

    #[test]
    fn whoever_shows_another_credential_is_let_through() {
        for other in [("authorization", "Bearer t"), ("x-immich-user-token", "t")] {
            assert!(!is_foreign(Method::POST, "", &[COOKIE, other, CROSS]), "{other:?}");
        }
        assert!(!is_foreign(Method::POST, "sessionKey=t", &[COOKIE, CROSS]));
        assert!(!is_foreign(Method::POST, "key=k", &[COOKIE, CROSS]));
        // A cookie comes before a key, so it is the cookie that would act.
        assert!(is_foreign(Method::POST, "", &[COOKIE, ("x-api-key", "k"), CROSS]));
    }
}
