//! Shelves kept on disk: they answer as the catalog does, whatever happened in between, and a copy
//! that cannot be trusted is not used.

use std::path::{Path, PathBuf};

use kalends_catalog::NewAsset;
use kalends_library::{Ask, Library, RestoreError, Trash, Viewer};
use kalends_model::{AssetId, Leaf, LocalTime, UserId, Visibility};
use kalends_test_support::{ids as numbered, local};

use crate::app::{App, catalog_photo, consistent_ids, open, uploads, with_leaf};

/// More than the smallest shelf that is kept.
const COUNT: u64 = 20_200;

fn assets() -> Vec<AssetId> {
    (1..=COUNT).map(numbered::asset).collect()
}

fn filled() -> App {
    let app = App::new();
    let library = uploads(&app.library, app.user);
    let start = local(2001, 1, 1, 0, 0).micros();
    let new: Vec<NewAsset> = (1..=COUNT as i64)
        .zip(assets())
        .map(|(number, id)| {
            let taken = LocalTime::from_micros(start + number * 7_000_000_000);
            catalog_photo(id, app.user, library, taken)
        })
        .collect();
    app.library.write(|writer| writer.insert_assets(&new)).unwrap();
    app.library.load_shelves().unwrap();
    app
}

/// All that a few questions answer, with the fingerprint of what was read.
fn answers(library: &Library, user: UserId) -> Vec<(Vec<AssetId>, u64)> {
    let asks = [
        Ask::default(),
        Ask { trash: Trash::In, ..Ask::default() },
        Ask { favorite: Some(true), ..Ask::default() },
        with_leaf(Leaf::visibility(Visibility::Archive)),
    ];
    let viewer = Viewer::Open { user };
    let answer = |ask| {
        let question = library.question(&viewer, ask).unwrap();
        (consistent_ids(&question), question.snapshot.fingerprint())
    };
    asks.iter().map(answer).collect()
}

fn kept_files(data: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(data.join("shelves")) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn change(library: &Library, user: UserId) {
    let assets = assets();
    library
        .write(|writer| {
            writer.set_favorite(user, &assets[100..200], true)?;
            writer.trash(user, &assets[150..300])?;
            writer.set_visibility(user, &assets[300..400], Visibility::Archive)?;
            writer.delete_assets(user, &assets[..100])
        })
        .unwrap();
    let again = catalog_photo(assets[0], user, uploads(library, user), local(1999, 1, 1, 0, 0));
    library.write(|writer| writer.insert_assets(&[again])).unwrap();
}

/// What the same data answers without any kept shelf.
fn answers_without_cache(app: &App) -> Vec<(Vec<AssetId>, u64)> {
    let (aside, shelves) = (app.root.path().join("aside"), app.data().join("shelves"));
    std::fs::rename(&shelves, &aside).unwrap();
    let fresh = answers(&open(&app.data(), &app.clock, 3), app.user);
    std::fs::rename(&aside, &shelves).unwrap();
    fresh
}

#[test]
fn a_kept_shelf_answers_as_the_catalog_does() {
    let app = filled();
    let before = answers(&app.library, app.user);
    assert_eq!(kept_files(&app.data()).len(), 0);
    app.library.keep_shelves();
    let kept = kept_files(&app.data());
    assert_eq!(kept.len(), 1);

    let reopened = open(&app.data(), &app.clock, 2);
    assert_eq!(answers(&reopened, app.user), before);
    assert_eq!(kept_files(&app.data()), kept, "it was used, not thrown away");

    // After changes that the kept shelf does not know.
    change(&app.library, app.user);
    let changed = answers(&app.library, app.user);
    assert_ne!(changed, before);
    assert_eq!(answers(&open(&app.data(), &app.clock, 2), app.user), changed);
    assert_eq!(answers_without_cache(&app), changed);

    // Kept again, only the newer one stays.
    app.library.keep_shelves();
    app.library.keep_shelves();
    let newer = kept_files(&app.data());
    assert!(newer.len() == 1 && newer != kept, "{newer:?}");

    // Whatever is wrong with the file, the answers are right and the file goes.
    let whole = std::fs::read(&newer[0]).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for damaged in [&[][..], b"garbage", &whole[..whole.len() / 2], &whole[1..], &flipped] {
        std::fs::write(&newer[0], damaged).unwrap();
        assert_eq!(answers(&open(&app.data(), &app.clock, 2), app.user), changed);
        assert_eq!(kept_files(&app.data()), Vec::<PathBuf>::new());
    }

    // A shelf under the name of another version, an earlier or a later one.
    let later = app.data().join("shelves").join(format!("{}-999999999.shelf", app.user));
    for name in [&kept[0], &later] {
        std::fs::write(name, &whole).unwrap();
        assert_eq!(answers(&open(&app.data(), &app.clock, 2), app.user), changed);
        assert_eq!(kept_files(&app.data()), Vec::<PathBuf>::new());
    }

    // A folder in its place, and a name without a number.
    std::fs::create_dir(&newer[0]).unwrap();
    std::fs::write(app.data().join("shelves").join(format!("{}-x.shelf", app.user)), "x").unwrap();
    assert_eq!(answers(&open(&app.data(), &app.clock, 2), app.user), changed);
}

#[test]
fn a_restored_catalog_does_not_meet_the_shelves_of_another() {
    let app = filled();
    let (backup, before) = (app.root.path().join("copy.sqlite"), answers(&app.library, app.user));
    app.library.back_up(&backup).unwrap();
    change(&app.library, app.user);
    app.library.keep_shelves();

    let refused = Library::restore(&backup, &app.data(), &*app.clock);
    assert!(matches!(refused, Err(RestoreError::NotEmpty(_))), "{refused:?}");

    // Another folder, in which old shelves lie about.
    let data = app.root.path().join("restored");
    std::fs::create_dir_all(data.join("shelves")).unwrap();
    for file in kept_files(&app.data()) {
        std::fs::copy(&file, data.join("shelves").join(file.file_name().unwrap())).unwrap();
    }
    assert_eq!(kept_files(&data).len(), 1);
    Library::restore(&backup, &data, &*app.clock).unwrap();
    assert_eq!(kept_files(&data).len(), 0);
    assert_eq!(answers(&open(&data, &app.clock, 2), app.user), before);
    assert!(matches!(
        Library::restore(&backup, &data, &*app.clock),
        Err(RestoreError::NotEmpty(_))
    ));
}

#[test]
fn what_is_no_catalog_is_not_restored() {
    let app = App::new();
    let data = app.root.path().join("restored");
    std::fs::create_dir(&data).unwrap();
    let garbage = app.write("garbage", [7; 10_000]);
    let missing = app.folder().join("missing");
    for file in [&garbage, &missing] {
        assert!(Library::restore(file, &data, &*app.clock).is_err());
        assert!(!data.join("catalog.sqlite").exists(), "nothing stands where a catalog is sought");
    }
    let copy = app.root.path().join("copy.sqlite");
    app.library.back_up(&copy).unwrap();
    Library::restore(&copy, &data, &*app.clock).unwrap();
    let again = app.library.back_up(&copy);
    assert!(again.is_err(), "a backup overwrites nothing");
}
