//! Memories: what the timeline holds of this day in earlier years.
//!
//! Whoever asks for a day near today has the timeline looked through: for each earlier year, what
//! was taken on the same month and day of its own wall clock, at most twenty of it, spread evenly
//! over the day. What is found is written down, so that a memory has an id, and can be saved, looked
//! at and removed; until a person chooses its assets it follows the timeline.

use std::collections::BTreeSet;

use kalends_catalog::{CatalogError, FoundMemory, Memory, MemoryKind, Reader, Writer};
use kalends_model::calendar::MICROS_PER_DAY;
use kalends_model::{
    AssetId, Bucket, CivilDate, Direction, Filter, Grain, Leaf, LocalTime, MemoryId, UserId,
    Visibility,
};

use crate::access::assets::allowed;
use crate::access::memories::{MemoryRight, require};
use crate::access::{AssetRight, NoAccess};
use crate::ask::{Ask, AskError};
use crate::assets::{AssetView, Wanted};
use crate::each::{Kept, Outcome};
use crate::library::Library;
use crate::viewer::Viewer;

/// The most assets that are found for one year (contract immich §D4).
const ASSETS_MAX: usize = 20;
/// How far from today the timeline is looked through (contract immich §D4).
const DAYS_AROUND: i64 = 3;
/// How long a memory that nobody saves is kept (contract immich §D4).
const DAYS_KEPT: i64 = 30;

/// Which memories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryAsk {
    /// To be shown at this moment of the viewer's clock.
    pub at: Option<LocalTime>,
    /// Only saved ones, or only others.
    pub is_saved: Option<bool>,
    /// Those that were removed, instead of the others.
    pub is_removed: bool,
    /// In which order.
    pub order: MemoryOrder,
    /// At most so many.
    pub limit: Option<usize>,
}

/// The order of memories, by when what they show took place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemoryOrder {
    /// The latest first.
    #[default]
    Descending,
    /// The earliest first.
    Ascending,
    /// By chance.
    Random,
}

/// A memory with what its viewer may see of it.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryView {
    /// The memory.
    pub memory: Memory,
    /// Its assets that are live in the timeline, the oldest first.
    pub assets: Vec<AssetView>,
}

/// A memory that a person makes. Times are microseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMemory {
    /// What it is of.
    pub kind: MemoryKind,
    /// The year it goes back to.
    pub year: i32,
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
    /// What it shows; those that the viewer may not share are left out.
    pub assets: Vec<AssetId>,
}

/// What is to change of a memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryEdit {
    /// Whether it is kept.
    pub is_saved: Option<bool>,
    /// When what it shows took place.
    pub memory_at: Option<i64>,
    /// When it was looked at.
    pub seen_at: Option<i64>,
}

