//! The whole catalog as lines of JSON: the way out, the way in, and how a state is set up.
//!
//! The format is documented in `docs/export-format.md`: a header, one record a line, and an end that
//! counts the lines, so that a file which was cut off is refused. What records there are and what
//! their fields hold stands in [`kalends_catalog::portable`]; `record` and `text` say how they
//! are written. Both ways are streams: no more than a batch of records is in memory at a time.
//!
//! An export reads one moment, also while a server writes. An import makes a whole new catalog
//! beside the data folder's own and puts it in place when everything has been checked.

mod export;
mod files;
mod import;
mod record;
mod text;

pub use export::{ExportError, ExportOptions, Exported, export};
pub use files::{CopiedFiles, CopyError, copy_files_out};
pub use import::{ImportError, Imported, Step, import};
pub use record::fields_as_markdown;

/// What the first line of an export calls itself.
pub const FORMAT: &str = "kalends-export";
/// The version of the format that is written, and the newest that is read.
pub const VERSION: u64 = 1;
/// What the last line calls itself.
const END: &str = "end";
/// After how many records the progress is told.
const TOLD_EVERY: u64 = 1_000;
