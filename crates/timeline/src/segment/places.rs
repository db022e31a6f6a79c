//! Where the rows of a segment were taken, with a coarse grid that makes boxes and circles cheap.
//!
//! The earth is cut into bands of latitude, and each of them into sectors of longitude. The rows of each cell
//! that occurs are listed; a search takes whole the cells that lie wholly inside, and tests exactly
//! only the points of cells that touch the edge.

use std::sync::Arc;

use kalends_model::{Circle, GeoBox, GeoPoint};

use super::sparse::Sparse;
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
    /// The cells that occur, ascending: the band in the high byte, the sector in the low one.
    cells: Arc<[u16]>,
    /// The positions of `cells[i]` are `starts[i]..starts[i + 1]`.
    starts: Arc<[u16]>,
}

impl Places {
    /// From each row's coordinates.
    pub(crate) fn build(points: impl Iterator<Item = Option<GeoPoint>>) -> Self {
        let mut placed: Vec<(u16, u16, GeoPoint)> = Vec::new();
        let mut len = 0;
        for (row, point) in points.enumerate() {
            placed.extend(point.map(|point| (cell(point), row as u16, point)));
            len = row + 1;
        }
        placed.sort_unstable_by_key(|(cell, row, _)| (*cell, *row));
        let mut positions = vec![None; len];
        let (mut cells, mut starts) = (Vec::new(), Vec::new());
        for (position, (cell, row, _)) in placed.iter().enumerate() {
            positions[usize::from(*row)] = Some(position as u16);
            if cells.last() != Some(cell) {
                cells.push(*cell);
                starts.push(position as u16);
            }
        }
        starts.push(placed.len() as u16);
        Self {
            positions: Sparse::build(positions.into_iter()),
            rows: placed.iter().map(|(_, row, _)| *row).collect(),
            points: placed.iter().map(|(.., point)| *point).collect(),
            cells: cells.into(),
            starts: starts.into(),
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

    /// The rows that lie in the box.
    pub(crate) fn in_box(&self, area: &GeoBox) -> RowSet<'_> {
        self.search(area, true, |point| area.contains(point))
    }

    /// The rows that lie in the circle.
    pub(crate) fn in_circle(&self, circle: &Circle) -> RowSet<'_> {
        self.search(&circle.bounding_box(), false, |point| circle.contains(point))
    }

    /// How many of the rows that lie in the box pass: the number of those of
    /// [`in_box`](Self::in_box), found without making words of them.
    pub(crate) fn count_in_box(&self, area: &GeoBox, passes: impl Fn(u16) -> bool) -> usize {
        let mut count = 0;
        self.for_each_run(area, |rows, points, is_inner| {
            count += if is_inner {
                rows.iter().map(|row| usize::from(passes(*row))).sum::<usize>()
            } else {
                let hits = rows.iter().zip(points);
                hits.map(|(row, point)| usize::from(area.contains(*point) && passes(*row))).sum()
            };
        });
        count
    }

    /// The rows in the cells that `area` touches: those of inner cells as they are when
    /// `inner_is_inside`, the others when `contains` says so.
    fn search(
        &self,
        area: &GeoBox,
        inner_is_inside: bool,
        contains: impl Fn(GeoPoint) -> bool,
    ) -> RowSet<'_> {
        let mut found: Option<Box<Words>> = None;
        self.for_each_run(area, |rows, points, is_inner| {
            let words = found.get_or_insert_with(zeroes);
            if is_inner && inner_is_inside {
                set_rows(words, rows);
                return;
            }
            for (row, point) in rows.iter().zip(points) {
                let hit = u64::from(contains(*point));
                words[usize::from(row / 64)] |= hit << (row % 64);
            }
        });
        found.map_or(RowSet::None, RowSet::Own)
    }

    /// Calls `visit` with the rows of the cells that `area` touches, their coordinates, and whether
    /// the cells are inner ones, whose every point lies in `area`. Each row is visited once; cells
    /// that lie side by side are visited together, so that the loops over them are long.
    fn for_each_run(&self, area: &GeoBox, mut visit: impl FnMut(&[u16], &[GeoPoint], bool)) {
        let edges = [area.west, area.south, area.east, area.north];
        if self.points.is_empty() || edges.into_iter().any(f64::is_nan) {
            return;
        }
        let (south, north) = (band(area.south), band(area.north));
        let sectors = Sectors::of(area);
        let mut visit = |run: std::ops::Range<usize>, is_inner| {
            if !run.is_empty() {
                visit(&self.rows[run.clone()], &self.points[run], is_inner);
            }
        };
        let (mut run, mut run_is_inner) = (0..0, false);
        let first = self.cells.partition_point(|cell| cell >> 8 < u16::from(south));
        let cells = self.cells[first..].iter().zip(self.starts[first..].windows(2));
        for (cell, start_and_end) in cells {
            let [band, sector] = cell.to_be_bytes();
            if band > north {
                break;
            }
            if !sectors.touch(sector) {
                continue;
            }
            let [start, end] = [start_and_end[0], start_and_end[1]].map(usize::from);
            let is_inner = south < band && band < north && sectors.hold(sector);
            if run.end == start && run_is_inner == is_inner {
                run.end = end;
            } else {
                visit(run, run_is_inner);
                (run, run_is_inner) = (start..end, is_inner);
            }
        }
        visit(run, run_is_inner);
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
            + super::slice_bytes(&self.cells)
            + super::slice_bytes(&self.starts)
    }
}

