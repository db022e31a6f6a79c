//! Jobs: work that goes on after the request that asked for it, and after a restart.
//!
//! A job is a row of the catalog, written in the transaction that makes it necessary. Workers lease
//! what is due, do it, and end it in the transaction that records what came of it. Everything may be
//! done twice: a process that dies in the middle leaves the job for the next one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use kalends_catalog::{CatalogError, Leased, NewJob, Writer};
use kalends_model::{AssetId, UserId};
use serde::{Deserialize, Serialize};

use crate::library::Library;

/// How long a worker has a job before another may take it, in microseconds.
const LEASE_MICROS: i64 = 15 * 60 * 1_000_000;
/// How long an idle worker waits before it looks for jobs whose time has come.
const IDLE_MAX: Duration = Duration::from_secs(30);

/// The kind of job that makes the pictures of one asset.
const PICTURES: &str = "pictures";
/// The kind of job that makes them again, whatever there is.
const PICTURES_AGAIN: &str = "pictures-again";
/// The kind of job that reads again what the file of one asset says.
const READING: &str = "reading";
/// The kind of job that removes files whose assets are gone for good.
pub(crate) const REMOVE_FILES: &str = "remove-files";
/// The kind of job that empties the trash of what has lain in it long enough.
pub(crate) const PURGE_TRASH: &str = "purge-trash";

/// Wakes workers when there is something to do.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: Mutex<u64>,
    ringing: Condvar,
}

impl Bell {
    /// Wakes every idle worker.
    pub(crate) fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.ringing.notify_all();
    }

    /// How often the bell has rung.
    fn count(&self) -> u64 {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the bell has rung more often than `heard`, at most for `patience`.
    fn wait(&self, heard: u64, patience: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.ringing.wait_timeout_while(rung, patience, |rung| *rung == heard);
        drop(waited);
    }
}

/// Which asset a job is about.
#[derive(Serialize, Deserialize)]
struct AboutAsset {
    owner: String,
    asset: String,
}

/// The job that makes the pictures of an asset.
pub(crate) fn pictures_of(owner: UserId, asset: AssetId, now: i64) -> NewJob {
    let about = AboutAsset { owner: owner.to_string(), asset: asset.to_string() };
    new_job(PICTURES, &asset.to_string(), &about, now)
}

/// The job that makes the pictures of an asset again.
pub(crate) fn pictures_again_of(owner: UserId, asset: AssetId, now: i64) -> NewJob {
    let about = AboutAsset { owner: owner.to_string(), asset: asset.to_string() };
    new_job(PICTURES_AGAIN, &asset.to_string(), &about, now)
}

/// Adds a job. One that is there already stays; one that was put aside is tried afresh.
pub(crate) fn enqueue_afresh(writer: &mut Writer<'_>, job: &NewJob) -> Result<(), CatalogError> {
    if !writer.enqueue(job)? {
        writer.retry_job(&job.key)?;
    }
    Ok(())
}

/// The job that reads again what the file of an asset says.
pub(crate) fn reading_of(owner: UserId, asset: AssetId, now: i64) -> NewJob {
    let about = AboutAsset { owner: owner.to_string(), asset: asset.to_string() };
    new_job(READING, &asset.to_string(), &about, now)
}

/// A job of a kind, told apart from others of the kind by `name`.
pub(crate) fn new_job(kind: &str, name: &str, payload: &impl Serialize, run_at: i64) -> NewJob {
    NewJob {
        key: format!("{kind}/{name}"),
        kind: kind.to_owned(),
        payload: serde_json::to_string(payload).expect("a payload is texts and lists of texts"),
        run_at,
    }
}

/// Why a job is given back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JobError {
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Its payload cannot be read.
    #[error("the payload cannot be read")]
    Payload,
    /// It cannot be done now.
    #[error("{0}")]
    Later(String),
}

