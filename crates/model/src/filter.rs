//! Filters: boolean expressions over what an asset is, who is in it, where it lies and when it was
//! taken. Both dialects and the page build these same expressions, and the index evaluates them in
//! one way, which is why counts and contents cannot disagree.

use std::sync::Arc;

use crate::asset::{GeoPoint, Kind, Visibility, VisibilitySet};
use crate::id::{AlbumId, LibraryId, PersonId, TagId};
use crate::time::{CaptureTime, Instant, LocalTime};

/// A boolean expression that an asset passes or does not.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Passes when every part does. With no parts, everything passes.
    All(Vec<Filter>),
    /// Passes when some part does. With no parts, nothing passes.
    Any(Vec<Filter>),
    /// Passes when the part does not.
    Not(Box<Filter>),
    /// One fact.
    Leaf(Leaf),
}

impl Filter {
    /// The filter that everything passes.
    pub const EVERYTHING: Self = Self::All(Vec::new());

    /// The negation of this filter.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// How deep the expression nests; a leaf is 1. Callers bound this before evaluating.
    pub fn depth(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                1 + parts.iter().map(Self::depth).max().unwrap_or(0)
            }
            Self::Not(part) => 1 + part.depth(),
            Self::Leaf(_) => 1,
        }
    }
}

impl From<Leaf> for Filter {
    fn from(leaf: Leaf) -> Self {
        Self::Leaf(leaf)
    }
}

/// One fact that an asset has or lacks. A fact hidden from the viewer reads as absent *before* the
/// leaf is evaluated: see [`FactMask`](crate::FactMask).
#[derive(Clone, Debug, PartialEq)]
pub enum Leaf {
    /// In the trash: put there by its owner, or offline.
    InTrash,
    /// Put in the trash by its owner.
    Trashed,
    /// Its external file has vanished.
    Offline,
    /// Its visibility is one of these.
    Visibility(VisibilitySet),
    /// The owner's favourite.
    Favorite,
    /// Photo or video.
    Kind(Kind),
    /// A member of this album.
    Album(AlbumId),
    /// A member of some album.
    InAnyAlbum,
    /// This person has a visible face in it.
    Person(PersonId),
    /// Carries one of these tags directly. To mean a tag *or any descendant*, the caller lists them
    /// all, from the tree of the same snapshot.
    AnyTag(Vec<TagId>),
    /// Lies in this library.
    Library(LibraryId),
    /// A member of a stack.
    Stacked,
    /// A member of a stack that another member stands for.
    StackChild,
    /// Rated with one of these.
    Rating(RatingSet),
    /// Has coordinates.
    HasPlace,
    /// Has coordinates within the box.
    InBox(GeoBox),
    /// Has coordinates within the circle.
    InCircle(Circle),
    /// Taken with the camera of exactly this name.
    Camera(Arc<str>),
    /// Taken in the country of exactly this name.
    Country(Arc<str>),
    /// Taken in a city of exactly this name.
    City(Arc<str>),
    /// Its files say no date.
    Undated,
    /// Taken strictly after the bound.
    After(Bound),
    /// Taken strictly before the bound.
    Before(Bound),
}

impl Leaf {
    /// The leaf of a single visibility.
    pub const fn visibility(visibility: Visibility) -> Self {
        Self::Visibility(VisibilitySet::only(visibility))
    }
}

/// A bound on capture time. Both comparisons are strict (contract gumnut §1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// A wall clock: compared with the asset's wall clock, whatever its offset.
    Naive(LocalTime),
    /// A wall clock with an offset: compared as instants with assets whose offset is known, and by
    /// its own clock fields with assets whose offset is unknown.
    Aware {
        /// The instant that the bound names.
        instant: Instant,
        /// The bound's own clock fields, as written, its offset dropped.
        wall: LocalTime,
    },
}

impl Bound {
    /// Whether `capture` lies strictly after the bound.
    pub fn is_before(&self, capture: &CaptureTime) -> bool {
        match *self {
            Self::Naive(bound) => capture.local > bound,
            Self::Aware { instant, wall } => match capture.offset {
                Some(offset) => offset.instant_of(capture.local) > instant,
                None => capture.local > wall,
            },
        }
    }

