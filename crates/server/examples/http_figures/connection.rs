//! A client's connection that stays open: requests go out as they are, answers are read whole.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

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
