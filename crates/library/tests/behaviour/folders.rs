//! Which folders can become libraries.

use kalends_library::FolderError;

use crate::app::App;

#[test]
fn the_same_folder_twice_is_one_library() {
    let app = App::new();
    assert_eq!(app.library.add_folder(app.user, &app.folder()).unwrap(), app.photos);
    let roundabout = app.folder().join("..").join("photos").join(".");
    assert_eq!(app.library.add_folder(app.user, &roundabout).unwrap(), app.photos);
    let link = app.root.path().join("link");
    std::os::unix::fs::symlink(app.folder(), &link).unwrap();
    assert_eq!(app.library.add_folder(app.user, &link).unwrap(), app.photos);
}

#[test]
fn a_library_in_the_trash_comes_out_of_it_and_is_scanned() {
    let app = App::new();
    app.write("a.jpg", crate::app::photo(2021, 3, 1).to_bytes());
    app.scan();
    app.library.write(|writer| writer.set_library_trashed(app.photos, true)).unwrap();
    assert_eq!(app.shown(), 0);
    app.write("b.jpg", crate::app::photo(2021, 3, 2).to_bytes());
    assert_eq!(app.library.add_folder(app.user, &app.folder()).unwrap(), app.photos);
    assert_eq!(app.shown(), 1);
    assert_eq!(app.scan().added, 1);
    assert_eq!(app.shown(), 2);
}

#[test]
fn a_removed_library_is_not_revived_and_its_folder_is_free() {
    let app = App::new();
    app.write("a.jpg", crate::app::photo(2021, 3, 1).to_bytes());
    app.scan();
    app.library.remove_external_library(app.photos).unwrap();
    assert_eq!(app.shown(), 0);
    let again = app.library.add_folder(app.user, &app.folder()).unwrap();
    assert_ne!(again, app.photos);
    app.library.scan_all().unwrap();
    assert_eq!(app.shown(), 1);
    assert_eq!(app.library.read(|reader| reader.library(app.photos)).unwrap(), None);
}

#[test]
fn folders_inside_one_another_are_refused() {
    let app = App::new();
    let inner = app.folder().join("2021");
    std::fs::create_dir(&inner).unwrap();
    let refused = |folder| {
        let error = app.library.add_folder(app.user, folder).unwrap_err();
        assert!(matches!(error, FolderError::Nested { .. }), "{error}");
    };
    refused(&inner);
    let beside = app.root.path().join("photos-old");
    std::fs::create_dir(&beside).unwrap();
    app.library.add_folder(app.user, &beside).unwrap();
    let outer = app.root.path().join("outer");
    std::fs::create_dir_all(outer.join("inner")).unwrap();
    app.library.add_folder(app.user, &outer.join("inner")).unwrap();
    refused(&outer);
}

#[test]
fn another_user_may_have_the_same_folder() {
    let app = App::new();
    let bob = app.user("bob");
    let bobs = app.library.add_folder(bob, &app.folder()).unwrap();
    assert_ne!(bobs, app.photos);
}

#[test]
fn a_folder_that_holds_the_data_is_refused() {
    let app = App::new();
    std::fs::create_dir_all(app.data().join("derived")).unwrap();
    for folder in [app.root.path().to_owned(), app.data(), app.data().join("derived")] {
        let error = app.library.add_folder(app.user, &folder).unwrap_err();
        assert!(matches!(error, FolderError::Data(..)), "{error}");
        assert!(error.to_string().contains("--data"), "{error}");
    }
}

#[test]
fn what_is_no_folder_is_refused() {
    let app = App::new();
    let file = app.write("a.jpg", "x");
    let error = app.library.add_folder(app.user, &file).unwrap_err();
    assert!(matches!(error, FolderError::NotAFolder(_)), "{error}");
    let missing = app.folder().join("missing");
    let error = app.library.add_folder(app.user, &missing).unwrap_err();
    assert!(matches!(error, FolderError::Unreadable(..)), "{error}");
    assert!(error.to_string().contains("missing"), "{error}");
}

#[test]
fn a_folder_is_called_what_it_is_called() {
    let app = App::new();
    assert_eq!(app.catalog_library().name, "photos");
}
