//! Files that come, change, move, go and come back.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use kalends_catalog::Dated;
use kalends_library::{Ask, Report, Trash};
use kalends_model::{AssetId, CaptureTime, DateSource, Leaf, Offset, Visibility};
use kalends_specimen::{Brand, Scene, Video, WallTime, set_modified};
use kalends_test_support::local;

use crate::app::{App, id_set, ids, photo, with_leaf};

fn report(seen: u64) -> Report {
    Report { library: "photos".to_owned(), seen, ..Report::default() }
}

#[test]
fn new_files_become_assets_that_the_timeline_shows() {
    let app = App::new();
    app.write("2021/a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("b.jpg", photo(2022, 4, 2).to_bytes());
    app.write("notes.txt", "no photo");
    assert_eq!(app.scan(), Report { added: 2, ..report(2) });
    let shown = ids(&app.library, &app.viewer(), &Ask::default()).unwrap();
    assert_eq!(shown, [app.asset("b.jpg"), app.asset("2021/a.jpg")], "the latest first");
    let scan = app.catalog_library().scan.unwrap();
    assert_eq!((scan.files, scan.finished_at.is_some()), (2, true));
    assert_eq!(app.details("2021/a.jpg").file_name, "a.jpg");
}

#[test]
fn a_changed_file_keeps_its_asset_and_is_read_again() {
    let app = App::new();
    app.write_at("a.jpg", photo(2021, 3, 1).to_bytes(), 1_000);
    app.scan();
    let before = app.row("a.jpg");
    app.library.write(|writer| writer.set_favorite(app.user, &[before.id], true)).unwrap();
    app.write_at("a.jpg", photo(2022, 5, 9).camera("Leica", "Q3").to_bytes(), 2_000);
    assert_eq!(app.scan(), Report { changed: 1, ..report(1) });
    let after = app.row("a.jpg");
    assert_eq!((after.id, after.is_favorite), (before.id, true));
    assert_eq!(after.capture.local, local(2022, 5, 9, 12, 0));
    assert_eq!(after.camera.as_deref(), Some("Leica Q3"));
    assert_ne!(after.thumbhash, before.thumbhash, "its picture is another one");
    let in_march = with_leaf(Leaf::Camera("Leica Q3".into()));
    assert_eq!(id_set(&app.library, &app.viewer(), &in_march), BTreeSet::from([after.id]));
}

#[test]
fn what_a_person_has_set_outlives_the_next_reading() {
    let app = App::new();
    app.write_at("a.jpg", photo(2021, 3, 1).rating(2).to_bytes(), 1_000);
    app.scan();
    let asset = app.asset("a.jpg");
    let set = CaptureTime {
        local: local(1999, 12, 31, 23, 59),
        offset: Offset::from_seconds(3_600),
        source: DateSource::User,
    };
    app.library
        .write(|writer| {
            writer.set_rating(app.user, &[asset], Some(5))?;
            writer.set_dates(app.user, &[(asset, Dated { capture: set, zone: None })])
        })
        .unwrap();
    app.write_at("a.jpg", photo(2022, 3, 1).rating(1).to_bytes(), 2_000);
    assert_eq!(app.scan().changed, 1);
    let row = app.row("a.jpg");
    assert_eq!((row.rating, row.capture), (Some(5), set));
}

#[test]
fn a_renamed_file_keeps_its_asset_and_what_was_put_on_it() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("c.jpg", photo(2021, 3, 2).to_bytes());
    app.scan();
    let asset = app.asset("a.jpg");
    app.library.write(|writer| writer.set_favorite(app.user, &[asset], true)).unwrap();
    app.rename("a.jpg", "sorted/b.jpg");
    assert_eq!(app.scan(), Report { renamed: 1, ..report(2) });
    assert_eq!(app.asset("sorted/b.jpg"), asset);
    assert!(app.row("sorted/b.jpg").is_favorite);
    assert_eq!(app.assets().len(), 2, "the old path is forgotten");
    assert_eq!(app.scan(), report(2));
}

#[test]
fn a_vanished_file_goes_to_the_trash_and_returns_from_it() {
    let app = App::new();
    let bytes = photo(2021, 3, 1).to_bytes();
    app.write_at("a.jpg", &bytes, 1_000);
    app.write("b.jpg", photo(2021, 3, 2).to_bytes());
    app.scan();
    let asset = app.asset("a.jpg");
    app.remove("a.jpg");
    assert_eq!(app.scan(), Report { vanished: 1, ..report(1) });
    let in_trash = Ask { trash: Trash::In, ..Ask::default() };
    assert_eq!(id_set(&app.library, &app.viewer(), &in_trash), BTreeSet::from([asset]));
    let row = app.row("a.jpg");
    assert!(row.is_offline && !row.is_trashed);
    assert_eq!(app.scan(), report(1), "it vanishes once");

    app.write_at("a.jpg", &bytes, 1_000);
    assert_eq!(app.scan(), Report { returned: 1, ..report(2) });
    assert_eq!(app.asset("a.jpg"), asset);
    assert!(id_set(&app.library, &app.viewer(), &in_trash).is_empty());
    assert_eq!(app.shown(), 2);
}

