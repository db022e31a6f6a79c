//! Every parameter: what it means, and what is said when it is wrong.

use super::*;
use kalends_model::{Bound, Circle, GeoBox, GeoPoint, Instant};

fn read(raw: &str) -> Result<Counts, HttpValidationError> {
    Counts::from_query(&Query::parse(raw).unwrap())
}

fn asked(raw: &str) -> Counts {
    read(raw).unwrap_or_else(|errors| panic!("{raw}: {errors:?}"))
}

fn leaves(raw: &str) -> Vec<Filter> {
    match asked(raw).ask.filter {
        Filter::All(leaves) => leaves,
        other => panic!("{raw}: {other:?}"),
    }
}

/// The body of the answer 422.
fn refused(raw: &str) -> String {
    serde_json::to_string(&read(raw).expect_err(raw)).unwrap()
}

/// The places of the problems, without `query`.
fn places(raw: &str) -> Vec<String> {
    let errors = read(raw).expect_err(raw).detail;
    let place = |problem: &crate::wire::error::ValidationError| {
        let loc = serde_json::to_value(&problem.loc).unwrap();
        let steps: Vec<String> = loc.as_array().unwrap()[1..]
            .iter()
            .map(|step| step.to_string().replace('"', ""))
            .collect();
        steps.join(".")
    };
    errors.iter().map(place).collect()
}

const UUID: &str = "550e8400-e29b-41d4-a716-446655440000";
const SHORT: &str = "H9cNmGXLEc8NWcZzSThA9S";

#[test]
fn nothing_asked_is_everything_live_of_the_caller_newest_first() {
    let expected = Counts {
        ask: Ask { filter: Filter::EVERYTHING, ..Ask::default() },
        direction: Direction::Descending,
        after: None,
        limit: 20,
    };
    for raw in
        ["", "library_id=&album_id=&person_id=&person_ids=&ratings=,", "unknown=x&size=MONTH"]
    {
        assert_eq!(asked(raw), expected, "{raw}");
    }
}

#[test]
fn problems_have_the_published_bodies() {
    // The table of contract gumnut §1.3, as far as it is of this endpoint.
    for (raw, expected) in [
        (
            "group_by=week",
            r#"{"detail":[{"type":"literal_error","loc":["query","group_by"],"msg":"Input should be 'month'","input":"week","ctx":{"expected":"'month'"}}]}"#,
        ),
        (
            "state=deleted",
            r#"{"detail":[{"type":"literal_error","loc":["query","state"],"msg":"Input should be 'live', 'trashed' or 'all'","input":"deleted","ctx":{"expected":"'live', 'trashed' or 'all'"}}]}"#,
        ),
        (
            "limit=0",
            r#"{"detail":[{"type":"greater_than_equal","loc":["query","limit"],"msg":"Input should be greater than or equal to 1","input":"0","ctx":{"ge":1}}]}"#,
        ),
        (
            "limit=201",
            r#"{"detail":[{"type":"less_than_equal","loc":["query","limit"],"msg":"Input should be less than or equal to 200","input":"201","ctx":{"le":200}}]}"#,
        ),
        (
            "limit=abc",
            r#"{"detail":[{"type":"int_parsing","loc":["query","limit"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"abc"}]}"#,
        ),
        (
            "local_datetime_after=garbage",
            r#"{"detail":[{"type":"datetime_from_date_parsing","loc":["query","local_datetime_after"],"msg":"Input should be a valid datetime or date, input is too short","input":"garbage","ctx":{"error":"input is too short"}}]}"#,
        ),
        (
            // As the contract has it, and with the advice that this server adds to the message.
            "local_datetime_after=2024-01-01T10:00:00+05:45",
            r#"{"detail":[{"type":"datetime_from_date_parsing","loc":["query","local_datetime_after"],"msg":"Input should be a valid datetime or date, unexpected extra characters at the end of the input (in a URL write + as %2B)","input":"2024-01-01T10:00:00 05:45","ctx":{"error":"unexpected extra characters at the end of the input"}}]}"#,
        ),
    ] {
        assert_eq!(refused(raw), expected, "{raw}");
    }
}

