//! Memories: some assets of one day of an earlier year, shown again.
//!
//! Most are found in the timeline and written down when they are first asked for, so that they have
//! ids and keep what a person does with them; others a person makes. Which assets a found memory
//! holds follows the timeline until a person has chosen them.

use std::collections::BTreeMap;

use diesel::prelude::*;
use kalends_model::{AssetId, MemoryId, UserId};

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::{memories, memory_assets};
use crate::stored::{Key, Name, StoredId, stored_names};
use crate::users::expect_one;
use crate::writer::Writer;

/// How many rows one statement asks for.
const ASKED_MAX: usize = 500;

/// What a memory is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MemoryKind {
    /// The same month and day of an earlier year.
    OnThisDay,
}

stored_names!(MemoryKind { OnThisDay = "on_this_day" });

/// A memory. All times are microseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The memory.
    pub id: MemoryId,
    /// Whose it is.
    pub owner: UserId,
    /// What it is of.
    pub kind: MemoryKind,
    /// The year it goes back to.
    pub year: i32,
    /// The day it looks back from, counted from 1970-01-01, when it was found in the timeline.
    pub day: Option<i64>,
    /// Whether a person has chosen its assets.
    pub is_chosen: bool,
    /// When what it shows took place.
    pub memory_at: i64,
    /// Not to be shown before this.
    pub show_at: Option<i64>,
    /// Not to be shown after this.
    pub hide_at: Option<i64>,
    /// When it was looked at.
    pub seen_at: Option<i64>,
    /// Whether it is kept.
    pub is_saved: bool,
    /// When it was made.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
    /// When it was removed. A found memory stays as a removed one, so that it is not found again.
    pub deleted_at: Option<i64>,
}

/// A memory as it was found in the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundMemory {
    /// The memory, not chosen by a person, with its day.
    pub memory: Memory,
    /// What it shows: the owner's assets.
    pub assets: Vec<AssetId>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = memories)]
#[diesel(treat_none_as_default_value = false)]
struct StoredMemory {
    owner: Key,
    id: Key,
    kind: Name<MemoryKind>,
    year: i32,
    day: Option<i64>,
    is_chosen: bool,
    memory_at: i64,
    show_at: Option<i64>,
    hide_at: Option<i64>,
    seen_at: Option<i64>,
    is_saved: bool,
    created_at: i64,
    updated_at: i64,
    deleted_at: Option<i64>,
}

impl From<StoredMemory> for Memory {
    fn from(stored: StoredMemory) -> Self {
        Self {
            id: stored.id.as_id(),
            owner: stored.owner.as_id(),
            kind: stored.kind.0,
            year: stored.year,
            day: stored.day,
            is_chosen: stored.is_chosen,
            memory_at: stored.memory_at,
            show_at: stored.show_at,
            hide_at: stored.hide_at,
            seen_at: stored.seen_at,
            is_saved: stored.is_saved,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
            deleted_at: stored.deleted_at,
        }
    }
}

impl From<&Memory> for StoredMemory {
    fn from(memory: &Memory) -> Self {
        Self {
            owner: memory.owner.key(),
            id: memory.id.key(),
            kind: Name(memory.kind),
            year: memory.year,
            day: memory.day,
            is_chosen: memory.is_chosen,
            memory_at: memory.memory_at,
            show_at: memory.show_at,
            hide_at: memory.hide_at,
            seen_at: memory.seen_at,
            is_saved: memory.is_saved,
            created_at: memory.created_at,
            updated_at: memory.updated_at,
            deleted_at: memory.deleted_at,
        }
    }
}

