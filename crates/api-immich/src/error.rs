//! Errors as the dialect tells them: always the same envelope, with the exchange's id in it
//! (contract immich §B1).
//!
//! A route returns a [`Failure`]. It becomes a response that carries the failure, and [`envelope`],
//! a layer around all routes, writes the body, because only there is the exchange's id at hand.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use kalends_http_kit::query::TooManyPairs;
use kalends_http_kit::{Busy, CorrelationId, reply};
use kalends_library::{AskError, Denied, NoAccess};

use crate::wire::error::{ErrorDto, Message};

/// Why a request is not answered, in the dialect's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    status: StatusCode,
    message: Message,
    /// Whether the envelope names the reason phrase. It does, but for errors without words of
    /// their own.
    has_reason: bool,
    retry_after_seconds: Option<u32>,
    /// Whether a file was asked for.
    is_of_file: bool,
}

impl Failure {
    /// A failure with one sentence.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let message = Message::One(message.into());
        Self { status, message, has_reason: true, retry_after_seconds: None, is_of_file: false }
    }

    /// 400 for parameters or fields, with a message for each thing that is wrong.
    pub fn invalid(messages: Vec<String>) -> Self {
        let status = StatusCode::BAD_REQUEST;
        let message = Message::Many(messages);
        Self { status, message, has_reason: true, retry_after_seconds: None, is_of_file: false }
    }

    /// 400 with one sentence.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 400 for what does not exist or is not the caller's: upstream never says which.
    pub fn no_access(permission: &str) -> Self {
        Self::bad_request(format!("Not found or no {permission} access"))
    }

    /// 401.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// 401 without words of its own.
    pub fn bare_unauthorized() -> Self {
        Self { has_reason: false, ..Self::unauthorized("Unauthorized") }
    }

    /// 403.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// An error without words of its own: its message is the reason phrase, which stands nowhere
    /// else (contract immich §B1).
    pub fn bare(status: StatusCode) -> Self {
        Self { has_reason: false, ..Self::new(status, reason(status)) }
    }

    /// 404 without words of its own.
    pub fn not_found() -> Self {
        Self { has_reason: false, ..Self::new(StatusCode::NOT_FOUND, "Not Found") }
    }

    /// 404 for an address or method that is not served.
    pub fn no_such_route(method: &http::Method, path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Cannot {method} {path}"))
    }

    /// What it says, the sentences joined.
    pub(crate) fn words(&self) -> String {
        match &self.message {
            Message::One(text) => text.clone(),
            Message::Many(texts) => texts.join("; "),
        }
    }

    /// 500 from a handler. `what` is what it failed to do, such as `get time buckets`; the cause is
    /// for the log and never part of it.
    pub fn failed_to(what: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("Failed to {what}"))
    }

    /// 500 because the catalog failed, where nothing more is to be said.
    pub fn catalog(cause: kalends_library::stored::CatalogError) -> Self {
        Self::internal(&cause, "read or write the catalog")
    }

    /// 500 from elsewhere than a handler. The cause is for the log.
    pub fn internal(cause: &dyn std::error::Error, what: &'static str) -> Self {
        tracing::error!(%cause, "failed to {what}");
        let failure = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error");
        Self { has_reason: false, ..failure }
    }

    /// 429: too many wrong secrets; come back in so many seconds.
    pub fn too_many(retry_after_seconds: u32) -> Self {
        let message = "Too many attempts, please try again later";
        let failure = Self::new(StatusCode::TOO_MANY_REQUESTS, message);
        Self { retry_after_seconds: Some(retry_after_seconds), ..failure }
    }

    /// 503: come back in a moment.
    pub fn busy(message: impl Into<String>) -> Self {
        let retry_after_seconds = Some(Busy::RETRY_AFTER_SECONDS);
        Self { retry_after_seconds, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, message) }
    }

    /// The failure of a request for a file: it says that nobody is to keep the answer, so that a
    /// picture is asked for again once it is made (contract immich §D2.5).
    #[must_use]
    pub fn of_file(self) -> Self {
        Self { is_of_file: true, ..self }
    }

    /// The failure of a question. `what` is what the route failed to do when the catalog fails.
    pub fn of_question(error: &AskError, what: &'static str) -> Self {
        match error {
            AskError::Denied(denied) => (*denied).into(),
            AskError::Catalog(cause) => {
                tracing::error!(%cause, "failed to {what}");
                Self::failed_to(what)
            }
            AskError::Loading => Self::busy("The timeline is still loading"),
        }
    }

    /// The response with its body, for the exchange with this id.
    fn response(&self, correlation: &CorrelationId) -> Response {
        let dto = ErrorDto {
            message: self.message.clone(),
            error: self.has_reason.then(|| reason(self.status)),
            status_code: self.status.as_u16(),
            correlation_id: correlation.as_str().to_owned(),
        };
        let body = serde_json::to_vec(&dto).expect("texts and a number are JSON");
        let mut response = reply::plain_json(self.status, body);
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.is_of_file {
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("none"));
        }
        response
    }
}

