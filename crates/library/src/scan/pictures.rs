//! Making what is derived from the originals: thumbnails, previews, thumbhashes, and the hashes of
//! files too large to be read whole.
//!
//! Both cores are kept busy, each file is tried once until it changes, and nothing is made when the
//! disk is nearly full.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;

use kalends_catalog::{CatalogError, Library as CatalogLibrary, LibraryKind, PictureWork, Writer};
use kalends_media::pictures::poster::Posters;
use kalends_media::pictures::worker::WorkerPool;
use kalends_media::pictures::{Limits, PictureError, Pictures, make_pictures};
use kalends_model::{AssetId, Kind, UserId};

use super::ingest::{next_batch, next_of, thread_count};
use super::read::{self, Hashes};
use super::status::Phase;
use crate::derived::{Derived, FREE_BYTES_MIN, free_bytes};
use crate::folders::{folder_of, path_from_bytes};
use crate::jobs::JobError;
use crate::library::Library;
use crate::manners::{step_back, stepping_back};

/// How long decoding one file may take in a child process.
const DECODE_TIME_MAX: std::time::Duration = std::time::Duration::from_secs(60);

/// What makes pictures of files.
#[derive(Debug)]
pub struct PictureMaker {
    /// Child processes for the formats whose decoders are young; without them this process decodes
    /// everything.
    workers: Option<WorkerPool>,
    /// Stills of videos, where the system can make them.
    posters: Option<Posters>,
}

impl PictureMaker {
    /// This process for all images, and no pictures of videos.
    pub fn in_process() -> Self {
        Self { workers: None, posters: None }
    }

    /// Child processes started by `command`, as many as there are cores.
    pub fn with_workers(command: impl Fn() -> Command + Send + Sync + 'static) -> Self {
        let pool = WorkerPool::new(command, thread_count(), DECODE_TIME_MAX);
        Self { workers: Some(pool), posters: None }
    }

    /// The same, with stills of videos where `ffmpeg` is on the path.
    #[must_use]
    pub fn and_posters(self) -> Self {
        Self { posters: Posters::find(DECODE_TIME_MAX), ..self }
    }

    pub(crate) fn of_image(&self, bytes: &[u8], orientation: u8) -> Result<Pictures, PictureError> {
        match &self.workers {
            None => make_pictures(bytes, orientation, &Limits::default()),
            Some(pool) => pool.make_pictures(bytes, orientation, &Limits::default()),
        }
    }

    fn of_video(&self, path: &Path) -> Result<Pictures, PictureError> {
        match &self.posters {
            None => Err(PictureError::Worker("ffmpeg is not installed".to_owned())),
            // The still is upright already.
            Some(posters) => make_pictures(&posters.still(path)?, 1, &Limits::default()),
        }
    }
}

