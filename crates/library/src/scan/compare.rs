//! Comparing what a walk saw with the files that the catalog knows.
//!
//! A file is unchanged when its size and its time of modification are; its bytes are not read then.
//! A file that has gone while one with the same inode, size and time has come was renamed: its
//! asset keeps everything that a person has put on it.

use std::collections::{HashMap, HashSet};

use kalends_catalog::{FileRole, KnownFile};
use kalends_model::AssetId;

use super::walk::{Found, Inode, Passed, Stamp, Walked, sidecar_names};
use crate::folders::{path_bytes, path_from_bytes};

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
    /// New and changed files, and those whose sidecar is another one now.
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
    /// Known sidecars that lie beside nothing any more. To be forgotten once `to_read` is read.
    pub gone_sidecars: Vec<Vec<u8>>,
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
        forget_what_is_unknown(&walked.passed, &mut known, &mut problems);
        for path in walked.files.iter().map(|found| &found.path) {
            problems.remove(path_bytes(path));
        }
        for passed in &walked.passed {
            problems.remove(path_bytes(&passed.path));
        }
        let mut comparison = Self {
            seen: walked.files.len() as u64,
            passed: walked.passed,
            solved: problems.into_iter().collect(),
            ..Self::default()
        };
        let (sidecars, originals) =
            known.into_iter().partition(|(_, file)| file.role == FileRole::Sidecar);
        let sidecars = Sidecars::new(sidecars, &walked.files);
        comparison.settle(walked.files, originals, &sidecars, offline);
        comparison.gone_sidecars = sidecars.gone.into_iter().collect();
        comparison
    }

    fn settle(
        &mut self,
        files: Vec<Found>,
        mut originals: HashMap<Vec<u8>, KnownFile>,
        sidecars: &Sidecars,
        offline: &HashSet<AssetId>,
    ) {
        let mut new = Vec::new();
        for found in files {
            let Some(file) = originals.remove(path_bytes(&found.path)) else {
                new.push(found);
                continue;
            };
            if offline.contains(&file.asset) {
                self.returned.push(file.asset);
            }
            if stamp_of(&file) != found.stamp || !sidecars.are_known(&found) {
                self.to_read.push(ToRead { found, asset: Some(file.asset) });
            }
        }
        self.settle_new(new, originals, sidecars, offline);
    }

    /// Tells renamed files from new ones, and notes what has vanished.
    fn settle_new(
        &mut self,
        new: Vec<Found>,
        gone: HashMap<Vec<u8>, KnownFile>,
        sidecars: &Sidecars,
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
                    if !sidecars.moved_along(&from, &found) {
                        self.to_read.push(ToRead { found: found.clone(), asset: Some(asset) });
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

/// The sidecars that the catalog knows. One can lie beside several files.
struct Sidecars {
    known: HashMap<Vec<u8>, Stamp>,
    /// Those of them that lie beside none of the files that are there.
    gone: HashSet<Vec<u8>>,
}

impl Sidecars {
    fn new(known: HashMap<Vec<u8>, KnownFile>, files: &[Found]) -> Self {
        let known: HashMap<Vec<u8>, Stamp> =
            known.into_iter().map(|(path, file)| (path, stamp_of(&file))).collect();
        let mut gone: HashSet<Vec<u8>> = known.keys().cloned().collect();
        for sidecar in files.iter().filter_map(|found| found.sidecar.as_ref()) {
            gone.remove(path_bytes(&sidecar.path));
        }
        Self { known, gone }
    }

    /// Whether the file's sidecar, or its lack of one, is what the file was read with.
    fn are_known(&self, found: &Found) -> bool {
        let is_known = found.sidecar.as_ref().is_none_or(|sidecar| {
            self.known.get(path_bytes(&sidecar.path)) == Some(&sidecar.stamp)
        });
        is_known && !sidecar_names(&found.path).iter().any(|n| self.gone.contains(path_bytes(n)))
    }

    /// Whether a file that was at `from` has the sidecar that it had there, or none as before.
    fn moved_along(&self, from: &[u8], to: &Found) -> bool {
        let names = sidecar_names(&path_from_bytes(from));
        let before = names.iter().find_map(|name| self.known.get(path_bytes(name)));
        before == to.sidecar.as_ref().map(|sidecar| &sidecar.stamp)
    }
}

/// Takes out what lies where the walk could not look: it is not known to have vanished.
fn forget_what_is_unknown(
    passed: &[Passed],
    known: &mut HashMap<Vec<u8>, KnownFile>,
    problems: &mut HashSet<Vec<u8>>,
) {
    for passed in passed.iter().filter(|passed| passed.is_unknown) {
        let place = path_bytes(&passed.path);
        let lies_there = |path: &[u8]| {
            let inside = path.strip_prefix(place);
            let ends_name = |rest: &[u8]| rest.is_empty() || rest[0] == b'/';
            inside.is_some_and(|rest| place.ends_with(b"/") || ends_name(rest))
        };
        known.retain(|path, _| !lies_there(path));
        problems.retain(|path| !lies_there(path));
    }
}

fn stamp_of(file: &KnownFile) -> Stamp {
    Stamp { size_bytes: file.size, modified_ns: file.mtime_ns }
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

    #[test]
    fn what_lies_in_a_folder_that_cannot_be_listed_has_not_vanished() {
        let files = [
            ("a/b.jpg", known(asset(1), FileRole::Original, 5)),
            ("a/b.xmp", known(asset(1), FileRole::Sidecar, 5)),
            ("ab.jpg", known(asset(2), FileRole::Original, 5)),
        ];
        let known = || files.iter().map(|(path, f)| (path.as_bytes().to_vec(), *f)).collect();
        let passed = |is_unknown| {
            vec![Passed { path: "a".into(), reason: "permission denied".to_owned(), is_unknown }]
        };
        let compared = |is_unknown| {
            let walked = Walked { passed: passed(is_unknown), ..Walked::default() };
            let problems = HashSet::from([b"a/c.jpg".to_vec()]);
            Comparison::of(walked, known(), &HashSet::new(), problems)
        };
        let unknown = compared(true);
        assert_eq!(unknown.vanished, [asset(2)]);
        assert!(unknown.gone_sidecars.is_empty() && unknown.solved.is_empty());
        assert_eq!(compared(false).vanished.len(), 2, "a link has taken its place");
    }
}
