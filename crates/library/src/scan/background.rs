//! Scans that are asked for while the server runs: of one library at a time, on a thread of their
//! own, which ends when nothing more is asked for.
//!
//! A library that is asked for again while it waits is scanned once.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use kalends_model::LibraryId;

use super::status::Phase;
use crate::library::Library;

/// What has been asked for and not been begun.
#[derive(Debug, Default)]
pub(crate) struct Background {
    asked: Mutex<Asked>,
    /// Told when the thread has nothing more to do.
    is_done: Condvar,
}

#[derive(Debug, Default)]
struct Asked {
    scans: BTreeSet<LibraryId>,
    /// Whether what is left of removed libraries is to be forgotten.
    forgetting: bool,
    /// Whether all pictures are to be removed, so that they are made again.
    remaking: bool,
    /// Whether every folder is to be scanned.
    everything: bool,
    has_thread: bool,
}

impl Library {
    /// Has an external library scanned in the background.
    pub fn scan_in_background(self: &Arc<Self>, library: LibraryId) {
        self.ask(|asked| {
            asked.scans.insert(library);
        });
    }

    /// Has every folder scanned in the background, and with `remaking` all pictures made again.
    /// False, and nothing is asked for, while something is done there already.
    pub fn scan_all_in_background(self: &Arc<Self>, remaking: bool) -> bool {
        if self.is_scan_under_way() {
            return false;
        }
        let mut is_free = false;
        self.ask(|asked| {
            is_free = !asked.has_thread;
            asked.everything |= is_free;
            asked.remaking |= is_free && remaking;
        });
        is_free
    }

    /// Whether a scan runs, or is about to.
    pub fn is_scan_under_way(&self) -> bool {
        self.background.lock().has_thread || self.scan_progress().phase != Phase::Idle
    }

    /// Has what is left of removed libraries forgotten in the background.
    pub fn forget_in_background(self: &Arc<Self>) {
        self.ask(|asked| asked.forgetting = true);
    }

    /// Waits until all that was asked for in the background has been done.
    pub fn wait_for_background(&self) {
        let mut asked = self.background.lock();
        while asked.has_thread {
            asked = self.background.is_done.wait(asked).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn ask(self: &Arc<Self>, ask: impl FnOnce(&mut Asked)) {
        let mut asked = self.background.lock();
        ask(&mut asked);
        if asked.has_thread {
            return;
        }
        let library = Arc::clone(self);
        let thread = std::thread::Builder::new().name("background".to_owned());
        match thread.spawn(move || library.work_in_background()) {
            Ok(_) => asked.has_thread = true,
            // What was asked for stays, and is done when a thread can be had for the next.
            Err(error) => tracing::error!(%error, "no thread for a scan can be started"),
        }
    }

    fn work_in_background(&self) {
        let _leaving = Leaving(&self.background);
        loop {
            let mut asked = self.background.lock();
            let now = std::mem::take(&mut *asked);
            asked.has_thread = true;
            if now.scans.is_empty() && !now.forgetting && !now.everything {
                // Said while the lock is held, so that whoever asks next starts another thread.
                asked.has_thread = false;
                return;
            }
            drop(asked);
            if now.forgetting
                && let Err(error) = self.forget_removed_libraries()
            {
                tracing::error!(%error, "a removed library is not forgotten yet; the next scan goes on");
            }
            if now.remaking
                && let Err(error) = self.clean_derived()
            {
                tracing::error!(%error, "pictures cannot be removed, so they are not made again");
                continue;
            }
            if now.everything || !now.scans.is_empty() {
                let scanned = match now.everything {
                    true => self.scan_all(),
                    false => self.scan_libraries(&now.scans),
                };
                match scanned {
                    Ok(_) => self.keep_shelves(),
                    Err(error) => tracing::error!(%error, "a scan stopped; ask for it again"),
                }
            }
        }
    }
}

impl Background {
    fn lock(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that the thread has gone, also when it panics.
struct Leaving<'a>(&'a Background);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().has_thread = false;
        }
        self.0.is_done.notify_all();
    }
}
