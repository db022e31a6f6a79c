//! The exact shapes of the dialect, as types: what the OpenAPI document shows and what tests read
//! answers back into. Large answers are not built of them but written straight from columns.

pub mod activity;
pub mod album;
pub mod asset;
pub mod asset_edit;
pub mod auth;
pub mod bulk;
pub mod error;
pub mod jobs;
pub mod libraries;
pub mod map;
pub mod memory;
pub mod notification;
pub mod partner;
pub mod people;
pub mod preferences;
pub mod search;
pub mod server;
pub mod session;
pub mod shared_link;
pub mod stacks;
pub mod tags;
pub mod timeline;
pub mod upload;
pub mod user;
