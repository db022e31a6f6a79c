//! `kalends key create`.

use kalends_library::Library;

/// Makes an API key. The last line is the key alone, so that a script can take it.
pub(crate) fn create(
    library: &Library,
    email: &str,
    name: &str,
    permissions: &[String],
) -> anyhow::Result<String> {
    let secret = library.create_api_key(email, name, permissions)?;
    Ok(format!(
        "A key for {email} that may do {}. It is shown this once.\n{secret}\n",
        permissions.join(", ")
    ))
}
