//! A folder that is gone or suddenly empty is a disk that is not there: nothing changes.

use std::path::Path;

use kalends_library::Report;
use kalends_library::libraries::LibraryChange;

use crate::app::{App, photo};

fn scanned() -> App {
    let app = App::new();
    app.write("2021/a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("b.jpg", photo(2022, 3, 1).to_bytes());
    app.scan();
    app
}

fn assert_frozen(app: &App, word: &str) {
    let (version, rows) = (app.version(), app.rows());
    for _ in 0..2 {
        let report = app.scan();
        let reason = report.frozen.clone().expect("it should be frozen");
        assert!(reason.contains(word), "{reason}");
        assert_eq!(report, Report { frozen: Some(reason.clone()), seen: 0, ..named() });
        assert_eq!(app.catalog_library().frozen_reason, Some(reason));
        assert_eq!((app.version(), app.rows()), (version, rows.clone()));
    }
    assert!(rows.values().all(|row| !row.is_offline));
    assert_eq!(app.shown(), 2);
    assert!(app.problems().is_empty());
}

fn assert_thawed(app: &App) {
    let version = app.version();
    assert_eq!(app.scan(), Report { seen: 2, ..named() });
    assert_eq!(app.catalog_library().frozen_reason, None);
    assert_eq!((app.version(), app.shown()), (version, 2));
}

fn named() -> Report {
    Report { library: "photos".to_owned(), ..Report::default() }
}

fn move_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::rename(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_missing_folder_freezes_its_library_until_it_is_back() {
    let app = scanned();
    let away = app.root.path().join("away");
    std::fs::rename(app.folder(), &away).unwrap();
    assert_frozen(&app, "is not there");
    std::fs::rename(&away, app.folder()).unwrap();
    assert_thawed(&app);
}

#[test]
fn a_suddenly_empty_folder_freezes_its_library_until_it_is_full_again() {
    let app = scanned();
    let away = app.root.path().join("away");
    move_all(&app.folder(), &away);
    assert_frozen(&app, "suddenly empty");
    // The empty folders that a mount point keeps do not make it full, nor does what a disk checker
    // leaves behind.
    std::fs::create_dir_all(app.folder().join("2021/deep")).unwrap();
    std::fs::write(app.folder().join(".Trash"), "x").unwrap();
    assert_frozen(&app, "suddenly empty");
    std::fs::remove_dir_all(app.folder().join("2021")).unwrap();
    move_all(&away, &app.folder());
    assert_thawed(&app);
}

#[test]
fn a_file_in_the_place_of_the_folder_freezes_its_library() {
    let app = scanned();
    let away = app.root.path().join("away");
    std::fs::rename(app.folder(), &away).unwrap();
    std::fs::write(app.folder(), "a file").unwrap();
    assert_frozen(&app, "cannot be listed");
    std::fs::remove_file(app.folder()).unwrap();
    std::fs::rename(&away, app.folder()).unwrap();
    assert_thawed(&app);
}

#[test]
fn a_folder_that_was_always_empty_is_not_frozen() {
    let app = App::new();
    assert_eq!(app.scan(), named());
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    assert_eq!(app.scan().added, 1);
}

#[test]
fn one_frozen_library_does_not_keep_the_others() {
    let app = scanned();
    let other = app.root.path().join("other");
    photo(2020, 1, 1).write_to(&other.join("b.jpg")).unwrap();
    app.library.add_folder(app.user, &other).unwrap();
    std::fs::rename(app.folder(), app.root.path().join("away")).unwrap();
    let reports = app.library.scan_all().unwrap();
    assert!(reports[0].frozen.is_some());
    assert_eq!((reports[1].added, app.shown()), (1, 3));
}

#[test]
fn a_library_of_two_folders_freezes_when_one_of_them_is_gone() {
    let app = App::new();
    let other = app.root.path().canonicalize().unwrap().join("other");
    photo(2020, 1, 1).write_to(&other.join("b.jpg")).unwrap();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    let folder = |path: &Path| path.to_str().unwrap().to_owned();
    let both = vec![folder(&app.folder().canonicalize().unwrap()), folder(&other)];
    let change = LibraryChange { folders: Some(both), ..LibraryChange::default() };
    app.library.change_external_library(app.photos, &change).unwrap();
    assert_eq!(app.scan().added, 2);
    let away = app.root.path().join("away");
    std::fs::rename(&other, &away).unwrap();
    app.write("c.jpg", photo(2021, 3, 2).to_bytes());
    assert!(app.scan().frozen.unwrap().contains("other"));
    assert_eq!(app.shown(), 2, "nothing moves");
    std::fs::rename(&away, &other).unwrap();
    assert_eq!((app.scan().added, app.shown()), (1, 3));
}
