//! Memories (contract immich §D4).

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_library::MemoryError;
use kalends_library::memories::{MemoryAsk, MemoryEdit, MemoryOrder, NewMemory};
use kalends_library::stored::MemoryKind;
use kalends_model::{AssetId, MemoryId};

use crate::error::Failure;
use crate::from_wire::body::{BodyFields, JsonBody, read_value};
use crate::from_wire::path;
use crate::from_wire::query_object::{Kinds, object_of};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::bulk::bulk_responses;
use crate::to_wire::json;
use crate::to_wire::memory::memory_response;
use crate::wire::bulk::{BulkIdResponseDto, BulkIdsDto};
use crate::wire::error::Refusals;
use crate::wire::memory::{
    MemoryCreateDto, MemoryResponseDto, MemoryStatisticsResponseDto, MemoryUpdateDto,
};

const KINDS: [(&str, MemoryKind); 1] = [("on_this_day", MemoryKind::OnThisDay)];
const ORDERS: [(&str, MemoryOrder); 3] = [
    ("asc", MemoryOrder::Ascending),
    ("desc", MemoryOrder::Descending),
    ("random", MemoryOrder::Random),
];

impl From<MemoryError> for Failure {
    fn from(error: MemoryError) -> Self {
        match error {
            MemoryError::NoAccess(refused) => refused.into(),
            MemoryError::Catalog(cause) => Self::catalog(cause),
        }
    }
}

