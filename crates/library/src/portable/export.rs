//! Writing an export.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use kalends_catalog::portable::TABLES;
use kalends_catalog::{Catalog, CatalogError, OpenError, Reader};
use serde_json::json;

use super::{END, FORMAT, TOLD_EVERY, VERSION, record, text};

/// What an export holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportOptions {
    /// Also the sessions, so that whoever is signed in stays so. Their secrets are not kept, only
    /// digests of them.
    pub sessions: bool,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// How many records there are.
    pub records: u64,
    /// How many of each kind; kinds without any are left out.
    pub by_kind: BTreeMap<&'static str, u64>,
}

/// Why nothing, or not everything, was written. What was written is then without its end, and would
/// be refused by an import.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The catalog cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The catalog cannot be read.
    #[error("cannot read the catalog")]
    Catalog(#[from] CatalogError),
    /// The lines cannot be written.
    #[error("cannot write the export")]
    Write(#[source] io::Error),
}

/// Writes the catalog of the folder `data` to `out`, as it is at one moment; a server may own it and
/// go on. `now` is when that is, in microseconds since 1970. The number of records so far is told to
/// `progress`.
pub fn export(
    data: &Path,
    options: ExportOptions,
    now: i64,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> Result<Exported, ExportError> {
    let mut export = Export { out, progress, done: Exported::default(), failed: None };
    let written = Catalog::look(data, |reader| export.everything(reader, options, now))?;
    match (written, export.failed) {
        (_, Some(error)) => Err(ExportError::Write(error)),
        (Err(error), None) => Err(error.into()),
        (Ok(()), None) => Ok(export.done),
    }
}

struct Export<'a> {
    out: &'a mut dyn Write,
    progress: &'a mut dyn FnMut(u64),
    done: Exported,
    /// Why a line could not be written.
    failed: Option<io::Error>,
}

impl Export<'_> {
    fn everything(
        &mut self,
        reader: &mut Reader<'_>,
        options: ExportOptions,
        now: i64,
    ) -> Result<(), CatalogError> {
        self.put_json(&json!({
            "kind": FORMAT,
            "version": VERSION,
            "program": env!("CARGO_PKG_VERSION"),
            "written_at": text::instant(now),
            "sessions": options.sessions,
        }))?;
        let mut line = Vec::new();
        for table in TABLES {
            if table.kind == "session" && !options.sessions {
                continue;
            }
            let mut count = 0;
            reader.for_each_record(table, &mut |values| {
                line.clear();
                record::write(&mut line, table, values)?;
                self.put(&line)?;
                count += 1;
                self.done.records += 1;
                if self.done.records.is_multiple_of(TOLD_EVERY) {
                    (self.progress)(self.done.records);
                }
                Ok(())
            })?;
            if count > 0 {
                self.done.by_kind.insert(table.kind, count);
            }
        }
        let (records, counts) = (self.done.records, &self.done.by_kind);
        let end = json!({ "kind": END, "records": records, "counts": counts });
        self.put_json(&end)?;
        let flushed = self.out.flush();
        flushed.map_err(|error| self.note(error))
    }

    fn put_json(&mut self, json: &serde_json::Value) -> Result<(), CatalogError> {
        self.put(format!("{json}\n").as_bytes())
    }

    fn put(&mut self, line: &[u8]) -> Result<(), CatalogError> {
        let written = self.out.write_all(line);
        written.map_err(|error| self.note(error))
    }

    /// Keeps the reason; the error only leaves the look at the catalog.
    fn note(&mut self, error: io::Error) -> CatalogError {
        self.failed = Some(error);
        CatalogError::abandon("a line could not be written")
    }
}
