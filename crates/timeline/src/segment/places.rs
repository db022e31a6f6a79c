//! Where the rows of a segment were taken, grouped so that boxes and circles are cheap.
//!
//! The rows of each cell of the earth that occurs are listed, cell by cell. A search takes whole the
//! cells that lie wholly inside, and tests exactly only the points of cells that touch the edge.

use std::ops::Range;
use std::sync::Arc;

use kalends_model::GeoPoint;

use super::class::ClassSet;
use super::cover::{Cover, PointTest, cell};
use super::groups::Groups;
use super::sparse::Sparse;
use super::tally::Tally;
use crate::rowset::{RowSet, Words, set_rows, zeroes};

/// The coordinates of the rows that have some.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Places {
    /// The position of each row in the two lists below.
    positions: Sparse<u16>,
    /// The rows that have coordinates, by cell, and then ascending.
    rows: Arc<[u16]>,
    /// The coordinates of `rows`.
    points: Arc<[GeoPoint]>,
    /// The cells that occur, and which of `rows` lie in each.
    cells: Groups,
}

impl Places {
    /// From each row's coordinates.
    pub(crate) fn build(points: impl Iterator<Item = Option<GeoPoint>>) -> Self {
        let mut placed: Vec<(u32, u16, GeoPoint)> = Vec::new();
        let mut len = 0;
        for (row, point) in points.enumerate() {
            placed.extend(point.map(|point| (cell(point), row as u16, point)));
            len = row + 1;
        }
        placed.sort_unstable_by_key(|(cell, row, _)| (*cell, *row));
        let mut positions = vec![None; len];
        for (position, (_, row, _)) in placed.iter().enumerate() {
            positions[usize::from(*row)] = Some(position as u16);
        }
        Self {
            positions: Sparse::build(positions.into_iter()),
            rows: placed.iter().map(|(_, row, _)| *row).collect(),
            points: placed.iter().map(|(.., point)| *point).collect(),
            cells: Groups::of_sorted(placed.iter().map(|(cell, ..)| *cell)),
        }
    }

    /// The coordinates of a row.
    pub(crate) fn get(&self, row: usize) -> Option<GeoPoint> {
        self.positions.get(row).map(|position| self.points[usize::from(position)])
    }

