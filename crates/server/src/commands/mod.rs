//! What each command does, as text to print. Where it is done is [`crate::control`]'s matter.

pub(crate) mod backup;
pub(crate) mod clean;
pub(crate) mod demo;
pub(crate) mod export;
mod first_user;
pub(crate) mod import;
pub(crate) mod info;
pub(crate) mod key;
mod progress;
pub(crate) mod scan;
pub(crate) mod serve;
pub(crate) mod user;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use kalends_library::{Library, PictureMaker, SystemClock, SystemRandomness};
use kalends_media::pictures::Limits;
use kalends_media::pictures::worker;

/// Opens the library of a data folder that this process owns.
pub(crate) fn open_library(data: &Path) -> anyhow::Result<Arc<Library>> {
    let library =
        Library::open(data, Arc::new(SystemClock), Arc::new(SystemRandomness), pictures())
            .with_context(|| format!("open the data folder {}", data.display()))?;
    Ok(Arc::new(library))
}

/// Young decoders run in child processes, which are this program again.
fn pictures() -> PictureMaker {
    match std::env::current_exe() {
        Ok(program) => PictureMaker::with_workers(move || {
            let mut command = std::process::Command::new(&program);
            command.arg("decode-worker");
            command
        })
        .and_posters(),
        Err(error) => {
            tracing::warn!(%error, "this program cannot find itself, so pictures are decoded in this process");
            PictureMaker::in_process().and_posters()
        }
    }
}

/// What a child process does: decodes what its parent sends, within bounds.
pub(crate) fn decode_worker() -> anyhow::Result<()> {
    worker::confine(&Limits::default()).context("bound the memory of the decoder")?;
    worker::run_worker(std::io::stdin().lock(), std::io::stdout().lock()).context("decode")
}
