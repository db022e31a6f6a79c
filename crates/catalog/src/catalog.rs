//! The catalog's two doors: one consistent read, one whole write.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use diesel::Connection as _;
use kalends_model::{AssetRow, UserId, Version};

use crate::error::{BackupError, CatalogError, OpenError};
use crate::sqlite::{self, Connection};
use crate::writer::{Committed, Writer};

/// The most reader connections that are kept open while idle.
const IDLE_READERS_MAX: usize = 4;

/// What must survive. Shared by reference between threads: reads run beside each other and beside
/// the one write.
pub struct Catalog {
    path: PathBuf,
    /// The only connection that writes. Empty while a write holds it, so that a write which panics
    /// takes its half-done transaction with it and the next one opens afresh.
    writer: Mutex<Option<Connection>>,
    idle_readers: Mutex<Vec<Connection>>,
}

impl std::fmt::Debug for Catalog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalog").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Catalog {
    /// Opens the catalog in the folder `dir`, which is made when missing. An older schema is
    /// migrated, after a copy `catalog-<schema version>.sqlite` has been put beside it; a newer or
    /// damaged one is refused. `now` is kept as the first start of a new catalog.
    pub fn open(dir: &Path, now: i64) -> Result<Self, OpenError> {
        Self::open_with(dir, now, &sqlite::MIGRATIONS)
    }

    pub(crate) fn open_with(
        dir: &Path,
        now: i64,
        migrations: &impl diesel::migration::MigrationSource<diesel::sqlite::Sqlite>,
    ) -> Result<Self, OpenError> {
        let path = sqlite::prepare(dir, migrations)?;
        let catalog = Self { path, writer: Mutex::default(), idle_readers: Mutex::default() };
        let started = catalog.write(now, &|_| false, |writer| writer.note_first_start());
        match started {
            Ok(_) => Ok(catalog),
            Err(error) => Err(OpenError::Driver { path: catalog.path, source: Box::new(error) }),
        }
    }

    /// One consistent look: everything `f` reads is of one moment.
    pub fn read<T>(
        &self,
        f: impl FnOnce(&mut Reader<'_>) -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        let mut connection = self.reader_connection()?;
        let answer = connection.transaction(|connection| f(&mut Reader { connection }));
        let mut idle = lock(&self.idle_readers);
        if is_usable(&answer) && idle.len() < IDLE_READERS_MAX {
            idle.push(connection);
        }
        answer
    }

    /// One consistent look at the catalog of the folder `dir`, which another process may own and
    /// write to meanwhile. Nothing is made, migrated or changed.
    pub fn look<T>(
        dir: &Path,
        f: impl FnOnce(&mut Reader<'_>) -> Result<T, CatalogError>,
    ) -> Result<Result<T, CatalogError>, OpenError> {
        let mut connection = sqlite::look(dir, &sqlite::MIGRATIONS)?;
        Ok(connection.transaction(|connection| f(&mut Reader { connection })))
    }

    /// One transaction: everything that `f` does takes place, together with its changes and the
    /// owners' new versions, or nothing does. `now` is when it happens, in microseconds since 1970.
    ///
    /// For owners that `wants` names, normally those whose shelves are loaded, the answer holds the
    /// batch that brings a shelf from the version before to the version after.
    pub fn write<T>(
        &self,
        now: i64,
        wants: &dyn Fn(UserId) -> bool,
        f: impl FnOnce(&mut Writer<'_>) -> Result<T, CatalogError>,
    ) -> Result<Committed<T>, CatalogError> {
        self.with_writer(|connection| transact(connection, now, wants, f))
    }

    /// Like [`Catalog::write`], and when it returns a power cut cannot take it back, nor anything
    /// that was written before. For what something outside of the catalog then relies on: a file
    /// that is moved because the catalog knows it, or removed because it no longer does. It waits
    /// for the disk.
    pub fn write_durably<T>(
        &self,
        now: i64,
        wants: &dyn Fn(UserId) -> bool,
        f: impl FnOnce(&mut Writer<'_>) -> Result<T, CatalogError>,
    ) -> Result<Committed<T>, CatalogError> {
        self.with_writer(|connection| {
            sqlite::durably(connection, |connection| transact(connection, now, wants, f))
        })
    }

    fn with_writer<T>(
        &self,
        act: impl FnOnce(&mut Connection) -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        let mut slot = lock(&self.writer);
        let mut connection = match slot.take() {
            Some(connection) => connection,
            None => sqlite::connect(&self.path)?,
        };
        let answer = act(&mut connection);
        *slot = is_usable(&answer).then_some(connection);
        answer
    }

    /// Hands every row of an owner's shelf to `each`, ascending by id, and returns the version of
    /// the state that was read; `None` when there is no such owner.
    pub fn load_shelf(
        &self,
        owner: UserId,
        each: &mut dyn FnMut(AssetRow),
    ) -> Result<Option<Version>, CatalogError> {
        self.read(|reader| reader.load_shelf(owner, each))
    }

    /// Writes a consistent copy of the whole catalog to the file `to` while serving goes on. Never
    /// overwrites. The copy is itself a catalog: renamed to `catalog.sqlite` it opens.
    pub fn back_up(&self, to: &Path) -> Result<(), BackupError> {
        let mut connection = sqlite::connect(&self.path)?;
        sqlite::back_up(&mut connection, to)
    }

    /// Puts the backup `from` in place as the catalog of the folder `dir`, which must have none yet
    /// and which nobody may have open. The backup is judged first and stays where it is.
    pub fn restore(from: &Path, dir: &Path) -> Result<(), OpenError> {
        sqlite::restore(from, dir)
    }

    /// Bytes that the catalog takes on the disk, with what is not yet written back into it.
    pub fn disk_bytes(&self) -> u64 {
        let log = self.path.with_extension("sqlite-wal");
        let sizes = [&self.path, &log].map(|file| file.metadata().map_or(0, |file| file.len()));
        sizes.iter().sum()
    }

    /// The database's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn reader_connection(&self) -> Result<Connection, CatalogError> {
        let idle = lock(&self.idle_readers).pop();
        match idle {
            Some(connection) => Ok(connection),
            None => sqlite::connect(&self.path),
        }
    }
}

/// One transaction on the connection that writes.
fn transact<T>(
    connection: &mut Connection,
    now: i64,
    wants: &dyn Fn(UserId) -> bool,
    f: impl FnOnce(&mut Writer<'_>) -> Result<T, CatalogError>,
) -> Result<Committed<T>, CatalogError> {
    connection.immediate_transaction(|connection| {
        let mut writer = Writer::new(Reader { connection }, now);
        let value = f(&mut writer)?;
        writer.settle(value, wants)
    })
}

/// Whether the connection that gave this answer is kept. One that has failed may be anywhere in a
/// transaction; the next caller opens afresh.
fn is_usable<T>(answer: &Result<T, CatalogError>) -> bool {
    !matches!(answer, Err(CatalogError::Driver(_) | CatalogError::Connection(_)))
}

/// A lock, also after a holder has panicked: what the two mutexes guard is whole at every moment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What can be asked. Its methods stand in the modules of the things they ask about.
pub struct Reader<'c> {
    pub(crate) connection: &'c mut Connection,
}
