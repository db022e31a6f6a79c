//! What can go wrong, told apart by what a caller would do about it.

use std::error::Error;
use std::path::PathBuf;

/// Why a read or a write did not happen. A write that failed has changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The database failed: a full disk, a lost connection, a lock held by someone else.
    #[error("the database failed")]
    Driver(#[source] diesel::result::Error),
    /// The database could not be reached.
    #[error("cannot open a connection to the catalog")]
    Connection(#[source] diesel::result::ConnectionError),
    /// What is stored contradicts itself or was written by something else.
    #[error("the catalog contradicts itself in {table}: {detail}")]
    Contradiction {
        /// The table, as far as it is known.
        table: &'static str,
        /// Which row and column, and what is wrong with it.
        detail: String,
    },
    /// Something of that name or key exists already.
    #[error("{0} exists already")]
    Conflict(&'static str),
    /// Something that the act needs does not exist.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The caller's own reason to leave the transaction.
    #[error("the transaction was abandoned")]
    Abandoned(#[source] Box<dyn Error + Send + Sync>),
}

impl CatalogError {
    pub(crate) fn contradiction(table: &'static str, detail: impl Into<String>) -> Self {
        Self::Contradiction { table, detail: detail.into() }
    }

    /// The caller's own reason to leave the transaction, so that `?` in a write can carry it out.
    pub fn abandon(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Abandoned(reason.into())
    }
}

impl From<diesel::result::Error> for CatalogError {
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::DeserializationError(cause) => {
                Self::contradiction("a stored row", cause.to_string())
            }
            error => Self::Driver(error),
        }
    }
}

/// A unique key that is taken, as a conflict over `what`; every other failure as it is.
pub(crate) fn conflict(what: &'static str) -> impl Fn(diesel::result::Error) -> CatalogError {
    use diesel::result::DatabaseErrorKind::{ForeignKeyViolation, UniqueViolation};
    use diesel::result::Error::DatabaseError;
    move |error| match error {
        DatabaseError(UniqueViolation, _) => CatalogError::Conflict(what),
        DatabaseError(ForeignKeyViolation, _) => CatalogError::NotFound("thing that it refers to"),
        error => error.into(),
    }
}

/// Why a catalog cannot be opened. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A later version of the program has written it.
    #[error(
        "{path} was written by a newer version of Kalends (schema {found}, this one knows {known}): \
         start that version, or put the copy that was kept before its migration in place"
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its schema version.
        found: String,
        /// The newest that this program knows.
        known: String,
    },
    /// It is not a database, or not a whole one.
    #[error(
        "{path} is damaged ({detail}): move it away and restore a backup with `kalends restore`"
    )]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// There is no catalog.
    #[error("there is no catalog at {0}: is this the right data folder?")]
    Missing(PathBuf),
    /// Another version of the program uses it.
    #[error(
        "{path} has the schema {found}, this program knows {known}: use the version of Kalends that \
         serves it, or stop that one first"
    )]
    Differs {
        /// The database.
        path: PathBuf,
        /// Its schema version.
        found: String,
        /// The one that this program knows.
        known: String,
    },
    /// There is a catalog already where another should be put.
    #[error("{0} exists already: move it away first, or choose another data folder")]
    Exists(PathBuf),
    /// The schema could not be brought up to date.
    #[error("cannot migrate {path}: {detail}; the copy made before stands beside it")]
    Migration {
        /// The database.
        path: PathBuf,
        /// What failed.
        detail: String,
    },
    /// The folder or the file cannot be used.
    #[error("cannot use {path}: check that the folder exists, is writable and has free space")]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The database cannot be opened for another reason.
    #[error("cannot open {path}: is another process using it?")]
    Driver {
        /// The database.
        path: PathBuf,
        /// What the database said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// Why a backup was not made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something at the destination already.
    #[error("{0} exists already: choose another name, a backup never overwrites")]
    Exists(PathBuf),
    /// The name cannot be handed to the database.
    #[error("{0} is not a name the database can write to: choose one that is UTF-8")]
    Name(PathBuf),
    /// The copy could not be written.
    #[error("cannot write the backup")]
    Catalog(#[from] CatalogError),
}
