//! The three cookies of a session in a browser (contract immich §C2).

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};
use kalends_http_kit::credentials::{SESSION_COOKIE, UNLOCK_COOKIE};
use kalends_model::Unlocks;

/// How long a browser keeps them: 400 days, which is as long as browsers allow.
const MAX_AGE_SECONDS: u32 = 400 * 24 * 60 * 60;

/// The cookies beside the token's: their names, their values, and whether scripts may not read them.
const COMPANIONS: [(&str, &str, bool); 2] = [
    ("immich_auth_type", "password", true),
    // The page tests for this one to know whether to ask who it is.
    ("immich_is_authenticated", "true", false),
];

/// Sets the cookies of the session with this token.
pub(super) fn set(headers: &mut HeaderMap, token: &str, is_https: bool) {
    append(headers, SESSION_COOKIE, token, true, MAX_AGE_SECONDS, is_https);
    for (name, value, is_http_only) in COMPANIONS {
        append(headers, name, value, is_http_only, MAX_AGE_SECONDS, is_https);
    }
}

/// Removes the cookies.
pub(super) fn clear(headers: &mut HeaderMap, is_https: bool) {
    append(headers, SESSION_COOKIE, "", true, 0, is_https);
    for (name, _, is_http_only) in COMPANIONS {
        append(headers, name, "", is_http_only, 0, is_https);
    }
}

/// Sets the cookie of a visitor who has given the passwords of links: these tokens, the latest
/// first, for a day.
pub(super) fn set_unlocks(headers: &mut HeaderMap, tokens: &[&str], is_https: bool) {
    const DAY_SECONDS: u32 = 24 * 60 * 60;
    let kept = tokens.iter().take(Unlocks::TOKENS_MAX).filter(|token| is_plain(token));
    let value = kept.copied().collect::<Vec<&str>>().join("%2C");
    append(headers, UNLOCK_COOKIE, &value, true, DAY_SECONDS, is_https);
}

/// Whether a token can be one of ours: what a request sent is not echoed unseen.
fn is_plain(token: &str) -> bool {
    const LENGTH_MAX: usize = 64;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !token.is_empty() && token.len() <= LENGTH_MAX && token.bytes().all(is_plain)
}

fn append(
    headers: &mut HeaderMap,
    name: &str,
    value: &str,
    is_http_only: bool,
    max_age_seconds: u32,
    is_https: bool,
) {
    let http_only = if is_http_only { "; HttpOnly" } else { "" };
    let secure = if is_https { "; Secure" } else { "" };
    let cookie = format!(
        "{name}={value}; Path=/; SameSite=Lax; Max-Age={max_age_seconds}{http_only}{secure}"
    );
    let cookie = HeaderValue::from_str(&cookie).expect("tokens are letters and digits");
    headers.append(SET_COOKIE, cookie);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(write: impl FnOnce(&mut HeaderMap)) -> Vec<String> {
        let mut headers = HeaderMap::new();
        write(&mut headers);
        headers.get_all(SET_COOKIE).iter().map(|c| c.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_session_has_three_cookies_and_scripts_read_only_one() {
        let attributes = "Path=/; SameSite=Lax; Max-Age=34560000";
        let expected = [
            format!("immich_access_token=abc; {attributes}; HttpOnly"),
            format!("immich_auth_type=password; {attributes}; HttpOnly"),
            format!("immich_is_authenticated=true; {attributes}"),
        ];
        assert_eq!(cookies(|headers| set(headers, "abc", false)), expected);
        let secure = cookies(|headers| set(headers, "abc", true));
        assert!(secure.iter().all(|cookie| cookie.ends_with("; Secure")));
    }

    #[test]
    fn the_tokens_of_unlocked_links_are_kept_for_a_day_and_only_ours_are_echoed() {
        let tokens = ["new_1", "old-2", "", "x; Path=/", "ü", "a\r\nb"];
        let set = cookies(|headers| set_unlocks(headers, &tokens, false));
        let expected = "immich_shared_link_token=new_1%2Cold-2; Path=/; SameSite=Lax; \
            Max-Age=86400; HttpOnly";
        assert_eq!(set, [expected]);
    }

    #[test]
    fn signing_out_clears_all_three() {
        let cleared = cookies(|headers| clear(headers, false));
        assert_eq!(cleared.len(), 3);
        assert!(
            cleared.iter().all(|cookie| cookie.contains("=; ") && cookie.contains("Max-Age=0"))
        );
    }
}
