//! Clients that ask as fast as they are answered, over connections that stay open.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::connection::Connection;
use crate::world::Question;
use crate::{Outcome as Result, rotation};

/// How many connections ask at a time.
pub(crate) const CONNECTIONS: usize = 8;

/// How the clients ask.
#[derive(Clone, Copy, Default)]
pub(crate) struct Load {
    /// Whether a client sends the tag that it was given before.
    pub(crate) revalidates: bool,
    /// What it sends as `Accept-Encoding`.
    pub(crate) accepts: Option<&'static str>,
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) time: Duration,
    pub(crate) requests: usize,
    pub(crate) bytes: usize,
    pub(crate) not_modified: usize,
    pub(crate) latencies: Vec<Duration>,
    pub(crate) writes: Vec<Duration>,
}

impl Outcome {
    /// The latency that so many percent of the requests kept below.
    pub(crate) fn percentile(&self, percent: f64) -> Duration {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let place = (sorted.len() as f64 * percent / 100.0) as usize;
        sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
    }

    pub(crate) fn take(&mut self, other: Self) {
        self.requests += other.requests;
        self.bytes += other.bytes;
        self.not_modified += other.not_modified;
        self.latencies.extend(other.latencies);
        self.writes.extend(other.writes);
    }
}

impl Load {
    /// Asks all questions in rotation for a while. `writer` writes every 100 ms meanwhile.
    pub(crate) fn run(
        self,
        server: SocketAddr,
        questions: &[Question],
        writer: Option<&[Vec<u8>; 2]>,
        time: Duration,
    ) -> Result<Outcome> {
        let (turn, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
        let start = Instant::now();
        let mut whole = Outcome::default();
        std::thread::scope(|scope| -> Result<()> {
            let asking: Vec<_> = (0..CONNECTIONS)
                .map(|_| scope.spawn(|| self.ask(server, questions, &turn, &is_over)))
                .collect();
            let mut connection = Connection::open(server)?;
            let mut count = 0;
            while start.elapsed() < time {
                if let Some(requests) = writer {
                    let begun = Instant::now();
                    connection.exchange(&requests[count % 2])?;
                    whole.writes.push(begun.elapsed());
                    count += 1;
                }
                std::thread::sleep(Duration::from_millis(100));
            }
            is_over.store(true, Ordering::Relaxed);
            whole.time = start.elapsed();
            for client in asking {
                whole.take(client.join().map_err(|_| "a client panicked")??);
            }
            Ok(())
        })?;
        Ok(whole)
    }

    /// Asks every question once.
    pub(crate) fn once(server: SocketAddr, questions: &[Question]) -> Result<()> {
        let mut connection = Connection::open(server)?;
        for question in questions {
            connection.exchange(&Self::default().request(question, ""))?;
        }
        Ok(())
    }

    fn ask(
        self,
        server: SocketAddr,
        questions: &[Question],
        turn: &AtomicUsize,
        is_over: &AtomicBool,
    ) -> std::result::Result<Outcome, String> {
        let mut outcome = Outcome::default();
        let mut connection = Connection::open(server).map_err(|error| error.to_string())?;
        let mut tags = vec![String::new(); questions.len()];
        while !is_over.load(Ordering::Relaxed) {
            let number = turn.fetch_add(1, Ordering::Relaxed);
            let tag = &mut tags[number % questions.len()];
            let request = self.request(rotation(questions, number), tag);
            let begun = Instant::now();
            let answer = connection.exchange(&request).map_err(|error| error.to_string())?;
            outcome.latencies.push(begun.elapsed());
            outcome.requests += 1;
            outcome.bytes += answer.length;
            outcome.not_modified += usize::from(answer.status == 304);
            if self.revalidates {
                tag.clone_from(&answer.tag);
            }
        }
        Ok(outcome)
    }

    fn request(self, question: &Question, tag: &str) -> Vec<u8> {
        let mut request = format!(
            "GET {} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n",
            question.path, question.token
        );
        if let Some(accepts) = self.accepts {
            request.push_str(&format!("accept-encoding: {accepts}\r\n"));
        }
        if !tag.is_empty() {
            request.push_str(&format!("if-none-match: {tag}\r\n"));
        }
        request.push_str("\r\n");
        request.into_bytes()
    }
}