    /// Whether `capture` lies strictly before the bound.
    pub fn is_after(&self, capture: &CaptureTime) -> bool {
        match *self {
            Self::Naive(bound) => capture.local < bound,
            Self::Aware { instant, wall } => match capture.offset {
                Some(offset) => offset.instant_of(capture.local) < instant,
                None => capture.local < wall,
            },
        }
    }
}

/// A set of ratings, "unrated" among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RatingSet(u8);

impl RatingSet {
    const REJECTED_BIT: u8 = 1 << 6;

    /// The set with `rating` added. `None`, 0 and anything outside −1 to 5 mean unrated.
    #[must_use]
    pub const fn with(self, rating: Option<i8>) -> Self {
        Self(self.0 | Self::bit(rating))
    }

    /// Whether `rating` is in the set.
    pub const fn contains(self, rating: Option<i8>) -> bool {
        self.0 & Self::bit(rating) != 0
    }

    const fn bit(rating: Option<i8>) -> u8 {
        match rating {
            Some(stars @ 1..=5) => 1 << stars,
            Some(-1) => Self::REJECTED_BIT,
            _ => 1,
        }
    }
}

/// A box of latitudes and longitudes, edges included (contract immich §A4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeoBox {
    /// Western edge in degrees. Greater than `east` when the box crosses the antimeridian.
    pub west: f64,
    /// Southern edge in degrees.
    pub south: f64,
    /// Eastern edge in degrees.
    pub east: f64,
    /// Northern edge in degrees.
    pub north: f64,
}

impl GeoBox {
    /// Whether the box runs over the antimeridian.
    pub fn crosses_antimeridian(&self) -> bool {
        self.west > self.east
    }

    /// Whether `point` lies in the box.
    pub fn contains(&self, point: GeoPoint) -> bool {
        let in_latitude = self.south <= point.latitude && point.latitude <= self.north;
        let in_longitude = if self.crosses_antimeridian() {
            point.longitude >= self.west || point.longitude <= self.east
        } else {
            self.west <= point.longitude && point.longitude <= self.east
        };
        in_latitude && in_longitude
    }
}

/// All points within a distance of a centre, on a sphere of the earth's mean radius.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    /// The middle.
    pub center: GeoPoint,
    /// The greatest distance, in metres, included.
    pub radius_m: f64,
}

/// Mean radius of the earth in metres (IUGG).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

impl Circle {
    /// Whether `point` lies in the circle, by the haversine formula.
    pub fn contains(&self, point: GeoPoint) -> bool {
        distance_m(self.center, point) <= self.radius_m
    }

    /// A box that contains the whole circle, slightly larger.
    pub fn bounding_box(&self) -> GeoBox {
        let margin_deg = (self.radius_m / EARTH_RADIUS_M).to_degrees() * 1.000_001 + 1e-9;
        let south = (self.center.latitude - margin_deg).max(-90.0);
        let north = (self.center.latitude + margin_deg).min(90.0);
        let reaches_pole = south == -90.0 || north == 90.0;
        let widest = self.center.latitude.to_radians().cos();
        let ratio = (self.radius_m / EARTH_RADIUS_M).sin() / widest;
        if reaches_pole || ratio.is_nan() || ratio.abs() >= 1.0 {
            return GeoBox { west: -180.0, south, east: 180.0, north };
        }
        let width_deg = ratio.asin().to_degrees() * 1.000_001 + 1e-9;
        let west = wrap_longitude(self.center.longitude - width_deg);
        let east = wrap_longitude(self.center.longitude + width_deg);
        GeoBox { west, south, east, north }
    }
}

fn wrap_longitude(degrees: f64) -> f64 {
    if degrees < -180.0 {
        degrees + 360.0
    } else if degrees > 180.0 {
        degrees - 360.0
    } else {
        degrees
    }
}

