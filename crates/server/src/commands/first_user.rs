//! Who the first user is, and how they come to be.
//!
//! On a loopback address the first start makes them and prints how to sign in. A server that others
//! can reach makes nobody: the first admin signs up, with the token that is printed here, so that
//! only whoever can read this output becomes the admin.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kalends_library::{FolderError, Library, NewUser};
use kalends_model::UserId;

use super::serve::scan_in_background;
use crate::cli::ServeArgs;

/// The address of the first user.
const FIRST_EMAIL: &str = "admin@localhost";

/// The user whose libraries the folders become, and who answers for an open server.
pub(super) enum FirstUser {
    /// Somebody is there.
    There(UserId),
    /// Nobody is there yet; the lines say how to sign up.
    Awaited(String),
}

/// The first user. On an empty data folder they are made, or awaited.
pub(super) fn first_user(library: &Arc<Library>, args: &ServeArgs) -> anyhow::Result<FirstUser> {
    let listen = &args.listen;
    let is_loopback = listen.listen.ip().is_loopback();
    // Through a proxy others reach a loopback address, too.
    let has_proxy = listen.external_url.is_some() || !listen.trusted_proxy.is_empty();
    let mut lines = String::new();
    if !library.is_set_up()? && (!is_loopback || has_proxy && args.no_first_user) {
        lines = setup_lines(&library.require_setup_token());
    }
    if let Some(user) = library.users()?.first() {
        print!("{lines}");
        return Ok(FirstUser::There(user.id));
    }
    if is_loopback && !args.no_first_user {
        return Ok(FirstUser::There(make(library)?));
    }
    if lines.is_empty() {
        lines = "Nobody has signed up yet: the first who does becomes the admin.\n".to_owned();
    }
    await_sign_up(library, args.folders.clone());
    Ok(FirstUser::Awaited(lines))
}

fn setup_lines(token: &str) -> String {
    format!(
        "There is no admin yet. Sign up with this token, which is good once:\n  set-up token  \
         {token}\nIt goes into the header x-kalends-setup-token, or behind the address as \
         ?setupToken={token}\n"
    )
}

fn make(library: &Library) -> anyhow::Result<UserId> {
    let password = library.random_password();
    let new = NewUser { email: FIRST_EMAIL, name: "Admin", password: &password, is_admin: true };
    let user = library.create_user(new)?;
    let key = library.create_api_key(FIRST_EMAIL, "first key", &["all".to_owned()])?;
    println!("The first user was made. This is shown once:");
    println!("  login     {FIRST_EMAIL}");
    println!("  password  {password}");
    println!("  API key   {key}");
    Ok(user)
}

/// Makes the folders libraries of the user, those that are not yet.
pub(super) fn add_folders(
    library: &Library,
    user: UserId,
    folders: &[PathBuf],
) -> Result<(), FolderError> {
    folders.iter().try_for_each(|path: &PathBuf| {
        library.add_folder(user, Path::new(path))?;
        Ok(())
    })
}

/// Gives the folders to whoever signs up first.
fn await_sign_up(library: &Arc<Library>, folders: Vec<PathBuf>) {
    let signed_up = library.await_sign_up();
    let library = Arc::clone(library);
    super::serve::spawn("sign-up", move || {
        // The server may end before anybody comes.
        let Ok(user) = signed_up.recv() else { return };
        match add_folders(&library, user, &folders) {
            Ok(()) => scan_in_background(&library),
            Err(error) => tracing::error!(%error, "the folders are not indexed; start again"),
        }
    });
}