/// The libraries that a scan makes pictures for.
pub(super) struct PictureRound<'a> {
    /// Those that have been scanned, with their folders.
    pub(super) libraries: Vec<(&'a CatalogLibrary, PathBuf)>,
    /// Whether that is every library with a folder: none is frozen or in the trash.
    pub(super) has_all: bool,
    /// Whether some assets were away, so that their pictures may have been cleaned meanwhile.
    pub(super) rechecks: bool,
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
    /// Makes what is missing for the assets of the round's libraries. After a cleaning every
    /// picture is looked for, until a round over all libraries has found nothing missing.
    pub(super) fn complete_all_pictures(
        &self,
        round: &PictureRound<'_>,
    ) -> Result<(), CatalogError> {
        let was_complete = self.derived.is_complete();
        if !was_complete {
            self.note_pictures(self.derived.begin());
        }
        let mut had_room = true;
        for (library, folder) in &round.libraries {
            had_room &= self.complete_pictures(library, folder, !was_complete || round.rechecks)?;
        }
        if !was_complete && had_room && round.has_all {
            self.note_pictures(self.derived.end());
        }
        Ok(())
    }

    fn note_pictures(&self, noted: std::io::Result<()>) {
        if let Err(error) = noted {
            tracing::warn!(%error, "the next scan looks for every thumbnail again");
        }
    }

    /// Makes what is missing for the assets of a library. Says whether there was room for it.
    fn complete_pictures(
        &self,
        library: &CatalogLibrary,
        folder: &Path,
        looks_for_all: bool,
    ) -> Result<bool, CatalogError> {
        let (work, failed) = self.read(|reader| {
            let work = reader.picture_work(library.owner, library.id, looks_for_all)?;
            let problems = reader.problems_of(library.owner, library.id, usize::MAX)?;
            let failed: HashSet<Vec<u8>> = problems.into_iter().map(|p| p.path).collect();
            Ok((work, failed))
        })?;
        let work: Vec<PictureWork> = work
            .into_iter()
            .filter(|work| !work.is_hashed || self.wants_pictures(work, &failed))
            .collect();
        if work.is_empty() {
            return Ok(true);
        }
        self.scan.begin(Phase::Pictures, Some(library.id), work.len() as u64);
        let is_full = AtomicBool::new(false);
        let queue = Mutex::new(work.into_iter());
        std::thread::scope(|threads| -> Result<(), CatalogError> {
            let (sender, receiver) = sync_channel(64);
            for _ in 0..thread_count() {
                let (queue, sender, is_full, failed) = (&queue, sender.clone(), &is_full, &failed);
                threads.spawn(move || {
                    step_back();
                    while let Some(work) = next_of(queue).filter(|_| self.has_room(is_full)) {
                        self.uploads.wait_for(&folder.join(path_from_bytes(&work.path)));
                        let wants_pictures = self.wants_pictures(&work, failed);
                        let made = self.make(folder, work, wants_pictures);
                        if sender.send(made).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            while let Some(batch) = next_batch(&receiver) {
                let length = batch.len() as u64;
                self.write(|writer| record(writer, library, &batch))?;
                self.scan.advance(length);
            }
            Ok(())
        })?;
        Ok(!is_full.into_inner())
    }

    /// Whether an asset lacks pictures that can be made and have not been tried in vain.
    fn wants_pictures(&self, work: &PictureWork, failed: &HashSet<Vec<u8>>) -> bool {
        let can_be_made = match work.kind {
            Kind::Image => true,
            Kind::Video => self.pictures.posters.is_some(),
        };
        let has_pictures = work.has_thumbhash && self.derived.exist(work.asset);
        // A file that was shown in part has a problem as well as pictures.
        let was_in_vain = !work.has_thumbhash && failed.contains(&work.path);
        can_be_made && !has_pictures && !was_in_vain && !work.is_hidden
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

    fn make(&self, folder: &Path, work: PictureWork, wants_pictures: bool) -> Made {
        let path = folder.join(path_from_bytes(&work.path));
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

    /// Makes the pictures of one asset, unless it is hidden, gone, or a video where no stills can be
    /// made. With `anew` also when there are some. `done` runs in the transaction that records them.
    pub(crate) fn make_pictures_of(
        &self,
        owner: UserId,
        asset: AssetId,
        anew: bool,
        done: impl FnOnce(&mut Writer<'_>) -> Result<(), CatalogError>,
    ) -> Result<(), JobError> {
        let found = self.read(|reader| {
            let Some(work) = reader.picture_work_of(owner, asset)? else { return Ok(None) };
            let files = reader.files_of_asset(owner, asset)?;
            let library = files.first().map(|(library, _)| *library);
            let Some(library) = library else { return Ok(None) };
            Ok(reader.library(library)?.map(|library| (work, library)))
        })?;
        let Some((work, library)) = found.filter(|(work, _)| !work.is_hidden) else {
            return Ok(self.write(done)?);
        };
        if work.kind == Kind::Video && self.pictures.posters.is_none() {
            return Ok(self.write(done)?);
        }
        if !self.has_room(&AtomicBool::new(false)) {
            return Err(JobError::Later("the disk is nearly full".to_owned()));
        }
        let folder = folder_of(&self.data, &library);
        let path = folder.join(path_from_bytes(&work.path));
        self.uploads.wait_for(&path);
        if library.kind == LibraryKind::Uploads && path.symlink_metadata().is_err() {
            return Err(JobError::Later("the file is not in its place".to_owned()));
        }
        let wants_pictures = anew || self.wants_pictures(&work, &HashSet::new());
        let made = stepping_back(|| self.make(&folder, work, wants_pictures));
        self.write(|writer| {
            if anew {
                writer.clear_problem(owner, library.id, &made.path)?;
            }
            record(writer, &library, std::slice::from_ref(&made))?;
            done(writer)
        })?;
        Ok(())
    }

    /// Makes the pictures of one file. Gives its ThumbHash, and why they show only a part.
    fn make_of(
        &self,
        path: &Path,
        work: &PictureWork,
    ) -> Result<(Vec<u8>, Option<String>), String> {
        let pictures = match work.kind {
            Kind::Image => {
                let bytes_max = Limits::default().input_bytes_max;
                let bytes = read::read_bounded(read::open(path)?, bytes_max)?;
                self.pictures.of_image(&bytes, work.orientation.unwrap_or(1))
            }
            Kind::Video => self.pictures.of_video(path),
        };
        let pictures = pictures.map_err(|error| error.to_string())?;
        let put = |derived, bytes: &[u8]| {
            let written = self.derived.write(work.asset, derived, bytes);
            written.map_err(|error| format!("its thumbnail cannot be written: {error}"))
        };
        put(Derived::Thumbnail, &pictures.thumbnail_webp)?;
        put(Derived::Preview, &pictures.preview_jpeg)?;
        Ok((pictures.thumbhash, pictures.damage))
    }
}

/// Records what came of files of one library.
fn record(
    writer: &mut Writer<'_>,
    library: &CatalogLibrary,
    batch: &[Made],
) -> Result<(), CatalogError> {
    let owner = library.owner;
    let pictures: Vec<(AssetId, Option<&[u8]>)> = batch
        .iter()
        .filter_map(|made| Some((made.asset, Some(made.thumbhash.as_deref()?))))
        .collect();
    writer.set_pictures(owner, &pictures)?;
    for made in batch {
        if let Some(hashes) = made.hashes {
            writer.set_hashes(owner, made.asset, &hashes.sha1, &hashes.sha256)?;
        }
        if let Some(reason) = &made.problem {
            writer.note_problem(owner, library.id, &made.path, reason)?;
        }
    }
    Ok(())
}
