//! Reading an export into a data folder that has no users.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use kalends_catalog::portable::{RecordName, Staging, StagingError, Table};
use serde_json::{Map, Value as Json};

use super::files::{CopiedFiles, CopyError, copy_files_in, put_uploads_in_place};
use super::{END, FORMAT, TOLD_EVERY, VERSION, record};

/// The longest line that is read, in bytes.
const LINE_BYTES_MAX: u64 = 64 << 20;

/// How many unknown fields are named.
const UNKNOWN_NAMED_MAX: usize = 10;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many records there are.
    pub records: u64,
    /// How many of each kind.
    pub by_kind: BTreeMap<&'static str, u64>,
    /// How many fields were passed over because they mean nothing here.
    pub unknown_fields: u64,
    /// Some of those, as kind and field.
    pub unknown_named: Vec<String>,
    /// The files that were copied.
    pub files: CopiedFiles,
}

/// Why nothing was imported. The data folder has what it had.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("cannot read {}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It is not an export.
    #[error(
        "{} is not an export: its first line should be {{\"kind\":\"{FORMAT}\",\"version\":{VERSION},…}}",
        .0.display()
    )]
    NotAnExport(PathBuf),
    /// A later version of the program has written it.
    #[error(
        "this export has format version {found}, and this program knows {VERSION}: import it with the \
         version of Kalends that wrote it, or a newer one"
    )]
    Newer {
        /// Its version.
        found: String,
    },
    /// Its end is missing.
    #[error(
        "the export ends after line {lines} without its last line, so a part of it is missing: copy \
         it again, or export again"
    )]
    Truncated {
        /// How many lines there are.
        lines: u64,
    },
    /// A line cannot be taken.
    #[error("line {line}: {problem}")]
    Line {
        /// Its number, from 1.
        line: u64,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// The catalog could not be made, or not put in place.
    #[error(transparent)]
    Staging(#[from] StagingError),
    /// The files could not be copied.
    #[error(transparent)]
    Files(#[from] CopyError),
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Lines are read: so many bytes of the file.
    Lines(u64),
    /// Files are copied: so many.
    Files(u64),
}

/// Reads the export in `file` into the folder `data`, which the caller owns and which has no users
/// yet; with the files of its uploads, when `files` is the folder that
/// [`copy_files_out`](super::copy_files_out) put them in. Either all of it is then in the folder or,
/// after an error, nothing.
pub fn import(
    data: &Path,
    file: &Path,
    files: Option<&Path>,
    progress: &mut dyn FnMut(Step),
) -> Result<Imported, ImportError> {
    let mut staging = Staging::begin(data)?;
    let staged = stage(&mut staging, file, progress);
    let mut read = match staged {
        Err(ImportError::Staging(error)) => return Err(with_line(file, error)),
        other => other?,
    };
    if let Some(from) = files {
        let uploads = staging.folder().join("uploads");
        let mut told = |files| progress(Step::Files(files));
        read.files = copy_files_in(staging.folder(), from, &uploads, &mut told)?;
        put_uploads_in_place(&uploads, data)?;
    }
    // Shelves kept of another catalog may bear the same version numbers.
    let _ = std::fs::remove_dir_all(data.join("shelves"));
    staging.put_in_place()?;
    Ok(read)
}

fn stage(
    staging: &mut Staging,
    file: &Path,
    progress: &mut dyn FnMut(Step),
) -> Result<Imported, ImportError> {
    let mut lines = Lines::open(file)?;
    read_header(&mut lines, file)?;
    let mut read = Imported::default();
    loop {
        let Some(fields) = lines.next_object()? else {
            return Err(ImportError::Truncated { lines: lines.number });
        };
        let kind = lines.kind_of(&fields)?;
        if kind == END {
            check_end(&lines, &fields, &read)?;
            break;
        }
        let table = lines.table(&kind)?;
        let record = lines.record(table, fields)?;
        for field in record.unknown {
            read.unknown_fields += 1;
            if read.unknown_named.len() < UNKNOWN_NAMED_MAX {
                let name = format!("{}: {field}", table.kind);
                if !read.unknown_named.contains(&name) {
                    read.unknown_named.push(name);
                }
            }
        }
        read.records += 1;
        *read.by_kind.entry(table.kind).or_default() += 1;
        staging.add(table, lines.number, record.values)?;
        if read.records.is_multiple_of(TOLD_EVERY) {
            progress(Step::Lines(lines.bytes));
        }
    }
    if lines.next_object()?.is_some() {
        return Err(lines.refused(format!("nothing may follow the line of kind `{END}`")));
    }
    staging.complete()?;
    Ok(read)
}

fn read_header(lines: &mut Lines, file: &Path) -> Result<(), ImportError> {
    let not_an_export = || ImportError::NotAnExport(file.to_owned());
    let header = match lines.next_object() {
        Ok(Some(header)) => header,
        Ok(None) | Err(ImportError::Line { .. }) => return Err(not_an_export()),
        Err(error) => return Err(error),
    };
    if header.get("kind").and_then(Json::as_str) != Some(FORMAT) {
        return Err(not_an_export());
    }
    match header.get("version") {
        Some(version) if *version == VERSION => Ok(()),
        Some(Json::Number(found)) => Err(ImportError::Newer { found: found.to_string() }),
        _ => Err(not_an_export()),
    }
}

/// That the end tells of as many records as there were.
fn check_end(lines: &Lines, end: &Map<String, Json>, read: &Imported) -> Result<(), ImportError> {
    let told = end.get("records").and_then(Json::as_u64);
    let Some(told) = told else {
        return Err(lines.refused(
            "records is missing; the number of lines between the first and this one".into(),
        ));
    };
    if told != read.records {
        let there = read.records;
        return Err(lines.refused(format!(
            "it tells of {told} records, and there are {there}: a part is missing, so copy the file \
             again, or export again"
        )));
    }
    let Some(counts) = end.get("counts").and_then(Json::as_object) else { return Ok(()) };
    for (kind, told) in counts {
        let there = read.by_kind.get(kind.as_str()).copied().unwrap_or_default();
        if *told != there {
            return Err(lines.refused(format!(
                "it tells of {told} lines of kind `{kind}`, and there are {there}: copy the file \
                 again, or export again"
            )));
        }
    }
    Ok(())
}

/// The line that a refusal is about, found by reading the file once more.
fn with_line(file: &Path, error: StagingError) -> ImportError {
    let StagingError::Refused(refused) = &error else { return error.into() };
    let line = refused.line.or_else(|| line_of(file, &refused.record).ok().flatten());
    match line {
        Some(line) => {
            let problem = format!("{}: {}", refused.record.kind, refused.reason);
            ImportError::Line { line, problem }
        }
        None => error.into(),
    }
}

fn line_of(file: &Path, name: &RecordName) -> Result<Option<u64>, ImportError> {
    let mut lines = Lines::open(file)?;
    while let Some(fields) = lines.next_object()? {
        if fields.get("kind").and_then(Json::as_str) != Some(name.kind) {
            continue;
        }
        let table = lines.table(name.kind)?;
        if table.name_of(&lines.record(table, fields)?.values) == *name {
            return Ok(Some(lines.number));
        }
    }
    Ok(None)
}

/// The lines of a file, as objects.
struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    /// Of the line that was last read, from 1.
    number: u64,
    /// How many bytes have been read.
    bytes: u64,
    line: Vec<u8>,
}

impl Lines {
    fn open(path: &Path) -> Result<Self, ImportError> {
        let io = |source| ImportError::Read { path: path.to_owned(), source };
        let reader = BufReader::with_capacity(1 << 20, File::open(path).map_err(io)?);
        Ok(Self { path: path.to_owned(), reader, number: 0, bytes: 0, line: Vec::new() })
    }

    /// The next line that is not empty; `None` at the end of the file.
    fn next_object(&mut self) -> Result<Option<Map<String, Json>>, ImportError> {
        loop {
            self.line.clear();
            let mut bounded = (&mut self.reader).take(LINE_BYTES_MAX);
            let io = |source| ImportError::Read { path: self.path.clone(), source };
            let length = bounded.read_until(b'\n', &mut self.line).map_err(io)? as u64;
            if length == 0 {
                return Ok(None);
            }
            self.number += 1;
            self.bytes += length;
            if length == LINE_BYTES_MAX && self.line.last() != Some(&b'\n') {
                return Err(self.refused(format!("it is longer than {LINE_BYTES_MAX} bytes")));
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        match serde_json::from_slice(&self.line) {
            Ok(Json::Object(fields)) => Ok(Some(fields)),
            Ok(_) => Err(self.refused("it is no JSON object".into())),
            // A last line without its end is what a copy that was cut off leaves.
            Err(_) if self.line.last() != Some(&b'\n') && self.number > 1 => {
                Err(ImportError::Truncated { lines: self.number })
            }
            Err(error) => Err(self.refused(format!("it is no JSON object: {error}"))),
        }
    }

    fn kind_of(&self, fields: &Map<String, Json>) -> Result<String, ImportError> {
        let kind = fields.get("kind").and_then(Json::as_str);
        kind.map(str::to_owned).ok_or_else(|| self.refused("its kind is missing".into()))
    }

    fn table(&self, kind: &str) -> Result<&'static Table, ImportError> {
        Table::of_kind(kind).ok_or_else(|| {
            let problem = format!(
                "there is no kind `{kind}`: it may be of a newer version of Kalends, so import with that"
            );
            self.refused(problem)
        })
    }

    fn record(
        &self,
        table: &'static Table,
        fields: Map<String, Json>,
    ) -> Result<record::ReadRecord, ImportError> {
        record::read(table, fields).map_err(|error| {
            self.refused(format!("{}: {} {}", table.kind, error.field, error.problem))
        })
    }

    fn refused(&self, problem: String) -> ImportError {
        ImportError::Line { line: self.number, problem }
    }
}
