//! Signing in, the timeline's routes, and what all routes have in common.

use std::sync::Arc;

use http::{Method, StatusCode};
use kalends_api_immich::{ImmichState, routes};
use kalends_http_kit::Blocking;
use kalends_test_support::ids;
use serde_json::json;

use crate::app::{App, EMAIL};

#[tokio::test]
async fn anybody_may_ask_who_is_there() {
    let app = App::new();
    let ping = app.get("/api/server/ping", &[]).await;
    assert_eq!((ping.status, ping.json()), (StatusCode::OK, json!({"res": "pong"})));
    let version = app.get("/api/server/version", &[]).await;
    assert_eq!(version.json(), json!({"major": 2, "minor": 7, "patch": 5}));
    assert_eq!(ping.header("x-content-type-options"), "nosniff");
    assert_eq!(ping.header("x-immich-cid"), "abababababababab");
}

#[tokio::test]
async fn unknown_addresses_and_wrong_methods_are_one_kind_of_404() {
    let app = App::new();
    for (method, path) in [
        (Method::GET, "/api/nope"),
        (Method::POST, "/api/timeline/bucket"),
        (Method::DELETE, "/api/timeline/buckets"),
        (Method::GET, "/api/auth/login"),
        (Method::PUT, "/timeline/bucket"),
    ] {
        let sent = [("x-immich-cid", "mine")];
        let answer = app.ask(method.clone(), path, &sent, "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(answer.message(), format!("Cannot {method} {path}"));
        assert_eq!(answer.header("x-immich-cid"), "mine");
        assert_eq!(answer.json()["error"], "Not Found");
    }
    assert_eq!(app.get("/api/nope?apiKey=secret", &[]).await.message(), "Cannot GET /api/nope");
}

#[tokio::test]
async fn credentials_are_checked_before_parameters_and_permissions_between() {
    let app = App::new();
    let (all, reads, lacks) =
        (app.key(&["all"]), app.key(&["asset.read"]), app.key(&["album.read"]));
    let path = "/api/timeline/buckets?userId=x";
    for (headers, status, message) in [
        (vec![], 401, json!("Authentication required")),
        (vec![("x-api-key", "wrong")], 401, json!("Invalid API key")),
        (vec![("authorization", "Bearer wrong")], 401, json!("Invalid user token")),
        (vec![("cookie", "immich_access_token=wrong")], 401, json!("Invalid user token")),
        (vec![("x-immich-share-key", "wrong")], 401, json!("Invalid share key")),
        (
            vec![("x-immich-share-slug", "wrong"), ("x-api-key", &all)],
            401,
            json!("Invalid share slug"),
        ),
        (vec![("x-api-key", &lacks)], 403, json!("Missing required permission: asset.read")),
        (vec![("x-api-key", &reads)], 400, json!(["userId must be a UUID"])),
        (vec![("authorization", &format!("Bearer {all}"))], 400, json!(["userId must be a UUID"])),
    ] {
        let answer = app.get(path, &headers).await;
        assert_eq!((answer.status.as_u16(), answer.message()), (status, message), "{headers:?}");
    }
}

#[tokio::test]
async fn months_are_counted_and_listed_alike_with_and_without_the_prefix() {
    let app = App::new();
    let key = app.key(&["all"]);
    for prefix in ["/api", ""] {
        let buckets = app.get(&format!("{prefix}/timeline/buckets?apiKey={key}"), &[]).await;
        let expected =
            r#"[{"timeBucket":"2024-02-01","count":2},{"timeBucket":"2023-07-01","count":1}]"#;
        assert_eq!(String::from_utf8_lossy(&buckets.body), expected);
        let versions = buckets.header("x-kalends-versions");
        assert!(versions.starts_with(&format!("{}=", app.user)), "{versions}");
    }
    for text in ["2024-02-01", "2024-02-01T00:00:00.000Z", "%2B2024-02-01"] {
        let path = format!("/api/timeline/bucket?timeBucket={text}&apiKey={key}");
        let bucket = app.get(&path, &[]).await.json();
        assert_eq!(bucket["id"].as_array().map(Vec::len), Some(2), "{text}");
        assert_eq!(bucket["fileCreatedAt"][0], "2024-02-15T11:00:00");
        assert_eq!(bucket["localOffsetHours"], json!([1, 1]));
    }
    let empty = app.get(&format!("/api/timeline/bucket?timeBucket=now&apiKey={key}"), &[]).await;
    assert_eq!((empty.status, empty.json()["id"].clone()), (StatusCode::OK, json!([])));
}

#[tokio::test]
async fn a_bad_time_bucket_is_told_after_access() {
    let app = App::new();
    let key = app.key(&["all"]);
    let stranger = ids::user(99);
    for (query, message) in [
        ("timeBucket=foo".to_owned(), "Invalid time bucket format"),
        ("timeBucket=".to_owned(), "Invalid time bucket format"),
        ("timeBucket=2024-05-01%00".to_owned(), "Invalid time bucket format"),
        (format!("timeBucket=foo&userId={stranger}"), "Not found or no timeline.read access"),
        (format!("timeBucket=foo&albumId={stranger}"), "Not found or no album.read access"),
        (format!("timeBucket=foo&tagId={stranger}"), "Not found or no tag.read access"),
    ] {
        let path = format!("/api/timeline/bucket?{query}&apiKey={key}");
        let answer = app.get(&path, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.message()), (400, json!(message)), "{query}");
    }
    let locked = format!("/api/timeline/buckets?visibility=locked&apiKey={key}");
    let answer = app.get(&locked, &[]).await;
    assert_eq!(answer.message(), "Elevated permission is required");
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let partners = format!("/api/timeline/buckets?withPartners=true&apiKey={key}");
    let message = app.get(&partners, &[]).await.message();
    assert!(message.as_str().unwrap().starts_with("withPartners is only supported"));
}

