//! Small answers in JSON.

use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use kalends_http_kit::reply;
use serde::Serialize;

/// 200 with this body.
pub(crate) fn ok(dto: &impl Serialize) -> Response {
    with(StatusCode::OK, dto)
}

/// 201 with this body.
pub(crate) fn created(dto: &impl Serialize) -> Response {
    with(StatusCode::CREATED, dto)
}

/// A status with this body.
pub(crate) fn with(status: StatusCode, dto: &impl Serialize) -> Response {
    let body = serde_json::to_vec(dto).expect("wire types hold nothing that JSON lacks");
    reply::plain_json(status, body)
}

/// 204: done, and nothing to say.
pub(crate) fn no_content() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
