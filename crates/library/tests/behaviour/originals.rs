//! Originals are opened for reading only, and nothing is written beside them.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use kalends_specimen::{Scene, Video};
use sha2::{Digest as _, Sha256};

use crate::app::{App, photo};

/// What would betray a touch: bytes, size, mode, inode, times of modification and of change.
#[derive(Debug, PartialEq)]
struct Seen {
    bytes: Option<[u8; 32]>,
    size: u64,
    mode: u32,
    inode: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

fn look(folder: &Path, seen: &mut BTreeMap<PathBuf, Seen>) {
    let metadata = std::fs::symlink_metadata(folder).unwrap();
    let bytes = metadata.is_file().then(|| Sha256::digest(std::fs::read(folder).unwrap()).into());
    let entry = Seen {
        bytes,
        size: metadata.len(),
        mode: metadata.mode(),
        inode: metadata.ino(),
        modified: (metadata.mtime(), metadata.mtime_nsec()),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
    };
    seen.insert(folder.to_owned(), entry);
    if metadata.is_dir() {
        for entry in std::fs::read_dir(folder).unwrap() {
            look(&entry.unwrap().path(), seen);
        }
    }
}

fn seen(folder: &Path) -> BTreeMap<PathBuf, Seen> {
    let mut all = BTreeMap::new();
    look(folder, &mut all);
    all
}

fn set_mode(folder: &Path, files: u32, folders: u32) {
    for path in seen(folder).into_keys() {
        let mode = if path.is_dir() { folders } else { files };
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
}

#[test]
fn nothing_that_the_library_does_touches_an_original() {
    let app = App::new();
    app.write("2021/a.jpg", photo(2021, 3, 1).keyword("A/B").rating(3).to_bytes());
    app.write("2021/a.jpg.xmp", "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>");
    app.write("2021/broken.jpg", "garbage");
    app.write("clip.mp4", Video::new(Scene::Sea, 1, 32, 32).to_bytes());
    app.write("notes.txt", "notes");
    set_mode(&app.folder(), 0o444, 0o555);
    let before = seen(&app.folder());

    app.scan();
    assert!(app.row("2021/a.jpg").thumbhash.is_some());
    let assets: Vec<_> = app.assets().into_values().collect();
    app.library
        .write(|writer| {
            writer.set_rating(app.user, &assets, Some(5))?;
            writer.set_description(app.user, &assets, Some("edited"))?;
            writer.set_favorite(app.user, &assets, true)?;
            writer.trash(app.user, &assets)
        })
        .unwrap();
    app.library.clean_derived().unwrap();
    app.scan();
    app.library.keep_shelves();
    app.library.back_up(&app.root.path().join("backup.sqlite")).unwrap();
    app.library.write(|writer| writer.delete_assets(app.user, &assets)).unwrap();

    assert_eq!(seen(&app.folder()), before);
    // So that the folder can be removed by others than root.
    set_mode(&app.folder(), 0o644, 0o755);
}
