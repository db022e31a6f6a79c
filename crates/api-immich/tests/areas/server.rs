//! What the server says of itself, and what it says there is none of.

use http::{Method, StatusCode};
use kalends_library::{Device, NewUser};
use kalends_test_support::ids;
use serde_json::{Value, json};

use super::app::{App, EMAIL, PASSWORD};

const JSON: (&str, &str) = ("content-type", "application/json");

async fn ok(app: &App, path: &str, headers: &[(&str, &str)]) -> Value {
    let answer = app.get(path, headers).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.json()
}

/// An API key of a user who administers nothing.
fn bens_key(app: &App) -> String {
    let new = NewUser { email: "ben@b.example", name: "Ben", password: PASSWORD, is_admin: false };
    app.library.create_user(new).unwrap();
    app.library.create_api_key("ben@b.example", "test", &["all".to_owned()]).unwrap()
}

#[tokio::test]
async fn everybody_learns_what_the_server_is_and_can_do() {
    let app = App::new();
    let features = ok(&app, "/api/server/features", &[]).await;
    let on =
        ["importFaces", "map", "passwordLogin", "reverseGeocoding", "search", "sidecar", "trash"];
    let features = features.as_object().unwrap();
    assert_eq!(features.len(), 15);
    let claimed: Vec<&str> =
        features.iter().filter(|(_, is)| **is == json!(true)).map(|(name, _)| &**name).collect();
    assert_eq!(claimed, on);

    let config = ok(&app, "/api/server/config", &[]).await;
    assert_eq!((&config["isInitialized"], &config["isOnboarded"]), (&json!(true), &json!(true)));
    assert_eq!((&config["trashDays"], &config["maintenanceMode"]), (&json!(30), &json!(false)));
    assert_eq!(config.as_object().unwrap().len(), 11);

    let types = ok(&app, "/api/server/media-types", &[]).await;
    assert_eq!((&types["video"][0], &types["image"][0]), (&json!(".3gp"), &json!(".avif")));
    assert_eq!(types["sidecar"], json!([".xmp"]));
    assert_eq!(ok(&app, "/api/server/theme", &[]).await, json!({"customCss": ""}));
}

#[tokio::test]
async fn the_history_names_each_version_served() {
    let app = App::new();
    assert_eq!(ok(&app, "/api/server/version-history", &[]).await, json!([]));
    app.library.note_served_version("2.7.5").unwrap();
    let history = ok(&app, "/api/server/version-history", &[]).await;
    assert_eq!(history[0]["version"], "2.7.5");
    assert_eq!(history[0]["createdAt"], "2026-11-22T12:00:00.000Z");
}

