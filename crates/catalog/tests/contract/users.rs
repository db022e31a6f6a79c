//! Users, settings and libraries.

use kalends_catalog::{
    AvatarColor, Catalog, CatalogError, FileRole, Import, Library, LibraryKind, NewFile, Scan, User,
};
use kalends_model::{LibraryId, StackId, TagId};

use crate::build::{NOW, album, owner, photos, random, rows, user, write};

contract! {
    a_user_is_found_by_id_and_by_email
    an_email_is_taken_once
    secrets_are_kept_and_replaced
    a_user_changes
    preferences_and_portraits_are_kept_and_replaced
    there_is_an_admin_until_the_last_is_deleted
    a_deleted_user_stays_known
    a_user_goes_for_good_after_their_assets
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
    assert_eq!(catalog.read(|r| r.users()).unwrap(), [kept]);
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

fn a_user_changes(catalog: &Catalog) {
    let alice = user("alice@example.org");
    write(catalog, |w| w.create_user(&alice, None));
    let changed = User {
        email: "alicia@example.org".to_owned(),
        name: "Alicia".to_owned(),
        is_admin: true,
        should_change_password: true,
        quota_bytes: Some(5),
        chosen_color: Some(AvatarColor::Amber),
        storage_label: Some("alicia".to_owned()),
        is_onboarded: false,
        updated_at: NOW + 1,
        ..alice.clone()
    };
    let grants = || catalog.read(|r| r.grants_version(alice.id)).unwrap();
    let before = grants();
    catalog.write(NOW + 1, &|_| false, |w| w.update_user(&changed)).unwrap();
    assert_eq!(catalog.read(|r| r.user(alice.id)).unwrap(), Some(changed.clone()));
    assert_eq!(catalog.read(|r| r.user_by_storage_label("alicia")).unwrap(), Some(changed.clone()));
    assert_eq!(catalog.read(|r| r.user_by_storage_label("alice")).unwrap(), None);
    assert!(grants() > before, "what an admin may do is a grant");

    let bob = user("bob@example.org");
    write(catalog, |w| w.create_user(&bob, None));
    for taken in [
        User { email: "ALICIA@example.org".to_owned(), ..bob.clone() },
        User { storage_label: Some("alicia".to_owned()), ..bob.clone() },
    ] {
        let refused = catalog.write(NOW, &|_| false, |w| w.update_user(&taken));
        assert!(matches!(refused, Err(CatalogError::Conflict(_))), "{refused:?}");
    }
}

fn preferences_and_portraits_are_kept_and_replaced(catalog: &Catalog) {
    let alice = user("alice@example.org");
    write(catalog, |w| w.create_user(&alice, None));
    let preferences = || catalog.read(|r| r.preferences(alice.id)).unwrap();
    assert_eq!(preferences().as_deref(), Some("{}"));
    write(catalog, |w| w.set_preferences(alice.id, r#"{"a":1}"#));
    assert_eq!(preferences().as_deref(), Some(r#"{"a":1}"#));
    let portrait = || catalog.read(|r| r.profile_image(alice.id)).unwrap();
    let known = || catalog.read(|r| r.user(alice.id)).unwrap().unwrap();
    assert_eq!((portrait(), known().has_profile_image), (None, false));
    for (after, jpeg) in [(1, Some(&b"one"[..])), (2, Some(&b"two"[..])), (3, None)] {
        let changed = |w: &mut kalends_catalog::Writer<'_>| w.set_profile_image(alice.id, jpeg);
        catalog.write(NOW + after, &|_| false, changed).unwrap();
        assert_eq!(portrait().as_deref(), jpeg);
        assert_eq!(known().has_profile_image, jpeg.is_some());
        assert_eq!(known().profile_changed_at, NOW + after);
    }
    let nobody = user("nobody@example.org").id;
    assert_eq!(catalog.read(|r| r.preferences(nobody)).unwrap(), None);
    let missing = catalog.write(NOW, &|_| false, |w| w.set_profile_image(nobody, Some(b"x")));
    assert!(matches!(missing, Err(CatalogError::NotFound("user"))));
}

fn there_is_an_admin_until_the_last_is_deleted(catalog: &Catalog) {
    let has_admin = || catalog.read(|r| r.has_admin()).unwrap();
    write(catalog, |w| w.create_user(&user("bob@example.org"), None));
    assert!(!has_admin());
    let alice = User { is_admin: true, ..user("alice@example.org") };
    write(catalog, |w| w.create_user(&alice, None));
    assert!(has_admin());
    write(catalog, |w| w.set_user_deleted(alice.id, Some(NOW)));
    assert!(!has_admin());
}

fn a_user_goes_for_good_after_their_assets(catalog: &Catalog) {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    let hers = photos(catalog, alice, 3);
    let his = photos(catalog, bob, 1);
    let album = album(catalog, alice.id);
    write(catalog, |w| {
        w.add_to_album(album, alice.id, &hers)?;
        w.add_to_album(album, bob.id, &his)?;
        let mut fresh_id = || TagId::from_random(random());
        let tag = w.ensure_tag(alice.id, &["Trips", "Rome"], &mut fresh_id)?;
        w.tag_assets(tag, bob.id, &his)?;
        w.create_stack(alice.id, StackId::from_random(random()), &hers[..2])
    });
    let too_soon = catalog.write(NOW, &|_| false, |w| w.delete_user(alice.id));
    assert!(too_soon.is_err(), "her assets are still there");

    write(catalog, |w| w.set_user_removing(alice.id));
    assert!(catalog.read(|r| r.user(alice.id)).unwrap().unwrap().is_removing);
    let some = catalog.read(|r| r.some_assets_of(alice.id, 2)).unwrap();
    assert_eq!(some.len(), 2);
    write(catalog, |w| w.delete_assets(alice.id, &hers));
    assert!(catalog.read(|r| r.some_assets_of(alice.id, 2)).unwrap().is_empty());
    let grants = || catalog.read(|r| r.grants_version(bob.id)).unwrap();
    let before = grants();
    let gone = write(catalog, |w| w.delete_user(alice.id));
    assert_eq!(catalog.read(|r| r.user(alice.id)).unwrap(), None);
    assert_eq!(catalog.read(|r| r.album(album)).unwrap(), None);
    assert!(rows(catalog, bob, &his)[0].tags.is_empty(), "her tag has left his photo");
    assert!(gone.batches.iter().any(|batch| batch.owner == bob.id));
    assert!(grants() >= before);
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
