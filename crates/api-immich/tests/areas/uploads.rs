//! Files in and out over HTTP: forms in any order, refusals, pictures, ranges, archives.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use kalends_catalog::{Link, LinkTarget};
use kalends_model::{AssetId, LinkId};
use kalends_specimen::{Photo, Scene, Video, WallTime};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use tower::ServiceExt as _;

use crate::app::{Answer, App};

const BOUNDARY: &str = "----kalends";

enum Part<'a> {
    Text(&'a str, &'a str),
    File(&'a str, &'a str, &'a [u8]),
}

const TEXTS: [Part<'_>; 4] = [
    Part::Text("deviceAssetId", "a-1"),
    Part::Text("deviceId", "CLI"),
    Part::Text("fileCreatedAt", "2024-03-05T09:30:00.000Z"),
    Part::Text("fileModifiedAt", "2024-03-05T09:31:00.000Z"),
];

fn form(parts: &[&[Part<'_>]]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts.iter().copied().flatten() {
        let (head, bytes) = match part {
            Part::Text(name, text) => (format!("name=\"{name}\""), text.as_bytes()),
            Part::File(name, file, bytes) => {
                let kind = "Content-Type: application/octet-stream";
                (format!("name=\"{name}\"; filename=\"{file}\"\r\n{kind}"), *bytes)
            }
        };
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        body.extend(head.as_bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

struct Client {
    app: App,
    key: String,
}

impl Client {
    fn new() -> Self {
        let app = App::new();
        let key = app.key(&["all"]);
        Self { app, key }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).unwrap();
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn post(&self, path: &str, headers: &[(&str, &str)], form: Vec<u8>) -> Answer {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let headers = [&[("content-type", kind.as_str())], headers].concat();
        self.send(Method::POST, path, &headers, form).await
    }

    async fn upload(&self, form: Vec<u8>) -> Answer {
        self.post("/api/assets", &[("x-api-key", &self.key)], form).await
    }

    /// Uploads a file that is new.
    async fn add(&self, name: &str, bytes: &[u8]) -> AssetId {
        let answer = self.upload(form(&[&TEXTS, &[Part::File("assetData", name, bytes)]])).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.json());
        answer.json()["id"].as_str().unwrap().parse().unwrap()
    }

    async fn json(&self, method: Method, path: &str, body: Value) -> Answer {
        let headers = [("x-api-key", self.key.as_str()), ("content-type", "application/json")];
        self.send(method, path, &headers, body.to_string().into_bytes()).await
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let headers = [&[("x-api-key", self.key.as_str())], headers].concat();
        self.send(Method::GET, path, &headers, Vec::new()).await
    }
}

fn photo(day: u8) -> Vec<u8> {
    let taken = WallTime::new(2021, 3, day, 12, 0, 0);
    Photo::new(Scene::Hills, day.into(), 32, 24).taken(taken, None).to_bytes()
}

fn checksum(bytes: &[u8]) -> (String, String) {
    let hash = Sha1::digest(bytes);
    (STANDARD.encode(hash), hash.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[tokio::test]
async fn a_file_is_taken_in_whatever_the_order_of_the_fields() {
    let client = Client::new();
    let (a, b) = (photo(1), photo(2));
    let file = |bytes| Part::File("assetData", "été.jpg", bytes);
    let more = [Part::Text("isFavorite", "true"), Part::Text("fileSize", "12")];
    let first = client.upload(form(&[&[file(&a)], &TEXTS, &more])).await;
    assert_eq!((first.status, &first.json()["status"]), (StatusCode::CREATED, &json!("created")));
    let second = client.upload(form(&[&TEXTS[..2], &[file(&b)], &TEXTS[2..]])).await;
    assert_eq!(second.status, StatusCode::CREATED);
    let again = client.upload(form(&[&TEXTS, &[file(&a)]])).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json(), json!({"id": first.json()["id"], "status": "duplicate"}));

    let path = format!("/api/assets/{}", first.json()["id"].as_str().unwrap());
    let asset = client.get(&path, &[]).await.json();
    for (field, expected) in [
        ("originalFileName", json!("été.jpg")),
        ("isFavorite", json!(true)),
        ("localDateTime", json!("2021-03-01T12:00:00.000Z")),
        ("fileModifiedAt", json!("2024-03-05T09:31:00.000Z")),
        ("checksum", json!(checksum(&a).0)),
        ("deviceAssetId", json!("a-1")),
        ("deviceId", json!("CLI")),
        ("libraryId", json!(null)),
    ] {
        assert_eq!(asset[field], expected, "{field}");
    }
    let buckets = client.get("/api/timeline/buckets", &[]).await.json();
    let month = buckets.as_array().unwrap().iter().find(|b| b["timeBucket"] == "2021-03-01");
    assert_eq!(month.unwrap()["count"], 2);
}

#[tokio::test]
async fn a_known_checksum_is_answered_before_the_body_is_read() {
    let client = Client::new();
    let bytes = photo(1);
    let id = client.add("a.jpg", &bytes).await;
    let (base64, hex) = checksum(&bytes);
    for sent in [base64, hex] {
        let headers = [("x-api-key", client.key.as_str()), ("x-immich-checksum", sent.as_str())];
        let answer = client.post("/api/assets", &headers, b"no form at all".to_vec()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json(), json!({"id": id.uuid(), "status": "duplicate"}));
    }
    let unknown = [("x-api-key", client.key.as_str()), ("x-immich-checksum", "nonsense")];
    let body = form(&[&TEXTS, &[Part::File("assetData", "b.jpg", &photo(2))]]);
    assert_eq!(client.post("/api/assets", &unknown, body).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn every_refusal_has_its_words_and_leaves_nothing() {
    let client = Client::new();
    let bytes = photo(1);
    let file = |name| Part::File("assetData", name, &bytes);
    let with = |name, text| form(&[&TEXTS, &[Part::Text(name, text)], &[file("a.jpg")]]);
    for (body, message) in [
        (form(&[&TEXTS]), json!("Field(s) assetData should not be empty")),
        (form(&[&TEXTS, &[file("a.exe")]]), json!("Unsupported file type a.exe")),
        (with("filename", "evil.html"), json!("Unsupported file type evil.html")),
        (
            form(&[&TEXTS, &[file("a.jpg"), Part::File("sidecarData", "a.txt", b"x")]]),
            json!("Unsupported file type a.txt"),
        ),
        (
            form(&[&TEXTS, &[file("a.jpg"), Part::File("other", "b.jpg", b"x")]]),
            json!("Unexpected field - other"),
        ),
        (form(&[&TEXTS, &[file("a.jpg"), file("b.jpg")]]), json!("Unexpected field - assetData")),
        (
            form(&[&[file("a.jpg")], &TEXTS[1..]]),
            json!(["deviceAssetId must be a string", "deviceAssetId should not be empty"]),
        ),
        (
            with("livePhotoVideoId", "10000000-0000-4000-8000-00000000ffff"),
            json!("Live photo video not found"),
        ),
        (with("livePhotoVideoId", "7"), json!(["livePhotoVideoId must be a UUID"])),
        (with("isFavorite", "yes"), json!(["isFavorite must be a boolean value"])),
    ] {
        let refused = client.upload(body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{message}");
        assert_eq!(refused.message(), message);
    }
    let no_form = client.json(Method::POST, "/api/assets", json!({})).await;
    assert_eq!(no_form.message(), "File is required");
    let mut cut = form(&[&TEXTS, &[file("a.jpg")]]);
    cut.truncate(cut.len() / 2);
    assert_eq!(client.upload(cut).await.status, StatusCode::BAD_REQUEST);
    let long = "x".repeat((1 << 20) + 1);
    assert_eq!(client.upload(with("duration", &long)).await.message(), "Field value too long");

    client.app.library.set_upload_floor(u64::MAX);
    let full = client.upload(form(&[&TEXTS, &[file("a.jpg")]])).await;
    assert_eq!(full.status, StatusCode::INSUFFICIENT_STORAGE);
    assert_eq!(full.message(), "Not enough free disk space");

    let weak = client.app.key(&["asset.read"]);
    let body = form(&[&TEXTS, &[file("a.jpg")]]);
    let refused = client.post("/api/assets", &[("x-api-key", &weak)], body.clone()).await;
    assert_eq!(refused.message(), "Missing required permission: asset.upload");
    let nobody = client.post("/api/assets", &[], body).await;
    assert_eq!(nobody.message(), "Authentication required");

    let left = client.app.data().join("uploads/.incoming").read_dir().unwrap().count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_link_takes_uploads_in_only_where_it_says_so() {
    let client = Client::new();
    let link = |number: u8, allow_upload| Link {
        id: LinkId::from_random([number; 16]),
        owner: client.app.user,
        key: vec![number; 50],
        slug: Some(format!("link-{number}")),
        target: LinkTarget::Assets,
        description: None,
        created_at: 0,
        expires_at: None,
        show_metadata: true,
        allow_upload,
        allow_download: true,
    };
    let links = [link(1, false), link(2, true)];
    for link in &links {
        client.app.library.write(|writer| writer.create_link(link, None)).unwrap();
    }
    let bytes = photo(1);
    let body = || form(&[&TEXTS, &[Part::File("assetData", "a.jpg", &bytes)]]);
    let refused = client.post("/api/assets?slug=link-1", &[], body()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.message(), "Unauthorized");
    assert_eq!(refused.json().get("error"), None);
    let taken = client.post("/api/assets?slug=link-2", &[], body()).await;
    assert_eq!(taken.status, StatusCode::CREATED);
    let id = taken.json()["id"].as_str().unwrap().to_owned();
    let original = format!("/api/assets/{id}/original?slug=");
    let seen = client.send(Method::GET, &format!("{original}link-2"), &[], Vec::new()).await;
    assert_eq!((seen.status, seen.body), (StatusCode::OK, bytes.clone()));
    let unseen = client.send(Method::GET, &format!("{original}link-1"), &[], Vec::new()).await;
    assert_eq!(unseen.message(), "Not found or no asset.download access");
}

#[tokio::test]
async fn a_client_learns_what_it_need_not_send() {
    let client = Client::new();
    let bytes = photo(1);
    let id = client.add("a.jpg", &bytes).await;
    let (base64, hex) = checksum(&bytes);
    let files = json!({"assets": [
        {"id": "one", "checksum": base64},
        {"id": "two", "checksum": checksum(b"other").1},
        {"id": "three", "checksum": hex},
        {"id": "four", "checksum": "nonsense"},
    ]});
    let told = client.json(Method::POST, "/api/assets/bulk-upload-check", files).await;
    let known = |name: &str| {
        json!({"id": name, "action": "reject", "reason": "duplicate", "assetId": id.uuid(),
            "isTrashed": false})
    };
    let new = |name: &str| json!({"id": name, "action": "accept"});
    let expected = json!([known("one"), new("two"), known("three"), new("four")]);
    assert_eq!((told.status, &told.json()["results"]), (StatusCode::OK, &expected));
    let wrong = client.json(Method::POST, "/api/assets/bulk-upload-check", json!({})).await;
    assert_eq!(wrong.message(), json!(["assets must be an array"]));

    let names = json!({"deviceId": "CLI", "deviceAssetIds": ["a-1", "b-2"]});
    let told = client.json(Method::POST, "/api/assets/exist", names).await;
    assert_eq!(told.json(), json!({"existingIds": ["a-1"]}));
    assert_eq!(client.get("/api/assets/device/CLI", &[]).await.json(), json!(["a-1"]));
    assert_eq!(client.get("/api/assets/device/other", &[]).await.json(), json!([]));
}

#[tokio::test]
async fn an_original_is_sent_whole_in_parts_or_not_at_all() {
    let client = Client::new();
    let bytes = photo(1);
    let id = client.add("été 1.jpg", &bytes).await;
    let path = format!("/api/assets/{id}/original");
    let whole = client.get(&path, &[]).await;
    assert_eq!((whole.status, &whole.body), (StatusCode::OK, &bytes));
    assert_eq!(whole.header("content-type"), "image/jpeg");
    let name = "inline; filename*=UTF-8''%C3%A9t%C3%A9%201.jpg";
    assert_eq!(whole.header("content-disposition"), name);
    assert!(whole.header("cache-control").starts_with("private, max-age=86400, no-transform"));
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    assert!(whole.header("content-security-policy").contains("sandbox"));
    let tag = whole.header("etag").to_owned();
    let known = client.get(&path, &[("if-none-match", &tag)]).await;
    assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let part = client.get(&path, &[("range", "bytes=2-5")]).await;
    assert_eq!((part.status, &part.body[..]), (StatusCode::PARTIAL_CONTENT, &bytes[2..6]));
    let beyond = client.get(&path, &[("range", "bytes=999999-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let key = [("x-api-key", client.key.as_str())];
    let head = client.send(Method::HEAD, &path, &key, Vec::new()).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    assert_eq!(head.header("content-length"), bytes.len().to_string());

    let svg = client.add("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>").await;
    let svg = client.get(&format!("/api/assets/{svg}/original"), &[]).await;
    assert_eq!(svg.header("content-type"), "image/svg");
    assert!(svg.header("content-security-policy").contains("default-src 'none'"));

    for path in [path.replace("original", "thumbnail"), path] {
        let stranger = client.get(&path.replace(&id.to_string(), OTHER), &[]).await;
        assert_eq!(stranger.status, StatusCode::BAD_REQUEST);
    }
}

const OTHER: &str = "10000000-0000-4000-8000-00000000ffff";

#[tokio::test]
async fn pictures_are_found_once_they_are_made() {
    let client = Client::new();
    let id = client.add("holiday.jpg", &photo(1)).await;
    let heic = client.add("holiday.heic", b"no picture").await;
    let path = |id: AssetId, query: &str| format!("/api/assets/{id}/thumbnail{query}");
    let early = client.get(&path(id, ""), &[]).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    assert_eq!(early.message(), "Asset media not found");
    assert_eq!(early.header("cache-control"), "none", "it is asked for again");
    let library = std::sync::Arc::clone(&client.app.library);
    tokio::task::spawn_blocking(move || library.work_off().unwrap()).await.unwrap();

    for (query, kind, name) in [
        ("", "image/webp", "holiday_thumbnail.webp"),
        ("?size=thumbnail&c=abc&edited=true", "image/webp", "holiday_thumbnail.webp"),
        ("?size=preview", "image/jpeg", "holiday_preview.jpeg"),
    ] {
        let picture = client.get(&path(id, query), &[]).await;
        assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, kind));
        let name = format!("inline; filename*=UTF-8''{name}");
        assert_eq!(picture.header("content-disposition"), name);
    }
    for (id, query, location) in [
        (id, "?size=fullsize&c=a%2Bb", "original?c=a%2Bb"),
        (id, "?size=fullsize&edited=true", "thumbnail?edited=true&size=preview"),
        (heic, "?size=fullsize", "thumbnail?size=preview"),
    ] {
        let redirected = client.get(&path(id, query), &[]).await;
        assert_eq!(redirected.status, StatusCode::FOUND);
        assert_eq!(redirected.header("location"), location);
    }
    let original = client.get(&path(id, "?size=original"), &[]).await;
    assert_eq!(original.message(), "May not request original file");
    let wrong = client.get(&path(id, "?size=huge"), &[]).await;
    let sizes = "size must be one of the following values: original, fullsize, preview, thumbnail";
    assert_eq!(wrong.message(), json!([sizes]));
}

#[tokio::test]
async fn videos_are_played_and_photos_are_not() {
    let client = Client::new();
    let bytes = Video::new(Scene::Sea, 1, 32, 32).to_bytes();
    let video = client.add("a.mp4", &bytes).await;
    let photo = client.add("a.jpg", &photo(1)).await;
    let path = |id: AssetId| format!("/api/assets/{id}/video/playback");
    let played = client.get(&path(video), &[("range", "bytes=0-9")]).await;
    assert_eq!((played.status, &played.body[..]), (StatusCode::PARTIAL_CONTENT, &bytes[..10]));
    assert_eq!(played.header("content-type"), "video/mp4");
    assert_eq!(played.header("content-disposition"), "");
    let refused = client.get(&path(photo), &[]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert_eq!(refused.message(), "Asset not found or asset is not a video");
}

#[tokio::test]
async fn downloads_are_planned_and_streamed() {
    let client = Client::new();
    let bytes = [photo(1), photo(2)];
    let ids = [client.add("same.jpg", &bytes[0]).await, client.add("same.jpg", &bytes[1]).await];
    let uuids = json!([ids[0].uuid(), ids[1].uuid()]);
    let info = |body| client.json(Method::POST, "/api/download/info", body);
    let plan = info(json!({"assetIds": uuids})).await;
    assert_eq!(plan.status, StatusCode::CREATED);
    let size = bytes[0].len() + bytes[1].len();
    let expected = json!({"totalSize": size, "archives": [{"size": size, "assetIds": uuids}]});
    assert_eq!(plan.json(), expected);
    let cut = info(json!({"assetIds": uuids, "archiveSize": 1})).await;
    assert_eq!(cut.json()["archives"].as_array().unwrap().len(), 2);
    let all = info(json!({"userId": client.app.user.uuid()})).await;
    assert_eq!(all.json()["totalSize"], size);
    let nothing = info(json!({})).await;
    assert_eq!(nothing.message(), "assetIds, albumId, or userId is required");
    let foreign = info(json!({"albumId": OTHER})).await;
    assert_eq!(foreign.message(), "Not found or no album.download access");
    let foreign = info(json!({"userId": OTHER})).await;
    assert_eq!(foreign.message(), "Not found or no timeline.download access");

    let archive = |body| client.json(Method::POST, "/api/download/archive", body);
    let zip = archive(json!({"assetIds": uuids})).await;
    assert_eq!(zip.status, StatusCode::OK);
    assert_eq!(zip.header("content-type"), "application/octet-stream");
    assert_eq!(entries_by_python(&zip.body).unwrap_or(2), 2);
    let foreign = archive(json!({"assetIds": [OTHER]})).await;
    assert_eq!(foreign.message(), "Not found or no asset.download access");
}

/// How many entries an independent reader finds sound; none where it is not installed.
fn entries_by_python(archive: &[u8]) -> Option<usize> {
    const PROGRAM: &str = "import sys, io, zipfile\n\
        z = zipfile.ZipFile(sys.argv[1])\n\
        assert z.testzip() is None\n\
        print(len(z.namelist()))\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    std::fs::write(&path, archive).unwrap();
    let output = std::process::Command::new("python3").args(["-c", PROGRAM]).arg(&path).output();
    match output {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        output => {
            let output = output.unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8(output.stdout).unwrap().trim().parse().unwrap())
        }
    }
}

#[tokio::test]
async fn clients_keep_things_beside_assets() {
    let client = Client::new();
    let id = client.add("a.jpg", &photo(1)).await;
    let path = format!("/api/assets/{id}/metadata");
    let items = json!({"items": [{"key": "mobile-app", "value": {"iCloudId": "x"}}]});
    let set = client.json(Method::PUT, &path, items).await;
    assert_eq!(set.status, StatusCode::OK);
    let entry = json!({"key": "mobile-app", "value": {"iCloudId": "x"},
        "updatedAt": "2026-11-22T12:00:00.000Z"});
    assert_eq!(set.json(), json!([entry]));
    assert_eq!(client.get(&path, &[]).await.json(), json!([entry]));
    assert_eq!(client.get(&format!("{path}/mobile-app"), &[]).await.json(), entry);
    let missing = client.get(&format!("{path}/other"), &[]).await;
    assert_eq!(missing.status, StatusCode::BAD_REQUEST);

    let bulk = json!({"items": [{"assetId": id.uuid(), "key": "b", "value": {}}]});
    let set = client.json(Method::PUT, "/api/assets/metadata", bulk).await;
    assert_eq!(set.json()[0]["assetId"], json!(id.uuid()));
    let foreign = json!({"items": [
        {"assetId": id.uuid(), "key": "c", "value": {}},
        {"assetId": OTHER, "key": "c", "value": {}},
    ]});
    let refused = client.json(Method::PUT, "/api/assets/metadata", foreign).await;
    assert_eq!(refused.message(), "Not found or no asset.update access");
    let wrong = json!({"items": [{"key": "a", "value": "text"}]});
    let refused = client.json(Method::PUT, &path, wrong).await;
    assert_eq!(refused.message(), json!(["items.0.value must be an object"]));

    let gone = client.json(Method::DELETE, &format!("{path}/mobile-app"), json!({})).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let items = json!({"items": [{"assetId": id.uuid(), "key": "b"}]});
    let gone = client.json(Method::DELETE, "/api/assets/metadata", items).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(client.get(&path, &[]).await.json(), json!([]), "and nothing was kept in part");
}
