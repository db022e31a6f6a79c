//! Where the rows of a segment were taken, with a coarse grid that makes boxes and circles cheap.
//!
//! The earth is cut into 256 bands of latitude by 256 sectors of longitude. The rows of each cell
//! that occurs are listed; a search takes whole the cells that lie wholly inside, and tests exactly
//! only the points of cells that touch the edge.

use std::sync::Arc;

use kalends_model::{Circle, GeoBox, GeoPoint};

use super::sparse::Sparse;
use crate::rowset::{RowSet, Words, set_rows, zeroes};

/// The coordinates of the rows that have some.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Places {
    points: Sparse<GeoPoint>,
    /// The cells that occur, ascending: the band in the high byte, the sector in the low one.
    cells: Arc<[u16]>,
    /// The rows of `cells[i]` are `rows[starts[i]..starts[i + 1]]`.
    starts: Arc<[u16]>,
    rows: Arc<[u16]>,
}

impl Places {
    pub(crate) fn build(points: Sparse<GeoPoint>, len: usize) -> Self {
        if points.values().is_empty() {
            return Self { points, ..Self::default() };
        }
        let mut rows = Vec::with_capacity(points.values().len());
        points.rows().for_each_between(0, len, |row| rows.push(row));
        let cells = points
            .values()
            .iter()
            .map(|point| u16::from(band(point.latitude)) << 8 | u16::from(sector(point.longitude)));
        let mut pairs: Vec<u32> =
            cells.zip(&rows).map(|(cell, row)| u32::from(cell) << 16 | u32::from(*row)).collect();
        pairs.sort_unstable();
        let mut cells = Vec::new();
        let mut starts = Vec::new();
        for (index, pair) in pairs.iter().enumerate() {
            let cell = (pair >> 16) as u16;
            if cells.last() != Some(&cell) {
                cells.push(cell);
                starts.push(index as u16);
            }
        }
        starts.push(pairs.len() as u16);
        let rows = pairs.iter().map(|pair| *pair as u16).collect();
        Self { points, cells: cells.into(), starts: starts.into(), rows }
    }

    pub(crate) fn points(&self) -> &Sparse<GeoPoint> {
        &self.points
    }

    /// The rows that lie in the box.
    pub(crate) fn in_box(&self, area: &GeoBox) -> RowSet<'_> {
        self.search(&CellRange::of(area), true, |point| area.contains(point))
    }

    /// The rows that lie in the circle.
    pub(crate) fn in_circle(&self, circle: &Circle) -> RowSet<'_> {
        let around = CellRange::of(&circle.bounding_box());
        self.search(&around, false, |point| circle.contains(point))
    }

    /// The rows in the cells of `range`: those of inner cells as they are when `inner_is_inside`,
    /// the others when `contains` says so.
    fn search(
        &self,
        range: &CellRange,
        inner_is_inside: bool,
        contains: impl Fn(GeoPoint) -> bool,
    ) -> RowSet<'_> {
        let first = self.cells.partition_point(|cell| *cell < u16::from(range.south) << 8);
        let mut found: Option<Box<Words>> = None;
        for (at, cell) in self.cells.iter().enumerate().skip(first) {
            let (band, sector) = ((cell >> 8) as u8, *cell as u8);
            if band > range.north {
                break;
            }
            if !range.has_sector(sector) {
                continue;
            }
            let rows = &self.rows[usize::from(self.starts[at])..usize::from(self.starts[at + 1])];
            let words = found.get_or_insert_with(zeroes);
            if inner_is_inside && range.is_inner(band, sector) {
                set_rows(words, rows);
            } else {
                for row in rows {
                    let point = self.points.get(usize::from(*row));
                    if point.is_some_and(&contains) {
                        set_rows(words, &[*row]);
                    }
                }
            }
        }
        found.map_or(RowSet::None, RowSet::Own)
    }

    /// Gives some rows other coordinates. `changes` are ascending by row, each row once.
    pub(crate) fn patch(&mut self, len: usize, changes: &[(u16, Option<GeoPoint>)]) {
        let mut points = self.points.clone();
        if points.patch(len, changes) {
            *self = Self::build(points, len);
        }
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.points.memory_bytes()
            + super::slice_bytes(&self.cells)
            + super::slice_bytes(&self.starts)
            + super::slice_bytes(&self.rows)
    }
}

/// The band of a latitude. Never decreases as the latitude grows, which is all that the search
/// needs: a point whose band lies strictly between those of two latitudes lies between them.
fn band(latitude: f64) -> u8 {
    ((latitude + 90.0) * (256.0 / 180.0)) as u8
}

/// The sector of a longitude. Never decreases as the longitude grows.
fn sector(longitude: f64) -> u8 {
    ((longitude + 180.0) * (256.0 / 360.0)) as u8
}

/// The cells that a box touches.
struct CellRange {
    south: u8,
    north: u8,
    west: u8,
    east: u8,
    /// Whether the sectors run from `west` over the antimeridian to `east`.
    wraps: bool,
}

impl CellRange {
    fn of(area: &GeoBox) -> Self {
        Self {
            south: band(area.south),
            north: band(area.north),
            west: sector(area.west),
            east: sector(area.east),
            wraps: area.crosses_antimeridian(),
        }
    }

    fn has_sector(&self, sector: u8) -> bool {
        if self.wraps {
            sector >= self.west || sector <= self.east
        } else {
            (self.west..=self.east).contains(&sector)
        }
    }

    /// Whether every point of the cell lies inside, whatever the exact edges are.
    fn is_inner(&self, band: u8, sector: u8) -> bool {
        let between_sectors = if self.wraps {
            sector > self.west || sector < self.east
        } else {
            sector > self.west && sector < self.east
        };
        band > self.south && band < self.north && between_sectors
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
        let expected: Vec<u16> = (0..1_000)
            .filter(|row| places.points.get(usize::from(*row)).is_some_and(&contains))
            .collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_search_finds_what_testing_every_point_finds() {
        let points = (0..1_000).map(|row| (row % 3 != 0).then(|| point(row)));
        let places = Places::build(Sparse::build(points), 1_000);
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
        let places = Places::build(Sparse::build((0..1_000).map(|row| Some(point(row)))), 1_000);
        for edge in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
            let area = GeoBox { west: edge, south: edge, east: edge, north: edge };
            check(&places, places.in_box(&area), |point| area.contains(point));
        }
    }
}