#[test]
fn the_other_parameters_have_bodies_of_the_same_kind() {
    let many = vec![SHORT; 201].join(",");
    let too_many = refused(&format!("person_ids={many}"));
    let ends = r#""ctx":{"field_type":"List","max_length":200,"actual_length":201}}]}"#;
    let begins = r#"{"detail":[{"type":"too_long","loc":["query","person_ids"],"msg":"List should have at most 200 items after validation, not 201","input":["H9cN"#;
    assert!(too_many.starts_with(begins) && too_many.ends_with(ends), "{too_many}");
    for (raw, expected) in [
        (
            "order=up",
            r#"{"detail":[{"type":"literal_error","loc":["query","order"],"msg":"Input should be 'desc' or 'asc'","input":"up","ctx":{"expected":"'desc' or 'asc'"}}]}"#,
        ),
        (
            "media_type=audio",
            r#"{"detail":[{"type":"literal_error","loc":["query","media_type"],"msg":"Input should be 'image' or 'video'","input":"audio","ctx":{"expected":"'image' or 'video'"}}]}"#,
        ),
        (
            "album_filter=some",
            r#"{"detail":[{"type":"literal_error","loc":["query","album_filter"],"msg":"Input should be 'all', 'in_album' or 'not_in_album'","input":"some","ctx":{"expected":"'all', 'in_album' or 'not_in_album'"}}]}"#,
        ),
        (
            "starting_after_bucket=2024-02-01T00:00:00Z",
            r#"{"detail":[{"type":"timezone_naive","loc":["query","starting_after_bucket"],"msg":"Input should not have timezone info","input":"2024-02-01T00:00:00Z"}]}"#,
        ),
        (
            "ratings=1,6",
            r#"{"detail":[{"type":"less_than_equal","loc":["query","ratings",1],"msg":"Input should be less than or equal to 5","input":"6","ctx":{"le":5}}]}"#,
        ),
        (
            "album_id=nope",
            r#"{"detail":[{"type":"value_error","loc":["query","album_id"],"msg":"Value error, expected `album_` and 22 characters, or a UUID","input":"nope","ctx":{"error":"expected `album_` and 22 characters, or a UUID"}}]}"#,
        ),
        (
            "center=1,2",
            r#"{"detail":[{"type":"value_error","loc":["query","radius"],"msg":"Value error, center needs a radius","input":null,"ctx":{"error":"center needs a radius"}}]}"#,
        ),
        (
            "center=1,2&radius=50001",
            r#"{"detail":[{"type":"less_than_equal","loc":["query","radius"],"msg":"Input should be less than or equal to 50000","input":"50001","ctx":{"le":50000.0}}]}"#,
        ),
        (
            "center=1,2&radius=0",
            r#"{"detail":[{"type":"greater_than","loc":["query","radius"],"msg":"Input should be greater than 0","input":"0","ctx":{"gt":0.0}}]}"#,
        ),
        (
            "center=1,2&radius=far",
            r#"{"detail":[{"type":"float_parsing","loc":["query","radius"],"msg":"Input should be a valid number, unable to parse string as a number","input":"far"}]}"#,
        ),
    ] {
        assert_eq!(refused(raw), expected, "{raw}");
    }
}

#[test]
fn all_problems_are_listed_in_the_order_of_the_parameters() {
    let raw = "radius=x&center=x&bbox=x&media_type=x&ratings=9&album_filter=x&person_ids=x,y&\
               starting_after_bucket=x&order=x&limit=x&state=x&local_datetime_before=x&\
               local_datetime_after=x&person_id=x&album_id=x&group_by=x&library_id=x";
    assert_eq!(
        places(raw),
        [
            "library_id",
            "group_by",
            "album_id",
            "person_id",
            "local_datetime_after",
            "local_datetime_before",
            "state",
            "limit",
            "order",
            "starting_after_bucket",
            "person_ids",
            "person_ids.0",
            "person_ids.1",
            "album_filter",
            "ratings.0",
            "media_type",
            "bbox",
            "center",
            "center",
            "radius",
        ]
    );
}

