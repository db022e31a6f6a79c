//! Looking at the timeline by the folders that its files lie in.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use kalends_catalog::CatalogError;
use kalends_model::{AssetId, LibraryId, Visibility};

use crate::ask::{Ask, AskError};
use crate::folders::{path_bytes, path_from_bytes};
use crate::library::Library;
use crate::search::each_row;
use crate::viewer::Viewer;

impl Library {
    /// The folders that hold something of the viewer's live timeline, ascending.
    pub fn folders_shown(&self, viewer: &Viewer) -> Result<Vec<PathBuf>, AskError> {
        let mut shown = HashSet::new();
        let own = Ask { visibility: Some(Visibility::Timeline), ..Ask::default() };
        each_row(&self.question(viewer, &own)?, &mut |row| {
            shown.insert(row.id());
        });
        let folders = self.read(|reader| {
            // One look-up a file, and one allocation a folder.
            let mut known: HashMap<LibraryId, HashSet<Vec<u8>>> = HashMap::new();
            reader.each_original(viewer.user(), &mut |id, library, path| {
                let known = known.entry(library).or_default();
                let folder = folder_part(path);
                if !known.contains(folder) && shown.contains(&id) {
                    known.insert(folder.to_vec());
                }
            })?;
            let mut folders = BTreeSet::new();
            for library in reader.libraries_of(viewer.user())? {
                for folder in known.remove(&library.id).unwrap_or_default() {
                    folders.insert(without_end(&self.original_path(&library, &folder)));
                }
            }
            Ok(folders)
        });
        Ok(folders?.into_iter().collect())
    }

    /// Those of the viewer's live timeline that lie in this folder itself, by the names of their
    /// files.
    pub fn assets_in_folder(
        &self,
        viewer: &Viewer,
        folder: &Path,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let folder = without_end(folder);
        self.read(|reader| {
            let mut found = Vec::new();
            for library in reader.libraries_of(viewer.user())? {
                let base = self.original_path(&library, b"");
                let Ok(relative) = folder.strip_prefix(&base) else { continue };
                if library.trashed_at.is_some() {
                    continue;
                }
                let relative = path_bytes(relative);
                let below = reader.originals_below(viewer.user(), library.id, relative)?;
                let direct = below.into_iter().filter(|(_, path)| folder_part(path) == relative);
                found.extend(direct);
            }
            found.sort_by(|a, b| {
                path_from_bytes(&a.1).file_name().cmp(&path_from_bytes(&b.1).file_name())
            });
            let ids: Vec<AssetId> = found.into_iter().map(|(id, _)| id).collect();
            let standings = reader.asset_standings(&ids)?.into_iter();
            let shown = standings
                .filter(|asset| !asset.is_in_trash && asset.visibility == Visibility::Timeline);
            Ok(shown.map(|asset| asset.id).collect())
        })
    }
}

/// The folder of a file's path, without a slash at its end; empty at the top.
fn folder_part(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(end) => &path[..end],
        None => b"",
    }
}

/// The path without the slash at its end that joining nothing leaves.
fn without_end(path: &Path) -> PathBuf {
    path.components().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_what_stands_before_the_last_slash() {
        assert_eq!(folder_part(b"a.jpg"), b"");
        assert_eq!(folder_part(b"x/y/a.jpg"), b"x/y");
        assert_eq!(without_end(Path::new("/photos/")), Path::new("/photos"));
    }
}
