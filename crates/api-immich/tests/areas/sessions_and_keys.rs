//! `/sessions` and `/api-keys`: one's own alone.

use http::{Method, StatusCode};
use kalends_test_support::ids;
use serde_json::{Value, json};

use crate::app::{App, EMAIL, PASSWORD};
use crate::caller::refusal;

fn id_of(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

#[tokio::test]
async fn sessions_are_listed_with_their_devices() {
    let app = App::new();
    let login = json!({"email": EMAIL, "password": PASSWORD}).to_string();
    let headers = [
        ("content-type", "application/json"),
        ("user-agent", "immich-android/2.7.5"),
        ("devicetype", "Android"),
        ("devicemodel", "Pixel 8"),
    ];
    let phone = app.ask(Method::POST, "/api/auth/login", &headers, &login).await;
    assert_eq!(phone.status, StatusCode::CREATED);
    let sessions = app.anna().await.get("/sessions").await.json();
    let sessions = sessions.as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let of = |current: bool| sessions.iter().find(|s| s["current"] == current).unwrap();
    let keys: Vec<&str> = of(true).as_object().unwrap().keys().map(String::as_str).collect();
    for key in ["id", "createdAt", "updatedAt", "current", "appVersion", "deviceOS", "deviceType"] {
        assert!(keys.contains(&key), "{key}");
    }
    assert!(!keys.contains(&"expiresAt"), "what is absent is left out");
    let told = |s: &Value| json!([s["appVersion"], s["deviceOS"], s["deviceType"]]);
    assert_eq!(told(of(true)), json!([null, "", ""]));
    assert_eq!(told(of(false)), json!(["2.7.5", "Android", "Pixel 8"]));
}

#[tokio::test]
async fn a_session_opens_another_for_a_while() {
    let app = App::new();
    let anna = app.anna().await;
    let sent = json!({"duration": 60, "deviceType": "TV", "deviceOS": "Tizen"});
    let made = anna.post("/sessions", sent).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let made = made.json();
    assert_eq!(made["expiresAt"], "2026-11-22T12:01:00.000Z");
    assert_eq!((&made["deviceType"], &made["current"]), (&json!("TV"), &json!(false)));
    let child = app.session(made["token"].as_str().unwrap());
    assert_eq!(child.get("/users/me").await.status, StatusCode::OK);
    let wrong = anna.post("/sessions", json!({"duration": 0, "deviceType": 1})).await;
    let messages = json!(["duration must not be less than 1", "deviceType must be a string"]);
    assert_eq!(refusal(&wrong), (400, messages));

    let path = format!("/sessions/{}", id_of(&made));
    assert_eq!(refusal(&anna.put(&path, json!({})).await).0, 400);
    let reset = anna.put(&path, json!({"isPendingSyncReset": true})).await;
    assert_eq!(reset.json()["isPendingSyncReset"], true);
    assert_eq!(anna.post(&format!("{path}/lock"), json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(anna.delete("/sessions", json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(child.get("/users/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(anna.get("/sessions").await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn sessions_of_others_are_as_good_as_none() {
    let app = App::new();
    let (_, bob) = app.bob().await;
    let his = bob.get("/sessions").await.json()[0].clone();
    let anna = app.anna().await;
    for id in [id_of(&his).to_owned(), ids::session(99).to_string()] {
        let path = format!("/sessions/{id}");
        let refused = anna.delete(&path, json!({})).await;
        assert_eq!(refusal(&refused), (400, json!("Not found or no authDevice.delete access")));
        let refused = anna.put(&path, json!({"isPendingSyncReset": true})).await;
        assert_eq!(refusal(&refused), (400, json!("Not found or no session.update access")));
        let refused = anna.post(&format!("{path}/lock"), json!({})).await;
        assert_eq!(refusal(&refused), (400, json!("Not found or no session.lock access")));
    }
    let refused = anna.delete("/sessions/x", json!({})).await;
    assert_eq!(refusal(&refused), (400, json!(["id must be a UUID"])));
    assert_eq!(bob.get("/users/me").await.status, StatusCode::OK);
    let own = anna.get("/sessions").await.json();
    let path = format!(
        "/sessions/{}",
        id_of(own.as_array().unwrap().iter().find(|s| s["current"] == true).unwrap())
    );
    assert_eq!(anna.delete(&path, json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(refusal(&anna.get("/users/me").await), (401, json!("Invalid user token")));
}

#[tokio::test]
async fn keys_are_made_shown_changed_and_removed() {
    let app = App::new();
    let anna = app.anna().await;
    let made = anna.post("/api-keys", json!({"permissions": ["asset.read"]})).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let made = made.json();
    let key = &made["apiKey"];
    assert_eq!((&key["name"], &key["permissions"]), (&json!("API Key"), &json!(["asset.read"])));
    let by_key = app.with_key(made["secret"].as_str().unwrap());
    assert_eq!(by_key.get("/api-keys/me").await.json(), *key);
    assert_eq!(by_key.get("/timeline/buckets").await.status, StatusCode::OK);
    let missing = json!("Missing required permission: user.read");
    assert_eq!(refusal(&by_key.get("/users/me").await), (403, missing));
    let not_a_key = json!("Not authenticated with an API Key");
    assert_eq!(refusal(&anna.get("/api-keys/me").await), (403, not_a_key));

    let path = format!("/api-keys/{}", id_of(key));
    let sent = json!({"name": "Frame", "permissions": ["user.read"]});
    let changed = anna.put(&path, sent).await.json();
    assert_eq!(
        (&changed["name"], &changed["permissions"]),
        (&json!("Frame"), &json!(["user.read"]))
    );
    assert_eq!(anna.get(&path).await.json(), changed);
    assert_eq!(anna.get("/api-keys").await.json(), json!([changed]));
    assert_eq!(by_key.get("/users/me").await.status, StatusCode::OK);
    assert_eq!(anna.delete(&path, json!({})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(refusal(&by_key.get("/users/me").await), (401, json!("Invalid API key")));
    assert_eq!(refusal(&anna.get(&path).await), (400, json!("API Key not found")));
}

#[tokio::test]
async fn a_key_cannot_make_a_stronger_one() {
    let app = App::new();
    let secret = app.key(&["apiKey.create", "apiKey.update", "apiKey.read"]);
    let weak = app.with_key(&secret);
    let cannot = (400, json!("Cannot grant permissions you do not have"));
    for permissions in [json!(["all"]), json!(["asset.read"]), json!(["apiKey.read", "all"])] {
        let refused = weak.post("/api-keys", json!({"permissions": permissions})).await;
        assert_eq!(refusal(&refused), cannot);
    }
    let own = weak.get("/api-keys/me").await.json();
    let path = format!("/api-keys/{}", id_of(&own));
    assert_eq!(refusal(&weak.put(&path, json!({"permissions": ["all"]})).await), cannot);
    let strong = app.anna().await.post("/api-keys", json!({"permissions": ["all"]})).await.json();
    let path = format!("/api-keys/{}", id_of(&strong["apiKey"]));
    assert_eq!(refusal(&weak.put(&path, json!({"name": "mine"})).await), cannot);
    let made = weak.post("/api-keys", json!({"permissions": ["apiKey.read"]})).await;
    assert_eq!(made.status, StatusCode::CREATED);
}

#[tokio::test]
async fn keys_of_others_are_as_good_as_none() {
    let app = App::new();
    let (_, bob) = app.bob().await;
    let his = bob.post("/api-keys", json!({"permissions": ["all"]})).await.json();
    let anna = app.anna().await;
    for id in [id_of(&his["apiKey"]).to_owned(), ids::api_key(99).to_string()] {
        let path = format!("/api-keys/{id}");
        let not_found = (400, json!("API Key not found"));
        assert_eq!(refusal(&anna.get(&path).await), not_found);
        assert_eq!(refusal(&anna.put(&path, json!({"name": "x"})).await), not_found);
        assert_eq!(refusal(&anna.delete(&path, json!({})).await), not_found);
    }
    assert_eq!(anna.get("/api-keys").await.json(), json!([]));
    let wrong = anna.post("/api-keys", json!({"name": "", "permissions": []})).await;
    let messages =
        json!(["name should not be empty", "permissions must contain at least 1 elements"]);
    assert_eq!(refusal(&wrong), (400, messages));
    let wrong = anna.post("/api-keys", json!({"permissions": ["asset.fly"]})).await;
    let message = wrong.message()[0].as_str().unwrap().to_owned();
    assert!(
        message.starts_with("each value in permissions must be one of the following values: all")
    );
}
