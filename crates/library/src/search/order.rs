//! What is found, by instant, without reading more months than a page needs.
//!
//! The timeline lies by local day; searches are answered by instant. A clock is never a whole day
//! from UTC, so rows of one month can only change places with rows of its neighbours that lie within
//! a day of the border between them: a month's rows wait until no row of a later one can come before
//! them.

use std::ops::ControlFlow;

use kalends_model::calendar::MICROS_PER_DAY;
use kalends_model::{AssetId, Direction, Grain, Instant, Month};

use super::{Page, Prepared};

/// From the `skip`-th on, at most `limit`.
pub(super) fn page(prepared: &Prepared, direction: Direction, skip: usize, limit: usize) -> Page {
    let months = months(prepared, direction);
    let (first, passed) = match prepared.is_pure() {
        true => first_month(&months, skip),
        false => (0, 0),
    };
    let mut to_skip = skip - passed;
    let mut page = Page::default();
    each_in_order(prepared, direction, &months[first..], &mut |id| {
        if to_skip > 0 {
            to_skip -= 1;
            return ControlFlow::Continue(());
        }
        if page.ids.len() == limit {
            page.has_more = true;
            return ControlFlow::Break(());
        }
        page.ids.push(id);
        ControlFlow::Continue(())
    });
    page
}

/// Everything that is found, in no order.
pub(super) fn all(prepared: &Prepared) -> Vec<AssetId> {
    let mut ids = Vec::new();
    for (month, _) in months(prepared, Direction::Descending) {
        ids.extend(rows_of(prepared, month, Direction::Descending).map(|(_, id)| id));
    }
    ids
}

/// The months that hold rows which pass the filter, with how many.
pub(super) fn months(prepared: &Prepared, direction: Direction) -> Vec<(Month, u64)> {
    let question = &prepared.question;
    let counts = question.snapshot.counts(&question.filter, Grain::Month, direction);
    counts
        .into_iter()
        .map(|count| (Month::new(count.bucket.0.year, count.bucket.0.month), count.count))
        .collect()
}

/// The month to begin with for the `skip`-th row, and how many rows lie before it. It is the month
/// before the row's own, since at a border rows change places.
fn first_month(months: &[(Month, u64)], skip: usize) -> (usize, usize) {
    let (mut before, mut before_last) = (0_usize, 0_usize);
    for (index, (_, count)) in months.iter().enumerate() {
        let through = before.saturating_add(usize::try_from(*count).unwrap_or(usize::MAX));
        if through > skip {
            return (index.saturating_sub(1), before_last);
        }
        (before_last, before) = (before, through);
    }
    // Beyond the end: the last month, of which nothing will be left.
    (months.len().saturating_sub(1), before_last)
}

fn rows_of(
    prepared: &Prepared,
    month: Month,
    direction: Direction,
) -> impl Iterator<Item = (Instant, AssetId)> {
    let question = &prepared.question;
    let rows = question.snapshot.bucket(month, &question.filter, direction);
    let passing: Vec<(Instant, AssetId)> = rows
        .iter()
        .filter(|row| prepared.passes(*row))
        .map(|row| (row.instant(), row.id()))
        .collect();
    passing.into_iter()
}

fn each_in_order(
    prepared: &Prepared,
    direction: Direction,
    months: &[(Month, u64)],
    each: &mut dyn FnMut(AssetId) -> ControlFlow<()>,
) {
    let mut waiting: Vec<(Instant, AssetId)> = Vec::new();
    for (index, (month, _)) in months.iter().enumerate() {
        waiting.extend(rows_of(prepared, *month, direction));
        waiting.sort_unstable();
        if direction == Direction::Descending {
            waiting.reverse();
        }
        let settled = match months.get(index + 1) {
            None => waiting.len(),
            Some((next, _)) => settled(&waiting, *next, direction),
        };
        for (_, id) in waiting.drain(..settled) {
            if each(id).is_break() {
                return;
            }
        }
    }
}

/// How many of the waiting rows come before every row of `next`.
fn settled(waiting: &[(Instant, AssetId)], next: Month, direction: Direction) -> usize {
    match direction {
        Direction::Descending => {
            let border = next.next().start().micros().saturating_add(MICROS_PER_DAY);
            waiting.partition_point(|(instant, _)| instant.micros() >= border)
        }
        Direction::Ascending => {
            let border = next.start().micros().saturating_sub(MICROS_PER_DAY);
            waiting.partition_point(|(instant, _)| instant.micros() <= border)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_begins_a_month_early() {
        let months: Vec<(Month, u64)> =
            [3, 10, 5].iter().zip(1..).map(|(count, n)| (Month::new(2024, n), *count)).collect();
        assert_eq!(first_month(&months, 0), (0, 0));
        assert_eq!(first_month(&months, 2), (0, 0));
        assert_eq!(first_month(&months, 3), (0, 0));
        assert_eq!(first_month(&months, 13), (1, 3));
        assert_eq!(first_month(&months, 17), (1, 3));
        assert_eq!(first_month(&months, 18), (2, 13));
        assert_eq!(first_month(&[], 7), (0, 0));
    }
}
