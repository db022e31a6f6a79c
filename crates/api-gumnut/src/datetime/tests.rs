//! Contract gumnut §1.4 (which texts parse) and §1.5 (what a bound lets through), row by row.

use super::*;
use kalends_model::{CaptureTime, DateSource};

const TOO_SHORT: &str = "input is too short";
const EXTRA: &str = "unexpected extra characters at the end of the input";
const SEPARATOR: &str = "invalid date separator, expected `-`";
const MONTH: &str = "month value is outside expected range of 1-12";
const DAY: &str = "day value is outside expected range";
const AFTER_9999: &str = "dates after 9999 are not supported as unix timestamps";
const BEFORE_0000: &str = "dates before 0000 are not supported as unix timestamps";

fn wall(text: &str) -> LocalTime {
    match parse(text) {
        Ok(Bound::Naive(wall)) => wall,
        other => panic!("{text} is naive, not {other:?}"),
    }
}

fn aware(text: &str) -> (Instant, LocalTime) {
    match parse(text) {
        Ok(Bound::Aware { instant, wall }) => (instant, wall),
        other => panic!("{text} is aware, not {other:?}"),
    }
}

#[test]
fn texts_without_an_offset_are_naive() {
    for (text, expected) in [
        ("2024-01-01", "2024-01-01T00:00:00.000000"),
        ("2024-01-01T10:00", "2024-01-01T10:00:00.000000"),
        ("2024-01-01 10:00:00", "2024-01-01T10:00:00.000000"),
        ("2024-01-01t10:00:00", "2024-01-01T10:00:00.000000"),
        ("2024-01-01_10:00:00", "2024-01-01T10:00:00.000000"),
        ("2024-01-01T10:00:00", "2024-01-01T10:00:00.000000"),
        ("2024-01-01T10:00:00.5", "2024-01-01T10:00:00.500000"),
        ("2024-01-01T10:00:00,5", "2024-01-01T10:00:00.500000"),
        ("2024-01-01T10:00:00.123456789", "2024-01-01T10:00:00.123456"),
        ("2024-01-01T10:00:00.000000999", "2024-01-01T10:00:00.000000"),
        ("2024-02-29T23:59:59.999999", "2024-02-29T23:59:59.999999"),
        ("0001-01-01", "0001-01-01T00:00:00.000000"),
        ("9999-12-31T23:59:59.999999", "9999-12-31T23:59:59.999999"),
    ] {
        assert_eq!(format!("{:?}", wall(text)), expected, "{text}");
    }
}

#[test]
fn texts_with_an_offset_are_aware_and_keep_their_own_clock() {
    for (text, instant, clock) in [
        ("2024-01-01T10:00Z", "2024-01-01T10:00:00", "2024-01-01T10:00:00"),
        ("2024-01-01T10:00:00z", "2024-01-01T10:00:00", "2024-01-01T10:00:00"),
        ("2024-01-01T10:00:00+05:45", "2024-01-01T04:15:00", "2024-01-01T10:00:00"),
        ("2024-01-01T10:00:00+0545", "2024-01-01T04:15:00", "2024-01-01T10:00:00"),
        ("2024-01-01 10:00+05:45", "2024-01-01T04:15:00", "2024-01-01T10:00:00"),
        ("2024-01-01T10:00:00-09:30", "2024-01-01T19:30:00", "2024-01-01T10:00:00"),
        ("2024-01-01T10:00:00\u{2212}09:30", "2024-01-01T19:30:00", "2024-01-01T10:00:00"),
        ("2024-01-01T10:00:00-00:00", "2024-01-01T10:00:00", "2024-01-01T10:00:00"),
        ("2024-01-01T10:00:00+23:59", "2023-12-31T10:01:00", "2024-01-01T10:00:00"),
        ("2024-01-01T10:00:00.5+05:45", "2024-01-01T04:15:00.5", "2024-01-01T10:00:00.5"),
    ] {
        let (found, own) = aware(text);
        assert_eq!(found.micros(), wall(instant).micros(), "{text}");
        assert_eq!(own, wall(clock), "{text}");
    }
}

