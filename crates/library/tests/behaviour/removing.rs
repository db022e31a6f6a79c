//! Assets that are removed for good, and the files that they came from.

use kalends_catalog::MetadataState;
use kalends_library::derived::{Derived, DerivedFiles};
use kalends_library::redo::Redo;
use kalends_library::{AssetEdit, Viewer};
use kalends_model::{Kind, Visibility};

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

#[test]
fn a_file_is_read_again_when_that_is_asked_for() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).rating(2).to_bytes());
    app.write("b.jpg", photo(2021, 3, 1).rating(2).to_bytes());
    app.scan();
    let asset = app.asset("a.jpg");
    // What an earlier version has read otherwise.
    let mut facts = kalends_catalog::Facts::unread(Kind::Image, app.row("a.jpg").capture);
    facts.state = MetadataState::Read;
    app.library.write(|writer| writer.update_facts(app.user, asset, &facts)).unwrap();
    assert_eq!(app.scan().changed, 0);
    assert_eq!(app.row("a.jpg").rating, None);
    app.library.redo(&app.viewer(), &[asset], Redo::Metadata).unwrap();
    assert_eq!(app.library.work_off().unwrap(), 1);
    assert_eq!(app.row("a.jpg").rating, Some(2));
    assert_eq!(app.library.work_off().unwrap(), 0, "once");
}

#[test]
fn pictures_are_made_again_when_that_is_asked_for() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.scan();
    let asset = app.asset("a.jpg");
    let derived = DerivedFiles::new(&app.data());
    let thumbnail = derived.path(asset, Derived::Thumbnail);
    let whole = std::fs::read(&thumbnail).unwrap();
    // What a power cut may leave.
    std::fs::write(&thumbnail, b"").unwrap();
    app.library.redo(&app.viewer(), &[asset], Redo::Pictures).unwrap();
    app.library.work_off().unwrap();
    assert_eq!(std::fs::read(&thumbnail).unwrap(), whole);
    derived.remove(asset);
    app.library.redo(&app.viewer(), &[asset], Redo::Pictures).unwrap();
    app.library.work_off().unwrap();
    assert!(derived.exist(asset));
    let other = app.user("Bob");
    let viewer = Viewer::Open { user: other };
    let refused = app.library.redo(&viewer, &[asset], Redo::Pictures).unwrap_err();
    assert_eq!(refused.to_string(), "not found or no asset.update access");
}

#[test]
fn a_file_that_has_gone_is_not_read_again() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).rating(2).to_bytes());
    app.scan();
    let asset = app.asset("a.jpg");
    app.library.redo(&app.viewer(), &[asset], Redo::Metadata).unwrap();
    app.remove("a.jpg");
    app.library.work_off().unwrap();
    assert_eq!(app.row("a.jpg").rating, Some(2), "what was known stays");
    assert_eq!(app.problems().len(), 1);
}
