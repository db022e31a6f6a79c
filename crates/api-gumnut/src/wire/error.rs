//! What answers that are no success look like (contract gumnut §1.3 and §3.0).

use serde::Serialize;
use utoipa::ToSchema;

/// A refusal with one reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Refusal {
    /// The reason, in a sentence.
    pub detail: String,
}

/// The answer 401.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Unauthorized {
    /// Always `unauthorized`.
    pub error: &'static str,
    /// Always `Invalid or expired token`.
    pub message: &'static str,
    /// What was wrong with the credential, in a sentence.
    pub detail: &'static str,
}

/// The answer 422: everything that is wrong with the request, in the order of the parameters.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HttpValidationError {
    /// One entry for each problem.
    pub detail: Vec<ValidationError>,
}

/// One problem of a request.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ValidationError {
    /// The name of the error, for programs.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Where: `query`, the name of the parameter and, in a list, which item.
    pub loc: Vec<Location>,
    /// What is wrong, for people.
    pub msg: String,
    /// The text that was received, or the texts of a list.
    pub input: Input,
    /// The parts of the message, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctx: Option<Context>,
}

/// One step of the way to a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Location {
    /// `query` or the name of a parameter.
    Name(&'static str),
    /// Which item of a list, from 0.
    Item(usize),
}

/// What was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Input {
    /// One text, percent escapes decoded.
    Text(String),
    /// The items of a list.
    Texts(Vec<String>),
    /// Nothing.
    Nothing(()),
}

/// The parts of a message.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Context {
    /// One of these was expected.
    Expected {
        /// What would have been right, each in single quotes.
        expected: String,
    },
    /// What is wrong.
    Error {
        /// What is wrong.
        error: String,
    },
    /// The least integer.
    AtLeast {
        /// The least integer.
        ge: i64,
    },
    /// The greatest integer.
    AtMost {
        /// The greatest integer.
        le: i64,
    },
    /// What a number must be greater than.
    Above {
        /// What the number must be greater than.
        gt: f64,
    },
    /// The greatest number.
    NotAbove {
        /// The greatest number.
        le: f64,
    },
    /// How long a list may be.
    TooLong {
        /// Always `List`.
        field_type: &'static str,
        /// The most items.
        max_length: usize,
        /// How many items there were.
        actual_length: usize,
    },
}
