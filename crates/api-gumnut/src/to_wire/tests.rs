//! Contract gumnut §1.5 and §1.6 through the index: what a bound lets through, and that paging
//! loses nothing and repeats nothing, for every limit.

use super::*;
use crate::datetime::{self, tests as moments};
use kalends_model::calendar::MICROS_PER_DAY;
use kalends_model::{
    AssetRow, Bound, CaptureTime, DateSource, FactMask, Leaf, Offset, OwnerScope, RowMask, Scope,
    UserId, Version,
};
use kalends_test_support::{Rng, RowBuilder, ids, local};
use kalends_timeline::{Shelf, ShelfBuilder};

fn snapshot(rows: &[AssetRow]) -> Snapshot {
    let owner = ids::user(0);
    let mut builder = ShelfBuilder::new(owner);
    rows.iter().cloned().for_each(|row| builder.push(row));
    let scope = OwnerScope { owner, rows: RowMask::EVERYTHING, hidden: FactMask::NOTHING };
    Snapshot::new(&Scope::new(vec![scope]), [builder.finish(Version(1))])
}

fn taken(number: u64, capture: CaptureTime) -> AssetRow {
    AssetRow { capture, ..RowBuilder::new(ids::user(0), number).build() }
}

/// A page as `2024-02: 3, 2024-01: 1, …` with `…` where more follow.
fn shown(page: &AssetCountsResponse) -> String {
    let months = page.data.iter().map(|month| {
        assert!(month.time_bucket.ends_with("-01T00:00:00"), "{}", month.time_bucket);
        format!("{}: {}", &month.time_bucket[..7], month.count)
    });
    let more = page.has_more.then(|| "…".to_owned());
    months.chain(more).collect::<Vec<_>>().join(", ")
}

fn all(snapshot: &Snapshot, filter: &Filter, direction: Direction) -> AssetCountsResponse {
    counts(snapshot, filter, direction, None, 100_000)
}

#[test]
fn the_index_compares_bounds_as_the_contract_says() {
    for (row, clock, offset, bound, passes) in moments::ROWS {
        let snapshot = snapshot(&[taken(1, moments::capture(clock, offset))]);
        let (side, text) = bound.split_at(1);
        let bound = datetime::parse(text).unwrap();
        let leaf = if side == ">" { Leaf::After(bound) } else { Leaf::Before(bound) };
        let page = all(&snapshot, &leaf.into(), Direction::Descending);
        let expected = if passes { format!("{}: 1", &clock[..7]) } else { String::new() };
        assert_eq!(shown(&page), expected, "row {row}");
    }
}

/// The fixture of contract gumnut §1.6.
fn fixture() -> Snapshot {
    let rows = [
        ("2024-03-10", Some(0)),
        ("2024-02-01T05:00", Some(540)),
        ("2024-02-15", Some(0)),
        ("2024-01-31T22:00", Some(-300)),
        ("2024-01-20", None),
        ("2024-01-01", None),
        ("2023-12-31T23:59:59.999999", None),
    ];
    let rows: Vec<AssetRow> = (1..)
        .zip(rows)
        .map(|(number, (clock, offset))| taken(number, moments::capture(clock, offset)))
        .collect();
    snapshot(&rows)
}

#[test]
fn the_contracts_fixture_is_paged_as_the_contract_says() {
    let page = |after: Option<&str>, direction, limit| {
        let after = after.map(|text| match datetime::parse(text) {
            Ok(Bound::Naive(wall)) => wall,
            other => panic!("{other:?}"),
        });
        shown(&counts(&fixture(), &Filter::EVERYTHING, direction, after, limit))
    };
    let (newest, oldest) = (Direction::Descending, Direction::Ascending);
    assert_eq!(page(None, newest, 20), "2024-03: 1, 2024-02: 2, 2024-01: 3, 2023-12: 1");
    assert_eq!(page(None, newest, 4), "2024-03: 1, 2024-02: 2, 2024-01: 3, 2023-12: 1");
    assert_eq!(page(None, newest, 3), "2024-03: 1, 2024-02: 2, 2024-01: 3, …");
    assert_eq!(page(None, newest, 2), "2024-03: 1, 2024-02: 2, …");
    assert_eq!(page(Some("2024-02-01"), newest, 2), "2024-01: 3, 2023-12: 1");
    assert_eq!(page(Some("2023-12-01"), newest, 2), "");
    assert_eq!(page(None, oldest, 2), "2023-12: 1, 2024-01: 3, …");
    assert_eq!(page(Some("2024-01-01"), oldest, 2), "2024-02: 2, 2024-03: 1");
    assert_eq!(page(Some("2024-03-01"), oldest, 2), "");
    // Not the start of a month: the month that it lies in begins before it.
    assert_eq!(page(Some("2024-02-15"), newest, 1), "2024-02: 2, …");
    assert_eq!(page(Some("2024-02-15"), oldest, 2), "2024-03: 1");
}