    /// The rows that have coordinates.
    pub(crate) fn placed(&self) -> RowSet<'_> {
        self.positions.rows()
    }

    /// The same, cell by cell.
    pub(crate) fn list(&self) -> &Arc<[u16]> {
        &self.rows
    }

    /// The rows that lie in the area.
    pub(crate) fn within(&self, area: &Cover) -> RowSet<'_> {
        let mut found: Option<Box<Words>> = None;
        self.for_each_run(area, |run, test| {
            let words = found.get_or_insert_with(zeroes);
            match test {
                PointTest::Inside => set_rows(words, &self.rows[run]),
                PointTest::InBox(area) => self.set_where(words, run, |at| area.contains(at)),
                PointTest::InCircle(area) => self.set_where(words, run, |at| area.contains(at)),
            }
        });
        found.map_or(RowSet::None, RowSet::Own)
    }

    fn set_where(&self, words: &mut Words, run: Range<usize>, contains: impl Fn(GeoPoint) -> bool) {
        for (row, point) in self.rows[run.clone()].iter().zip(&self.points[run]) {
            let hit = u64::from(contains(*point));
            words[usize::from(row / 64)] |= hit << (row % 64);
        }
    }

    /// How many of the rows that lie in the area are of one of these classes. `classes` is the tally
    /// of [`list`](Self::list).
    pub(crate) fn count_within(&self, area: &Cover, tally: &Tally, classes: ClassSet) -> usize {
        let mut count = 0;
        for classes in classes.products() {
            self.for_each_run(area, |run, test| {
                count += match test {
                    PointTest::Inside => tally.count(run, &classes),
                    PointTest::InBox(area) => {
                        tally.count_where(run, &classes, |at| area.contains(self.points[at]))
                    }
                    PointTest::InCircle(area) => {
                        tally.count_where(run, &classes, |at| area.contains(self.points[at]))
                    }
                };
            });
        }
        count
    }

    /// Calls `visit` with the positions of the rows in the cells that `area` touches, and what is to
    /// be asked of their coordinates. No row is visited twice.
    fn for_each_run(&self, area: &Cover, mut visit: impl FnMut(Range<usize>, PointTest<'_>)) {
        /// Many pieces are looked up before the first is visited, so that memory is not waited for
        /// one by one.
        const AT_ONCE: usize = 32;
        let mut runs = [(0, 0); AT_ONCE];
        for pieces in area.pieces().chunks(AT_ONCE) {
            // Where one piece ends the next one often begins.
            let mut last = (0, 0);
            for (run, piece) in runs.iter_mut().zip(pieces) {
                let Range { start, end } = piece.cells;
                let from = if start == last.0 { last.1 } else { self.cells.start_from(start) };
                last = (end, self.cells.start_from(end));
                *run = (from, last.1);
            }
            for (run, piece) in runs.iter().zip(pieces).filter(|((from, to), _)| from < to) {
                visit(run.0..run.1, area.test(piece));
            }
        }
    }

    /// Gives some rows other coordinates. `changes` are ascending by row, each row once.
    pub(crate) fn patch(&mut self, len: usize, changes: &[(u16, Option<GeoPoint>)]) {
        if changes.iter().all(|(row, point)| self.get(usize::from(*row)) == *point) {
            return;
        }
        let mut changes = changes.iter().peekable();
        let points = (0..len).map(|row| {
            match changes.next_if(|(changed, _)| usize::from(*changed) == row) {
                Some((_, point)) => *point,
                None => self.get(row),
            }
        });
        *self = Self::build(points);
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.positions.memory_bytes()
            + super::slice_bytes(&self.rows)
            + super::slice_bytes(&self.points)
            + self.cells.memory_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::mix;
    use crate::segment::Classes;
    use kalends_model::filter::distance_m;
    use kalends_model::{Circle, GeoBox};

    fn degrees(seed: u64, limit: f64) -> f64 {
        let share = (mix(seed) >> 11) as f64 / (1_u64 << 53) as f64;
        // Every fourth lies on a whole multiple of a cell's edge, or at the limit.
        let value = (share * 2.0 - 1.0) * limit;
        if seed.is_multiple_of(4) { (value / 22.5).round() * 22.5 } else { value }
    }

    fn point(seed: u64) -> GeoPoint {
        let near_pole = if seed.is_multiple_of(7) { 89.999 } else { degrees(seed * 2, 90.0) };
        GeoPoint::new(near_pole, degrees(seed * 2 + 1, 180.0)).unwrap()
    }

    /// What is found in `area`, listed and counted, is what `contains`.
    fn check(places: &Places, area: &Cover, contains: impl Fn(GeoPoint) -> bool) {
        let mut rows = Vec::new();
        places.within(area).for_each_between(0, 1_000, |row| rows.push(row));
        let expected: Vec<u16> =
            (0..1_000).filter(|row| places.get(usize::from(*row)).is_some_and(&contains)).collect();
        assert_eq!(rows, expected, "{area:?}");
        let classes = Classes::new((0..1_000).map(|row| row % 5 * 3));
        let tally = Tally::of(places.list(), &classes);
        for set in [0, 0xffff, 0b11, 1 << 12, 0b1001].map(ClassSet::from_bits) {
            let is_in = |row: &&u16| set.contains(classes.get(usize::from(**row)));
            let expected = expected.iter().filter(is_in).count();
            assert_eq!(places.count_within(area, &tally, set), expected, "{area:?}");
        }
    }

    fn check_box(places: &Places, area: GeoBox) {
        check(places, &Cover::of_box(area), |point| area.contains(point));
    }

    fn check_circle(places: &Places, circle: Circle) {
        check(places, &Cover::of_circle(circle), |point| circle.contains(point));
    }

    #[test]
    fn a_search_finds_what_testing_every_point_finds() {
        let points = (0..1_000).map(|row| (row % 3 != 0).then(|| point(row)));
        let places = Places::build(points);
        for seed in 2_000..2_400 {
            let (a, b) = (degrees(seed, 90.0), degrees(seed + 9_000, 90.0));
            let (west, east) = (degrees(seed + 1, 180.0), degrees(seed + 2, 180.0));
            check_box(&places, GeoBox { west, east, south: a.min(b), north: a.max(b) });
            let radius_m = (mix(seed) % 20_100_000) as f64 / (1 + seed % 50) as f64;
            check_circle(&places, Circle { center: point(seed), radius_m });
        }
        check_box(&places, GeoBox { west: -180.0, south: -90.0, east: 180.0, north: 90.0 });
    }

    #[test]
    fn a_circle_that_ends_at_a_point_holds_it_and_one_just_short_of_it_does_not() {
        for (seed, spread) in [(1, 1e-7), (2, 1e-4), (3, 0.01), (4, 1.0), (5, 9.0), (6, 80.0)] {
            for latitude in [-89.99, -60.0, 0.0, 0.3, 47.5, 88.0, 90.0] {
                for longitude in [-180.0, -179.99, 7.0, 180.0] {
                    let center = GeoPoint::new(latitude, longitude).unwrap();
                    let near = |n: u64, of: f64, limit: f64| {
                        let share = (mix(seed << 32 | n) >> 11) as f64 / (1_u64 << 53) as f64;
                        (of + (share * 2.0 - 1.0) * spread).clamp(-limit, limit)
                    };
                    let points = (0..1_000).map(|n| {
                        GeoPoint::new(
                            near(n * 2, latitude, 90.0),
                            near(n * 2 + 1, longitude, 180.0),
                        )
                    });
                    let places = Places::build(points);
                    for row in (0..1_000).step_by(97) {
                        let reach = distance_m(center, places.get(row).unwrap());
                        for radius_m in [reach, reach.next_down(), reach.next_up()] {
                            check_circle(&places, Circle { center, radius_m });
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_box_of_nonsense_holds_nothing_and_breaks_nothing() {
        let places = Places::build((0..1_000).map(|row| Some(point(row))));
        let edges = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e300, 0.0, 45.0, 180.0];
        for n in 0..edges.len().pow(4) {
            let edge = |at: u32| edges[n / edges.len().pow(at) % edges.len()];
            check_box(
                &places,
                GeoBox { west: edge(0), south: edge(1), east: edge(2), north: edge(3) },
            );
        }
    }

    #[test]
    fn a_circle_of_nonsense_holds_what_its_distance_says() {
        let places = Places::build((0..1_000).map(|row| Some(point(row))));
        for radius_m in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e300, 20_015_115.0]
        {
            for seed in 0..20 {
                check_circle(&places, Circle { center: point(seed), radius_m });
            }
        }
    }
}