#[test]
fn empty_choices_and_times_are_problems() {
    for name in [
        "group_by",
        "state",
        "limit",
        "order",
        "album_filter",
        "media_type",
        "local_datetime_after",
        "local_datetime_before",
        "starting_after_bucket",
        "bbox",
    ] {
        assert_eq!(places(&format!("{name}=")), [name]);
    }
    assert_eq!(places("center=&radius="), ["center", "radius"]);
    for raw in ["group_by=Month", "group_by=day", "group_by=year", "state=LIVE"] {
        assert!(read(raw).is_err(), "{raw}");
    }
    assert!(read("group_by=month").is_ok());
}

#[test]
fn the_last_of_a_repeated_scalar_wins() {
    assert_eq!(asked("limit=abc&limit=5").limit, 5);
    assert_eq!(places("limit=5&limit=abc"), ["limit"]);
    assert_eq!(asked("state=trashed&state=all").ask.trash, Trash::Both);
}

#[test]
fn ids_are_prefixed_or_plain() {
    let album: AlbumId = UUID.parse().unwrap();
    for raw in [format!("album_id={UUID}"), format!("album_id=album_{SHORT}")] {
        assert_eq!(asked(&raw).ask.album, Some(album));
    }
    assert_eq!(asked(&format!("library_id=lib_{SHORT}")).ask.library, Some(UUID.parse().unwrap()));
    assert_eq!(places(&format!("album_id=album_asset_{SHORT}")), ["album_id"]);
    assert_eq!(places(&format!("library_id={SHORT}")), ["library_id"]);
}

#[test]
fn persons_are_all_wanted_and_named_in_one_way_only() {
    let person: PersonId = UUID.parse().unwrap();
    let other = PersonId::from_bytes([0; 16]);
    let wanted = |persons: &[PersonId]| -> Vec<Filter> {
        persons.iter().map(|person| Leaf::Person(*person).into()).collect()
    };
    assert_eq!(leaves(&format!("person_id={UUID}")), wanted(&[person]));
    let zero = "person_2222222222222222222222";
    for raw in [
        format!("person_ids={UUID}&person_ids={zero}"),
        format!("person_ids={UUID},{zero},person_{SHORT}&person_id="),
    ] {
        assert_eq!(leaves(&raw), wanted(&[person, other]), "{raw}");
    }
    assert_eq!(places(&format!("person_id={UUID}&person_ids={UUID}")), ["person_ids"]);
}

#[test]
fn states_orders_and_limits_are_understood() {
    assert_eq!(asked("state=live").ask.trash, Trash::Out);
    assert_eq!(asked("state=trashed").ask.trash, Trash::In);
    assert_eq!(asked("state=all").ask.trash, Trash::Both);
    assert_eq!(asked("order=asc").direction, Direction::Ascending);
    assert_eq!(asked("order=desc").direction, Direction::Descending);
    for (raw, limit) in [("limit=1", 1), ("limit=200", 200), ("limit=1.0", 1), ("limit=%2B5", 5)] {
        assert_eq!(asked(raw).limit, limit);
    }
    for raw in ["limit=1.5", "limit=-1", "limit=99999999999999999999"] {
        assert_eq!(places(raw), ["limit"]);
    }
}

#[test]
fn bounds_are_leaves_and_may_differ_in_kind() {
    let midnight = LocalTime::from_micros(1_704_067_200_000_000);
    let instant = Instant::from_micros(midnight.micros() - 20_700_000_000);
    let raw = "local_datetime_before=2024-01-01&local_datetime_after=2024-01-01T00:00%2B05:45";
    assert_eq!(
        leaves(raw),
        [
            Leaf::After(Bound::Aware { instant, wall: midnight }).into(),
            Leaf::Before(Bound::Naive(midnight)).into(),
        ]
    );
    assert_eq!(asked("starting_after_bucket=2024-01-01T00:00:00").after, Some(midnight));
    // Not the start of a month: it simply compares.
    assert!(asked("starting_after_bucket=2024-01-17").after > Some(midnight));
    assert_eq!(places("starting_after_bucket=1704067200"), ["starting_after_bucket"]);
    assert_eq!(places("starting_after_bucket=nope"), ["starting_after_bucket"]);
}

