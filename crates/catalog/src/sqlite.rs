//! SQLite: how a database file is opened, judged, migrated and copied.
//!
//! Everything that is SQLite's own is here and in `migrations/sqlite/`; the rest of the crate speaks
//! to [`Connection`].
//!
//! WAL lets readers go on while the one writer writes. `synchronous = NORMAL` syncs the log at
//! checkpoints instead of at every commit: a killed process loses nothing, a power cut may lose the
//! last commits but leaves an earlier whole state, which the next scan of the folders completes. A
//! sync at each commit would make every click on a heart wait for the disk. What no scan could
//! complete, such as the row of an upload, is written [`durably`]: its commit syncs the log, and with
//! it all commits before; on macOS down to the disk itself (`fullfsync`). Ids are random, so bulk inserts touch pages all over: a log of 8,192 pages
//! before each checkpoint lets it write most of them once.

pub(crate) mod loose;

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::error::{BackupError, CatalogError, OpenError};

/// A connection to whichever database stands behind the catalog.
pub(crate) type Connection = SqliteConnection;

/// The schema's steps, oldest first.
pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// What the database is called in its folder.
pub(crate) const FILE_NAME: &str = "catalog.sqlite";

/// What a SQLite file begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// No database is shorter.
const HEADER_BYTES: usize = 100;

/// How long to wait for a lock that another process holds, in milliseconds. Within the process
/// nobody waits: there is one writer, and readers never lock.
const BUSY_TIMEOUT_MS: u32 = 5_000;

/// Opens a connection to the database at `path`.
pub(crate) fn connect(path: &Path) -> Result<Connection, CatalogError> {
    let connection = Connection::establish(&path.to_string_lossy());
    let mut connection = connection.map_err(CatalogError::Connection)?;
    connection.batch_execute(&format!(
        "PRAGMA busy_timeout = {BUSY_TIMEOUT_MS};
         PRAGMA foreign_keys = ON;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA wal_autocheckpoint = 8192;
         PRAGMA cache_size = -65536;
         PRAGMA temp_store = MEMORY;
         PRAGMA mmap_size = 1073741824;"
    ))?;
    Ok(connection)
}

/// Runs `act`, outside of any transaction, with commits that wait for the disk.
pub(crate) fn durably<T>(
    connection: &mut Connection,
    act: impl FnOnce(&mut Connection) -> Result<T, CatalogError>,
) -> Result<T, CatalogError> {
    connection.batch_execute("PRAGMA synchronous = FULL")?;
    let answer = act(connection);
    // Should this fail, the connection only goes on being slower than it need be.
    let _ = connection.batch_execute("PRAGMA synchronous = NORMAL");
    answer
}

/// Brings the database in `dir` to the newest of `migrations`, making it when there is none.
/// Returns its path.
pub(crate) fn prepare(
    dir: &Path,
    migrations: &impl MigrationSource<Sqlite>,
) -> Result<PathBuf, OpenError> {
    let path = dir.join(FILE_NAME);
    std::fs::create_dir_all(dir)
        .map_err(|source| OpenError::Io { path: dir.to_owned(), source })?;
    // A path that is not UTF-8 cannot be handed to the database.
    if path.to_str().is_none() {
        let source = std::io::Error::new(std::io::ErrorKind::InvalidInput, "the name is not UTF-8");
        return Err(OpenError::Io { path, source });
    }
    let is_new = judge_header(&path)?;
    let mut connection = connect(&path).map_err(|error| opening(&path, error))?;
    if !is_new {
        check_whole(&path, &mut connection)?;
    }
    migrate(&path, &mut connection, migrations)?;
    Ok(path)
}

/// Whether there is no database yet; damage when the file cannot be one.
fn judge_header(path: &Path) -> Result<bool, OpenError> {
    let io = |source| OpenError::Io { path: path.to_owned(), source };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(io(error)),
    };
    let length = file.metadata().map_err(io)?.len();
    if length == 0 {
        return Ok(true);
    }
    let damaged =
        |detail: &str| OpenError::Damaged { path: path.to_owned(), detail: detail.into() };
    let mut header = [0; HEADER_BYTES];
    file.read_exact(&mut header).map_err(|_| damaged("it ends within its header"))?;
    if header[..16] != *MAGIC {
        return Err(damaged("it is not a SQLite database"));
    }
    // A killed process may have grown the header before the pages: those then are in the log, and
    // the database itself counts them in.
    let log = path.with_extension("sqlite-wal").metadata();
    let has_log = log.is_ok_and(|log| log.len() > 0);
    if !has_log && length < length_by_header(&header) {
        return Err(damaged("its end is missing"));
    }
    Ok(false)
}

