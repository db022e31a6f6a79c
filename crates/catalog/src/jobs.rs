//! Jobs: work that outlives the request or the process that asked for it.
//!
//! A worker leases a job for some time. Whoever dies with a lease loses it, so every job must be
//! safe to run twice. A lease carries how often the job was begun, so that a worker whose lease has
//! passed to another can no longer end the job.

use diesel::prelude::*;

use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::schema::jobs;
use crate::writer::Writer;

/// How often a job is tried before it is put aside.
const ATTEMPTS_MAX: u32 = 8;
/// The wait after the first failure, in microseconds; it doubles with each.
const FIRST_WAIT: i64 = 10 * 1_000_000;

/// A job to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Names the work to be done: two jobs with one key are the same job.
    pub key: String,
    /// What kind of work.
    pub kind: String,
    /// What the work needs to know, as JSON.
    pub payload: String,
    /// Not before this, in microseconds since 1970.
    pub run_at: i64,
}

/// A job that a worker may do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    /// The job's key.
    pub key: String,
    /// What kind of work.
    pub kind: String,
    /// What the work needs to know, as JSON.
    pub payload: String,
    /// How often it has been begun, this time included.
    pub attempt: u32,
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The job's key.
    pub key: String,
    /// What kind of work.
    pub kind: String,
    /// How often it has been begun.
    pub attempts: u32,
    /// Not before this, in microseconds since 1970.
    pub run_at: i64,
    /// Until when a worker has it, in microseconds since 1970.
    pub lease_until: Option<i64>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was put aside, in microseconds since 1970.
    pub failed_at: Option<i64>,
}

/// The columns of a [`Job`], in order.
type JobColumns = (String, String, i32, i64, Option<i64>, Option<String>, Option<i64>);

impl Reader<'_> {
    /// Every job, also those put aside, by when they are due; at most `limit`.
    pub fn jobs(&mut self, limit: usize) -> Result<Vec<Job>, CatalogError> {
        let rows = jobs::table
            .order((jobs::run_at, jobs::key))
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select((
                jobs::key,
                jobs::kind,
                jobs::attempts,
                jobs::run_at,
                jobs::lease_until,
                jobs::last_error,
                jobs::failed_at,
            ))
            .load::<JobColumns>(self.connection)?;
        let job =
            |(key, kind, attempts, run_at, lease_until, last_error, failed_at): JobColumns| {
                let attempts = attempts as u32;
                Job { key, kind, attempts, run_at, lease_until, last_error, failed_at }
            };
        Ok(rows.into_iter().map(job).collect())
    }
}

impl Reader<'_> {
    /// Whether there is a job that is due at `now` and that nobody has.
    pub fn has_due_job(&mut self, now: i64) -> Result<bool, CatalogError> {
        let due = jobs::table
            .filter(jobs::failed_at.is_null())
            .filter(jobs::run_at.le(now))
            .filter(jobs::lease_until.is_null().or(jobs::lease_until.assume_not_null().le(now)))
            .select(jobs::key)
            .first::<String>(self.connection);
        Ok(due.optional()?.is_some())
    }
}

impl Writer<'_> {
    /// Takes every lease away: their holders have ended. Gives the number of leases.
    pub fn release_jobs(&mut self) -> Result<usize, CatalogError> {
        let leased = jobs::table.filter(jobs::lease_until.is_not_null());
        Ok(diesel::update(leased)
            .set(jobs::lease_until.eq(None::<i64>))
            .execute(self.connection)?)
    }

    /// Adds a job unless there is one with its key. Whether it was added.
    pub fn enqueue(&mut self, job: &NewJob) -> Result<bool, CatalogError> {
        let added = diesel::insert_into(jobs::table)
            .values((
                jobs::key.eq(&job.key),
                jobs::kind.eq(&job.kind),
                jobs::payload.eq(&job.payload),
                jobs::run_at.eq(job.run_at),
                jobs::attempts.eq(0),
            ))
            .on_conflict_do_nothing()
            .execute(self.connection)?;
        Ok(added > 0)
    }

    /// Takes at most `count` jobs that are due and that nobody has, until `until`. The longest due
    /// come first.
    pub fn lease_jobs(&mut self, count: usize, until: i64) -> Result<Vec<Leased>, CatalogError> {
        let due = jobs::table
            .filter(jobs::failed_at.is_null())
            .filter(jobs::run_at.le(self.now))
            .filter(
                jobs::lease_until.is_null().or(jobs::lease_until.assume_not_null().le(self.now)),
            )
            .order((jobs::run_at, jobs::key))
            .limit(i64::try_from(count).unwrap_or(i64::MAX))
            .select((jobs::key, jobs::kind, jobs::payload, jobs::attempts))
            .load::<(String, String, String, i32)>(self.connection)?;
        let mut leased = Vec::with_capacity(due.len());
        for (key, kind, payload, attempts) in due {
            let attempt = attempts + 1;
            diesel::update(jobs::table.find(&key))
                .set((jobs::attempts.eq(attempt), jobs::lease_until.eq(until)))
                .execute(self.connection)?;
            leased.push(Leased { key, kind, payload, attempt: attempt as u32 });
        }
        Ok(leased)
    }

    /// Ends a job that has been done. Whether the lease was still this worker's.
    pub fn complete_job(&mut self, job: &Leased) -> Result<bool, CatalogError> {
        let mine = jobs::table
            .filter(jobs::key.eq(&job.key))
            .filter(jobs::attempts.eq(job.attempt as i32));
        Ok(diesel::delete(mine).execute(self.connection)? > 0)
    }

    /// Gives a failed job back: it is tried again after a wait that doubles with each attempt, or
    /// put aside once its attempts are used up. Whether the lease was still this worker's.
    pub fn fail_job(&mut self, job: &Leased, error: &str) -> Result<bool, CatalogError> {
        let is_used_up = job.attempt >= ATTEMPTS_MAX;
        let wait = FIRST_WAIT << (job.attempt - 1).min(ATTEMPTS_MAX);
        let mine = jobs::table
            .filter(jobs::key.eq(&job.key))
            .filter(jobs::attempts.eq(job.attempt as i32));
        let given_back = diesel::update(mine)
            .set((
                jobs::lease_until.eq(None::<i64>),
                jobs::last_error.eq(error),
                jobs::run_at.eq(self.now.saturating_add(wait)),
                jobs::failed_at.eq(is_used_up.then_some(self.now)),
            ))
            .execute(self.connection)?;
        Ok(given_back > 0)
    }

    /// Lets a job that was put aside be tried afresh, now. Whether there was one.
    pub fn retry_job(&mut self, key: &str) -> Result<bool, CatalogError> {
        let aside = jobs::table.filter(jobs::key.eq(key)).filter(jobs::failed_at.is_not_null());
        let retried = diesel::update(aside)
            .set((jobs::failed_at.eq(None::<i64>), jobs::attempts.eq(0), jobs::run_at.eq(self.now)))
            .execute(self.connection)?;
        Ok(retried > 0)
    }
}