#[test]
fn numbers_are_seconds_or_milliseconds_of_utc() {
    for (text, expected) in [
        ("1704067200", "2024-01-01"),
        ("-1", "1969-12-31T23:59:59"),
        ("+1", "1970-01-01T00:00:01"),
        ("0", "1970-01-01"),
        ("-0", "1970-01-01"),
        ("1704067200.5", "2024-01-01T00:00:00.5"),
        ("1704067200.", "2024-01-01"),
        (".5", "1970-01-01T00:00:00.5"),
        ("-1.5", "1969-12-31T23:59:58.5"),
        ("1704067200000", "2024-01-01"),
        ("20000000000", "2603-10-11T11:33:20"),
        ("20000000000.5", "1970-08-20T11:33:20.0005"),
        ("20000000001", "1970-08-20T11:33:20.001"),
        ("-20000000001", "1969-05-14T12:26:39.999"),
        ("253402300799999", "9999-12-31T23:59:59.999"),
        ("-62135596800000", "0001-01-01"),
        // A date without its hyphens is a number, and so a day of August 1970.
        ("20240101", "1970-08-23T06:15:01"),
        ("2024", "1970-01-01T00:33:44"),
    ] {
        let (instant, own) = aware(text);
        assert_eq!((instant.micros(), own), (wall(expected).micros(), wall(expected)), "{text}");
    }
}

#[test]
fn what_names_no_moment_is_refused_in_the_published_words() {
    for (text, error) in [
        ("", TOO_SHORT),
        ("null", TOO_SHORT),
        ("garbage", TOO_SHORT),
        ("2024-01", TOO_SHORT),
        ("2024-1-1", TOO_SHORT),
        ("1e9", TOO_SHORT),
        ("NaN", TOO_SHORT),
        ("-", TOO_SHORT),
        (".", TOO_SHORT),
        ("5.5.5", TOO_SHORT),
        ("garbagegarbage", "invalid character in year"),
        (" 2024-01-01", "invalid character in year"),
        ("２０２４-01-01", "invalid character in year"),
        ("-9223372036854775809", "invalid character in year"),
        ("2024-ab/01", "invalid character in month"),
        ("2024-13-ab", "invalid character in day"),
        ("10000-01-01", SEPARATOR),
        ("2024/01/01", SEPARATOR),
        ("20240101T000000", SEPARATOR),
        ("9223372036854775808", SEPARATOR),
        ("1704067200 ", SEPARATOR),
        ("2024-13-01", MONTH),
        ("2024-00-01", MONTH),
        ("2024-13-40", MONTH),
        ("2024-02-30", DAY),
        ("2024-01-00", DAY),
        ("2024-02-30T10:00", DAY),
        ("2024-01-01T10:00:00+05", EXTRA),
        ("2024-01-01T10:00:00+25:00", EXTRA),
        ("2024-01-01T10:00:00+24:00", EXTRA),
        ("2024-01-01T10:00:00+05:60", EXTRA),
        ("2024-01-01T10:00:00+05:45x", EXTRA),
        ("2024-01-01T24:00:00", EXTRA),
        ("2024-01-01T10:60", EXTRA),
        ("2024-01-01T10:00:60", EXTRA),
        ("2024-01-01T10:00:00.", EXTRA),
        ("2024-01-01T10:00,5", EXTRA),
        ("2024-01-01T10:00:00[Europe/Paris]", EXTRA),
        ("2024-01-01T10:00:00Z[Europe/Paris]", EXTRA),
        ("2024-01-01T", EXTRA),
        ("2024-01-01T10", EXTRA),
        ("2024-01-01 10", EXTRA),
        ("2024-01-01X10:00", EXTRA),
        ("2024-01-01 ", EXTRA),
        ("2024-01-01\0", EXTRA),
        ("0000-01-01T99", EXTRA),
        ("253402300800000", AFTER_9999),
        ("9223372036854775807", AFTER_9999),
        ("-62167219200001", BEFORE_0000),
        ("-9223372036854775807", BEFORE_0000),
    ] {
        let refused = parse(text).expect_err(text);
        assert_eq!((refused.error, refused.hint), (error, ""), "{text:?}");
        assert_eq!(refused.kind, "datetime_from_date_parsing");
        let message = format!("Input should be a valid datetime or date, {error}");
        assert_eq!(refused.message(), message);
    }
}

#[test]
fn there_is_no_year_zero() {
    for text in ["0000-01-01", "0000-01-01T00:00", "-62135596801000", "-62167219200000"] {
        let refused = parse(text).expect_err(text);
        assert_eq!(refused.kind, "datetime_parsing");
        let message = "Input should be a valid datetime, year 0 is out of range";
        assert_eq!(refused.message(), message);
    }
}

