//! Asks the index and the oracle the same questions. The first question with two answers is the
//! difference; a comparison that finds none proves that the index agrees with the oracle for this
//! state, scope and filter, and that its counts agree with its own contents.

use std::collections::BTreeSet;
use std::fmt::{self, Debug};

use kalends_model::calendar::MICROS_PER_DAY;
use kalends_model::{AssetRow, Bucket, Direction, Filter, Grain, LocalTime, Month};
use kalends_test_support::Rng;
use kalends_timeline::{RowRef, Rows, Snapshot};

use crate::oracle;

const GRAINS: [Grain; 4] = [Grain::Year, Grain::Month, Grain::Week, Grain::Day];
const DIRECTIONS: [Direction; 2] = [Direction::Descending, Direction::Ascending];

/// A question to which the index gave another answer than the oracle.
#[derive(Debug)]
pub(crate) struct Difference(pub(crate) String);

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Compares every kind of answer to `filter` with what follows from the rows that the oracle has
/// [`seen`](oracle::seen). Page limits and the buckets of finer grains are drawn from `rng`.
pub(crate) fn compare(
    snapshot: &Snapshot,
    filter: &Filter,
    seen: &[AssetRow],
    rng: &mut Rng,
) -> Result<(), Difference> {
    agree("total", snapshot.total(filter), seen.len() as u64)?;
    for direction in DIRECTIONS {
        for grain in GRAINS {
            let expected = oracle::counts(seen, grain, direction);
            let question = format!("counts {grain:?} {direction:?}");
            agree(&question, counts(snapshot, filter, grain, direction), expected.clone())?;
            compare_pages(snapshot, filter, grain, direction, &expected, rng)?;
            compare_buckets(snapshot, filter, grain, direction, seen, &expected, rng)?;
        }
        compare_months(snapshot, filter, direction, seen)?;
    }
    counts_are_contents(snapshot, filter)
}

/// The law that the product is judged by, asked of the index alone: the sum of the counts is the
/// total, and the number of ids over all months, each id once, each in the month of its wall clock.
fn counts_are_contents(snapshot: &Snapshot, filter: &Filter) -> Result<(), Difference> {
    let mut ids = BTreeSet::new();
    let mut sum = 0;
    for (bucket, count) in counts(snapshot, filter, Grain::Month, Direction::Descending) {
        let month = Month::new(bucket.0.year, bucket.0.month);
        let rows = snapshot.bucket(month, filter, Direction::Descending);
        agree(&format!("rows of {month:?}"), rows.len() as u64, count)?;
        for row in rows.iter() {
            agree("month of the wall clock", row.local().month(), month)?;
            agree(&format!("first sight of {:?}", row.id()), ids.insert(row.id()), true)?;
        }
        sum += count;
    }
    agree("sum of counts", sum, snapshot.total(filter))?;
    agree("ids over all months", ids.len() as u64, sum)
}

fn counts(
    snapshot: &Snapshot,
    filter: &Filter,
    grain: Grain,
    direction: Direction,
) -> Vec<(Bucket, u64)> {
    let counts = snapshot.counts(filter, grain, direction);
    counts.into_iter().map(|counted| (counted.bucket, counted.count)).collect()
}

/// Walks the counts page by page, and once begins where no bucket need be.
fn compare_pages(
    snapshot: &Snapshot,
    filter: &Filter,
    grain: Grain,
    direction: Direction,
    expected: &[(Bucket, u64)],
    rng: &mut Rng,
) -> Result<(), Difference> {
    let limit = 1 + rng.below(5);
    let page = |after| {
        let (counts, has_more) = snapshot.counts_page(filter, grain, direction, after, limit);
        let counts: Vec<_> = counts.into_iter().map(|page| (page.bucket, page.count)).collect();
        (counts, has_more)
    };
    let mut after = None;
    let mut left = expected;
    loop {
        let (this, rest) = left.split_at(limit.min(left.len()));
        let question = format!("page {grain:?} {direction:?} of {limit} after {after:?}");
        agree(&question, page(after), (this.to_vec(), !rest.is_empty()))?;
        after = this.last().map(|(bucket, _)| bucket.start());
        left = rest;
        if left.is_empty() {
            break;
        }
    }
    let Some((bucket, _)) = expected.get(rng.below(expected.len() + 1)) else { return Ok(()) };
    let beside = *rng.pick(&[-1, 1, MICROS_PER_DAY]);
    let after = LocalTime::from_micros(bucket.start().micros().saturating_add(beside));
    let is_beyond = |(bucket, _): &&(Bucket, u64)| match direction {
        Direction::Descending => bucket.start() < after,
        Direction::Ascending => bucket.start() > after,
    };
    let beyond: Vec<_> = expected.iter().filter(is_beyond).copied().collect();
    let this = beyond[..limit.min(beyond.len())].to_vec();
    let question = format!("page {grain:?} {direction:?} of {limit} after {after:?}, no bucket");
    agree(&question, page(Some(after)), (this, beyond.len() > limit))
}

