//! Clients that ask as fast as they are answered, over connections that stay open.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

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

/// What of an answer is looked at.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) length: usize,
    pub(crate) tag: String,
}

/// One connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(server: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 1 << 18] })
    }

    /// Sends a request and reads the answer to its end. Anything but 2xx and 304 is an error.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.stream.write_all(request)?;
        let mut filled = 0;
        let head = loop {
            let read = self.stream.read(&mut self.buffer[filled..])?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            filled += read;
            let end = self.buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                break end + 4;
            }
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        let header = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name))?;
            Some(line[name.len()..].trim().to_owned())
        };
        let status = text.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
        let length: usize =
            header("content-length:").and_then(|length| length.parse().ok()).unwrap_or(0);
        // Tags tell letters apart by case: they are taken as they were sent.
        let tag = text.find("etag:").map_or_else(String::new, |at| {
            let raw = String::from_utf8_lossy(&self.buffer[at + 5..head]).into_owned();
            raw.lines().next().unwrap_or("").trim().to_owned()
        });
        let mut rest = length.saturating_sub(filled - head);
        while rest > 0 {
            let read = self.stream.read(&mut self.buffer)?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            rest = rest.saturating_sub(read);
        }
        if !matches!(status, 200..=299 | 304) {
            let message = format!("answered {status}: {text}");
            return Err(std::io::Error::other(message));
        }
        Ok(Answer { status, length, tag })
    }

    /// Sends a request and gives the answer's body.
    pub(crate) fn body(&mut self, request: &[u8]) -> std::io::Result<String> {
        self.stream.write_all(request)?;
        let mut text = Vec::new();
        loop {
            let read = self.stream.read(&mut self.buffer)?;
            text.extend_from_slice(&self.buffer[..read]);
            let whole = String::from_utf8_lossy(&text).into_owned();
            let Some((head, body)) = whole.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if read == 0 || body.len() >= length.unwrap_or(0) {
                return Ok(body.to_owned());
            }
        }
    }
}
