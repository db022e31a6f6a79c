//! `kalends backup` and `kalends restore`.

use std::path::Path;

use anyhow::{Context as _, bail};
use kalends_library::{Library, SystemClock};

use crate::data_folder::{OwnedFolder, Ownership};

/// Writes a consistent copy of the catalog to `file`.
pub(crate) fn back_up(library: &Library, file: &Path) -> anyhow::Result<String> {
    library.back_up(file)?;
    let size = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
    Ok(format!(
        "Wrote {} ({size} bytes).\nIt holds the catalog: users, albums, people, edits. Originals and derived pictures are not in it.\n",
        file.display()
    ))
}

/// Puts a copy made by [`back_up`] into a data folder that holds no catalog.
pub(crate) fn restore(data: &Path, file: &Path) -> anyhow::Result<String> {
    let Ownership::Ours(folder) = OwnedFolder::take(data)? else {
        bail!("a server owns {}; stop it first", data.display());
    };
    Library::restore(file, folder.path(), &SystemClock)
        .with_context(|| format!("restore {} into {}", file.display(), data.display()))?;
    Ok(format!(
        "Restored {} into {}. Start it with: kalends serve --data {}\n",
        file.display(),
        data.display(),
        data.display()
    ))
}
