//! The files that an export speaks of: copied beside it, and from there into a data folder.
//!
//! They keep their paths: uploads lie under `uploads`, the files of an external folder under
//! `external` and the library's id. Copies never replace anything, and are compared with the
//! SHA-256 that the catalog knows.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use kalends_catalog::portable::CarriedFile;
use kalends_catalog::{Catalog, CatalogError, Library, LibraryKind, OpenError};
use sha2::{Digest as _, Sha256};

use crate::beneath;
use crate::folders::{folder_of, path_from_bytes, within};
use crate::uploads::waiting_place;

/// The most files that are read from the catalog at a time.
const BATCH_FILES_MAX: usize = 1_000;

/// How many files that could not be copied are named.
const PROBLEMS_NAMED_MAX: usize = 20;

const BUFFER_BYTES: usize = 1 << 20;

/// What was copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopiedFiles {
    /// How many files.
    pub files: u64,
    /// How many bytes.
    pub bytes: u64,
    /// How many were there already, from an earlier try.
    pub there: u64,
    /// How many could not be copied.
    pub failed: u64,
    /// Some of those, each with the reason.
    pub problems: Vec<String>,
}

/// Why files were not copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The catalog cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The catalog cannot be read.
    #[error("cannot read the catalog")]
    Catalog(#[from] CatalogError),
    /// A file that the export speaks of is missing or another one.
    #[error("{}: {problem}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// There are files already where uploads should be put.
    #[error("{} holds files already: move them away, or import into an empty data folder", .0.display())]
    NotEmpty(PathBuf),
}

/// Copies the files of uploads, and of external folders too if `external`, to the folder `to`. A
/// file that cannot be copied is counted and stops nothing. What is there already with the same
/// size stays. The number of files so far is told to `progress`.
pub fn copy_files_out(
    data: &Path,
    to: &Path,
    external: bool,
    progress: &mut dyn FnMut(u64),
) -> Result<CopiedFiles, CopyError> {
    let mut copied = CopiedFiles::default();
    for_each_file(data, &mut |library, file| {
        let is_external = library.kind != LibraryKind::Uploads;
        if is_external && !external {
            return Ok(());
        }
        let path = path_from_bytes(&file.path);
        let outcome = match beside(to, library, &path) {
            Some(to) => copy(|| open(data, library, file), &to, file),
            None => Err("its path leads out of its folder".to_owned()),
        };
        match outcome {
            Ok(Outcome::Copied) => {
                copied.files += 1;
                copied.bytes += file.size;
            }
            Ok(Outcome::There) => copied.there += 1,
            Err(problem) => {
                copied.failed += 1;
                if copied.problems.len() < PROBLEMS_NAMED_MAX {
                    let from = folder_of(data, library).join(&path);
                    copied.problems.push(format!("{}: {problem}", from.display()));
                }
            }
        }
        progress(copied.files + copied.there);
        Ok(())
    })?;
    Ok(copied)
}

