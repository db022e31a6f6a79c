//! Taking files in: where they come to lie, what the timeline shows, and what is refused.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use kalends_catalog::{DeviceName, LinkTarget};
use kalends_library::access::upload_target;
use kalends_library::derived::{Derived, DerivedFiles};
use kalends_library::uploads::{Joins, Tidied};
use kalends_library::{Accepted, Clock as _, Incoming, Sent, UploadError, UploadTarget};
use kalends_model::{AlbumId, AssetId, DateSource, Kind, LinkId, UserId, Visibility};
use kalends_specimen::{AppleMeta, Brand, Scene, Video, Xmp};
use kalends_test_support::{Rng, local};

use crate::app::{App, open, photo, uploads};

const DAY: i64 = 86_400_000_000;

/// What a client says of a file that it made on 1 May 2022.
pub(crate) fn sent(name: &str) -> Sent {
    Sent {
        file_name: name.to_owned(),
        device: "CLI".to_owned(),
        device_asset: format!("{name}-1"),
        created_at: local(2022, 5, 1, 10, 0).micros(),
        modified_at: local(2022, 5, 2, 10, 0).micros(),
        is_favorite: false,
        visibility: Visibility::Timeline,
        duration_ms: None,
        live_video: None,
        metadata: Vec::new(),
    }
}

fn target(app: &App) -> UploadTarget {
    upload_target(&app.viewer()).unwrap()
}

fn incoming(app: &App, bytes: &[u8]) -> Incoming {
    let mut incoming = app.library.begin_upload(app.user, None).unwrap();
    incoming.write_all(bytes).unwrap();
    incoming
}

fn accept(app: &App, bytes: &[u8], sent: &Sent) -> Result<Accepted, UploadError> {
    app.library.accept(target(app), incoming(app, bytes), None, sent)
}

/// Sends a file that is new.
pub(crate) fn send(app: &App, name: &str, bytes: &[u8]) -> AssetId {
    let accepted = accept(app, bytes, &sent(name)).unwrap();
    assert!(!accepted.is_duplicate);
    accepted.asset
}

fn row(app: &App, asset: AssetId) -> kalends_model::AssetRow {
    app.library.read(|reader| reader.rows_of(app.user, &[asset])).unwrap().remove(0)
}

/// Every file below the folder of uploads.
pub(crate) fn files(app: &App) -> BTreeSet<PathBuf> {
    below(&app.data().join("uploads"))
}

fn below(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in next.read_dir().into_iter().flatten().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => drop(found.insert(entry.path())),
            }
        }
    }
    found
}

/// The uploads that the catalog knows, as paths on the disk.
fn known(app: &App) -> BTreeSet<PathBuf> {
    let library = uploads(&app.library, app.user);
    let files = app.library.read(|reader| reader.files_of_library(app.user, library)).unwrap();
    let folder = app.data().join("uploads");
    files.into_keys().map(|path| folder.join(String::from_utf8(path).unwrap())).collect()
}

