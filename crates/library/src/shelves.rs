//! The shelves in memory: loaded on demand, kept up to date by the batches of each write.
//!
//! A shelf that is absent is loaded by whoever asks for it first; the others wait. While it loads,
//! batches of concurrent writes are kept aside: the load reads the catalog at some version, and the
//! batches that came later are applied to it before anybody sees it. So a shelf is never older than
//! a write that has been answered. A shelf that does not fit a batch is dropped and loaded again.
//!
//! A write holds [`Shelves::writing`] from its first look at [`Shelves::wants`] until its batches are
//! applied. A load begins only between writes, so that no write can miss it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kalends_model::{ShelfBatch, UserId};
use kalends_timeline::Shelf;

/// How long a question waits for a shelf that somebody else is loading.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// All shelves that are in memory.
#[derive(Default)]
pub(crate) struct Shelves {
    /// Taken before `slots` by whoever takes both.
    writes: Mutex<()>,
    slots: Mutex<HashMap<UserId, Slot>>,
    /// Told whenever a slot stops loading.
    settled: Condvar,
}

enum Slot {
    /// Somebody is loading it. These batches have been committed meanwhile.
    Loading(Vec<ShelfBatch>),
    Ready(Shelf),
}

/// The shelf is still being loaded by somebody else, and that takes long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StillLoading;

impl Shelves {
    /// The right to write: see the module.
    pub(crate) fn writing(&self) -> MutexGuard<'_, ()> {
        // The guarded value is nothing, so a panicked writer has left nothing half done in it.
        self.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a write must hand over its batches for this owner.
    pub(crate) fn wants(&self, owner: UserId) -> bool {
        self.lock().contains_key(&owner)
    }

    /// The shelf of `owner` when it is in memory.
    pub(crate) fn ready(&self, owner: UserId) -> Option<Shelf> {
        match self.lock().get(&owner) {
            Some(Slot::Ready(shelf)) => Some(shelf.clone()),
            _ => None,
        }
    }

    /// The shelf of `owner`, loaded by `load` when it is not in memory. `load` reads the catalog as
    /// it is now.
    pub(crate) fn get<E: From<StillLoading>>(
        &self,
        owner: UserId,
        load: impl FnOnce() -> Result<Shelf, E>,
    ) -> Result<Shelf, E> {
        if let Some(shelf) = self.ready_or_mine(owner)? {
            return Ok(shelf);
        }
        let mut loading = LoadingGuard { shelves: self, owner, is_settled: false };
        let shelf = load()?;
        Ok(loading.settle(shelf))
    }

