//! Random histories of a shelf: its first rows, and batches of changes to them, beside the plainest
//! model of the outcome.

use std::collections::{BTreeMap, BTreeSet};

use kalends_model::calendar::{MICROS_PER_DAY, days_in_month};
use kalends_model::{AssetId, AssetRow, LocalTime, Month, ShelfBatch, UserId, Version};

use crate::ids;
use crate::rng::Rng;
use crate::rows::{arbitrary_capture, arbitrary_row_of};
use crate::world::World;

/// What a shelf holds, as plainly as can be.
pub type RowsById = BTreeMap<AssetId, AssetRow>;

/// Does to `rows` what applying `batch` does to a shelf: of an id that stands twice, the last wins.
pub fn apply_to_model(rows: &mut RowsById, batch: &ShelfBatch) {
    for id in &batch.removals {
        rows.remove(id);
    }
    for row in &batch.upserts {
        rows.insert(row.id, row.clone());
    }
}

/// Exactly `count` rows of one owner in one month, no id twice: for sizes at the edge of a segment.
/// Many share a day or a moment. The ids are asset 1,000,000 and on, whoever the owner is.
pub fn rows_of_one_month(
    rng: &mut Rng,
    world: &World,
    owner: UserId,
    month: Month,
    count: usize,
) -> Vec<AssetRow> {
    let days = days_in_month(month.year(), month.month()) as usize;
    let moment = |rng: &mut Rng| {
        let day = if rng.flip() { rng.below(days) } else { 14 };
        let since_midnight = rng.below(500) as i64 * 1_000_000;
        let start = month.start().micros() + day as i64 * MICROS_PER_DAY;
        LocalTime::from_micros(start + since_midnight)
    };
    let row = |number| {
        let mut row = AssetRow { id: ids::asset(number), ..arbitrary_row_of(rng, world, owner) };
        row.capture.local = moment(rng);
        row
    };
    (1_000_000..).take(count).map(row).collect()
}

/// A batch that adds, changes, moves and removes rows of `rows`, the shelf of `owner` at version
/// `from`. It is well formed: no id is both put and removed. It may put an id twice, remove one
/// twice or in vain, or be empty.
pub fn arbitrary_batch(
    rng: &mut Rng,
    world: &World,
    owner: UserId,
    from: Version,
    rows: &RowsById,
) -> ShelfBatch {
    let to = Version(from.0 + 1 + rng.below(3) as u64);
    let mut upserts = Vec::new();
    for _ in 0..*rng.pick(&[0, 0, 1, 5, 20]) {
        upserts.push(arbitrary_row_of(rng, world, owner));
    }
    for _ in 0..*rng.pick(&[0, 1, 1, 2, 10, 40]) {
        upserts.extend(arbitrary_member(rng, rows).map(|row| changed(rng, world, row)));
    }
    for _ in 0..*rng.pick(&[0, 0, 0, 2]) {
        if !upserts.is_empty() {
            let again = rng.pick(&upserts).clone();
            let again = changed(rng, world, &again);
            upserts.push(again);
        }
    }
    for row in &mut upserts {
        row.row_version = to.0;
    }
    let removals = arbitrary_removals(rng, rows, &upserts);
    ShelfBatch { owner, from, to, upserts, removals }
}

fn arbitrary_removals(rng: &mut Rng, rows: &RowsById, upserts: &[AssetRow]) -> Vec<AssetId> {
    let put: BTreeSet<AssetId> = upserts.iter().map(|row| row.id).collect();
    let mut removals = Vec::new();
    match rng.below(24) {
        // Nearly all at once, so that shelves also shrink; rarely all.
        0 => removals.extend(rows.keys().skip(rng.below(3))),
        1..=12 => {
            for _ in 0..*rng.pick(&[1, 2, 10, 60]) {
                removals.extend(arbitrary_member(rng, rows).map(|row| row.id));
            }
        }
        _ => {}
    }
    if rng.one_in(4) {
        removals.push(ids::asset(1 << 40));
        removals.extend(removals.first().copied());
    }
    removals.retain(|id| !put.contains(id));
    removals
}

/// A row of the shelf, found from a random id on, so that it costs little in a large one.
fn arbitrary_member<'a>(rng: &mut Rng, rows: &'a RowsById) -> Option<&'a AssetRow> {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&rng.next_u64().to_be_bytes());
    let from = AssetId::from_bytes(bytes);
    rows.range(from..).next().or_else(|| rows.iter().next()).map(|(_, row)| row)
}

/// The row with something changed: one column, a few, its date, or everything but whose it is.
fn changed(rng: &mut Rng, world: &World, row: &AssetRow) -> AssetRow {
    let other = AssetRow { id: row.id, ..arbitrary_row_of(rng, world, row.owner) };
    let row = row.clone();
    match rng.below(20) {
        0 => AssetRow { is_favorite: !row.is_favorite, ..row },
        1 => AssetRow { is_trashed: !row.is_trashed, ..row },
        2 => AssetRow { is_offline: !row.is_offline, ..row },
        3 => AssetRow { visibility: other.visibility, ..row },
        4 => AssetRow { albums: other.albums, ..row },
        5 => AssetRow { people: other.people, ..row },
        6 => AssetRow { tags: other.tags, ..row },
        7 => AssetRow { stack: other.stack, ..row },
        8 => AssetRow { rating: other.rating, ..row },
        9 => AssetRow { thumbhash: other.thumbhash, ..row },
        10 => AssetRow { place: other.place, city: other.city, country: other.country, ..row },
        11 => AssetRow { camera: other.camera, library: other.library, ..row },
        12 => AssetRow { live_video: other.live_video, projection: other.projection, ..row },
        13 => AssetRow { kind: other.kind, duration_ms: other.duration_ms, ..row },
        14 => AssetRow { width: other.width, height: other.height, ..row },
        15..=17 => AssetRow { capture: arbitrary_capture(rng, world), ..row },
        // Only the version will differ.
        18 => row,
        _ => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_of_rows_has_exactly_that_many_in_that_month() {
        let mut rng = Rng::seeded(8);
        let world = World::new(&mut rng);
        let month = Month::new(2023, 2);
        let rows = rows_of_one_month(&mut rng, &world, world.owners[0], month, 900);
        let ids: BTreeSet<_> = rows.iter().map(|row| row.id).collect();
        assert_eq!(ids.len(), 900);
        assert!(rows.iter().all(|row| row.capture.local.month() == month));
    }

    #[test]
    fn batches_are_well_formed_and_change_the_model() {
        let mut rng = Rng::seeded(9);
        let world = World::new(&mut rng);
        let owner = world.owners[1];
        let (mut rows, mut version) = (RowsById::new(), Version(0));
        let mut largest = 0;
        for _ in 0..300 {
            let batch = arbitrary_batch(&mut rng, &world, owner, version, &rows);
            assert!(batch.from == version && batch.to > version);
            assert!(batch.upserts.iter().all(|row| row.owner == owner));
            assert!(batch.upserts.iter().all(|row| !batch.removals.contains(&row.id)));
            apply_to_model(&mut rows, &batch);
            version = batch.to;
            largest = largest.max(rows.len());
        }
        assert!(largest > 50, "{largest}");
    }
}
