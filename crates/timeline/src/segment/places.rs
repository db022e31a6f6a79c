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

    /// The rows in the cells that `area` touches: those of inner cells as they are when
    /// `inner_is_inside`, the others when `contains` says so.
    fn search(
        &self,
        area: &GeoBox,
        inner_is_inside: bool,
        contains: impl Fn(GeoPoint) -> bool,
    ) -> RowSet<'_> {
        let edges = [area.west, area.south, area.east, area.north];
        if self.points.is_empty() || edges.into_iter().any(f64::is_nan) {
            return RowSet::None;
        }
        let mut found: Option<Box<Words>> = None;
        let mut take = |from: usize, to: usize, is_inner: bool| {
            if from == to {
                return;
            }
            let words = found.get_or_insert_with(zeroes);
            if is_inner && inner_is_inside {
                set_rows(words, &self.rows[from..to]);
                return;
            }
            for (row, point) in self.rows[from..to].iter().zip(&self.points[from..to]) {
                let hit = u64::from(contains(*point));
                words[usize::from(row / 64)] |= hit << (row % 64);
            }
        };
        let (south, north) = (band(area.south), band(area.north));
        // Bands that the segment has no point in are skipped, since a box may touch them all.
        let mut at = self.cells.partition_point(|cell| cell >> 8 < u16::from(south));
        while let Some(band) = self.cells.get(at).map(|cell| cell >> 8) {
            if band > u16::from(north) {
                break;
            }
            let in_band = &self.cells[at..];
            let in_band = &in_band[..in_band.partition_point(|cell| cell >> 8 == band)];
            let is_inner_band = band > u16::from(south) && band < u16::from(north);
            for sectors in sectors_of(area) {
                let [first, inner, edge, end] = sectors.split(in_band).map(|i| at + i);
                let start = |cell: usize| usize::from(self.starts[cell]);
                take(start(first), start(inner), false);
                take(start(inner), start(edge), is_inner_band);
                take(start(edge), start(end), false);
            }
            at += in_band.len();
        }
        found.map_or(RowSet::None, RowSet::Own)
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

/// A search looks at each band on its own, so few high bands are quicker than many low ones.
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

/// A run of sectors that a box touches, ends not included. Those of `inner` lie between the edges,
/// whatever the exact edges are.
struct Sectors {
    touched: (u16, u16),
    inner: (u16, u16),
}

impl Sectors {
    /// Where, among the cells of one band, the touched ones begin, the inner ones begin and end, and
    /// the touched ones end.
    fn split(&self, cells: &[u16]) -> [usize; 4] {
        let sectors_end = |end: u16| cells.partition_point(|cell| cell & 0xff < end);
        let inner_start = self.inner.0.min(self.touched.1);
        let inner_end = self.inner.1.max(inner_start);
        [self.touched.0, inner_start, inner_end, self.touched.1].map(sectors_end)
    }
}

/// The runs of sectors of a box: two when it crosses the antimeridian, which may then share one.
fn sectors_of(area: &GeoBox) -> impl Iterator<Item = Sectors> {
    const END: u16 = 256;
    let (west, east) = (u16::from(sector(area.west)), u16::from(sector(area.east)));
    let (one, other) = if area.crosses_antimeridian() {
        let from_antimeridian = Sectors { touched: (0, east + 1), inner: (0, east) };
        let to_antimeridian = Sectors { touched: (west, END), inner: (west + 1, END) };
        (from_antimeridian, Some(to_antimeridian))
    } else {
        (Sectors { touched: (west, east + 1), inner: (west + 1, east) }, None)
    };
    std::iter::once(one).chain(other)
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
        }
    }
}
