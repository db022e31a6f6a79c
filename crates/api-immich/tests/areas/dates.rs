//! Dates that a person changes: by which clock, and where the asset then lies.

use http::{Method, StatusCode};
use kalends_model::LocalTime;
use kalends_test_support::{ids, local};
use serde_json::{Value, json};

use crate::people_of_two::{Two, facts};

/// A photo, a change, and what is then to be read.
struct Case {
    taken: (LocalTime, Option<i32>),
    zone: Option<&'static str>,
    change: Value,
    /// `localDateTime`, `fileCreatedAt`, `exifInfo.timeZone`.
    expected: (&'static str, &'static str, Option<&'static str>),
}

async fn check(cases: Vec<Case>, is_bulk: bool) {
    let two = Two::new();
    for (case, number) in cases.into_iter().zip(200..) {
        let (taken, offset) = case.taken;
        let id = two.add(two.anna(), number, facts(taken, offset), |new| {
            new.facts.exif.zone = case.zone.map(str::to_owned);
        });
        let path = format!("/assets/{id}");
        let mut change = case.change.clone();
        let status = if is_bulk {
            change["ids"] = json!([id.to_string()]);
            two.anna_asks(Method::PUT, "/assets", &change).await.status
        } else {
            two.anna_asks(Method::PUT, &path, &change).await.status
        };
        assert!(status.is_success(), "{change}: {status}");
        let asset = two.anna_gets(&path).await;
        let (local, created, zone) = case.expected;
        assert_eq!(asset["localDateTime"], local, "{change}");
        assert_eq!(asset["fileCreatedAt"], created, "{change}");
        assert_eq!(asset["exifInfo"]["timeZone"], json!(zone), "{change}");
        // It lies in the month of its wall clock, at once.
        let month = format!("/timeline/bucket?timeBucket={}-01", &local[..7]);
        let bucket = two.anna_gets(&month).await;
        let listed = bucket["id"].as_array().unwrap();
        assert!(listed.contains(&json!(id.to_string())), "{change} in {month}");
    }
}

#[tokio::test]
async fn a_date_with_an_offset_says_all() {
    let set = |text: &str| json!({"dateTimeOriginal": text});
    let taken = (local(2024, 2, 15, 12, 0), Some(60));
    let case =
        |text, expected| Case { taken, zone: Some("Europe/Paris"), change: set(text), expected };
    let cases = vec![
        case(
            "2024-03-05T09:30:00.000+02:00",
            ("2024-03-05T09:30:00.000Z", "2024-03-05T07:30:00.000Z", Some("UTC+2")),
        ),
        case(
            "2023-12-31T23:30:00+05:45",
            ("2023-12-31T23:30:00.000Z", "2023-12-31T17:45:00.000Z", Some("UTC+05:45")),
        ),
        case(
            "2024-01-01T00:15:00-09:30",
            ("2024-01-01T00:15:00.000Z", "2024-01-01T09:45:00.000Z", Some("UTC-09:30")),
        ),
        case(
            "2024-02-29T12:00:00Z",
            ("2024-02-29T12:00:00.000Z", "2024-02-29T12:00:00.000Z", Some("UTC+0")),
        ),
        case(
            "2024-02-29T23:59:59.999-11:00",
            ("2024-02-29T23:59:59.999Z", "2024-03-01T10:59:59.999Z", Some("UTC-11")),
        ),
    ];
    check(cases, false).await;
}

#[tokio::test]
async fn a_date_without_an_offset_is_on_the_assets_own_clock() {
    let set = |text: &str| json!({"dateTimeOriginal": text});
    let paris = (local(2024, 2, 15, 12, 0), Some(60));
    check(
        vec![
            Case {
                taken: paris,
                zone: Some("Europe/Paris"),
                change: set("2024-07-01T10:00:00"),
                expected: (
                    "2024-07-01T10:00:00.000Z",
                    "2024-07-01T08:00:00.000Z",
                    Some("Europe/Paris"),
                ),
            },
            Case {
                taken: paris,
                zone: Some("UTC+1"),
                change: set("2024-07-01T10:00:00"),
                expected: ("2024-07-01T10:00:00.000Z", "2024-07-01T09:00:00.000Z", Some("UTC+1")),
            },
            Case {
                taken: (local(2024, 2, 15, 12, 0), None),
                zone: None,
                change: set("2024-07-01"),
                expected: ("2024-07-01T00:00:00.000Z", "2024-07-01T00:00:00.000Z", None),
            },
        ],
        false,
    )
    .await;
}

#[tokio::test]
async fn a_shift_moves_the_instant_and_the_zone_shows_it() {
    let by = |minutes: i64| json!({"dateTimeRelative": minutes});
    check(
        vec![
            // An hour earlier, over the border of a month.
            Case {
                taken: (local(2024, 3, 1, 0, 30), Some(345)),
                zone: Some("UTC+05:45"),
                change: by(-60),
                expected: (
                    "2024-02-29T23:30:00.000Z",
                    "2024-02-29T17:45:00.000Z",
                    Some("UTC+05:45"),
                ),
            },
            Case {
                taken: (local(2024, 2, 29, 23, 30), Some(-570)),
                zone: None,
                change: by(45),
                expected: ("2024-03-01T00:15:00.000Z", "2024-03-01T09:45:00.000Z", None),
            },
            // Across the night in which the clocks of Paris go forward.
            Case {
                taken: (local(2024, 3, 31, 1, 30), Some(60)),
                zone: Some("Europe/Paris"),
                change: by(60),
                expected: (
                    "2024-03-31T03:30:00.000Z",
                    "2024-03-31T01:30:00.000Z",
                    Some("Europe/Paris"),
                ),
            },
            Case {
                taken: (local(2024, 1, 1, 0, 0), None),
                zone: None,
                change: by(-1),
                expected: ("2023-12-31T23:59:00.000Z", "2023-12-31T23:59:00.000Z", None),
            },
        ],
        true,
    )
    .await;
}

#[tokio::test]
async fn a_zone_keeps_the_instant_that_is_known_and_else_the_clock() {
    let zone = |name: &str| json!({"timeZone": name});
    check(
        vec![
            Case {
                taken: (local(2024, 2, 29, 23, 30), Some(60)),
                zone: Some("Europe/Paris"),
                change: zone("Asia/Kathmandu"),
                expected: (
                    "2024-03-01T04:15:00.000Z",
                    "2024-02-29T22:30:00.000Z",
                    Some("Asia/Kathmandu"),
                ),
            },
            Case {
                taken: (local(2024, 3, 1, 5, 0), Some(0)),
                zone: None,
                change: zone("Pacific/Marquesas"),
                expected: (
                    "2024-02-29T19:30:00.000Z",
                    "2024-03-01T05:00:00.000Z",
                    Some("Pacific/Marquesas"),
                ),
            },
            // Nobody knows which clock it was: it keeps what it showed.
            Case {
                taken: (local(2024, 7, 1, 0, 30), None),
                zone: None,
                change: zone("Europe/Paris"),
                expected: (
                    "2024-07-01T00:30:00.000Z",
                    "2024-06-30T22:30:00.000Z",
                    Some("Europe/Paris"),
                ),
            },
            Case {
                taken: (local(2024, 7, 1, 0, 30), None),
                zone: None,
                change: json!({"timeZone": "Europe/Paris", "dateTimeRelative": 60}),
                expected: (
                    "2024-07-01T01:30:00.000Z",
                    "2024-06-30T23:30:00.000Z",
                    Some("Europe/Paris"),
                ),
            },
        ],
        true,
    )
    .await;
}

#[tokio::test]
async fn a_month_that_is_left_is_counted_no_more() {
    let two = Two::new();
    let path = format!("/assets/{}", ids::asset(3));
    let change = json!({"dateTimeOriginal": "2024-02-29T23:59:00+14:00"});
    let answer = two.anna_asks(Method::PUT, &path, &change).await;
    assert_eq!(answer.json()["exifInfo"]["dateTimeOriginal"], "2024-02-29T09:59:00+00:00");
    assert_eq!(two.months().await, ["2024-02: 3"]);
}

#[tokio::test]
async fn dates_beyond_all_years_are_refused_and_change_nothing() {
    let two = Two::new();
    let path = "/assets";
    let mut far = json!({"ids": [ids::asset(1).to_string()], "dateTimeRelative": 1e300});
    assert_eq!(two.anna_asks(Method::PUT, path, &far).await.status, StatusCode::BAD_REQUEST);
    far["dateTimeRelative"] = json!("soon");
    assert_eq!(two.anna_asks(Method::PUT, path, &far).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(two.months().await, ["2024-02: 2", "2023-07: 1"]);
}
