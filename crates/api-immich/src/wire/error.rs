//! The one shape of every error (contract immich §B1).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Every error of this API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ErrorDto {
    /// What is wrong: one sentence, or a list of them when parameters or fields are not valid.
    pub message: Message,
    /// The reason phrase of the status. Absent when the error has no message of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub error: Option<String>,
    /// The HTTP status.
    pub status_code: u16,
    /// The id of this exchange, also in the header `x-immich-cid`.
    pub correlation_id: String,
}

/// What any operation may answer instead of what was asked for: the rows that all operations share in
/// the document.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) enum Refusals {
    /// A field or parameter is not valid (`message` is a list), or what it names does not exist or
    /// is not the caller's (`message` is a sentence).
    #[response(status = 400)]
    Invalid(ErrorDto),
    /// There is no credential, or it is not valid.
    #[response(status = 401)]
    Unauthorized(ErrorDto),
    /// The API key lacks the permission, or the operation is not for this caller.
    #[response(status = 403)]
    Forbidden(ErrorDto),
    /// The server failed; its log says why.
    #[response(status = 500)]
    Failed(ErrorDto),
    /// The server is busy. `Retry-After` says when to come back.
    #[response(status = 503)]
    Busy(ErrorDto),
}

/// One sentence or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Message {
    /// One sentence.
    One(String),
    /// One sentence for each thing that is not valid.
    Many(Vec<String>),
}
