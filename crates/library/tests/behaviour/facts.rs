//! What files say of themselves, as it arrives in the timeline: dates and where they are from,
//! places, tags, people, sizes.

use std::collections::BTreeSet;

use kalends_library::people::PersonChange;
use kalends_library::{Ask, Viewer};
use kalends_model::{CaptureTime, DateSource, Kind, Leaf, Offset};
use kalends_specimen::{Photo, PhotoFormat, Scene, Video, WallTime};
use kalends_test_support::local;

use crate::app::{App, id_set, photo, with_leaf};

fn without_date() -> Photo {
    Photo::new(Scene::Sky, 7, 32, 24)
}

#[test]
fn every_fact_of_a_photo_arrives() {
    let app = App::new();
    let taken = WallTime::new(2024, 2, 29, 23, 59, 59).with_millis(999);
    let photo = Photo::new(Scene::Peaks, 3, 40, 30)
        .taken(taken, Some(20_700))
        .camera("NIKON CORPORATION", "NIKON D5300")
        .at(27.7172, 85.3240)
        .orientation(6)
        .rating(4)
        .described("Boudha");
    app.write("a.jpg", photo.to_bytes());
    app.scan();
    let row = app.row("a.jpg");
    let expected = CaptureTime {
        local: kalends_model::LocalTime::from_micros(local(2024, 3, 1, 0, 0).micros() - 1_000),
        offset: Offset::from_seconds(20_700),
        source: DateSource::ExifOriginal,
    };
    assert_eq!(row.capture, expected);
    assert_eq!((row.kind, row.width, row.height), (Kind::Image, 40, 30));
    assert_eq!((row.rating, row.camera.as_deref()), (Some(4), Some("NIKON D5300")));
    assert_eq!(row.city.as_deref(), Some("Kathmandu"));
    assert_eq!(row.country.as_deref(), Some("Nepal"));
    let details = app.details("a.jpg");
    assert_eq!(details.exif.description.as_deref(), Some("Boudha"));
    assert_eq!(details.exif.orientation, Some(6));
    assert!(details.sha1.is_some() && details.sha256.is_some());
    let nepal = with_leaf(Leaf::Country("Nepal".into()));
    assert_eq!(id_set(&app.library, &app.viewer(), &nepal).len(), 1);
}

#[test]
fn a_place_gives_the_offset_that_the_file_lacks() {
    let app = App::new();
    let at_noon = WallTime::new(2021, 7, 4, 12, 0, 0);
    app.write("paris.jpg", without_date().taken(at_noon, None).at(48.8566, 2.3522).to_bytes());
    app.write("nowhere.jpg", without_date().taken(at_noon, None).to_bytes());
    app.scan();
    let paris = app.row("paris.jpg");
    assert_eq!(paris.capture.local, local(2021, 7, 4, 12, 0));
    assert_eq!(paris.capture.offset, Offset::from_seconds(7_200));
    assert_eq!((paris.city.as_deref(), paris.country.as_deref()), (Some("Paris"), Some("France")));
    assert_eq!(app.details("paris.jpg").exif.zone.as_deref(), Some("Europe/Paris"));
    assert_eq!(app.row("nowhere.jpg").capture.offset, None, "unknown stays unknown");
}

#[test]
fn undated_files_take_a_date_from_their_name_or_their_time_of_modification() {
    let app = App::new();
    app.write_at("IMG-20190704-WA0007.jpg", without_date().to_bytes(), 86_400);
    app.write_at("holiday.jpg", without_date().to_bytes(), 86_400);
    app.write_at("before 1970.png", without_date().format(PhotoFormat::Png).to_bytes(), -1);
    app.scan();
    let named = app.row("IMG-20190704-WA0007.jpg");
    assert_eq!(named.capture.source, DateSource::FileName);
    assert_eq!(named.capture.local, local(2019, 7, 4, 0, 0));
    assert!(!named.is_undated());
    let undated = app.row("holiday.jpg");
    let expected =
        CaptureTime { local: local(1970, 1, 2, 0, 0), offset: None, source: DateSource::FileTime };
    assert_eq!((undated.capture, undated.is_undated()), (expected, true));
    assert_eq!(app.row("before 1970.png").capture.local.micros(), -1_000_000);
    let undated = id_set(&app.library, &app.viewer(), &with_leaf(Leaf::Undated));
    let expected = BTreeSet::from([app.asset("holiday.jpg"), app.asset("before 1970.png")]);
    assert_eq!(undated, expected);
}

