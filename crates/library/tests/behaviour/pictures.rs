//! Thumbnails, previews and ThumbHashes: made after the reading, beside the catalog, and again when
//! they have been cleaned.

use kalends_library::derived::{Cleaned, Derived, DerivedFiles};
use kalends_model::{AssetId, Visibility};
use kalends_specimen::{Scene, Video};

use crate::app::{App, photo};

fn derived(app: &App) -> DerivedFiles {
    DerivedFiles::new(&app.data())
}

fn two_libraries() -> (App, AssetId, AssetId) {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    let other = app.root.path().join("other");
    photo(2020, 1, 1).write_to(&other.join("b.jpg")).unwrap();
    let second = app.library.add_folder(app.user, &other).unwrap();
    app.scan();
    let (a, b) = (app.asset("a.jpg"), app.assets_of(app.user, second)["b.jpg"]);
    (app, a, b)
}

#[test]
fn each_photo_gets_a_thumbnail_a_preview_and_a_thumbhash() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).orientation(6).to_bytes());
    app.write("clip.mp4", Video::new(Scene::Sea, 1, 32, 32).to_bytes());
    app.scan();
    let row = app.row("a.jpg");
    assert!(row.thumbhash.as_deref().is_some_and(|hash| (5..=64).contains(&hash.len())));
    assert!(derived(&app).exist(row.id));
    let thumbnail = std::fs::read(derived(&app).path(row.id, Derived::Thumbnail)).unwrap();
    assert!(thumbnail.starts_with(b"RIFF") && &thumbnail[8..12] == b"WEBP");
    let preview = std::fs::read(derived(&app).path(row.id, Derived::Preview)).unwrap();
    assert!(preview.starts_with(&[0xff, 0xd8]));
    assert_eq!(app.library.derived_size().files, 2);
    assert_eq!(app.row("clip.mp4").thumbhash, None);
}

#[test]
fn cleaned_pictures_of_every_library_are_made_again() {
    let (app, a, b) = two_libraries();
    let before = app.library.derived_size();
    assert_eq!(before.files, 4);
    let rows = app.rows();
    assert_eq!(app.library.clean_derived().unwrap(), before);
    assert_eq!(app.library.derived_size(), Cleaned::default());
    app.scan();
    assert!(derived(&app).exist(a) && derived(&app).exist(b));
    assert_eq!(app.library.derived_size(), before);
    let hashes = |rows: &std::collections::BTreeMap<_, kalends_model::AssetRow>| {
        rows.values().map(|row| row.thumbhash.clone()).collect::<Vec<_>>()
    };
    assert_eq!(hashes(&app.rows()), hashes(&rows));
}

#[test]
fn a_single_lost_picture_is_made_again_after_a_cleaning_that_was_interrupted() {
    let (app, a, b) = two_libraries();
    app.library.clean_derived().unwrap();
    // As after a scan that was stopped between the two.
    derived(&app).write(a, Derived::Thumbnail, b"made").unwrap();
    derived(&app).write(a, Derived::Preview, b"made").unwrap();
    app.scan();
    assert!(derived(&app).exist(b));
    let kept = std::fs::read(derived(&app).path(a, Derived::Preview)).unwrap();
    assert_eq!(kept, b"made", "what is there is not made twice");
}

#[test]
fn pictures_of_a_frozen_library_are_made_when_it_thaws() {
    let (app, a, b) = two_libraries();
    let (folder, away) = (app.folder(), app.root.path().join("away"));
    std::fs::rename(&folder, &away).unwrap();
    app.library.clean_derived().unwrap();
    assert!(app.scan().frozen.is_some());
    assert!(app.problems().is_empty(), "a missing disk is no fault of its files");
    assert!(!derived(&app).exist(a) && derived(&app).exist(b));
    std::fs::rename(&away, &folder).unwrap();
    assert_eq!(app.scan().frozen, None);
    assert!(derived(&app).exist(a));
}

#[test]
fn pictures_of_a_file_that_was_away_are_made_when_it_returns() {
    let (app, a, _) = two_libraries();
    app.write("c.jpg", photo(2021, 3, 2).to_bytes());
    let (file, aside) = (app.folder().join("a.jpg"), app.root.path().join("aside.jpg"));
    std::fs::rename(&file, &aside).unwrap();
    assert_eq!(app.scan().vanished, 1);
    app.library.clean_derived().unwrap();
    app.scan();
    assert!(!derived(&app).exist(a));
    std::fs::rename(&aside, &file).unwrap();
    assert_eq!(app.scan().returned, 1);
    assert!(derived(&app).exist(a));
}

#[test]
fn a_file_of_which_no_picture_can_be_made_is_tried_once() {
    let app = App::new();
    let bytes = photo(2021, 3, 1).to_bytes();
    app.write_at("cut.jpg", &bytes[..bytes.len() / 2], 1_000);
    let first = app.scan();
    assert_eq!(first.added, 1, "its date can be read");
    let (problems, version) = (app.problems(), app.version());
    app.clock.set(1);
    app.scan();
    assert_eq!((app.problems(), app.version()), (problems, version));
    app.write_at("cut.jpg", &bytes, 2_000);
    assert_eq!(app.scan().changed, 1);
    assert!(app.problems().is_empty());
    assert!(app.row("cut.jpg").thumbhash.is_some());
}

#[test]
fn a_library_in_the_trash_has_nothing_made() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.scan();
    app.library.clean_derived().unwrap();
    app.library.write(|writer| writer.set_library_trashed(app.photos, true)).unwrap();
    app.library.scan_all().unwrap();
    assert_eq!(app.library.derived_size().files, 0);
    app.library.write(|writer| writer.set_library_trashed(app.photos, false)).unwrap();
    app.scan();
    assert_eq!(app.library.derived_size().files, 2);
}

#[test]
fn archived_photos_have_pictures_too() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.scan();
    let asset = app.asset("a.jpg");
    let archived = [asset];
    app.library
        .write(|writer| writer.set_visibility(app.user, &archived, Visibility::Archive))
        .unwrap();
    app.library.clean_derived().unwrap();
    app.scan();
    assert!(derived(&app).exist(asset));
}
