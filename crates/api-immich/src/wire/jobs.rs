//! The shapes of background work (contract immich §D4).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Every queue, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct QueuesResponseLegacyDto(pub BTreeMap<String, QueueResponseLegacyDto>);

/// One queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueueResponseLegacyDto {
    /// What is in it.
    pub job_counts: QueueStatisticsDto,
    /// How it stands.
    pub queue_status: QueueStatusLegacyDto,
}

/// What is in a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueueStatisticsDto {
    /// Being done now.
    pub active: u64,
    /// Done, and still kept. Nothing is.
    pub completed: u64,
    /// Given up.
    pub failed: u64,
    /// To be done later. Counted as waiting.
    pub delayed: u64,
    /// To be done.
    pub waiting: u64,
    /// Held back. Nothing is.
    pub paused: u64,
}

/// How a queue stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueueStatusLegacyDto {
    /// Whether something of it is being done.
    pub is_active: bool,
    /// Whether it was stopped. None can be.
    pub is_paused: bool,
}

/// What to do with a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueueCommandDto {
    /// `start`, `pause`, `resume`, `empty` or `clear-failed`.
    pub command: String,
    /// Everything again, not only what is missing.
    #[schema(nullable = false)]
    pub force: Option<bool>,
}

/// Which work to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobCreateDto {
    /// Its name.
    pub name: String,
}