#[tokio::test]
async fn users_learn_how_full_it_is_and_strangers_do_not() {
    let app = App::new();
    let key = app.key(&["server.about", "server.storage"]);
    let headers = [("x-api-key", key.as_str())];
    let about = ok(&app, "/api/server/about", &headers).await;
    assert_eq!((&about["version"], &about["licensed"]), (&json!("v2.7.5"), &json!(false)));
    let storage = ok(&app, "/api/server/storage", &headers).await;
    assert!(storage["diskSizeRaw"].as_u64().unwrap() > 0);
    assert!(storage["diskSize"].as_str().unwrap().ends_with('B'));
    for path in ["about", "storage", "statistics"] {
        let path = format!("/api/server/{path}");
        assert_eq!(app.get(&path, &[]).await.status, StatusCode::UNAUTHORIZED, "{path}");
        let weak = app.key(&["album.read"]);
        let answer = app.get(&path, &[("x-api-key", &weak)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn administrators_see_how_much_each_user_has() {
    let app = App::new();
    let key = app.key(&["server.statistics"]);
    app.library.write(|w| w.trash(app.user, &[ids::asset(1)])).unwrap();
    let ben = bens_key(&app);
    let answer = app.get("/api/server/statistics", &[("x-api-key", &ben)]).await;
    assert_eq!((answer.status, answer.message()), (StatusCode::FORBIDDEN, json!("Forbidden")));
    let statistics = ok(&app, "/api/server/statistics", &[("x-api-key", &key)]).await;
    assert_eq!((&statistics["photos"], &statistics["videos"]), (&json!(2), &json!(0)));
    let users: Vec<_> = statistics["usageByUser"].as_array().unwrap().iter().collect();
    let told = |user: &Value| (user["userName"].clone(), user["photos"].clone());
    assert_eq!(told(users[0]), (json!("Anna"), json!(2)));
    assert_eq!(told(users[1]), (json!("Ben"), json!(0)));
    assert_eq!(users[1]["quotaSizeInBytes"], Value::Null);
}

#[tokio::test]
async fn what_the_administrator_was_shown_is_kept() {
    let app = App::new();
    let key = app.key(&["all"]);
    let headers = [("x-api-key", key.as_str()), JSON];
    let path = "/api/system-metadata/admin-onboarding";
    assert_eq!(ok(&app, path, &headers).await, json!({"isOnboarded": true}));
    let body = r#"{"isOnboarded":false}"#;
    assert_eq!(app.ask(Method::POST, path, &headers, body).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ok(&app, path, &headers).await, json!({"isOnboarded": false}));
    assert_eq!(ok(&app, "/api/server/config", &[]).await["isOnboarded"], json!(false));
    let answer = app.ask(Method::POST, path, &headers, "{}").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let bens = [("x-api-key", bens_key(&app)), (JSON.0, JSON.1.to_owned())];
    let bens = bens.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(app.ask(Method::POST, path, &bens, body).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn there_are_no_notifications_and_none_can_be_changed() {
    let app = App::new();
    let key = app.key(&["notification.read", "notification.update", "notification.delete"]);
    let headers = [("x-api-key", key.as_str()), JSON];
    assert_eq!(ok(&app, "/api/notifications?unread=true", &headers).await, json!([]));
    for (method, permission) in [(Method::PUT, "update"), (Method::DELETE, "delete")] {
        let ask = |body: Value| {
            let (method, body) = (method.clone(), body.to_string());
            let app = &app;
            async move { app.ask(method, "/api/notifications", &headers, &body).await }
        };
        assert_eq!(ask(json!({"ids": []})).await.status, StatusCode::NO_CONTENT);
        let refused = ask(json!({"ids": [ids::asset(1).uuid()], "readAt": null})).await;
        let message = format!("Not found or no notification.{permission} access");
        assert_eq!((refused.status, refused.message()), (StatusCode::BAD_REQUEST, json!(message)));
        assert!(ask(json!({"ids": 1})).await.message().is_array());
    }
    let path = format!("/api/notifications/{}", ids::asset(1).uuid());
    for method in [Method::GET, Method::DELETE] {
        let answer = app.ask(method, &path, &headers, "").await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    let answer = app.get("/api/notifications/nonsense", &headers).await;
    assert_eq!(answer.message(), json!(["id must be a UUID"]));
    assert_eq!(app.get("/api/notifications", &[]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn all_queues_are_listed_and_only_real_work_is_started() {
    let app = App::new();
    let key = app.key(&["all"]);
    let headers = [("x-api-key", key.as_str()), JSON];
    let queues = ok(&app, "/api/jobs", &headers).await;
    assert_eq!(queues.as_object().unwrap().len(), 18);
    assert_eq!(queues["library"]["queueStatus"], json!({"isActive": false, "isPaused": false}));
    let counts =
        json!({"active": 0, "completed": 0, "failed": 0, "delayed": 0, "waiting": 0, "paused": 0});
    assert_eq!(queues["smartSearch"]["jobCounts"], counts);

    let put = async |queue: &str, body: &str| {
        app.ask(Method::PUT, &format!("/api/jobs/{queue}"), &headers, body).await
    };
    assert_eq!(put("library", r#"{"command":"start"}"#).await.status, StatusCode::OK);
    app.library.wait_for_background();
    for (queue, body) in [
        ("library", r#"{"command":"pause"}"#),
        ("library", r#"{"command":"start","force":true}"#),
        ("smartSearch", r#"{"command":"start"}"#),
        ("nonsense", r#"{"command":"start"}"#),
        ("library", r#"{"command":"dance"}"#),
        ("library", "{}"),
    ] {
        assert_eq!(put(queue, body).await.status, StatusCode::BAD_REQUEST, "{queue} {body}");
    }
    for body in [r#"{"name":"memory-create"}"#, r#"{"name":"nonsense"}"#, "{}"] {
        let answer = app.ask(Method::POST, "/api/jobs", &headers, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let ben = bens_key(&app);
    for (method, path) in [(Method::GET, ""), (Method::POST, ""), (Method::PUT, "/library")] {
        let path = format!("/api/jobs{path}");
        let answer = app.ask(method, &path, &[("x-api-key", &ben), JSON], "{}").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn no_text_is_known_of_ones_own_pictures_and_nothing_at_all_of_others() {
    let app = App::new();
    let key = app.key(&["asset.read"]);
    let path = format!("/api/assets/{}/ocr", ids::asset(1).uuid());
    assert_eq!(ok(&app, &path, &[("x-api-key", &key)]).await, json!([]));
    let ben = bens_key(&app);
    let answer = app.get(&path, &[("x-api-key", &ben)]).await;
    assert_eq!(answer.message(), json!("Not found or no asset.read access"));
    let login = app.library.log_in(EMAIL, PASSWORD, &Device::default()).unwrap();
    let bearer = format!("Bearer {}", login.token);
    let answer = app.get("/api/assets/x/ocr", &[("authorization", &bearer)]).await;
    assert_eq!(answer.message(), json!(["id must be a UUID"]));
}

#[tokio::test]
async fn clients_find_the_api_the_styles_and_the_icon() {
    let app = App::new();
    let known = ok(&app, "/.well-known/immich", &[]).await;
    assert_eq!(known, json!({"api": {"endpoint": "/api"}}));
    let styles = app.get("/custom.css", &[]).await;
    assert_eq!(styles.header("content-type"), "text/css; charset=utf-8");
    let icon = app.get("/favicon.ico", &[]).await;
    assert_eq!((icon.header("content-type"), &icon.body[..4]), ("image/x-icon", &[0, 0, 1, 0][..]));
}
