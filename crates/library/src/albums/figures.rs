//! How much an album holds, from the timeline index.

use std::collections::BTreeMap;

use kalends_model::{AssetId, Direction, Grain, LocalTime, UserId};
use kalends_timeline::BucketCount;

use crate::ask::Question;

/// What the timeline knows of an album: of what it shows, and nothing of what is in the trash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlbumFigures {
    /// How many assets it shows.
    pub count: u64,
    /// The wall clock of one of the assets of its first day.
    pub first: Option<LocalTime>,
    /// The wall clock of one of the assets of its last day.
    pub last: Option<LocalTime>,
    /// The asset that comes first in the timeline of the album, the newest first.
    pub newest: Option<AssetId>,
}

impl AlbumFigures {
    /// The figures of what a question about an album finds.
    pub(super) fn of(question: &Question) -> Self {
        let months = months(question);
        let (Some(first), Some(last)) = (months.first(), months.last()) else {
            return Self::default();
        };
        let Question { snapshot, filter } = question;
        let rows_of = |month: &BucketCount, direction| {
            snapshot.bucket_of(Grain::Month, month.bucket, filter, direction)
        };
        let oldest = rows_of(first, Direction::Ascending);
        let newest = rows_of(last, Direction::Descending);
        Self {
            count: months.iter().map(|month| month.count).sum(),
            first: oldest.iter().next().map(|row| row.local()),
            last: newest.iter().next().map(|row| row.local()),
            newest: newest.iter().next().map(|row| row.id()),
        }
    }
}

/// The months of an album, the oldest first.
pub(super) fn months(question: &Question) -> Vec<BucketCount> {
    question.snapshot.counts(&question.filter, Grain::Month, Direction::Ascending)
}

/// How many assets each owner has in an album, by owner.
pub(super) fn contributors(question: &Question) -> Vec<(UserId, u64)> {
    let Question { snapshot, filter } = question;
    let mut counts: BTreeMap<UserId, u64> = BTreeMap::new();
    for month in months(question) {
        let rows = snapshot.bucket_of(Grain::Month, month.bucket, filter, Direction::Ascending);
        for row in rows.iter() {
            *counts.entry(row.owner()).or_default() += 1;
        }
    }
    counts.into_iter().collect()
}