#[test]
fn an_upload_is_in_its_month_and_in_its_place_when_it_is_answered() {
    let app = App::new();
    let bytes = photo(2021, 3, 1).camera("Apple", "iPhone 12").to_bytes();
    let said = Sent {
        is_favorite: true,
        visibility: Visibility::Archive,
        metadata: vec![("mobile-app".to_owned(), "{\"a\":1}".to_owned())],
        ..sent("IMG_1.jpg")
    };
    let asset = accept(&app, &bytes, &said).unwrap().asset;
    let row = row(&app, asset);
    assert_eq!(row.capture.local, local(2021, 3, 1, 12, 0));
    assert_eq!((row.is_favorite, row.visibility), (true, Visibility::Archive));
    assert_eq!((row.width, row.camera.as_deref()), (32, Some("Apple iPhone 12")));
    assert_eq!(app.shown(), 1);

    let place = app.data().join(format!("uploads/{}/2021/2021-03-01/IMG_1.jpg", app.user));
    assert_eq!(files(&app), BTreeSet::from([place.clone()]));
    assert_eq!(std::fs::read(&place).unwrap(), bytes);
    let modified = place.metadata().unwrap().modified().unwrap();
    let modified = modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
    assert_eq!(modified, said.modified_at as u128);

    app.library
        .read(|reader| {
            let name = DeviceName { device: "CLI".into(), asset: "IMG_1.jpg-1".into() };
            assert_eq!(reader.device_name(app.user, asset)?, Some(name));
            assert_eq!(reader.asset_metadata(app.user, asset)?[0].value, "{\"a\":1}");
            assert_eq!(reader.uploaded_bytes(app.user)?, bytes.len() as u64);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_pictures_of_an_upload_are_made_afterwards_and_once() {
    let app = App::new();
    let asset = send(&app, "a.jpg", &photo(2021, 3, 1).orientation(6).to_bytes());
    let derived = DerivedFiles::new(&app.data());
    assert!(!derived.exist(asset) && row(&app, asset).thumbhash.is_none());
    assert_eq!(app.library.work_off().unwrap(), 1);
    assert!(derived.exist(asset) && row(&app, asset).thumbhash.is_some());
    assert_eq!(app.library.work_off().unwrap(), 0);
    assert!(app.library.open_picture(asset, Derived::Thumbnail).is_some());
}

#[test]
fn cleaned_pictures_of_uploads_are_made_again_by_the_next_scan() {
    let app = App::new();
    let asset = send(&app, "a.jpg", &photo(2021, 3, 1).to_bytes());
    app.library.work_off().unwrap();
    app.library.clean_derived().unwrap();
    app.scan();
    assert!(DerivedFiles::new(&app.data()).exist(asset));
}

#[test]
fn pictures_that_were_asked_for_before_a_restart_are_made_after_it() {
    let app = App::new();
    let asset = send(&app, "a.jpg", &photo(2021, 3, 1).to_bytes());
    // A worker took the job and died with it.
    app.library.write(|writer| writer.lease_jobs(9, i64::MAX)).unwrap();
    assert_eq!(app.library.work_off().unwrap(), 0);
    let App { library, clock, user, photos, root } = app;
    drop(library);
    let library = std::sync::Arc::new(open(&root.path().join("data"), &clock, 2));
    let app = App { library, clock, user, photos, root };
    app.library.take_over_jobs().unwrap();
    assert_eq!(app.library.work_off().unwrap(), 2, "the pictures, and the daily purge");
    assert!(row(&app, asset).thumbhash.is_some());
}

#[test]
fn an_undated_upload_lies_at_the_earlier_of_the_times_that_its_client_says() {
    let app = App::new();
    let asset = send(&app, "a.png", &crate::app::undated_png());
    let capture = row(&app, asset).capture;
    assert_eq!((capture.local, capture.offset), (local(2022, 5, 1, 10, 0), None));
    assert_eq!(capture.source, DateSource::Client);
    assert!(row(&app, asset).is_undated());
}

#[test]
fn the_same_file_is_one_upload_also_in_the_trash() {
    let app = App::new();
    let bytes = photo(2021, 3, 1).to_bytes();
    let first = send(&app, "a.jpg", &bytes);
    app.library.write(|writer| writer.trash(app.user, &[first])).unwrap();
    let before = (files(&app), app.version());
    let again = accept(&app, &bytes, &sent("other name.jpg")).unwrap();
    assert_eq!(again, Accepted { asset: first, is_duplicate: true });
    assert_eq!((files(&app), app.version()), before);
    let sha1 = app.library.read(|reader| reader.details(app.user, first)).unwrap().unwrap().sha1;
    assert_eq!(app.library.known_upload(app.user, &sha1.unwrap()).unwrap(), Some(first));
    let ben = app.user("ben");
    assert_eq!(app.library.known_upload(ben, &sha1.unwrap()).unwrap(), None);
}

#[test]
fn a_file_of_a_scanned_folder_does_not_keep_an_upload_out() {
    let app = App::new();
    let bytes = photo(2021, 3, 1).to_bytes();
    app.write("a.jpg", &bytes);
    app.scan();
    send(&app, "a.jpg", &bytes);
    assert_eq!(app.shown(), 2);
}

#[test]
fn equal_uploads_at_the_same_time_are_one() {
    let app = App::new();
    let bytes = photo(2021, 3, 1).to_bytes();
    for _ in 0..10 {
        let before = app.shown();
        let bytes = [&bytes[..], &[before as u8]].concat();
        let start = std::sync::Barrier::new(4);
        let accepted: Vec<Accepted> = std::thread::scope(|threads| {
            let sending = || {
                let file = incoming(&app, &bytes);
                start.wait();
                app.library.accept(target(&app), file, None, &sent("a.jpg")).unwrap()
            };
            let running: Vec<_> = (0..4).map(|_| threads.spawn(sending)).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(accepted.iter().filter(|accepted| !accepted.is_duplicate).count(), 1);
        assert!(accepted.iter().all(|other| other.asset == accepted[0].asset));
        assert_eq!(app.shown(), before + 1);
    }
    assert_eq!(files(&app), known(&app));
}

#[test]
fn pictures_are_made_of_uploads_that_are_still_on_their_way() {
    let app = App::new();
    let bytes = photo(2021, 3, 1).to_bytes();
    let (senders, each) = (4, 25);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|threads| {
        // It looks for jobs all the time, so it finds some whose files have no place yet.
        let working = threads.spawn(|| {
            while !is_over.load(Ordering::Acquire) {
                app.library.work_off().unwrap();
            }
            app.library.work_off().unwrap()
        });
        let sending: Vec<_> = (0..senders)
            .map(|sender| {
                let (app, bytes) = (&app, &bytes);
                threads.spawn(move || {
                    for number in 0..each {
                        send(app, "a.jpg", &[&bytes[..], &[sender, number]].concat());
                    }
                })
            })
            .collect();
        sending.into_iter().for_each(|sender| sender.join().unwrap());
        is_over.store(true, Ordering::Release);
        working.join().unwrap();
    });
    let library = uploads(&app.library, app.user);
    let problems = app.library.read(|reader| reader.problems_of(app.user, library, usize::MAX));
    assert_eq!(problems.unwrap(), []);
}

#[test]
fn files_of_one_name_and_day_lie_beside_each_other() {
    let app = App::new();
    let day = app.data().join(format!("uploads/{}/2021/2021-03-01", app.user));
    std::fs::create_dir_all(&day).unwrap();
    std::fs::write(day.join("a+1.jpg"), b"from somewhere else").unwrap();
    let bytes = |tail: u8| [photo(2021, 3, 1).to_bytes(), vec![tail]].concat();
    for tail in 0..3 {
        send(&app, "a.jpg", &bytes(tail));
    }
    let read = |name: &str| std::fs::read(day.join(name)).unwrap();
    assert_eq!((read("a.jpg"), read("a+2.jpg"), read("a+3.jpg")), (bytes(0), bytes(1), bytes(2)));
    assert_eq!(read("a+1.jpg"), b"from somewhere else");
}

#[test]
fn an_owner_with_a_label_has_a_folder_of_that_name() {
    let app = App::new();
    let user = app.library.read(|reader| reader.user(app.user)).unwrap().unwrap();
    for (label, folder) in [("anna", "anna"), ("../up", "up")] {
        let labelled = kalends_catalog::User { storage_label: Some(label.into()), ..user.clone() };
        app.library.write(|writer| writer.update_user(&labelled)).unwrap();
        send(&app, "a.jpg", &[photo(2021, 3, 1).to_bytes(), label.into()].concat());
        let place = app.data().join(format!("uploads/{folder}/2021/2021-03-01/a.jpg"));
        assert!(place.is_file(), "{label}");
    }
}

#[test]
fn hostile_names_stay_below_the_folder_of_uploads() {
    let app = App::new();
    let long = format!("{}.jpg", "x".repeat(300));
    let names = ["../../../escape.jpg", "/etc/a.jpg", "a\0b.jpg", &long, "..\\up.jpg", "NUL.jpg"];
    let around = below(app.root.path()).len();
    for (number, name) in names.into_iter().enumerate() {
        let bytes = [photo(2021, 3, 1).to_bytes(), vec![number as u8]].concat();
        send(&app, name, &bytes);
    }
    let day = app.data().join(format!("uploads/{}/2021/2021-03-01", app.user));
    let files = files(&app);
    assert!(files.iter().all(|file| file.parent() == Some(&day)), "{files:?}");
    assert_eq!(below(app.root.path()).len(), around + names.len());
    assert!(files.contains(&day.join("escape.jpg")) && files.contains(&day.join("_NUL.jpg")));
}

#[test]
fn a_sidecar_is_read_and_lies_beside_its_photo() {
    let app = App::new();
    let mut sidecar = app.library.begin_sidecar().unwrap();
    let xmp = Xmp { rating: Some(4), ..Xmp::default() };
    sidecar.write_all(xmp.packet().unwrap().as_bytes()).unwrap();
    let file = incoming(&app, &photo(2021, 3, 1).to_bytes());
    let said = sent("a.jpg");
    let accepted = app.library.accept(target(&app), file, Some(sidecar), &said).unwrap();
    assert_eq!(row(&app, accepted.asset).rating, Some(4));
    let names: Vec<_> =
        files(&app).into_iter().map(|p| p.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["a.jpg", "a.jpg.xmp"]);
    assert_eq!(files(&app), known(&app));

    let mut sidecar = app.library.begin_sidecar().unwrap();
    let refused = sidecar.write_all(&vec![b' '; 17 << 20]).map_err(UploadError::from);
    assert!(matches!(refused, Err(UploadError::SidecarSize)));
}

#[test]
fn what_is_refused_leaves_nothing() {
    let app = App::new();
    let ben = app.user("ben");
    let still = send(&app, "still.jpg", &photo(2021, 3, 1).to_bytes());
    let bens = {
        let mut file = app.library.begin_upload(ben, None).unwrap();
        file.write_all(&Video::new(Scene::Sea, 1, 32, 32).to_bytes()).unwrap();
        let target = UploadTarget { owner: ben, joins: None };
        app.library.accept(target, file, None, &sent("ben.mp4")).unwrap().asset
    };
    let before = (files(&app), app.version());
    let bytes = photo(2022, 3, 1).to_bytes();
    let with_video = |video| Sent { live_video: Some(video), ..sent("a.jpg") };
    for (said, message) in [
        (sent("a.exe"), "Unsupported file type a.exe"),
        (sent("jpg"), "Unsupported file type jpg"),
        (with_video(AssetId::from_bytes([9; 16])), "Live photo video not found"),
        (with_video(still), "Live photo video must be a video"),
        (with_video(bens), "Live photo video does not belong to the user"),
    ] {
        let refused = accept(&app, &bytes, &said).unwrap_err();
        assert_eq!(refused.to_string(), message);
    }
    assert_eq!((files(&app), app.version()), before);
}

#[test]
fn a_quota_is_held_before_and_while_and_after_a_file_arrives() {
    let app = App::new();
    let bytes = photo(2021, 3, 1).to_bytes();
    let owner = app.user_with_quota(bytes.len() as u64 + 10);
    let target = UploadTarget { owner, joins: None };
    let begin = || app.library.begin_upload(owner, None);
    let accept = |file, name| app.library.accept(target, file, None, &sent(name));
    let mut early = begin().unwrap();
    early.write_all(&[7; 20]).unwrap();
    let mut first = begin().unwrap();
    first.write_all(&bytes).unwrap();
    let over = first.write_all(&[0; 11]).map_err(UploadError::from).unwrap_err();
    assert_eq!(over.to_string(), "Quota has been exceeded!");
    accept(first, "a.jpg").unwrap();
    let second = accept(early, "b.jpg").unwrap_err();
    assert!(matches!(second, UploadError::Quota), "there was room when it began: {second:?}");
    let mut last = begin().unwrap();
    last.write_all(&[7; 10]).unwrap();
    accept(last, "c.jpg").unwrap();
    assert!(matches!(begin(), Err(UploadError::Quota)));
    assert_eq!(files(&app).len(), 2);
}

#[test]
fn uploads_stop_before_the_disk_is_full() {
    let app = App::new();
    let free = kalends_library::derived::free_bytes(&app.data()).unwrap();
    let begin = |coming| app.library.begin_upload(app.user, coming);
    app.library.set_upload_floor(free / 2);
    assert!(begin(None).is_ok() && begin(Some(1_000)).is_ok());
    assert!(matches!(begin(Some(free)), Err(UploadError::DiskFull)));
    app.library.set_upload_floor(u64::MAX);
    assert!(matches!(begin(None), Err(UploadError::DiskFull)));
    assert!(files(&app).is_empty());
}

#[test]
fn a_file_that_cannot_be_read_is_kept_and_its_reason_told() {
    let app = App::new();
    let broken = send(&app, "broken.jpg", b"not a picture");
    let empty = send(&app, "empty.jpg", b"");
    app.library.work_off().unwrap();
    let library = uploads(&app.library, app.user);
    let problems = app.library.read(|reader| reader.problems_of(app.user, library, 9)).unwrap();
    assert_eq!(problems.len(), 2);
    for asset in [broken, empty] {
        assert_eq!(row(&app, asset).capture.source, DateSource::Client);
        assert!(app.library.open_original(app.user, asset).unwrap().is_some());
    }
}

#[test]
fn the_video_of_a_live_photo_is_hidden_whichever_way_it_is_said() {
    let content = |id: &str| {
        let mut still = photo(2023, 6, 1).camera("Apple", "iPhone 15");
        still.exif.content_identifier = Some(id.to_owned());
        let apple = AppleMeta { content_identifier: Some(id.to_owned()), ..AppleMeta::default() };
        let clip = Video { brand: Brand::Mov, apple, ..Video::new(Scene::Sea, 1, 32, 32) };
        [("a.jpg", still.to_bytes()), ("a.mov", clip.to_bytes())]
    };
    for order in [[0, 1], [1, 0]] {
        let app = App::new();
        let files = content("pair");
        let sent = order.map(|at| (at, send(&app, files[at].0, &files[at].1)));
        let of = |wanted| sent.iter().find(|(at, _)| *at == wanted).unwrap().1;
        assert_eq!(row(&app, of(0)).live_video, Some(of(1)));
        assert_eq!(row(&app, of(1)).visibility, Visibility::Hidden);
        assert_eq!(app.shown(), 1);
    }
    let app = App::new();
    let video = send(&app, "b.mp4", &Video::new(Scene::Sea, 1, 32, 32).to_bytes());
    assert_eq!(row(&app, video).kind, Kind::Video);
    let album = app.album("holidays");
    app.library.write(|writer| writer.add_to_album(album, app.user, &[video])).unwrap();
    let said = Sent { live_video: Some(video), ..sent("b.jpg") };
    let still = accept(&app, &photo(2023, 6, 1).to_bytes(), &said).unwrap().asset;
    assert_eq!(row(&app, still).live_video, Some(video));
    assert_eq!(row(&app, video).visibility, Visibility::Hidden);
    let albums = app.library.read(|reader| reader.albums_of_asset(app.user, video)).unwrap();
    assert_eq!(albums, [] as [AlbumId; 0]);
}

#[test]
fn an_upload_through_a_link_goes_into_what_the_link_shows() {
    let app = App::new();
    let album = app.album("guests");
    let bytes = photo(2021, 3, 1).to_bytes();
    let known = send(&app, "known.jpg", &bytes);
    let link = kalends_catalog::Link {
        id: LinkId::from_random([5; 16]),
        owner: app.user,
        key: vec![1; 50],
        slug: None,
        target: LinkTarget::Assets,
        description: None,
        created_at: 0,
        expires_at: None,
        show_metadata: true,
        allow_upload: true,
        allow_download: true,
    };
    app.library.write(|writer| writer.create_link(&link, None)).unwrap();
    let through = |joins, bytes: &[u8]| {
        let target = UploadTarget { owner: app.user, joins: Some(joins) };
        let file = incoming(&app, bytes);
        app.library.accept(target, file, None, &sent("a.jpg")).unwrap()
    };
    let new = through(Joins::Album(album), &photo(2021, 3, 2).to_bytes());
    let again = through(Joins::Album(album), &bytes);
    assert_eq!((new.is_duplicate, again), (false, Accepted { asset: known, is_duplicate: true }));
    let mut in_album: Vec<_> = app.library.read(|r| r.album_assets(album)).unwrap();
    in_album.sort_unstable();
    let mut expected = vec![(app.user, new.asset), (app.user, known)];
    expected.sort_unstable();
    assert_eq!(in_album, expected);
    through(Joins::Link(link.id), &bytes);
    let in_link = app.library.read(|reader| reader.link_assets(link.id)).unwrap();
    assert_eq!(in_link, [(app.user, known)]);
}

#[test]
fn uploads_that_stop_at_any_moment_leave_nothing() {
    let mut rng = Rng::seeded(20_261_122);
    let app = App::new();
    let mut accepted = 0;
    for number in 0..120_u64 {
        let length = rng.next_u64() % 200_000;
        let bytes: Vec<u8> = (0..length).map(|at| (at ^ number) as u8).collect();
        let mut file = app.library.begin_upload(app.user, None).unwrap();
        let stops_at = rng.next_u64() % (length + length / 2 + 1);
        let mut at = 0;
        while at < length.min(stops_at) {
            let piece = (rng.next_u64() % 70_000 + 1).min(length - at);
            file.write_all(&bytes[at as usize..(at + piece) as usize]).unwrap();
            at += piece;
        }
        if at < length {
            match rng.next_u64() % 2 {
                0 => drop(file),
                // The process is killed: nothing of it runs any more.
                _ => std::mem::forget(file),
            }
            continue;
        }
        let said = Sent { created_at: number as i64 * DAY, ..sent("a.jpg") };
        app.library.accept(target(&app), file, None, &said).unwrap();
        accepted += 1;
    }
    assert!(accepted > 10);
    let tidied = app.library.tidy_uploads().unwrap();
    assert_eq!(tidied.placed, 0);
    assert!(tidied.removed > 10);
    assert_eq!(files(&app), known(&app));
    assert_eq!(files(&app).len(), app.shown());
    assert_eq!(app.library.tidy_uploads().unwrap(), Tidied::default());
}

#[test]
fn a_file_that_had_not_reached_its_place_is_there_after_the_next_start() {
    let app = App::new();
    let bytes = photo(2021, 3, 1).to_bytes();
    let asset = send(&app, "a.jpg", &bytes);
    let place = files(&app).pop_first().unwrap();
    let waiting = app.data().join("uploads/.incoming").join(asset.to_string());
    std::fs::rename(&place, &waiting).unwrap();
    let mut read = Vec::new();
    let mut original = app.library.open_original(app.user, asset).unwrap().unwrap();
    std::io::Read::read_to_end(&mut original.file, &mut read).unwrap();
    assert_eq!(read, bytes, "it can be read where it waits");
    // Something else has come to lie in its place.
    std::fs::write(&place, b"another").unwrap();
    let tidied = app.library.tidy_uploads().unwrap();
    assert_eq!(tidied, Tidied { placed: 1, removed: 0 });
    assert_eq!(std::fs::read(&place).unwrap(), b"another");
    let known = known(&app).pop_first().unwrap();
    assert_eq!(std::fs::read(known).unwrap(), bytes);
    // A second name of a file that is in its place is only removed.
    let known = self::known(&app).pop_first().unwrap();
    std::fs::hard_link(&known, &waiting).unwrap();
    assert_eq!(app.library.tidy_uploads().unwrap(), Tidied { placed: 0, removed: 1 });
    assert!(known.exists());
}

#[test]
fn a_file_that_had_not_reached_its_place_has_its_pictures_made_after_the_next_start() {
    let app = App::new();
    let asset = send(&app, "a.jpg", &photo(2021, 3, 1).to_bytes());
    let place = files(&app).pop_first().unwrap();
    let waiting = app.data().join("uploads/.incoming").join(asset.to_string());
    std::fs::rename(&place, &waiting).unwrap();
    let derived = DerivedFiles::new(&app.data());
    // It is looked for until nobody believes in it any more.
    for _ in 0..10 {
        app.clock.set(app.clock.now_micros() + DAY);
        app.library.work_off().unwrap();
    }
    assert!(!derived.exist(asset));
    assert_eq!(app.library.tidy_uploads().unwrap(), Tidied { placed: 1, removed: 0 });
    app.library.work_off().unwrap();
    assert!(derived.exist(asset));
    let library = uploads(&app.library, app.user);
    let problems = app.library.read(|reader| reader.problems_of(app.user, library, usize::MAX));
    assert_eq!(problems.unwrap(), []);
}

#[test]
fn an_owner_without_a_library_for_uploads_is_told_so() {
    let app = App::new();
    let nobody = UserId::from_bytes([9; 16]);
    let file = incoming(&app, b"x");
    let target = UploadTarget { owner: nobody, joins: None };
    let refused = app.library.accept(target, file, None, &sent("a.jpg")).unwrap_err();
    assert!(matches!(refused, UploadError::NoLibrary), "{refused:?}");
    assert!(files(&app).is_empty());
}
