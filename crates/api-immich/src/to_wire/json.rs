//! Small answers in JSON.

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use kalends_http_kit::reply;
use serde::Serialize;
use sha1::{Digest as _, Sha1};

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

/// 201, and nothing to say.
pub(crate) fn created_without_words() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::CREATED;
    response
}

/// 304: what the client has is the one.
pub(crate) fn not_modified() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

/// An entity tag of small bytes.
pub(crate) fn entity_tag(bytes: &[u8]) -> String {
    format!("\"{}\"", STANDARD.encode(Sha1::digest(bytes)))
}

/// 204: done, and nothing to say.
pub(crate) fn no_content() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
