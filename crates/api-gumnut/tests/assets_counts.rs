//! `GET /api/assets/counts` as a client meets it: over the router, upon a real library in a
//! temporary folder. What single parameters mean is tested beside the code that reads them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use kalends_api_gumnut::{CORRELATION_HEADER, Gumnut, ids, routes};
use kalends_catalog::{Album, Facts, LibraryKind, NewAsset, Role};
use kalends_http_kit::{Blocking, Correlation};
use kalends_library::links::{NewLink, NewLinkTarget};
use kalends_library::{Clock, Device, Library, NewUser, PictureMaker, Randomness, Viewer};
use kalends_model::{
    AlbumId, AssetId, CaptureTime, Credential, DateSource, Kind, LibraryId, Offset, Unlocks,
    UserId, Visibility,
};
use kalends_test_support::local;
use tower::ServiceExt as _;

struct Noon;

impl Clock for Noon {
    fn now_micros(&self) -> i64 {
        local(2024, 6, 1, 12, 0).micros()
    }
}

/// Bytes that differ from call to call and are the same in every run.
#[derive(Default)]
struct Counted(AtomicU64);

impl Randomness for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = number[index % 8] ^ (index as u8).wrapping_mul(37);
        }
    }
}

/// A library of two users. Anna has photos in January (two, one of them archived) and February
/// 2024, one each hidden, locked and in the trash, one in a library in the trash, and one in a
/// second library. Ben has two, both in the album that Anna shares with him.
struct App {
    router: Router,
    open: Router,
    key: String,
    weak_key: String,
    bens_key: String,
    second: LibraryId,
    trashed: LibraryId,
    album: AlbumId,
    bens_album: AlbumId,
    library: Arc<Library>,
    anna: UserId,
    _data: tempfile::TempDir,
}

fn asset(number: u8, owner: UserId, library: LibraryId, month: u8, day: u8) -> NewAsset {
    let local = local(2024, month, day, 5, 0);
    let offset = Offset::from_seconds(9 * 3_600);
    let capture = CaptureTime { local, offset, source: DateSource::ExifOriginal };
    let facts = Facts::unread(Kind::Image, capture);
    NewAsset::new(AssetId::from_random([number; 16]), owner, library, facts)
}

fn shown(asset: NewAsset, visibility: Visibility) -> NewAsset {
    NewAsset { visibility, ..asset }
}

fn library(number: u8, owner: UserId) -> kalends_catalog::Library {
    kalends_catalog::Library::new(
        LibraryId::from_random([number; 16]),
        owner,
        format!("library {number}"),
        LibraryKind::Uploads,
        0,
    )
}

fn album(number: u8, owner: UserId) -> Album {
    Album::new(AlbumId::from_random([number; 16]), owner, format!("album {number}"), 0)
}