#[test]
fn keywords_become_a_tree_of_tags() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).keyword("Travel/Asia/Nepal").to_bytes());
    app.write("b.jpg", photo(2021, 3, 2).keyword("Travel/Asia").keyword("Family").to_bytes());
    app.scan();
    let tags = app.library.read(|reader| reader.tags_of(app.user)).unwrap();
    let values: Vec<&str> = tags.iter().map(|tag| tag.value.as_str()).collect();
    assert_eq!(values, ["Family", "Travel", "Travel/Asia", "Travel/Asia/Nepal"]);
    let id = |value: &str| tags.iter().find(|tag| tag.value == value).unwrap().id;
    let tagged = |value: &str| {
        let ask = Ask { tag: Some(id(value)), ..Ask::default() };
        id_set(&app.library, &app.viewer(), &ask)
    };
    let (a, b) = (app.asset("a.jpg"), app.asset("b.jpg"));
    assert_eq!(tagged("Travel"), BTreeSet::from([a, b]), "a tag means its descendants too");
    assert_eq!(tagged("Travel/Asia/Nepal"), BTreeSet::from([a]));
    assert_eq!(tagged("Family"), BTreeSet::from([b]));
    assert_eq!(app.row("a.jpg").tags, [id("Travel/Asia/Nepal")], "ancestors are not listed");
}

#[test]
fn named_regions_become_people() {
    let app = App::new();
    let face = (0.25, 0.5, 0.2, 0.4);
    app.write("a.jpg", photo(2021, 3, 1).orientation(6).face("Anna", face).to_bytes());
    app.write("b.jpg", photo(2021, 3, 2).face("anna", face).face("Bob", face).to_bytes());
    app.scan();
    let people = app.library.read(|reader| reader.people_of(app.user)).unwrap();
    let mut names: Vec<String> = people.iter().map(|p| p.name.to_lowercase()).collect();
    names.sort();
    assert_eq!(names, ["anna", "bob"], "a name is one person, however it is written");
    let person = |name: &str| people.iter().find(|p| p.name.to_lowercase() == name).unwrap().id;
    let with = |name| id_set(&app.library, &app.viewer(), &with_leaf(Leaf::Person(person(name))));
    let (a, b) = (app.asset("a.jpg"), app.asset("b.jpg"));
    assert_eq!(with("anna"), BTreeSet::from([a, b]));
    assert_eq!(with("bob"), BTreeSet::from([b]));
    let faces = app.library.read(|reader| reader.faces_of_asset(app.user, a)).unwrap();
    let expected = [0.15, 0.3, 0.35, 0.7];
    for (edge, expected) in faces[0].region.iter().zip(expected) {
        assert!((edge - expected).abs() < 0.06, "{:?} of the upright picture", faces[0].region);
    }
}

#[test]
fn faces_that_a_file_no_longer_names_are_taken_off() {
    let app = App::new();
    let face = (0.5, 0.5, 0.2, 0.2);
    app.write_at("a.jpg", photo(2021, 3, 1).face("Anna", face).to_bytes(), 1_000);
    app.scan();
    assert_eq!(app.row("a.jpg").people.len(), 1);
    app.write_at("a.jpg", photo(2021, 3, 1).to_bytes(), 2_000);
    app.scan();
    assert!(app.row("a.jpg").people.is_empty());
}

