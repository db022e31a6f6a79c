//! Sidecars: what an `.xmp` file beside a photo adds, and what happens when it comes, changes,
//! moves and goes.

use kalends_library::Report;
use kalends_specimen::Xmp;

use crate::app::{App, photo};

fn rated(stars: i32) -> String {
    Xmp { rating: Some(stars), ..Xmp::default() }.packet().unwrap()
}

/// A scan that read this many files again and did nothing else, and after which nothing is left to
/// do.
fn assert_reread(app: &App, seen: u64, changed: u64) {
    let quiet = Report { library: "photos".to_owned(), seen, ..Report::default() };
    assert_eq!(app.scan(), Report { changed, ..quiet.clone() });
    let version = app.version();
    assert_eq!(app.scan(), quiet, "the scan after it repeats no work");
    assert_eq!(app.version(), version);
}

#[test]
fn a_sidecar_that_comes_changes_and_goes_is_read() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("b.jpg", photo(2021, 3, 2).to_bytes());
    app.scan();
    assert_eq!(app.row("a.jpg").rating, None);
    app.write_at("a.jpg.xmp", rated(3), 1_000);
    assert_reread(&app, 2, 1);
    assert_eq!(app.row("a.jpg").rating, Some(3));
    app.write_at("a.jpg.xmp", rated(4), 2_000);
    assert_reread(&app, 2, 1);
    assert_eq!(app.row("a.jpg").rating, Some(4));
    app.remove("a.jpg.xmp");
    assert_reread(&app, 2, 1);
    assert_eq!(app.row("a.jpg").rating, None);
}

#[test]
fn one_sidecar_can_lie_beside_two_files() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("a.png", photo(2021, 3, 2).to_bytes());
    app.write_at("a.xmp", rated(3), 1_000);
    app.scan();
    assert_reread(&app, 2, 0);
    assert_eq!((app.row("a.jpg").rating, app.row("a.png").rating), (Some(3), Some(3)));
    app.write_at("a.xmp", rated(5), 2_000);
    assert_reread(&app, 2, 2);
    assert_eq!((app.row("a.jpg").rating, app.row("a.png").rating), (Some(5), Some(5)));
    app.remove("a.xmp");
    assert_reread(&app, 2, 2);
    assert_eq!((app.row("a.jpg").rating, app.row("a.png").rating), (None, None));
}

#[test]
fn the_sidecar_named_after_the_whole_file_replaces_the_other() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("a.xmp", rated(2));
    app.scan();
    assert_eq!(app.row("a.jpg").rating, Some(2));
    app.write("a.jpg.xmp", rated(5));
    assert_reread(&app, 1, 1);
    assert_eq!(app.row("a.jpg").rating, Some(5));
    app.remove("a.jpg.xmp");
    assert_reread(&app, 1, 1);
    assert_eq!(app.row("a.jpg").rating, Some(2));
}

#[test]
fn a_photo_and_its_sidecar_move_together() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("a.jpg.xmp", rated(2));
    app.scan();
    let asset = app.asset("a.jpg");
    app.rename("a.jpg", "b/c.jpg");
    app.rename("a.jpg.xmp", "b/c.jpg.xmp");
    assert_eq!(app.scan().renamed, 1);
    assert_reread(&app, 1, 0);
    assert_eq!((app.asset("b/c.jpg"), app.row("b/c.jpg").rating), (asset, Some(2)));
}

#[test]
fn a_photo_that_moves_to_another_sidecar_is_read_again() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("a.jpg.xmp", rated(2));
    app.scan();
    let asset = app.asset("a.jpg");
    app.write_at("b.jpg.xmp", rated(4), 1_000);
    app.rename("a.jpg", "b.jpg");
    let report = app.scan();
    assert_eq!((report.renamed, report.changed, report.added), (1, 1, 0), "{report:?}");
    assert_reread(&app, 1, 0);
    assert_eq!((app.asset("b.jpg"), app.row("b.jpg").rating), (asset, Some(4)));
    app.rename("b.jpg", "c.jpg");
    assert_eq!(app.scan().changed, 1, "there it has none");
    assert_reread(&app, 1, 0);
    assert_eq!(app.row("c.jpg").rating, None);
}

#[test]
fn a_vanished_photo_takes_no_notice_of_its_sidecar() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("a.jpg.xmp", rated(2));
    app.write("b.jpg", photo(2021, 3, 2).to_bytes());
    app.scan();
    app.remove("a.jpg");
    assert_eq!(app.scan().vanished, 1);
    assert_reread(&app, 1, 0);
    app.remove("a.jpg.xmp");
    assert_reread(&app, 1, 0);
    assert!(app.row("a.jpg").is_offline);
}

#[test]
fn a_sidecar_that_cannot_be_read_costs_only_itself() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).to_bytes());
    app.write("a.jpg.xmp", [0xff; 5_000]);
    assert_eq!(app.scan().added, 1);
    assert_eq!(app.row("a.jpg").capture.local, kalends_test_support::local(2021, 3, 1, 12, 0));
    assert_reread(&app, 1, 0);
}
