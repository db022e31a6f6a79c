//! Sending files: whole or in parts, to clients that may have them already.
//!
//! A file is read in pieces, each on a blocking thread and only when the client has taken the one
//! before, so a slow client holds neither a thread nor more than one piece. Validators are strong:
//! they are made of the file's identity, size and time of modification, and files are replaced, not
//! rewritten.

use std::fs::{File, Metadata};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    LAST_MODIFIED, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use tokio::task::JoinHandle;

use crate::ranges::{self, Span, Wanted};

/// How much is read at a time. A file up to this length is read at once.
const PIECE_BYTES: usize = 256 * 1_024;

/// What need not be escaped in `filename*` (RFC 8187).
const PLAIN_IN_NAMES: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'!').remove(b'+');

/// A document may hold scripts. Sent so, it can neither run them nor reach anything.
const SANDBOX: &str = "default-src 'none'; img-src 'self' data:; media-src 'self'; \
    style-src 'unsafe-inline'; sandbox";

/// A file as it is to be sent.
#[derive(Debug)]
pub struct SentFile<'a> {
    /// Open for reading.
    pub file: File,
    /// Its content type.
    pub media_type: &'a str,
    /// The name under which the client shows or keeps it; none for a file that is only played.
    pub name: Option<&'a str>,
    /// How long it may be kept.
    pub cache_control: &'a str,
}

/// How a client wants a file. Read from the request; moves to where the file is opened.
#[derive(Clone, Debug)]
pub struct FileTerms {
    is_head: bool,
    range: Option<String>,
    if_range: Option<String>,
    if_none_match: Option<String>,
    if_modified_since: Option<SystemTime>,
}

/// What a client can recognise a file by.
struct Validators {
    tag: String,
    /// To the second, as HTTP tells it.
    modified: SystemTime,
}

impl FileTerms {
    /// Reads the terms of a request.
    pub fn of(method: &Method, headers: &HeaderMap) -> Self {
        let text = |name: HeaderName| {
            let lines: Vec<&str> =
                headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok()).collect();
            (!lines.is_empty()).then(|| lines.join(","))
        };
        let since = text(IF_MODIFIED_SINCE);
        Self {
            is_head: method == Method::HEAD,
            range: text(RANGE).filter(|_| method == Method::GET),
            if_range: text(IF_RANGE),
            if_none_match: text(IF_NONE_MATCH),
            if_modified_since: since.and_then(|date| httpdate::parse_http_date(&date).ok()),
        }
    }

    /// The answer: 200 with the file, 206 with parts of it, 304 when the client has it, 416 when it
    /// has no such part. Reads a small file at once, so it is to be called on a blocking thread.
    pub fn reply(&self, sent: SentFile<'_>) -> io::Result<Response> {
        let metadata = sent.file.metadata()?;
        let length = metadata.len();
        let validators = Validators::of(&metadata);
        if self.is_known(&validators) {
            return Ok(response(StatusCode::NOT_MODIFIED, &sent, &validators));
        }
        match self.wanted(length, &validators) {
            Wanted::Whole => self.whole(sent, length, &validators),
            Wanted::Parts(parts) => match parts.as_slice() {
                [part] => Ok(one_part(sent, *part, length, &validators)),
                parts => Ok(many_parts(sent, parts, length, &validators)),
            },
            Wanted::Unsatisfiable => {
                let mut response = response(StatusCode::RANGE_NOT_SATISFIABLE, &sent, &validators);
                response.headers_mut().remove(CONTENT_DISPOSITION);
                put(&mut response, CONTENT_RANGE, &format!("bytes */{length}"));
                Ok(response)
            }
        }
    }

    /// Whether the client says that it has the file. A tag says more than a date.
    fn is_known(&self, validators: &Validators) -> bool {
        match (&self.if_none_match, self.if_modified_since) {
            (Some(tags), _) => {
                let named = |tag: &str| tag.trim().trim_start_matches("W/") == validators.tag;
                tags.trim() == "*" || tags.split(',').any(named)
            }
            (None, Some(since)) => validators.modified <= since,
            (None, None) => false,
        }
    }

    /// What is to be sent of the file. Parts of another file than the client has are of no use.
    fn wanted(&self, length: u64, validators: &Validators) -> Wanted {
        let is_same = match &self.if_range {
            None => true,
            Some(tag) if tag.contains('"') => tag.trim() == validators.tag,
            Some(date) => {
                httpdate::parse_http_date(date.trim()).is_ok_and(|date| date == validators.modified)
            }
        };
        if is_same { ranges::wanted(self.range.as_deref(), length) } else { Wanted::Whole }
    }

    fn whole(
        &self,
        sent: SentFile<'_>,
        length: u64,
        validators: &Validators,
    ) -> io::Result<Response> {
        let mut response = response(StatusCode::OK, &sent, validators);
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
        if self.is_head {
            return Ok(response);
        }
        let whole = Span { start: 0, length };
        *response.body_mut() = match usize::try_from(length) {
            Ok(length) if length <= PIECE_BYTES => Body::from(read_at(&sent.file, 0, length)?),
            _ => Body::new(FileBody::new(sent.file, vec![Part::Span(whole)])),
        };
        Ok(response)
    }
}

