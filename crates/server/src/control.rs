//! The command line's work, done by whoever owns the data folder.
//!
//! A command such as `kalends user add` opens the data folder itself when nobody else does. When a
//! server owns it, the command sends its [`Request`] over a local socket in the data folder instead
//! and prints the answer. Both ways end in [`execute`], so they cannot differ.
//!
//! One request a connection: a line of JSON there, a line of JSON back. Only the owner of the data
//! folder can reach the socket, because the folder is theirs alone.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use kalends_library::Library;
use serde::{Deserialize, Serialize};

use crate::commands;
use crate::data_folder::{OwnedFolder, Ownership};

/// The longest request or answer, in bytes.
const MESSAGE_BYTES_MAX: u64 = 64 << 20;

/// What a command asks to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    /// Add a user; without a password, make one up.
    UserAdd { email: String, password: Option<String> },
    /// Give a user a new password.
    UserPassword { email: String, password: Option<String> },
    /// Make an API key.
    KeyCreate { email: String, name: String, permissions: Vec<String> },
    /// Scan all folders now, and wait for the end.
    Scan,
    /// Describe what is there.
    Info { json: bool, problems: bool, duplicates: bool },
    /// Copy the catalog to a file, whose path is absolute.
    Backup { file: PathBuf },
    /// Remove derived pictures.
    Clean,
}

/// What a request came to.
#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    Done { text: String },
    Failed { error: String },
}

/// Does the request here, or has it done by the server that owns the data folder. Gives the text to
/// print.
pub(crate) fn run(data: &Path, request: &Request) -> anyhow::Result<String> {
    match OwnedFolder::take(data)? {
        Ownership::Ours(folder) => {
            let library = commands::open_library(folder.path())?;
            execute(&library, request)
        }
        Ownership::Taken => ask_server(data, request),
    }
}

/// Does the request.
pub(crate) fn execute(library: &Arc<Library>, request: &Request) -> anyhow::Result<String> {
    match request {
        Request::UserAdd { email, password } => {
            commands::user::add(library, email, password.as_deref())
        }
        Request::UserPassword { email, password } => {
            commands::user::set_password(library, email, password.as_deref())
        }
        Request::KeyCreate { email, name, permissions } => {
            commands::key::create(library, email, name, permissions)
        }
        Request::Scan => commands::scan::scan_now(library),
        Request::Info { json, problems, duplicates } => {
            commands::info::describe(library, *json, *problems, *duplicates)
        }
        Request::Backup { file } => commands::backup::back_up(library, file),
        Request::Clean => commands::clean::clean(library),
    }
}

fn socket_path(data: &Path) -> PathBuf {
    data.join("control.sock")
}

#[cfg(unix)]
fn ask_server(data: &Path, request: &Request) -> anyhow::Result<String> {
    let path = socket_path(data);
    let mut stream = std::os::unix::net::UnixStream::connect(&path).with_context(|| {
        format!("another process owns {} and does not answer at {}; it may still be starting, so try again in a moment", data.display(), path.display())
    })?;
    let mut line = serde_json::to_vec(request).context("write the request")?;
    line.push(b'\n');
    stream.write_all(&line).context("send the request to the server")?;
    let mut answer = String::new();
    BufReader::new(stream.take(MESSAGE_BYTES_MAX))
        .read_line(&mut answer)
        .context("read the server's answer")?;
    match serde_json::from_str(&answer).context("the server stopped before it had answered")? {
        Answer::Done { text } => Ok(text),
        Answer::Failed { error } => bail!(error),
    }
}

#[cfg(not(unix))]
fn ask_server(data: &Path, _request: &Request) -> anyhow::Result<String> {
    bail!("a server owns {}; stop it first", data.display())
}

/// Listens for requests until the process ends. A socket that a killed server has left is replaced.
#[cfg(unix)]
pub(crate) fn listen(data: &Path, library: Arc<Library>) -> anyhow::Result<()> {
    let path = socket_path(data);
    if path.exists() {
        std::fs::remove_file(&path).with_context(|| format!("replace {}", path.display()))?;
    }
    let listener = match std::os::unix::net::UnixListener::bind(&path) {
        Ok(listener) => listener,
        // The system bounds the length of a socket's path; serving matters more than this.
        Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => {
            tracing::warn!(
                path = %path.display(), %error,
                "the path of the data folder is too long for a local socket: stop the server before using other commands on it"
            );
            return Ok(());
        }
        Err(error) => return Err(error).with_context(|| format!("listen at {}", path.display())),
    };
    std::thread::Builder::new()
        .name("control".into())
        .spawn(move || {
            for stream in listener.incoming().flatten() {
                let library = Arc::clone(&library);
                let served = std::thread::Builder::new()
                    .name("command".into())
                    .spawn(move || serve_one(stream, &library));
                if let Err(error) = served {
                    tracing::error!(%error, "cannot serve a command");
                }
            }
        })
        .context("start the thread that serves commands")?;
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn listen(_data: &Path, _library: Arc<Library>) -> anyhow::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn serve_one(stream: std::os::unix::net::UnixStream, library: &Arc<Library>) {
    let mut line = String::new();
    let answer = match BufReader::new((&stream).take(MESSAGE_BYTES_MAX)).read_line(&mut line) {
        Ok(_) => match serde_json::from_str::<Request>(&line) {
            Ok(request) => match execute(library, &request) {
                Ok(text) => Answer::Done { text },
                Err(error) => Answer::Failed { error: format!("{error:#}") },
            },
            Err(error) => Answer::Failed {
                error: format!(
                    "the server does not know this command ({error}); is it the same version?"
                ),
            },
        },
        Err(error) => Answer::Failed { error: format!("the request could not be read: {error}") },
    };
    let mut bytes = serde_json::to_vec(&answer).expect("text is always JSON");
    bytes.push(b'\n');
    // A command that has gone away no longer needs its answer.
    if let Err(error) = (&stream).write_all(&bytes) {
        tracing::debug!(%error, "a command left before its answer");
    }
}
