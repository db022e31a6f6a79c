//! Which paths of an external library are passed over: patterns such as `**/@eaDir/**`, matched
//! with the whole path (contract immich §D4, libraries).
//!
//! `*` and `?` stay within a name, `**` spans any number of folders. A pattern that ends in `/**`
//! keeps the walk out of the folder itself.

use std::path::Path;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// What a pattern ends in that means all that lies in a folder.
const WHOLE_FOLDER: &str = "/**";

/// The patterns of a library, ready to be matched.
#[derive(Clone, Debug)]
pub struct Exclusions {
    paths: GlobSet,
    folders: GlobSet,
}

impl Exclusions {
    /// Of these patterns. Those that are none match nothing: they are refused when they are given.
    pub fn of(patterns: &[String]) -> Self {
        let whole_folders =
            patterns.iter().filter_map(|pattern| pattern.strip_suffix(WHOLE_FOLDER));
        Self {
            paths: set(patterns.iter().map(String::as_str)),
            folders: set(whole_folders.filter(|folder| !folder.is_empty())),
        }
    }

    /// Whether the file or folder at this whole path is passed over.
    pub fn pass_over(&self, path: &Path, is_folder: bool) -> bool {
        self.paths.is_match(path) || (is_folder && self.folders.is_match(path))
    }
}

/// Why `pattern` is no pattern, in a clause.
pub fn fault_of(pattern: &str) -> Option<String> {
    glob(pattern).err().map(|error| error.kind().to_string())
}

fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).build()
}

fn set<'a>(patterns: impl Iterator<Item = &'a str>) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for glob in patterns.filter_map(|pattern| glob(pattern).ok()) {
        builder.add(glob);
    }
    // Only patterns that are too large together fail here, and nothing is better than too much.
    builder.build().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_paths_and_keep_out_of_folders() {
        let patterns = ["**/@eaDir/**", "**/._*", "**/*.tif", "/photos/raw/**"].map(str::to_owned);
        let exclusions = Exclusions::of(&patterns);
        let file = |path: &str| exclusions.pass_over(Path::new(path), false);
        let folder = |path: &str| exclusions.pass_over(Path::new(path), true);
        assert!(file("/photos/@eaDir/a.jpg") && folder("/photos/@eaDir"));
        assert!(file("/photos/a/._b.jpg") && file("/photos/a.tif"));
        assert!(folder("/photos/raw") && file("/photos/raw/2024/a.jpg"));
        assert!(!file("/photos/a.jpg") && !folder("/photos") && !folder("/other/raw"));
        assert!(!file("/photos/@eaDir"), "a file of that name");
    }

    #[test]
    fn what_is_no_pattern_is_told_and_matches_nothing() {
        assert_eq!(fault_of("**/a?.[ch]*"), None);
        assert!(fault_of("a{b").is_some() && fault_of("[z-a]").is_some());
        assert!(!Exclusions::of(&["[".to_owned()]).pass_over(Path::new("["), false));
    }
}
