//! What one request reads: a shelf per owner, at one version each, and what the viewer may see.

use std::collections::HashMap;

use kalends_model::{
    Bucket, CivilDate, Direction, Filter, Grain, LocalTime, Month, OwnerScope, Scope, UserId,
    Version,
};

use crate::fingerprint;
use crate::month::MonthRows;
use crate::plan::Plan;
use crate::rows::{Rows, RowsBuilder};
use crate::segment::{ClassSet, Segment};
use crate::shelf::Shelf;

/// How many rows one bucket holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketCount {
    /// The period.
    pub bucket: Bucket,
    /// How many rows of it pass; never 0.
    pub count: u64,
}

/// What one request reads: one shelf for each owner of a scope. It does not change under the reader.
///
/// Counts and contents come from one evaluation of one plan, and so cannot disagree.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// In the scope's order, which is by owner.
    parts: Vec<Part>,
}

/// One owner's shelf, with what the viewer may see of it.
#[derive(Clone, Debug)]
struct Part {
    scope: OwnerScope,
    shelf: Shelf,
}

impl Snapshot {
    /// A snapshot of these shelves for the viewer with this scope. An owner of the scope without a
    /// shelf reads as one with an empty shelf; a shelf of no owner of the scope is not read at all.
    pub fn new(scope: &Scope, shelves: impl IntoIterator<Item = Shelf>) -> Self {
        let mut shelves: HashMap<UserId, Shelf> =
            shelves.into_iter().map(|shelf| (shelf.owner(), shelf)).collect();
        let part = |scope: &OwnerScope| {
            let shelf = shelves.remove(&scope.owner);
            Part { scope: *scope, shelf: shelf.unwrap_or_else(|| Shelf::empty(scope.owner)) }
        };
        Self { parts: scope.owners().iter().map(part).collect() }
    }

    /// The version that is read of each owner, by owner.
    pub fn versions(&self) -> impl Iterator<Item = (UserId, Version)> {
        self.parts.iter().map(|part| (part.scope.owner, part.shelf.version()))
    }

    /// How many rows pass.
    pub fn total(&self, filter: &Filter) -> u64 {
        let plans = self.plans(filter);
        let months = plans.iter().flat_map(|(part, plan)| {
            part.shelf.months().iter().map(move |month| count_month(month, plan))
        });
        months.sum()
    }

    /// How many rows pass in each bucket that has any, in the direction's order.
    pub fn counts(&self, filter: &Filter, grain: Grain, direction: Direction) -> Vec<BucketCount> {
        self.counts_page(filter, grain, direction, None, usize::MAX).0
    }

    /// The same as [`Snapshot::counts`], beginning strictly beyond `after` in the direction (a
    /// bucket is where its start is), of at most `limit` buckets, and whether more follow. Months
    /// behind the page are not evaluated.
    pub fn counts_page(
        &self,
        filter: &Filter,
        grain: Grain,
        direction: Direction,
        after: Option<LocalTime>,
        limit: usize,
    ) -> (Vec<BucketCount>, bool) {
        let plans = self.plans(filter);
        let mut page: Vec<BucketCount> = Vec::new();
        let mut of_month: Vec<BucketCount> = Vec::new();
        for (month, rows) in months_of(&plans, direction) {
            if after.is_some_and(|after| !may_lie_beyond(month, grain, direction, after)) {
                continue;
            }
            of_month.clear();
            for (rows, plan) in rows {
                count_buckets(rows, plan, grain, &mut of_month);
            }
            of_month.sort_by_key(|count| count.bucket);
            if direction == Direction::Descending {
                of_month.reverse();
            }
            for count in &of_month {
                if after.is_none_or(|after| is_beyond(count.bucket, direction, after)) {
                    add_count(&mut page, *count);
                }
            }
            // A bucket is complete once a later one has begun.
            if page.len() > limit {
                page.truncate(limit);
                return (page, true);
            }
        }
        (page, false)
    }

    /// The rows of a month that pass, in sort-key order, those of several owners merged.
    pub fn bucket(&self, month: Month, filter: &Filter, direction: Direction) -> Rows {
        self.bucket_of(Grain::Month, month.into(), filter, direction)
    }

    /// The rows of a bucket of any grain that pass, as [`Snapshot::bucket`]. A date that no period
    /// of the grain begins at names an empty bucket.
    pub fn bucket_of(
        &self,
        grain: Grain,
        bucket: Bucket,
        filter: &Filter,
        direction: Direction,
    ) -> Rows {
        let mut rows = RowsBuilder::default();
        if grain.bucket_of(bucket.start()) != bucket {
            return rows.finish(direction);
        }
        let days = Days::of(grain, bucket);
        for (part, plan) in self.plans(filter) {
            rows.begin_part(&part.scope, part.shelf.dictionary());
            let months = part.shelf.months();
            let begin = months.partition_point(|rows| first_day(rows.month.next()) <= days.from);
            for month in months[begin..].iter().take_while(|m| first_day(m.month) < days.to) {
                if month.census.count(plan.classes_needed()) == 0 {
                    continue;
                }
                for segment in month.segments.iter() {
                    let (from, to) = days.rows_of(segment, month.month);
                    rows.add(segment, &plan.rows(segment), from, to);
                }
            }
        }
        rows.finish(direction)
    }

    /// A number that stands for everything that can be read here: equal when every row that any
    /// query could see is at the same version and the scope is the same, whichever way and on
    /// whichever node the shelves were made; different, but for one chance in 2⁶⁴, otherwise.
    pub fn fingerprint(&self) -> u64 {
        self.mix_owners(|shelf| {
            let months = shelf.months().iter();
            months.fold(0, |sum, month| sum.wrapping_add(month.fingerprint))
        })
    }

