//! What is answered instead of an answer. The status is what Gumnut's SDK turns into an exception;
//! the body says why (contract gumnut §3.0).

use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use kalends_http_kit::Busy;
use kalends_http_kit::reply::plain_json;
use kalends_library::{AskError, Denied, IdentityError};
use serde::Serialize;

use crate::wire::error::{HttpValidationError, Refusal, Unauthorized};

/// Why a request is not answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refused {
    /// Nobody, or nobody known, is asking; the text says which.
    Unauthorized(&'static str),
    /// Whoever asks may not; the text says what.
    Forbidden(&'static str),
    /// There is no such thing for whoever asks.
    NotFound(&'static str),
    /// There is no such method.
    MethodNotAllowed,
    /// The parameters are wrong.
    Invalid(HttpValidationError),
    /// Not now, but in a moment.
    Unavailable(&'static str),
    /// The server failed. The log says how.
    Internal,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthorized(detail) => {
                let error = "unauthorized";
                let body = Unauthorized { error, message: "Invalid or expired token", detail };
                let challenge = HeaderValue::from_static("Bearer");
                with_header(json(StatusCode::UNAUTHORIZED, &body), WWW_AUTHENTICATE, challenge)
            }
            Self::Forbidden(detail) => refusal(StatusCode::FORBIDDEN, detail),
            Self::NotFound(detail) => refusal(StatusCode::NOT_FOUND, detail),
            Self::MethodNotAllowed => {
                let refusal = refusal(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
                with_header(refusal, ALLOW, HeaderValue::from_static("GET,HEAD"))
            }
            Self::Invalid(errors) => json(StatusCode::UNPROCESSABLE_ENTITY, &errors),
            Self::Unavailable(detail) => {
                let seconds = HeaderValue::from(Busy::RETRY_AFTER_SECONDS);
                with_header(refusal(StatusCode::SERVICE_UNAVAILABLE, detail), RETRY_AFTER, seconds)
            }
            Self::Internal => refusal(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        }
    }
}

impl From<Busy> for Refused {
    fn from(_: Busy) -> Self {
        Self::Unavailable("The server has more to do than it can queue. Try again in a moment.")
    }
}

impl From<HttpValidationError> for Refused {
    fn from(errors: HttpValidationError) -> Self {
        Self::Invalid(errors)
    }
}

impl From<IdentityError> for Refused {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::InvalidToken => {
                Self::Unauthorized("The token is neither a session's nor an API key")
            }
            IdentityError::InvalidApiKey => Self::Unauthorized("There is no such API key"),
            IdentityError::InvalidShareKey | IdentityError::InvalidShareSlug => {
                Self::Unauthorized("There is no such shared link")
            }
            IdentityError::LinkPasswordRequired => {
                Self::Unauthorized("The shared link needs its password")
            }
            IdentityError::Catalog(error) => internal(&error),
        }
    }
}

impl From<AskError> for Refused {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Denied(denied) => denied.into(),
            AskError::Catalog(error) => internal(&error),
            AskError::Loading => {
                Self::Unavailable("The timeline is still loading. Try again in a moment.")
            }
        }
    }
}

impl From<Denied> for Refused {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Library => Self::NotFound("Library not found"),
            Denied::Album => Self::NotFound("Album not found"),
            // This API has no words for asking after anybody else, so only visitors with a shared
            // link get here.
            Denied::Timeline
            | Denied::Archive
            | Denied::Elevation
            | Denied::Tag
            | Denied::Partners => {
                Self::Forbidden("A shared link shows its album only: name it with album_id")
            }
        }
    }
}

fn internal(error: &(dyn std::error::Error + 'static)) -> Refused {
    tracing::error!(error, "a question could not be answered");
    Refused::Internal
}

fn refusal(status: StatusCode, detail: &str) -> Response {
    json(status, &Refusal { detail: detail.to_owned() })
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let body = serde_json::to_vec(body).expect("the shapes of errors are plain JSON");
    plain_json(status, body)
}

fn with_header(mut response: Response, name: http::HeaderName, value: HeaderValue) -> Response {
    response.headers_mut().insert(name, value);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    async fn body_of(refused: Refused) -> (StatusCode, http::HeaderMap, String) {
        let response = refused.into_response();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, headers, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn every_refusal_has_its_status_and_says_why() {
        for (refused, status) in [
            (Refused::Forbidden("x"), StatusCode::FORBIDDEN),
            (Refused::from(Denied::Library), StatusCode::NOT_FOUND),
            (Refused::from(Denied::Timeline), StatusCode::FORBIDDEN),
            (Refused::MethodNotAllowed, StatusCode::METHOD_NOT_ALLOWED),
            (Refused::from(Busy), StatusCode::SERVICE_UNAVAILABLE),
            (Refused::from(AskError::Loading), StatusCode::SERVICE_UNAVAILABLE),
            (Refused::Internal, StatusCode::INTERNAL_SERVER_ERROR),
        ] {
            let (found, headers, body) = body_of(refused).await;
            assert_eq!(found, status);
            assert!(body.starts_with("{\"detail\":\"") && body.ends_with("\"}"), "{body}");
            assert_eq!(headers[http::header::CONTENT_TYPE], "application/json; charset=utf-8");
            let is_temporary = status == StatusCode::SERVICE_UNAVAILABLE;
            assert_eq!(headers.contains_key(RETRY_AFTER), is_temporary);
        }
    }

    #[tokio::test]
    async fn the_body_of_401_is_the_published_one() {
        let (status, headers, body) = body_of(IdentityError::InvalidApiKey.into()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(headers[WWW_AUTHENTICATE], "Bearer");
        let expected = "{\"error\":\"unauthorized\",\"message\":\"Invalid or expired token\",\
                        \"detail\":\"There is no such API key\"}";
        assert_eq!(body, expected);
    }
}
