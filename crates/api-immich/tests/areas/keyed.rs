//! Somebody who asks with an API key, and reads the answer or its refusal.

use http::{Method, StatusCode};
use kalends_library::NewUser;
use serde_json::Value;

use crate::app::{Answer, App, PASSWORD};

pub(crate) struct Keyed<'a> {
    app: &'a App,
    key: String,
}

impl App {
    /// Anna, whose photos there are.
    pub(crate) fn anna_by_key(&self) -> Keyed<'_> {
        Keyed { app: self, key: self.key(&["all"]) }
    }

    /// Another user.
    pub(crate) fn other_by_key(&self, name: &str) -> Keyed<'_> {
        let email = format!("{name}@kalends.example");
        let new = NewUser { email: &email, name, password: PASSWORD, is_admin: false };
        self.library.create_user(new).unwrap();
        let key = self.library.create_api_key(&email, "test", &["all".to_owned()]).unwrap();
        Keyed { app: self, key }
    }
}

impl Keyed<'_> {
    pub(crate) async fn send(&self, method: Method, path: &str, body: Value) -> Answer {
        let headers = [("x-api-key", self.key.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.app.ask(method, &format!("/api{path}"), &headers, &body).await
    }

    /// The body of an answer with this status.
    pub(crate) async fn told(&self, status: u16, method: Method, path: &str, body: Value) -> Value {
        let answer = self.send(method.clone(), path, body).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {text}");
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.told(200, Method::GET, path, Value::Null).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Value {
        self.told(200, Method::PUT, path, body).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        self.told(201, Method::POST, path, body).await
    }

    pub(crate) async fn delete(&self, path: &str, body: Value) {
        self.told(204, Method::DELETE, path, body).await;
    }

    /// The message of a 400.
    pub(crate) async fn refused(&self, method: Method, path: &str, body: Value) -> Value {
        let answer = self.send(method.clone(), path, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{method} {path}");
        answer.message()
    }
}