impl App {
    fn new() -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let maker = PictureMaker::in_process();
        let opened =
            Library::open(data.path(), Arc::new(Noon), Arc::new(Counted::default()), maker);
        let app = opened.expect("an empty folder opens");
        let user = |email| {
            let name = "somebody";
            app.create_user(NewUser { email, name, password: "password", is_admin: false })
                .expect("nobody has the address")
        };
        let (anna, ben) = (user("anna@example.org"), user("ben@example.org"));
        let key = |email, permission: &str| {
            app.create_api_key(email, "a key", &[permission.to_owned()]).expect("the user exists")
        };
        let (first, second, trashed) = (library(1, anna), library(2, anna), library(3, anna));
        let bens = library(4, ben);
        let (shared, unshared) = (album(5, anna), album(6, ben));
        app.write(|writer| {
            for library in [&first, &second, &trashed, &bens] {
                writer.create_library(library)?;
            }
            writer.insert_assets(&[
                asset(10, anna, first.id, 1, 1),
                shown(asset(11, anna, first.id, 1, 31), Visibility::Archive),
                asset(12, anna, first.id, 2, 1),
                shown(asset(13, anna, first.id, 2, 2), Visibility::Hidden),
                shown(asset(14, anna, first.id, 2, 3), Visibility::Locked),
                asset(15, anna, first.id, 3, 1),
                asset(16, anna, second.id, 4, 1),
                asset(17, anna, trashed.id, 5, 1),
                asset(18, ben, bens.id, 2, 10),
                asset(19, ben, bens.id, 6, 10),
            ])?;
            writer.trash(anna, &[AssetId::from_random([15; 16])])?;
            writer.create_album(&shared)?;
            writer.create_album(&unshared)?;
            writer.set_album_user(shared.id, ben, Role::Editor)?;
            let id = |number| AssetId::from_random([number; 16]);
            writer.add_to_album(shared.id, anna, &[id(10), id(12), id(15)])?;
            writer.add_to_album(shared.id, ben, &[id(18), id(19)])?;
            writer.add_to_album(unshared.id, ben, &[id(18)])?;
            writer.set_library_trashed(trashed.id, true)
        })
        .expect("the fixture is sound");
        let keys = ["asset.read", "album.read"].map(|may| key("anna@example.org", may));
        let bens_key = key("ben@example.org", "all");
        let [key, weak_key] = keys;
        let app = Arc::new(app);
        let router = |open_for| {
            let gumnut =
                Gumnut { library: Arc::clone(&app), blocking: Blocking::new(2, 8), open_for };
            let correlation = Correlation::new(CORRELATION_HEADER, |bytes| bytes.fill(0xcd));
            let (router, _) = routes(gumnut, correlation).split_for_parts();
            Router::new().nest("/api", router)
        };
        Self {
            router: router(None),
            open: router(Some(anna)),
            key,
            weak_key,
            bens_key,
            second: second.id,
            trashed: trashed.id,
            album: shared.id,
            bens_album: unshared.id,
            library: app,
            anna,
            _data: data,
        }
    }

    async fn send(&self, query: &str, headers: &[(&str, &str)]) -> Answer {
        send(&self.router, "GET", query, headers).await
    }

    async fn as_anna(&self, query: &str) -> Answer {
        self.send(query, &[("x-api-key", &self.key)]).await
    }

    /// Anna's months.
    async fn months(&self, query: &str) -> String {
        self.as_anna(query).await.months()
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    /// A page as `02: 3, 01: 1`, with `…` where more follow.
    fn months(&self) -> String {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        let page: serde_json::Value = serde_json::from_str(&self.body).expect("it is JSON");
        let months = page["data"].as_array().expect("a list").iter().map(|month| {
            let bucket = month["time_bucket"].as_str().expect("a text");
            let number = bucket.strip_prefix("2024-").expect("all is of 2024");
            format!(
                "{}: {}",
                number.strip_suffix("-01T00:00:00").expect("a first day, naive"),
                month["count"]
            )
        });
        let more = page["has_more"].as_bool().expect("yes or no").then(|| "…".to_owned());
        months.chain(more).collect::<Vec<_>>().join(", ")
    }
}

