//! Writing records: a catalog that is made beside the data folder's own, checked as a whole, and
//! only then put in its place. Nothing is half done: until then the data folder has what it had.
//!
//! Records may come in any order, so what they name is looked up when all have come. Until then the
//! database checks nothing but its unique keys.

mod checks;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use diesel::result::DatabaseErrorKind::UniqueViolation;
use diesel::result::Error as DieselError;

use super::{Column, Table, Value};
use crate::error::{CatalogError, OpenError};
use crate::sqlite::{self, Connection, loose};

/// Where the catalog is made, in the data folder.
const FOLDER: &str = "import-unfinished";

/// The most records of one transaction.
const BATCH_RECORDS_MAX: usize = 1_000;

/// The most memory that the records of one transaction take, roughly, in bytes.
const BATCH_BYTES_MAX: usize = 8 << 20;

/// The most values that the database takes in one statement, a little less than its limit.
const STATEMENT_VALUES_MAX: usize = 30_000;

/// What is worked out from the records.
const DERIVED: &[&str] = &[
    "UPDATE stacks SET timeline_count = (
        SELECT count(*) FROM assets AS m
        WHERE m.owner = stacks.owner AND m.stack = stacks.id AND m.visibility = 'timeline'
            AND m.trashed_at IS NULL AND m.offline_at IS NULL)",
    "UPDATE users SET has_profile_image = EXISTS (
        SELECT 1 FROM profile_images AS p WHERE p.user = users.id)",
];

/// The values that name a record among those of its kind.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordName {
    /// The kind.
    pub kind: &'static str,
    /// The values, in the order of [`Table::key_fields`].
    pub key: Vec<Value>,
}

/// A record that cannot be taken.
#[derive(Debug)]
pub struct Refused {
    /// Which.
    pub record: RecordName,
    /// The number that its giver gave it, where it is still known.
    pub line: Option<u64>,
    /// What is wrong with it, and what to do.
    pub reason: String,
}

/// Why no catalog came to be.
#[derive(Debug, thiserror::Error)]
pub enum StagingError {
    /// There is a catalog in use already.
    #[error(
        "{0} holds a catalog with users already: import into an empty data folder, or move that one away"
    )]
    NotEmpty(PathBuf),
    /// A record contradicts another, or names what is not there.
    #[error("{}", .0.reason)]
    Refused(Box<Refused>),
    /// The catalog that is there, or the one to be made, cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// A file cannot be written.
    #[error("cannot write {}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl From<DieselError> for StagingError {
    fn from(error: DieselError) -> Self {
        Self::Catalog(error.into())
    }
}

struct Pending {
    table: &'static Table,
    line: u64,
    values: Vec<Value>,
}

/// A catalog in the making.
pub struct Staging {
    data: PathBuf,
    folder: PathBuf,
    path: PathBuf,
    /// Empty once the catalog is whole.
    connection: Option<Connection>,
    pending: Vec<Pending>,
    pending_bytes: usize,
}

impl std::fmt::Debug for Staging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Staging").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        self.connection = None;
        // What stays behind is removed when the next one begins.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Staging {
    /// Begins an empty catalog in the folder `data`, which the caller owns and whose own catalog, if
    /// there is one, has no users.
    pub fn begin(data: &Path) -> Result<Self, StagingError> {
        if has_users(data)? {
            return Err(StagingError::NotEmpty(data.to_owned()));
        }
        let folder = data.join(FOLDER);
        if folder.exists() {
            let io = |source| StagingError::Io { path: folder.clone(), source };
            std::fs::remove_dir_all(&folder).map_err(io)?;
        }
        let path = sqlite::prepare(&folder, &sqlite::MIGRATIONS)?;
        let mut connection = sqlite::connect(&path)?;
        // Nobody else reads it, and after a crash it is thrown away.
        connection.batch_execute(
            "PRAGMA journal_mode = MEMORY;
             PRAGMA synchronous = OFF;
             PRAGMA foreign_keys = OFF;",
        )?;
        let data = data.to_owned();
        let connection = Some(connection);
        Ok(Self { data, folder, path, connection, pending: Vec::new(), pending_bytes: 0 })
    }

    /// The folder in which it is made, for what else belongs to it until it is in place.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes a record, whose values are in the order of the table's columns. An error may concern an
    /// earlier one.
    pub fn add(
        &mut self,
        table: &'static Table,
        line: u64,
        values: Vec<Value>,
    ) -> Result<(), StagingError> {
        self.pending_bytes += values.iter().map(Value::weight).sum::<usize>();
        self.pending.push(Pending { table, line, values });
        if self.pending.len() >= BATCH_RECORDS_MAX || self.pending_bytes >= BATCH_BYTES_MAX {
            self.flush()?;
        }
        Ok(())
    }

    /// Completes the catalog: works out what is derived, and checks everything that records say of
    /// each other.
    pub fn complete(&mut self) -> Result<(), StagingError> {
        self.flush()?;
        let Some(mut connection) = self.connection.take() else { return Ok(()) };
        for statement in DERIVED {
            connection.batch_execute(statement)?;
        }
        checks::check(&mut connection)?;
        drop(connection);
        Ok(())
    }

    /// Puts the catalog, which must be complete, where the data folder's own belongs.
    pub fn put_in_place(mut self) -> Result<(), StagingError> {
        self.complete()?;
        sqlite::replace(&self.path, &self.data)?;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StagingError> {
        let pending = std::mem::take(&mut self.pending);
        self.pending_bytes = 0;
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let mut by_kind: BTreeMap<&str, Vec<&Pending>> = BTreeMap::new();
        for record in &pending {
            by_kind.entry(record.table.kind).or_default().push(record);
        }
        let written = connection.transaction(|connection| {
            by_kind.values().try_for_each(|records| insert(connection, records))
        });
        match written {
            Err(DieselError::DatabaseError(UniqueViolation, _)) => {
                Err(first_taken(connection, &pending)?)
            }
            other => Ok(other?),
        }
    }
}

