//! Comparing what a walk saw with the files that the catalog knows.
//!
//! A file is unchanged when its size and its time of modification are; its bytes are not read then.
//! A file that has gone while one with the same inode, size and time has come was renamed: its
//! asset keeps everything that a person has put on it.

use std::collections::{HashMap, HashSet};

use kalends_catalog::{FileRole, KnownFile};
use kalends_model::AssetId;

use super::walk::{Found, Inode, Passed, Stamp, Walked};
use crate::folders::path_bytes;

/// A file whose content must be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToRead {
    /// The file.
    pub found: Found,
    /// The asset that it is already, if it is one.
    pub asset: Option<AssetId>,
}

/// A file that has another name than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// Whose file.
    pub asset: AssetId,
    /// The path that the catalog knows.
    pub from: Vec<u8>,
    /// The file as it is now.
    pub to: Found,
}

/// What is to be done about a folder.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Media files in the folder.
    pub seen: u64,
    /// New and changed files.
    pub to_read: Vec<ToRead>,
    /// Renamed files.
    pub renamed: Vec<Renamed>,
    /// Assets whose original has gone, and that are not offline yet.
    pub vanished: Vec<AssetId>,
    /// Offline assets whose original is there again.
    pub returned: Vec<AssetId>,
    /// What the walk passed over.
    pub passed: Vec<Passed>,
    /// Recorded problems of files that are no longer there.
    pub solved: Vec<Vec<u8>>,
}

impl Comparison {
    /// Compares. `offline` are the library's offline assets, `problems` the paths with a recorded
    /// problem.
    pub fn of(
        walked: Walked,
        mut known: HashMap<Vec<u8>, KnownFile>,
        offline: &HashSet<AssetId>,
        mut problems: HashSet<Vec<u8>>,
    ) -> Self {
        let mut comparison = Self { seen: walked.files.len() as u64, ..Self::default() };
        let mut unchanged = Vec::new();
        let mut new = Vec::new();
        for found in walked.files {
            problems.remove(path_bytes(&found.path));
            match known.remove(path_bytes(&found.path)) {
                None => new.push(found),
                Some(file) => {
                    if offline.contains(&file.asset) {
                        comparison.returned.push(file.asset);
                    }
                    if stamp_of(&file) == found.stamp && has_known_sidecar(&found, &mut known) {
                        unchanged.push((file.asset, found));
                    } else {
                        comparison.to_read.push(ToRead { found, asset: Some(file.asset) });
                    }
                }
            }
        }
        for passed in &walked.passed {
            problems.remove(path_bytes(&passed.path));
        }
        comparison.solved = problems.into_iter().collect();
        comparison.passed = walked.passed;
        comparison.reread_without_sidecar(unchanged, &mut known);
        comparison.settle_new(new, known, offline);
        comparison
    }

    /// What is left of the known sidecars has gone; the photos beside which they lay say less now.
    fn reread_without_sidecar(
        &mut self,
        unchanged: Vec<(AssetId, Found)>,
        known: &mut HashMap<Vec<u8>, KnownFile>,
    ) {
        let gone = known.extract_if(|_, file| file.role == FileRole::Sidecar);
        let bereft: HashSet<AssetId> = gone.map(|(_, file)| file.asset).collect();
        if bereft.is_empty() {
            return;
        }
        let changed = unchanged.into_iter().filter(|(asset, _)| bereft.contains(asset));
        self.to_read.extend(changed.map(|(asset, found)| ToRead { found, asset: Some(asset) }));
    }

    /// Tells renamed files from new ones, and notes what has vanished.
    fn settle_new(
        &mut self,
        new: Vec<Found>,
        gone: HashMap<Vec<u8>, KnownFile>,
        offline: &HashSet<AssetId>,
    ) {
        let mut by_identity: HashMap<(Inode, Stamp), (Vec<u8>, AssetId)> = gone
            .iter()
            .filter_map(|(path, file)| {
                let inode = Inode { device: file.device?, number: file.inode? };
                Some(((inode, stamp_of(file)), (path.clone(), file.asset)))
            })
            .collect();
        let mut moved = HashSet::new();
        for found in new {
            let identity = found.inode.map(|inode| (inode, found.stamp));
            match identity.and_then(|identity| by_identity.remove(&identity)) {
                Some((from, asset)) => {
                    if offline.contains(&asset) {
                        self.returned.push(asset);
                    }
                    moved.insert(asset);
                    self.renamed.push(Renamed { asset, from, to: found });
                }
                None => self.to_read.push(ToRead { found, asset: None }),
            }
        }
        let vanished = gone.into_values().map(|file| file.asset);
        self.vanished
            .extend(vanished.filter(|asset| !moved.contains(asset) && !offline.contains(asset)));
        self.vanished.sort_unstable();
        self.vanished.dedup();
    }
}

fn stamp_of(file: &KnownFile) -> Stamp {
    Stamp { size_bytes: file.size, modified_ns: file.mtime_ns }
}

