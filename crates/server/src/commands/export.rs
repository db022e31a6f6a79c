//! `kalends export`: the whole catalog as lines of JSON.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use indicatif::ProgressBar;
use kalends_library::portable::{self, CopiedFiles, ExportOptions, Exported};
use kalends_library::{Clock as _, SystemClock};

use crate::cli::ExportArgs;
use crate::commands;
use crate::data_folder::{OwnedFolder, Ownership, serve_folder};

/// What is written to in the place of a file.
const STANDARD_OUTPUT: &str = "-";

/// Writes the export, and the files if they are wanted. Tells what was done on standard error, so
/// that standard output can hold the export.
pub(crate) fn run(args: ExportArgs) -> anyhow::Result<()> {
    let ExportArgs { file, sessions, with_files, external, data } = args;
    let data = serve_folder(data.data)?;
    let _owned = prepare(&data)?;
    let options = ExportOptions { sessions };
    let bar = ProgressBar::no_length().with_style(super::progress::counter());
    bar.set_message("records");
    let exported = if file == Path::new(STANDARD_OUTPUT) {
        let mut out = BufWriter::new(io::stdout().lock());
        write(&data, options, &mut out, &bar)?
    } else {
        write_file(&data, options, &file, &bar)?
    };
    bar.finish_and_clear();
    eprint!("{}", told(&exported, &file));
    if let Some(folder) = with_files {
        let bar = ProgressBar::no_length().with_style(super::progress::counter());
        bar.set_message("files");
        let mut progress = |done| bar.set_position(done);
        let copied = portable::copy_files_out(&data, &folder, external, &mut progress)?;
        bar.finish_and_clear();
        eprint!("{}", told_files(&copied, &folder));
        if copied.failed > 0 {
            bail!("{} files could not be copied", copied.failed);
        }
    }
    Ok(())
}

/// Sees to it that the catalog can be looked at. Where no server owns the folder, this process does,
/// until the export is done, and brings an older catalog up to date first.
fn prepare(data: &Path) -> anyhow::Result<Option<OwnedFolder>> {
    if !data.join("catalog.sqlite").exists() {
        bail!("there is no catalog in {}: name the data folder with --data DIR", data.display());
    }
    match OwnedFolder::take(data)? {
        Ownership::Ours(folder) => {
            commands::open_library(folder.path())?;
            Ok(Some(folder))
        }
        Ownership::Taken => Ok(None),
    }
}

fn write(
    data: &Path,
    options: ExportOptions,
    out: &mut dyn io::Write,
    bar: &ProgressBar,
) -> anyhow::Result<Exported> {
    let mut progress = |done| bar.set_position(done);
    Ok(portable::export(data, options, SystemClock.now_micros(), out, &mut progress)?)
}

/// Writes a file that does not exist yet; it has its name only once it is whole.
fn write_file(
    data: &Path,
    options: ExportOptions,
    file: &Path,
    bar: &ProgressBar,
) -> anyhow::Result<Exported> {
    if file.symlink_metadata().is_ok() {
        bail!("{} exists already: choose another name, an export never overwrites", file.display());
    }
    let mut unfinished = file.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let written = private_file(&unfinished).map_err(anyhow::Error::from).and_then(|created| {
        let mut out = BufWriter::new(created);
        let exported = write(data, options, &mut out, bar)?;
        out.flush()?;
        out.get_ref().sync_all()?;
        std::fs::rename(&unfinished, file)?;
        Ok(exported)
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&unfinished);
    }
    written.with_context(|| format!("write {}", file.display()))
}

/// An export holds hashes of passwords: it is for nobody but who made it.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn told(exported: &Exported, file: &Path) -> String {
    let parts = exported.by_kind.iter().map(|(kind, count)| format!("{count} {kind}"));
    let parts = parts.collect::<Vec<_>>().join(", ");
    let hint = if file == Path::new(STANDARD_OUTPUT) {
        String::new()
    } else {
        format!("Read it with: kalends import {} --data NEW_FOLDER\n", file.display())
    };
    format!("Exported {} records: {parts}.\n{hint}", exported.records)
}

fn told_files(copied: &CopiedFiles, folder: &Path) -> String {
    let CopiedFiles { files, bytes, there, failed, problems } = copied;
    let mut text = format!(
        "Copied {files} files ({bytes} bytes) to {}; {there} were there already.\n",
        folder.display()
    );
    for problem in problems {
        text.push_str(&format!("  not copied: {problem}\n"));
    }
    let unnamed = failed.saturating_sub(problems.len() as u64);
    if unnamed > 0 {
        text.push_str(&format!("  and {unnamed} more\n"));
    }
    text
}
