//! The library as a whole: what is opened with a data folder, and the two ways through it.
//!
//! Every write goes through [`Library::write`]: one catalog transaction, whose batches are applied
//! to the shelves before it returns, so that a client reads what it wrote. Every question goes
//! through [`Library::question`].

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use kalends_catalog::{Catalog, CatalogError, Committed, Grants, Reader, Writer};
use kalends_model::{LibraryId, UserId};
use kalends_timeline::{Shelf, ShelfBuilder};

use crate::access::Standing;
use crate::clock::{Clock, Randomness};
use crate::derived::{Cleaned, DerivedFiles};
use crate::events::Events;
use crate::identity::{Held, TokenKey};
use crate::jobs::Bell;
use crate::moments::{Moments, Remembered};
use crate::question::StandingKey;
use crate::scan::background::Background;
use crate::scan::pictures::PictureMaker;
use crate::scan::status::ScanStatus;
use crate::setup::Setup;
use crate::shelf_cache::ShelfCache;
use crate::shelves::{Shelves, StillLoading};
use crate::throttle::Throttle;
use crate::uploads::UploadFolder;

/// An open data folder: catalog, timeline, derived files. Shared between threads by reference.
pub struct Library {
    pub(crate) data: PathBuf,
    pub(crate) catalog: Catalog,
    pub(crate) shelves: Shelves,
    pub(crate) derived: DerivedFiles,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
    pub(crate) pictures: PictureMaker,
    pub(crate) scan: ScanStatus,
    pub(crate) background: Background,
    pub(crate) throttle: Throttle,
    pub(crate) setup: Setup,
    /// Held by whoever removes users for good.
    pub(crate) removing: Mutex<()>,
    pub(crate) uploads: UploadFolder,
    pub(crate) bell: Bell,
    pub(crate) events: Events,
    pub(crate) moments: Moments,
    /// What credentials have been found to open.
    pub(crate) held: Remembered<TokenKey, Arc<Held>>,
    /// How viewers have been found to stand to what they ask.
    pub(crate) standings: Remembered<StandingKey, Arc<Standing>>,
    cache: ShelfCache,
    grants: Mutex<HashMap<UserId, Arc<Grants>>>,
}

/// The most users whose grants are kept at a time.
const KEPT_GRANTS_MAX: usize = 10_000;

/// The most answers of a kind that are remembered between two writes.
const REMEMBERED_MAX: usize = 10_000;

/// Why a shelf cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Somebody else is loading it, and that takes long.
    #[error("the timeline is still loading")]
    Loading,
}

impl From<StillLoading> for ShelfError {
    fn from(_: StillLoading) -> Self {
        Self::Loading
    }
}

