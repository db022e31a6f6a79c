//! Scanning: a folder of pictures becomes assets, and stays what the folder is.
//!
//! A scan of a library walks its folders ([`mod@walk`]), compares what it sees with the files that the
//! catalog knows ([`compare`]), reads the new and changed ones with a few threads (`read`), and
//! writes what they say in batches (`ingest`). What has vanished goes offline; nothing is ever
//! deleted, and a folder that is missing or suddenly empty freezes its library, so that an unmounted
//! disk changes nothing. Then thumbnails and previews are made ([`pictures`]), and the bytes of
//! large files are hashed.
//!
//! Originals are opened for reading only, and nothing is written beside them.

pub(crate) mod background;
pub mod compare;
pub mod exclusions;
pub(crate) mod ingest;
pub(crate) mod pairs;
pub mod pictures;
pub(crate) mod read;
pub mod status;
pub mod walk;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use kalends_catalog::{CatalogError, Import, KnownFile, Library as CatalogLibrary, Scan};

use kalends_model::LibraryId;

use self::compare::Comparison;
use self::exclusions::Exclusions;
use self::pictures::PictureRound;
use self::status::Phase;
use self::walk::{Walked, walk};
use crate::folders::{folder_of, lies_in, path_bytes, path_from_bytes};
use crate::library::Library;

/// A batch is written when it has this many files, or is this old.
const BATCH_FILES_MAX: usize = 500;
const BATCH_AGE_MAX: Duration = Duration::from_millis(50);

/// What a scan of one library did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The library's name.
    pub library: String,
    /// Media files in the folder.
    pub seen: u64,
    /// New assets.
    pub added: u64,
    /// Assets whose files had changed.
    pub changed: u64,
    /// Assets whose files have another name now.
    pub renamed: u64,
    /// Assets whose files had vanished.
    pub vanished: u64,
    /// Assets whose files are there again.
    pub returned: u64,
    /// Files that could not be read.
    pub problems: u64,
    /// Why nothing was compared, when the library is frozen.
    pub frozen: Option<String>,
}

impl Library {
    /// Scans all external libraries outside the trash, one after another, then makes the pictures
    /// that are missing. A second call waits for the first.
    pub fn scan_all(&self) -> Result<Vec<Report>, CatalogError> {
        self.forget_removed_libraries()?;
        self.scan_those(&|_| true)
    }

    /// The same for these libraries alone.
    pub fn scan_libraries(
        &self,
        wanted: &BTreeSet<LibraryId>,
    ) -> Result<Vec<Report>, CatalogError> {
        self.scan_those(&|library| wanted.contains(&library.id))
    }

    fn scan_those(
        &self,
        is_wanted: &dyn Fn(&CatalogLibrary) -> bool,
    ) -> Result<Vec<Report>, CatalogError> {
        self.scan.run(|| {
            let libraries = self.read(|reader| reader.libraries())?;
            let mut reports = Vec::new();
            let mut round = PictureRound { libraries: Vec::new(), has_all: true, rechecks: false };
            for library in &libraries {
                let Some(import) = library.import() else { continue };
                if !is_wanted(library) {
                    round.has_all = false;
                    continue;
                }
                if library.trashed_at.is_some() {
                    round.has_all = false;
                    continue;
                }
                let report = self.scan_library(library, import)?;
                round.rechecks |= report.returned > 0;
                if report.frozen.is_some() {
                    round.has_all = false;
                } else {
                    round.libraries.push((library, folder_of(self.data(), library)));
                }
                reports.push(report);
            }
            self.complete_all_pictures(&round)?;
            Ok(reports)
        })
    }

    /// How far the scan is.
    pub fn scan_progress(&self) -> status::Progress {
        self.scan.progress()
    }

    /// What the last scan could not do, and what to do about it.
    pub fn last_notice(&self) -> Option<String> {
        self.scan.last_notice()
    }

