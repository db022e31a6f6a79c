//! What every route of the dialect has at hand.

use std::sync::Arc;

use kalends_http_kit::{Blocking, Correlation, Site};
use kalends_library::Library;
use kalends_model::UserId;
use tokio::sync::Semaphore;

use crate::CORRELATION_HEADER;
use crate::error::Failure;

/// The most archives that are sent at a time.
const ARCHIVES_MAX: usize = 16;
/// Requests for pictures that wait while as many are made as there are cores.
const PICTURES_WAITING_MAX: usize = 1_024;
/// Uploads that are put on the disk at a time: as many as let it sync several at once.
const ARRIVALS_MAX: usize = 8;
/// Uploads that have arrived whole and wait for that.
const ARRIVALS_WAITING_MAX: usize = 1_024;

/// What every route has at hand. Cheap to clone.
#[derive(Clone)]
pub struct ImmichState {
    pub(crate) library: Arc<Library>,
    pub(crate) blocking: Blocking,
    /// For work on pictures, which must not delay questions.
    pub(crate) pictures: Blocking,
    /// For work that waits for the disk, which must not delay questions either.
    pub(crate) arrivals: Blocking,
    pub(crate) correlation: Correlation,
    pub(crate) open_for: Option<UserId>,
    pub(crate) site: Arc<Site>,
    /// One permit for each archive that is being sent: each takes a thread until it is.
    pub(crate) archives: Arc<Semaphore>,
}

impl ImmichState {
    /// Routes over `library`, entered through `blocking`. Ids of exchanges are made of the bytes
    /// that `random` fills in.
    pub fn new(
        library: Arc<Library>,
        blocking: Blocking,
        random: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        let correlation = Correlation::new(CORRELATION_HEADER, random);
        let archives = Arc::new(Semaphore::new(ARCHIVES_MAX));
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let pictures = Blocking::new(threads, PICTURES_WAITING_MAX);
        Self {
            library,
            blocking,
            pictures,
            arrivals: Blocking::new(ARRIVALS_MAX, ARRIVALS_WAITING_MAX),
            correlation,
            open_for: None,
            site: Arc::default(),
            archives,
        }
    }

    /// Answers timeline requests without a credential as this user, when their `Host` names this
    /// machine. Only for servers on loopback.
    #[must_use]
    pub fn open_for(self, user: UserId) -> Self {
        Self { open_for: Some(user), ..self }
    }

    /// Serves behind these proxies and under this address.
    #[must_use]
    pub fn at(self, site: Site) -> Self {
        Self { site: Arc::new(site), ..self }
    }

    /// Begins to remove for good the users whose deletion cannot be taken back. It goes on after
    /// the answer, and where it is cut off the server's next round takes it up.
    pub(crate) fn remove_deleted_users(&self) {
        let library = Arc::clone(&self.library);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = library.remove_deleted_users() {
                tracing::error!(%error, "a deleted user is not removed yet");
            }
        });
    }

    /// Runs `work` with the library on a blocking thread.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Library) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let library = Arc::clone(&self.library);
        self.blocking.run(move || work(&library)).await?
    }

    /// Runs `work` that puts something on the disk and waits until it is there.
    pub(crate) async fn run_arrival<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Library) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let library = Arc::clone(&self.library);
        self.arrivals.run(move || work(&library)).await?
    }

    /// Runs `work` that makes pictures on a thread of those that do nothing else.
    pub(crate) async fn run_pictures<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Library) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let library = Arc::clone(&self.library);
        self.pictures.run(move || work(&library)).await?
    }
}
