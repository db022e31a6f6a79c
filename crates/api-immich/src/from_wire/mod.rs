//! From the dialect to domain words: what was sent is checked against contract immich §A2 and §B2,
//! with its texts, and becomes a question.

pub(crate) mod accounts;
pub(crate) mod activity;
pub(crate) mod album;
pub(crate) mod asset_edit;
pub mod bbox;
pub(crate) mod body;
pub(crate) mod date;
pub mod email;
pub mod fields;
pub(crate) mod libraries;
pub mod login;
pub(crate) mod path;
pub(crate) mod people;
pub(crate) mod permissions;
pub(crate) mod preferences;
pub(crate) mod query_object;
pub(crate) mod search;
pub(crate) mod shared_link;
pub mod time_bucket;
pub mod timeline;
