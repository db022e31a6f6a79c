//! `kalends clean`.

use kalends_library::Library;

/// Removes all derived pictures.
pub(crate) fn clean(library: &Library) -> anyhow::Result<String> {
    let cleaned = library.clean_derived()?;
    Ok(format!(
        "Removed {} derived pictures ({} bytes). The next scan makes them again.\n",
        cleaned.files, cleaned.bytes
    ))
}