impl Library {
    /// Takes the jobs over from a process that has ended. For the process that owns the data
    /// folder, before its workers start.
    pub fn take_over_jobs(&self) -> Result<(), CatalogError> {
        self.write(|writer| {
            writer.release_jobs()?;
            enqueue_afresh(writer, &new_job(PURGE_TRASH, "daily", &(), self.now()))
        })
    }

    /// Works until `stop` is set and [`Library::wake_workers`] is called. Any number of threads may
    /// do so at once; as many as there are cores suit best.
    pub fn run_worker(&self, stop: &AtomicBool) {
        while !stop.load(Ordering::Acquire) {
            let heard = self.bell.count();
            match self.work_once() {
                Ok(true) => {}
                Ok(false) => self.bell.wait(heard, IDLE_MAX),
                Err(error) => {
                    tracing::error!(%error, "a worker cannot read its jobs; it tries again");
                    self.bell.wait(heard, IDLE_MAX);
                }
            }
        }
    }

    /// Lets idle workers look for jobs, or for the sign to stop.
    pub fn wake_workers(&self) {
        self.bell.ring();
    }

    /// Does every job that is due, on this thread. Gives their number.
    pub fn work_off(&self) -> Result<u64, CatalogError> {
        let mut done = 0;
        while self.work_once()? {
            done += 1;
        }
        Ok(done)
    }

    /// Does one job that is due, if there is one.
    fn work_once(&self) -> Result<bool, CatalogError> {
        let now = self.now();
        if !self.read(|reader| reader.has_due_job(now))? {
            return Ok(false);
        }
        let leased = self.write(|writer| writer.lease_jobs(1, now.saturating_add(LEASE_MICROS)))?;
        let Some(job) = leased.first() else { return Ok(false) };
        // A file that brings a decoder to panic must not take the worker with it.
        let outcome = catch_unwind(AssertUnwindSafe(|| self.work_on(job)));
        let failure = match outcome {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the work panicked".to_owned()),
        };
        if let Some(reason) = failure {
            tracing::warn!(job.key, job.attempt, reason, "a job failed");
            self.write(|writer| writer.fail_job(job, &reason))?;
        }
        Ok(true)
    }

    fn work_on(&self, job: &Leased) -> Result<(), JobError> {
        match job.kind.as_str() {
            PICTURES => self.make_pictures(job, false),
            PICTURES_AGAIN => self.make_pictures(job, true),
            READING => self.read_once_more(job),
            REMOVE_FILES => self.remove_files(job),
            PURGE_TRASH => self.purge_old_trash(job),
            _ => Err(JobError::Later("no worker knows this kind of job".to_owned())),
        }
    }

    fn read_once_more(&self, job: &Leased) -> Result<(), JobError> {
        let (owner, asset) = asset_of(job)?;
        self.read_again(owner, asset, |writer| writer.complete_job(job).map(drop))
    }

    fn make_pictures(&self, job: &Leased, anew: bool) -> Result<(), JobError> {
        let (owner, asset) = asset_of(job)?;
        self.make_pictures_of(owner, asset, anew, |writer| writer.complete_job(job).map(drop))
    }
}

/// The owner and the asset that a job is about.
fn asset_of(job: &Leased) -> Result<(UserId, AssetId), JobError> {
    let about: AboutAsset = serde_json::from_str(&job.payload).map_err(|_| JobError::Payload)?;
    let owner = about.owner.parse().map_err(|_| JobError::Payload)?;
    let asset = about.asset.parse().map_err(|_| JobError::Payload)?;
    Ok((owner, asset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bell_that_has_rung_is_not_waited_for() {
        let bell = Bell::default();
        let heard = bell.count();
        bell.ring();
        bell.wait(heard, Duration::from_secs(3_600));
        std::thread::scope(|threads| {
            let heard = bell.count();
            let bell = &bell;
            threads.spawn(move || bell.wait(heard, Duration::from_secs(3_600)));
            bell.ring();
        });
    }
}
