//! What every route of the dialect has at hand.

use std::sync::Arc;

use kalends_http_kit::{Blocking, Correlation, Site};
use kalends_library::Library;
use kalends_model::UserId;

use crate::CORRELATION_HEADER;
use crate::error::Failure;

/// Requests for pictures that wait while as many are made as there are cores.
const PICTURES_WAITING_MAX: usize = 1_024;

/// What every route has at hand. Cheap to clone.
#[derive(Clone)]
pub struct ImmichState {
    pub(crate) library: Arc<Library>,
    pub(crate) blocking: Blocking,
    /// For work on pictures, which must not delay questions.
    pub(crate) pictures: Blocking,
    pub(crate) correlation: Correlation,
    pub(crate) open_for: Option<UserId>,
    pub(crate) site: Arc<Site>,
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
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let pictures = Blocking::new(threads, PICTURES_WAITING_MAX);
        Self { library, blocking, pictures, correlation, open_for: None, site: Arc::default() }
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

    /// Runs `work` that makes pictures on a thread of those that do nothing else.
    pub(crate) async fn run_pictures<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Library) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let library = Arc::clone(&self.library);
        self.pictures.run(move || work(&library)).await?
    }
}