/// Compares the rows of some buckets of a grain.
fn compare_buckets(
    snapshot: &Snapshot,
    filter: &Filter,
    grain: Grain,
    direction: Direction,
    seen: &[AssetRow],
    expected: &[(Bucket, u64)],
    rng: &mut Rng,
) -> Result<(), Difference> {
    for _ in 0..expected.len().min(3) {
        let (bucket, _) = *rng.pick(expected);
        let rows = snapshot.bucket_of(grain, bucket, filter, direction);
        let question = format!("{grain:?} {bucket:?} {direction:?}");
        compare_rows(&question, &rows, &oracle::bucket(seen, grain, bucket, direction))?;
    }
    Ok(())
}

/// Compares the rows of every month that has some, and of its neighbours, which may have none.
fn compare_months(
    snapshot: &Snapshot,
    filter: &Filter,
    direction: Direction,
    seen: &[AssetRow],
) -> Result<(), Difference> {
    let mut months = BTreeSet::from([Month::new(1970, 1)]);
    for (bucket, _) in oracle::counts(seen, Grain::Month, direction) {
        let month = Month::new(bucket.0.year, bucket.0.month);
        months.extend([month.previous(), month, month.next()]);
    }
    for month in months {
        let rows = snapshot.bucket(month, filter, direction);
        let expected = oracle::bucket(seen, Grain::Month, month.into(), direction);
        compare_rows(&format!("month {month:?} {direction:?}"), &rows, &expected)?;
    }
    Ok(())
}

fn compare_rows(question: &str, rows: &Rows, expected: &[&AssetRow]) -> Result<(), Difference> {
    let ids: Vec<_> = rows.iter().map(|row| row.id()).collect();
    agree(question, ids, oracle::ids(expected))?;
    agree(question, (rows.len(), rows.is_empty()), (expected.len(), expected.is_empty()))?;
    for (index, row) in expected.iter().enumerate() {
        compare_columns(rows.get(index), row)?;
    }
    Ok(())
}

fn compare_columns(index: RowRef<'_>, row: &AssetRow) -> Result<(), Difference> {
    macro_rules! agree_on {
        ($($column:ident: $expected:expr;)*) => {$(
            agree(concat!(stringify!($column), " of a row"), index.$column(), $expected)?;
        )*};
    }
    agree_on! {
        id: row.id;
        owner: row.owner;
        library: row.library;
        local: row.capture.local;
        offset: row.capture.offset;
        instant: row.capture.instant();
        visibility: row.visibility;
        kind: row.kind;
        is_favorite: row.is_favorite;
        is_trashed: row.is_trashed;
        is_offline: row.is_offline;
        is_undated: row.capture.source.is_fallback();
        width: row.width;
        height: row.height;
        duration_ms: row.duration_ms;
        thumbhash: row.thumbhash.as_deref();
        live_video: row.live_video;
        projection: row.projection.as_deref();
        place: row.place;
        city: row.city.as_deref();
        country: row.country.as_deref();
        camera: row.camera.as_deref();
        rating: row.rating;
        stack: row.stack;
        row_version: row.row_version;
    }
    Ok(())
}

/// The same answer, or the difference.
pub(crate) fn agree<T: PartialEq + Debug>(
    question: &str,
    index: T,
    oracle: T,
) -> Result<(), Difference> {
    if index == oracle {
        return Ok(());
    }
    Err(Difference(format!("{question}:\n  index:  {index:?}\n  oracle: {oracle:?}")))
}
