//! Files and problems.

use kalends_catalog::{Catalog, CatalogError, FileRole, KnownFile, NewFile};

use crate::build::{NOW, owner, photo, write};

contract! {
    files_are_known_by_their_path
    a_changed_file_takes_the_place_of_the_old
    a_path_belongs_to_one_asset
    deleting_an_asset_forgets_its_files
    problems_are_replaced_and_pruned
}

fn file(path: &[u8]) -> NewFile {
    NewFile {
        path: path.to_vec(),
        role: FileRole::Original,
        size: 1 << 40,
        mtime_ns: -5,
        inode: Some(u64::MAX),
        device: None,
    }
}

fn files_are_known_by_their_path(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let mut asset = photo(alice, 0);
    asset.files =
        vec![file(b"a/\xff.jpg"), NewFile { role: FileRole::Sidecar, ..file(b"a/x.xmp") }];
    write(catalog, |w| w.insert_assets(std::slice::from_ref(&asset)));
    let known = catalog.read(|r| r.files_of_library(alice.id, alice.library)).unwrap();
    let expected = KnownFile {
        asset: asset.id,
        role: FileRole::Original,
        size: 1 << 40,
        mtime_ns: -5,
        inode: Some(u64::MAX),
        device: None,
    };
    assert_eq!(known.len(), 2);
    assert_eq!(known.get(&b"a/\xff.jpg"[..]), Some(&expected));
    let at = |path| catalog.read(|r| r.file_at(alice.id, alice.library, path)).unwrap();
    assert_eq!(at(b"a/\xff.jpg"), Some(expected));
    assert_eq!(at(b"a"), None);
    let of_asset = catalog.read(|r| r.files_of_asset(alice.id, asset.id)).unwrap();
    let files = asset.files.iter().map(|file| (alice.library, file.clone()));
    assert_eq!(of_asset, files.collect::<Vec<_>>());
    let sizes = catalog.read(|r| r.statistics()).unwrap().file_bytes;
    assert_eq!(sizes, [(alice.id, alice.library, 2 << 40)]);
}

fn a_changed_file_takes_the_place_of_the_old(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let mut asset = photo(alice, 0);
    asset.files = vec![file(b"a.jpg")];
    write(catalog, |w| w.insert_assets(std::slice::from_ref(&asset)));
    let changed = NewFile { size: 9, ..file(b"a.jpg") };
    write(catalog, |w| w.put_file(alice.id, alice.library, asset.id, &changed));
    let at = || catalog.read(|r| r.file_at(alice.id, alice.library, b"a.jpg")).unwrap();
    assert_eq!(at().unwrap().size, 9);
    assert!(write(catalog, |w| w.forget_file(alice.id, alice.library, b"a.jpg")).value);
    assert!(!write(catalog, |w| w.forget_file(alice.id, alice.library, b"a.jpg")).value);
    assert_eq!(at(), None);
}

fn a_path_belongs_to_one_asset(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let mut new = [photo(alice, 0), photo(alice, 1)];
    new.iter_mut().for_each(|asset| asset.files = vec![file(b"a.jpg")]);
    let refused = catalog.write(NOW, &|_| false, |w| w.insert_assets(&new));
    assert!(matches!(refused, Err(CatalogError::Conflict(_))), "{refused:?}");
}

fn deleting_an_asset_forgets_its_files(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let mut asset = photo(alice, 0);
    asset.files = vec![file(b"a.jpg")];
    write(catalog, |w| w.insert_assets(std::slice::from_ref(&asset)));
    write(catalog, |w| w.delete_assets(alice.id, &[asset.id]));
    assert!(catalog.read(|r| r.files_of_library(alice.id, alice.library)).unwrap().is_empty());
    assert_eq!(catalog.read(|r| r.details(alice.id, asset.id)).unwrap(), None);
}

fn problems_are_replaced_and_pruned(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let note = |now, path: &[u8], reason: &str| {
        let done = catalog
            .write(now, &|_| false, |w| w.note_problem(alice.id, alice.library, path, reason));
        done.unwrap();
    };
    note(1, b"b.jpg", "cut off");
    note(1, b"\xff.jpg", "empty");
    note(2, b"b.jpg", "still cut off");
    let seen = || {
        let problems = catalog.read(|r| r.problems_of(alice.id, alice.library, 10)).unwrap();
        problems.into_iter().map(|p| (p.path, p.reason, p.seen_at)).collect::<Vec<_>>()
    };
    let cut_off = (b"b.jpg".to_vec(), "still cut off".to_owned(), 2);
    assert_eq!(seen(), [cut_off.clone(), (b"\xff.jpg".to_vec(), "empty".to_owned(), 1)]);
    assert_eq!(catalog.read(|r| r.problem_count(alice.id, alice.library)).unwrap(), 2);
    write(catalog, |w| w.prune_problems(alice.id, alice.library, 2));
    assert_eq!(seen(), [cut_off]);
    write(catalog, |w| w.clear_problem(alice.id, alice.library, b"b.jpg"));
    assert_eq!(seen(), []);
}