#[test]
fn album_filters_say_in_some_or_in_none() {
    let in_any = Filter::from(Leaf::InAnyAlbum);
    assert_eq!(leaves("album_filter=in_album"), std::slice::from_ref(&in_any));
    assert_eq!(leaves("album_filter=not_in_album"), [in_any.negated()]);
    assert_eq!(leaves("album_filter=all"), []);
    let both = format!("album_id={UUID}&album_filter=");
    assert_eq!(places(&format!("{both}not_in_album")), ["album_filter"]);
    assert!(read(&format!("{both}in_album")).is_ok());
}

#[test]
fn a_rating_of_zero_is_every_unrated_form_and_five_is_no_favourite() {
    let ratings = |raw: &str| match leaves(raw).as_slice() {
        [Filter::Leaf(Leaf::Rating(set))] => {
            let all = [None, Some(-1), Some(0), Some(1), Some(4), Some(5)];
            all.into_iter().filter(|rating| set.contains(*rating)).collect::<Vec<_>>()
        }
        other => panic!("{raw}: {other:?}"),
    };
    assert_eq!(ratings("ratings=0"), [None, Some(-1), Some(0)]);
    assert_eq!(ratings("ratings=5"), [Some(5)]);
    assert_eq!(ratings("ratings=4&ratings=5,1"), [Some(1), Some(4), Some(5)]);
    assert_eq!(asked("ratings=5").ask.favorite, None);
}

#[test]
fn kinds_are_images_and_videos() {
    assert_eq!(leaves("media_type=image"), [Leaf::Kind(Kind::Image).into()]);
    assert_eq!(leaves("media_type=video"), [Leaf::Kind(Kind::Video).into()]);
}

#[test]
fn places_are_a_box_or_a_circle() {
    let fiji = GeoBox { west: 177.0, south: -20.0, east: -178.0, north: -15.5 };
    assert_eq!(leaves("bbox=177,-20,-178,-15.5"), [Leaf::InBox(fiji).into()]);
    let center = GeoPoint::new(27.7172, 85.324).unwrap();
    let circle = Circle { center, radius_m: 1_500.5 };
    assert_eq!(leaves("center=85.324,27.7172&radius=1500.5"), [Leaf::InCircle(circle).into()]);
    assert!(read("center=-180,90&radius=50000").is_ok());
    assert!(read("bbox=-180,-90,180,90").is_ok());
    for (raw, expected) in [
        ("bbox=1,2,3", vec!["bbox"]),
        ("bbox=1,2,3,4,5", vec!["bbox"]),
        ("bbox=1,2,3,x", vec!["bbox"]),
        ("bbox=181,2,3,4", vec!["bbox"]),
        ("bbox=1,-91,3,4", vec!["bbox"]),
        ("bbox=1,5,3,4", vec!["bbox"]),
        ("bbox=nan,2,3,4", vec!["bbox"]),
        ("bbox=1,2,inf,4", vec!["bbox"]),
        ("bbox=1,2,3,4&center=1,2&radius=5", vec!["center"]),
        ("bbox=1,2,3,4&radius=5", vec!["radius"]),
        ("radius=5", vec!["center"]),
        ("center=1,2", vec!["radius"]),
        ("center=1&radius=5", vec!["center"]),
        ("center=1,91&radius=5", vec!["center"]),
        ("center=1,2&radius=nan", vec!["radius"]),
        ("center=1,2&radius=inf", vec!["radius"]),
        ("center=1,2&radius=-5", vec!["radius"]),
        ("center=1,2&radius=", vec!["radius"]),
    ] {
        assert_eq!(places(raw), expected, "{raw}");
    }
}

#[test]
fn hostile_texts_are_problems_like_any_other() {
    let texts = ["%00", "%ff%fe", "%F0%9F%93%B7", "%20", "'%20OR%201=1--", "-", "+", "%E2%88%92"];
    for name in ["library_id", "group_by", "limit", "local_datetime_before", "ratings", "bbox"] {
        for text in texts {
            let raw = format!("{name}={text}");
            if let Err(errors) = read(&raw) {
                assert!(!errors.detail.is_empty());
                assert!(serde_json::to_string(&errors).is_ok());
            }
        }
    }
    assert!(read("local_datetime_before=2024-01-01%00").is_err());
}