    fn scan_library(
        &self,
        library: &CatalogLibrary,
        import: &Import,
    ) -> Result<Report, CatalogError> {
        let started_at = self.now();
        self.scan.begin(Phase::Walking, Some(library.id), 0);
        let known = self.read(|reader| reader.files_of_library(library.owner, library.id))?;
        let walked = match self.walk_or_freeze(library, import, &known)? {
            Ok(walked) => walked,
            Err(reason) => {
                let (library, frozen) = (library.name.clone(), Some(reason));
                return Ok(Report { library, frozen, ..Report::default() });
            }
        };
        let (offline, problems) = self.read(|reader| {
            let offline = reader.offline_assets(library.owner, library.id)?;
            let problems = reader.problems_of(library.owner, library.id, usize::MAX)?;
            Ok((HashSet::from_iter(offline), problems.into_iter().map(|p| p.path).collect()))
        })?;
        let walked = self.pass_over_removed(library, walked)?;
        let mut comparison = Comparison::of(walked, known, &offline, problems);
        self.note_scan(library, Scan { started_at, finished_at: None, files: comparison.seen })?;

        let mut report = Report {
            library: library.name.clone(),
            seen: comparison.seen,
            renamed: comparison.renamed.len() as u64,
            vanished: comparison.vanished.len() as u64,
            returned: comparison.returned.len() as u64,
            ..Report::default()
        };
        self.rename_files(library, &comparison.renamed)?;
        self.set_presence(library, &comparison.vanished, true)?;
        self.set_presence(library, &comparison.returned, false)?;
        self.note_passed(library, &comparison)?;
        let to_read = std::mem::take(&mut comparison.to_read);
        self.read_files(library, &folder_of(self.data(), library), to_read, &mut report)?;
        self.forget_files(library, &comparison.gone_sidecars)?;
        report.problems = self.read(|reader| reader.problem_count(library.owner, library.id))?;
        let finished_at = Some(self.now());
        self.note_scan(library, Scan { started_at, finished_at, files: report.seen })?;
        Ok(report)
    }

    /// Without the files whose assets were removed for good. Those that are no longer there are
    /// forgotten, so that a file which comes in their place is taken in.
    fn pass_over_removed(
        &self,
        library: &CatalogLibrary,
        mut walked: Walked,
    ) -> Result<Walked, CatalogError> {
        let mut gone = self.read(|reader| reader.removed_files(library.owner, library.id))?;
        if gone.is_empty() {
            return Ok(walked);
        }
        let removed = gone.clone();
        walked.files.retain(|found| {
            let path = path_bytes(&found.path);
            gone.remove(path);
            !removed.contains(path)
        });
        // What could not be looked at may still be there.
        let is_unknown = walked.passed.iter().any(|passed| passed.is_unknown);
        if !is_unknown && !gone.is_empty() {
            let gone: Vec<Vec<u8>> = gone.into_iter().collect();
            self.write(|writer| writer.forget_removed(library.owner, library.id, &gone))?;
        }
        Ok(walked)
    }

    /// What is in the library's folders. When one is missing, or empty where there were files, the
    /// library is frozen with the reason instead; when all are there again, it thaws.
    fn walk_or_freeze(
        &self,
        library: &CatalogLibrary,
        import: &Import,
        known: &HashMap<Vec<u8>, KnownFile>,
    ) -> Result<Result<Walked, String>, CatalogError> {
        match self.walk_all(import, known) {
            Ok(walked) => {
                if library.frozen_reason.is_some() {
                    self.write(|writer| writer.set_library_frozen(library.id, None))?;
                }
                Ok(Ok(walked))
            }
            Err(reason) => {
                tracing::warn!(library.name, reason, "a library is frozen: nothing in it changes");
                self.write(|writer| writer.set_library_frozen(library.id, Some(&reason)))?;
                Ok(Err(reason))
            }
        }
    }

    /// What is in all folders, or why nothing is known of one of them.
    fn walk_all(
        &self,
        import: &Import,
        known: &HashMap<Vec<u8>, KnownFile>,
    ) -> Result<Walked, String> {
        let exclusions = Exclusions::of(&import.exclusions);
        let mut all = Walked::default();
        for bytes in &import.folders {
            let folder = path_from_bytes(bytes);
            let walked = walk(&folder, &exclusions, &mut || self.scan.advance(1))
                .map_err(|error| format!("{error}; is its disk mounted?"))?;
            if walked.entries_seen == 0 && known.keys().any(|path| lies_in(path, bytes)) {
                let folder = folder.display();
                return Err(format!("the folder {folder} is suddenly empty; is its disk mounted?"));
            }
            all.files.extend(walked.files);
            all.passed.extend(walked.passed);
            all.entries_seen += walked.entries_seen;
        }
        Ok(all)
    }
}
