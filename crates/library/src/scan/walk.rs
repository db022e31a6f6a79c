//! Walking a folder: which media files lie in it, and what could not be looked at.
//!
//! The walk opens nothing. It lists each photo and video with what the file system says of it, and
//! each thing it had to pass over with the reason. Symbolic links are not followed, so a walk can
//! neither loop nor leave the folder. Names that begin with a dot or an `@` (thumbnail folders of
//! storage appliances) are passed over without a word, and so is what the library excludes.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::exclusions::Exclusions;
use crate::file_kind::{FileKind, SIDECAR_EXTENSION, extension};

/// A media file, as the walk saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The whole path.
    pub path: PathBuf,
    /// What its name says it is.
    pub kind: FileKind,
    /// Size and times: what tells a changed file from an unchanged one.
    pub stamp: Stamp,
    /// What the file system knows the file by, whatever its name.
    pub inode: Option<Inode>,
    /// The sidecar beside it.
    pub sidecar: Option<Sidecar>,
}

/// A sidecar beside a media file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sidecar {
    /// The whole path.
    pub path: PathBuf,
    /// Its size and times.
    pub stamp: Stamp,
}

/// What the file system says of a file's content without its being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Size in bytes.
    pub size_bytes: u64,
    /// Time of modification, in nanoseconds since 1970-01-01T00:00:00Z.
    pub modified_ns: i64,
}

impl Stamp {
    /// The stamp of a file with this metadata.
    pub fn of(metadata: &Metadata) -> Self {
        let modified_ns = metadata.modified().map_or(0, |modified| {
            match modified.duration_since(std::time::UNIX_EPOCH) {
                Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
                Err(before) => {
                    i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns)
                }
            }
        });
        Self { size_bytes: metadata.len(), modified_ns }
    }
}

/// What a file system knows a file by. A file keeps it when it is renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Inode {
    /// The file system.
    pub device: u64,
    /// The file's number in it.
    pub number: u64,
}

impl Inode {
    #[cfg(unix)]
    pub(crate) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        Some(Self { device: metadata.dev(), number: metadata.ino() })
    }

    #[cfg(not(unix))]
    pub(crate) fn of(_metadata: &Metadata) -> Option<Self> {
        None
    }
}

/// Something that was passed over, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The whole path.
    pub path: PathBuf,
    /// Why, as a clause that completes "not read: …".
    pub reason: String,
    /// Whether nothing is known of what is there, as in a folder that cannot be listed.
    pub is_unknown: bool,
}

/// All that a walk saw.
#[derive(Debug, Default)]
pub struct Walked {
    /// The media files, in no particular order.
    pub files: Vec<Found>,
    /// What was passed over.
    pub passed: Vec<Passed>,
    /// How many files there were, of any kind, and how many files and folders were excluded.
    pub entries_seen: u64,
}

/// Why a folder could not be walked at all.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// The folder is not there.
    #[error("the folder {} is not there", .0.display())]
    Missing(PathBuf),
    /// The folder is there but cannot be listed.
    #[error("the folder {} cannot be listed", .0.display())]
    Unlistable(PathBuf, #[source] std::io::Error),
}

/// Walks `folder` but for what `exclusions` pass over, calling `progress` once for each entry.
pub fn walk(
    folder: &Path,
    exclusions: &Exclusions,
    progress: &mut dyn FnMut(),
) -> Result<Walked, WalkError> {
    match std::fs::read_dir(folder) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(WalkError::Missing(folder.to_owned()));
        }
        Err(error) => return Err(WalkError::Unlistable(folder.to_owned(), error)),
    }
    let mut walked = Walked::default();
    let mut sidecars = std::collections::HashMap::new();
    let mut excluded = 0;
    let entries = walkdir::WalkDir::new(folder).min_depth(1).follow_links(false).into_iter();
    let entries = entries.filter_entry(|entry| {
        if is_passed_silently(entry.file_name()) {
            return false;
        }
        let is_excluded = exclusions.pass_over(entry.path(), entry.file_type().is_dir());
        excluded += u64::from(is_excluded);
        !is_excluded
    });
    for entry in entries {
        match entry {
            Ok(entry) => note(folder, &entry, &mut walked, &mut sidecars),
            Err(error) => walked.passed.push(passed_over(folder, &error)),
        }
        progress();
    }
    walked.entries_seen += excluded;
    for file in &mut walked.files {
        file.sidecar = sidecar_names(&file.path)
            .into_iter()
            .find_map(|path| sidecars.get(&path).map(|stamp| Sidecar { path, stamp: *stamp }));
    }
    Ok(walked)
}

fn is_passed_silently(name: &std::ffi::OsStr) -> bool {
    matches!(name.as_encoded_bytes().first(), Some(b'.' | b'@'))
}

