//! The body of `POST /auth/login`, and what is known of the device that sends it (contract immich
//! §B2, §C1).

use http::HeaderMap;
use http::header::USER_AGENT;
use serde_json::Value;

use super::body::BodyFields;
use super::email::is_email;
use crate::wire::auth::LoginCredentialDto;

/// The two fields that sign a user in.
pub(crate) fn credentials(fields: &mut BodyFields<'_>) -> LoginCredentialDto {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("").to_owned();
    let (email, password) = (fields.any("email"), fields.any("password"));
    if is_empty(email) {
        fields.refuse("email", "should not be empty");
    }
    if !is_email(&text(email)) {
        fields.refuse("email", "must be an email");
    }
    if is_empty(password) {
        fields.refuse("password", "should not be empty");
    }
    if !password.is_some_and(Value::is_string) {
        fields.refuse("password", "must be a string");
    }
    LoginCredentialDto { email: text(email).to_lowercase(), password: text(password) }
}

fn is_empty(value: Option<&Value>) -> bool {
    value.is_none_or(|value| value.is_null() || value.as_str() == Some(""))
}

/// The device a session is opened from, for the list of a user's sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SentDevice {
    /// The operating system; empty when unknown.
    pub os: String,
    /// The browser, or the model of a phone; empty when unknown.
    pub kind: String,
    /// The version of the mobile app, when it is one.
    pub app_version: Option<String>,
}

/// What the mobile app's `User-Agent` begins with, before its version.
const APPS: [&str; 2] = ["immich-android/", "immich-ios/"];

/// The version of the mobile app, when it is the app that asks.
pub fn app_version(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(USER_AGENT)?.to_str().ok()?;
    let version = APPS.iter().find_map(|app| agent.strip_prefix(app))?;
    let version = version.split_whitespace().next()?;
    let is_version = version.len() <= 32
        && version.bytes().all(|b| b.is_ascii_alphanumeric() || b".-+".contains(&b));
    is_version.then(|| version.to_owned())
}

/// The longest name that is kept.
const NAME_CHARS_MAX: usize = 64;

/// What a request says of its device: the mobile app in headers of its own, browsers in their
/// `User-Agent`, and programs nothing.
pub fn device(headers: &HeaderMap) -> SentDevice {
    let header = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("").trim();
        value.chars().take(NAME_CHARS_MAX).collect::<String>()
    };
    let sent = SentDevice {
        os: header("deviceType"),
        kind: header("deviceModel"),
        app_version: app_version(headers),
    };
    if !sent.os.is_empty() || !sent.kind.is_empty() {
        return sent;
    }
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    SentDevice {
        os: first_in(agent, &SYSTEMS).into(),
        kind: first_in(agent, &BROWSERS).into(),
        ..sent
    }
}

/// Signs of operating systems; a sign stands before those that its bearer also shows.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Android", "Android"),
    ("CrOS", "Chrome OS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// Signs of browsers, in the same way.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

fn first_in(agent: &str, signs: &[(&'static str, &'static str)]) -> &'static str {
    signs.iter().find(|(sign, _)| agent.contains(sign)).map_or("", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::super::body::read_value;
    use super::*;
    use http::{HeaderName, HeaderValue};
    use serde_json::json;

    fn messages(body: &str) -> String {
        let value = serde_json::from_str(body).unwrap();
        match read_value(&value, credentials) {
            Ok(_) => String::new(),
            Err(failure) => failure.words(),
        }
    }

    #[test]
    fn addresses_are_lower_cased_and_passwords_kept() {
        let body = json!({"email": "Demo@Kalends.Example", "password": " P ", "other": 1});
        let read = read_value(&body, credentials).unwrap();
        assert_eq!((&*read.email, &*read.password), ("demo@kalends.example", " P "));
    }

    #[test]
    fn each_wrong_field_has_its_messages() {
        let email_empty = "email should not be empty";
        let email_wrong = "email must be an email";
        let password_empty = "password should not be empty";
        let password_wrong = "password must be a string";
        let all = vec![email_empty, email_wrong, password_empty, password_wrong];
        for (body, expected) in [
            ("{}", all.clone()),
            ("[]", all.clone()),
            ("null", all.clone()),
            ("\"x\"", all.clone()),
            (r#"{"email":null,"password":null}"#, all.clone()),
            (r#"{"email":"","password":""}"#, vec![email_empty, email_wrong, password_empty]),
            (r#"{"email":"x","password":"p"}"#, vec![email_wrong]),
            (r#"{"email":"a@b","password":1}"#, vec![password_wrong]),
            (r#"{"email":["a@b"],"password":"p"}"#, vec![email_wrong]),
        ] {
            assert_eq!(messages(body), expected.join("; "), "{body}");
        }
    }

    #[test]
    fn only_the_app_has_a_version() {
        let version = |agent: &'static str| {
            let header = (USER_AGENT, HeaderValue::from_static(agent));
            app_version(&[header].into_iter().collect())
        };
        assert_eq!(version("immich-android/2.7.5").as_deref(), Some("2.7.5"));
        assert_eq!(version("immich-ios/2.7.5 extra").as_deref(), Some("2.7.5"));
        assert_eq!(version("curl/8.0"), None);
        assert_eq!(version("immich-ios/"), None);
        assert_eq!(version("immich-ios/<b>"), None);
    }

    #[test]
    fn devices_are_named_by_headers_or_browsers_or_not_at_all() {
        let device_of = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| {
                (name.parse::<HeaderName>().unwrap(), HeaderValue::from_static(value))
            });
            let device = device(&pairs.collect());
            (device.os, device.kind)
        };
        let named = |os: &str, kind: &str| (os.to_owned(), kind.to_owned());
        let edge = "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1";
        let mobile = [("devicemodel", "Pixel 8"), ("devicetype", "Android"), ("user-agent", edge)];
        assert_eq!(device_of(&[]), named("", ""));
        assert_eq!(device_of(&[("user-agent", "curl/8.0")]), named("", ""));
        assert_eq!(device_of(&[("user-agent", edge)]), named("Windows", "Edge"));
        assert_eq!(device_of(&[("user-agent", phone)]), named("iOS", "Safari"));
        assert_eq!(device_of(&mobile), named("Android", "Pixel 8"));
    }
}
