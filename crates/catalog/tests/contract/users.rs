//! Users, settings and libraries.

use kalends_catalog::{
    Catalog, CatalogError, FileRole, Import, Library, LibraryKind, NewFile, Scan, User,
};
use kalends_model::LibraryId;

use crate::build::{NOW, owner, photos, random, user, write};

contract! {
    a_user_is_found_by_id_and_by_email
    an_email_is_taken_once
    secrets_are_kept_and_replaced
    a_deleted_user_stays_known
    settings_are_kept
    the_first_start_is_kept
    a_library_is_renamed_trashed_frozen_and_scanned
    a_library_folder_need_not_be_text
    a_removed_library_is_forgotten_with_its_assets
    numbers_add_up
}

fn a_user_is_found_by_id_and_by_email(catalog: &Catalog) {
    let alice =
        User { is_admin: true, quota_bytes: Some(u64::MAX >> 1), ..user("Alice@Example.org") };
    write(catalog, |w| w.create_user(&alice, None));
    let kept = User { email: "alice@example.org".to_owned(), ..alice.clone() };
    let found = |email: &str| catalog.read(|r| r.user_by_email(email)).unwrap();
    assert_eq!(found("ALICE@example.ORG"), Some(kept.clone()));
    assert_eq!(found("bob@example.org"), None);
    assert_eq!(catalog.read(|r| r.user(alice.id)).unwrap(), Some(kept.clone()));
    write(catalog, |w| w.rename_user(alice.id, "Alicia"));
    let renamed = User { name: "Alicia".to_owned(), ..kept };
    assert_eq!(catalog.read(|r| r.users()).unwrap(), [renamed]);
}

fn an_email_is_taken_once(catalog: &Catalog) {
    write(catalog, |w| w.create_user(&user("alice@example.org"), None));
    let twice = catalog.write(NOW, &|_| false, |w| w.create_user(&user("ALICE@example.org"), None));
    assert!(matches!(twice, Err(CatalogError::Conflict(_))), "{twice:?}");
}

fn secrets_are_kept_and_replaced(catalog: &Catalog) {
    let alice = user("alice@example.org");
    write(catalog, |w| w.create_user(&alice, Some("first")));
    let password = || catalog.read(|r| r.password_hash(alice.id)).unwrap();
    assert_eq!(password().as_deref(), Some("first"));
    write(catalog, |w| w.set_password_hash(alice.id, "second", true));
    assert_eq!(password().as_deref(), Some("second"));
    assert!(catalog.read(|r| r.user(alice.id)).unwrap().unwrap().should_change_password);
    let pin = || catalog.read(|r| r.pin_hash(alice.id)).unwrap();
    assert_eq!(pin(), None);
    write(catalog, |w| w.set_pin_hash(alice.id, Some("pin")));
    assert_eq!(pin().as_deref(), Some("pin"));
    let nobody = user("nobody@example.org").id;
    let missing = catalog.write(NOW, &|_| false, |w| w.set_pin_hash(nobody, None));
    assert!(matches!(missing, Err(CatalogError::NotFound("user"))));
}

fn a_deleted_user_stays_known(catalog: &Catalog) {
    let alice = user("alice@example.org");
    write(catalog, |w| w.create_user(&alice, None));
    write(catalog, |w| w.set_user_deleted(alice.id, Some(NOW)));
    assert_eq!(catalog.read(|r| r.user(alice.id)).unwrap().unwrap().deleted_at, Some(NOW));
    assert!(catalog.read(|r| r.grants(alice.id)).unwrap().unwrap().is_deleted);
    write(catalog, |w| w.set_user_deleted(alice.id, None));
    assert_eq!(catalog.read(|r| r.user(alice.id)).unwrap(), Some(alice));
}

fn settings_are_kept(catalog: &Catalog) {
    write(catalog, |w| w.set_setting("colour", "red"));
    write(catalog, |w| w.set_setting("colour", "blue"));
    assert_eq!(catalog.read(|r| r.setting("colour")).unwrap().as_deref(), Some("blue"));
    assert_eq!(catalog.read(|r| r.setting("shape")).unwrap(), None);
}

fn the_first_start_is_kept(catalog: &Catalog) {
    assert_eq!(catalog.read(|r| r.first_start()).unwrap(), NOW);
}

