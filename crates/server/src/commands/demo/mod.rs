//! `kalends demo`: a small real library on a fresh machine, served at once.
//!
//! The pictures are written by [`kalends_specimen`], indexed by the ordinary scan, and then given
//! what a scan cannot know ([`content`]): albums, a partner, favourites, a trash. A demo that was
//! made before is served again as it is.

mod content;
mod lines;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use indicatif::ProgressBar;
use kalends_library::{Library, NewUser};
use kalends_model::UserId;
use kalends_specimen::demo::{DemoFile, DemoLibrary, Tree, write_all};
use serde::{Deserialize, Serialize};

use super::progress::{scan_with_bar, style};
use super::serve::{own, serve};
use crate::cli::DemoArgs;
use crate::data_folder::demo_folder;

/// Every demo is made of this, so that all are alike.
const SEED: u64 = 2026;

/// The demo's users. The password is no secret: the demo answers on this machine alone.
const ALICE: &str = "alice@demo.localhost";
const BOB: &str = "bob@demo.localhost";
const PASSWORD: &str = "kalends-demo";

/// What a demo folder remembers of its making.
#[derive(Serialize, Deserialize)]
struct Made {
    /// False while it is being made.
    is_complete: bool,
    /// An API key of Alice's.
    api_key: String,
}

/// Makes the demo where it is missing, and serves it.
pub(crate) fn run(args: DemoArgs) -> anyhow::Result<()> {
    let is_loopback = args.listen.listen.ip().is_loopback();
    if !is_loopback {
        bail!(
            "the demo's password is known to everybody, so it is not served on {}; use a loopback address such as 127.0.0.1:2283",
            args.listen.listen
        );
    }
    let data = demo_folder(args.data)?;
    let folder = own(&data)?;
    let (library, made) = make_or_open(folder.path())?;
    let alice = user_id(&library, ALICE)?;
    serve(&library, folder.path(), &args.listen, Some(alice), |address| {
        match lines::of(&library, address, &made.api_key) {
            Ok(text) => println!("{text}"),
            Err(error) => tracing::error!(%error, "the examples cannot be written"),
        }
    })
}

fn make_or_open(data: &Path) -> anyhow::Result<(Arc<Library>, Made)> {
    match read_made(data)? {
        Some(made) if made.is_complete => {
            println!("The demo in {} was made before and is served as it is.", data.display());
            let library = super::open_library(data)?;
            scan_with_bar(&library)?;
            Ok((library, made))
        }
        Some(_) => {
            println!("The demo in {} was left half made; it is made again.", data.display());
            remove_own(data)?;
            make(data)
        }
        None if data.join("catalog.sqlite").exists() => bail!(
            "{} is the data folder of a library that is no demo; name another with --data",
            data.display()
        ),
        None => make(data),
    }
}

fn make(data: &Path) -> anyhow::Result<(Arc<Library>, Made)> {
    write_made(data, &Made { is_complete: false, api_key: String::new() })?;
    let plan = DemoLibrary::plan(SEED);
    let pictures = pictures_folder(data);
    write_pictures(&pictures, &plan)?;

    let library = super::open_library(data)?;
    let alice = add_user(&library, ALICE, "Alice", true)?;
    let bob = add_user(&library, BOB, "Bob", false)?;
    for tree in [Tree::AliceFamily, Tree::AliceScans, Tree::Bob] {
        let owner = if tree == Tree::Bob { bob } else { alice };
        library.add_folder(owner, &pictures.join(tree.folder()))?;
    }
    scan_with_bar(&library).context("index the demo's pictures")?;
    content::fill(&library, alice, bob, &plan).context("fill the demo's catalog")?;

    let api_key = library.create_api_key(ALICE, "demo", &["all".to_owned()])?;
    let made = Made { is_complete: true, api_key };
    write_made(data, &made)?;
    Ok((library, made))
}

fn add_user(library: &Library, email: &str, name: &str, is_admin: bool) -> anyhow::Result<UserId> {
    Ok(library.create_user(NewUser { email, name, password: PASSWORD, is_admin })?)
}

fn user_id(library: &Library, email: &str) -> anyhow::Result<UserId> {
    let user = library.users()?.into_iter().find(|user| user.email == email);
    Ok(user.with_context(|| format!("the demo has no user {email}; remove its folder"))?.id)
}

fn write_pictures(folder: &Path, plan: &[DemoFile]) -> anyhow::Result<()> {
    let bar = ProgressBar::new(plan.len() as u64).with_style(style());
    bar.set_message("painting photos");
    write_all(folder, plan, |done, _| bar.set_position(done as u64))
        .with_context(|| format!("write the demo's pictures to {}", folder.display()))?;
    bar.finish_and_clear();
    Ok(())
}

fn pictures_folder(data: &Path) -> PathBuf {
    data.join("pictures")
}

fn made_path(data: &Path) -> PathBuf {
    data.join("demo.json")
}

fn read_made(data: &Path) -> anyhow::Result<Option<Made>> {
    let path = made_path(data);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).with_context(|| {
            format!("read {}; remove it to make the demo anew", path.display())
        })?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("read {}", path.display())),
    }
}

fn write_made(data: &Path, made: &Made) -> anyhow::Result<()> {
    let path = made_path(data);
    std::fs::write(&path, serde_json::to_vec_pretty(made).context("write JSON")?)
        .with_context(|| format!("write {}", path.display()))
}

/// Removes what a making that was broken off has left, and nothing else.
fn remove_own(data: &Path) -> anyhow::Result<()> {
    for folder in [pictures_folder(data), data.join("derived"), data.join("shelves")] {
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("remove {}", folder.display()))?;
        }
    }
    for file in ["catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm"] {
        let path = data.join(file);
        if path.exists() {
            std::fs::remove_file(&path).with_context(|| format!("remove {}", path.display()))?;
        }
    }
    Ok(())
}
