//! The demo's library: about 300 photos and a few videos over twenty years, with their truths.
//!
//! [`DemoLibrary::plan`] describes each file: where it lies, what is in it, and what a reader
//! should conclude from it, so that whoever fills the catalog can find "the photos of Anna" without
//! reading a file. [`write_all`] writes a plan to disk. A seed decides pictures, hours and
//! positions; the trips, people and peculiar cases are the same for every seed.
//!
//! Read next: `events` for the years, `specials` for the peculiar cases, `truth` for the words.

mod cameras;
mod events;
mod films;
mod places;
mod plan;
mod scans;
mod specials;
mod truth;

pub use truth::{DateSource, Kind, Location, NamedFace, OffsetSource, Tree, Truth};

use std::path::Path;

use crate::photo::Photo;
use crate::video::Video;

/// The people whose faces are named in the pictures.
pub const PEOPLE: [&str; 6] = ["Anna", "Ben", "Clara", "Hugo", "Mei", "Rosa"];

/// The library that the demo shows.
pub struct DemoLibrary;

/// One file of the demo.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoFile {
    /// Below the demo's folder, with `/` between levels. It begins with [`Tree::folder`].
    pub path: String,
    /// Whose it is, and which library it belongs to.
    pub tree: Tree,
    /// What is written.
    pub specimen: Specimen,
    /// Modification time of the file: seconds since 1970, UTC.
    pub modified: i64,
    /// What a reader should conclude.
    pub truth: Truth,
}

/// A description of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Specimen {
    /// A still picture.
    Photo(Box<Photo>),
    /// A video.
    Video(Box<Video>),
}

impl Specimen {
    /// The bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Photo(photo) => photo.to_bytes(),
            Self::Video(video) => video.to_bytes(),
        }
    }
}

impl DemoLibrary {
    /// The files of the demo, sorted by path, each path once.
    pub fn plan(seed: u64) -> Vec<DemoFile> {
        let mut plan = plan::Plan::new(seed);
        events::add(&mut plan);
        specials::add(&mut plan);
        scans::add(&mut plan);
        films::add(&mut plan);
        plan.finish()
    }
}

/// Writes a plan below a folder, with the planned modification times. `progress` is told after
/// each file how many of how many are written.
pub fn write_all(
    folder: &Path,
    plan: &[DemoFile],
    mut progress: impl FnMut(usize, usize),
) -> std::io::Result<()> {
    for (index, file) in plan.iter().enumerate() {
        let path = folder.join(&file.path);
        crate::write_with_folders(&path, &file.specimen.to_bytes())?;
        crate::set_modified(&path, file.modified)?;
        progress(index + 1, plan.len());
    }
    Ok(())
}
