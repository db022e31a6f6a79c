//! What the server knows about itself.

use super::app::App;

#[test]
fn each_version_is_noted_when_it_is_first_served() {
    let app = App::new();
    assert!(app.library.served_versions().unwrap().is_empty());
    app.clock.set(1_000_000);
    app.library.note_served_version("2.7.4").unwrap();
    app.clock.set(2_000_000);
    app.library.note_served_version("2.7.4").unwrap();
    app.library.note_served_version("2.7.5").unwrap();
    let served = app.library.served_versions().unwrap();
    let told: Vec<_> = served.iter().map(|s| (s.version.as_str(), s.since)).collect();
    assert_eq!(told, [("2.7.5", 2_000_000), ("2.7.4", 1_000_000)]);
    assert_eq!(served[0].id.get_version_num(), 4);
}

#[test]
fn an_administrator_counts_as_shown_around_until_told_otherwise() {
    let app = App::new();
    assert!(app.library.is_administrator_shown_around().unwrap());
    app.library.set_administrator_shown_around(false).unwrap();
    assert!(!app.library.is_administrator_shown_around().unwrap());
    app.library.set_administrator_shown_around(true).unwrap();
    assert!(app.library.is_administrator_shown_around().unwrap());
}

#[test]
fn a_server_without_an_administrator_is_not_set_up() {
    let app = App::new();
    assert!(!app.library.is_set_up().unwrap(), "the app's users administer nothing");
}

#[test]
fn the_disk_holds_what_is_used_and_what_is_left() {
    let app = App::new();
    let disk = app.library.disk_space().unwrap();
    assert!(disk.used + disk.available <= disk.total && disk.total > 0, "{disk:?}");
}