#[test]
fn another_file_in_the_place_of_a_vanished_one_is_read() {
    let app = App::new();
    app.write_at("a.jpg", photo(2021, 3, 1).to_bytes(), 1_000);
    app.write("b.jpg", photo(2021, 3, 2).to_bytes());
    app.scan();
    app.remove("a.jpg");
    app.scan();
    app.write_at("a.jpg", photo(2024, 8, 1).to_bytes(), 5_000);
    assert_eq!(app.scan(), Report { returned: 1, changed: 1, ..report(2) });
    let row = app.row("a.jpg");
    assert_eq!((row.is_offline, row.capture.local), (false, local(2024, 8, 1, 12, 0)));
    assert!(row.thumbhash.is_some());
}

#[test]
fn a_file_that_went_and_came_back_under_another_name_is_itself() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("b.jpg", photo(2021, 3, 2).to_bytes());
    app.scan();
    let asset = app.asset("a.jpg");
    let aside = app.root.path().join("aside.jpg");
    std::fs::rename(app.folder().join("a.jpg"), &aside).unwrap();
    assert_eq!(app.scan().vanished, 1);
    std::fs::rename(&aside, app.folder().join("c.jpg")).unwrap();
    assert_eq!(app.scan(), Report { renamed: 1, returned: 1, ..report(2) });
    assert_eq!(app.asset("c.jpg"), asset);
    assert!(!app.row("c.jpg").is_offline);
}

#[test]
fn two_files_that_change_names_are_both_read_again() {
    let app = App::new();
    app.write_at("a.jpg", photo(2021, 3, 1).to_bytes(), 1_000);
    app.write_at("b.jpg", photo(2022, 3, 1).to_bytes(), 2_000);
    app.scan();
    app.rename("a.jpg", "c.jpg");
    app.rename("b.jpg", "a.jpg");
    app.rename("c.jpg", "b.jpg");
    assert_eq!(app.scan(), Report { changed: 2, ..report(2) });
    assert_eq!(app.row("a.jpg").capture.local, local(2022, 3, 1, 12, 0));
    assert_eq!(app.row("b.jpg").capture.local, local(2021, 3, 1, 12, 0));
}

#[test]
fn the_same_bytes_twice_are_two_assets_and_listed_as_duplicates() {
    let app = App::new();
    let bytes = photo(2021, 3, 1).to_bytes();
    app.write("a.jpg", &bytes);
    app.write("copy of a.jpg", &bytes);
    app.write("b.jpg", photo(2021, 3, 2).to_bytes());
    assert_eq!(app.scan().added, 3);
    assert_eq!(app.shown(), 3);
    let groups = app.library.read(|reader| reader.duplicates_of(app.user)).unwrap();
    let mut same = vec![app.asset("a.jpg"), app.asset("copy of a.jpg")];
    same.sort_unstable();
    assert_eq!(groups.iter().map(|group| &group.assets).collect::<Vec<_>>(), [&same]);
}

#[test]
fn a_video_has_the_hash_of_the_bytes_it_has_now() {
    let app = App::new();
    let video = |seed| Video { frames: 1, ..Video::new(Scene::Sea, seed, 32, 32) }.to_bytes();
    app.write_at("a.mp4", video(1), 1_000);
    app.write_at("b.mp4", video(2), 1_000);
    app.scan();
    let duplicates = || app.library.read(|reader| reader.duplicates_of(app.user)).unwrap().len();
    assert_eq!(duplicates(), 0);
    app.write_at("b.mp4", video(1), 2_000);
    assert_eq!(app.scan().changed, 1);
    assert_eq!(app.details("a.mp4").sha256, app.details("b.mp4").sha256);
    assert_eq!(duplicates(), 1);
}

#[test]
fn a_second_scan_repeats_no_work() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).keyword("Travel/Asia").to_bytes());
    app.write("a.jpg.xmp", "<no-xmp");
    app.write("b.jpg", photo(2021, 3, 2).face("Anna", (0.5, 0.5, 0.2, 0.2)).to_bytes());
    app.write("undated.png", photo(2021, 3, 3).to_bytes());
    app.write("garbage.jpg", "not a picture at all");
    app.write("empty.jpg", "");
    app.write(
        "clip.mov",
        Video { brand: Brand::Mov, ..Video::new(Scene::Sea, 1, 32, 32) }.to_bytes(),
    );
    let first = app.scan();
    assert_eq!((first.seen, first.added + first.problems), (6, 6), "{first:?}");
    let (version, rows) = (app.version(), app.rows());
    for _ in 0..2 {
        assert_eq!(app.scan(), Report { problems: first.problems, ..report(6) });
        assert_eq!(app.version(), version);
        assert_eq!(app.rows(), rows);
    }
}