/// Great-circle distance in metres.
pub fn distance_m(a: GeoPoint, b: GeoPoint) -> f64 {
    let (latitude_a, latitude_b) = (a.latitude.to_radians(), b.latitude.to_radians());
    let half_latitude = ((latitude_b - latitude_a) / 2.0).sin();
    let half_longitude = ((b.longitude - a.longitude).to_radians() / 2.0).sin();
    let h = half_latitude * half_latitude
        + latitude_a.cos() * latitude_b.cos() * half_longitude * half_longitude;
    2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CivilDate, CivilDateTime, CivilTime, DateSource, Offset};

    const MINUTE: i64 = 60_000_000;

    fn wall(year: i32, month: u8, day: u8, hour: u8, minute: u8) -> LocalTime {
        let date = CivilDate::new(year, month, day).unwrap();
        let time = CivilTime::new(hour, minute, 0, 0).unwrap();
        LocalTime::from_civil(CivilDateTime { date, time })
    }

    fn capture(local: LocalTime, offset_minutes: Option<i32>) -> CaptureTime {
        let offset = offset_minutes.map(|minutes| Offset::from_seconds(minutes * 60).unwrap());
        CaptureTime { local, offset, source: DateSource::ExifOriginal }
    }

    fn aware(local: LocalTime, offset_minutes: i64) -> Bound {
        let instant = Instant::from_micros(local.micros() - offset_minutes * MINUTE);
        Bound::Aware { instant, wall: local }
    }

    #[test]
    fn a_known_offset_compares_instants_and_an_unknown_one_the_bounds_own_clock() {
        // Contract gumnut §1.5, rows 15 to 17.
        let three = wall(2024, 1, 1, 3, 0);
        assert!(aware(wall(2024, 1, 1, 0, 0), 0).is_before(&capture(three, None)));
        let nepal = aware(wall(2024, 1, 1, 5, 45), 345);
        assert!(!nepal.is_before(&capture(three, None)));
        assert!(nepal.is_before(&capture(three, Some(0))));
    }

    #[test]
    fn equality_passes_neither_bound() {
        let noon = wall(2024, 6, 1, 12, 0);
        for bound in [Bound::Naive(noon), aware(noon, 0)] {
            for offset in [None, Some(0)] {
                assert!(!bound.is_before(&capture(noon, offset)));
                assert!(!bound.is_after(&capture(noon, offset)));
            }
        }
    }

    #[test]
    fn boxes_include_their_edges_and_cross_the_antimeridian() {
        let fiji = GeoBox { west: 177.0, south: -20.0, east: -178.0, north: -15.0 };
        for (longitude, inside) in [(177.0, true), (180.0, true), (-179.0, true), (0.0, false)] {
            assert_eq!(fiji.contains(GeoPoint::new(-18.0, longitude).unwrap()), inside);
        }
        assert!(fiji.contains(GeoPoint::new(-20.0, -178.0).unwrap()));
    }

    #[test]
    fn a_circle_lies_within_its_bounding_box() {
        for latitude in [-89.9, -60.0, 0.0, 47.5, 89.9] {
            for longitude in [-180.0, -179.99, 0.0, 179.99] {
                let center = GeoPoint::new(latitude, longitude).unwrap();
                let circle = Circle { center, radius_m: 50_000.0 };
                let bounds = circle.bounding_box();
                for step in 0..3_600 {
                    let angle = f64::from(step).to_radians() / 10.0;
                    let reach = (circle.radius_m / EARTH_RADIUS_M).to_degrees();
                    let point = GeoPoint::new(
                        latitude + reach * angle.sin(),
                        wrap_longitude(
                            longitude + reach * angle.cos() / latitude.to_radians().cos(),
                        ),
                    );
                    if let Some(point) = point.filter(|point| circle.contains(*point)) {
                        assert!(bounds.contains(point), "{point:?} of {circle:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_unrated_form_is_one_rating() {
        let unrated = RatingSet::default().with(None);
        for rating in [None, Some(0), Some(6), Some(-2)] {
            assert!(unrated.contains(rating));
        }
        assert!(!unrated.contains(Some(5)) && !unrated.contains(Some(-1)));
        assert!(RatingSet::default().with(Some(5)).contains(Some(5)));
    }
}
