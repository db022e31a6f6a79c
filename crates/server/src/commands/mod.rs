//! What each command does, as text to print. Where it is done is [`crate::control`]'s matter.

pub(crate) mod backup;
pub(crate) mod clean;
pub(crate) mod demo;
pub(crate) mod info;
pub(crate) mod key;
pub(crate) mod scan;
pub(crate) mod serve;
pub(crate) mod user;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use kalends_library::{Library, SystemClock, SystemRandomness};

/// Opens the library of a data folder that this process owns.
pub(crate) fn open_library(data: &Path) -> anyhow::Result<Arc<Library>> {
    let library = Library::open(data, Arc::new(SystemClock), Arc::new(SystemRandomness))
        .with_context(|| format!("open the data folder {}", data.display()))?;
    Ok(Arc::new(library))
}
