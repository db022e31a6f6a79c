//! Shelves kept on disk between two runs, so that a large library is ready at once.
//!
//! A cached shelf is named after its owner and its version and holds nothing that the catalog does
//! not: it can be deleted at any time. It is used only when the catalog's feed still tells what
//! happened since that version; then the rows touched since are read anew. Anything wrong with it,
//! and the shelf is loaded from the catalog as if there were none.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kalends_catalog::{CatalogError, Feed, Reader};
use kalends_model::{AssetId, ShelfBatch, UserId, Version};
use kalends_timeline::Shelf;

/// Smaller shelves are loaded from the catalog in no time.
const ROWS_MIN: usize = 20_000;

/// With more changed assets than this, loading afresh is no slower.
const CHANGED_MAX: usize = 50_000;

/// Changes that are read at a time.
const CHANGES_PER_READ: usize = 1_000;

/// The cached shelves of a data folder.
#[derive(Debug)]
pub(crate) struct ShelfCache {
    folder: PathBuf,
}

impl ShelfCache {
    pub(crate) fn new(data: &Path) -> Self {
        Self { folder: data.join("shelves") }
    }

    /// The owner's shelf as the catalog has it in this look, if a cached one can be brought there.
    pub(crate) fn load(
        &self,
        reader: &mut Reader<'_>,
        owner: UserId,
    ) -> Result<Option<Shelf>, CatalogError> {
        let Some(now) = reader.version(owner)? else { return Ok(None) };
        let Some((path, version)) = self.newest(owner) else { return Ok(None) };
        if version > now {
            // The catalog was put back to an earlier state; the same numbers mean other changes.
            self.forget(owner);
            return Ok(None);
        }
        let shelf = match read(&path, owner, version) {
            Ok(shelf) => shelf,
            Err(reason) => {
                tracing::warn!(path = %path.display(), reason, "a cached shelf is not usable");
                self.forget(owner);
                return Ok(None);
            }
        };
        let Some(changed) = changed_since(reader, owner, version, now)? else { return Ok(None) };
        let batch = batch(reader, owner, version, now, changed)?;
        Ok(shelf.apply(batch).ok())
    }

    /// Keeps a shelf in the place of older versions of it. Failing costs only time at the next start.
    pub(crate) fn keep(&self, shelf: &Shelf) {
        if shelf.len() < ROWS_MIN {
            return;
        }
        let path = self.path(shelf.owner(), shelf.version());
        if path.exists() {
            return;
        }
        let unfinished = path.with_extension("unfinished");
        let written = fs::create_dir_all(&self.folder)
            .and_then(|()| fs::write(&unfinished, shelf.to_bytes()))
            .and_then(|()| fs::rename(&unfinished, &path));
        match written {
            Ok(()) => self.forget_all_but(shelf.owner(), Some(&path)),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "a shelf cannot be cached");
                let _ = fs::remove_file(&unfinished);
            }
        }
    }

    fn path(&self, owner: UserId, version: Version) -> PathBuf {
        self.folder.join(format!("{owner}-{}.shelf", version.0))
    }

    fn newest(&self, owner: UserId) -> Option<(PathBuf, Version)> {
        self.files(owner).into_iter().max_by_key(|(_, version)| *version)
    }

    pub(crate) fn forget(&self, owner: UserId) {
        self.forget_all_but(owner, None);
    }

    fn forget_all_but(&self, owner: UserId, kept: Option<&Path>) {
        for (path, _) in self.files(owner) {
            if Some(&*path) != kept {
                // A file that stays is looked at again at the next start, and no harm is done.
                let _ = fs::remove_file(path);
            }
        }
    }

    fn files(&self, owner: UserId) -> Vec<(PathBuf, Version)> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let prefix = format!("{owner}-");
        let paths = entries.flatten().map(|entry| entry.path());
        let versions = paths.filter_map(|path| {
            let name = path.file_name()?.to_str()?;
            let version = name.strip_prefix(&prefix)?.strip_suffix(".shelf")?.parse().ok()?;
            Some((path, Version(version)))
        });
        versions.collect()
    }
}

fn read(path: &Path, owner: UserId, version: Version) -> Result<Shelf, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let shelf = Shelf::from_bytes(&bytes).map_err(|damaged| damaged.to_string())?;
    if shelf.owner() != owner || shelf.version() != version {
        return Err("it holds another shelf than its name says".to_owned());
    }
    Ok(shelf)
}

/// The assets touched since `version`; `None` when the feed no longer tells, or they are many.
fn changed_since(
    reader: &mut Reader<'_>,
    owner: UserId,
    version: Version,
    now: Version,
) -> Result<Option<BTreeSet<AssetId>>, CatalogError> {
    let mut changed = BTreeSet::new();
    let mut at = version;
    while at < now {
        let Feed::Changes(changes) = reader.changes_after(owner, at, CHANGES_PER_READ)? else {
            return Ok(None);
        };
        let Some(last) = changes.last() else { return Ok(None) };
        at = last.version;
        changed.extend(changes.iter().flat_map(|change| change.assets.iter().copied()));
        if changed.len() > CHANGED_MAX {
            return Ok(None);
        }
    }
    Ok(Some(changed))
}

fn batch(
    reader: &mut Reader<'_>,
    owner: UserId,
    from: Version,
    to: Version,
    changed: BTreeSet<AssetId>,
) -> Result<ShelfBatch, CatalogError> {
    let ids: Vec<AssetId> = changed.iter().copied().collect();
    let upserts = reader.rows_of(owner, &ids)?;
    let kept: BTreeSet<AssetId> = upserts.iter().map(|row| row.id).collect();
    let removals = changed.difference(&kept).copied().collect();
    Ok(ShelfBatch { owner, from, to, upserts, removals })
}
