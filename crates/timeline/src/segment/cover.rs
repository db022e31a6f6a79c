//! Which cells of the earth an area touches, and which of them it holds whole.
//!
//! The earth is cut into bands of latitude, and each of them into sectors of longitude. A cover is
//! made once for a question and read in every segment: the rows of a cell that lies wholly in the
//! area are inside without a look at where they are, and only those of the other cells are tested.
//! A circle's test is a great-circle distance, with several sines a point; most points are decided
//! before it by two bowls, sums of two squares: one that surely lies above the distance and one below.

use std::ops::Range;

use kalends_model::filter::EARTH_RADIUS_M;
use kalends_model::{Circle, GeoBox, GeoPoint};

/// A box or a circle, cut into pieces along the cells.
#[derive(Clone, Debug)]
pub(crate) struct Cover {
    area: Area,
    /// Ascending; no cell is in two of them.
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Area {
    Box(GeoBox),
    Circle { circle: Circle, bounds: GeoBox },
}

/// Cells with numbers that follow each other.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) cells: Range<u32>,
    test: Test,
}

/// What is left to ask of the points of a piece.
#[derive(Clone, Debug)]
enum Test {
    /// Nothing: they are inside.
    Inside,
    InBox,
    InCircle(Near),
}

impl Cover {
    /// The cover of a box. A box with an edge that is not a number holds nothing.
    pub(crate) fn of_box(area: GeoBox) -> Self {
        let mut pieces = Vec::new();
        let edges = [area.west, area.south, area.east, area.north];
        if !edges.into_iter().any(f64::is_nan) {
            let touched = touched_sectors(&area);
            let held = held_sectors(&area);
            let held_bands = held_bands(&area);
            for band in band(area.south)..=band(area.north) {
                let held = if held_bands.contains(&band) { &held } else { &NO_SECTORS };
                add_band(&mut pieces, band, &touched, held, &Test::InBox);
            }
        }
        Self { area: Area::Box(area), pieces }
    }

    /// The cover of a circle.
    pub(crate) fn of_circle(circle: Circle) -> Self {
        let bounds = circle.bounding_box();
        let mut pieces = Vec::new();
        if circle.radius_m >= EARTH_RADIUS_M * std::f64::consts::PI {
            // No two points lie further apart.
            pieces.push(Piece { cells: 0..BANDS_END * SECTORS_END, test: Test::Inside });
        } else {
            let touched = touched_sectors(&bounds);
            for band in band(bounds.south)..=band(bounds.north) {
                let near = Near::new(&circle, &bounds, band);
                let held = held_by_circle(&circle, band);
                add_band(&mut pieces, band, &touched, &held, &Test::InCircle(near));
            }
        }
        Self { area: Area::Circle { circle, bounds }, pieces }
    }

    /// The runs of cells that the area touches, ascending.
    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// What is to be asked of the points of a piece.
    pub(crate) fn test<'a>(&'a self, piece: &'a Piece) -> PointTest<'a> {
        match (&piece.test, &self.area) {
            (Test::InBox, Area::Box(area)) => PointTest::InBox(area),
            (Test::InCircle(near), Area::Circle { circle, bounds }) => {
                PointTest::InCircle(InCircle { near, circle, bounds })
            }
            _ => PointTest::Inside,
        }
    }
}

/// What is to be asked of a point whose cell an area touches.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PointTest<'a> {
    /// Nothing: every point of the cell is inside.
    Inside,
    /// Whether the box contains it.
    InBox(&'a GeoBox),
    /// Whether the circle contains it.
    InCircle(InCircle<'a>),
}

/// A circle, with what is known of it in one band.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InCircle<'a> {
    near: &'a Near,
    circle: &'a Circle,
    bounds: &'a GeoBox,
}

impl InCircle<'_> {
    /// Whether the circle contains a point of the band.
    pub(crate) fn contains(&self, point: GeoPoint) -> bool {
        if !self.bounds.contains(point) {
            return false;
        }
        let north = point.latitude - self.circle.center.latitude;
        let east = point.longitude - self.circle.center.longitude;
        let (north_2, east_2) = (north * north, east * east);
        let Near { inside, outside, reach_east } = self.near;
        if inside.north * north_2 + inside.east * east_2 <= inside.limit {
            return true;
        }
        let is_outside = outside.north * north_2 + outside.east * east_2 >= outside.limit;
        !(is_outside && east.abs() <= *reach_east) && self.circle.contains(point)
    }
}

