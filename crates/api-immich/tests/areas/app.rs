//! The routes over a real library in a folder of its own: one user, three photos.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use kalends_api_immich::{
    ImmichState, icon_route, outside_routes, routes, socket_routes, timeline_routes,
};
use kalends_catalog::{Facts, NewAsset};
use kalends_http_kit::Blocking;
use kalends_library::{Clock, Library, NewUser, PictureMaker, Randomness};
use kalends_model::{CaptureTime, DateSource, Kind, Offset, UserId};
use kalends_test_support::{ids, local};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub(crate) const EMAIL: &str = "anna@kalends.example";
pub(crate) const PASSWORD: &str = "a good password";

pub(crate) struct Noon;

impl Clock for Noon {
    fn now_micros(&self) -> i64 {
        local(2026, 11, 22, 12, 0).micros()
    }
}

/// Bytes that look random and are the same on every run.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Randomness for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let n = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&(n ^ (n >> 29)).to_le_bytes()[..chunk.len()]);
        }
    }
}

pub(crate) struct App {
    pub(crate) router: Router,
    pub(crate) library: Arc<Library>,
    pub(crate) user: UserId,
    _data: tempfile::TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The message of an error, once its envelope has been looked at.
    pub(crate) fn message(&self) -> Value {
        let body = self.json();
        assert_eq!(body["statusCode"], self.status.as_u16());
        assert_eq!(body["correlationId"], self.header("x-immich-cid"));
        assert_eq!(self.header("content-type"), "application/json; charset=utf-8");
        body["message"].clone()
    }
}

impl App {
    pub(crate) fn new() -> Self {
        Self::with(|state, _| state)
    }

    pub(crate) fn with(change: impl Fn(ImmichState, UserId) -> ImmichState) -> Self {
        let data = tempfile::tempdir().unwrap();
        let counter = Arc::new(Counter::default());
        let library =
            Library::open(data.path(), Arc::new(Noon), counter, PictureMaker::in_process())
                .unwrap();
        let new = NewUser { email: EMAIL, name: "Anna", password: PASSWORD, is_admin: true };
        let user = library.create_user(new).unwrap();
        let uploads = library.read(|reader| reader.libraries_of(user)).unwrap()[0].id;
        let photo = |number, year, month| {
            let capture = CaptureTime {
                local: local(year, month, 15, 12, 0),
                offset: Offset::from_seconds(3_600),
                source: DateSource::ExifOriginal,
            };
            let facts = Facts::unread(Kind::Image, capture);
            NewAsset::new(ids::asset(number), user, uploads, facts)
        };
        let photos = [photo(1, 2024, 2), photo(2, 2024, 2), photo(3, 2023, 7)];
        library.write(|writer| writer.insert_assets(&photos)).unwrap();

        let library = Arc::new(library);
        let state = ImmichState::new(Arc::clone(&library), Blocking::new(2, 2), |b| b.fill(0xab));
        let state = change(state, user);
        let (api, _) = routes(state.clone()).split_for_parts();
        let router = Router::new()
            .nest("/api", api)
            .merge(socket_routes(state.clone()))
            .merge(outside_routes())
            .merge(icon_route())
            .merge(timeline_routes(state));
        Self { router, library, user, _data: data }
    }

    pub(crate) fn key(&self, permissions: &[&str]) -> String {
        let permissions: Vec<String> = permissions.iter().map(|&p| p.to_owned()).collect();
        self.library.create_api_key(EMAIL, "test", &permissions).unwrap()
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(Method::GET, path, headers, "").await
    }

    pub(crate) async fn log_in(&self) -> Answer {
        let body = json!({"email": EMAIL.to_uppercase(), "password": PASSWORD}).to_string();
        let headers = [("content-type", "application/json; charset=utf-8")];
        self.ask(Method::POST, "/api/auth/login", &headers, &body).await
    }
}
