//! Headers that every answer carries, whatever it holds.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

/// What a page may do that brings no policy of its own: it is nobody's frame, and sends its forms
/// nowhere else.
const PAGE_POLICY: &str =
    "base-uri 'self'; object-src 'none'; form-action 'self'; frame-ancestors 'self'";

/// Sets, where they are absent, `X-Content-Type-Options: nosniff`, `Referrer-Policy: no-referrer`
/// (addresses may hold link keys, which must not travel on in a `Referer`), `X-Frame-Options:
/// SAMEORIGIN`, and for pages a content security policy.
pub fn secure(headers: &mut HeaderMap) {
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (X_FRAME_OPTIONS, "SAMEORIGIN"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        let policy = HeaderValue::from_static(PAGE_POLICY);
        headers.entry(CONTENT_SECURITY_POLICY).or_insert(policy);
    }
}

/// [`secure`] as middleware: `router.layer(axum::middleware::from_fn(security::headers))`.
pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    secure(response.headers_mut());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stricter_answer_keeps_its_own_header() {
        let mut headers = HeaderMap::new();
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        secure(&mut headers);
        assert_eq!(headers[REFERRER_POLICY], "same-origin");
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[X_FRAME_OPTIONS], "SAMEORIGIN");
        assert!(headers.get(CONTENT_SECURITY_POLICY).is_none(), "only pages have a policy");
    }

    #[test]
    fn pages_without_a_policy_get_one() {
        for (own, expected) in
            [(None, PAGE_POLICY), (Some("default-src 'none'"), "default-src 'none'")]
        {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            if let Some(own) = own {
                headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(own));
            }
            secure(&mut headers);
            assert_eq!(headers[CONTENT_SECURITY_POLICY], expected);
        }
    }
}
