//! Reading the JSON body of a request field by field, collecting what is wrong with each in
//! upstream's words (contract immich §B2).
//!
//! A body that is not declared as JSON reads as an empty object, which also keeps other sites'
//! forms from doing anything. Unknown fields are passed over. `null` counts as a value only where a
//! field says so: those are read by the methods that return a [`Sent`].

mod fields;
#[cfg(test)]
mod tests;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

pub(crate) use self::fields::BodyFields;
use crate::error::Failure;

/// The body of a request, read but not judged yet: who is asking comes first.
pub(crate) struct JsonBody(Result<Value, Failure>);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let is_json = is_json(request.headers());
        let bytes = Bytes::from_request(request, state).await;
        Ok(Self(read(is_json, bytes)))
    }
}

fn read(is_json: bool, bytes: Result<Bytes, BytesRejection>) -> Result<Value, Failure> {
    let bytes = bytes.map_err(|rejected| match rejected.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "The request body is too large")
        }
        status => Failure::new(status, "Unreadable request body"),
    })?;
    if !is_json || bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(|error| Failure::bad_request(error.to_string()))
}

pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = sent.split(';').next().unwrap_or("").trim();
    essence.eq_ignore_ascii_case("application/json")
}

impl JsonBody {
    /// Reads the body with `read`; every message about its fields at once when any is wrong.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&mut BodyFields<'_>) -> T,
    ) -> Result<T, Failure> {
        let value = self.0.as_ref().map_err(Clone::clone)?;
        read_value(value, read)
    }
}

/// Reads a JSON value as [`JsonBody::read`] does, such as a field of a form that holds JSON.
pub(crate) fn read_value<T>(
    value: &Value,
    read: impl FnOnce(&mut BodyFields<'_>) -> T,
) -> Result<T, Failure> {
    let mut fields = BodyFields::of(value);
    let read = read(&mut fields);
    match (fields.date, fields.messages.is_empty()) {
        (Some(message), _) => Err(Failure::bad_request(message)),
        (None, false) => Err(Failure::invalid(fields.messages)),
        (None, true) => Ok(read),
    }
}

/// A field that may be absent, `null`, or a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent<T> {
    /// Not sent: leave it as it is.
    Absent,
    /// `null`: remove it.
    Null,
    /// A value.
    Given(T),
}

impl<T> Sent<T> {
    /// With the value turned into another.
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Sent<U> {
        match self {
            Self::Absent => Sent::Absent,
            Self::Null => Sent::Null,
            Self::Given(value) => Sent::Given(f(value)),
        }
    }

    /// What to change: `None` for nothing, `Some(None)` to remove it.
    pub(crate) fn change(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Given(value) => Some(Some(value)),
        }
    }

    /// The value, where absent and `null` mean the same.
    pub(crate) fn given(self) -> Option<T> {
        self.change().flatten()
    }
}
