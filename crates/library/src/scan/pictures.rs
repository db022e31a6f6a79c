//! Making what is derived from the originals: thumbnails, previews, thumbhashes, and the hashes of
//! files too large to be read whole.
//!
//! Both cores are kept busy, each file is tried once until it changes, and nothing is made when the
//! disk is nearly full.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;

use kalends_catalog::{CatalogError, Library as CatalogLibrary, PictureWork};
use kalends_media::pictures::worker::WorkerPool;
use kalends_media::pictures::{Limits, PictureError, Pictures, make_pictures};
use kalends_model::{AssetId, Kind};

use super::ingest::{next_batch, next_of, thread_count};
use super::read::{self, Hashes};
use super::status::Phase;
use crate::derived::{Derived, FREE_BYTES_MIN, free_bytes};
use crate::folders::path_from_bytes;
use crate::library::Library;

/// How long decoding one file may take in a child process.
const DECODE_TIME_MAX: std::time::Duration = std::time::Duration::from_secs(60);

/// What makes pictures of files.
#[derive(Debug)]
pub enum PictureMaker {
    /// This process, for all formats.
    InProcess,
    /// Child processes, for the formats whose decoders are young.
    Workers(WorkerPool),
}

impl PictureMaker {
    /// Child processes started by `command`, as many as there are cores.
    pub fn workers(command: impl Fn() -> Command + Send + Sync + 'static) -> Self {
        Self::Workers(WorkerPool::new(command, thread_count(), DECODE_TIME_MAX))
    }

    fn make(&self, bytes: &[u8], orientation: u8) -> Result<Pictures, PictureError> {
        match self {
            Self::InProcess => make_pictures(bytes, orientation, &Limits::default()),
            Self::Workers(pool) => pool.make_pictures(bytes, orientation, &Limits::default()),
        }
    }
}

/// What came of one file.
struct Made {
    asset: AssetId,
    path: Vec<u8>,
    hashes: Option<Hashes>,
    /// `None` when no pictures were wanted of it, or they could not be made.
    thumbhash: Option<Vec<u8>>,
    /// Why there are none, or why they show only a part.
    problem: Option<String>,
}

impl Library {
    /// Makes what is missing for the assets of a library.
    pub(super) fn complete_pictures(
        &self,
        library: &CatalogLibrary,
        folder: &Path,
    ) -> Result<(), CatalogError> {
        let remakes_all = !self.derived.any_exist();
        let (work, failed) = self.read(|reader| {
            let work = reader.picture_work(library.owner, library.id, remakes_all)?;
            let problems = reader.problems_of(library.owner, library.id, usize::MAX)?;
            let failed: HashSet<Vec<u8>> = problems.into_iter().map(|p| p.path).collect();
            Ok((work, failed))
        })?;
        let work: Vec<PictureWork> = work
            .into_iter()
            .filter(|work| !work.is_hashed || !failed.contains(&work.path))
            .collect();
        if work.is_empty() {
            return Ok(());
        }
        self.scan.begin(Phase::Pictures, Some(library.id), work.len() as u64);
        let is_full = AtomicBool::new(false);
        let queue = Mutex::new(work.into_iter());
        std::thread::scope(|threads| {
            let (sender, receiver) = sync_channel(64);
            for _ in 0..thread_count() {
                let (queue, sender, is_full, failed) = (&queue, sender.clone(), &is_full, &failed);
                threads.spawn(move || {
                    while let Some(work) = next_of(queue).filter(|_| self.has_room(is_full)) {
                        let made = self.make(folder, work, remakes_all, failed);
                        if sender.send(made).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            while let Some(batch) = next_batch(&receiver) {
                let length = batch.len() as u64;
                self.record(library, batch)?;
                self.scan.advance(length);
            }
            Ok(())
        })
    }

    /// Whether there is room on the disk. Says so once when there is not.
    fn has_room(&self, is_full: &AtomicBool) -> bool {
        if is_full.load(Ordering::Relaxed) {
            return false;
        }
        let has_room = free_bytes(&self.data).is_ok_and(|free| free >= FREE_BYTES_MIN);
        if !has_room && !is_full.swap(true, Ordering::Relaxed) {
            let notice = format!(
                "no thumbnails are made: less than {} MiB are free on the disk of {}. Free some space and run `kalends scan`",
                FREE_BYTES_MIN >> 20,
                self.data.display()
            );
            tracing::warn!("{notice}");
            self.scan.notice(notice);
        }
        has_room
    }

    fn make(
        &self,
        folder: &Path,
        work: PictureWork,
        remakes_all: bool,
        failed: &HashSet<Vec<u8>>,
    ) -> Made {
        let path = folder.join(path_from_bytes(&work.path));
        let wants_pictures = work.kind == Kind::Image
            && (remakes_all || !work.has_thumbhash)
            && !failed.contains(&work.path);
        let (thumbhash, problem) = match wants_pictures.then(|| self.make_of(&path, &work)) {
            None => (None, None),
            Some(Ok((thumbhash, damage))) => (Some(thumbhash), damage),
            Some(Err(reason)) => (None, Some(reason)),
        };
        let hashes = match work.is_hashed {
            true => None,
            false => read::hash_file(&path).ok(),
        };
        Made { asset: work.asset, path: work.path, hashes, thumbhash, problem }
    }

    /// Makes the pictures of one file. Gives its ThumbHash, and why they show only a part.
    fn make_of(
        &self,
        path: &Path,
        work: &PictureWork,
    ) -> Result<(Vec<u8>, Option<String>), String> {
        let bytes = read::read_bounded(read::open(path)?, Limits::default().input_bytes_max)?;
        let pictures = self.pictures.make(&bytes, work.orientation.unwrap_or(1));
        let pictures = pictures.map_err(|error| error.to_string())?;
        let put = |derived, bytes: &[u8]| {
            let written = self.derived.write(work.asset, derived, bytes);
            written.map_err(|error| format!("its thumbnail cannot be written: {error}"))
        };
        put(Derived::Thumbnail, &pictures.thumbnail_webp)?;
        put(Derived::Preview, &pictures.preview_jpeg)?;
        Ok((pictures.thumbhash, pictures.damage))
    }

    fn record(&self, library: &CatalogLibrary, batch: Vec<Made>) -> Result<(), CatalogError> {
        let owner = library.owner;
        self.write(|writer| {
            let pictures: Vec<(AssetId, Option<&[u8]>)> = batch
                .iter()
                .filter_map(|made| Some((made.asset, Some(made.thumbhash.as_deref()?))))
                .collect();
            writer.set_pictures(owner, &pictures)?;
            for made in &batch {
                if let Some(hashes) = made.hashes {
                    writer.set_hashes(owner, made.asset, &hashes.sha1, &hashes.sha256)?;
                }
                if let Some(reason) = &made.problem {
                    writer.note_problem(owner, library.id, &made.path, reason)?;
                }
            }
            Ok(())
        })
    }
}
