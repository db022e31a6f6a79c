//! The one way from asynchronous handlers to synchronous work, bounded on both sides.
//!
//! `library`, `catalog` and `timeline` block. A handler enters them once, here: so many run at a
//! time, so many more wait, and whoever comes after that is told to come back. Work that has begun
//! keeps its place until it ends, even when the client has gone; work that still waits gives its
//! place up at once.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// A bounded entry to the runtime's blocking threads. Cheap to clone; clones share the bounds.
#[derive(Clone, Debug)]
pub struct Blocking {
    /// One permit for each piece of work that runs or waits.
    places: Arc<Semaphore>,
    /// One permit for each piece of work that runs.
    runners: Arc<Semaphore>,
}

/// Everything runs and the queue is full. A dialect answers 503 with
/// `Retry-After:` [`Busy::RETRY_AFTER_SECONDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server has more to do than it can queue")]
pub struct Busy;

impl Busy {
    /// When to come back: queries take milliseconds, so soon.
    pub const RETRY_AFTER_SECONDS: u32 = 1;
}

impl Blocking {
    /// At most `running_max` pieces of work at a time, and at most `waiting_max` more in the queue.
    pub fn new(running_max: usize, waiting_max: usize) -> Self {
        let runners = running_max.max(1);
        let places = runners.saturating_add(waiting_max).min(Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(Semaphore::new(places)),
            runners: Arc::new(Semaphore::new(runners)),
        }
    }

    /// Runs `work` on a blocking thread. A panic in it continues in the caller.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Busy)?;
        let runner = Arc::clone(&self.runners).acquire_owned().await.map_err(|_| Busy)?;
        let running = tokio::task::spawn_blocking(move || {
            let _held_until_the_work_ends = (place, runner);
            work()
        });
        match running.await {
            Ok(value) => Ok(value),
            Err(failed) => match failed.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is shutting down.
                Err(_) => Err(Busy),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[tokio::test]
    async fn a_full_queue_turns_the_next_away_and_recovers() {
        let pool = Blocking::new(1, 1);
        let (release, wait) = mpsc::channel::<()>();
        let (started, has_started) = tokio::sync::oneshot::channel();
        let running = tokio::spawn({
            let pool = pool.clone();
            async move {
                let work = move || {
                    started.send(()).expect("the test waits for this");
                    wait.recv().expect("the test lets this go");
                    1
                };
                pool.run(work).await
            }
        });
        has_started.await.unwrap();
        let mut waiting = Box::pin(pool.run(|| 2));
        // Polled once, it stands in the queue.
        let polled = std::future::poll_fn(|context| {
            std::task::Poll::Ready(waiting.as_mut().poll(context).is_ready())
        });
        assert!(!polled.await);
        assert_eq!(pool.run(|| 3).await, Err(Busy));

        // A client that leaves the queue gives its place up.
        drop(waiting);
        let waiting = pool.run(|| 4);
        release.send(()).unwrap();
        assert_eq!(running.await.unwrap(), Ok(1));
        assert_eq!(waiting.await, Ok(4));
        assert_eq!(pool.run(|| 5).await, Ok(5));
    }

    #[tokio::test]
    async fn a_panic_reaches_the_caller_and_frees_the_place() {
        let pool = Blocking::new(1, 0);
        let panicking = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run::<()>(|| panic!("broken")).await }
        });
        assert!(panicking.await.unwrap_err().is_panic());
        assert_eq!(pool.run(|| 1).await, Ok(1));
    }
}