impl Reader<'_> {
    /// The memory with this id, also a removed one.
    pub fn memory(&mut self, id: MemoryId) -> Result<Option<Memory>, CatalogError> {
        let stored = memories::table
            .filter(memories::id.eq(id.key()))
            .select(StoredMemory::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(Memory::from))
    }

    /// The owner's memories, removed ones among them, the latest occasion first.
    pub fn memories_of(&mut self, owner: UserId) -> Result<Vec<Memory>, CatalogError> {
        let stored = memories::table
            .filter(memories::owner.eq(owner.key()))
            .order((memories::memory_at.desc(), memories::id))
            .select(StoredMemory::as_select())
            .load(self.connection)?;
        Ok(stored.into_iter().map(Memory::from).collect())
    }

    /// What was found in the timeline for a day, removed ones among them, with their assets
    /// ascending by owner and id; the latest year first.
    pub fn memories_found(
        &mut self,
        owner: UserId,
        day: i64,
    ) -> Result<Vec<FoundMemory>, CatalogError> {
        let stored = memories::table
            .filter(memories::owner.eq(owner.key()))
            .filter(memories::day.eq(day))
            .order((memories::kind, memories::year.desc()))
            .select(StoredMemory::as_select())
            .load(self.connection)?;
        let found: Vec<Memory> = stored.into_iter().map(Memory::from).collect();
        let ids: Vec<MemoryId> = found.iter().map(|memory| memory.id).collect();
        let mut assets = self.assets_of_memories(&ids)?;
        let with_assets = found.into_iter().map(|memory| {
            let assets = assets.remove(&memory.id).unwrap_or_default();
            FoundMemory { assets: assets.into_iter().map(|(_, asset)| asset).collect(), memory }
        });
        Ok(with_assets.collect())
    }

    /// The assets of each of these memories with their owners, ascending. Memories without any are
    /// left out.
    pub fn assets_of_memories(
        &mut self,
        memories: &[MemoryId],
    ) -> Result<BTreeMap<MemoryId, Vec<(UserId, AssetId)>>, CatalogError> {
        let mut assets: BTreeMap<MemoryId, Vec<(UserId, AssetId)>> = BTreeMap::new();
        for asked in memories.chunks(ASKED_MAX) {
            let keys: Vec<Key> = asked.iter().map(|id| id.key()).collect();
            let rows = memory_assets::table
                .filter(memory_assets::memory.eq_any(keys))
                .order((memory_assets::memory, memory_assets::owner, memory_assets::asset))
                .select((memory_assets::memory, memory_assets::owner, memory_assets::asset))
                .load::<(Key, Key, Key)>(self.connection)?;
            for (memory, owner, asset) in rows {
                assets.entry(memory.as_id()).or_default().push((owner.as_id(), asset.as_id()));
            }
        }
        Ok(assets)
    }
}

impl Writer<'_> {
    /// Adds a memory without assets. A conflict when one was found for the same day and year.
    pub fn create_memory(&mut self, memory: &Memory) -> Result<(), CatalogError> {
        diesel::insert_into(memories::table)
            .values(StoredMemory::from(memory))
            .execute(self.connection)
            .map_err(conflict("a memory of this day and year"))?;
        Ok(())
    }

    /// Replaces what can change of a memory, as of now: when it took place, whether it was seen, is
    /// kept, removed, or has its assets chosen.
    pub fn update_memory(&mut self, memory: &Memory) -> Result<(), CatalogError> {
        let changed = diesel::update(memories::table.find((memory.owner.key(), memory.id.key())))
            .set((
                memories::memory_at.eq(memory.memory_at),
                memories::seen_at.eq(memory.seen_at),
                memories::is_saved.eq(memory.is_saved),
                memories::is_chosen.eq(memory.is_chosen),
                memories::deleted_at.eq(memory.deleted_at),
                memories::updated_at.eq(self.now),
            ))
            .execute(self.connection)?;
        expect_one(changed, "memory")
    }

    /// Adds assets of one owner to a memory. Returns those that were not in it.
    pub fn add_memory_assets(
        &mut self,
        memory: MemoryId,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<Vec<AssetId>, CatalogError> {
        let mut added = Vec::with_capacity(assets.len());
        for &asset in assets {
            let is_new = diesel::insert_into(memory_assets::table)
                .values((
                    memory_assets::memory.eq(memory.key()),
                    memory_assets::owner.eq(owner.key()),
                    memory_assets::asset.eq(asset.key()),
                ))
                .on_conflict_do_nothing()
                .execute(self.connection)
                .map_err(conflict("this asset in the memory"))?;
            added.extend((is_new > 0).then_some(asset));
        }
        Ok(added)
    }

    /// Takes assets, whoever's they are, out of a memory. Returns those that were in it.
    pub fn remove_memory_assets(
        &mut self,
        memory: MemoryId,
        assets: &[AssetId],
    ) -> Result<Vec<AssetId>, CatalogError> {
        let mut removed = Vec::with_capacity(assets.len());
        for &asset in assets {
            let gone = memory_assets::table
                .filter(memory_assets::memory.eq(memory.key()))
                .filter(memory_assets::asset.eq(asset.key()));
            let gone = diesel::delete(gone).execute(self.connection)?;
            removed.extend((gone > 0).then_some(asset));
        }
        Ok(removed)
    }

    /// Forgets the owner's memories that nobody has saved and that were made before `before`, in
    /// microseconds since 1970. Returns how many.
    pub fn prune_memories(&mut self, owner: UserId, before: i64) -> Result<usize, CatalogError> {
        let old = memories::table
            .filter(memories::owner.eq(owner.key()))
            .filter(memories::is_saved.eq(false))
            .filter(memories::created_at.lt(before));
        Ok(diesel::delete(old).execute(self.connection)?)
    }
}
