//! Where an upload comes to lie, and how it gets there without ever replacing anything.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use kalends_catalog::{CatalogError, Reader};
use kalends_model::{AssetId, LibraryId, LocalTime, UserId};

use super::names;
use crate::folders::path_bytes;

/// How many numbers are tried behind a name before the asset's id is taken, which nobody else has.
const NUMBERS_MAX: u32 = 100;

/// Where a file is to lie, relative to the folder of uploads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) original: PathBuf,
    /// Beside it, for the sidecar if there is one.
    pub(super) sidecar: PathBuf,
}

impl Place {
    fn in_day(day: &Path, name: &str) -> Self {
        Self { original: day.join(name), sidecar: day.join(format!("{name}.xmp")) }
    }
}

/// What an upload's place depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) asset: AssetId,
    pub(super) owner: UserId,
    pub(super) library: LibraryId,
    /// The folder of the owner.
    pub(super) label: &'a str,
    pub(super) taken: LocalTime,
    pub(super) file_name: &'a str,
}

/// The folder of a day: `<label>/<year>/<day>`.
fn day_folder(label: &str, taken: LocalTime) -> PathBuf {
    let date = taken.civil().date;
    let year = format!("{:04}", date.year);
    let day = format!("{year}-{:02}-{:02}", date.month, date.day);
    [label, &year, &day].iter().collect()
}

/// A place that neither the catalog nor the disk has given to anything yet.
pub(super) fn free_place(
    folder: &Path,
    reader: &mut Reader<'_>,
    wanted: &Wanted<'_>,
) -> Result<Place, CatalogError> {
    let day = day_folder(wanted.label, wanted.taken);
    let name = names::stored(wanted.file_name);
    let numbered = (1..NUMBERS_MAX).map(|number| names::numbered(&name, number));
    let with_id = format!("{}-{name}", wanted.asset);
    for name in [name.clone()].into_iter().chain(numbered) {
        let place = Place::in_day(&day, &name);
        if is_free(folder, reader, wanted, &place.original)?
            && is_free(folder, reader, wanted, &place.sidecar)?
        {
            return Ok(place);
        }
    }
    Ok(Place::in_day(&day, &with_id))
}

fn is_free(
    folder: &Path,
    reader: &mut Reader<'_>,
    wanted: &Wanted<'_>,
    path: &Path,
) -> Result<bool, CatalogError> {
    if folder.join(path).symlink_metadata().is_ok() {
        return Ok(false);
    }
    Ok(reader.file_at(wanted.owner, wanted.library, path_bytes(path))?.is_none())
}

/// Moves a file to its place below `folder`, making the folders on the way. Fails with
/// [`ErrorKind::AlreadyExists`] when something lies there.
pub(super) fn put(folder: &Path, from: &Path, to: &Path) -> io::Result<()> {
    make_folders(folder, to.parent().unwrap_or(Path::new("")))?;
    rename_to_nothing(from, &folder.join(to))
}

/// Brings the entry of a placed file safely onto the disk.
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => sync_folder(folder),
        None => Ok(()),
    }
}

fn make_folders(base: &Path, relative: &Path) -> io::Result<()> {
    let mut folder = base.to_owned();
    for part in relative {
        let parent = folder.clone();
        folder.push(part);
        match std::fs::create_dir(&folder) {
            Ok(()) => sync_folder(&parent)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Here folders are not opened like files.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Renames without ever replacing. File systems that cannot are asked to link instead.
#[cfg(target_os = "linux")]
fn rename_to_nothing(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {
            link_to_nothing(from, to)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn rename_to_nothing(from: &Path, to: &Path) -> io::Result<()> {
    link_to_nothing(from, to)
}

/// A second name never replaces anything; then the first one goes.
fn link_to_nothing(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // A file system without links. Nobody but this process writes in the folder.
        Err(_) if to.symlink_metadata().is_ok() => Err(ErrorKind::AlreadyExists.into()),
        Err(_) => std::fs::rename(from, to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_folder_in_any_year() {
        let at = |micros| day_folder("anna", LocalTime::from_micros(micros));
        assert_eq!(at(1_700_000_000_000_000), Path::new("anna/2023/2023-11-14"));
        assert_eq!(at(-1), Path::new("anna/1969/1969-12-31"));
        for micros in [i64::MIN, i64::MAX, -70_000_000_000_000_000] {
            assert_eq!(at(micros).components().count(), 3, "{:?}", at(micros));
        }
    }

    #[test]
    fn a_file_is_moved_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let (base, from) = (folder.path().join("base"), folder.path().join("from"));
        std::fs::create_dir(&base).unwrap();
        for rename in [rename_to_nothing, link_to_nothing] {
            let to = Path::new("a/b/c.jpg");
            let _ = std::fs::remove_dir_all(base.join("a"));
            std::fs::write(&from, b"new").unwrap();
            make_folders(&base, to.parent().unwrap()).unwrap();
            rename(&from, &base.join(to)).unwrap();
            assert!(!from.exists());
            std::fs::write(&from, b"other").unwrap();
            let refused = rename(&from, &base.join(to)).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
            assert_eq!(std::fs::read(base.join(to)).unwrap(), b"new");
            assert!(from.exists(), "nothing is lost");
        }
        put(&base, &from, Path::new("x/y.jpg")).unwrap();
        assert_eq!(std::fs::read(base.join("x/y.jpg")).unwrap(), b"other");
    }
}
