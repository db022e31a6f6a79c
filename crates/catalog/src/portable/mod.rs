//! The whole catalog as records: what an export writes and an import reads.
//!
//! [`TABLES`] describes each kind of record: which table it stands for, and for each column what it
//! is called outside, what it holds, and what an absent value means. Reading
//! ([`Reader::for_each_record`](crate::Reader::for_each_record)) and writing ([`Staging`]) both go
//! by that description and by nothing else, so a column is carried both ways or not at all; and a
//! test holds the description against the schema, so that none is forgotten. What is left out, and
//! why, stands in [`LEFT_OUT`].
//!
//! How a record is written as text is the caller's matter.

mod read;
mod staging;
mod tables;
#[cfg(test)]
mod tests;

use crate::stored::Named;

pub use read::CarriedFile;
pub use staging::{RecordName, Refused, Staging, StagingError};
pub use tables::{LEFT_OUT, TABLES};

/// One value of a record, as the catalog keeps it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number; also an instant, a wall clock, a flag.
    Integer(i64),
    /// A number with a fraction.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes; also an id.
    Bytes(Vec<u8>),
}

impl Value {
    /// Roughly how much memory it takes, in bytes.
    fn weight(&self) -> usize {
        let own = match self {
            Self::Null | Self::Integer(_) | Self::Real(_) => 0,
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        };
        own + size_of::<Self>()
    }
}

/// A kind of record.
#[derive(Debug)]
pub struct Table {
    /// What one record is called outside.
    pub kind: &'static str,
    /// What one record is, as a sentence.
    pub says: &'static str,
    /// The table.
    pub(crate) name: &'static str,
    /// A second table with exactly one row for each row of the first, and the columns by which the
    /// two are joined: owner and id here, owner and this column there.
    pub(crate) beside: Option<(&'static str, &'static str)>,
    /// Columns that no record holds and that are worked out when all records are there; 0 until
    /// then.
    pub(crate) derived: &'static [&'static str],
    /// The columns whose values name a record, by which records are ordered.
    pub(crate) key: &'static [&'static str],
    /// The columns, in the order of a record's values.
    pub columns: &'static [Column],
}

/// A column of a record.
#[derive(Debug)]
pub struct Column {
    pub(crate) name: &'static str,
    /// Whether it lies in [`Table::beside`].
    pub(crate) is_beside: bool,
    /// What it is called outside. A dot stands where a group of fields is entered.
    pub field: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// What it means when the field is absent.
    pub absent: Absent,
    /// What it means, in words.
    pub says: &'static str,
}

/// What it means that a field is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// It may not be.
    Refused,
    /// Nothing is known, or there is none.
    Null,
    /// This number.
    Integer(i64),
    /// This text.
    Text(&'static str),
    /// What this field says, which may not be absent.
    Like(&'static str),
}

/// What a column holds. Each is stored in one way, and has a range that is checked before it comes
/// into the catalog.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    /// An id: 16 bytes.
    Id,
    /// Yes or no: 1 or 0.
    Flag,
    /// A whole number from the first to the second.
    Whole(i64, i64),
    /// A number from the first to the second.
    Real(f64, f64),
    /// Any text.
    Text,
    /// Text in lower case.
    LowerText,
    /// One of some names.
    Name(Names),
    /// Names, separated by single spaces.
    Words,
    /// A set of names, each one a bit.
    Bits(&'static [(&'static str, i64)]),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Instant,
    /// Microseconds since 1970-01-01T00:00:00 on a clock of no stated zone.
    WallClock,
    /// Days since 1970-01-01.
    Day,
    /// Bytes that are shown as hexadecimal digits: at least the first and at most the second many.
    Hex(usize, usize),
    /// At most this many other bytes.
    Bytes(usize),
    /// The path of a file, or a part of it: bytes that need not be UTF-8.
    Path,
    /// JSON that passes this test.
    Json(fn(&str) -> bool),
}

/// The names that a column may hold.
#[derive(Clone, Copy)]
pub struct Names {
    is_known: fn(&str) -> bool,
    all: fn() -> Vec<&'static str>,
}

impl Names {
    const fn of<T: Named>() -> Self {
        Self { is_known: |name| T::from_stored_name(name).is_some(), all: T::stored_names }
    }

    /// Whether it is one of them.
    pub fn has(self, name: &str) -> bool {
        (self.is_known)(name)
    }

    /// All of them.
    pub fn all(self) -> Vec<&'static str> {
        (self.all)()
    }
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}

impl Table {
    /// The kind of record that is called so.
    pub fn of_kind(kind: &str) -> Option<&'static Self> {
        TABLES.iter().copied().find(|table| table.kind == kind)
    }

    /// The fields that name a record, for people.
    pub fn key_fields(&self) -> impl Iterator<Item = &'static str> {
        self.key.iter().map(|name| self.field_of(name))
    }

    fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column && !known.is_beside)
    }

    /// What the column is called outside.
    fn field_of(&self, column: &'static str) -> &'static str {
        let known = self.columns.iter().find(|known| known.name == column);
        known.map_or(column, |column| column.field)
    }

    /// The values of a record that name it.
    pub fn name_of(&'static self, values: &[Value]) -> RecordName {
        let value = |name: &&str| self.position(name).map(|at| values[at].clone());
        RecordName { kind: self.kind, key: self.key.iter().filter_map(value).collect() }
    }
}
