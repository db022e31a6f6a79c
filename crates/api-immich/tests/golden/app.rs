//! The routes over the recorded library, and the credentials that the recording names.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt as _;
use kalends_api_immich::{ImmichState, routes, timeline_routes};
use kalends_http_kit::Blocking;
use kalends_library::{Clock, Device, Library, PictureMaker, Randomness, portable};
use kalends_model::UserId;
use kalends_test_support::local;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::state::{State, User};
use crate::{Recorded, RecordedQuery};

struct Noon;

impl Clock for Noon {
    fn now_micros(&self) -> i64 {
        local(2026, 11, 22, 12, 0).micros()
    }
}

/// Bytes that look random and are the same on every run.
#[derive(Default)]
struct Counter(AtomicU64);

impl Randomness for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let n = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&(n ^ (n >> 29)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// An answer of ours.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

/// The routes over a library in a folder of its own.
pub(crate) struct App {
    router: Router,
    /// For each name that the recording gives to somebody who asks, the header to send.
    credentials: BTreeMap<String, (&'static str, String)>,
    _data: tempfile::TempDir,
}

impl App {
    /// The routes over a library that holds what the recorded one held.
    pub(crate) fn holding(state: &State) -> Self {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("export.jsonl");
        std::fs::write(&file, state.export()).unwrap();
        let imported = portable::import(data.path(), &file, None, &mut |_| {}).unwrap();
        assert_eq!(imported.unknown_named, [""; 0], "fields that mean nothing");
        let counter = Arc::new(Counter::default());
        let library =
            Library::open(data.path(), Arc::new(Noon), counter, PictureMaker::in_process())
                .unwrap();
        let credentials = credentials(&library, state);
        let library = Arc::new(library);
        let state = ImmichState::new(library, Blocking::new(2, 2), |bytes| bytes.fill(0xab));
        let (api, _) = routes(state.clone()).split_for_parts();
        let router = Router::new().nest("/api", api).merge(timeline_routes(state));
        Self { router, credentials, _data: data }
    }

    /// Puts a recorded request to the routes.
    pub(crate) async fn ask(&self, recorded: &Recorded) -> Answer {
        let uri = format!("{}?{}", recorded.path, self.query(&recorded.query));
        let mut request = Request::builder().method(recorded.method.as_str()).uri(uri);
        if recorded.auth != "none" {
            let credential = self.credentials.get(&recorded.auth);
            let (name, value) = credential.unwrap_or_else(|| panic!("who is {}?", recorded.auth));
            request = request.header(*name, value);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        let content_type = parts.headers.get("content-type");
        Answer {
            status: parts.status.as_u16(),
            content_type: content_type.map_or("", |value| value.to_str().unwrap()).to_owned(),
            text: String::from_utf8(body).unwrap(),
        }
    }

    fn query(&self, query: &RecordedQuery) -> String {
        let pairs = match query {
            RecordedQuery::Raw(raw) => return raw.clone(),
            RecordedQuery::Pairs(pairs) => pairs,
        };
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs = pairs.iter().map(|(name, value)| {
            // `{alice_key}` stands for that key.
            let named = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            let value = named.map_or(value, |name| &self.credentials[name].1);
            format!("{}={}", encoded(name), encoded(value))
        });
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// `anna_key` is a key that may do all, `anna_key_asset_read` one that may only read assets,
/// `anna_session` a session, `anna_elevated` one for which the locked folder is open; `hdr_slug` and
/// `hdr_key` are what opens the first link that has a name, as headers.
fn credentials(library: &Library, state: &State) -> BTreeMap<String, (&'static str, String)> {
    let mut credentials = BTreeMap::new();
    for (name, user) in &state.users {
        library.set_password(&user.email, &user.password).unwrap();
        for (suffix, permission) in [("key", "all"), ("key_asset_read", "asset.read")] {
            let permissions = [permission.to_owned()];
            let secret = library.create_api_key(&user.email, suffix, &permissions).unwrap();
            credentials.insert(format!("{name}_{suffix}"), ("x-api-key", secret));
        }
        // The elevated one first, while it is the user's only session.
        let elevated = log_in(library, user);
        elevate(library, user.id.into());
        for (suffix, token) in [("elevated", elevated), ("session", log_in(library, user))] {
            let value = format!("Bearer {token}");
            credentials.insert(format!("{name}_{suffix}"), ("authorization", value));
        }
    }
    if let Some((link, slug)) = state.shared_links.iter().find_map(|l| Some((l, l.slug.as_ref()?)))
    {
        credentials.insert("hdr_slug".into(), ("x-immich-share-slug", slug.clone()));
        credentials.insert("hdr_key".into(), ("x-immich-share-key", link.secret.clone()));
    }
    credentials
}

fn log_in(library: &Library, user: &User) -> String {
    library.log_in(&user.email, &user.password, &Device::default()).unwrap().token
}

fn elevate(library: &Library, user: UserId) {
    library
        .write(|writer| {
            for session in writer.sessions_of(user)? {
                writer.set_session_elevated(session.id, Some(i64::MAX))?;
            }
            Ok(())
        })
        .unwrap();
}