    /// The same for the rows of one month.
    pub fn fingerprint_of(&self, month: Month) -> u64 {
        self.mix_owners(|shelf| shelf.month(month).map_or(0, |rows| rows.fingerprint))
    }

    fn mix_owners(&self, rows_of: impl Fn(&Shelf) -> u64) -> u64 {
        let owners = self.parts.iter();
        owners.fold(0, |all, part| {
            fingerprint::mix(all ^ fingerprint::of_owner(&part.scope, rows_of(&part.shelf)))
        })
    }

    /// The plan of `filter` for each owner, without the owners whose every row it rules out.
    fn plans(&self, filter: &Filter) -> Vec<(&Part, Plan)> {
        let plan = |part: &Part| Plan::new(&part.scope, filter, part.shelf.dictionary());
        let plans = self.parts.iter().map(|part| (part, plan(part)));
        plans.filter(|(_, plan)| plan.classes_only() != Some(ClassSet::NONE)).collect()
    }
}

/// The months that any owner has, in the direction's order, each with the rows and plans of the
/// owners who have it.
fn months_of<'a>(
    plans: &'a [(&'a Part, Plan)],
    direction: Direction,
) -> impl Iterator<Item = (Month, Vec<(&'a MonthRows, &'a Plan)>)> {
    let mut rest: Vec<(&[MonthRows], &Plan)> =
        plans.iter().map(|(part, plan)| (part.shelf.months(), plan)).collect();
    std::iter::from_fn(move || {
        let next_of = |months: &[MonthRows]| match direction {
            Direction::Ascending => months.first().map(|rows| rows.month),
            Direction::Descending => months.last().map(|rows| rows.month),
        };
        let nexts = rest.iter().filter_map(|(months, _)| next_of(months));
        let month = match direction {
            Direction::Ascending => nexts.min()?,
            Direction::Descending => nexts.max()?,
        };
        let mut rows = Vec::with_capacity(rest.len());
        for (months, plan) in rest.iter_mut().filter(|(months, _)| next_of(months) == Some(month)) {
            let split = match direction {
                Direction::Ascending => months.split_first(),
                Direction::Descending => months.split_last(),
            };
            let (next, others) = split.expect("it has the month that was just looked at");
            rows.push((next, *plan));
            *months = others;
        }
        Some((month, rows))
    })
}

fn count_month(month: &MonthRows, plan: &Plan) -> u64 {
    if let Some(classes) = plan.classes_only() {
        return month.census.count(classes);
    }
    if month.census.count(plan.classes_needed()) == 0 {
        return 0;
    }
    let segments = month.segments.iter();
    segments.map(|segment| plan.count(segment) as u64).sum()
}

/// Adds a month's counts by bucket to `counts`.
fn count_buckets(month: &MonthRows, plan: &Plan, grain: Grain, counts: &mut Vec<BucketCount>) {
    let whole = match grain {
        Grain::Month => Some(Bucket::from(month.month)),
        Grain::Year => Some(Bucket(CivilDate { month: 1, ..month.month.first_day() })),
        Grain::Week | Grain::Day => None,
    };
    if let Some(bucket) = whole {
        add_count(counts, BucketCount { bucket, count: count_month(month, plan) });
        return;
    }
    if month.census.count(plan.classes_needed()) == 0 {
        return;
    }
    for segment in month.segments.iter() {
        let rows = plan.rows(segment);
        let mut from = 0;
        while from < segment.len() {
            let bucket = grain.bucket_of(LocalTime::from_micros(segment.locals[from]));
            let to = segment.first_row_from_day(Days::of(grain, bucket).to);
            let count = rows.count_between(from, to) as u64;
            add_count(counts, BucketCount { bucket, count });
            from = to;
        }
    }
}

/// Adds to the last count when that is the same bucket's.
fn add_count(counts: &mut Vec<BucketCount>, count: BucketCount) {
    match counts.last_mut() {
        _ if count.count == 0 => {}
        Some(last) if last.bucket == count.bucket => last.count += count.count,
        _ => counts.push(count),
    }
}

fn is_beyond(bucket: Bucket, direction: Direction, after: LocalTime) -> bool {
    match direction {
        Direction::Ascending => bucket.start() > after,
        Direction::Descending => bucket.start() < after,
    }
}

/// Whether a row of `month` may lie in a bucket beyond `after`.
fn may_lie_beyond(month: Month, grain: Grain, direction: Direction, after: LocalTime) -> bool {
    let furthest = match direction {
        Direction::Ascending => month.next().start(),
        Direction::Descending => month.start(),
    };
    is_beyond(grain.bucket_of(furthest), direction, after)
}

/// Local days, `to` not included.
#[derive(Clone, Copy)]
struct Days {
    from: i64,
    to: i64,
}

impl Days {
    fn of(grain: Grain, Bucket(start): Bucket) -> Self {
        let from = start.days_since_epoch();
        let to = match grain {
            Grain::Year => CivilDate { year: start.year + 1, ..start }.days_since_epoch(),
            Grain::Month => first_day(Month::new(start.year, start.month).next()),
            Grain::Week => from + 7,
            Grain::Day => from + 1,
        };
        Self { from, to }
    }

    /// The rows of a segment of `month` that lie in these days.
    fn rows_of(self, segment: &Segment, month: Month) -> (usize, usize) {
        let from =
            if self.from <= first_day(month) { 0 } else { segment.first_row_from_day(self.from) };
        let holds_end = self.to >= first_day(month.next());
        let to = if holds_end { segment.len() } else { segment.first_row_from_day(self.to) };
        (from, to)
    }
}

/// The number of the day that a month begins on.
fn first_day(month: Month) -> i64 {
    month.first_day().days_since_epoch()
}
