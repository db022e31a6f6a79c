//! The progress bar of a scan, on a terminal; elsewhere nothing is drawn.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use kalends_catalog::CatalogError;
use kalends_library::scan::status::Phase;
use kalends_library::{Library, Report};

/// How often the bar is drawn.
const DRAWN_EVERY: Duration = Duration::from_millis(100);

/// Scans everything while a bar shows how far it is.
pub(crate) fn scan_with_bar(library: &Library) -> Result<Vec<Report>, CatalogError> {
    let is_done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| draw_until(library, &is_done));
        let reports = library.scan_all();
        is_done.store(true, Ordering::Release);
        reports
    })
}

fn draw_until(library: &Library, is_done: &AtomicBool) {
    let bar = ProgressBar::new(0).with_style(style());
    while !is_done.load(Ordering::Acquire) {
        let progress = library.scan_progress();
        bar.set_message(match progress.phase {
            Phase::Idle => "waiting",
            Phase::Walking => "listing files",
            Phase::Reading => "reading files",
            Phase::Pictures => "making thumbnails",
        });
        // How many files there are is not known while they are listed.
        bar.set_length(progress.total.max(1));
        bar.set_position(progress.done);
        std::thread::park_timeout(DRAWN_EVERY);
    }
    bar.finish_and_clear();
}

/// A bar with a name and numbers.
pub(crate) fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg:18} [{bar:40}] {human_pos}/{human_len}  {elapsed}")
        .expect("the template is valid, as every run shows")
        .progress_chars("=> ")
}

/// A count that grows to nobody knows where.
pub(super) fn counter() -> ProgressStyle {
    ProgressStyle::with_template("{human_pos} {msg}  {elapsed}")
        .expect("the template is valid, as every run shows")
}

/// A bar of bytes.
pub(super) fn bytes() -> ProgressStyle {
    ProgressStyle::with_template("{msg:18} [{bar:40}] {bytes}/{total_bytes}  {elapsed}")
        .expect("the template is valid, as every run shows")
        .progress_chars("=> ")
}