/// Why there is no memory to tell of.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// There is no such memory, or it is not the viewer's.
    #[error(transparent)]
    NoAccess(#[from] NoAccess),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Library {
    /// The viewer's memories.
    pub fn memories(&self, viewer: &Viewer, ask: &MemoryAsk) -> Result<Vec<MemoryView>, AskError> {
        if let Some(at) = ask.at {
            self.find_memories(viewer, at.day())?;
        }
        let mut memories = self.read(|reader| reader.memories_of(viewer.user()))?;
        memories.retain(|memory| is_asked(memory, ask));
        match ask.order {
            MemoryOrder::Descending => {}
            MemoryOrder::Ascending => memories.reverse(),
            MemoryOrder::Random => {
                memories.sort_by_cached_key(|_| self.randomness.id_bytes());
            }
        }
        let mut views = self.read(|reader| self.memory_views(reader, viewer, memories))?;
        // What was found and has since left the timeline is no memory any more.
        views.retain(|view| view.memory.day.is_none() || !view.assets.is_empty());
        views.truncate(ask.limit.unwrap_or(usize::MAX));
        Ok(views)
    }

    /// One memory.
    pub fn memory(&self, viewer: &Viewer, id: MemoryId) -> Result<MemoryView, MemoryError> {
        self.read(|reader| match require(reader, viewer, MemoryRight::Read, id)? {
            Err(refused) => Ok(Err(refused.into())),
            Ok(memory) => self.one_view(reader, viewer, memory).map(Ok),
        })?
    }

    /// Makes a memory.
    pub fn create_memory(
        &self,
        viewer: &Viewer,
        new: &NewMemory,
    ) -> Result<MemoryView, CatalogError> {
        let now = self.now();
        let memory = Memory {
            id: self.new_id(MemoryId::from_random),
            owner: viewer.user(),
            kind: new.kind,
            year: new.year,
            day: None,
            is_chosen: true,
            memory_at: new.memory_at,
            show_at: new.show_at,
            hide_at: new.hide_at,
            seen_at: new.seen_at,
            is_saved: new.is_saved,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        self.write(|writer| {
            writer.create_memory(&memory)?;
            for asset in allowed(writer, viewer, AssetRight::Share, &new.assets)? {
                writer.add_memory_assets(memory.id, asset.owner, &[asset.id])?;
            }
            self.one_view(writer, viewer, memory)
        })
    }

    /// Changes a memory.
    pub fn edit_memory(
        &self,
        viewer: &Viewer,
        id: MemoryId,
        edit: &MemoryEdit,
    ) -> Result<MemoryView, MemoryError> {
        self.write(|writer| {
            let mut memory = match require(writer, viewer, MemoryRight::Update, id)? {
                Err(refused) => return Ok(Err(refused.into())),
                Ok(memory) => memory,
            };
            memory.is_saved = edit.is_saved.unwrap_or(memory.is_saved);
            memory.memory_at = edit.memory_at.unwrap_or(memory.memory_at);
            memory.seen_at = edit.seen_at.or(memory.seen_at);
            writer.update_memory(&memory)?;
            let memory = writer.memory(id)?.ok_or(CatalogError::NotFound("memory"))?;
            self.one_view(writer, viewer, memory).map(Ok)
        })?
    }

    /// Removes a memory. One that was found is not found again.
    pub fn remove_memory(&self, viewer: &Viewer, id: MemoryId) -> Result<(), MemoryError> {
        let now = self.now();
        self.write(|writer| match require(writer, viewer, MemoryRight::Delete, id)? {
            Err(refused) => Ok(Err(refused.into())),
            Ok(memory) => {
                let removed = Memory { deleted_at: Some(now), ..memory };
                writer.update_memory(&removed).map(Ok)
            }
        })?
    }

    /// Puts assets into a memory. One outcome for each id, in the order asked.
    pub fn add_to_memory(
        &self,
        viewer: &Viewer,
        id: MemoryId,
        assets: &[AssetId],
    ) -> Result<Vec<Outcome>, MemoryError> {
        self.choose(viewer, id, |writer| {
            let known = writer.assets_of_memories(&[id])?.remove(&id).unwrap_or_default();
            let mut held: BTreeSet<AssetId> = known.into_iter().map(|(_, asset)| asset).collect();
            let allowed = allowed(writer, viewer, AssetRight::Share, assets)?;
            let mut outcomes = Vec::with_capacity(assets.len());
            for asset in assets {
                let owner =
                    allowed.iter().find(|known| known.id == *asset).map(|known| known.owner);
                outcomes.push(match owner {
                    _ if held.contains(asset) => Err(Kept::Duplicate),
                    None => Err(Kept::NoPermission),
                    Some(owner) => {
                        writer.add_memory_assets(id, owner, &[*asset])?;
                        held.insert(*asset);
                        Ok(())
                    }
                });
            }
            Ok(outcomes)
        })
    }

    /// Takes assets out of a memory. One outcome for each id, in the order asked.
    pub fn remove_from_memory(
        &self,
        viewer: &Viewer,
        id: MemoryId,
        assets: &[AssetId],
    ) -> Result<Vec<Outcome>, MemoryError> {
        self.choose(viewer, id, |writer| {
            let mut outcomes = Vec::with_capacity(assets.len());
            for asset in assets {
                let is_gone = !writer.remove_memory_assets(id, &[*asset])?.is_empty();
                outcomes.push(match is_gone {
                    true => Ok(()),
                    false => Err(Kept::NotFound),
                });
            }
            Ok(outcomes)
        })
    }

    /// Lets a person choose the assets of a memory, which are then no longer found.
    fn choose(
        &self,
        viewer: &Viewer,
        id: MemoryId,
        act: impl FnOnce(&mut Writer<'_>) -> Result<Vec<Outcome>, CatalogError>,
    ) -> Result<Vec<Outcome>, MemoryError> {
        self.write(|writer| match require(writer, viewer, MemoryRight::Update, id)? {
            Err(refused) => Ok(Err(refused.into())),
            Ok(memory) => {
                writer.update_memory(&Memory { is_chosen: true, ..memory })?;
                act(writer).map(Ok)
            }
        })?
    }

    /// Writes down what the timeline holds of the same day in earlier years. Days far from today
    /// are not looked for: nobody looks back from them.
    fn find_memories(&self, viewer: &Viewer, day: i64) -> Result<(), AskError> {
        let today = self.now().div_euclid(MICROS_PER_DAY);
        if (day - today).abs() > DAYS_AROUND {
            return Ok(());
        }
        let found = self.look_back(viewer, day)?;
        let user = viewer.user();
        let known = self.read(|reader| reader.memories_found(user, day))?;
        if found.iter().all(|(year, assets)| is_known(&known, *year, assets)) {
            return Ok(());
        }
        self.write(|writer| {
            let known = writer.memories_found(user, day)?;
            for (year, assets) in &found {
                self.write_down(writer, (user, day), (*year, assets), &known)?;
            }
            let before = self.now().saturating_sub(DAYS_KEPT * MICROS_PER_DAY);
            writer.prune_memories(user, before).map(drop)
        })?;
        Ok(())
    }

    /// What was taken on this month and day of each earlier year, the latest year first.
    fn look_back(&self, viewer: &Viewer, day: i64) -> Result<Vec<(i32, Vec<AssetId>)>, AskError> {
        let date = CivilDate::from_days_since_epoch(day);
        let ask = Ask {
            visibility: Some(Visibility::Timeline),
            filter: Filter::from(Leaf::StackChild).negated(),
            ..Ask::default()
        };
        let question = self.question(viewer, &ask)?;
        let years = question.snapshot.counts(&question.filter, Grain::Year, Direction::Descending);
        let earlier = years.into_iter().map(|count| count.bucket.0.year).filter(|y| *y < date.year);
        let mut found = Vec::new();
        for year in earlier {
            let Some(then) = CivilDate::new(year, date.month, date.day) else { continue };
            let rows = question.snapshot.bucket_of(
                Grain::Day,
                Bucket(then),
                &question.filter,
                Direction::Ascending,
            );
            let with_pictures = rows.iter().filter(|row| row.thumbhash().is_some());
            let ids: Vec<AssetId> = with_pictures.map(|row| row.id()).collect();
            if !ids.is_empty() {
                found.push((year, spread(&ids, ASSETS_MAX)));
            }
        }
        Ok(found)
    }

    fn write_down(
        &self,
        writer: &mut Writer<'_>,
        (user, day): (UserId, i64),
        (year, assets): (i32, &[AssetId]),
        known: &[FoundMemory],
    ) -> Result<(), CatalogError> {
        let id = match known.iter().find(|found| found.memory.year == year) {
            Some(found) if !follows_the_timeline(&found.memory) => return Ok(()),
            Some(found) => {
                writer.remove_memory_assets(found.memory.id, &found.assets)?;
                found.memory.id
            }
            None => {
                let now = self.now();
                let date = CivilDate::from_days_since_epoch(day);
                let then = CivilDate { year, ..date };
                let memory = Memory {
                    id: self.new_id(MemoryId::from_random),
                    owner: user,
                    kind: MemoryKind::OnThisDay,
                    year,
                    day: Some(day),
                    is_chosen: false,
                    memory_at: Bucket(then).start().micros(),
                    show_at: Some(day * MICROS_PER_DAY),
                    hide_at: Some((day + 1) * MICROS_PER_DAY - 1_000),
                    seen_at: None,
                    is_saved: false,
                    created_at: now,
                    updated_at: now,
                    deleted_at: None,
                };
                writer.create_memory(&memory)?;
                memory.id
            }
        };
        writer.add_memory_assets(id, user, assets).map(drop)
    }

    fn one_view(
        &self,
        reader: &mut Reader<'_>,
        viewer: &Viewer,
        memory: Memory,
    ) -> Result<MemoryView, CatalogError> {
        let views = self.memory_views(reader, viewer, vec![memory])?;
        views.into_iter().next().ok_or(CatalogError::NotFound("memory"))
    }

    fn memory_views(
        &self,
        reader: &mut Reader<'_>,
        viewer: &Viewer,
        memories: Vec<Memory>,
    ) -> Result<Vec<MemoryView>, CatalogError> {
        let ids: Vec<MemoryId> = memories.iter().map(|memory| memory.id).collect();
        let mut held = reader.assets_of_memories(&ids)?;
        let all: BTreeSet<AssetId> = held.values().flatten().map(|(_, asset)| *asset).collect();
        let all: Vec<AssetId> = all.into_iter().collect();
        let shown: Vec<AssetId> = allowed(reader, viewer, AssetRight::Read, &all)?
            .into_iter()
            .filter(|asset| !asset.is_in_trash && asset.visibility == Visibility::Timeline)
            .map(|asset| asset.id)
            .collect();
        let mut shown = self.asset_views(reader, viewer, &shown, Wanted::default())?;
        shown.sort_by_key(|view| (view.card.capture.instant(), view.card.id));
        let view = |memory: Memory| {
            let held = held.remove(&memory.id).unwrap_or_default();
            let held: BTreeSet<AssetId> = held.into_iter().map(|(_, asset)| asset).collect();
            let assets = shown.iter().filter(|view| held.contains(&view.card.id)).cloned();
            MemoryView { assets: assets.collect(), memory }
        };
        Ok(memories.into_iter().map(view).collect())
    }
}

fn is_asked(memory: &Memory, ask: &MemoryAsk) -> bool {
    let at = ask.at.map(LocalTime::micros);
    ask.is_saved.is_none_or(|is_saved| memory.is_saved == is_saved)
        && memory.deleted_at.is_some() == ask.is_removed
        && at.is_none_or(|at| {
            memory.show_at.is_none_or(|show| show <= at)
                && memory.hide_at.is_none_or(|hide| at <= hide)
        })
}

fn follows_the_timeline(memory: &Memory) -> bool {
    !memory.is_chosen && memory.deleted_at.is_none()
}

/// Whether what was found for a year stands so already, or may not be changed.
fn is_known(known: &[FoundMemory], year: i32, assets: &[AssetId]) -> bool {
    let known = known.iter().find(|found| found.memory.year == year);
    known.is_some_and(|found| {
        let same = || found.assets.iter().collect::<BTreeSet<_>>() == assets.iter().collect();
        !follows_the_timeline(&found.memory) || same()
    })
}

/// At most `limit` of a list, the first and the last among them, evenly spread.
fn spread<T: Copy>(list: &[T], limit: usize) -> Vec<T> {
    if list.len() <= limit {
        return list.to_vec();
    }
    (0..limit).map(|n| list[n * (list.len() - 1) / (limit - 1)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_day_is_spread_over_a_few() {
        let list: Vec<usize> = (0..500).collect();
        let few = spread(&list, 20);
        assert_eq!((few.len(), few[0], few[19]), (20, 0, 499));
        assert!(few.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(spread(&list[..20], 20), list[..20]);
        assert_eq!(spread(&list[..0], 20), list[..0]);
    }
}
