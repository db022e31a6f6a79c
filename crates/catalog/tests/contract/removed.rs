//! Files whose assets were removed for good.

use kalends_catalog::{Catalog, FileRole, Import, Library, LibraryKind, NewFile};
use kalends_model::LibraryId;

use crate::build::{NOW, Owner, owner, photo, random, write};

contract! {
    only_originals_of_external_folders_are_remembered
}

fn file(path: &str, role: FileRole) -> NewFile {
    let path = path.as_bytes().to_vec();
    NewFile { path, role, size: 1, mtime_ns: 1, inode: None, device: None }
}

fn only_originals_of_external_folders_are_remembered(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let folder = Library::new(
        LibraryId::from_random(random()),
        alice.id,
        "Folder".to_owned(),
        LibraryKind::External(Import::of(b"/photos".to_vec())),
        NOW,
    );
    write(catalog, |w| w.create_library(&folder));
    let external = Owner { id: alice.id, library: folder.id };
    let mut kept = photo(external, 1);
    kept.files = vec![file("kept.jpg", FileRole::Original)];
    let mut removed = photo(external, 2);
    removed.files =
        vec![file("a/b.jpg", FileRole::Original), file("a/b.jpg.xmp", FileRole::Sidecar)];
    let mut upload = photo(alice, 3);
    upload.files = vec![file("u.jpg", FileRole::Original)];
    let ids = [removed.id, upload.id];
    write(catalog, |w| w.insert_assets(&[kept, removed, upload]));
    write(catalog, |w| w.delete_assets(alice.id, &ids));
    let removed_of = |library| {
        let paths = catalog.read(|r| r.removed_files(alice.id, library)).unwrap();
        paths.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(removed_of(folder.id), [b"a/b.jpg".to_vec()]);
    assert!(removed_of(alice.library).is_empty());
    write(catalog, |w| w.forget_removed(alice.id, folder.id, &[b"a/b.jpg".to_vec()]));
    assert!(removed_of(folder.id).is_empty());
}
