//! Opening files below a folder, and nowhere else.
//!
//! A path from the catalog was true when it was written. By now a part of it may have become a
//! symbolic link to somewhere else; it is not followed, so nothing outside the folder is ever read.

use std::fs::File;
use std::io;
use std::path::{Component, Path};

/// Opens a regular file at `relative` below `folder`, for reading. Parts that lead elsewhere, such
/// as `..` and symbolic links, are refused.
pub(crate) fn open(folder: &Path, relative: &Path) -> io::Result<File> {
    let is_below = relative.components().all(|part| matches!(part, Component::Normal(_)));
    if !is_below || relative.as_os_str().is_empty() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let file = open_parts(folder, relative)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"))
    }
}

#[cfg(unix)]
fn open_parts(folder: &Path, relative: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, openat};
    // The folder itself may be a link: its owner chose it.
    let mut at = rustix::fs::open(folder, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let mut parts = relative.iter().peekable();
    while let Some(part) = parts.next() {
        // Opening a pipe would wait for its other end.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let kind = if parts.peek().is_some() { OFlags::DIRECTORY } else { OFlags::empty() };
        at = openat(&at, part, flags | kind, Mode::empty())?;
    }
    Ok(at.into())
}

#[cfg(not(unix))]
fn open_parts(folder: &Path, relative: &Path) -> io::Result<File> {
    let (folder, path) = (folder.canonicalize()?, folder.join(relative).canonicalize()?);
    if path.starts_with(folder) {
        File::open(path)
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn files_below_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
        std::fs::write(folder.path().join("a/b/c.jpg"), b"bytes").unwrap();
        let mut bytes = String::new();
        let mut file = open(folder.path(), Path::new("a/b/c.jpg")).unwrap();
        file.read_to_string(&mut bytes).unwrap();
        assert_eq!(bytes, "bytes");
    }

    #[test]
    fn nothing_else_is() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("photos");
        std::fs::create_dir_all(folder.join("a")).unwrap();
        std::fs::write(parent.path().join("secret"), b"secret").unwrap();
        std::fs::write(folder.join("real"), b"real").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink(parent.path().join("secret"), folder.join("link")).unwrap();
            symlink(parent.path(), folder.join("up")).unwrap();
            symlink("real", folder.join("inside")).unwrap();
        }
        let absolute = parent.path().join("secret");
        for path in ["../secret", "a/../../secret", "link", "up/secret", "inside", "a", "", "gone"]
            .map(Path::new)
            .into_iter()
            .chain([absolute.as_path()])
        {
            assert!(open(&folder, path).is_err(), "{path:?}");
        }
    }
}