fn cell(point: GeoPoint) -> u16 {
    u16::from(band(point.latitude)) << 8 | u16::from(sector(point.longitude))
}

const BANDS: f64 = 64.0;
const SECTORS: f64 = 256.0;

/// The band of a latitude. Never decreases as the latitude grows, which is all that the search
/// needs: a point whose band lies strictly between those of two latitudes lies between them.
fn band(latitude: f64) -> u8 {
    ((latitude + 90.0) * (BANDS / 180.0)) as u8
}

/// The sector of a longitude. Never decreases as the longitude grows.
fn sector(longitude: f64) -> u8 {
    ((longitude + 180.0) * (SECTORS / 360.0)) as u8
}

/// The sectors of a box. When it crosses the antimeridian, they begin at `west` and go on around,
/// and both edges may lie in one.
struct Sectors {
    west: u8,
    east: u8,
    crosses_antimeridian: bool,
}

impl Sectors {
    fn of(area: &GeoBox) -> Self {
        let crosses_antimeridian = area.crosses_antimeridian();
        Self { west: sector(area.west), east: sector(area.east), crosses_antimeridian }
    }

    /// Whether a point of the sector may lie in the box.
    fn touch(&self, sector: u8) -> bool {
        if self.crosses_antimeridian {
            sector >= self.west || sector <= self.east
        } else {
            self.west <= sector && sector <= self.east
        }
    }

    /// Whether every point of the sector lies between the edges, whatever the exact edges are.
    fn hold(&self, sector: u8) -> bool {
        if self.crosses_antimeridian {
            sector > self.west || sector < self.east
        } else {
            self.west < sector && sector < self.east
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::mix;

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

    fn check(places: &Places, found: RowSet<'_>, contains: impl Fn(GeoPoint) -> bool) {
        let mut rows = Vec::new();
        found.for_each_between(0, 1_000, |row| rows.push(row));
        let expected: Vec<u16> =
            (0..1_000).filter(|row| places.get(usize::from(*row)).is_some_and(&contains)).collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_search_finds_what_testing_every_point_finds() {
        let points = (0..1_000).map(|row| (row % 3 != 0).then(|| point(row)));
        let places = Places::build(points);
        for seed in 2_000..2_400 {
            let (a, b) = (degrees(seed, 90.0), degrees(seed + 9_000, 90.0));
            let area = GeoBox {
                west: degrees(seed + 1, 180.0),
                east: degrees(seed + 2, 180.0),
                south: a.min(b),
                north: a.max(b),
            };
            check(&places, places.in_box(&area), |point| area.contains(point));
            let passes = |row: u16| row % 5 != 1;
            let in_area =
                |row: &u16| places.get(usize::from(*row)).is_some_and(|point| area.contains(point));
            let expected = (0..1_000).filter(|row| passes(*row) && in_area(row)).count();
            assert_eq!(places.count_in_box(&area, passes), expected);
            let radius_m = (mix(seed) % 20_000_000) as f64 / (1 + seed % 50) as f64;
            let circle = Circle { center: point(seed), radius_m };
            check(&places, places.in_circle(&circle), |point| circle.contains(point));
        }
    }

    #[test]
    fn a_box_of_nonsense_holds_nothing_and_breaks_nothing() {
        let places = Places::build((0..1_000).map(|row| Some(point(row))));
        let edges = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e300, 0.0, 45.0, 180.0];
        for n in 0..edges.len().pow(4) {
            let edge = |at: u32| edges[n / edges.len().pow(at) % edges.len()];
            let area = GeoBox { west: edge(0), south: edge(1), east: edge(2), north: edge(3) };
            check(&places, places.in_box(&area), |point| area.contains(point));
            let expected = (0..1_000).filter_map(|row| places.get(row));
            let expected = expected.filter(|point| area.contains(*point)).count();
            assert_eq!(places.count_in_box(&area, |_| true), expected);
        }
    }
}