#[test]
fn counts_grow_while_a_scan_is_under_way() {
    let app = App::new();
    // More than two batches hold.
    let count = 1_200;
    let bytes = photo(2021, 3, 1).to_bytes();
    for number in 0..count {
        app.write(&format!("{number}.jpg"), &bytes[..bytes.len() - 2]);
    }
    app.library.load_shelves().unwrap();
    let totals = Arc::new(Mutex::new(Vec::new()));
    let (library, viewer, seen) = (Arc::downgrade(&app.library), app.viewer(), totals.clone());
    app.clock.hook(move || {
        // Whoever asks between two batches is not told to wait, and is told the truth.
        let library = library.upgrade().unwrap();
        seen.lock().unwrap().push(ids(&library, &viewer, &Ask::default()).unwrap().len());
    });
    let report = app.scan();
    app.clock.unhook();
    assert_eq!(report.added, count);
    let totals = totals.lock().unwrap();
    assert!(totals.is_sorted(), "{totals:?}");
    let between = totals.iter().filter(|total| (1..1_200).contains(*total)).count();
    assert!(between >= 2, "{totals:?}");
    assert_eq!(app.shown(), 1_200);
}

#[test]
fn a_scan_waits_for_the_one_before() {
    let app = App::new();
    for day in 1..=20 {
        app.write(&format!("{day}.jpg"), photo(2021, 3, day).to_bytes());
    }
    let added: u64 = std::thread::scope(|threads| {
        let scans: Vec<_> = (0..3).map(|_| threads.spawn(|| app.scan().added)).collect();
        scans.into_iter().map(|scan| scan.join().unwrap()).sum()
    });
    assert_eq!((added, app.shown()), (20, 20), "no file became two assets");
}

#[test]
fn names_that_are_not_text_are_scanned_like_others() {
    use std::os::unix::ffi::OsStrExt as _;
    let app = App::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.jpg");
    std::fs::write(app.folder().join(name), photo(2021, 3, 1).to_bytes()).unwrap();
    assert_eq!(app.scan().added, 1);
    assert_eq!(app.scan(), report(1));
    let files = app.library.read(|r| r.files_of_library(app.user, app.photos)).unwrap();
    assert!(files.into_keys().all(|path| path.ends_with(b"/caf\xe9.jpg")));
    let rows: Vec<_> = app.rows().into_values().collect();
    assert!(rows[0].thumbhash.is_some());
}

#[test]
fn two_libraries_of_two_owners_do_not_mix() {
    let app = App::new();
    let bob = app.user("bob");
    let other = app.root.path().join("bobs");
    photo(2020, 1, 1).write_to(&other.join("a.jpg")).unwrap();
    let bobs = app.library.add_folder(bob, &other).unwrap();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    assert_eq!(app.library.scan_all().unwrap().len(), 2);
    let of_bob: BTreeSet<AssetId> = app.assets_of(bob, bobs).into_values().collect();
    let viewer = kalends_library::Viewer::Open { user: bob };
    assert_eq!(id_set(&app.library, &viewer, &Ask::default()), of_bob);
    assert_eq!((of_bob.len(), app.shown()), (1, 1));
}

#[test]
fn a_library_in_the_trash_is_not_scanned() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.library.write(|writer| writer.set_library_trashed(app.photos, true)).unwrap();
    assert_eq!(app.library.scan_all().unwrap(), []);
    assert!(app.rows().is_empty());
    app.library.write(|writer| writer.set_library_trashed(app.photos, false)).unwrap();
    assert_eq!(app.scan().added, 1);
}

#[test]
fn a_hidden_or_archived_asset_stays_so() {
    let app = App::new();
    app.write_at("a.jpg", photo(2021, 3, 1).to_bytes(), 1_000);
    app.scan();
    let asset = app.asset("a.jpg");
    app.library
        .write(|writer| writer.set_visibility(app.user, &[asset], Visibility::Archive))
        .unwrap();
    app.write_at("a.jpg", photo(2021, 3, 4).to_bytes(), 2_000);
    assert_eq!(app.scan().changed, 1);
    assert_eq!(app.row("a.jpg").visibility, Visibility::Archive);
}

#[test]
fn only_the_time_of_modification_decides_whether_a_file_is_read() {
    let app = App::new();
    let later = photo(2021, 3, 1).taken(WallTime::new(2021, 3, 1, 13, 0, 0), None);
    app.write_at("a.jpg", photo(2021, 3, 1).to_bytes(), 1_000);
    app.scan();
    app.write_at("a.jpg", later.to_bytes(), 1_000);
    assert_eq!(app.scan(), report(1), "the same size and time: as documented, it is not opened");
    set_modified(&app.folder().join("a.jpg"), 1_001).unwrap();
    assert_eq!(app.scan().changed, 1);
    assert_eq!(app.row("a.jpg").capture.local, local(2021, 3, 1, 13, 0));
}
