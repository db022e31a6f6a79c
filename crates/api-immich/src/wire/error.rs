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

/// One sentence or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Message {
    /// One sentence.
    One(String),
    /// One sentence for each thing that is not valid.
    Many(Vec<String>),
}
