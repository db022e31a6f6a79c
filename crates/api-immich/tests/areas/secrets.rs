//! Signing up, passwords, PINs, and how often they may be guessed.

use std::sync::Arc;

use http::StatusCode;
use kalends_test_support::ids;
use serde_json::json;

use crate::app::{App, EMAIL, PASSWORD};
use crate::caller::refusal;

const PIN_RULE: &str = "pinCode must be a 6-digit numeric string";

#[tokio::test]
async fn a_new_server_is_signed_up_to_once() {
    let app = App::empty();
    let sign_up = json!({"email": "Root@Kalends.Example", "name": "Root", "password": PASSWORD});
    let wrong = app.nobody().post("/auth/admin-sign-up", json!({"email": "x"})).await;
    let messages = json!([
        "email must be an email",
        "password must be a string",
        "password should not be empty",
        "name must be a string",
        "name should not be empty"
    ]);
    assert_eq!(refusal(&wrong), (400, messages));

    let answer = app.nobody().post("/auth/admin-sign-up", sign_up.clone()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.header("set-cookie"), "", "a login comes next");
    let user = answer.json();
    assert_eq!(user["email"], "root@kalends.example");
    assert_eq!((&user["isAdmin"], &user["shouldChangePassword"]), (&json!(true), &json!(true)));
    assert_eq!((&user["storageLabel"], &user["status"]), (&json!("admin"), &json!("active")));
    assert_eq!((&user["license"], &user["oauthId"]), (&json!(null), &json!("")));
    let again = app.nobody().post("/auth/admin-sign-up", sign_up).await;
    assert_eq!(refusal(&again), (400, json!("The server already has an admin")));
    app.signed_in("root@kalends.example", PASSWORD).await;
}

