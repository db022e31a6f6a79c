//! Decoding in a child process, so that a decoder that hangs, eats memory or breaks takes nothing
//! with it.
//!
//! The server has a hidden subcommand that calls [`confine`] and then [`run_worker`] on its
//! standard input and output. A [`WorkerPool`] starts such processes, keeps the idle ones, and
//! kills one that takes too long. What runs over the pipes is in `protocol`; both ends are always
//! the same build, so it needs no compatibility.

mod protocol;
#[cfg(all(test, unix))]
mod tests;

use std::io::{BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Limits, PictureError, Pictures, make_pictures, sniff};

/// Address space that a worker needs beside the memory that [`Limits`] count: the program itself,
/// the file, the reduced pictures, and what the allocator sets aside.
const ADDRESS_SPACE_SLACK_BYTES: u64 = 2 << 30;

/// Bounds this process, for good: its address space to what `limits` need, and no core dumps.
/// Beyond the bound an allocation fails and the process ends, which its parent sees. Only on Unix;
/// elsewhere the time limit alone holds.
pub fn confine(limits: &Limits) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let bytes = limits.memory_bytes_max.saturating_add(ADDRESS_SPACE_SLACK_BYTES);
        let set = |resource, bound| {
            setrlimit(resource, Rlimit { current: Some(bound), maximum: Some(bound) })
        };
        set(Resource::As, bytes)?;
        set(Resource::Core, 0)?;
    }
    #[cfg(not(unix))]
    let _ = (limits, ADDRESS_SPACE_SLACK_BYTES);
    Ok(())
}

/// Answers requests from `input` on `output` until `input` ends between two of them.
pub fn run_worker(mut input: impl Read, mut output: impl Write) -> std::io::Result<()> {
    while let Some(request) = protocol::read_request(&mut input)? {
        let answer = make_pictures(&request.bytes, request.orientation, &request.limits);
        protocol::write_answer(&mut output, &answer)?;
        output.flush()?;
    }
    Ok(())
}

/// One child process that makes pictures, one file at a time. It is killed when dropped.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts `command`, which must call [`run_worker`] on its standard input and output. What it
    /// writes to standard error is dropped.
    pub fn spawn(command: &mut Command) -> Result<Self, PictureError> {
        let spawned =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = spawned.map_err(|error| PictureError::Worker(format!("start: {error}")))?;
        let stdin = child.stdin.take().expect("standard input was asked to be a pipe");
        let stdout = child.stdout.take().expect("standard output was asked to be a pipe");
        Ok(Self { child, stdin, stdout: BufReader::new(stdout) })
    }

    /// Has the child make the pictures, as [`make_pictures`] would. After
    /// [`PictureError::Timeout`] and [`PictureError::Worker`] the child is of no further use.
    pub fn make_pictures(
        &mut self,
        bytes: &[u8],
        orientation: u8,
        limits: &Limits,
        timeout: Duration,
    ) -> Result<Pictures, PictureError> {
        let Self { child, stdin, stdout } = self;
        let (done, finished) = channel::<()>();
        std::thread::scope(|scope| {
            let watcher = scope.spawn(move || {
                let is_late = finished.recv_timeout(timeout) == Err(RecvTimeoutError::Timeout);
                if is_late {
                    // The only failure is that the child has ended already.
                    let _ = child.kill();
                }
                is_late
            });
            let answer = protocol::write_request(stdin, bytes, orientation, limits)
                .and_then(|()| protocol::read_answer(stdout));
            drop(done);
            let was_killed = watcher.join().unwrap_or(true);
            if was_killed {
                return Err(PictureError::Timeout(timeout));
            }
            answer.unwrap_or_else(|error| Err(PictureError::Worker(error.to_string())))
        })
    }

    fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Both fail only when the child has ended; waiting leaves no zombie behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A bounded number of [`Worker`]s, started when they are needed and kept for the next file.
pub struct WorkerPool {
    command: Box<dyn Fn() -> Command + Send + Sync>,
    workers_max: usize,
    timeout: Duration,
    crew: Mutex<Crew>,
    /// Told whenever a worker becomes idle or ends.
    freed: Condvar,
}

#[derive(Default)]
struct Crew {
    idle: Vec<Worker>,
    /// Workers that exist or are being started, idle ones included.
    count: usize,
}

impl std::fmt::Debug for WorkerPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkerPool")
            .field("workers_max", &self.workers_max)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl WorkerPool {
    /// A pool of at most `workers_max` (at least one) processes started by `command`, each of
    /// which may take `timeout` for one file.
    pub fn new(
        command: impl Fn() -> Command + Send + Sync + 'static,
        workers_max: usize,
        timeout: Duration,
    ) -> Self {
        Self {
            command: Box::new(command),
            workers_max: workers_max.max(1),
            timeout,
            crew: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Makes the pictures of a file: in this process for formats that are not
    /// [isolated](super::Format::is_isolated), else in a worker. Waits while all are busy.
    pub fn make_pictures(
        &self,
        bytes: &[u8],
        orientation: u8,
        limits: &Limits,
    ) -> Result<Pictures, PictureError> {
        limits.check_input(bytes)?;
        let format = sniff(bytes).ok_or(PictureError::Unrecognised)?;
        if !format.is_isolated() {
            return make_pictures(bytes, orientation, limits);
        }
        let mut worker = self.take_worker()?;
        let answer = worker.make_pictures(bytes, orientation, limits, self.timeout);
        let is_spent = matches!(answer, Err(PictureError::Timeout(_) | PictureError::Worker(_)));
        self.give_back((!is_spent).then_some(worker));
        answer
    }

    fn take_worker(&self) -> Result<Worker, PictureError> {
        let mut crew = self.crew();
        loop {
            while let Some(mut worker) = crew.idle.pop() {
                if worker.is_running() {
                    return Ok(worker);
                }
                crew.count -= 1;
            }
            if crew.count < self.workers_max {
                crew.count += 1;
                break;
            }
            crew = self.freed.wait(crew).unwrap_or_else(PoisonError::into_inner);
        }
        drop(crew);
        Worker::spawn(&mut (self.command)()).inspect_err(|_| self.give_back(None))
    }

    /// Takes a worker back, or notes that one has ended.
    fn give_back(&self, worker: Option<Worker>) {
        let mut crew = self.crew();
        match worker {
            Some(worker) => crew.idle.push(worker),
            None => crew.count -= 1,
        }
        drop(crew);
        self.freed.notify_one();
    }

    fn crew(&self) -> MutexGuard<'_, Crew> {
        // Nothing between lock and unlock can leave the crew half changed.
        self.crew.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
