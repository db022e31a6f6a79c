//! The page at `/`: what this is, and how to ask. It has no script, no external resource and no
//! data, so that it needs no login.

use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;

const PAGE: &str = include_str!("start_page.html");

/// What the page may do: show itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Stands in the page where the address of the server belongs.
const ADDRESS: &str = "SERVER_ADDRESS";

/// Answers `GET /`. The lines to paste name the host that was asked.
pub(crate) async fn start_page(headers: HeaderMap) -> impl IntoResponse {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let address = host.filter(|host| is_plain(host)).unwrap_or("127.0.0.1:2283");
    let page = PAGE.replace(ADDRESS, &format!("http://{address}"));
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, page)
}

/// Whether a host can stand in the page as it is: anything else could be markup.
fn is_plain(host: &str) -> bool {
    host.len() <= 255 && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".:-[]".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_could_be_markup_is_not_shown() {
        for host in ["127.0.0.1:2283", "photos.example.org", "[::1]:80"] {
            assert!(is_plain(host), "{host}");
        }
        for host in ["<script>", "a\"b", "a'b", "a b", "a&b"] {
            assert!(!is_plain(host), "{host}");
        }
    }
}