fn note(
    folder: &Path,
    entry: &walkdir::DirEntry,
    walked: &mut Walked,
    sidecars: &mut std::collections::HashMap<PathBuf, Stamp>,
) {
    if entry.file_type().is_dir() {
        return;
    }
    walked.entries_seen += 1;
    let path = entry.path().to_owned();
    let name = entry.file_name().to_string_lossy();
    if extension(&name).as_deref() == Some(SIDECAR_EXTENSION) && entry.file_type().is_file() {
        if let Ok(metadata) = entry.metadata() {
            sidecars.insert(path, Stamp::of(&metadata));
        }
        return;
    }
    let Some(kind) = FileKind::of_name(&name) else { return };
    let mut pass = |path, reason: &str| {
        walked.passed.push(Passed { path, reason: reason.into(), is_unknown: false });
    };
    if entry.file_type().is_symlink() {
        pass(path, "it is a symbolic link, and links are not followed");
    } else if !entry.file_type().is_file() {
        pass(path, "it is not a regular file");
    } else {
        match entry.metadata() {
            Ok(metadata) => {
                let stamp = Stamp::of(&metadata);
                let inode = Inode::of(&metadata);
                walked.files.push(Found { path, kind, stamp, inode, sidecar: None });
            }
            Err(error) => walked.passed.push(passed_over(folder, &error)),
        }
    }
}

fn passed_over(folder: &Path, error: &walkdir::Error) -> Passed {
    let path = error.path().unwrap_or(folder).to_owned();
    let reason = match error.io_error() {
        Some(io) => io.to_string(),
        None => error.to_string(),
    };
    // What has gone since it was listed is known to have gone.
    let has_gone = error.io_error().is_some_and(|io| io.kind() == std::io::ErrorKind::NotFound);
    Passed { path, reason, is_unknown: !has_gone }
}

/// The names a sidecar may have, in the order of contract immich §E3.
pub(super) fn sidecar_names(path: &Path) -> [PathBuf; 2] {
    let mut appended = path.as_os_str().to_owned();
    appended.push(".");
    appended.push(SIDECAR_EXTENSION);
    [PathBuf::from(appended), path.with_extension(SIDECAR_EXTENSION)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        }
        folder
    }

    fn walk(folder: &Path) -> Result<Walked, WalkError> {
        super::walk(folder, &Exclusions::of(&[]), &mut || {})
    }

    fn name(folder: &Path, path: &Path) -> String {
        path.strip_prefix(folder).unwrap().to_string_lossy().into_owned()
    }

    fn names(folder: &Path, walked: &Walked) -> Vec<String> {
        let mut names: Vec<_> = walked.files.iter().map(|file| name(folder, &file.path)).collect();
        names.sort();
        names
    }

    #[test]
    fn media_files_are_found_at_any_depth_and_others_are_not() {
        let folder = tree(&["a.jpg", "b/c/d.MOV", "notes.txt", ".hidden/e.jpg", "@eaDir/f.jpg"]);
        let walked = walk(folder.path()).unwrap();
        assert_eq!(names(folder.path(), &walked), ["a.jpg", "b/c/d.MOV"]);
        assert_eq!(walked.passed, []);
    }

    #[test]
    fn what_is_excluded_is_not_found_but_shows_that_the_folder_is_not_empty() {
        let folder = tree(&["raw/a.dng", "raw/b.dng", "c.jpg", "d.tif"]);
        let patterns = ["**/raw/**", "**/*.{jpg,tif}"].map(str::to_owned);
        let walked = super::walk(folder.path(), &Exclusions::of(&patterns), &mut || {}).unwrap();
        assert_eq!((walked.files.len(), walked.passed.len()), (0, 0));
        assert_eq!(walked.entries_seen, 3);
    }

    #[test]
    fn the_sidecar_named_after_the_whole_file_comes_first() {
        let folder = tree(&["a.jpg", "a.jpg.xmp", "a.xmp", "b.jpg", "b.xmp"]);
        let walked = walk(folder.path()).unwrap();
        let sidecar = |of: &str| {
            let path = folder.path().join(of);
            let file = walked.files.iter().find(|file| file.path == path).unwrap();
            file.sidecar.as_ref().map(|sidecar| name(folder.path(), &sidecar.path))
        };
        assert_eq!(sidecar("a.jpg").as_deref(), Some("a.jpg.xmp"));
        assert_eq!(sidecar("b.jpg").as_deref(), Some("b.xmp"));
    }

    #[test]
    fn a_missing_folder_is_an_error_and_an_empty_one_is_not() {
        let folder = tree(&[]);
        assert!(walk(folder.path()).unwrap().files.is_empty());
        let missing = folder.path().join("gone");
        assert!(matches!(walk(&missing), Err(WalkError::Missing(_))));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_listed_and_never_followed() {
        let folder = tree(&["real/a.jpg"]);
        let link = |target: &str, name: &str| {
            std::os::unix::fs::symlink(folder.path().join(target), folder.path().join(name))
                .unwrap();
        };
        link("real", "real/loop");
        link("real/a.jpg", "alias.jpg");
        let walked = walk(folder.path()).unwrap();
        assert_eq!(names(folder.path(), &walked), ["real/a.jpg"]);
        assert_eq!(walked.passed.len(), 1);
        assert!(walked.passed[0].reason.contains("symbolic link"));
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8_are_found_byte_for_byte() {
        use std::os::unix::ffi::{OsStrExt, OsStringExt};
        let folder = tree(&[]);
        let name = std::ffi::OsString::from_vec(b"caf\xe9.jpg".to_vec());
        std::fs::write(folder.path().join(&name), b"x").unwrap();
        let walked = walk(folder.path()).unwrap();
        assert!(walked.files[0].path.as_os_str().as_bytes().ends_with(b"/caf\xe9.jpg"));
    }
}