/// What the squares of the degrees from the centre, each with its factor, add up to.
#[derive(Clone, Copy, Debug)]
struct Bowl {
    north: f64,
    east: f64,
    limit: f64,
}

/// What decides most points of one band. The haversine of a distance is
/// `hav(north) + cos(latitude) cos(latitude of the centre) hav(east)`; a haversine is never more
/// than a quarter of its angle squared, and up to some angle never less than a certain part of that.
#[derive(Clone, Copy, Debug)]
struct Near {
    /// Points up to this limit are surely inside.
    inside: Bowl,
    /// Points from this limit on, no further to the east or west than `reach_east`, are surely
    /// outside.
    outside: Bowl,
    /// In degrees.
    reach_east: f64,
}

impl Near {
    /// Decides nothing.
    const NOTHING: Self = Self {
        inside: Bowl { north: 0.0, east: 0.0, limit: -1.0 },
        outside: Bowl { north: 0.0, east: 0.0, limit: 1.0 },
        reach_east: -1.0,
    };

    fn new(circle: &Circle, bounds: &GeoBox, band: u32) -> Self {
        /// Far more than the rounding of a distance of a metre, and far less than is worth testing.
        const MARGIN: f64 = 1e-6;
        let radius = circle.radius_m / EARTH_RADIUS_M;
        // At least a metre, and less than half of the way round.
        if !(1.6e-7..3.0).contains(&radius) {
            return Self::NOTHING;
        }
        let center = circle.center;
        let south = band_edge(band).max(bounds.south);
        let north = band_edge(band + 1).min(bounds.north);
        let [cos_south, cos_north] = [south, north].map(|edge| edge.to_radians().cos().max(0.0));
        let greatest =
            if south <= 0.0 && 0.0 <= north { 1.0 } else { f64::max(cos_south, cos_north) };
        let least = f64::min(cos_south, cos_north);
        let cos_center = center.latitude.to_radians().cos().max(0.0);
        let reach_north = f64::max(center.latitude - bounds.south, bounds.north - center.latitude);
        let reach_east = (bounds.east - center.longitude).max(center.longitude - bounds.west);
        let reach_east = if bounds.crosses_antimeridian() { -1.0 } else { reach_east.min(180.0) };
        let limit = 4.0 * (radius / 2.0).sin().powi(2) * (180.0 / std::f64::consts::PI).powi(2);
        Self {
            inside: Bowl { north: 1.0, east: cos_center * greatest, limit: limit * (1.0 - MARGIN) },
            outside: Bowl {
                north: least_share(reach_north),
                east: cos_center * least * least_share(reach_east),
                limit: limit * (1.0 + MARGIN),
            },
            reach_east,
        }
    }
}

/// How much of a quarter of its angle squared a haversine is at least, up to an angle in degrees.
fn least_share(up_to: f64) -> f64 {
    let half = up_to.to_radians() / 2.0;
    if half <= 0.0 { 1.0 } else { (half.sin() / half).powi(2) }
}

/// The sectors of a band that lie wholly in a circle.
fn held_by_circle(circle: &Circle, band: u32) -> Sectors {
    /// Less than the radius by more than any rounding here.
    const SHRINK: f64 = 0.9999;
    let radius = circle.radius_m / EARTH_RADIUS_M * SHRINK;
    // A smaller circle holds no band's height. Of a larger one than a hemisphere, the width in a
    // band is not the least at one of the band's edges.
    if !(0.02..std::f64::consts::FRAC_PI_2).contains(&radius) {
        return NO_SECTORS;
    }
    let edges = [band_edge(band), band_edge(band + 1).min(90.0)];
    let [south, north] = edges.map(|edge| half_width(circle.center, radius, edge));
    let (Some(south), Some(north)) = (south, north) else { return NO_SECTORS };
    let width = f64::min(south, north).to_degrees();
    if width >= 179.9 {
        return [0..SECTORS_END, 0..0];
    }
    let around = |longitude: f64| {
        if longitude < -180.0 {
            longitude + 360.0
        } else if longitude > 180.0 {
            longitude - 360.0
        } else {
            longitude
        }
    };
    let center = circle.center.longitude;
    let (west, east) = (around(center - width), around(center + width));
    // Only the sectors count here.
    held_sectors(&GeoBox { west, south: 0.0, east, north: 0.0 })
}