/// How long the file is by its own account.
fn length_by_header(header: &[u8; HEADER_BYTES]) -> u64 {
    let page_bytes = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    let pages = u32::from_be_bytes([header[28], header[29], header[30], header[31]]);
    u64::from(pages) * page_bytes
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Reads the schema and one page of every table. A whole check would read the whole file.
fn check_whole(path: &Path, connection: &mut Connection) -> Result<(), OpenError> {
    let damaged = |detail: String| OpenError::Damaged { path: path.to_owned(), detail };
    let tables = diesel::sql_query("SELECT name AS line FROM sqlite_schema WHERE type = 'table'")
        .load::<Line>(connection)
        .map_err(|error| damaged(error.to_string()))?;
    for Line { line: table } in tables {
        let quoted = table.replace('"', "\"\"");
        diesel::sql_query(format!("SELECT 'read' AS line FROM \"{quoted}\" LIMIT 1"))
            .load::<Line>(connection)
            .map_err(|error| damaged(format!("table {table}: {error}")))?;
    }
    Ok(())
}

fn migrate(
    path: &Path,
    connection: &mut Connection,
    migrations: &impl MigrationSource<Sqlite>,
) -> Result<(), OpenError> {
    let failed = |detail: String| OpenError::Migration { path: path.to_owned(), detail };
    let text = |error: Box<dyn std::error::Error + Send + Sync>| failed(error.to_string());
    let mut steps = migrations.migrations().map_err(text)?;
    steps.sort_by_key(|step| step.name().version().as_owned());
    let known: Vec<MigrationVersion<'_>> = steps.iter().map(|step| step.name().version()).collect();
    let applied = MigrationHarness::<Sqlite>::applied_migrations(connection).map_err(text)?;
    let newest = known.iter().max().ok_or_else(|| failed("no migrations are known".into()))?;
    if let Some(found) = applied.iter().filter(|version| !known.contains(version)).max() {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            found: found.to_string(),
            known: newest.to_string(),
        });
    }
    let Some(from) = applied.iter().max() else {
        return run_steps(connection, &steps, &applied).map_err(text);
    };
    if applied.len() == known.len() {
        return Ok(());
    }
    let copy = path.with_file_name(format!("catalog-{from}.sqlite"));
    keep_copy(connection, &copy).map_err(|error| failed(error.to_string()))?;
    tracing::info!(%from, to = %newest, copy = %copy.display(), "migrating the catalog");
    run_steps(connection, &steps, &applied).map_err(text)
}