/// Whether the file's sidecar, or its lack of one, is what the catalog knows. A known sidecar that
/// is still there is taken out of `known`.
fn has_known_sidecar(found: &Found, known: &mut HashMap<Vec<u8>, KnownFile>) -> bool {
    match &found.sidecar {
        None => true,
        Some(sidecar) => known
            .remove(path_bytes(&sidecar.path))
            .is_some_and(|file| stamp_of(&file) == sidecar.stamp),
    }
}

#[cfg(test)]
mod tests {
    use super::super::walk::Sidecar;
    use super::*;
    use crate::file_kind::FileKind;

    fn asset(number: u8) -> AssetId {
        AssetId::from_bytes([number; 16])
    }

    fn found(path: &str, modified_ns: i64) -> Found {
        Found {
            path: path.into(),
            kind: FileKind::of_name("a.jpg").unwrap(),
            stamp: Stamp { size_bytes: 10, modified_ns },
            inode: None,
            sidecar: None,
        }
    }

    fn known(asset: AssetId, role: FileRole, mtime_ns: i64) -> KnownFile {
        KnownFile { asset, role, size: 10, mtime_ns, inode: Some(7), device: Some(1) }
    }

    fn compare(files: Vec<Found>, known: &[(&str, KnownFile)], offline: &[AssetId]) -> Comparison {
        let walked = Walked { files, ..Walked::default() };
        let known = known.iter().map(|(path, file)| (path.as_bytes().to_vec(), *file)).collect();
        Comparison::of(walked, known, &offline.iter().copied().collect(), HashSet::new())
    }

    #[test]
    fn an_unchanged_file_is_not_read() {
        let original = known(asset(1), FileRole::Original, 5);
        let same = compare(vec![found("a.jpg", 5)], &[("a.jpg", original)], &[]);
        assert!(same.to_read.is_empty() && same.vanished.is_empty() && same.seen == 1);
        let newer = compare(vec![found("a.jpg", 6)], &[("a.jpg", original)], &[]);
        assert_eq!(newer.to_read[0].asset, Some(asset(1)));
    }

    #[test]
    fn a_new_changed_or_vanished_sidecar_has_its_photo_read() {
        let original = known(asset(1), FileRole::Original, 5);
        let xmp = known(asset(1), FileRole::Sidecar, 3);
        let beside = |modified_ns| {
            let stamp = Stamp { size_bytes: 10, modified_ns };
            Found { sidecar: Some(Sidecar { path: "a.xmp".into(), stamp }), ..found("a.jpg", 5) }
        };
        let both = [("a.jpg", original), ("a.xmp", xmp)];
        assert!(compare(vec![beside(3)], &both, &[]).to_read.is_empty());
        assert_eq!(compare(vec![beside(4)], &both, &[]).to_read.len(), 1, "changed");
        assert_eq!(compare(vec![beside(3)], &both[..1], &[]).to_read.len(), 1, "new");
        let gone = compare(vec![found("a.jpg", 5)], &both, &[]);
        assert_eq!(gone.to_read.len(), 1, "vanished");
        assert!(gone.vanished.is_empty(), "the photo itself is there");
    }

    #[test]
    fn a_vanished_file_goes_offline_once_and_returns() {
        let original = known(asset(1), FileRole::Original, 5);
        assert_eq!(compare(vec![], &[("a.jpg", original)], &[]).vanished, [asset(1)]);
        assert!(compare(vec![], &[("a.jpg", original)], &[asset(1)]).vanished.is_empty());
        let back = compare(vec![found("a.jpg", 5)], &[("a.jpg", original)], &[asset(1)]);
        assert_eq!((back.returned, back.to_read.len()), (vec![asset(1)], 0));
    }

    #[test]
    fn a_renamed_file_keeps_its_asset() {
        let original = known(asset(1), FileRole::Original, 5);
        let inode = Some(Inode { device: 1, number: 7 });
        let moved = Found { inode, ..found("sorted/b.jpg", 5) };
        let renamed = compare(vec![moved], &[("a.jpg", original)], &[]);
        assert_eq!(renamed.renamed[0].asset, asset(1));
        assert_eq!(renamed.renamed[0].from, b"a.jpg");
        assert!(renamed.vanished.is_empty() && renamed.to_read.is_empty());
        let copied = Found { inode, ..found("b.jpg", 6) };
        let replaced = compare(vec![copied], &[("a.jpg", original)], &[]);
        assert_eq!((replaced.vanished.len(), replaced.to_read.len()), (1, 1), "another time");
    }

    #[test]
    fn the_problem_of_a_file_that_is_gone_is_solved() {
        let problems = HashSet::from([b"a.jpg".to_vec(), b"gone.jpg".to_vec()]);
        let walked = Walked { files: vec![found("a.jpg", 1)], ..Walked::default() };
        let comparison = Comparison::of(walked, HashMap::new(), &HashSet::new(), problems);
        assert_eq!(comparison.solved, [b"gone.jpg".to_vec()]);
    }
}
