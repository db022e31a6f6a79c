//! `/users` and `/admin/users`.

use http::{Method, StatusCode};
use kalends_specimen::{Photo, Scene};
use kalends_test_support::ids;
use serde_json::{Value, json};

use crate::app::{App, EMAIL, PASSWORD};
use crate::caller::refusal;

fn path_of(user: &Value) -> String {
    format!("/admin/users/{}", user["id"].as_str().unwrap())
}

#[tokio::test]
async fn users_see_each_other_and_more_of_themselves() {
    let app = App::new();
    let (bob, his) = app.bob().await;
    let me = his.get("/users/me").await.json();
    let fields = [
        "avatarColor",
        "createdAt",
        "deletedAt",
        "email",
        "id",
        "isAdmin",
        "license",
        "name",
        "oauthId",
        "profileChangedAt",
        "profileImagePath",
        "quotaSizeInBytes",
        "quotaUsageInBytes",
        "shouldChangePassword",
        "status",
        "storageLabel",
        "updatedAt",
    ];
    let mut known: Vec<&str> = me.as_object().unwrap().keys().map(String::as_str).collect();
    known.sort_unstable();
    assert_eq!(known, fields);
    assert_eq!(
        (&me["quotaUsageInBytes"], &me["createdAt"]),
        (&json!(0), &json!("2026-11-22T12:00:00.000Z"))
    );
    let users = his.get("/users").await.json();
    let others: Vec<&Value> = users.as_array().unwrap().iter().map(|user| &user["email"]).collect();
    assert_eq!(others, [EMAIL, "bob@kalends.example"]);
    let anna = his.get(&format!("/users/{}", app.user)).await.json();
    let fields = ["avatarColor", "email", "id", "name", "profileChangedAt", "profileImagePath"];
    let mut known: Vec<&str> = anna.as_object().unwrap().keys().map(String::as_str).collect();
    known.sort_unstable();
    assert_eq!(known, fields);
    let unknown = format!("/users/{}", ids::user(99));
    assert_eq!(refusal(&his.get(&unknown).await), (400, json!("User not found")));
    assert_eq!(refusal(&his.get("/users/x").await), (400, json!(["id must be a UUID"])));

    app.anna().await.delete(&path_of(&bob), json!({})).await;
    let gone = app.anna().await.get(&format!("/users/{}", bob["id"].as_str().unwrap())).await;
    assert_eq!(refusal(&gone), (400, json!("User not found")));
    assert_eq!(app.anna().await.get("/users").await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn users_change_themselves() {
    let app = App::new();
    let (_, bob) = app.bob().await;
    let sent = json!({"email": "Robert@Kalends.Example", "name": "Robert", "avatarColor": "amber",
        "isAdmin": true, "quotaSizeInBytes": 1, "storageLabel": "x"});
    let changed = bob.put("/users/me", sent).await.json();
    assert_eq!(changed["email"], "robert@kalends.example");
    assert_eq!((&changed["name"], &changed["avatarColor"]), (&json!("Robert"), &json!("amber")));
    let same = json!([changed["isAdmin"], changed["quotaSizeInBytes"], changed["storageLabel"]]);
    assert_eq!(same, json!([false, null, null]), "those are an admin's");
    assert_eq!(changed["shouldChangePassword"], true);
    let taken = bob.put("/users/me", json!({"email": EMAIL.to_uppercase()})).await;
    let message = json!("Email already in use by another account");
    assert_eq!(refusal(&taken), (400, message));
    let wrong = bob.put("/users/me", json!({"email": "x", "name": "", "password": "short"})).await;
    let messages = json!([
        "email must be an email",
        "password must be longer than or equal to 8 characters",
        "name should not be empty"
    ]);
    assert_eq!(refusal(&wrong), (400, messages));
    let changed = bob.put("/users/me", json!({"password": "another password"})).await.json();
    assert_eq!(changed["shouldChangePassword"], false);
    app.signed_in("robert@kalends.example", "another password").await;
}

#[tokio::test]
async fn preferences_and_onboarding_are_kept() {
    let app = App::new();
    let anna = app.anna().await;
    let before = anna.get("/users/me/preferences").await.json();
    assert_eq!(before["download"]["archiveSize"], 4_294_967_296_u64);
    let sent = json!({"tags": {"enabled": true}, "avatar": {"color": "red"}, "other": {}});
    let after = anna.put("/users/me/preferences", sent).await.json();
    assert_eq!(after["tags"], json!({"enabled": true, "sidebarWeb": false}));
    let sent = json!({"tags": {"sidebarWeb": true}});
    anna.put("/users/me/preferences", sent).await;
    let after = anna.get("/users/me/preferences").await.json();
    assert_eq!(after["tags"], json!({"enabled": true, "sidebarWeb": true}));
    assert_eq!(anna.get("/users/me").await.json()["avatarColor"], "red");
    let wrong = anna.put("/users/me/preferences", json!({"tags": {"enabled": 1}})).await;
    assert_eq!(refusal(&wrong), (400, json!(["tags.enabled must be a boolean value"])));

    let onboarding = async || anna.get("/users/me/onboarding").await.json();
    assert_eq!(onboarding().await, json!({"isOnboarded": true}));
    let forgotten = anna.delete("/users/me/onboarding", json!({})).await;
    assert_eq!(forgotten.status, StatusCode::NO_CONTENT);
    assert_eq!(onboarding().await, json!({"isOnboarded": false}));
    assert_eq!(app.log_in().await.json()["isOnboarded"], false);
    let set = anna.put("/users/me/onboarding", json!({"isOnboarded": true})).await;
    assert_eq!(set.json(), json!({"isOnboarded": true}));
    let wrong = anna.put("/users/me/onboarding", json!({})).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

/// A form with one file.
fn form(name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--b\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"p.jpg\"\r\n\
         content-type: image/jpeg\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat()
}

#[tokio::test]
async fn a_portrait_is_taken_shown_and_removed() {
    let app = App::new();
    let key = app.key(&["all"]);
    let headers = [("content-type", "multipart/form-data; boundary=b"), ("x-api-key", &key)];
    let send = async |body: Vec<u8>| {
        app.ask_bytes(Method::POST, "/api/users/profile-image", &headers, body).await
    };
    let path = format!("/api/users/{}/profile-image", app.user);
    let key_alone = [("x-api-key", key.as_str())];
    let missing = (404, json!("User does not have a profile image"));
    assert_eq!(refusal(&app.get(&path, &key_alone).await), missing);
    let jpeg = Photo::new(Scene::Hills, 1, 640, 480).to_bytes();
    let taken = send(form("file", &jpeg)).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&taken.body));
    assert_eq!(taken.json()["userId"], app.user.to_string());
    let me = app.get("/api/users/me", &key_alone).await.json();
    assert_eq!(me["profileImagePath"], taken.json()["profileImagePath"]);
    assert_ne!(me["profileImagePath"], "");
    let shown = app.get(&path, &key_alone).await;
    assert_eq!((shown.status, shown.header("content-type")), (StatusCode::OK, "image/jpeg"));
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert!(shown.body.starts_with(&[0xff, 0xd8]));

    let refused = send(form("other", &jpeg)).await;
    assert_eq!(refusal(&refused), (400, json!("Field(s) file should not be empty")));
    let refused = send(form("file", b"<svg/>")).await;
    assert!(refused.message().as_str().unwrap().starts_with("The picture cannot be used"));
    let refused = send(b"--b\r\nno form".to_vec()).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let refused = app.ask(Method::POST, "/api/users/profile-image", &key_alone, "x").await;
    assert_eq!(refusal(&refused), (400, json!("File is required")));
    let removed = app.ask(Method::DELETE, "/api/users/profile-image", &key_alone, "").await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(refusal(&app.get(&path, &key_alone).await), missing);
}

#[tokio::test]
async fn only_admins_look_after_users() {
    let app = App::new();
    let (bob, his) = app.bob().await;
    let path = path_of(&bob);
    let all = app.key(&["all"]);
    let weak = app.key(&["user.read"]);
    for path in ["/admin/users", &path, &format!("{path}/sessions"), &format!("{path}/statistics")]
    {
        assert_eq!(refusal(&his.get(path).await), (403, json!("Forbidden")), "{path}");
        assert_eq!(app.with_key(&weak).get(path).await.status, StatusCode::FORBIDDEN);
        assert_eq!(app.with_key(&all).get(path).await.status, StatusCode::OK);
    }
    let refused = his.post("/admin/users", json!({})).await;
    assert_eq!(refusal(&refused), (403, json!("Forbidden")));
    assert_eq!(refusal(&his.delete(&path, json!({})).await), (403, json!("Forbidden")));
    assert_eq!(refusal(&his.put(&path, json!({"isAdmin": true})).await), (403, json!("Forbidden")));
}

#[tokio::test]
async fn admins_add_change_delete_and_restore_users() {
    let app = App::new();
    let anna = app.anna().await;
    let sent = json!({"email": "c@kalends.example", "name": "C", "password": PASSWORD,
        "quotaSizeInBytes": 1000, "storageLabel": "cee", "pinCode": "123456", "notify": true});
    let made = anna.post("/admin/users", sent.clone()).await.json();
    assert_eq!(made["quotaSizeInBytes"], 1000);
    assert_eq!(
        (&made["storageLabel"], &made["shouldChangePassword"]),
        (&json!("cee"), &json!(true))
    );
    let path = path_of(&made);
    let taken = json!("Email already in use by another account");
    assert_eq!(
        refusal(&anna.post("/admin/users", sent).await),
        (400, json!("Storage label already in use by another account"))
    );
    let again = json!({"email": "C@kalends.example", "name": "C", "password": PASSWORD});
    assert_eq!(refusal(&anna.post("/admin/users", again).await), (400, taken));
    let label = anna.put(&path, json!({"storageLabel": "../x"})).await;
    assert_eq!(label.status, StatusCode::BAD_REQUEST);

    let sent =
        json!({"name": "Cee", "isAdmin": true, "quotaSizeInBytes": null, "avatarColor": "pink"});
    let changed = anna.put(&path, sent).await.json();
    let told = json!([
        changed["name"],
        changed["isAdmin"],
        changed["quotaSizeInBytes"],
        changed["avatarColor"]
    ]);
    assert_eq!(told, json!(["Cee", true, null, "pink"]));
    let cee = app.signed_in("c@kalends.example", PASSWORD).await;
    assert_eq!(cee.get("/auth/status").await.json()["pinCode"], true);
    let own = format!("/admin/users/{}", app.user);
    let oneself = json!("Admins cannot do this to their own account");
    assert_eq!(refusal(&anna.put(&own, json!({"isAdmin": false})).await), (403, oneself.clone()));
    assert_eq!(refusal(&anna.delete(&own, json!({"force": true})).await), (403, oneself));

    let sessions = anna.get(&format!("{path}/sessions")).await.json();
    assert_eq!(sessions.as_array().unwrap().len(), 1);
    let preferences = format!("{path}/preferences");
    anna.put(&preferences, json!({"ratings": {"enabled": true}})).await;
    assert_eq!(cee.get("/users/me/preferences").await.json()["ratings"]["enabled"], true);
    assert_eq!(anna.get(&preferences).await.json()["ratings"]["enabled"], true);

    let deleted = anna.delete(&path, json!({})).await.json();
    assert_eq!(
        (&deleted["status"], &deleted["deletedAt"]),
        (&json!("deleted"), &json!("2026-11-22T12:00:00.000Z"))
    );
    let listed = async |query: &str| {
        anna.get(&format!("/admin/users{query}")).await.json().as_array().unwrap().len()
    };
    assert_eq!((listed("").await, listed("?withDeleted=true").await), (1, 2));
    let id = made["id"].as_str().unwrap();
    assert_eq!(listed(&format!("?withDeleted=true&id={id}")).await, 1);
    assert_eq!(refusal(&anna.get("/admin/users?id=x").await), (400, json!(["id must be a UUID"])));
    let restored = anna.post(&format!("{path}/restore"), json!({})).await.json();
    assert_eq!((&restored["status"], &restored["deletedAt"]), (&json!("active"), &json!(null)));
    let again = anna.post(&format!("{path}/restore"), json!({})).await;
    assert_eq!(refusal(&again), (400, json!("User cannot be restored")));
    let forced = anna.delete(&path, json!({"force": true})).await.json();
    assert_eq!(forced["status"], "removing");
    let unknown = format!("/admin/users/{}", ids::user(99));
    assert_eq!(refusal(&anna.get(&unknown).await), (400, json!("User not found")));
    assert_eq!(refusal(&anna.delete(&unknown, json!({})).await), (400, json!("User not found")));
}

#[tokio::test]
async fn admins_see_how_many_assets_a_user_has() {
    let app = App::new();
    let anna = app.anna().await;
    let path = format!("/admin/users/{}/statistics", app.user);
    assert_eq!(anna.get(&path).await.json(), json!({"images": 3, "videos": 0, "total": 3}));
    let none = json!({"images": 0, "videos": 0, "total": 0});
    for query in ["isTrashed=true", "isFavorite=true", "visibility=archive"] {
        assert_eq!(anna.get(&format!("{path}?{query}")).await.json(), none, "{query}");
    }
    let locked = anna.get(&format!("{path}?visibility=locked")).await;
    assert_eq!(refusal(&locked), (401, json!("Elevated permission is required")));
    let wrong = anna.get(&format!("{path}?isTrashed=1")).await;
    assert_eq!(refusal(&wrong), (400, json!(["isTrashed must be a boolean value"])));
}

#[tokio::test]
async fn writes_by_cookie_from_other_sites_are_refused() {
    let app = App::new();
    let token = app.log_in().await.json()["accessToken"].as_str().unwrap().to_owned();
    let cookie = format!("immich_access_token={token}");
    let json_type = ("content-type", "application/json");
    let put = async |more: &[(&str, &str)]| {
        let headers =
            [&[json_type, ("cookie", &cookie), ("host", "photos.example")], more].concat();
        app.ask(Method::PUT, "/api/users/me", &headers, r#"{"name":"Eve"}"#).await
    };
    for foreign in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let refused = put(&[foreign]).await;
        assert_eq!(refusal(&refused), (403, json!("Cross-site request refused")), "{foreign:?}");
    }
    for own in
        [&[][..], &[("sec-fetch-site", "same-origin")], &[("origin", "https://photos.example")]]
    {
        assert_eq!(put(own).await.status, StatusCode::OK, "{own:?}");
    }
    let bearer = format!("Bearer {token}");
    assert_eq!(put(&[("authorization", &bearer), ("origin", "null")]).await.status, StatusCode::OK);
    let read = [("cookie", cookie.as_str()), ("sec-fetch-site", "cross-site")];
    assert_eq!(app.get("/api/users/me", &read).await.status, StatusCode::OK);
}
