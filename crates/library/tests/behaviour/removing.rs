//! Assets that are removed for good, and the files that they came from.

use kalends_library::AssetEdit;
use kalends_model::Visibility;

use crate::app::{App, photo};

#[test]
fn a_scanned_file_whose_asset_is_removed_is_passed_over_while_it_is_there() {
    let app = App::new();
    let path = app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("b.jpg", photo(2021, 3, 2).to_bytes());
    app.scan();
    let before = std::fs::read(&path).unwrap();
    let asset = app.asset("a.jpg");
    app.library.remove_assets(&app.viewer(), &[asset]).unwrap();
    assert_eq!(app.shown(), 1);
    assert_eq!(std::fs::read(&path).unwrap(), before, "the file stays as it is");

    let again = app.scan();
    assert_eq!((again.added, again.changed, again.vanished), (0, 0, 0));
    assert_eq!(app.shown(), 1);
    // Also when it has changed meanwhile.
    app.write_at("a.jpg", photo(2022, 3, 1).to_bytes(), 5_000);
    assert_eq!(app.scan().added, 0);
    assert_eq!(app.shown(), 1);
}

#[test]
fn what_comes_where_a_removed_file_was_is_taken_in() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("b.jpg", photo(2021, 3, 2).to_bytes());
    app.scan();
    app.library.remove_assets(&app.viewer(), &[app.asset("a.jpg")]).unwrap();
    app.remove("a.jpg");
    assert_eq!(app.scan().added, 0);
    app.write("a.jpg", photo(2023, 3, 1).to_bytes());
    assert_eq!(app.scan().added, 1);
    assert_eq!(app.shown(), 2);
}

#[test]
fn emptying_the_trash_brings_nothing_back() {
    let app = App::new();
    for name in ["a.jpg", "b.jpg", "c.jpg"] {
        app.write(name, photo(2021, 3, 1).to_bytes());
    }
    app.scan();
    let trashed = [app.asset("a.jpg"), app.asset("b.jpg")];
    app.library.trash_assets(&app.viewer(), &trashed).unwrap();
    assert_eq!(app.library.empty_trash(app.user).unwrap(), 2);
    assert_eq!(app.scan().added, 0);
    assert_eq!(app.shown(), 1);
}

#[test]
fn each_edit_is_undone_by_the_journal() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.scan();
    let asset = app.asset("a.jpg");
    let before = app.row("a.jpg");
    let edit = AssetEdit {
        is_favorite: Some(true),
        visibility: Some(Visibility::Archive),
        rating: Some(Some(5)),
        description: Some("a boat".to_owned()),
        ..AssetEdit::default()
    };
    app.library.edit_assets(&app.viewer(), &[asset], &edit).unwrap();
    let edited = app.row("a.jpg");
    assert!(edited.is_favorite && edited.rating == Some(5));
    let entries = app.library.read(|reader| reader.undo_entries(app.user, 10)).unwrap();
    assert_eq!(entries.len(), 4);
    for entry in entries {
        app.library.write(|writer| writer.undo(entry.id)).unwrap();
    }
    let undone = app.row("a.jpg");
    assert_eq!(
        (undone.is_favorite, undone.visibility, undone.rating),
        (before.is_favorite, before.visibility, before.rating)
    );
    assert_eq!(app.details("a.jpg").exif.description, None);
}
