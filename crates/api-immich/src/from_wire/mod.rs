//! From the dialect to domain words: what was sent is checked against contract immich §A2 and §B2,
//! with its texts, and becomes a question.

pub mod bbox;
pub mod email;
pub mod fields;
pub mod login;
pub mod time_bucket;
pub mod timeline;
