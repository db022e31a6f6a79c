//! Work that nobody waits for steps back before work that somebody waits for.
//!
//! Only decoding, hashing and drawing do. What holds the right to write to the catalog does not:
//! requests wait for it.

/// How far threads step back. With 10, a thread that answers a request gets some nine tenths of a
/// core that both want, and background work all of one that nobody else wants.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Lets every thread that answers somebody go first. It lasts as long as the calling thread, and
/// holds for the threads and processes that it starts.
///
/// Where priorities belong to whole processes, as POSIX has it, nothing is done.
pub(crate) fn step_back() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{getpriority_process, setpriority_process};
        // Linux takes no process for the thread that calls. A whole process may have stepped back
        // further already.
        let stepped = match getpriority_process(None) {
            Ok(NICENESS..) => Ok(()),
            _ => setpriority_process(None, NICENESS),
        };
        if let Err(error) = stepped {
            tracing::debug!(%error, "background work does not step back");
        }
    }
}

/// Does a piece of work that nobody waits for, on a thread that has stepped back, and waits for it.
pub(crate) fn stepping_back<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|threads| {
        let working = threads.spawn(|| {
            step_back();
            work()
        });
        working.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_the_work_itself_and_what_it_starts_step_back() {
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let before = niceness();
        let after = NICENESS.max(before);
        let seen = stepping_back(|| (niceness(), std::thread::spawn(niceness).join().unwrap()));
        assert_eq!(seen, (after, after));
        assert_eq!(niceness(), before);
    }

    #[test]
    #[should_panic(expected = "a broken file")]
    fn a_panic_of_the_work_reaches_who_waits() {
        stepping_back(|| panic!("a broken file"));
    }
}