async fn send(router: &Router, method: &str, query: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(format!("/api/assets/counts{query}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("the test sends a request");
    let response = router.clone().oneshot(request).await.expect("a router answers");
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.into_body().collect().await.expect("a body in memory").to_bytes();
    Answer { status, headers, body: String::from_utf8(body.to_vec()).expect("text") }
}

#[tokio::test]
async fn the_callers_timeline_and_archive_are_counted_by_wall_clock() {
    let app = App::new();
    let answer = app.as_anna("").await;
    assert_eq!(
        answer.body,
        r#"{"data":[{"time_bucket":"2024-04-01T00:00:00","count":1},{"time_bucket":"2024-02-01T00:00:00","count":1},{"time_bucket":"2024-01-01T00:00:00","count":2}],"has_more":false}"#
    );
    assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
    assert!(answer.headers.contains_key("etag"));
    assert!(answer.headers["x-kalends-versions"].to_str().unwrap().contains('='));
    assert_eq!(app.months("?state=trashed").await, "03: 1");
    assert_eq!(app.months("?state=all").await, "04: 1, 03: 1, 02: 1, 01: 2");
    assert_eq!(app.months("?limit=2").await, "04: 1, 02: 1, …");
    assert_eq!(app.months("?order=asc&limit=1").await, "01: 2, …");
    let next = "?limit=2&starting_after_bucket=2024-02-01T00%3A00%3A00";
    assert_eq!(app.months(next).await, "01: 2");
    // 1 February 05:00 in Tokyo is before February in UTC, and in the bucket of February.
    let bound = "?local_datetime_before=2024-02-01T00:00:00";
    assert_eq!(app.months(bound).await, "01: 2");
    assert_eq!(app.months(&format!("{bound}Z")).await, "02: 1, 01: 2");
    assert_eq!(app.months(&format!("{bound}%2B09:00")).await, "01: 2");
}

#[tokio::test]
async fn libraries_are_the_callers_live_ones() {
    let app = App::new();
    assert_eq!(app.months(&format!("?library_id={}", ids::write(&app.second))).await, "04: 1");
    assert_eq!(app.months(&format!("?library_id={}", app.second)).await, "04: 1");
    let unknown = LibraryId::from_random([99; 16]);
    let bens = LibraryId::from_random([4; 16]);
    for library in [app.trashed, unknown, bens] {
        let album = format!("&album_id={}", app.bens_album);
        for more in ["", "&limit=1", &album] {
            let answer = app.as_anna(&format!("?library_id={library}{more}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{library}{more}");
            assert_eq!(answer.body, r#"{"detail":"Library not found"}"#);
        }
    }
}

#[tokio::test]
async fn a_readable_album_counts_whole_and_another_is_empty() {
    let app = App::new();
    let album = format!("?album_id={}", ids::write(&app.album));
    assert_eq!(app.months(&album).await, "06: 1, 02: 2, 01: 1");
    let as_ben = app.send(&album, &[("x-api-key", &app.bens_key)]).await;
    assert_eq!(as_ben.months(), "06: 1, 02: 2, 01: 1");
    // What Anna has put in the trash is hers alone to see there.
    assert_eq!(app.months(&format!("{album}&state=trashed")).await, "03: 1");
    let as_ben = app.send(&format!("{album}&state=trashed"), &[("x-api-key", &app.bens_key)]).await;
    assert_eq!(as_ben.months(), "");
    for album in [app.bens_album, AlbumId::from_random([99; 16])] {
        let answer = app.as_anna(&format!("?album_id={album}")).await;
        assert_eq!(answer.body, r#"{"data":[],"has_more":false}"#);
        assert!(answer.headers.contains_key("etag"));
    }
    let in_second = format!("?album_id={}&library_id={}", app.bens_album, app.second);
    assert_eq!(app.months(&in_second).await, "");
    assert_eq!(app.months("?album_filter=in_album").await, "02: 1, 01: 1");
    assert_eq!(app.months("?album_filter=not_in_album").await, "04: 1, 01: 1");
}

#[tokio::test]
async fn credentials_are_checked_before_parameters() {
    let app = App::new();
    let bearer = format!("Bearer {}", app.key);
    for (headers, query, status) in [
        (vec![], "?limit=x", StatusCode::UNAUTHORIZED),
        (vec![("authorization", "Bearer nope")], "?limit=x", StatusCode::UNAUTHORIZED),
        (vec![("x-api-key", "nope")], "", StatusCode::UNAUTHORIZED),
        (vec![], "?key=nope", StatusCode::UNAUTHORIZED),
        (vec![("x-api-key", app.weak_key.as_str())], "?limit=x", StatusCode::FORBIDDEN),
        (vec![("authorization", bearer.as_str())], "?limit=x", StatusCode::UNPROCESSABLE_ENTITY),
        (vec![("authorization", bearer.as_str())], "", StatusCode::OK),
        (vec![("x-api-key", app.bens_key.as_str())], "", StatusCode::OK),
    ] {
        let answer = app.send(query, &headers).await;
        assert_eq!(answer.status, status, "{headers:?} {query}: {}", answer.body);
        if status == StatusCode::UNAUTHORIZED {
            let begins =
                r#"{"error":"unauthorized","message":"Invalid or expired token","detail":""#;
            assert!(answer.body.starts_with(begins), "{}", answer.body);
        }
    }
    let by_parameter = app.send(&format!("?apiKey={}", app.key), &[]).await;
    assert_eq!(by_parameter.status, StatusCode::OK);
}

#[tokio::test]
async fn an_open_server_answers_this_machine_alone() {
    let app = App::new();
    for (host, status) in [
        ("localhost:2283", StatusCode::OK),
        ("127.0.0.1", StatusCode::OK),
        ("photos.example.org", StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(send(&app.open, "GET", "", &[("host", host)]).await.status, status, "{host}");
        let closed = send(&app.router, "GET", "", &[("host", host)]).await;
        assert_eq!(closed.status, StatusCode::UNAUTHORIZED);
    }
    // A wrong credential is not forgiven.
    let wrong = [("host", "localhost"), ("x-api-key", "nope")];
    assert_eq!(send(&app.open, "GET", "", &wrong).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_unchanged_answer_is_304_and_head_has_no_body() {
    let app = App::new();
    let key = ("x-api-key", app.key.as_str());
    let first = app.send("", &[key]).await;
    let tag = first.headers["etag"].to_str().unwrap();
    let again = app.send("", &[key, ("if-none-match", tag)]).await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert!(again.headers.contains_key("x-kalends-versions"));
    let other = app.send("?limit=1", &[key, ("if-none-match", tag)]).await;
    assert_eq!(other.status, StatusCode::OK);
    let head = send(&app.router, "HEAD", "", &[key]).await;
    assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
    assert_eq!(head.headers["etag"], tag);
    assert_eq!(head.headers["content-length"], first.body.len().to_string().as_str());
}

#[tokio::test]
async fn every_answer_carries_the_exchanges_id() {
    let app = App::new();
    for (method, query) in [("GET", ""), ("GET", "?limit=x"), ("POST", "")] {
        let sent = [("x-request-id", "abc"), ("x-api-key", app.key.as_str())];
        let answer = send(&app.router, method, query, &sent).await;
        assert_eq!(answer.headers[&CORRELATION_HEADER], "abc", "{method} {query}");
        let made = send(&app.router, method, query, &[]).await;
        assert_eq!(made.headers[&CORRELATION_HEADER], "cdcdcdcdcdcdcdcd");
    }
    let post = send(&app.router, "POST", "", &[]).await;
    assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(post.body, r#"{"detail":"Method Not Allowed"}"#);
    assert_eq!(post.headers["allow"], "GET,HEAD");
}

#[tokio::test]
async fn too_many_parameters_are_refused() {
    let app = App::new();
    let many = vec!["a=1"; 1_001].join("&");
    let key = [("x-api-key", app.key.as_str())];
    assert_eq!(app.send(&format!("?{many}"), &[]).await.status, StatusCode::UNAUTHORIZED);
    let answer = app.send(&format!("?{many}"), &key).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.starts_with(r#"{"detail":[{"type":"too_long","loc":["query"]"#));
}

#[tokio::test]
async fn a_link_with_a_password_counts_nothing_before_it_is_given() {
    let app = App::new();
    let new = NewLink {
        target: NewLinkTarget::Album(app.album),
        description: None,
        password: Some("sesame".to_owned()),
        slug: Some("cave".to_owned()),
        expires_at: None,
        allow_upload: false,
        allow_download: false,
        show_metadata: false,
    };
    app.library.create_link(&Viewer::Open { user: app.anna }, &new).unwrap();
    let query = format!("?album_id={}&slug=cave", app.album);
    let locked = app.send(&query, &[]).await;
    assert_eq!(locked.status, StatusCode::UNAUTHORIZED);
    let told = r#""detail":"The shared link needs its password"}"#;
    assert!(locked.body.ends_with(told), "{}", locked.body);
    let credential = Credential::LinkSlug("cave".to_owned(), Unlocks::default());
    let token = app.library.unlock_link(&credential, "sesame", &Device::default()).unwrap().token;
    let cookie = format!("immich_shared_link_token={token}");
    let open = app.send(&query, &[("cookie", &cookie)]).await;
    assert_eq!(open.months(), "06: 1, 02: 2, 01: 1");
}
