//! The data folder: where it is, and that one process owns it.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// A data folder that this process owns until it is dropped.
#[derive(Debug)]
pub(crate) struct OwnedFolder {
    path: PathBuf,
    /// Holds the lock; the operating system gives it back however the process ends.
    _lock: File,
}

/// Who owns a data folder.
pub(crate) enum Ownership {
    /// This process does.
    Ours(OwnedFolder),
    /// Another process does.
    Taken,
}

impl OwnedFolder {
    /// Makes the folder when it is missing and takes its lock.
    pub(crate) fn take(path: &Path) -> anyhow::Result<Ownership> {
        make_private(path).with_context(|| format!("make the data folder {}", path.display()))?;
        let lock_path = path.join("lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .with_context(|| format!("open {}", lock_path.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Ownership::Ours(Self { path: path.to_owned(), _lock: lock })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(Ownership::Taken),
            Err(std::fs::TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("lock {}", lock_path.display()))
            }
        }
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Secrets lie in the folder, so only its owner may look inside.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The data folder that was asked for, or this platform's.
pub(crate) fn serve_folder(asked: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    absolute(asked, |folders| folders.data_dir().to_owned())
}

/// The demo's folder that was asked for, or one in this platform's cache.
pub(crate) fn demo_folder(asked: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    absolute(asked, |folders| folders.cache_dir().join("demo"))
}

fn absolute(
    asked: Option<PathBuf>,
    default: impl Fn(&directories::ProjectDirs) -> PathBuf,
) -> anyhow::Result<PathBuf> {
    let path = match asked {
        Some(path) => path,
        None => match directories::ProjectDirs::from("", "", "kalends") {
            Some(folders) => default(&folders),
            None => bail!("this user has no home folder; name a data folder with --data DIR"),
        },
    };
    std::path::absolute(&path).with_context(|| format!("find {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_owner_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("new/data");
        let first = OwnedFolder::take(&path).unwrap();
        assert!(matches!(first, Ownership::Ours(_)));
        assert!(matches!(OwnedFolder::take(&path).unwrap(), Ownership::Taken));
        drop(first);
        assert!(matches!(OwnedFolder::take(&path).unwrap(), Ownership::Ours(_)));
    }
}
