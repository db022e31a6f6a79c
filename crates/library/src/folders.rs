//! External folders: each is a read-only library of its owner.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use kalends_catalog::{CatalogError, LibraryKind};
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
    /// It holds the data folder, whose thumbnails would become photos.
    #[error("the data folder {} lies in {}; choose another with --data", .1.display(), .0.display())]
    Data(PathBuf, PathBuf),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Library {
    /// Makes `folder` a library of `owner`. A folder that is one already keeps its library.
    pub fn add_folder(&self, owner: UserId, folder: &Path) -> Result<LibraryId, FolderError> {
        let unreadable = |error| FolderError::Unreadable(folder.to_owned(), error);
        let folder = folder.canonicalize().map_err(unreadable)?;
        if !folder.is_dir() {
            return Err(FolderError::NotAFolder(folder));
        }
        let data = self.data.canonicalize().map_err(unreadable)?;
        if data.starts_with(&folder) {
            return Err(FolderError::Data(folder, data));
        }
        for library in self.read(|reader| reader.libraries_of(owner))? {
            let Some(known) = external_folder(&library) else { continue };
            if known == folder {
                return Ok(library.id);
            }
            if is_nested(&folder, &known) {
                return Err(FolderError::Nested { asked: folder, known });
            }
        }
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        let library = kalends_catalog::Library {
            id: self.new_id(LibraryId::from_random),
            owner,
            name: name.to_string_lossy().into_owned(),
            kind: LibraryKind::External(folder.as_os_str().as_encoded_bytes().to_vec()),
            created_at: self.now(),
            trashed_at: None,
            frozen_reason: None,
            scan: None,
        };
        self.write(|writer| writer.create_library(&library))?;
        Ok(library.id)
    }
}

/// The folder of an external library; `None` for uploads.
pub fn external_folder(library: &kalends_catalog::Library) -> Option<PathBuf> {
    match &library.kind {
        LibraryKind::Uploads => None,
        LibraryKind::External(bytes) => Some(path_from_bytes(bytes)),
    }
}

/// The folder that the paths of this library's files are relative to.
pub(crate) fn folder_of(data: &Path, library: &kalends_catalog::Library) -> PathBuf {
    external_folder(library).unwrap_or_else(|| data.join("uploads"))
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

fn is_nested(a: &Path, b: &Path) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_goes_by_whole_names() {
        assert!(is_nested(Path::new("/photos"), Path::new("/photos/2024")));
        assert!(is_nested(Path::new("/photos/2024"), Path::new("/photos")));
        assert!(!is_nested(Path::new("/photos"), Path::new("/photos-old")));
    }
}