#[test]
fn a_video_says_how_long_it_is_and_when_by_a_clock_in_utc() {
    let app = App::new();
    let video = Video {
        created_utc: Some(1_600_000_000),
        duration_ms: 3_200,
        ..Video::new(Scene::Sea, 1, 64, 32)
    };
    app.write("a.mp4", video.to_bytes());
    app.scan();
    let row = app.row("a.mp4");
    assert_eq!((row.kind, row.width, row.height), (Kind::Video, 64, 32));
    assert_eq!(row.duration_ms, Some(3_200));
    assert_eq!(row.capture.source, DateSource::ContainerUtc);
    assert_eq!(row.capture.offset, Offset::from_seconds(0));
    assert_eq!(row.capture.local.micros(), 1_600_000_000_000_000);
}

#[test]
fn what_the_bytes_are_wins_over_the_name() {
    let app = App::new();
    app.write("really a png.jpg", photo(2021, 3, 1).format(PhotoFormat::Png).to_bytes());
    app.write("really a video.jpg", Video::new(Scene::Sea, 1, 32, 32).to_bytes());
    app.write("really a photo.mp4", photo(2021, 3, 2).to_bytes());
    app.scan();
    assert!(app.row("really a png.jpg").thumbhash.is_some());
    assert_eq!(app.row("really a video.jpg").kind, Kind::Video);
    let photo = app.row("really a photo.mp4");
    assert_eq!((photo.kind, photo.capture.local), (Kind::Image, local(2021, 3, 2, 12, 0)));
    assert!(photo.thumbhash.is_some());
    assert_eq!(app.details("really a photo.mp4").sha256.map(|hash| hash.len()), Some(32));
}

#[test]
fn tags_of_somebody_else_are_not_answered() {
    let app = App::new();
    app.write("a.jpg", photo(2021, 3, 1).keyword("Family").to_bytes());
    app.scan();
    let tag = app.library.read(|reader| reader.tags_of(app.user)).unwrap()[0].id;
    let bob = Viewer::Open { user: app.user("bob") };
    let ask = Ask { tag: Some(tag), ..Ask::default() };
    assert_eq!(crate::app::denied(&app.library, &bob, &ask), kalends_library::Denied::Tag);
}

#[test]
fn tags_and_faces_that_a_person_has_chosen_do_not_come_back_from_the_file() {
    let app = App::new();
    let bytes =
        |day| photo(2021, 3, day).keyword("Old").face("Anna", (0.5, 0.5, 0.2, 0.2)).to_bytes();
    app.write_at("a.jpg", bytes(1), 1_000);
    app.write_at("b.jpg", bytes(2), 1_000);
    app.scan();
    let viewer = app.viewer();
    let tag = app.library.tags(&viewer).unwrap()[0].id;
    let anna = app.library.read(|reader| reader.people_of(app.user)).unwrap()[0].id;
    let a = app.asset("a.jpg");
    app.library.take_tag(&viewer, tag, &[a]).unwrap().unwrap();
    let face = app.library.faces_in(&viewer, a).unwrap().unwrap().faces[0].0.id;
    app.library.remove_face(&viewer, face, false).unwrap().unwrap();
    app.write_at("a.jpg", bytes(3), 2_000);
    app.write_at("b.jpg", bytes(4), 2_000);
    assert_eq!(app.scan().changed, 2);
    assert!(app.row("a.jpg").tags.is_empty() && app.row("a.jpg").people.is_empty());
    assert_eq!((app.row("b.jpg").tags, app.row("b.jpg").people), (vec![tag], vec![anna]));

    let kept = app.library.add_person(&viewer, &PersonChange::default()).unwrap();
    app.library.merge_people(&viewer, kept.id, &[anna]).unwrap().unwrap();
    app.write_at("b.jpg", bytes(5), 3_000);
    app.scan();
    assert_eq!(app.row("b.jpg").people, [kept.id]);
    let people = app.library.read(|reader| reader.people_of(app.user)).unwrap();
    assert_eq!((people.len(), people[0].name.as_str()), (1, "Anna"), "the name is inherited");
}
