//! The plain alternative: a server that takes bodies in and keeps nothing of them, or the bytes
//! alone.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::Outcome;

/// What is done with a body.
#[derive(Clone)]
pub(crate) enum Act {
    /// It is hashed.
    Hash,
    /// It is hashed, written to a file in this folder, and the file is synced and removed.
    Write(PathBuf),
}

/// How much is read at once.
const PIECE: usize = 1 << 18;

/// Starts the server, which ends with this process. Gives its address.
pub(crate) fn start(act: Act) -> Outcome<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            let act = act.clone();
            std::thread::spawn(move || serve(stream, &act, number));
        }
    });
    Ok(address)
}

/// Answers one connection until it is closed.
fn serve(mut stream: TcpStream, act: &Act, number: usize) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut buffer = vec![0; PIECE];
    loop {
        let mut filled = 0;
        let head = loop {
            let read = stream.read(&mut buffer[filled..]).ok().filter(|read| *read > 0)?;
            filled += read;
            let end = buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                break end + 4;
            }
        };
        let text = String::from_utf8_lossy(&buffer[..head]).into_owned();
        let length: usize =
            text.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse().ok()?;
        let path = match act {
            Act::Hash => None,
            Act::Write(folder) => Some(folder.join(format!("plain-{number}"))),
        };
        let mut file = path.as_ref().and_then(|path| File::create(path).ok());
        let (mut sha1, mut sha256) = (Sha1::new(), Sha256::new());
        let mut rest = length;
        let mut piece = head..filled;
        loop {
            let bytes = &buffer[piece.clone()];
            sha1.update(bytes);
            sha256.update(bytes);
            if let Some(file) = &mut file {
                file.write_all(bytes).ok()?;
            }
            rest = rest.saturating_sub(bytes.len());
            if rest == 0 {
                break;
            }
            piece = 0..stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        }
        if let (Some(file), Some(path)) = (file, path) {
            file.sync_all().ok()?;
            std::fs::remove_file(path).ok()?;
        }
        let digests = (sha1.finalize(), sha256.finalize());
        std::hint::black_box(digests);
        stream.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n").ok()?;
    }
}
