//! `kalends import`: an export into a data folder that has no users.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use indicatif::ProgressBar;
use kalends_library::portable::{self, Imported, Step};

use crate::cli::ImportArgs;
use crate::data_folder::{OwnedFolder, Ownership, serve_folder};

/// What is read from in the place of a file.
const STANDARD_INPUT: &str = "-";

/// Reads the export into the data folder, and gives the text to print.
pub(crate) fn run(args: ImportArgs) -> anyhow::Result<String> {
    let ImportArgs { file, with_files, data } = args;
    let data = serve_folder(data.data)?;
    let Ownership::Ours(folder) = OwnedFolder::take(&data)? else {
        bail!("a server owns {}; stop it first", data.display());
    };
    let spooled =
        if file == Path::new(STANDARD_INPUT) { Some(spool(folder.path())?) } else { None };
    let source = spooled.as_ref().map_or(file.as_path(), |spooled| spooled.0.as_path());
    let length = source.metadata().map_or(0, |metadata| metadata.len());
    let bar = ProgressBar::new(length).with_style(super::progress::bytes());
    bar.set_message("reading");
    let mut progress = |step| match step {
        Step::Lines(bytes) => bar.set_position(bytes),
        Step::Files(files) => bar.set_message(format!("{files} files")),
    };
    let imported = portable::import(folder.path(), source, with_files.as_deref(), &mut progress);
    bar.finish_and_clear();
    let imported = imported.with_context(|| {
        format!("nothing was imported from {} into {}", file.display(), data.display())
    })?;
    Ok(told(&imported, &data))
}

/// What came in by standard input, kept in a file until it is read: an error is looked up there.
struct Spooled(PathBuf);

impl Drop for Spooled {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn spool(data: &Path) -> anyhow::Result<Spooled> {
    let spooled = Spooled(data.join("import-input.jsonl"));
    let mut file =
        File::create(&spooled.0).with_context(|| format!("write {}", spooled.0.display()))?;
    io::copy(&mut io::stdin().lock(), &mut file).context("read standard input")?;
    Ok(spooled)
}

fn told(imported: &Imported, data: &Path) -> String {
    let parts = imported.by_kind.iter().map(|(kind, count)| format!("{count} {kind}"));
    let parts = parts.collect::<Vec<_>>().join(", ");
    let mut text = format!("Imported {} records: {parts}.\n", imported.records);
    if imported.files.files > 0 {
        let (files, bytes) = (imported.files.files, imported.files.bytes);
        text.push_str(&format!("Copied {files} files ({bytes} bytes).\n"));
    } else if imported.by_kind.contains_key("file") {
        text.push_str(&format!(
            "No files were copied: external folders are read where they are, and the originals of \
             uploads are looked for in {}.\n",
            data.join("uploads").display()
        ));
    }
    if imported.unknown_fields > 0 {
        text.push_str(&format!(
            "Passed over {} fields that mean nothing here, such as {}.\n",
            imported.unknown_fields,
            imported.unknown_named.join(", ")
        ));
    }
    text.push_str(&format!("Start it with: kalends serve --data {}\n", data.display()));
    text
}
