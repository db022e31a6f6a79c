//! What cannot be read is a problem with a reason. It never stops a scan, and never loses a file:
//! each is an asset or a problem.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use kalends_library::scan::status::Phase;
use kalends_specimen::{PhotoFormat, Scene, Video};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::app::{App, photo};

fn make_pipe(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

/// Every media file of the folder is an asset or a problem.
fn assert_nothing_is_lost(app: &App, names: impl IntoIterator<Item = String>) {
    let (assets, problems) = (app.assets(), app.problems());
    for name in names {
        assert!(assets.contains_key(&name) || problems.contains_key(&name), "{name} is lost");
    }
    assert_eq!(
        app.library.read(|r| r.problem_count(app.user, app.photos)).unwrap() as usize,
        problems.len()
    );
    assert!(problems.values().all(|reason| !reason.trim().is_empty()), "{problems:?}");
}

#[test]
fn odd_files_are_problems_and_stop_nothing() {
    let app = App::new();
    app.write("good.jpg", photo(2021, 3, 1).to_bytes());
    app.write("empty.jpg", "");
    app.write("empty.mp4", "");
    app.write("garbage.jpg", "no picture at all");
    app.write("garbage.heic", [0x55; 4_000]);
    app.write("garbage.mp4", [0; 100]);
    app.write("text.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    make_pipe(&app.folder().join("pipe.jpg"));
    make_pipe(&app.folder().join("pipe.mp4"));
    symlink(app.folder().join("good.jpg"), app.folder().join("link.jpg")).unwrap();
    symlink("nowhere", app.folder().join("dangling.jpg")).unwrap();
    symlink(app.folder(), app.folder().join("loop.jpg")).unwrap();
    symlink(app.folder(), app.folder().join("loop")).unwrap();
    let report = app.scan();
    assert_eq!(report.seen, 7);
    let names = ["empty.jpg", "empty.mp4", "garbage.jpg", "garbage.heic", "garbage.mp4"];
    let odd = ["pipe.jpg", "pipe.mp4", "link.jpg", "dangling.jpg", "loop.jpg", "text.svg"];
    assert_nothing_is_lost(&app, names.iter().chain(&odd).map(|name| (*name).to_owned()));
    let problems = app.problems();
    for name in names {
        assert!(problems.contains_key(name), "{name}: {problems:?}");
    }
    assert!(problems["empty.jpg"].contains("empty"));
    assert!(problems["pipe.jpg"].contains("regular"));
    for link in ["link.jpg", "dangling.jpg", "loop.jpg"] {
        assert!(problems[link].contains("symbolic link"), "{link}");
    }
    assert!(app.row("good.jpg").thumbhash.is_some());
    assert!(!problems.contains_key("good.jpg"));
}

#[test]
fn a_problem_ends_when_the_file_is_mended_or_gone() {
    let app = App::new();
    app.write("good.jpg", photo(2021, 3, 1).to_bytes());
    app.write_at("a.jpg", "garbage", 1_000);
    app.write_at("b.jpg", "garbage", 1_000);
    symlink("nowhere", app.folder().join("c.jpg")).unwrap();
    assert_eq!(app.scan().problems, 3);
    app.write_at("a.jpg", photo(2021, 3, 2).to_bytes(), 2_000);
    app.remove("b.jpg");
    app.remove("c.jpg");
    app.write("c.jpg", photo(2021, 3, 3).to_bytes());
    let report = app.scan();
    assert_eq!((report.problems, report.added), (0, 2), "{:?}", app.problems());
    assert_eq!(app.shown(), 3);
}

#[test]
fn a_photo_that_becomes_garbage_keeps_its_asset() {
    let app = App::new();
    app.write_at("a.jpg", photo(2021, 3, 1).to_bytes(), 1_000);
    app.scan();
    let before = app.row("a.jpg");
    app.write_at("a.jpg", "garbage", 2_000);
    let report = app.scan();
    assert_eq!((report.changed, report.problems), (0, 1));
    assert_eq!(app.row("a.jpg"), before);
    app.write_at("a.jpg", photo(2021, 3, 9).to_bytes(), 3_000);
    let report = app.scan();
    assert_eq!((report.changed, report.problems), (1, 0));
    assert_eq!(app.row("a.jpg").id, before.id);
}

#[test]
fn a_folder_with_the_name_of_a_photo_is_a_folder() {
    let app = App::new();
    app.write("album.jpg/a.jpg", photo(2021, 3, 1).to_bytes());
    std::fs::create_dir(app.folder().join("empty.jpg")).unwrap();
    let report = app.scan();
    assert_eq!((report.added, report.problems), (1, 0));
    assert_eq!(app.assets().keys().collect::<Vec<_>>(), ["album.jpg/a.jpg"]);
}

#[test]
fn a_photo_that_is_replaced_by_a_link_or_a_pipe_goes_offline() {
    let app = App::new();
    for name in ["a.jpg", "b.jpg", "c.jpg"] {
        app.write(name, photo(2021, 3, 1).to_bytes());
    }
    app.scan();
    app.remove("a.jpg");
    make_pipe(&app.folder().join("a.jpg"));
    app.remove("b.jpg");
    symlink("c.jpg", app.folder().join("b.jpg")).unwrap();
    let report = app.scan();
    assert_eq!((report.vanished, report.problems), (2, 2));
    assert!(app.row("a.jpg").is_offline && app.row("b.jpg").is_offline);
}

/// Runs `act` between the walk and the reading of a scan.
fn between_walk_and_reading(app: &App, act: impl Fn(&Path) + Send + Sync + 'static) {
    let (library, folder) = (Arc::downgrade(&app.library), app.folder());
    app.clock.hook(move || {
        if library.upgrade().unwrap().scan_progress().phase == Phase::Walking {
            act(&folder);
        }
    });
}

#[test]
fn a_file_that_vanishes_between_the_walk_and_the_reading_is_a_problem_for_one_scan() {
    let app = App::new();
    for day in 1..=5 {
        app.write(&format!("{day}.jpg"), photo(2021, 3, day).to_bytes());
    }
    between_walk_and_reading(&app, |folder| {
        let _ = std::fs::remove_file(folder.join("3.jpg"));
    });
    let report = app.scan();
    app.clock.unhook();
    assert_eq!((report.seen, report.added, report.problems), (5, 4, 1));
    assert_eq!(app.problems().keys().collect::<Vec<_>>(), ["3.jpg"]);
    let report = app.scan();
    assert_eq!((report.seen, report.problems), (4, 0));
}

#[test]
fn a_file_that_becomes_a_pipe_between_the_walk_and_the_reading_does_not_hold_the_scan() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("b.mp4", Video::new(Scene::Sea, 1, 32, 32).to_bytes());
    app.write("c.jpg", photo(2021, 3, 1).to_bytes());
    app.write("c.jpg.xmp", "<x/>");
    between_walk_and_reading(&app, |folder| {
        for name in ["a.jpg", "b.mp4", "c.jpg.xmp"] {
            let path = folder.join(name);
            std::fs::remove_file(&path).unwrap();
            make_pipe(&path);
        }
    });
    let report = app.scan();
    app.clock.unhook();
    assert_eq!((report.added, report.problems), (1, 2));
    assert!(app.problems()["a.jpg"].contains("regular"));
}

#[test]
fn a_folder_that_vanishes_after_the_walk_loses_nothing() {
    let app = App::new();
    app.write_at("a.jpg", photo(2021, 3, 1).to_bytes(), 1_000);
    app.scan();
    app.write("b.jpg", photo(2021, 3, 2).to_bytes());
    let away = app.root.path().join("away");
    between_walk_and_reading(&app, move |folder| {
        let _ = std::fs::rename(folder, &away);
    });
    app.scan();
    app.clock.unhook();
    assert_eq!(app.shown(), 1);
    assert!(app.scan().frozen.is_some());
    std::fs::rename(app.root.path().join("away"), app.folder()).unwrap();
    let report = app.scan();
    assert_eq!((report.added, report.problems, app.shown()), (1, 0, 2));
}

#[test]
fn every_cut_of_a_file_is_an_asset_or_a_problem() {
    let app = App::new();
    let whole = [
        ("jpg", photo(2021, 3, 1).keyword("A/B").at(48.0, 2.0).to_bytes()),
        ("png", photo(2021, 3, 1).format(PhotoFormat::Png).to_bytes()),
        ("webp", photo(2021, 3, 1).format(PhotoFormat::WebP).to_bytes()),
        ("tif", photo(2021, 3, 1).format(PhotoFormat::Tiff).to_bytes()),
        ("gif", photo(2021, 3, 1).format(PhotoFormat::Gif).to_bytes()),
        ("mp4", Video { frames: 1, ..Video::new(Scene::Sea, 1, 32, 32) }.to_bytes()),
    ];
    let mut names = Vec::new();
    for (extension, bytes) in &whole {
        for part in 1..16 {
            let name = format!("{part}.{extension}");
            app.write(&name, &bytes[..bytes.len() * part / 16]);
            names.push(name);
        }
    }
    assert_eq!(app.scan().seen, names.len() as u64);
    assert_nothing_is_lost(&app, names);
}

/// The files of a folder tree.
fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// With `KALENDS_CORPUS` naming a folder of sample files: `media/` as it is, and each file of
/// `malformed/` under a name that has it read.
#[test]
fn the_whole_corpus_can_be_scanned() {
    let Some(corpus) = std::env::var_os("KALENDS_CORPUS") else {
        eprintln!("skipped: KALENDS_CORPUS is not set");
        return;
    };
    let corpus = Path::new(&corpus);
    let app = App::new();
    let endings = ["jpg", "heic", "mp4", "png", "tif", "webp", "avif", "mov", "gif", "mkv", "dng"];
    for (number, path) in files_below(&corpus.join("malformed")).iter().enumerate() {
        let name = path.file_name().unwrap().to_string_lossy();
        let ending = endings[number % endings.len()];
        let to = app.folder().join("malformed").join(format!("{name}.{ending}"));
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(path, to).unwrap();
    }
    for path in files_below(&corpus.join("media")) {
        let to = app.folder().join("media").join(path.strip_prefix(corpus.join("media")).unwrap());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(&path, to).unwrap();
    }
    let media: BTreeSet<String> = files_below(&app.folder())
        .iter()
        .map(|path| path.strip_prefix(app.folder()).unwrap())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            kalends_library::file_kind::FileKind::of_name(&name).is_some()
        })
        .map(|path| String::from_utf8_lossy(path.as_os_str().as_bytes()).into_owned())
        .collect();
    let report = app.scan();
    println!("{report:?}, {} pictures", app.library.derived_size().files);
    assert_eq!(report.seen as usize, media.len());
    assert_nothing_is_lost(&app, media);
    let (version, problems) = (app.version(), app.problems());
    app.scan();
    assert_eq!((app.version(), app.problems()), (version, problems));
}
