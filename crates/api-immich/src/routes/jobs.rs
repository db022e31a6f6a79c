//! `/jobs`: what is done in the background (contract immich §D4).
//!
//! Upstream has a queue for each kind of work. What is done here shows in the queue that it would
//! stand in there; the others are empty. Nothing is ever paused, and what cannot be started says so.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_library::Library;
use kalends_library::scan::status::{Phase, Progress};
use kalends_library::stored::JobCounts;

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::error::Refusals;
use crate::wire::jobs::{
    JobCreateDto, QueueCommandDto, QueueResponseLegacyDto, QueueStatisticsDto,
    QueuesResponseLegacyDto,
};

/// Upstream's queues.
const QUEUES: [&str; 18] = [
    "thumbnailGeneration",
    "metadataExtraction",
    "videoConversion",
    "faceDetection",
    "facialRecognition",
    "smartSearch",
    "duplicateDetection",
    "backgroundTask",
    "storageTemplateMigration",
    "migration",
    "search",
    "sidecar",
    "library",
    "notifications",
    "backupDatabase",
    "ocr",
    "workflow",
    "editor",
];

/// What can be done with a queue.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Command {
    Start,
    Other,
}

const COMMANDS: [(&str, Command); 5] = [
    ("start", Command::Start),
    ("pause", Command::Other),
    ("resume", Command::Other),
    ("empty", Command::Other),
    ("clear-failed", Command::Other),
];

/// Upstream's single pieces of work.
const MANUAL_JOBS: [(&str, ()); 6] = [
    ("person-cleanup", ()),
    ("tag-cleanup", ()),
    ("user-cleanup", ()),
    ("memory-cleanup", ()),
    ("memory-create", ()),
    ("backup-database", ()),
];

