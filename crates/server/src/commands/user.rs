//! `kalends user add` and `kalends user password`.

use std::fmt::Write as _;

use kalends_library::{Library, NewUser};

/// Adds a user and says how to sign in.
pub(crate) fn add(
    library: &Library,
    email: &str,
    password: Option<&str>,
) -> anyhow::Result<String> {
    let (password, is_random) = given_or_random(library, password);
    let name = email.split('@').next().unwrap_or(email);
    let is_admin = false;
    library.create_user(NewUser { email, name, password: &password, is_admin })?;
    let mut text = format!("Added {email}.\n");
    if is_random {
        let _ = writeln!(text, "Password: {password}");
    }
    let _ = writeln!(text, "Make a key for programs with: kalends key create --user {email}");
    Ok(text)
}

/// Gives a user a new password.
pub(crate) fn set_password(
    library: &Library,
    email: &str,
    password: Option<&str>,
) -> anyhow::Result<String> {
    let (password, is_random) = given_or_random(library, password);
    library.set_password(email, &password)?;
    let mut text = format!("{email} has a new password; their sessions are signed out.\n");
    if is_random {
        let _ = writeln!(text, "Password: {password}");
    }
    Ok(text)
}

/// The password, and whether it was made up here.
pub(crate) fn given_or_random(library: &Library, password: Option<&str>) -> (String, bool) {
    match password {
        Some(password) => (password.to_owned(), false),
        None => (library.random_password(), true),
    }
}
