//! Writing what was read: batches of files become rows of the catalog and of the shelf.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use kalends_catalog::{
    CatalogError, FileRole, Library as CatalogLibrary, NewAsset, NewFile, Scan, Writer,
};
use kalends_model::AssetId;

use super::compare::{Comparison, Renamed, ToRead};
use super::named::Named;
use super::pairs;
use super::read::{self, Said};
use super::status::Phase;
use super::walk::{Found, Inode, Passed, Stamp};
use super::{BATCH_AGE_MAX, BATCH_FILES_MAX, Report};
use crate::folders::path_bytes;
use crate::library::Library;
use crate::manners::step_back;

/// Files that wait to be written while a batch is under way.
const QUEUE_FILES_MAX: usize = 2 * BATCH_FILES_MAX;

/// A file after reading.
struct Done {
    to_read: ToRead,
    outcome: Result<Said, String>,
}

/// Reads a file. What was known before must not keep the hashes of other bytes, so large files are
/// hashed at once when they have changed.
fn read_whole(folder: &Path, to_read: &ToRead) -> Result<Said, String> {
    let mut said = read::read(folder, &to_read.found)?;
    if said.hashes.is_none() && to_read.asset.is_some() {
        said.hashes = Some(read::hash_file(&folder.join(&to_read.found.path))?);
    }
    Ok(said)
}

impl Library {
    /// Reads files with a few threads and writes them in batches, in the order in which they come.
    pub(super) fn read_files(
        &self,
        library: &CatalogLibrary,
        folder: &Path,
        files: Vec<ToRead>,
        report: &mut Report,
    ) -> Result<(), CatalogError> {
        if files.is_empty() {
            return Ok(());
        }
        self.scan.begin(Phase::Reading, Some(library.id), files.len() as u64);
        let queue = Mutex::new(files.into_iter());
        std::thread::scope(|threads| {
            let (sender, receiver) = sync_channel(QUEUE_FILES_MAX);
            for _ in 0..thread_count() {
                let (queue, sender) = (&queue, sender.clone());
                threads.spawn(move || {
                    step_back();
                    while let Some(to_read) = next_of(queue) {
                        let outcome = read_whole(folder, &to_read);
                        if sender.send(Done { to_read, outcome }).is_err() {
                            // The writer has given up on an error of the catalog.
                            return;
                        }
                    }
                });
            }
            drop(sender);
            self.write_batches(library, receiver, report)
        })
    }

    fn write_batches(
        &self,
        library: &CatalogLibrary,
        done: Receiver<Done>,
        report: &mut Report,
    ) -> Result<(), CatalogError> {
        while let Some(batch) = next_batch(&done) {
            let length = batch.len() as u64;
            self.write_batch(library, batch, report)?;
            self.scan.advance(length);
        }
        Ok(())
    }

    fn write_batch(
        &self,
        library: &CatalogLibrary,
        batch: Vec<Done>,
        report: &mut Report,
    ) -> Result<(), CatalogError> {
        let (added, changed) = self.write(|writer| {
            let named = Named::new(self, library.owner);
            let mut ingest = Ingest { app: self, library, writer, named, added: 0, changed: 0 };
            for done in &batch {
                ingest.file(done)?;
            }
            let counts = (ingest.added, ingest.changed);
            pairs::join_live_photos(writer, library.owner, &content_ids(&batch))?;
            Ok(counts)
        })?;
        report.added += added;
        report.changed += changed;
        Ok(())
    }

