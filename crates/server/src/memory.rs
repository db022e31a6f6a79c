//! Memory that nobody uses any more goes back to the system.
//!
//! The allocator gives memory back a while after it was freed, but only when it is asked for more. A
//! server that has just loaded its timelines, or hashed a password, and then waits for the next
//! request would hold on to all of it. Without any delay, on the other hand, every large answer would
//! fetch its pages from the system anew.

use std::time::Duration;

/// How often memory is given back.
const INTERVAL: Duration = Duration::from_secs(5);

/// Gives memory back from now on.
pub(crate) async fn give_back() {
    let mut interval = tokio::time::interval(INTERVAL);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        // This fails only while the server shuts down.
        let _ = tokio::task::spawn_blocking(give_back_now).await;
    }
}

#[expect(unsafe_code, reason = "the allocator has no other interface for it")]
fn give_back_now() {
    // SAFETY: it may be called at any time and from any thread: it touches only what is free.
    unsafe { libmimalloc_sys::mi_collect(true) }
}