/// How far a circle of this radius reaches to the east and west along a parallel, in radians; `None`
/// when it does not reach the parallel.
fn half_width(center: GeoPoint, radius: f64, latitude: f64) -> Option<f64> {
    let (center, latitude) = (center.latitude.to_radians(), latitude.to_radians());
    let rest = radius.cos() - center.sin() * latitude.sin();
    let whole = center.cos() * latitude.cos();
    if rest > whole {
        return None;
    }
    // Beyond a pole's own, every longitude is within reach.
    Some(if rest <= -whole { std::f64::consts::PI } else { (rest / whole).acos() })
}

/// Adds the pieces of a band: the held sectors as inner ones, the other touched ones with `test`.
/// Both are ascending, and every held sector is touched.
fn add_band(pieces: &mut Vec<Piece>, band: u32, touched: &Sectors, held: &Sectors, test: &Test) {
    let mut add = |sectors: Range<u32>, test: &Test| {
        if sectors.is_empty() {
            return;
        }
        let first = band * SECTORS_END;
        let cells = first + sectors.start..first + sectors.end;
        match (pieces.last_mut(), test) {
            (Some(Piece { cells: last, test: Test::Inside }), Test::Inside)
            | (Some(Piece { cells: last, test: Test::InBox }), Test::InBox)
                if last.end == cells.start =>
            {
                last.end = cells.end;
            }
            _ => pieces.push(Piece { cells, test: test.clone() }),
        }
    };
    for touched in touched {
        let mut from = touched.start;
        for held in held.iter().filter(|held| !held.is_empty() && touched.contains(&held.start)) {
            let end = held.end.min(touched.end);
            add(from..held.start, test);
            add(held.start..end, &Test::Inside);
            from = end;
        }
        add(from..touched.end, test);
    }
}

/// The cell of a point. Cells are numbered band by band from the south, and from west to east.
pub(crate) fn cell(point: GeoPoint) -> u32 {
    band(point.latitude) * SECTORS_END + sector(point.longitude)
}

const BANDS: f64 = 64.0;
const SECTORS: f64 = 256.0;
/// The pole itself is a band of its own.
const BANDS_END: u32 = 65;
const SECTORS_END: u32 = 256;

/// Sectors of a band: two ranges, ascending, of which either may be empty.
type Sectors = [Range<u32>; 2];

const NO_SECTORS: Sectors = [0..0, 0..0];

/// The band of a latitude. Never decreases as the latitude grows, which is all that a box needs: a
/// point whose band lies strictly between those of two latitudes lies between them.
fn band(latitude: f64) -> u32 {
    (((latitude + 90.0) * (BANDS / 180.0)) as u32).min(BANDS_END - 1)
}

/// The latitude at which a band begins, but for rounding.
fn band_edge(band: u32) -> f64 {
    (f64::from(band) * (180.0 / BANDS) - 90.0).min(90.0)
}

/// The sector of a longitude. Never decreases as the longitude grows.
fn sector(longitude: f64) -> u32 {
    (((longitude + 180.0) * (SECTORS / 360.0)) as u32).min(SECTORS_END - 1)
}

/// The bands whose every latitude lies between the southern and the northern edge.
fn held_bands(area: &GeoBox) -> Range<u32> {
    let from = if area.south <= -90.0 { 0 } else { band(area.south) + 1 };
    let to = if area.north >= 90.0 { BANDS_END } else { band(area.north) };
    from..to
}

/// The sectors in which a point of the box may lie, ascending.
fn touched_sectors(area: &GeoBox) -> Sectors {
    let (west, east) = (sector(area.west), sector(area.east));
    if !area.crosses_antimeridian() {
        [west..east + 1, 0..0]
    } else if west <= east {
        [0..SECTORS_END, 0..0]
    } else {
        [0..east + 1, west..SECTORS_END]
    }
}

/// The sectors whose every longitude lies between the western and the eastern edge, ascending.
fn held_sectors(area: &GeoBox) -> Sectors {
    let from = if area.west <= -180.0 { 0 } else { sector(area.west) + 1 };
    let to = if area.east >= 180.0 { SECTORS_END } else { sector(area.east) };
    if area.crosses_antimeridian() { [0..to, from..SECTORS_END] } else { [from..to, 0..0] }
}