fn a_library_is_renamed_trashed_frozen_and_scanned(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let library = || catalog.read(|r| r.library(alice.library)).unwrap().unwrap();
    write(catalog, |w| {
        w.rename_library(alice.library, "Phone")?;
        w.set_library_trashed(alice.library, true)?;
        w.set_library_frozen(alice.library, Some("the folder is gone"))
    });
    assert_eq!((library().name.as_str(), library().trashed_at), ("Phone", Some(NOW)));
    assert_eq!(library().frozen_reason.as_deref(), Some("the folder is gone"));
    let scan = Scan { started_at: 1, finished_at: Some(2), files: 3 };
    write(catalog, |w| {
        w.set_library_trashed(alice.library, false)?;
        w.set_library_frozen(alice.library, None)?;
        w.note_scan(alice.library, scan)
    });
    let after = library();
    assert_eq!((after.trashed_at, after.frozen_reason, after.scan), (None, None, Some(scan)));
    let missing = LibraryId::from_random(random());
    let refused = catalog.write(NOW, &|_| false, |w| w.rename_library(missing, "x"));
    assert!(matches!(refused, Err(CatalogError::NotFound("library"))));
}

fn a_library_folder_need_not_be_text(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let import = Import {
        folders: vec![b"/mnt/\xff\xfe".to_vec(), b"/a".to_vec()],
        exclusions: vec!["**/\"raw\"/**".to_owned()],
    };
    let id = LibraryId::from_random(random());
    let kind = LibraryKind::External(import);
    let mut library = Library::new(id, alice.id, "Disk".to_owned(), kind, NOW + 1);
    write(catalog, |w| w.create_library(&library));
    let all = catalog.read(|r| r.libraries_of(alice.id)).unwrap();
    assert_eq!(all[1], library);
    assert_eq!(catalog.read(|r| r.libraries()).unwrap(), all);
    library.kind = LibraryKind::External(Import::of(b"/b".to_vec()));
    library.updated_at = NOW + 2;
    write(catalog, |w| w.update_library(&library));
    assert_eq!(catalog.read(|r| r.library(id)).unwrap(), Some(library));
}

fn numbers_add_up(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    photos(catalog, alice, 3);
    photos(catalog, bob, 2);
    let numbers = catalog.read(|r| r.statistics()).unwrap();
    let of = |library| -> u64 {
        numbers.assets.iter().filter(|c| c.library == library).map(|c| c.assets).sum()
    };
    assert_eq!((of(alice.library), of(bob.library)), (3, 2));
    assert!(catalog.disk_bytes() > 0);
}

fn a_removed_library_is_forgotten_with_its_assets(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let mut ids = photos(catalog, alice, 3);
    ids.sort();
    let file = |name: &str, size| NewFile {
        path: name.as_bytes().to_vec(),
        role: FileRole::Original,
        size,
        mtime_ns: 1,
        inode: None,
        device: None,
    };
    write(catalog, |w| {
        w.put_file(alice.id, alice.library, ids[0], &file("a", 5))?;
        w.put_file(alice.id, alice.library, ids[1], &file("b", 7))?;
        w.trash(alice.id, &ids[1..2])
    });
    let bytes = catalog.read(|r| r.bytes_of_library(alice.id, alice.library)).unwrap();
    assert_eq!(bytes, 5, "the trash is left out");
    write(catalog, |w| w.set_library_removed(alice.library));
    let library = catalog.read(|r| r.library(alice.library)).unwrap().unwrap();
    assert_eq!((library.is_removed, library.trashed_at), (true, Some(NOW)));
    let some = || catalog.read(|r| r.some_assets_of_library(alice.id, alice.library, 9)).unwrap();
    assert_eq!(some(), ids[..2], "those with files first");
    let refused = catalog.write(NOW, &|_| false, |w| w.delete_library(alice.library));
    assert!(refused.is_err(), "it still holds assets");
    write(catalog, |w| w.delete_assets(alice.id, &ids[..2]));
    assert_eq!(some(), ids[2..]);
    write(catalog, |w| w.delete_assets(alice.id, &ids[2..]));
    write(catalog, |w| w.delete_library(alice.library));
    assert_eq!(catalog.read(|r| r.library(alice.library)).unwrap(), None);
}
