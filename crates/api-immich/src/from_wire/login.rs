//! The body of `POST /auth/login`, and what is known of the device that sends it (contract immich
//! §B2, §C1).

use http::HeaderMap;
use http::header::USER_AGENT;
use serde_json::Value;

use super::email::is_email;
use crate::wire::auth::LoginCredentialDto;

/// What is wrong with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadBody {
    /// It is not JSON; the parser's words.
    Malformed(String),
    /// Fields are missing or wrong; one message for each thing.
    Invalid(Vec<String>),
}

/// Reads the body. One that is not declared as JSON reads as an empty object, as upstream has it,
/// which also keeps other sites' forms from signing people in.
pub fn credentials(is_json: bool, body: &[u8]) -> Result<LoginCredentialDto, BadBody> {
    let value = match (is_json, body.is_empty()) {
        (true, false) => serde_json::from_slice::<Value>(body)
            .map_err(|error| BadBody::Malformed(error.to_string()))?,
        _ => Value::Null,
    };
    let mut messages = Vec::new();
    let email = value.get("email").unwrap_or(&Value::Null);
    if is_empty(email) {
        messages.push("email should not be empty".to_owned());
    }
    if !email.as_str().is_some_and(is_email) {
        messages.push("email must be an email".to_owned());
    }
    let password = value.get("password").unwrap_or(&Value::Null);
    if is_empty(password) {
        messages.push("password should not be empty".to_owned());
    }
    if !password.is_string() {
        messages.push("password must be a string".to_owned());
    }
    match (email.as_str(), password.as_str()) {
        (Some(email), Some(password)) if messages.is_empty() => {
            Ok(LoginCredentialDto { email: email.to_lowercase(), password: password.to_owned() })
        }
        _ => Err(BadBody::Invalid(messages)),
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// The device a session is opened from, for the list of a user's sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SentDevice {
    /// The operating system; empty when unknown.
    pub os: String,
    /// The browser, or the model of a phone; empty when unknown.
    pub kind: String,
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
    let sent = SentDevice { os: header("deviceType"), kind: header("deviceModel") };
    if !sent.os.is_empty() || !sent.kind.is_empty() {
        return sent;
    }
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    SentDevice { os: first_in(agent, &SYSTEMS).into(), kind: first_in(agent, &BROWSERS).into() }
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
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn messages(body: &str) -> Vec<String> {
        match credentials(true, body.as_bytes()) {
            Err(BadBody::Invalid(messages)) => messages,
            Err(BadBody::Malformed(text)) => vec![text],
            Ok(_) => vec![],
        }
    }

    #[test]
    fn addresses_are_lower_cased_and_passwords_kept() {
        let body = br#"{"email":"Demo@Kalends.Example","password":" P ","other":1}"#;
        let read = credentials(true, body).ok().map(|read| (read.email, read.password));
        assert_eq!(read, Some(("demo@kalends.example".into(), " P ".into())));
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
            assert_eq!(messages(body), expected, "{body}");
        }
        let undeclared = credentials(false, br#"{"email":"a@b","password":"p"}"#);
        let all = all.into_iter().map(str::to_owned).collect();
        assert!(undeclared.is_err_and(|error| error == BadBody::Invalid(all)));
    }

    #[test]
    fn malformed_json_never_panics() {
        for body in ["{", "\u{0}", "{\"email\":", "\"\\ud800\"", &"[".repeat(100_000)] {
            let read = credentials(true, body.as_bytes());
            assert!(matches!(read, Err(BadBody::Malformed(_))));
        }
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