#[tokio::test]
async fn a_sign_up_shows_the_token_that_the_server_printed() {
    let app = App::empty();
    let token = app.library.require_setup_token();
    let sign_up = json!({"email": "root@kalends.example", "name": "Root", "password": PASSWORD});
    for path in ["/auth/admin-sign-up", "/auth/admin-sign-up?setupToken=wrong"] {
        let refused = app.nobody().post(path, sign_up.clone()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.message().as_str().unwrap().contains("x-kalends-setup-token"));
    }
    let headers = [("content-type", "application/json"), ("x-kalends-setup-token", &token)];
    let path = "/api/auth/admin-sign-up";
    let answer = app.ask(http::Method::POST, path, &headers, &sign_up.to_string()).await;
    assert_eq!(answer.status, StatusCode::CREATED);

    let app = App::empty();
    let token = app.library.require_setup_token();
    let path = format!("/auth/admin-sign-up?setupToken={token}");
    assert_eq!(app.nobody().post(&path, sign_up).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn too_many_wrong_passwords_are_answered_with_429() {
    let app = App::new();
    let wrong = json!({"email": EMAIL, "password": "wrong"});
    for _ in 0..10 {
        let refused = app.nobody().post("/auth/login", wrong.clone()).await;
        assert_eq!(refusal(&refused), (401, json!("Incorrect email or password")));
    }
    let refused = app.nobody().post("/auth/login", wrong).await;
    let message = json!("Too many attempts, please try again later");
    assert_eq!(refusal(&refused), (429, message));
    assert_eq!(refused.json()["error"], "Too Many Requests");
    assert_eq!(refused.header("retry-after"), "60");
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it() {
    let app = App::new();
    let (anna, other) = (app.anna().await, app.anna().await);
    let change = async |current: &str, new: &str| {
        let sent = json!({"password": current, "newPassword": new, "invalidateSessions": false});
        anna.post("/auth/change-password", sent).await
    };
    assert_eq!(refusal(&change("wrong", "12345678").await), (400, json!("Wrong password")));
    let short = "newPassword must be longer than or equal to 8 characters";
    assert_eq!(refusal(&change(PASSWORD, "1234567").await), (400, json!([short])));
    let changed = change(PASSWORD, "another password").await;
    assert_eq!((changed.status, &changed.json()["email"]), (StatusCode::OK, &json!(EMAIL)));
    assert_eq!(anna.get("/users/me").await.status, StatusCode::OK);
    assert_eq!(refusal(&other.get("/users/me").await), (401, json!("Invalid user token")));
    app.signed_in(EMAIL, "another password").await;
    let key = app.with_key(&app.key(&["user.read"])).post("/auth/change-password", json!({})).await;
    let missing = json!("Missing required permission: auth.changePassword");
    assert_eq!(refusal(&key), (403, missing));
}

#[tokio::test]
async fn a_pin_is_set_shown_changed_and_removed() {
    let app = App::new();
    let anna = app.anna().await;
    let status = async || anna.get("/auth/status").await.json();
    assert_eq!(status().await, json!({"pinCode": false, "password": true, "isElevated": false}));
    let pin = |pin: &str| json!({"pinCode": pin});
    let missing = (400, json!("User does not have a PIN code"));
    assert_eq!(refusal(&anna.post("/auth/session/unlock", pin("123456")).await), missing);
    assert_eq!(
        refusal(&anna.put("/auth/pin-code", json!({"newPinCode": "123456"})).await),
        missing
    );
    assert_eq!(refusal(&anna.delete("/auth/pin-code", pin("123456")).await), missing);
    for wrong in
        [json!({}), pin("12345"), pin("1234567"), pin("12345a"), json!({"pinCode": 123456})]
    {
        let refused = anna.post("/auth/pin-code", wrong.clone()).await;
        assert_eq!(refusal(&refused), (400, json!([PIN_RULE])), "{wrong}");
    }
    let set = anna.post("/auth/pin-code", pin("123456")).await;
    assert_eq!((set.status, set.body.len()), (StatusCode::NO_CONTENT, 0));
    let again = anna.post("/auth/pin-code", pin("123456")).await;
    assert_eq!(refusal(&again), (400, json!("User already has a PIN code")));

    for (sent, message) in [
        (json!({}), json!("Either password or pinCode is required")),
        (pin("000000"), json!("Wrong PIN code")),
        (json!({"password": "wrong"}), json!("Wrong password")),
        (pin("x"), json!([PIN_RULE])),
    ] {
        for path in ["/auth/session/unlock", "/auth/pin-code"] {
            let refused = match path {
                "/auth/pin-code" => anna.delete(path, sent.clone()).await,
                _ => anna.post(path, sent.clone()).await,
            };
            assert_eq!(refusal(&refused), (400, message.clone()), "{path} {sent}");
        }
    }
    let unlocked = anna.post("/auth/session/unlock", pin("123456")).await;
    assert_eq!(unlocked.status, StatusCode::NO_CONTENT);
    let expected = json!({"pinCode": true, "password": true, "isElevated": true,
        "pinExpiresAt": "2026-11-22T12:15:00.000Z"});
    assert_eq!(status().await, expected);
    let locked = anna.get("/timeline/buckets?visibility=locked").await;
    assert_eq!((locked.status, locked.json()), (StatusCode::OK, json!([])));
    assert_eq!(anna.post("/auth/session/lock", json!({})).await.status, StatusCode::NO_CONTENT);
    let refused = anna.get("/timeline/buckets?visibility=locked").await;
    assert_eq!(refusal(&refused), (401, json!("Elevated permission is required")));

    let change = json!({"newPinCode": "654321", "password": PASSWORD});
    assert_eq!(anna.put("/auth/pin-code", change).await.status, StatusCode::NO_CONTENT);
    let removed = anna.delete("/auth/pin-code", pin("654321")).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(status().await["pinCode"], false);
}

#[tokio::test]
async fn pins_are_guessed_at_five_times() {
    let app = App::new();
    let anna = app.anna().await;
    anna.post("/auth/pin-code", json!({"pinCode": "123456"})).await;
    for _ in 0..5 {
        let refused = anna.post("/auth/session/unlock", json!({"pinCode": "000000"})).await;
        assert_eq!(refusal(&refused), (400, json!("Wrong PIN code")));
    }
    let refused = anna.post("/auth/session/unlock", json!({"pinCode": "123456"})).await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (StatusCode::TOO_MANY_REQUESTS, "60")
    );
}

#[tokio::test]
async fn a_key_cannot_be_elevated() {
    let app = App::new();
    app.anna().await.post("/auth/pin-code", json!({"pinCode": "123456"})).await;
    let key = app.key(&["all"]);
    let key = app.with_key(&key);
    for path in ["/auth/session/unlock", "/auth/session/lock", "/sessions"] {
        let refused = key.post(path, json!({"pinCode": "123456"})).await;
        let message = json!("This endpoint can only be used with a session token");
        assert_eq!(refusal(&refused), (400, message), "{path}");
    }
    let status = key.get("/auth/status").await.json();
    assert_eq!(status, json!({"pinCode": true, "password": true, "isElevated": false}));
}

#[tokio::test]
async fn deleted_users_and_ended_sessions_open_nothing() {
    let app = App::new();
    let (bob, his) = app.bob().await;
    let key = his.post("/api-keys", json!({"permissions": ["all"]})).await.json();
    let his_key = app.with_key(key["secret"].as_str().unwrap());
    assert_eq!(his_key.get("/users/me").await.json()["id"], bob["id"]);
    let path = format!("/admin/users/{}", bob["id"].as_str().unwrap());
    let deleted = app.anna().await.delete(&path, json!({})).await;
    assert_eq!(deleted.json()["status"], "deleted");
    assert_eq!(refusal(&his.get("/users/me").await), (401, json!("Invalid user token")));
    assert_eq!(refusal(&his_key.get("/users/me").await), (401, json!("Invalid API key")));

    let session = kalends_library::stored::Session {
        id: ids::session(1),
        user: app.user,
        device_type: String::new(),
        device_os: String::new(),
        created_at: 0,
        updated_at: 0,
        expires_at: Some(1),
        elevated_until: None,
        app_version: None,
        parent: None,
        is_pending_sync_reset: false,
    };
    let digest = kalends_library::secrets::token_digest("ended");
    let library = Arc::clone(&app.library);
    library.write(|writer| writer.create_session(&session, &digest)).unwrap();
    let ended = app.session("ended").get("/users/me").await;
    assert_eq!(refusal(&ended), (401, json!("Invalid user token")));
}
