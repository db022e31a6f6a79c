//! Where a request says who is asking.
//!
//! The places and their order are those of contract immich §C1, and serve both dialects. The first
//! place that holds anything decides: a bad share key beside a good cookie is a bad share key.

use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};
use kalends_model::{Credential, Unlocks};
use percent_encoding::percent_decode_str;

use crate::query::Query;

/// The cookie that holds a session's token.
pub const SESSION_COOKIE: &str = "immich_access_token";

/// The cookie that holds what a browser was given for the passwords of shared links: the tokens,
/// joined by commas.
pub const UNLOCK_COOKIE: &str = "immich_shared_link_token";

/// The credential that a request presents, or `None` when it presents none. An empty value
/// counts as none.
pub fn find(headers: &HeaderMap, query: &Query) -> Option<Credential> {
    let header = |name: &str| text(headers, name);
    let api_key = || header("x-api-key").or_else(|| parameter(query, "apiKey"));
    shown(headers, query)
        .or_else(|| cookie(headers, SESSION_COOKIE).map(Credential::SessionToken))
        .or_else(|| api_key().map(Credential::ApiKey))
}

/// Whether the credential that a request presents is the cookie, which browsers add by themselves.
pub fn is_by_cookie(headers: &HeaderMap, query: &Query) -> bool {
    shown(headers, query).is_none() && cookie(headers, SESSION_COOKIE).is_some()
}

/// The credential in the places that come before the cookie.
fn shown(headers: &HeaderMap, query: &Query) -> Option<Credential> {
    let header = |name: &str| text(headers, name);
    let link_key = header("x-immich-share-key").or_else(|| parameter(query, "key"));
    let link_slug = || header("x-immich-share-slug").or_else(|| parameter(query, "slug"));
    let session = || {
        header("x-immich-user-token")
            .or_else(|| header("x-immich-session-token"))
            .or_else(|| parameter(query, "sessionKey"))
    };
    link_key
        .map(|key| Credential::LinkKey(key, unlocks(headers)))
        .or_else(|| link_slug().map(|slug| Credential::LinkSlug(slug, unlocks(headers))))
        .or_else(|| session().map(Credential::SessionToken))
        .or_else(|| bearer(headers).map(Credential::Token))
}

/// What the browser was given for the passwords of shared links.
pub fn unlocks(headers: &HeaderMap) -> Unlocks {
    let tokens = cookie(headers, UNLOCK_COOKIE).unwrap_or_default();
    Unlocks::new(tokens.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned))
}

fn parameter(query: &Query, name: &str) -> Option<String> {
    present(query.first(name).map(str::to_owned))
}

/// The value of a cookie, percent escapes decoded. An empty one counts as absent.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut cookies =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let (_, value) = cookies.find(|(sent, _)| sent.trim() == name)?;
    present(Some(percent_decode_str(value.trim()).decode_utf8_lossy().into_owned()))
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let authorization = text(headers, AUTHORIZATION.as_str())?;
    let (scheme, token) = authorization.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    present(is_bearer.then(|| token.trim().to_owned()))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    present(Some(String::from_utf8_lossy(value.as_bytes()).trim().to_owned()))
}

fn present(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn find(headers: &[(&str, &str)], query: &str) -> Option<Credential> {
        let headers = headers.iter().map(|(name, value)| {
            (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())
        });
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value);
        }
        super::find(&map, &Query::parse(query).unwrap())
    }

    #[test]
    fn the_first_place_that_holds_anything_decides() {
        // Each line takes away the place that decided the line before.
        let headers = [
            ("x-immich-share-key", "1"),
            ("x-immich-share-slug", "3"),
            ("x-immich-user-token", "5"),
            ("x-immich-session-token", "6"),
            ("authorization", "Bearer 8"),
            ("cookie", "other=x; immich_access_token=9"),
            ("x-api-key", "10"),
        ];
        let without = |first: usize| &headers[first..];
        let owned = String::from;
        let locked = Unlocks::default;
        for (given, query, expected) in [
            (without(0), "key=2", Credential::LinkKey(owned("1"), locked())),
            (without(1), "key=2&slug=4", Credential::LinkKey(owned("2"), locked())),
            (without(1), "slug=4", Credential::LinkSlug(owned("3"), locked())),
            (without(2), "slug=4&apiKey=11", Credential::LinkSlug(owned("4"), locked())),
            (without(2), "sessionKey=7", Credential::SessionToken(owned("5"))),
            (without(3), "sessionKey=7", Credential::SessionToken(owned("6"))),
            (without(4), "sessionKey=7", Credential::SessionToken(owned("7"))),
            (without(4), "apiKey=11", Credential::Token(owned("8"))),
            (without(5), "apiKey=11", Credential::SessionToken(owned("9"))),
            (without(6), "apiKey=11", Credential::ApiKey(owned("10"))),
            (without(7), "apiKey=11", Credential::ApiKey(owned("11"))),
        ] {
            assert!(find(given, query) == Some(expected.clone()), "{expected:?} for {query}");
        }
        assert!(find(&[], "").is_none());
    }

    #[test]
    fn empty_values_and_other_schemes_are_no_credential() {
        for (header, value) in [
            ("x-api-key", ""),
            ("authorization", "Bearer "),
            ("authorization", "Basic dTpw"),
            ("authorization", "Bearer"),
            ("cookie", "immich_access_token="),
            ("cookie", "immich_access_token"),
        ] {
            assert!(
                find(&[(header, value)], "key=&slug=&sessionKey=&apiKey=").is_none(),
                "{value}"
            );
        }
        assert!(find(&[("authorization", "bearer t")], "").is_some());
    }

    #[test]
    fn a_link_comes_with_the_tokens_of_the_links_that_were_unlocked() {
        let cookies = ("cookie", "a=b; immich_shared_link_token=one%2C%20two,,three");
        let unlocks = Unlocks::new(["one", "two", "three"].map(str::to_owned));
        let by_key = Credential::LinkKey("k".into(), unlocks.clone());
        assert!(find(&[cookies], "key=k") == Some(by_key));
        let by_slug = Credential::LinkSlug("s".into(), unlocks);
        assert!(find(&[cookies], "slug=s") == Some(by_slug));
        assert!(find(&[cookies], "").is_none(), "alone they open nothing");
    }

    #[test]
    fn secrets_stay_out_of_debug_text() {
        assert_eq!(format!("{:?}", Credential::ApiKey("secret".into())), "ApiKey(..)");
    }
}
