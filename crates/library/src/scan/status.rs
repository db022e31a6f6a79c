//! How far a scan is, readable at any time by anybody.

use std::sync::{Mutex, PoisonError};

use kalends_model::LibraryId;

/// What a scan is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing.
    #[default]
    Idle,
    /// Listing the folder.
    Walking,
    /// Reading new and changed files.
    Reading,
    /// Making thumbnails and previews.
    Pictures,
}

impl Phase {
    /// What the phase is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Walking => "walking",
            Self::Reading => "reading",
            Self::Pictures => "pictures",
        }
    }
}

/// How far a scan is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Which library is walked or read.
    pub library: Option<LibraryId>,
    /// Files of this phase that are done.
    pub done: u64,
    /// Files of this phase, as far as they are known.
    pub total: u64,
}

/// The progress of the scan of one process, of which there is one at a time.
#[derive(Debug, Default)]
pub struct ScanStatus {
    progress: Mutex<Progress>,
    /// Held by the scan that runs.
    running: Mutex<()>,
    /// What the last scan could not do, for people.
    notice: Mutex<Option<String>>,
}

impl ScanStatus {
    /// How far the scan is.
    pub fn progress(&self) -> Progress {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the last scan could not do, and what to do about it.
    pub fn last_notice(&self) -> Option<String> {
        self.notice.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn notice(&self, text: String) {
        *self.notice.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }

    pub(crate) fn begin(&self, phase: Phase, library: Option<LibraryId>, total: u64) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) =
            Progress { phase, library, done: 0, total };
    }

    pub(crate) fn advance(&self, done: u64) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.done += done;
        progress.total = progress.total.max(progress.done);
    }

    /// Waits for its turn, runs `scan`, and is idle again however that ends.
    pub(crate) fn run<T>(&self, scan: impl FnOnce() -> T) -> T {
        let _turn = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let _idle = IdleAfter(self);
        *self.notice.lock().unwrap_or_else(PoisonError::into_inner) = None;
        scan()
    }
}

struct IdleAfter<'a>(&'a ScanStatus);

impl Drop for IdleAfter<'_> {
    fn drop(&mut self) {
        self.0.begin(Phase::Idle, None, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_that_panics_leaves_the_status_idle() {
        let status = ScanStatus::default();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            status.run(|| {
                status.begin(Phase::Reading, None, 3);
                status.advance(2);
                assert_eq!((status.progress().done, status.progress().total), (2, 3));
                panic!("as the test wants");
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(status.progress(), Progress::default());
        assert_eq!(status.run(|| 7), 7, "the next scan gets its turn");
    }
}