    /// The shelf, or `None` after marking it as being loaded by the caller.
    fn ready_or_mine<E: From<StillLoading>>(&self, owner: UserId) -> Result<Option<Shelf>, E> {
        if let Some(shelf) = self.ready(owner) {
            return Ok(Some(shelf));
        }
        let between_writes = self.writing();
        let mut slots = self.lock();
        if let Entry::Vacant(vacant) = slots.entry(owner) {
            vacant.insert(Slot::Loading(Vec::new()));
            return Ok(None);
        }
        drop(between_writes);
        loop {
            match slots.get(&owner) {
                Some(Slot::Ready(shelf)) => return Ok(Some(shelf.clone())),
                // The load that we waited for has failed.
                None => return Err(StillLoading.into()),
                Some(Slot::Loading(_)) => {
                    let waited = self.settled.wait_timeout(slots, WAIT_MAX);
                    let (woken, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
                    if timeout.timed_out() {
                        return Err(StillLoading.into());
                    }
                    slots = woken;
                }
            }
        }
    }

    /// Brings the shelves up to date with a write, of which each owner has one batch. Batches come in
    /// the order of their commits.
    pub(crate) fn apply(&self, batches: Vec<ShelfBatch>) {
        let mut slots = self.lock();
        // Taken out first: should one of them panic, none of them is left as it was before the write.
        let mut taken: HashMap<UserId, Slot> =
            batches.iter().filter_map(|batch| slots.remove_entry(&batch.owner)).collect();
        for batch in batches {
            let owner = batch.owner;
            match taken.remove(&owner) {
                None => {}
                Some(Slot::Loading(mut pending)) => {
                    pending.push(batch);
                    slots.insert(owner, Slot::Loading(pending));
                }
                Some(Slot::Ready(shelf)) => match shelf.apply(batch) {
                    Ok(applied) => drop(slots.insert(owner, Slot::Ready(applied))),
                    Err(gap) => {
                        tracing::warn!(owner.id = %owner, ?gap, "a shelf missed a change and is loaded again");
                    }
                },
            }
        }
    }

    /// Drops a shelf.
    pub(crate) fn forget(&self, owner: UserId) {
        self.lock().remove(&owner);
    }

    /// The shelves that are in memory now.
    pub(crate) fn loaded(&self) -> Vec<Shelf> {
        let slots = self.lock();
        let ready = slots.values().filter_map(|slot| match slot {
            Slot::Ready(shelf) => Some(shelf.clone()),
            Slot::Loading(_) => None,
        });
        ready.collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, Slot>> {
        // A panic while the map is held leaves at worst a shelf that the next batch will not fit.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the slot back when loading fails or panics, so that the next question loads again.
struct LoadingGuard<'a> {
    shelves: &'a Shelves,
    owner: UserId,
    is_settled: bool,
}

impl LoadingGuard<'_> {
    fn settle(&mut self, mut shelf: Shelf) -> Shelf {
        let mut slots = self.shelves.lock();
        // A shelf that was forgotten meanwhile is not kept.
        let (pending, mut is_whole) = match slots.remove(&self.owner) {
            Some(Slot::Loading(pending)) => (pending, true),
            _ => (Vec::new(), false),
        };
        let later = pending.into_iter().filter(|batch| batch.to > shelf.version());
        for batch in later.collect::<Vec<_>>() {
            match shelf.apply(batch) {
                Ok(applied) => shelf = applied,
                Err(gap) => {
                    tracing::error!(owner.id = %self.owner, ?gap, "a loaded shelf does not fit the changes after it");
                    is_whole = false;
                    break;
                }
            }
        }
        if is_whole {
            slots.insert(self.owner, Slot::Ready(shelf.clone()));
        }
        self.is_settled = true;
        self.shelves.settled.notify_all();
        shelf
    }
}

impl Drop for LoadingGuard<'_> {
    fn drop(&mut self) {
        if !self.is_settled {
            self.shelves.lock().remove(&self.owner);
            self.shelves.settled.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use kalends_model::{AssetId, Version};

    use super::*;

    const OWNER: UserId = UserId::from_bytes([1; 16]);

    #[derive(Debug, PartialEq)]
    enum Failed {
        Loading,
        Disk,
    }

    impl From<StillLoading> for Failed {
        fn from(_: StillLoading) -> Self {
            Self::Loading
        }
    }

    fn removal(from: u64) -> ShelfBatch {
        let removals = vec![AssetId::from_bytes([9; 16])];
        let (from, to) = (Version(from), Version(from + 1));
        ShelfBatch { owner: OWNER, from, to, upserts: Vec::new(), removals }
    }

    fn at(version: u64) -> Shelf {
        (0..version).fold(Shelf::empty(OWNER), |shelf, from| shelf.apply(removal(from)).unwrap())
    }

    fn get(shelves: &Shelves) -> Version {
        let never = || -> Result<Shelf, Failed> { unreachable!("it is in memory") };
        shelves.get(OWNER, never).unwrap().version()
    }

    #[test]
    fn a_write_during_the_load_is_seen_after_it() {
        let shelves = Shelves::default();
        assert!(!shelves.wants(OWNER));
        let loaded = shelves.get(OWNER, || -> Result<Shelf, Failed> {
            assert!(shelves.wants(OWNER), "a write must hand over its batch from now on");
            // The catalog was read at version 2; changes 2 and 3 were committed around it.
            shelves.apply(vec![removal(1)]);
            shelves.apply(vec![removal(2)]);
            Ok(at(2))
        });
        assert_eq!(loaded.unwrap().version(), Version(3));
        assert_eq!(get(&shelves), Version(3));
    }

    #[test]
    fn a_shelf_that_is_forgotten_while_it_loads_is_not_kept() {
        let shelves = Shelves::default();
        let load = || -> Result<Shelf, Failed> {
            shelves.forget(OWNER);
            shelves.apply(vec![removal(1)]);
            Ok(at(1))
        };
        assert_eq!(shelves.get(OWNER, load).unwrap().version(), Version(1));
        assert!(!shelves.wants(OWNER), "it has missed a change");
    }

    #[test]
    fn a_failed_load_leaves_room_for_the_next() {
        let shelves = Shelves::default();
        assert_eq!(shelves.get(OWNER, || Err(Failed::Disk)).unwrap_err(), Failed::Disk);
        assert_eq!(shelves.get(OWNER, || Ok::<_, Failed>(at(1))).unwrap().version(), Version(1));
    }

    #[test]
    fn a_shelf_that_missed_a_change_is_dropped() {
        let shelves = Shelves::default();
        shelves.get(OWNER, || Ok::<_, Failed>(at(1))).unwrap();
        shelves.apply(vec![removal(1)]);
        assert_eq!(get(&shelves), Version(2));
        shelves.apply(vec![removal(5)]);
        assert!(!shelves.wants(OWNER));
    }

    #[test]
    fn a_second_question_waits_for_the_first_load() {
        let shelves = Shelves::default();
        let (entered, wait_entered) = std::sync::mpsc::channel();
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let load = || -> Result<Shelf, Failed> {
                    entered.send(()).unwrap();
                    Ok(at(4))
                };
                shelves.get(OWNER, load).unwrap();
            });
            wait_entered.recv().unwrap();
            // Either still loading or ready by now; both give the first load's shelf.
            assert_eq!(get(&shelves), Version(4));
        });
    }
}