impl Validators {
    fn of(metadata: &Metadata) -> Self {
        let since = metadata.modified().unwrap_or(UNIX_EPOCH).duration_since(UNIX_EPOCH);
        let since = since.unwrap_or(Duration::ZERO);
        let mut hash = Sha256::new();
        hash.update(identity(metadata).to_le_bytes());
        hash.update(metadata.len().to_le_bytes());
        hash.update(since.as_nanos().to_le_bytes());
        let hash = hash.finalize();
        let tag: String = hash[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        // HTTP has no years beyond 9999.
        let modified = Duration::from_secs(since.as_secs().min(253_402_300_799));
        Self { tag: format!("\"{tag}\""), modified: UNIX_EPOCH + modified }
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn identity(_metadata: &Metadata) -> u64 {
    0
}

/// `Content-Disposition` that shows a file under its name.
pub fn inline(name: &str) -> String {
    format!("inline; filename*=UTF-8''{}", utf8_percent_encode(name, PLAIN_IN_NAMES))
}

fn response(status: StatusCode, sent: &SentFile<'_>, validators: &Validators) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    put(&mut response, ACCEPT_RANGES, "bytes");
    put(&mut response, CACHE_CONTROL, sent.cache_control);
    put(&mut response, ETAG, &validators.tag);
    put(&mut response, LAST_MODIFIED, &httpdate::fmt_http_date(validators.modified));
    if status != StatusCode::NOT_MODIFIED && status != StatusCode::RANGE_NOT_SATISFIABLE {
        put(&mut response, CONTENT_TYPE, sent.media_type);
    }
    if let Some(name) = sent.name {
        put(&mut response, CONTENT_DISPOSITION, &inline(name));
    }
    put(&mut response, X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(&mut response, CONTENT_SECURITY_POLICY, SANDBOX);
    response
}

fn put(response: &mut Response, name: HeaderName, value: &str) {
    let value = HeaderValue::from_str(value).expect("these headers are made of visible ASCII");
    response.headers_mut().insert(name, value);
}

fn one_part(sent: SentFile<'_>, part: Span, whole: u64, validators: &Validators) -> Response {
    let mut response = response(StatusCode::PARTIAL_CONTENT, &sent, validators);
    put(&mut response, CONTENT_RANGE, &part.content_range(whole));
    response.headers_mut().insert(CONTENT_LENGTH, part.length.into());
    *response.body_mut() = Body::new(FileBody::new(sent.file, vec![Part::Span(part)]));
    response
}

fn many_parts(sent: SentFile<'_>, spans: &[Span], whole: u64, validators: &Validators) -> Response {
    // The tag is a hash of the file's identity: nothing in a file is likely to contain it.
    let boundary = format!("part-{}", validators.tag.trim_matches('"'));
    let mut parts = Vec::with_capacity(2 * spans.len() + 1);
    for span in spans {
        let head = format!(
            "\r\n--{boundary}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n",
            sent.media_type,
            span.content_range(whole)
        );
        parts.push(Part::Text(Bytes::from(head)));
        parts.push(Part::Span(*span));
    }
    parts.push(Part::Text(Bytes::from(format!("\r\n--{boundary}--\r\n"))));
    let length: u64 = parts.iter().map(Part::length).sum();
    let mut response = response(StatusCode::PARTIAL_CONTENT, &sent, validators);
    put(&mut response, CONTENT_TYPE, &format!("multipart/byteranges; boundary={boundary}"));
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
    *response.body_mut() = Body::new(FileBody::new(sent.file, parts));
    response
}

/// What a body is made of.
#[derive(Debug)]
enum Part {
    Text(Bytes),
    Span(Span),
}

impl Part {
    fn length(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Span(span) => span.length,
        }
    }
}

/// A body that is read from a file while it is sent.
#[derive(Debug)]
struct FileBody {
    file: Arc<File>,
    parts: std::collections::VecDeque<Part>,
    /// The piece that is being read.
    reading: Option<JoinHandle<io::Result<Bytes>>>,
}

impl FileBody {
    fn new(file: File, parts: Vec<Part>) -> Self {
        Self { file: Arc::new(file), parts: parts.into(), reading: None }
    }
}

impl http_body::Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<http_body::Frame<Bytes>>>> {
        loop {
            if let Some(reading) = &mut self.reading {
                let read = ready!(Pin::new(reading).poll(context));
                self.reading = None;
                let bytes = read.map_err(io::Error::other).and_then(|bytes| bytes)?;
                return Poll::Ready(Some(Ok(http_body::Frame::data(bytes))));
            }
            match self.parts.pop_front() {
                None => return Poll::Ready(None),
                Some(Part::Text(text)) => {
                    return Poll::Ready(Some(Ok(http_body::Frame::data(text))));
                }
                Some(Part::Span(Span { length: 0, .. })) => {}
                Some(Part::Span(Span { start, length })) => {
                    let now = length.min(PIECE_BYTES as u64);
                    let rest = Span { start: start + now, length: length - now };
                    self.parts.push_front(Part::Span(rest));
                    let file = Arc::clone(&self.file);
                    let read = move || read_at(&file, start, now as usize).map(Bytes::from);
                    self.reading = Some(tokio::task::spawn_blocking(read));
                }
            }
        }
    }

    fn size_hint(&self) -> http_body::SizeHint {
        let mut hint = http_body::SizeHint::new();
        if self.reading.is_none() {
            hint.set_exact(self.parts.iter().map(Part::length).sum());
        }
        hint
    }
}

/// Reads exactly these bytes. A file that has become shorter is an error: its length was promised.
#[cfg(unix)]
fn read_at(file: &File, start: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    std::os::unix::fs::FileExt::read_exact_at(file, &mut bytes, start)?;
    Ok(bytes)
}

#[cfg(not(unix))]
fn read_at(mut file: &File, start: u64, length: usize) -> io::Result<Vec<u8>> {
    use std::io::{Read as _, Seek as _};
    let mut bytes = vec![0; length];
    file.seek(io::SeekFrom::Start(start))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
