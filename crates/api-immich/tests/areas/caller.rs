//! Somebody who asks with a credential of theirs, in JSON.

use http::Method;
use serde_json::{Value, json};

use crate::app::{Answer, App, EMAIL, PASSWORD};

/// Somebody with a credential, or nobody.
pub(crate) struct Caller<'a> {
    app: &'a App,
    credential: Option<(&'static str, String)>,
}

impl App {
    /// Nobody.
    pub(crate) fn nobody(&self) -> Caller<'_> {
        Caller { app: self, credential: None }
    }

    /// Whoever holds this session.
    pub(crate) fn session(&self, token: &str) -> Caller<'_> {
        Caller { app: self, credential: Some(("authorization", format!("Bearer {token}"))) }
    }

    /// Whoever holds this key.
    pub(crate) fn with_key(&self, key: &str) -> Caller<'_> {
        Caller { app: self, credential: Some(("x-api-key", key.to_owned())) }
    }

    /// Anna, the admin, in a new session.
    pub(crate) async fn anna(&self) -> Caller<'_> {
        self.signed_in(EMAIL, PASSWORD).await
    }

    /// Somebody in a new session.
    pub(crate) async fn signed_in(&self, email: &str, password: &str) -> Caller<'_> {
        let sent = json!({"email": email, "password": password});
        let answer = self.nobody().post("/auth/login", sent).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        self.session(answer.json()["accessToken"].as_str().unwrap())
    }

    /// Bob, who is no admin, with Anna's password.
    pub(crate) async fn bob(&self) -> (Value, Caller<'_>) {
        let sent = json!({"email": "bob@kalends.example", "name": "Bob", "password": PASSWORD});
        let made = self.anna().await.post("/admin/users", sent).await;
        assert_eq!(made.status, 201, "{}", made.json());
        (made.json(), self.signed_in("bob@kalends.example", PASSWORD).await)
    }
}

impl Caller<'_> {
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(self.credential.iter().map(|(name, value)| (*name, value.as_str())));
        let body = body.map_or(String::new(), |body| body.to_string());
        self.app.ask(method, &format!("/api{path}"), &headers, &body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::DELETE, path, Some(body)).await
    }
}

/// The status and the message of an error.
pub(crate) fn refusal(answer: &Answer) -> (u16, Value) {
    (answer.status.as_u16(), answer.message())
}