#[test]
fn replacing_an_aware_bound_loses_it_and_the_cursor_does_not() {
    // The residual flaw of contract gumnut §1.6, and its remedy.
    let rows = [
        taken(1, moments::capture("2024-02-01T05:00", Some(540))),
        taken(2, moments::capture("2024-01-31T20:00", Some(-660))),
        taken(3, moments::capture("2024-01-10", Some(0))),
    ];
    let snapshot = snapshot(&rows);
    let before = |text| Filter::from(Leaf::Before(datetime::parse(text).unwrap()));
    let original = before("2024-02-01T00:00:00Z");
    let page = |filter: &Filter, after, limit| {
        shown(&counts(&snapshot, filter, Direction::Descending, after, limit))
    };
    assert_eq!(page(&original, None, 20), "2024-02: 1, 2024-01: 1");
    assert_eq!(page(&original, None, 1), "2024-02: 1, …");
    assert_eq!(page(&before("2024-02-01T00:00:00"), None, 1), "2024-01: 2");
    assert_eq!(page(&original, Some(local(2024, 2, 1, 0, 0)), 1), "2024-01: 1");
}

#[test]
fn months_that_have_no_label_are_left_out() {
    let months = [
        Month::new(-5_000, 3),
        Month::new(0, 12),
        Month::new(1, 1),
        Month::new(2024, 2),
        Month::new(9_999, 12),
        Month::new(10_000, 1),
        Month::new(12_000, 6),
    ];
    let taken_in = |(number, month): (u64, &Month)| {
        let start = month.start();
        taken(number, CaptureTime { local: start, offset: None, source: DateSource::Xmp })
    };
    let rows: Vec<AssetRow> = (1..).zip(&months).map(taken_in).collect();
    let snapshot = snapshot(&rows);
    let page = |direction, after, limit| {
        shown(&counts(&snapshot, &Filter::EVERYTHING, direction, after, limit))
    };
    let (newest, oldest) = (Direction::Descending, Direction::Ascending);
    assert_eq!(page(newest, None, 20), "9999-12: 1, 2024-02: 1, 0001-01: 1");
    assert_eq!(page(newest, None, 3), "9999-12: 1, 2024-02: 1, 0001-01: 1");
    assert_eq!(page(newest, None, 2), "9999-12: 1, 2024-02: 1, …");
    assert_eq!(page(oldest, None, 20), "0001-01: 1, 2024-02: 1, 9999-12: 1");
    assert_eq!(page(oldest, None, 3), "0001-01: 1, 2024-02: 1, 9999-12: 1");
    assert_eq!(page(oldest, Some(local(9_999, 12, 1, 0, 0)), 3), "");
    assert_eq!(page(newest, Some(local(1, 1, 1, 0, 0)), 3), "");
    assert_eq!(page(newest, Some(local(1, 1, 1, 0, 1)), 3), "0001-01: 1");
}

