//! Dates and zones in the order of contract immich §E1 to §E3.

use kalends_model::DateSource;
use kalends_specimen::{AppleMeta, Gps, Photo, Video, WallTime, Xmp};

use super::super::{Facts, Input, NoZones, OffsetSource, Zones, read};
use super::{OneZone, photo};
use kalends_specimen::Scene;

const PARIS: OneZone = OneZone("Europe/Paris");

/// Local time, offset, source and zone as one line.
fn line(facts: &Facts) -> String {
    let Some(capture) = facts.capture else { return "none".to_owned() };
    let offset = capture.offset.map_or("unknown".to_owned(), |offset| offset.seconds().to_string());
    let zone = facts.zone.as_deref().unwrap_or("-");
    format!("{:?} {offset} {} {zone}", capture.local, capture.source.name())
}

#[track_caller]
fn check(bytes: &[u8], sidecar: Option<&Xmp>, zones: &dyn Zones, expected: &str) -> Facts {
    let sidecar = sidecar.and_then(Xmp::packet);
    let sidecar = sidecar.as_ref().map(|text| text.as_bytes());
    let facts = read(&mut Input::bytes(bytes), "", sidecar, zones).unwrap();
    assert_eq!(line(&facts), expected);
    facts
}

#[track_caller]
fn check_photo(change: impl FnOnce(&mut Photo), expected: &str) -> Facts {
    let mut photo = photo();
    change(&mut photo);
    check(&photo.to_bytes(), None, &PARIS, expected)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn an_unknown_offset_stays_unknown() {
    check_photo(
        |photo| photo.exif.date_time_original = some("2024:07:01 10:00:00"),
        "2024-07-01T10:00:00.000000 unknown exif-original -",
    );
    check_photo(
        |photo| {
            photo.exif.date_time_original = some("2024:07:01 10:00:00");
            photo.exif.offset_original = some("+00:00");
        },
        "2024-07-01T10:00:00.000000 0 exif-original UTC",
    );
    check_photo(|_| {}, "none");
}

#[test]
fn the_most_precise_date_comes_first() {
    check_photo(
        |photo| {
            photo.exif.date_time_original = some("2024:07:01 10:00:00");
            photo.exif.date_time_digitized = some("2024:07:01 10:00:01");
            photo.exif.sub_sec_digitized = some("1234567");
        },
        "2024-07-01T10:00:01.123456 unknown exif-digitized -",
    );
    check_photo(
        |photo| {
            photo.exif.date_time_original = some("2023:13:13 10:00:00");
            photo.xmp.create_date = some("2024-07-01T10:00:02-09:30");
        },
        "2024-07-01T10:00:02.000000 -34200 xmp UTC-09:30",
    );
    check_photo(|photo| photo.exif.modify_date = some("2024:07:01 10:00:00"), "none");
    check_photo(
        |photo| {
            photo.iptc.date_created = some("20240701");
            photo.iptc.time_created = some("100003+0545");
        },
        "2024-07-01T10:00:03.000000 20700 iptc UTC+05:45",
    );
    check_photo(|photo| photo.iptc.date_created = some("20240701"), "none");
}

#[test]
fn a_place_tells_the_zone_unless_a_tag_does() {
    let facts = check_photo(
        |photo| {
            photo.exif.date_time_original = some("2024:07:01 10:00:00");
            photo.exif.gps = Some(Gps::new(48.85, 2.29));
        },
        "2024-07-01T10:00:00.000000 7200 exif-original Europe/Paris",
    );
    assert_eq!(facts.offset_source, Some(OffsetSource::Place));
    check_photo(
        |photo| {
            photo.exif.date_time_original = some("2024:07:01 10:00:00");
            photo.exif.offset_original = some("+13:00");
            photo.exif.gps = Some(Gps::new(48.85, 2.29));
        },
        "2024-07-01T10:00:00.000000 46800 exif-original UTC+13",
    );
    // A date that knows its instant keeps it.
    check_photo(
        |photo| {
            photo.xmp.create_date = some("2024-07-01T10:00:00Z");
            photo.exif.gps = Some(Gps::new(48.85, 2.29));
        },
        "2024-07-01T12:00:00.000000 7200 xmp Europe/Paris",
    );
    check_photo(
        |photo| photo.xmp.create_date = some("2024-07-01T10:00:00Z"),
        "2024-07-01T10:00:00.000000 0 xmp UTC+0",
    );
}

#[test]
fn another_date_of_the_same_clock_lends_its_offset() {
    let dated = |created: &str, expected: &str| {
        check_photo(
            |photo| {
                photo.exif.date_time_original = some("2024:07:01 10:00:00");
                photo.xmp.create_date = some(created);
            },
            expected,
        );
    };
    dated("2024-07-01T10:00:00.5+01:00", "2024-07-01T10:00:00.000000 3600 exif-original UTC+1");
    dated("2024-07-02T10:00:00+01:00", "2024-07-01T10:00:00.000000 unknown exif-original -");
}

#[test]
fn the_clock_of_the_receiver_tells_the_offset() {
    let by_gps = |time: (u32, u32, u32), expected: &str| {
        let mut photo = photo();
        photo.exif.date_time_original = some("2024:07:01 10:00:00");
        let mut gps = Gps::new(0.0, 0.0);
        gps.date_stamp = some("2024:07:01");
        gps.time_stamp = Some(time);
        photo.exif.gps = Some(gps);
        check(&photo.to_bytes(), None, &NoZones, expected)
    };
    let facts = by_gps((4, 14, 50), "2024-07-01T10:00:00.000000 20700 exif-original UTC+05:45");
    assert_eq!(facts.place, None);
    // No clock on earth is 37 minutes ahead.
    by_gps((9, 23, 0), "2024-07-01T10:00:00.000000 unknown exif-original -");
    by_gps((24, 0, 0), "2024-07-01T10:00:00.000000 unknown exif-original -");
}

fn video() -> Video {
    Video::new(Scene::Sea, 1, 32, 32)
}

#[test]
fn videos_know_an_instant() {
    let seconds = WallTime::new(2024, 7, 1, 22, 30, 0).unix_seconds(0);
    let created = Video { created_utc: Some(seconds), ..video() };
    let expected = "2024-07-01T22:30:00.000000 0 container-utc UTC";
    let facts = check(&created.to_bytes(), None, &NoZones, expected);
    assert_eq!(facts.offset_source, Some(OffsetSource::VideoUtc));
    let placed = Video { location: some("+48.85+002.29/"), ..created.clone() };
    let expected = "2024-07-02T00:30:00.000000 7200 container-utc Europe/Paris";
    check(&placed.to_bytes(), None, &PARIS, expected);
    let apple =
        AppleMeta { creation_date: some("2024-07-02T07:30:00+0900"), ..AppleMeta::default() };
    let expected = "2024-07-02T07:30:00.000000 32400 quicktime-creation UTC+9";
    check(&Video { apple, ..created }.to_bytes(), None, &NoZones, expected);
    check(&video().to_bytes(), None, &NoZones, "none");
}

#[test]
fn a_dated_sidecar_replaces_dates_and_zones() {
    let mut photo = photo();
    photo.exif.date_time_original = some("2024:07:01 10:00:00");
    photo.exif.offset_original = some("+13:00");
    photo.exif.rating = Some(2);
    let bytes = photo.to_bytes();
    let dated = Xmp { date_time_original: some("2020-02-03T04:05:06"), ..Xmp::default() };
    check(&bytes, Some(&dated), &PARIS, "2020-02-03T04:05:06.000000 unknown sidecar -");
    let rated = Xmp { rating: Some(5), ..Xmp::default() };
    let expected = "2024-07-01T10:00:00.000000 46800 exif-original UTC+13";
    let facts = check(&bytes, Some(&rated), &PARIS, expected);
    assert_eq!(facts.rating, Some(5));
    let undated = Xmp { date_time_original: some("2020-02-03"), ..Xmp::default() };
    check(&bytes, Some(&undated), &PARIS, expected);
    check(&bytes, None, &PARIS, expected);
    assert_eq!(DateSource::Sidecar.name(), "sidecar");
}