fn reason(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or("Error").to_owned()
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Elevation => Self::unauthorized("Elevated permission is required"),
            Denied::Album => Self::no_access("album.read"),
            Denied::Timeline => Self::no_access("timeline.read"),
            Denied::Archive => Self::no_access("archive.read"),
            Denied::Tag => Self::no_access("tag.read"),
            Denied::Library => Self::no_access("library.read"),
            Denied::Partners => Self::bad_request(
                "withPartners is only supported for non-archived, non-trashed, non-favorited assets",
            ),
        }
    }
}

impl From<NoAccess> for Failure {
    fn from(refused: NoAccess) -> Self {
        Self::no_access(refused.0)
    }
}

impl From<Busy> for Failure {
    fn from(_: Busy) -> Self {
        Self::busy("The server is busy")
    }
}

impl From<TooManyPairs> for Failure {
    fn from(too_many: TooManyPairs) -> Self {
        Self::bad_request(too_many.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The layer that writes the bodies of failures. It stands inside the one that stamps exchanges
/// with their ids.
pub async fn envelope(request: Request, next: Next) -> Response {
    let correlation = request.extensions().get::<CorrelationId>().cloned();
    let response = next.run(request).await;
    match (response.extensions().get::<Failure>(), correlation) {
        (Some(failure), Some(correlation)) => failure.response(&correlation),
        _ => response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    async fn told(failure: Failure) -> (u16, String) {
        let correlation = CorrelationId::from_random([0xc1; 8]);
        let response = failure.response(&correlation);
        assert_eq!(response.headers()["content-type"], reply::JSON);
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_envelope_has_its_keys_in_order() {
        let id = "c1c1c1c1c1c1c1c1";
        for (failure, status, reason, message) in [
            (Failure::unauthorized("Invalid API key"), 401, "Unauthorized", "\"Invalid API key\""),
            (
                Failure::invalid(vec!["userId must be a UUID".into()]),
                400,
                "Bad Request",
                "[\"userId must be a UUID\"]",
            ),
            (
                Failure::no_such_route(&http::Method::GET, "/api/nope"),
                404,
                "Not Found",
                "\"Cannot GET /api/nope\"",
            ),
            (
                Failure::failed_to("get time bucket"),
                500,
                "Internal Server Error",
                "\"Failed to get time bucket\"",
            ),
            (Busy.into(), 503, "Service Unavailable", "\"The server is busy\""),
        ] {
            let expected = format!(
                "{{\"message\":{message},\"error\":\"{reason}\",\"statusCode\":{status},\
                 \"correlationId\":\"{id}\"}}"
            );
            assert_eq!(told(failure).await, (status, expected));
        }
    }

    #[test]
    fn every_denial_has_upstreams_words() {
        let one = |text: &str| Message::One(text.to_owned());
        for (denied, status, message) in [
            (Denied::Elevation, 401, "Elevated permission is required"),
            (Denied::Album, 400, "Not found or no album.read access"),
            (Denied::Timeline, 400, "Not found or no timeline.read access"),
            (Denied::Archive, 400, "Not found or no archive.read access"),
            (Denied::Tag, 400, "Not found or no tag.read access"),
            (Denied::Library, 400, "Not found or no library.read access"),
            (
                Denied::Partners,
                400,
                "withPartners is only supported for non-archived, non-trashed, non-favorited assets",
            ),
        ] {
            let failure = Failure::from(denied);
            assert_eq!((failure.status.as_u16(), failure.message), (status, one(message)));
        }
    }

    #[test]
    fn whoever_must_wait_is_told_how_long() {
        let id = CorrelationId::from_random([0; 8]);
        let response = Failure::of_question(&AskError::Loading, "get time buckets").response(&id);
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[RETRY_AFTER], "1");
    }
}