/// Copies the uploads that the catalog in the folder `catalog` knows from the folder `from`, where
/// [`copy_files_out`] put them, into the folder `uploads`. The first file that is missing, or is not
/// the one that the catalog knows, ends it.
pub(super) fn copy_files_in(
    catalog: &Path,
    from: &Path,
    uploads: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<CopiedFiles, CopyError> {
    let mut copied = CopiedFiles::default();
    for_each_file(catalog, &mut |library, file| {
        if library.kind != LibraryKind::Uploads {
            return Ok(());
        }
        let path = path_from_bytes(&file.path);
        let refused = |path: PathBuf, problem| CopyError::File { path, problem };
        let (Some(from), Some(to)) = (beside(from, library, &path), below(uploads, &path)) else {
            return Err(refused(path, "its path leads out of its folder".to_owned()));
        };
        copy(|| File::open(&from), &to, file).map_err(|problem| refused(from, problem))?;
        copied.files += 1;
        copied.bytes += file.size;
        progress(copied.files);
        Ok(())
    })?;
    Ok(copied)
}

/// Puts the uploads that [`copy_files_in`] copied to `staged` into the folder `data`, which must
/// have none.
pub(super) fn put_uploads_in_place(staged: &Path, data: &Path) -> Result<(), CopyError> {
    let to = data.join("uploads");
    let has_files = walkdir::WalkDir::new(&to)
        .into_iter()
        .any(|entry| entry.is_ok_and(|entry| !entry.file_type().is_dir()));
    if has_files {
        return Err(CopyError::NotEmpty(to));
    }
    if !staged.exists() {
        return Ok(());
    }
    let failed =
        |error: io::Error| CopyError::File { path: to.clone(), problem: error.to_string() };
    if to.exists() {
        fs::remove_dir_all(&to).map_err(failed)?;
    }
    fs::rename(staged, &to).map_err(failed)
}

/// Where the copy of a library's file lies in the folder of copies.
fn beside(folder: &Path, library: &Library, path: &Path) -> Option<PathBuf> {
    match library.kind {
        LibraryKind::Uploads => below(&folder.join("uploads"), path),
        LibraryKind::External(_) => {
            below(&folder.join("external").join(library.id.to_string()), path)
        }
    }
}

/// The path below the folder; none when it could lead elsewhere.
fn below(folder: &Path, path: &Path) -> Option<PathBuf> {
    let mut below = folder.to_owned();
    for part in path.components() {
        match part {
            Component::Normal(name) => below.push(name),
            Component::RootDir => {}
            Component::Prefix(_) | Component::CurDir | Component::ParentDir => return None,
        }
    }
    (below != folder).then_some(below)
}

fn for_each_file(
    data: &Path,
    each: &mut dyn FnMut(&Library, &CarriedFile) -> Result<(), CopyError>,
) -> Result<(), CopyError> {
    let mut last = None;
    loop {
        // One look each, so that no long one keeps the catalog's log from being written back.
        let (libraries, files) = Catalog::look(data, |reader| {
            Ok((reader.libraries()?, reader.carried_files_after(last.as_ref(), BATCH_FILES_MAX)?))
        })??;
        for file in &files {
            if let Some(library) = libraries.iter().find(|library| library.id == file.library) {
                each(library, file)?;
            }
        }
        match files.into_iter().next_back() {
            Some(file) => last = Some(file),
            None => return Ok(()),
        }
    }
}

enum Outcome {
    Copied,
    There,
}

/// Opens a file of a library. An upload may still be on its way to its place.
fn open(data: &Path, library: &Library, file: &CarriedFile) -> io::Result<File> {
    if let Some((folder, rest)) = within(library, &file.path) {
        return beneath::open(&folder, &rest);
    }
    let uploads = folder_of(data, library);
    let in_place = || beneath::open(&uploads, &path_from_bytes(&file.path));
    match in_place() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let waiting = File::open(waiting_place(&uploads, file.asset, file.role));
            waiting.or_else(|_| in_place())
        }
        outcome => outcome,
    }
}

/// Copies a file to where there is none, or says why not.
fn copy(
    open: impl FnOnce() -> io::Result<File>,
    to: &Path,
    known: &CarriedFile,
) -> Result<Outcome, String> {
    let text = |error: io::Error| error.to_string();
    match fs::metadata(to) {
        Ok(there) if there.len() == known.size => return Ok(Outcome::There),
        Ok(_) => return Err("another file lies where its copy belongs".to_owned()),
        Err(_) => {}
    }
    let mut source = open().map_err(text)?;
    if !source.metadata().map_err(text)?.is_file() {
        return Err("it is not a file".to_owned());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(text)?;
    }
    let mut unfinished = to.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let copied = copy_bytes(&mut source, &unfinished, known);
    match copied {
        Ok(()) => fs::rename(&unfinished, to).map_err(text).map(|()| Outcome::Copied),
        Err(problem) => {
            let _ = fs::remove_file(&unfinished);
            Err(problem)
        }
    }
}

fn copy_bytes(source: &mut File, to: &Path, known: &CarriedFile) -> Result<(), String> {
    let text = |error: io::Error| error.to_string();
    let mut target = File::create(to).map_err(text)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let length = source.read(&mut buffer).map_err(text)?;
        if length == 0 {
            break;
        }
        hash.update(&buffer[..length]);
        target.write_all(&buffer[..length]).map_err(text)?;
    }
    let hash: [u8; 32] = hash.finalize().into();
    if known.sha256.is_some_and(|known| known != hash) {
        return Err("its bytes are not those that the catalog knows".to_owned());
    }
    target.set_modified(since_1970(known.mtime_ns)).map_err(text)?;
    target.sync_all().map_err(text)
}

fn since_1970(nanos: i64) -> SystemTime {
    let distance = Duration::from_nanos(nanos.unsigned_abs());
    let epoch = SystemTime::UNIX_EPOCH;
    let time = if nanos < 0 { epoch.checked_sub(distance) } else { epoch.checked_add(distance) };
    time.unwrap_or(epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_folder() {
        let folder = Path::new("/copies");
        assert_eq!(below(folder, Path::new("a/b.jpg")), Some("/copies/a/b.jpg".into()));
        assert_eq!(below(folder, Path::new("/photos/b.jpg")), Some("/copies/photos/b.jpg".into()));
        for path in ["../b.jpg", "a/../../b.jpg", "", "/"] {
            assert_eq!(below(folder, Path::new(path)), None, "{path}");
        }
    }
}
