//! Memories.

use kalends_library::MemoryView;
use kalends_library::stored::MemoryKind;

use super::asset::{Parts, asset_response};
use super::dates::instant_millis;
use crate::wire::memory::{MemoryResponseDto, OnThisDayDto};

/// A memory with its assets.
pub(crate) fn memory_response(view: &MemoryView) -> MemoryResponseDto {
    let memory = &view.memory;
    MemoryResponseDto {
        id: memory.id.uuid(),
        created_at: instant_millis(memory.created_at),
        updated_at: instant_millis(memory.updated_at),
        deleted_at: memory.deleted_at.map(instant_millis),
        memory_at: instant_millis(memory.memory_at),
        seen_at: memory.seen_at.map(instant_millis),
        show_at: memory.show_at.map(instant_millis),
        hide_at: memory.hide_at.map(instant_millis),
        owner_id: memory.owner.uuid(),
        kind: match memory.kind {
            MemoryKind::OnThisDay => "on_this_day",
        },
        data: OnThisDayDto { year: memory.year },
        is_saved: memory.is_saved,
        assets: view.assets.iter().map(|asset| asset_response(asset, Parts::NONE)).collect(),
    }
}