#[tokio::test]
async fn an_answer_that_the_client_has_is_not_sent_again_until_it_changes() {
    let app = App::new();
    let key = app.key(&["all"]);
    let path = format!("/api/timeline/bucket?timeBucket=2024-02-01&apiKey={key}");
    let first = app.get(&path, &[]).await;
    let tag = first.header("etag").to_owned();
    let again = app.get(&path, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let other_columns = format!("{path}&withStacked=true");
    assert_ne!(app.get(&other_columns, &[]).await.header("etag"), tag);
    let ascending = format!("{path}&order=asc");
    assert_ne!(app.get(&ascending, &[]).await.header("etag"), tag);

    let changed = [ids::asset(1)];
    app.library.write(|writer| writer.set_favorite(app.user, &changed, true)).unwrap();
    let fresh = app.get(&path, &[("if-none-match", &tag)]).await;
    assert_eq!(fresh.status, StatusCode::OK);
    assert_ne!(fresh.header("etag"), tag);
    let favourites = fresh.json()["isFavorite"].as_array().unwrap().clone();
    assert_eq!(favourites.iter().filter(|value| **value == json!(true)).count(), 1);
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let app = App::new();
    let key = app.key(&["all"]);
    let path = format!("/api/timeline/bucket?timeBucket=2024-02-01&apiKey={key}");
    let coding = [("accept-encoding", "gzip")];
    let get = app.get(&path, &coding).await;
    let head = app.ask(Method::HEAD, &path, &coding, "").await;
    assert_eq!((head.status, &head.headers), (get.status, &get.headers));
    assert!(head.body.is_empty() && !get.body.is_empty());
    assert_eq!(head.header("content-length"), get.body.len().to_string());
}

#[tokio::test]
async fn signing_in_opens_a_session_and_signing_out_ends_it() {
    let app = App::new();
    let login = app.log_in().await;
    assert_eq!(login.status, StatusCode::CREATED);
    let body = login.json();
    let token = body["accessToken"].as_str().unwrap().to_owned();
    assert_eq!((&body["userEmail"], &body["isOnboarded"]), (&json!(EMAIL), &json!(true)));
    assert_eq!(body["userId"], app.user.to_string());
    let cookies: Vec<_> = login.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 3);
    assert!(cookies[0].to_str().unwrap().starts_with(&format!("immich_access_token={token};")));

    let cookie = format!("a=b; immich_access_token={token}");
    let bearer = format!("Bearer {token}");
    for credential in [("cookie", cookie.as_str()), ("authorization", bearer.as_str())] {
        let answer = app.get("/api/timeline/buckets?visibility=timeline", &[credential]).await;
        assert_eq!(answer.status, StatusCode::OK);
        let valid = app.ask(Method::POST, "/api/auth/validateToken", &[credential], "").await;
        assert_eq!((valid.status, valid.json()), (StatusCode::OK, json!({"authStatus": true})));
    }

    let logout = app.ask(Method::POST, "/api/auth/logout", &[("cookie", &cookie)], "").await;
    let expected = json!({"successful": true, "redirectUri": "/auth/login?autoLaunch=0"});
    assert_eq!((logout.status, logout.json()), (StatusCode::OK, expected));
    assert_eq!(logout.headers.get_all("set-cookie").iter().count(), 3);
    let after = app.get("/api/timeline/buckets", &[("cookie", &cookie)]).await;
    assert_eq!((after.status.as_u16(), after.message()), (401, json!("Invalid user token")));
}

