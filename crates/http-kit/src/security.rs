//! Headers that every answer carries, whatever it holds.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue};

/// Sets `X-Content-Type-Options: nosniff` and `Referrer-Policy: no-referrer` where they are absent.
/// Addresses may hold link keys, which must not travel on in a `Referer`.
pub fn secure(headers: &mut HeaderMap) {
    for (name, value) in [(X_CONTENT_TYPE_OPTIONS, "nosniff"), (REFERRER_POLICY, "no-referrer")] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
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
    }
}