#[test]
fn an_empty_library_has_no_months() {
    let owner: UserId = ids::user(0);
    let scope = OwnerScope { owner, rows: RowMask::EVERYTHING, hidden: FactMask::NOTHING };
    let snapshot = Snapshot::new(&Scope::new(vec![scope]), [Shelf::empty(owner)]);
    let page = all(&snapshot, &Filter::EVERYTHING, Direction::Descending);
    assert_eq!(serde_json::to_string(&page).unwrap(), r#"{"data":[],"has_more":false}"#);
}

#[test]
fn a_page_is_written_as_published() {
    let page = counts(&fixture(), &Filter::EVERYTHING, Direction::Descending, None, 1);
    let expected = r#"{"data":[{"time_bucket":"2024-03-01T00:00:00","count":1}],"has_more":true}"#;
    assert_eq!(serde_json::to_string(&page).unwrap(), expected);
}

/// Offsets from −11:00 to +14:00, and unknown.
fn arbitrary_offset(rng: &mut Rng) -> Option<Offset> {
    let quarter = rng.below(102);
    (quarter > 0).then(|| {
        let minutes = -660 + (quarter as i32 - 1) * 15;
        Offset::from_seconds(minutes * 60).unwrap()
    })
}

/// A wall clock of a few months around New Year, often within a day of the start of one.
fn arbitrary_local(rng: &mut Rng) -> LocalTime {
    let month = Month::from_index(Month::new(2023, 10).index() + rng.below(7) as i32);
    let span = month.next().start().micros() - month.start().micros();
    let day = MICROS_PER_DAY;
    let within = match rng.below(4) {
        0 => rng.below(3) as i64,
        1 => rng.below(day as usize) as i64,
        2 => span - 1 - rng.below(day as usize) as i64,
        _ => rng.below(span as usize) as i64,
    };
    LocalTime::from_micros(month.start().micros() + within)
}

fn arbitrary_library(rng: &mut Rng) -> Snapshot {
    let count = 1 + rng.below(150) as u64;
    let rows: Vec<AssetRow> = (0..count)
        .map(|number| {
            let (local, offset) = (arbitrary_local(rng), arbitrary_offset(rng));
            taken(number, CaptureTime { local, offset, source: DateSource::ExifOriginal })
        })
        .collect();
    snapshot(&rows)
}

fn arbitrary_bound(rng: &mut Rng) -> Bound {
    let wall = arbitrary_local(rng);
    match arbitrary_offset(rng) {
        Some(offset) => Bound::Aware { instant: offset.instant_of(wall), wall },
        None => Bound::Naive(wall),
    }
}

/// The wall clock that a `time_bucket` handed back unchanged is read as.
fn cursor(time_bucket: &str) -> LocalTime {
    match datetime::parse(time_bucket) {
        Ok(Bound::Naive(wall)) => wall,
        other => panic!("{time_bucket} is {other:?}"),
    }
}

/// All pages, each asked for with what `next` makes of the last label of the one before.
fn walk(
    mut ask: impl FnMut(Option<&str>) -> AssetCountsResponse,
    limit: usize,
) -> AssetCountsResponse {
    let mut whole = AssetCountsResponse { data: Vec::new(), has_more: false };
    loop {
        let last = whole.data.last().map(|month| month.time_bucket.clone());
        let page = ask(last.as_deref());
        assert!(page.data.len() <= limit);
        assert!(!page.has_more || page.data.len() == limit, "only a full page has a next one");
        whole.data.extend(page.data);
        assert!(whole.data.len() < 100, "paging ends");
        if !page.has_more {
            return whole;
        }
    }
}

#[test]
fn paging_by_the_bound_as_the_seed_says_is_exact() {
    let mut rng = Rng::seeded(16);
    for _ in 0..60 {
        let snapshot = arbitrary_library(&mut rng);
        let after = arbitrary_bound(&mut rng);
        for filter in [Filter::EVERYTHING, Leaf::After(after).into()] {
            let whole = all(&snapshot, &filter, Direction::Descending);
            for limit in [1, 2, 5] {
                let ask = |last: Option<&str>| {
                    let before = last.map(|last| Leaf::Before(Bound::Naive(cursor(last))).into());
                    let parts = before.into_iter().chain([filter.clone()]).collect();
                    counts(&snapshot, &Filter::All(parts), Direction::Descending, None, limit)
                };
                assert_eq!(walk(ask, limit), whole, "limit {limit} of {filter:?}");
            }
        }
    }
}

#[test]
fn paging_by_the_cursor_is_exact_with_every_bound_in_both_directions() {
    let mut rng = Rng::seeded(17);
    for _ in 0..60 {
        let snapshot = arbitrary_library(&mut rng);
        let (after, before) = (arbitrary_bound(&mut rng), arbitrary_bound(&mut rng));
        let (after, before): (Filter, Filter) =
            (Leaf::After(after).into(), Leaf::Before(before).into());
        for filter in [
            Filter::EVERYTHING,
            after.clone(),
            before.clone(),
            Filter::All(vec![after.clone(), before.clone()]),
        ] {
            for direction in [Direction::Descending, Direction::Ascending] {
                let whole = all(&snapshot, &filter, direction);
                let total: u64 = whole.data.iter().map(|month| month.count).sum();
                assert_eq!(total, snapshot.total(&filter));
                for limit in [1, 2, 5] {
                    let ask = |last: Option<&str>| {
                        counts(&snapshot, &filter, direction, last.map(cursor), limit)
                    };
                    assert_eq!(walk(ask, limit), whole, "limit {limit} of {filter:?}");
                }
            }
        }
    }
}