/// Inserts records of one table.
fn insert(connection: &mut Connection, records: &[&Pending]) -> Result<(), DieselError> {
    let Some(first) = records.first() else { return Ok(()) };
    let table = first.table;
    insert_columns(connection, records, table.name, &own_columns(table))?;
    match table.beside {
        Some((name, _)) => insert_columns(connection, records, name, &columns_beside(table)),
        None => Ok(()),
    }
}

/// What stands in a column that is written.
#[derive(Clone, Copy)]
enum Source {
    /// This value of the record.
    Value(usize),
    /// Nothing yet: it is derived when all records are there.
    Derived,
}

type Target = (&'static str, Source);

fn own_columns(table: &Table) -> Vec<Target> {
    let own = table.columns.iter().enumerate().filter(|(_, column)| !column.is_beside);
    let own = own.map(|(at, column)| (column.name, Source::Value(at)));
    own.chain(table.derived.iter().map(|name| (*name, Source::Derived))).collect()
}

fn columns_beside(table: &Table) -> Vec<Target> {
    let value = |name| table.position(name).map_or(Source::Derived, Source::Value);
    let id = table.beside.map_or("id", |(_, id)| id);
    let beside = table.columns.iter().enumerate().filter(|(_, column)| column.is_beside);
    let beside = beside.map(|(at, column): (usize, &Column)| (column.name, Source::Value(at)));
    [("owner", value("owner")), (id, value("id"))].into_iter().chain(beside).collect()
}

fn insert_columns(
    connection: &mut Connection,
    records: &[&Pending],
    table: &str,
    columns: &[Target],
) -> Result<(), DieselError> {
    let names: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let row = format!("({})", vec!["?"; columns.len()].join(", "));
    for part in records.chunks((STATEMENT_VALUES_MAX / columns.len().max(1)).max(1)) {
        let rows = vec![row.as_str(); part.len()].join(", ");
        let sql = format!("INSERT INTO {table} ({}) VALUES {rows}", names.join(", "));
        let values = part.iter().flat_map(|record| {
            columns.iter().map(|(_, source)| match source {
                Source::Value(at) => &record.values[*at],
                Source::Derived => &Value::Integer(0),
            })
        });
        loose::execute(connection, sql, values)?;
    }
    Ok(())
}

/// The first of the records that says what another has said, found by trying each alone.
fn first_taken(
    connection: &mut Connection,
    pending: &[Pending],
) -> Result<StagingError, StagingError> {
    let mut taken = None;
    let tried = connection.transaction(|connection| {
        for record in pending {
            match insert(connection, &[record]) {
                Err(DieselError::DatabaseError(UniqueViolation, what)) => {
                    taken = Some((record, what.message().to_owned()));
                    return Err(DieselError::RollbackTransaction);
                }
                other => other?,
            }
        }
        Err(DieselError::RollbackTransaction)
    });
    match (taken, tried) {
        (Some((record, message)), _) => {
            let name = record.table.name_of(&record.values);
            let reason = format!(
                "another {} has the same {}: leave one of the two out",
                record.table.kind,
                unique_fields(record.table, &message)
            );
            Ok(refused(name, Some(record.line), reason))
        }
        (None, Err(error)) => Err(error.into()),
        (None, Ok(())) => Err(CatalogError::contradiction("the import", "a key is taken").into()),
    }
}

/// The fields that a unique key is made of, from the database's `…failed: users.email`.
fn unique_fields(table: &'static Table, message: &str) -> String {
    let columns = message.rsplit(": ").next().unwrap_or_default().split(", ");
    let names = columns.filter_map(|column| column.rsplit('.').next());
    let known = names.filter_map(|name| table.columns.iter().find(|column| column.name == name));
    let fields: Vec<&str> = known.map(|column| column.field).collect();
    if fields.is_empty() { "unique fields".to_owned() } else { fields.join(" and ") }
}

fn refused(record: RecordName, line: Option<u64>, reason: String) -> StagingError {
    StagingError::Refused(Box::new(Refused { record, line, reason }))
}

fn has_users(data: &Path) -> Result<bool, StagingError> {
    let path = data.join(sqlite::FILE_NAME);
    if !path.exists() || File::open(&path).and_then(|f| f.metadata()).is_ok_and(|m| m.len() == 0) {
        return Ok(false);
    }
    let path = sqlite::prepare(data, &sqlite::MIGRATIONS)?;
    let mut connection = sqlite::connect(&path)?;
    Ok(loose::number(&mut connection, "SELECT count(*) FROM users")? > 0)
}