    /// Gives renamed files their new names.
    pub(super) fn rename_files(
        &self,
        library: &CatalogLibrary,
        renamed: &[Renamed],
    ) -> Result<(), CatalogError> {
        for part in renamed.chunks(BATCH_FILES_MAX) {
            self.write(|writer| {
                for Renamed { asset, from, to } in part {
                    writer.forget_file(library.owner, library.id, from)?;
                    for file in files_of(to) {
                        writer.put_file(library.owner, library.id, *asset, &file)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Forgets files that are no longer there; their assets stay.
    pub(super) fn forget_files(
        &self,
        library: &CatalogLibrary,
        paths: &[Vec<u8>],
    ) -> Result<(), CatalogError> {
        for part in paths.chunks(BATCH_FILES_MAX) {
            self.write(|writer| {
                for path in part {
                    writer.forget_file(library.owner, library.id, path)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Says that the originals of assets have vanished, or are there again.
    pub(super) fn set_presence(
        &self,
        library: &CatalogLibrary,
        assets: &[AssetId],
        is_offline: bool,
    ) -> Result<(), CatalogError> {
        for part in assets.chunks(BATCH_FILES_MAX) {
            self.write(|writer| writer.set_offline(library.owner, part, is_offline))?;
        }
        Ok(())
    }

    /// Records what the walk passed over, and forgets the problems of files that are gone.
    pub(super) fn note_passed(
        &self,
        library: &CatalogLibrary,
        comparison: &Comparison,
    ) -> Result<(), CatalogError> {
        if comparison.passed.is_empty() && comparison.solved.is_empty() {
            return Ok(());
        }
        self.write(|writer| {
            for path in &comparison.solved {
                writer.clear_problem(library.owner, library.id, path)?;
            }
            for Passed { path, reason, .. } in &comparison.passed {
                writer.note_problem(library.owner, library.id, path_bytes(path), reason)?;
            }
            Ok(())
        })
    }

    pub(super) fn note_scan(
        &self,
        library: &CatalogLibrary,
        scan: Scan,
    ) -> Result<(), CatalogError> {
        self.write(|writer| writer.note_scan(library.id, scan))
    }
}

/// One batch on its way into the catalog.
struct Ingest<'a, 'w, 'c> {
    app: &'a Library,
    library: &'a CatalogLibrary,
    writer: &'w mut Writer<'c>,
    named: Named<'a>,
    added: u64,
    changed: u64,
}

impl Ingest<'_, '_, '_> {
    fn file(&mut self, done: &Done) -> Result<(), CatalogError> {
        let found = &done.to_read.found;
        let path = path_bytes(&found.path);
        match &done.outcome {
            Ok(said) => {
                self.writer.clear_problem(self.library.owner, self.library.id, path)?;
                self.said(found, done.to_read.asset, said)
            }
            Err(reason) => {
                self.writer.note_problem(self.library.owner, self.library.id, path, reason)
            }
        }
    }

    fn said(
        &mut self,
        found: &Found,
        asset: Option<AssetId>,
        said: &Said,
    ) -> Result<(), CatalogError> {
        let name = found.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let fallback = read::modification_time(found.stamp);
        let facts = read::catalog_facts(&said.facts, &name, fallback);
        let owner = self.library.owner;
        let asset = match asset {
            Some(asset) => {
                self.writer.update_facts(owner, asset, &facts)?;
                // The pictures show what the file was.
                self.writer.set_pictures(owner, &[(asset, None)])?;
                if let Some(hashes) = said.hashes {
                    self.writer.set_hashes(owner, asset, &hashes.sha1, &hashes.sha256)?;
                }
                self.changed += 1;
                asset
            }
            None => {
                let asset = self.app.new_id(AssetId::from_random);
                self.writer.insert_assets(&[NewAsset {
                    file_name: name,
                    sha1: said.hashes.map(|hashes| hashes.sha1),
                    sha256: said.hashes.map(|hashes| hashes.sha256),
                    fallback: Some(fallback),
                    ..NewAsset::new(asset, owner, self.library.id, facts)
                }])?;
                self.added += 1;
                asset
            }
        };
        // One sidecar can lie beside several files; it belongs to the one that was read last.
        for file in files_of(found) {
            self.writer.put_file(owner, self.library.id, asset, &file)?;
        }
        self.named.put(self.writer, asset, &said.facts)
    }
}

/// The content ids that the files of a batch carry.
fn content_ids(batch: &[Done]) -> Vec<&str> {
    let said = batch.iter().filter_map(|done| done.outcome.as_ref().ok());
    said.filter_map(|said| said.facts.content_id.as_deref()).collect()
}

/// The original and its sidecar, as the catalog keeps them.
fn files_of(found: &Found) -> Vec<NewFile> {
    let mut files = vec![new_file(&found.path, FileRole::Original, found.stamp, found.inode)];
    if let Some(sidecar) = &found.sidecar {
        files.push(new_file(&sidecar.path, FileRole::Sidecar, sidecar.stamp, None));
    }
    files
}

/// A file as the catalog keeps it.
pub(crate) fn new_file(path: &Path, role: FileRole, stamp: Stamp, inode: Option<Inode>) -> NewFile {
    NewFile {
        path: path_bytes(path).to_vec(),
        role,
        size: stamp.size_bytes,
        mtime_ns: stamp.modified_ns,
        inode: inode.map(|inode| inode.number),
        device: inode.map(|inode| inode.device),
    }
}

/// As many threads as the machine has cores.
pub(crate) fn thread_count() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// The next of what several threads share.
pub(super) fn next_of<T>(queue: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).next()
}

/// What comes next, until there is enough of it or the first has waited long enough. `None` when
/// nothing will come any more.
pub(super) fn next_batch<T>(receiver: &Receiver<T>) -> Option<Vec<T>> {
    let mut batch = vec![receiver.recv().ok()?];
    let began = Instant::now();
    while batch.len() < BATCH_FILES_MAX {
        match receiver.recv_timeout(BATCH_AGE_MAX.saturating_sub(began.elapsed())) {
            Ok(next) => batch.push(next),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    Some(batch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_hold_everything_in_order() {
        let (sender, receiver) = sync_channel(2 * BATCH_FILES_MAX);
        let count = BATCH_FILES_MAX + 3;
        (0..count).for_each(|number| sender.send(number).unwrap());
        drop(sender);
        let mut seen = Vec::new();
        while let Some(batch) = next_batch(&receiver) {
            assert!(batch.len() <= BATCH_FILES_MAX);
            seen.extend(batch);
        }
        assert_eq!(seen, (0..count).collect::<Vec<_>>());
    }
}
