//! From counted months to the published page (contract gumnut §1.1).
//!
//! The label of a month is a wall clock without an offset, and names years 1 to 9999 only: the
//! cursor that a client hands back is parsed by calendars that know no others. Months outside those
//! years are left out, from pages and from `has_more` alike.

use kalends_model::{Bucket, Direction, Filter, Grain, LocalTime, Month};
use kalends_timeline::{BucketCount, Snapshot};

use crate::wire::counts::{AssetCountsResponse, TimeBucketCount};

/// The first and the last month that has a label.
const LABELLED: std::ops::RangeInclusive<Month> = Month::new(1, 1)..=Month::new(9_999, 12);

/// The page of at most `limit` months strictly beyond `after`, in the direction's order.
pub(crate) fn counts(
    snapshot: &Snapshot,
    filter: &Filter,
    direction: Direction,
    after: Option<LocalTime>,
    limit: usize,
) -> AssetCountsResponse {
    let after = begin(direction, after);
    // One month more than the page holds says whether there is a next page.
    let (mut months, _) =
        snapshot.counts_page(filter, Grain::Month, direction, Some(after), limit + 1);
    months.retain(|month| has_label(month.bucket));
    let has_more = months.len() > limit;
    months.truncate(limit);
    AssetCountsResponse { data: months.iter().map(time_bucket_count).collect(), has_more }
}

/// Where the page begins: beyond `after`, and at the first labelled month at the earliest.
fn begin(direction: Direction, after: Option<LocalTime>) -> LocalTime {
    match direction {
        Direction::Descending => {
            let newest = LABELLED.end().next().start();
            after.map_or(newest, |after| after.min(newest))
        }
        Direction::Ascending => {
            let oldest = LABELLED.start().previous().start();
            after.map_or(oldest, |after| after.max(oldest))
        }
    }
}

fn has_label(Bucket(day): Bucket) -> bool {
    LABELLED.contains(&Month::new(day.year, day.month))
}

fn time_bucket_count(BucketCount { bucket, count }: &BucketCount) -> TimeBucketCount {
    TimeBucketCount { time_bucket: time_bucket(*bucket), count: *count }
}

fn time_bucket(Bucket(day): Bucket) -> String {
    format!("{:04}-{:02}-{:02}T00:00:00", day.year, day.month, day.day)
}

#[cfg(test)]
mod tests;
