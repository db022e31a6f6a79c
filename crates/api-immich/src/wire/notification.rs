//! The shapes of notifications (contract immich §D2.9).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A message to a user. There are none yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotificationDto {
    /// Names it.
    pub id: Uuid,
    /// Its headline.
    pub title: String,
    /// When it came.
    pub created_at: String,
}

/// Messages that were read, or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotificationUpdateAllDto {
    /// Which.
    pub ids: Vec<Uuid>,
    /// When they were read; `null` for unread.
    pub read_at: Option<String>,
}

/// Messages to remove.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotificationDeleteAllDto {
    /// Which.
    pub ids: Vec<Uuid>,
}