fn run_steps(
    connection: &mut Connection,
    steps: &[Box<dyn Migration<Sqlite>>],
    applied: &[MigrationVersion<'_>],
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    for step in steps.iter().filter(|step| !applied.contains(&step.name().version())) {
        connection.run_migration(step.as_ref())?;
    }
    Ok(())
}

/// Keeps the state before a migration. A copy from an earlier, interrupted try is of the same
/// schema version and so of the same or an older state: it is replaced only once the new one is
/// whole.
fn keep_copy(connection: &mut Connection, copy: &Path) -> Result<(), CatalogError> {
    let mut unfinished = OsString::from(copy);
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let io = |error: std::io::Error| CatalogError::abandon(error);
    if unfinished.exists() {
        std::fs::remove_file(&unfinished).map_err(io)?;
    }
    copy_into(connection, &unfinished)?;
    std::fs::rename(&unfinished, copy).map_err(io)
}

fn copy_into(connection: &mut Connection, to: &Path) -> Result<(), CatalogError> {
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(to.to_string_lossy().into_owned())
        .execute(connection)?;
    Ok(())
}

/// A consistent copy of the whole database, made while others read and write.
pub(crate) fn back_up(connection: &mut Connection, to: &Path) -> Result<(), BackupError> {
    if to.to_str().is_none() {
        return Err(BackupError::Name(to.to_owned()));
    }
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    copy_into(connection, to)?;
    // The copy is only worth its name once it is on the disk.
    let file = File::open(to).and_then(|file| file.sync_all());
    file.map_err(|error| BackupError::Catalog(CatalogError::abandon(error)))
}

/// Puts the backup `from` in place as the catalog of the folder `dir`, which must have none. The
/// backup is judged first and stays where it is.
pub(crate) fn restore(from: &Path, dir: &Path) -> Result<(), OpenError> {
    let path = dir.join(FILE_NAME);
    if path.symlink_metadata().is_ok() {
        return Err(OpenError::Exists(path));
    }
    let unfinished = dir.join("catalog.sqlite.unfinished");
    let io = |path: &Path| {
        let path = path.to_owned();
        |source| OpenError::Io { path, source }
    };
    std::fs::create_dir_all(dir).map_err(io(dir))?;
    std::fs::copy(from, &unfinished).map_err(io(from))?;
    if let Err(error) = judge_copy(&unfinished) {
        std::fs::remove_file(&unfinished).map_err(io(&unfinished))?;
        return Err(error);
    }
    replace(&unfinished, dir)
}

/// Puts the whole database `new`, which nobody has open, in the place of the one of the folder
/// `dir`, if there is one.
pub(crate) fn replace(new: &Path, dir: &Path) -> Result<(), OpenError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        |source| OpenError::Io { path, source }
    };
    let path = dir.join(FILE_NAME);
    File::open(new).and_then(|file| file.sync_all()).map_err(io(new))?;
    // A log that is left over from another database would be written back into this one.
    for leftover in ["catalog.sqlite-wal", "catalog.sqlite-shm"].map(|name| dir.join(name)) {
        if leftover.exists() {
            std::fs::remove_file(&leftover).map_err(io(&leftover))?;
        }
    }
    std::fs::rename(new, &path).map_err(io(&path))
}

/// A connection for one look at the database of the folder `dir`, which another process may own and
/// which is neither made nor changed.
pub(crate) fn look(
    dir: &Path,
    migrations: &impl MigrationSource<Sqlite>,
) -> Result<Connection, OpenError> {
    let path = dir.join(FILE_NAME);
    let is_new = judge_header(&path)?;
    if is_new {
        return Err(OpenError::Missing(path));
    }
    let mut connection = connect(&path).map_err(|error| opening(&path, error))?;
    let wrong = |error: Box<dyn std::error::Error + Send + Sync>| OpenError::Driver {
        path: path.clone(),
        source: error,
    };
    let steps = migrations.migrations().map_err(wrong)?;
    let newest = steps.iter().map(|step| step.name().version()).max();
    let applied = MigrationHarness::<Sqlite>::applied_migrations(&mut connection);
    let found = applied.map_err(wrong)?.into_iter().max();
    let text = |version: Option<MigrationVersion<'_>>| {
        version.map_or_else(|| "none".to_owned(), |version| version.to_string())
    };
    if found != newest {
        return Err(OpenError::Differs { path, found: text(found), known: text(newest) });
    }
    connection
        .batch_execute("PRAGMA query_only = ON")
        .map_err(|error| opening(&path, error.into()))?;
    Ok(connection)
}

fn judge_copy(path: &Path) -> Result<(), OpenError> {
    let is_empty = judge_header(path)?;
    if is_empty {
        return Err(OpenError::Damaged { path: path.to_owned(), detail: "it is empty".into() });
    }
    let mut connection = connect(path).map_err(|error| opening(path, error))?;
    check_whole(path, &mut connection)
}

fn opening(path: &Path, error: CatalogError) -> OpenError {
    let path = path.to_owned();
    let mut text = error.to_string();
    let mut source: Option<&dyn std::error::Error> = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    let is_damage = text.contains("malformed") || text.contains("not a database");
    if is_damage {
        return OpenError::Damaged { path, detail: text };
    }
    OpenError::Driver { path, source: Box::new(error) }
}

#[cfg(test)]
mod tests;