#[test]
fn a_space_where_a_plus_was_is_explained() {
    for text in [
        "2024-01-01T10:00:00 05:45",
        "2024-01-01T10:00:00.5 0545",
        "2024-01-01 10:00 05:45",
        "2024-01-01T00:00:00 00:00",
    ] {
        let refused = parse(text).expect_err(text);
        assert_eq!(refused.error, EXTRA);
        let end = "at the end of the input (in a URL write + as %2B)";
        assert!(refused.message().ends_with(end), "{}", refused.message());
    }
    let endless = format!("2024-01-01{}", " 00:00".repeat(10_000));
    assert_eq!(parse(&endless).expect_err("it has many spaces").hint, "");
}

#[test]
fn bounds_at_the_ends_of_the_calendar_do_not_overflow() {
    let (first, own) = aware("0001-01-01T00:00:00+23:59");
    assert!(first.micros() < wall("0001-01-01").micros());
    assert_eq!(own, wall("0001-01-01"));
    let (last, _) = aware("9999-12-31T23:59:59.999999-23:59");
    assert!(last.micros() > wall("9999-12-31T23:59:59.999999").micros());
}

/// The rows of contract gumnut §1.5 but the last, in which any asset will do: a capture time and
/// its offset in minutes, a bound (`>` after, `<` before), and whether the asset passes.
pub(crate) const ROWS: [(u8, &str, Option<i32>, &str, bool); 21] = [
    (1, "2024-01-01T00:00:00", None, ">2024-01-01T00:00:00", false),
    (2, "2024-01-01T00:00:00", None, ">2023-12-31T23:59:59.999999", true),
    (3, "2024-01-31T23:59:59.999999", None, "<2024-02-01T00:00:00", true),
    (4, "2024-02-01T00:00:00", None, "<2024-02-01T00:00:00", false),
    (5, "2024-02-01T05:00", Some(540), "<2024-02-01T00:00:00", false),
    (6, "2024-02-01T05:00", Some(540), "<2024-02-01T00:00:00Z", true),
    (7, "2024-01-31T22:00", Some(-300), "<2024-02-01T00:00:00", true),
    (8, "2024-01-31T22:00", Some(-300), "<2024-02-01T00:00:00Z", false),
    (9, "2024-01-01T05:45:00", Some(345), ">2024-01-01T00:00:00Z", false),
    (10, "2024-01-01T05:45:00.000001", Some(345), ">2024-01-01T00:00:00Z", true),
    (11, "2024-01-01T05:45:00", Some(345), "<2024-01-01T05:45:00+05:45", false),
    (12, "2024-01-01T05:45:00", Some(345), "<2024-01-01T00:00:01Z", true),
    (13, "2023-12-31T14:30:00", Some(-570), ">2024-01-01T00:00:00Z", false),
    (14, "2023-12-31T14:30:00", Some(-570), "<2024-01-01T00:00:00.000001Z", true),
    (15, "2024-01-01T03:00", None, ">2024-01-01T00:00:00Z", true),
    (16, "2024-01-01T03:00", None, ">2024-01-01T05:45:00+05:45", false),
    (17, "2024-01-01T03:00", Some(0), ">2024-01-01T05:45:00+05:45", true),
    (18, "2024-01-01T00:00:00", None, ">2024-01-01", false),
    (19, "2024-01-01T00:00:00.000001", None, ">2024-01-01", true),
    (20, "2024-07-15T12:00", Some(-420), ">2024-07-15T18:59:59.999999Z", true),
    (21, "2024-01-01T01:00", Some(840), "<2023-12-31T11:00:00Z", false),
];

/// The capture time of a row of [`ROWS`].
pub(crate) fn capture(local: &str, offset_minutes: Option<i32>) -> CaptureTime {
    let offset = offset_minutes.map(|minutes| Offset::from_seconds(minutes * 60).unwrap());
    CaptureTime { local: wall(local), offset, source: DateSource::ExifOriginal }
}

#[test]
fn bounds_compare_as_the_contract_says() {
    for (row, local, offset, bound, passes) in ROWS {
        let capture = capture(local, offset);
        let (side, text) = bound.split_at(1);
        let bound = parse(text).unwrap();
        let found = if side == ">" { bound.is_before(&capture) } else { bound.is_after(&capture) };
        assert_eq!(found, passes, "row {row}");
    }
    // Row 22: the raw plus has become a space, and no asset is ever compared.
    assert!(parse("2024-01-01T00:00:00 05:45").is_err());
}
