//! Removing for good, and what is never removed.

use kalends_library::derived::DerivedFiles;
use kalends_library::purge::TRASH_DAYS;
use kalends_model::AssetId;
use kalends_specimen::{Scene, Video};

use crate::app::{App, photo};
use crate::uploads::{files, send};

const DAY: i64 = 86_400_000_000;

fn exists(app: &App, asset: AssetId) -> bool {
    !app.library.read(|reader| reader.rows_of(app.user, &[asset])).unwrap().is_empty()
}

fn usage(app: &App) -> u64 {
    app.library.read(|reader| reader.uploaded_bytes(app.user)).unwrap()
}

#[test]
fn a_purged_upload_is_gone_with_its_files_and_pictures() {
    let app = App::new();
    let asset = send(&app, "a.jpg", &photo(2021, 3, 1).to_bytes());
    let other = send(&app, "b.jpg", &photo(2021, 3, 2).to_bytes());
    app.library.work_off().unwrap();
    let derived = DerivedFiles::new(&app.data());
    assert!(derived.exist(asset) && derived.exist(other));
    let purged = app.library.purge(app.user, &[asset, AssetId::from_bytes([9; 16])]).unwrap();
    assert_eq!(purged, [asset]);
    assert!(!exists(&app, asset), "at once");
    assert_eq!(app.shown(), 1);
    assert_eq!(app.library.work_off().unwrap(), 1);
    assert_eq!(files(&app).len(), 1);
    assert!(!derived.exist(asset) && derived.exist(other));
    let day = app.data().join(format!("uploads/{}/2021/2021-03-01", app.user));
    assert!(!day.exists(), "an empty folder goes too");
    app.library.purge(app.user, &[other]).unwrap();
    app.library.work_off().unwrap();
    assert_eq!((files(&app).len(), usage(&app)), (0, 0));
}

#[test]
fn files_are_removed_after_a_stop_in_between_and_never_those_of_a_newer_asset() {
    let app = App::new();
    let bytes = photo(2021, 3, 1).to_bytes();
    let asset = send(&app, "a.jpg", &bytes);
    app.library.purge(app.user, &[asset]).unwrap();
    // The worker removes the file and dies before it says so.
    let place = files(&app).pop_first().unwrap();
    std::fs::remove_file(&place).unwrap();
    let again = send(&app, "a.jpg", &bytes);
    assert_eq!(files(&app).pop_first().unwrap(), place, "the path is free again");
    app.library.take_over_jobs().unwrap();
    app.library.work_off().unwrap();
    assert!(place.exists() && exists(&app, again));
}

#[test]
fn an_external_file_is_never_removed_and_no_scan_brings_it_back() {
    let app = App::new();
    app.write("here.jpg", photo(2021, 3, 1).to_bytes());
    app.write("other.jpg", photo(2021, 3, 3).to_bytes());
    app.scan();
    let here = app.asset("here.jpg");
    assert_eq!(app.library.purge(app.user, &[here]).unwrap(), [here]);
    app.library.work_off().unwrap();
    app.scan();
    assert!(app.folder().join("here.jpg").exists());
    assert_eq!(app.shown(), 1);
}

#[test]
fn a_user_who_goes_takes_the_uploaded_files_along() {
    let app = App::new();
    send(&app, "a.jpg", &photo(2021, 3, 1).to_bytes());
    let admin = kalends_library::Viewer::Open { user: app.user("root") };
    app.library.delete_user(&admin, app.user, true).unwrap();
    app.library.remove_deleted_users().unwrap();
    app.library.work_off().unwrap();
    assert!(files(&app).is_empty());
}

#[test]
fn a_motion_is_purged_with_its_photo() {
    let app = App::new();
    let video = send(&app, "a.mp4", &Video::new(Scene::Sea, 1, 32, 32).to_bytes());
    let still = send(&app, "a.jpg", &photo(2021, 3, 1).to_bytes());
    app.library.write(|w| w.set_live_video(app.user, still, Some(video))).unwrap();
    let purged = app.library.purge(app.user, &[still]).unwrap();
    assert_eq!(purged, [still, video]);
    app.library.work_off().unwrap();
    assert!(files(&app).is_empty());
}

#[test]
fn the_trash_keeps_uploads_for_thirty_days() {
    let app = App::new();
    app.write("external.jpg", photo(2020, 1, 1).to_bytes());
    app.write("vanished.jpg", photo(2020, 1, 2).to_bytes());
    app.scan();
    let vanished = app.asset("vanished.jpg");
    app.remove("vanished.jpg");
    app.scan();
    let external = app.asset("external.jpg");
    let old = send(&app, "a.jpg", &photo(2021, 3, 1).to_bytes());
    let live = send(&app, "b.jpg", &photo(2021, 3, 2).to_bytes());
    app.library.take_over_jobs().unwrap();
    app.library.work_off().unwrap();
    let trashed_at = app.now();
    app.library.write(|w| w.trash(app.user, &[old, external])).unwrap();
    app.clock.set(trashed_at + TRASH_DAYS * DAY - 1);
    app.library.work_off().unwrap();
    assert!(exists(&app, old));
    app.clock.set(trashed_at + (TRASH_DAYS + 1) * DAY);
    assert!(app.library.work_off().unwrap() >= 2, "the purge, and the removal of the file");
    assert!(!exists(&app, old) && exists(&app, live) && !exists(&app, external));
    assert!(app.folder().join("external.jpg").exists());
    assert!(exists(&app, vanished), "what has only vanished may return");
    assert_eq!(files(&app).len(), 1);
    assert_eq!(app.library.work_off().unwrap(), 0, "until the next night");
}