/// Which memories does the caller have?
///
/// With `for`, those to be shown at that moment; for a day near today the timeline is looked
/// through for what was taken on it in earlier years. The date's clock fields count, whatever its
/// offset.
#[utoipa::path(
    get,
    path = "/memories",
    operation_id = "searchMemories",
    tag = "Memories",
    params(
        ("for" = Option<String>, Query, description = "The moment, by the caller's clock."),
        ("isSaved" = Option<bool>, Query, description = "Those that are kept, or the others."),
        ("isTrashed" = Option<bool>, Query, description = "Those that were removed."),
        ("order" = Option<String>, Query, description = "`asc`, `desc` or `random`."),
        ("size" = Option<u32>, Query, description = "At most so many."),
        ("type" = Option<String>, Query, description = "`on_this_day`."),
    ),
    responses((status = 200, description = "They, with their assets.",
        body = Vec<MemoryResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn search_memories(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state.run(move |library| found(library, &asked)).await?;
    Ok(json::ok(&dto))
}

/// How many memories does the caller have?
#[utoipa::path(
    get,
    path = "/memories/statistics",
    operation_id = "memoriesStatistics",
    tag = "Memories",
    params(
        ("for" = Option<String>, Query, description = "As for `GET /memories`."),
        ("isSaved" = Option<bool>, Query, description = "Those that are kept, or the others."),
        ("isTrashed" = Option<bool>, Query, description = "Those that were removed."),
    ),
    responses((status = 200, description = "So many.", body = MemoryStatisticsResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn memories_statistics(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let total = state.run(move |library| Ok(found(library, &asked)?.len())).await?;
    Ok(json::ok(&MemoryStatisticsResponseDto { total }))
}

fn found(
    library: &kalends_library::Library,
    asked: &Asked,
) -> Result<Vec<MemoryResponseDto>, Failure> {
    let viewer = asked.viewer(library)?;
    let query = object_of(&asked.query, Kinds { numbers: &["size"], lists: &[] });
    let ask = read_value(&query, memory_ask)?;
    let memories = library
        .memories(&viewer, &ask)
        .map_err(|error| Failure::of_question(&error, "search memories"))?;
    Ok(memories.iter().map(memory_response).collect())
}

fn memory_ask(fields: &mut BodyFields<'_>) -> MemoryAsk {
    // There is one kind of memory.
    fields.choice("type", &KINDS);
    MemoryAsk {
        at: fields.date("for").map(|date| date.local),
        is_saved: fields.boolean("isSaved"),
        is_removed: fields.boolean("isTrashed") == Some(true),
        order: fields.choice("order", &ORDERS).unwrap_or_default(),
        limit: fields.integer("size", 1, i64::MAX).and_then(|size| usize::try_from(size).ok()),
    }
}

/// Make a memory.
#[utoipa::path(
    post,
    path = "/memories",
    operation_id = "createMemory",
    tag = "Memories",
    request_body = MemoryCreateDto,
    responses((status = 201, description = "It.", body = MemoryResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create_memory(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let new = body.read(new_memory)?;
            let new = new.ok_or_else(|| Failure::invalid(Vec::new()))?;
            let view = library.create_memory(&viewer, &new).map_err(Failure::catalog)?;
            Ok(memory_response(&view))
        })
        .await?;
    Ok(json::created(&dto))
}

fn new_memory(fields: &mut BodyFields<'_>) -> Option<NewMemory> {
    let kind = fields.required_choice("type", &KINDS);
    if fields.any("data").is_none() {
        fields.refuse("data", "should not be null or undefined");
    }
    let year = fields.object("data", |data| {
        if data.any("year").is_none() {
            data.refuse("year", "must be a positive number");
        }
        data.integer("year", 1, 9_999)
    });
    let memory_at = fields.required_date("memoryAt");
    let instant = |fields: &mut BodyFields<'_>, name: &str| {
        fields.date(name).map(|date| date.instant().micros())
    };
    let (seen_at, show_at, hide_at) =
        (instant(fields, "seenAt"), instant(fields, "showAt"), instant(fields, "hideAt"));
    let assets = fields.uuids("assetIds").unwrap_or_default();
    let is_saved = fields.boolean("isSaved") == Some(true);
    Some(NewMemory {
        kind: kind?,
        year: i32::try_from(year.flatten()?).ok()?,
        memory_at: memory_at?.instant().micros(),
        show_at,
        hide_at,
        seen_at,
        is_saved,
        assets: assets.into_iter().map(AssetId::from).collect(),
    })
}

/// What is in this memory?
#[utoipa::path(
    get,
    path = "/memories/{id}",
    operation_id = "getMemory",
    tag = "Memories",
    params(("id" = uuid::Uuid, Path, description = "The memory.")),
    responses((status = 200, description = "It.", body = MemoryResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_memory(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            Ok(memory_response(&library.memory(&viewer, memory_id(&id)?)?))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Keep a memory, or note that it was seen.
#[utoipa::path(
    put,
    path = "/memories/{id}",
    operation_id = "updateMemory",
    tag = "Memories",
    params(("id" = uuid::Uuid, Path, description = "The memory.")),
    request_body = MemoryUpdateDto,
    responses((status = 200, description = "It, as it is now.", body = MemoryResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_memory(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = memory_id(&id)?;
            let edit = body.read(|fields| MemoryEdit {
                is_saved: fields.boolean("isSaved"),
                memory_at: fields.date("memoryAt").map(|date| date.instant().micros()),
                seen_at: fields.date("seenAt").map(|date| date.instant().micros()),
            })?;
            Ok(memory_response(&library.edit_memory(&viewer, id, &edit)?))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Remove a memory. Its assets stay.
#[utoipa::path(
    delete,
    path = "/memories/{id}",
    operation_id = "deleteMemory",
    tag = "Memories",
    params(("id" = uuid::Uuid, Path, description = "The memory.")),
    responses((status = 204, description = "It is removed."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_memory(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            Ok(library.remove_memory(&viewer, memory_id(&id)?)?)
        })
        .await?;
    Ok(json::no_content())
}

/// Put assets into a memory.
#[utoipa::path(
    put,
    path = "/memories/{id}/assets",
    operation_id = "addMemoryAssets",
    tag = "Memories",
    params(("id" = uuid::Uuid, Path, description = "The memory.")),
    request_body = BulkIdsDto,
    responses((status = 200, description = "What came of each.", body = Vec<BulkIdResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn add_memory_assets(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = memory_id(&id)?;
            let ids = body.read(ids)?;
            Ok(bulk_responses(
                ids.iter().map(|id| id.uuid()),
                &library.add_to_memory(&viewer, id, &ids)?,
            ))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Take assets out of a memory.
#[utoipa::path(
    delete,
    path = "/memories/{id}/assets",
    operation_id = "removeMemoryAssets",
    tag = "Memories",
    params(("id" = uuid::Uuid, Path, description = "The memory.")),
    request_body = BulkIdsDto,
    responses((status = 200, description = "What came of each.", body = Vec<BulkIdResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn remove_memory_assets(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = memory_id(&id)?;
            let ids = body.read(ids)?;
            Ok(bulk_responses(
                ids.iter().map(|id| id.uuid()),
                &library.remove_from_memory(&viewer, id, &ids)?,
            ))
        })
        .await?;
    Ok(json::ok(&dto))
}

fn memory_id(text: &str) -> Result<MemoryId, Failure> {
    path::uuid("id", text).map(MemoryId::from)
}

fn ids(fields: &mut BodyFields<'_>) -> Vec<AssetId> {
    fields.required_uuids("ids").into_iter().map(AssetId::from).collect()
}