#[tokio::test]
async fn refused_sign_ins_say_no_more_than_they_must() {
    let app = App::new();
    let json_type = [("content-type", "application/json")];
    for (headers, body, status, message) in [
        (
            &json_type[..],
            json!({"email": EMAIL, "password": "wrong"}).to_string(),
            401,
            json!("Incorrect email or password"),
        ),
        (
            &json_type[..],
            json!({"email": "nobody@kalends.example", "password": "wrong"}).to_string(),
            401,
            json!("Incorrect email or password"),
        ),
        (
            &json_type[..],
            json!({"email": "x"}).to_string(),
            400,
            json!([
                "email must be an email",
                "password should not be empty",
                "password must be a string"
            ]),
        ),
    ] {
        let answer = app.ask(Method::POST, "/api/auth/login", headers, &body).await;
        assert_eq!((answer.status.as_u16(), answer.message()), (status, message), "{body}");
    }
    let malformed = app.ask(Method::POST, "/api/auth/login", &json_type, "{").await;
    assert_eq!(malformed.status, StatusCode::BAD_REQUEST);
    assert!(malformed.message().is_string());
    let huge = "x".repeat(100_000);
    let huge = app.ask(Method::POST, "/api/auth/login", &json_type, &huge).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(huge.message().is_string());
}

#[tokio::test]
async fn an_open_server_answers_the_timeline_alone_and_only_to_this_machine() {
    let app = App::with(|state, user| state.open_for(user));
    let status = async |path, host| app.get(path, &[("host", host)]).await.status.as_u16();
    assert_eq!(status("/api/timeline/buckets", "localhost:2283").await, 200);
    assert_eq!(status("/timeline/bucket?timeBucket=2024-02-01", "127.0.0.1").await, 200);
    assert_eq!(status("/api/timeline/buckets", "evil.example").await, 401);
    assert_eq!(app.get("/api/timeline/buckets", &[]).await.status, StatusCode::UNAUTHORIZED);
    let local = [("host", "localhost")];
    let validated = app.ask(Method::POST, "/api/auth/validateToken", &local, "").await;
    assert_eq!(validated.status, StatusCode::UNAUTHORIZED);
    // A credential that is not valid stays an error.
    assert_eq!(status("/api/timeline/buckets?apiKey=wrong", "localhost").await, 401);
}

#[tokio::test]
async fn the_document_lists_every_operation_with_its_parameters() {
    let app = App::new();
    let state = ImmichState::new(Arc::clone(&app.library), Blocking::new(1, 1), |_| {});
    let (_, document) = routes(state).split_for_parts();
    let document = serde_json::to_value(document).unwrap();
    let names = |path: &str| -> Vec<String> {
        let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap();
        parameters.iter().map(|p| p["name"].as_str().unwrap().to_owned()).collect()
    };
    let both = [
        "userId",
        "albumId",
        "personId",
        "tagId",
        "isFavorite",
        "isTrashed",
        "withStacked",
        "withPartners",
        "order",
        "visibility",
        "withCoordinates",
        "bbox",
        "key",
        "slug",
    ];
    assert_eq!(names("/timeline/buckets"), both);
    assert_eq!(names("/timeline/bucket"), [&["timeBucket"], &both[..]].concat());
    let schema = |name: &str, field: &str| {
        let parameters = document["paths"]["/timeline/bucket"]["get"]["parameters"].clone();
        let all = parameters.as_array().unwrap().clone();
        all.into_iter().find(|p| p["name"] == name).unwrap()["schema"][field].clone()
    };
    assert_eq!(schema("userId", "format"), "uuid");
    assert_eq!(schema("isTrashed", "default"), json!(false));
    assert_eq!(schema("order", "default"), "desc");
    assert_eq!(schema("order", "enum"), json!(["asc", "desc"]));
    assert_eq!(schema("visibility", "enum"), json!(["archive", "timeline", "hidden", "locked"]));
    for scheme in ["bearer", "cookie", "api_key"] {
        assert!(document["components"]["securitySchemes"][scheme].is_object(), "{scheme}");
    }
    for path in ["/auth/login", "/auth/logout", "/auth/validateToken"] {
        assert!(document["paths"][path]["post"].is_object(), "{path}");
    }
    for path in ["/server/ping", "/server/version"] {
        assert!(document["paths"][path]["get"].is_object(), "{path}");
    }
}