/// What is being done?
///
/// For administrators. Tools ask until nothing is active or waiting.
#[utoipa::path(
    get,
    path = "/jobs",
    operation_id = "getQueuesLegacy",
    tag = "Jobs",
    responses((status = 200, description = "What.", body = QueuesResponseLegacyDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn list(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let (progress, is_scanning, counts) = state
        .run(move |library| {
            asked.viewer(library)?;
            look(library)
        })
        .await?;
    let queues = QUEUES.map(|name| (name.to_owned(), queue(name, progress, is_scanning, &counts)));
    Ok(json::ok(&QueuesResponseLegacyDto(queues.into())))
}

/// Starts the work of a queue.
///
/// For administrators. `library`, `metadataExtraction`, `sidecar` and `thumbnailGeneration` scan
/// all folders, which reads what is new or has changed and makes missing pictures; with `force` the
/// last makes all pictures again.
#[utoipa::path(
    put,
    path = "/jobs/{name}",
    operation_id = "runQueueCommandLegacy",
    tag = "Jobs",
    params(("name" = String, Path, description = "The queue.")),
    request_body = QueueCommandDto,
    responses((status = 200, description = "As it stands.", body = QueueResponseLegacyDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn command(
    State(state): State<ImmichState>,
    Path(name): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let whole = Arc::clone(&state.library);
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            if !QUEUES.contains(&name.as_str()) {
                let known = QUEUES.join(", ");
                let message = format!("name must be one of the following values: {known}");
                return Err(Failure::invalid(vec![message]));
            }
            let (command, force) = body.read(|fields| {
                let command = fields.required_choice("command", &COMMANDS);
                (command, fields.boolean("force").unwrap_or(false))
            })?;
            let is_remaking = work(&name, command.unwrap_or(Command::Other), force)?;
            if !whole.scan_all_in_background(is_remaking) {
                return Err(Failure::bad_request("Job is already running"));
            }
            let (progress, is_scanning, counts) = look(library)?;
            Ok(queue(&name, progress, is_scanning, &counts))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Does a single piece of work.
///
/// For administrators. None of upstream's can be done: what they clean up does not arise here.
#[utoipa::path(
    post,
    path = "/jobs",
    operation_id = "createJob",
    tag = "Jobs",
    request_body = JobCreateDto,
    responses((status = 204, description = "Never."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            asked.viewer(library)?;
            body.read(|fields| fields.required_choice("name", &MANUAL_JOBS))?;
            Err(Failure::bad_request("This server has no such job"))
        })
        .await
}

/// The work of this queue as a scan: whether all pictures are made again. A refusal when it is none.
fn work(queue: &str, command: Command, force: bool) -> Result<bool, Failure> {
    if command != Command::Start {
        return Err(Failure::bad_request("The queues of this server can only be started"));
    }
    match (queue, force) {
        ("thumbnailGeneration", true) => Ok(true),
        ("thumbnailGeneration" | "library" | "metadataExtraction" | "sidecar", false) => Ok(false),
        ("library" | "metadataExtraction" | "sidecar", true) => {
            Err(Failure::bad_request("This server reads files again only when they have changed"))
        }
        _ => Err(Failure::bad_request("This server has nothing to do in this queue")),
    }
}

type Look = (Progress, bool, Vec<JobCounts>);

fn look(library: &Library) -> Result<Look, Failure> {
    let counts = library.job_counts().map_err(Failure::catalog)?;
    Ok((library.scan_progress(), library.is_scan_under_way(), counts))
}

fn queue(
    name: &str,
    progress: Progress,
    is_scanning: bool,
    counts: &[JobCounts],
) -> QueueResponseLegacyDto {
    let mut statistics = QueueStatisticsDto::default();
    let of_scan = match progress.phase {
        // It was asked for, or is between two libraries.
        Phase::Idle | Phase::Walking => "library",
        Phase::Reading => "metadataExtraction",
        Phase::Pictures => "thumbnailGeneration",
    };
    if is_scanning && name == of_scan {
        statistics.active = 1;
        if progress.phase != Phase::Walking {
            statistics.waiting = progress.total.saturating_sub(progress.done + 1);
        }
    }
    for count in counts.iter().filter(|count| queue_of(&count.kind) == name) {
        statistics.active += count.running;
        statistics.waiting += count.waiting;
        statistics.delayed += count.delayed;
        statistics.failed += count.failed;
    }
    let mut queue = QueueResponseLegacyDto { job_counts: statistics, ..Default::default() };
    queue.queue_status.is_active = queue.job_counts.active > 0;
    queue
}

/// The queue in which upstream would do a job of this kind.
fn queue_of(kind: &str) -> &'static str {
    match kind {
        "pictures" | "pictures-again" => "thumbnailGeneration",
        "reading" => "metadataExtraction",
        _ => "backgroundTask",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(phase: Phase, done: u64, total: u64) -> Progress {
        Progress { phase, library: None, done, total }
    }

    fn standing(name: &str, progress: Progress, counts: &[JobCounts]) -> (u64, u64) {
        let is_scanning = progress.phase != Phase::Idle;
        let counts = queue(name, progress, is_scanning, counts).job_counts;
        (counts.active, counts.waiting)
    }

    #[test]
    fn a_scan_stands_in_the_queue_of_its_phase_until_it_ends() {
        let reading = progress(Phase::Reading, 3, 10);
        assert_eq!(standing("metadataExtraction", reading, &[]), (1, 6));
        assert_eq!(standing("library", reading, &[]), (0, 0));
        assert_eq!(standing("library", progress(Phase::Walking, 3, 3), &[]), (1, 0));
        let done = progress(Phase::Pictures, 10, 10);
        assert_eq!(standing("thumbnailGeneration", done, &[]), (1, 0));
        assert_eq!(standing("thumbnailGeneration", Progress::default(), &[]), (0, 0));
        let asked = queue("library", Progress::default(), true, &[]);
        assert!(asked.queue_status.is_active, "it is about to begin");
    }

    #[test]
    fn jobs_stand_in_the_queue_of_their_kind() {
        let count = |kind: &str| JobCounts {
            kind: kind.to_owned(),
            running: 1,
            waiting: 2,
            delayed: 3,
            failed: 4,
        };
        let counts = [count("pictures"), count("purge-trash"), count("remove-files")];
        let idle = Progress::default();
        assert_eq!(standing("thumbnailGeneration", idle, &counts), (1, 2));
        assert_eq!(standing("backgroundTask", idle, &counts), (2, 4));
        let background = queue("backgroundTask", idle, false, &counts).job_counts;
        assert_eq!((background.delayed, background.failed), (6, 8));
    }

    #[test]
    fn only_what_can_be_done_is_started() {
        let is_ok = |queue, command, force| work(queue, command, force).is_ok();
        for queue in ["library", "metadataExtraction", "sidecar", "thumbnailGeneration"] {
            assert!(is_ok(queue, Command::Start, false));
            assert!(!is_ok(queue, Command::Other, false));
            assert_eq!(is_ok(queue, Command::Start, true), queue == "thumbnailGeneration");
        }
        assert!(!is_ok("smartSearch", Command::Start, false));
    }
}