impl Library {
    /// Opens the library in the data folder, which the caller owns; a new one when it is empty.
    pub fn open(
        data: &Path,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
        pictures: PictureMaker,
    ) -> Result<Self, kalends_catalog::OpenError> {
        Ok(Self {
            data: data.to_owned(),
            catalog: Catalog::open(data, clock.now_micros())?,
            shelves: Shelves::default(),
            derived: DerivedFiles::new(data),
            clock,
            randomness,
            pictures,
            scan: ScanStatus::default(),
            background: Background::default(),
            throttle: Throttle::default(),
            setup: Setup::default(),
            removing: Mutex::default(),
            uploads: UploadFolder::new(data),
            bell: Bell::default(),
            events: Events::default(),
            moments: Moments::default(),
            held: Remembered::new(REMEMBERED_MAX),
            standings: Remembered::new(REMEMBERED_MAX),
            cache: ShelfCache::new(data),
            grants: Mutex::default(),
        })
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// One consistent look at the catalog.
    pub fn read<T>(
        &self,
        f: impl FnOnce(&mut Reader<'_>) -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        self.catalog.read(f)
    }

    /// One transaction of the catalog. When it returns, the timeline shows what it did.
    pub fn write<T>(
        &self,
        f: impl FnOnce(&mut Writer<'_>) -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        self.write_by(|now, wants| self.catalog.write(now, wants, f))
    }

    /// Like [`Library::write`], and not even a power cut takes it back: before a file is moved or
    /// removed because of it.
    pub(crate) fn write_durably<T>(
        &self,
        f: impl FnOnce(&mut Writer<'_>) -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        self.write_by(|now, wants| self.catalog.write_durably(now, wants, f))
    }

    /// Writes, brings what is in memory to what was written, and tells those who listen.
    fn write_by<T>(
        &self,
        write: impl FnOnce(i64, &dyn Fn(UserId) -> bool) -> Result<Committed<T>, CatalogError>,
    ) -> Result<T, CatalogError> {
        let _alone = self.shelves.writing();
        let _writing = self.moments.write();
        let committed = write(self.now(), &|owner| self.shelves.wants(owner))?;
        self.shelves.apply(committed.batches);
        self.events.tell_of(committed.changes, &committed.regranted);
        Ok(committed.value)
    }

    /// The owner's shelf, loaded when it is not in memory.
    pub fn shelf(&self, owner: UserId) -> Result<Shelf, ShelfError> {
        self.shelves.get(owner, || {
            if let Some(shelf) = self.read(|reader| self.cache.load(reader, owner))? {
                return Ok(shelf);
            }
            let mut builder = ShelfBuilder::new(owner);
            let version = self.catalog.load_shelf(owner, &mut |row| builder.push(row))?;
            Ok(match version {
                Some(version) => builder.finish(version),
                None => Shelf::empty(owner),
            })
        })
    }

    /// Loads every user's shelf, so that the first question need not wait.
    pub fn load_shelves(&self) -> Result<(), ShelfError> {
        for user in self.read(|reader| reader.users())? {
            self.shelf(user.id)?;
        }
        Ok(())
    }

    /// Keeps the shelves on disk for the next start.
    pub fn keep_shelves(&self) {
        for shelf in self.shelves.loaded() {
            self.cache.keep(&shelf);
        }
    }

    pub(crate) fn known_grants(&self, user: UserId) -> Option<Arc<Grants>> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner).get(&user).cloned()
    }

    pub(crate) fn keep_grants(&self, user: UserId, grants: Arc<Grants>) {
        let mut kept = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_GRANTS_MAX {
            kept.clear();
        }
        kept.insert(user, grants);
    }

    /// Forgets everything that memory and disk hold of a user's timeline.
    pub(crate) fn forget_shelf(&self, user: UserId) {
        self.shelves.forget(user);
        self.cache.forget(user);
        self.grants.lock().unwrap_or_else(PoisonError::into_inner).remove(&user);
    }

    /// Whether questions can be answered: the catalog can be read.
    pub fn is_ready(&self) -> bool {
        self.read(|reader| reader.first_start()).is_ok()
    }

    /// Removes all derived pictures, and lets the next scan make them again.
    pub fn clean_derived(&self) -> std::io::Result<Cleaned> {
        self.derived.clean()
    }

    /// Bytes that the catalog takes on the disk.
    pub fn catalog_bytes(&self) -> u64 {
        self.catalog.disk_bytes()
    }

    /// How many derived pictures there are, and their size.
    pub fn derived_size(&self) -> Cleaned {
        self.derived.measure()
    }

    /// Writes a consistent copy of the catalog to a file that does not exist yet.
    pub fn back_up(&self, file: &Path) -> Result<(), kalends_catalog::BackupError> {
        self.catalog.back_up(file)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now_micros()
    }

    /// A fresh id of any kind.
    pub(crate) fn new_id<Id>(&self, of: fn([u8; 16]) -> Id) -> Id {
        of(self.randomness.id_bytes())
    }

    /// The libraries in the trash, of these owners.
    pub(crate) fn trashed_libraries(
        reader: &mut Reader<'_>,
        owners: &[UserId],
    ) -> Result<Vec<LibraryId>, CatalogError> {
        let mut trashed = Vec::new();
        for owner in owners {
            let libraries = reader.libraries_of(*owner)?.into_iter();
            trashed.extend(libraries.filter(|l| l.trashed_at.is_some()).map(|l| l.id));
        }
        Ok(trashed)
    }
}

/// Why a copy was not put into a data folder.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// There is a catalog already.
    #[error("{} holds a catalog already: restore into an empty data folder", .0.display())]
    NotEmpty(PathBuf),
    /// The copy cannot be read or written.
    #[error("cannot copy {}", .0.display())]
    Copy(PathBuf, #[source] std::io::Error),
    /// The copy is not a catalog that this program can open.
    #[error(transparent)]
    Open(#[from] kalends_catalog::OpenError),
}

impl Library {
    /// Puts a copy made by [`Library::back_up`] into a data folder that holds no catalog, and opens
    /// it once to see that it is whole.
    pub fn restore(file: &Path, data: &Path, clock: &dyn Clock) -> Result<(), RestoreError> {
        let catalog = data.join("catalog.sqlite");
        if catalog.exists() {
            return Err(RestoreError::NotEmpty(data.to_owned()));
        }
        // Shelves kept of another catalog may bear the same version numbers.
        let _ = std::fs::remove_dir_all(data.join("shelves"));
        std::fs::copy(file, &catalog)
            .map_err(|error| RestoreError::Copy(file.to_owned(), error))?;
        if let Err(error) = Catalog::open(data, clock.now_micros()) {
            // What cannot be opened must not stand where a catalog is looked for.
            let _ = std::fs::remove_file(&catalog);
            return Err(error.into());
        }
        Ok(())
    }
}
