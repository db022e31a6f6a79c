//! External folders, which are indexed in place and never written to.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use kalends_catalog::{CatalogError, Import, LibraryKind};
use kalends_model::{LibraryId, UserId};

use crate::library::Library;

/// Why a folder did not become a library.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It cannot be found or opened.
    #[error("cannot open the folder {}", .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// It is a file.
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// It lies inside a folder that is a library already, or around one: its files would be two
    /// assets each.
    #[error(
        "{} and {}, which is indexed already, lie one inside the other; name the outer one only",
        asked.display(),
        known.display()
    )]
    Nested {
        /// The folder that was named.
        asked: PathBuf,
        /// The folder of a library.
        known: PathBuf,
    },
    /// It holds the data folder or is a part of it, so that thumbnails would become photos.
    #[error(
        "{} overlaps the data folder {}; name another folder, or choose another data folder with --data",
        .0.display(),
        .1.display()
    )]
    Data(PathBuf, PathBuf),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Library {
    /// Makes `folder` a library of `owner`. A folder of a library keeps it, and a library that is
    /// in the trash comes out of it.
    pub fn add_folder(&self, owner: UserId, folder: &Path) -> Result<LibraryId, FolderError> {
        let folder = self.usable_folder(folder)?;
        let libraries = self.read(|reader| reader.libraries_of(owner))?;
        for library in libraries.iter().filter(|library| !library.is_removed) {
            for known in import_folders(library) {
                if known == folder {
                    if library.trashed_at.is_some() {
                        self.write(|writer| writer.set_library_trashed(library.id, false))?;
                    }
                    return Ok(library.id);
                }
                if is_nested(&folder, &known) {
                    return Err(FolderError::Nested { asked: folder, known });
                }
            }
        }
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        let library = kalends_catalog::Library::new(
            self.new_id(LibraryId::from_random),
            owner,
            name.to_string_lossy().into_owned(),
            LibraryKind::External(Import::of(path_bytes(&folder).to_vec())),
            self.now(),
        );
        self.write(|writer| writer.create_library(&library))?;
        Ok(library.id)
    }

    /// The folder's one whole path, when it is a folder that can be indexed.
    pub(crate) fn usable_folder(&self, folder: &Path) -> Result<PathBuf, FolderError> {
        let unreadable = |error| FolderError::Unreadable(folder.to_owned(), error);
        let found = folder.canonicalize().map_err(unreadable)?;
        if !found.is_dir() {
            return Err(FolderError::NotAFolder(found));
        }
        std::fs::read_dir(&found).map_err(unreadable)?;
        let data = self.data().canonicalize().map_err(unreadable)?;
        let is_ours = OUR_FOLDERS.iter().any(|ours| found.starts_with(data.join(ours)));
        if data.starts_with(&found) || is_ours {
            return Err(FolderError::Data(found, data));
        }
        Ok(found)
    }
}

/// What lies in the data folder that a library could be made of by mistake.
const OUR_FOLDERS: [&str; 3] = [UPLOADS, "derived", "shelves"];

/// Where uploads lie in the data folder.
const UPLOADS: &str = "uploads";

/// The folders of an external library; none for uploads.
pub fn import_folders(library: &kalends_catalog::Library) -> Vec<PathBuf> {
    let folders = library.import().map_or(&[][..], |import| &import.folders);
    folders.iter().map(|folder| path_from_bytes(folder)).collect()
}

/// The folder of an external library that holds the file at this whole path, as the catalog keeps
/// it, and the way from there. `None` for uploads, and for a file outside the library's folders.
pub fn within(library: &kalends_catalog::Library, path: &[u8]) -> Option<(PathBuf, PathBuf)> {
    let folders = &library.import()?.folders;
    let folder = path_from_bytes(folders.iter().find(|folder| lies_in(path, folder))?);
    let rest = path_from_bytes(path).strip_prefix(&folder).ok()?.to_owned();
    Some((folder, rest))
}

/// What the paths of this library's files are relative to: nothing where they are whole, as in
/// external libraries.
pub(crate) fn folder_of(data: &Path, library: &kalends_catalog::Library) -> PathBuf {
    match library.kind {
        LibraryKind::Uploads => data.join(UPLOADS),
        LibraryKind::External(_) => PathBuf::new(),
    }
}

/// Whether the whole path lies in the folder, both as bytes.
pub(crate) fn lies_in(path: &[u8], folder: &[u8]) -> bool {
    let inside = path.strip_prefix(folder);
    inside.is_some_and(|rest| folder.ends_with(b"/") || rest.first() == Some(&b'/'))
}

/// The bytes of a path, as the catalog keeps them.
pub(crate) fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// The path of bytes that [`path_bytes`] gave.
#[cfg(unix)]
pub(crate) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    OsStr::from_bytes(bytes).into()
}

/// The path of bytes that [`path_bytes`] gave. Here names are text.
#[cfg(not(unix))]
pub(crate) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    OsStr::new(&*String::from_utf8_lossy(bytes)).into()
}

pub(crate) fn is_nested(a: &Path, b: &Path) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_a_folder_is_told_by_whole_names() {
        assert!(lies_in(b"/photos/a.jpg", b"/photos") && lies_in(b"/a.jpg", b"/"));
        assert!(!lies_in(b"/photos-old/a.jpg", b"/photos") && !lies_in(b"/photos", b"/photos"));
    }

    #[test]
    fn a_file_is_found_in_the_folder_that_holds_it() {
        use kalends_model::UserId;
        let folders = vec![b"/a".to_vec(), b"/ab".to_vec()];
        let kind = LibraryKind::External(Import { folders, exclusions: Vec::new() });
        let (id, owner) = (LibraryId::from_bytes([1; 16]), UserId::from_bytes([2; 16]));
        let library = kalends_catalog::Library::new(id, owner, String::new(), kind, 0);
        assert_eq!(within(&library, b"/ab/c/d.jpg"), Some(("/ab".into(), "c/d.jpg".into())));
        assert_eq!(within(&library, b"/c/d.jpg"), None);
        let uploads = kalends_catalog::Library { kind: LibraryKind::Uploads, ..library };
        assert_eq!(within(&uploads, b"/a/d.jpg"), None);
    }

    #[test]
    fn nesting_goes_by_whole_names() {
        assert!(is_nested(Path::new("/photos"), Path::new("/photos/2024")));
        assert!(is_nested(Path::new("/photos/2024"), Path::new("/photos")));
        assert!(!is_nested(Path::new("/photos"), Path::new("/photos-old")));
    }
}
