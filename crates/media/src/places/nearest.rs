//! Which town a position belongs to.
//!
//! The plainly nearest town is often wrong: at the foot of the Eiffel Tower the nearest point of the
//! table is a suburb's, because a city is an area and the table holds its middle. So a distance is
//! divided by the town's reach ([`reach_metres`]), and the smallest quotient wins. Only towns within
//! [`FAR_METRES`] and in the same country count, and in the United States in the same state.
//!
//! The limit is 25 km, not more, because the contract's is a cube of that half side (immich §E5):
//! every position that we give a city to is then one that other programs give one to as well, and
//! nobody's photo is labelled with a town half an hour's drive away.

use super::table::{BAND_UNITS, BANDS, LATITUDE_ORIGIN, State, Table, UNITS_PER_DEGREE};

/// No town further away than this is an answer.
pub(super) const FAR_METRES: f64 = 25_000.0;

/// Metres in a degree of latitude, on a sphere of the Earth's mean radius.
pub(super) const METRES_PER_DEGREE: f64 = 111_195.0;

/// Degrees by which the search is wider than the limit, since the table's positions are rounded.
const ROUNDING: f64 = 0.001;

/// How far a town of so many people makes itself felt, in metres: 7.5 m times the square root of the
/// population, as if everywhere were equally crowded, and at least a kilometre.
pub fn reach_metres(population: u32) -> u16 {
    let metres = 7.5 * f64::from(population).sqrt();
    metres.clamp(1_000.0, f64::from(u16::MAX)).round() as u16
}

/// The row of the town that a position belongs to, among those of the `countries` and, if it is
/// given, of the `state`. The position must be on the Earth.
pub(super) fn town(
    table: &Table,
    latitude: f64,
    longitude: f64,
    countries: &[&str],
    state: Option<State>,
) -> Option<usize> {
    let eligible = table.country_set(countries);
    let here = Here::new(latitude, longitude);
    let mut best: Option<(f64, usize)> = None;
    for band in here.bands() {
        for window in here.windows() {
            for row in table.rows_between(band, window) {
                let belongs = eligible.contains(table.country(row))
                    && state.is_none_or(|state| table.state(row) == Some(state));
                if !belongs {
                    continue;
                }
                let distance = here.metres_to(table.latitude(row), table.longitude(row));
                let score = distance / f64::from(table.reach(row));
                if distance <= FAR_METRES && best.is_none_or(|(least, _)| score < least) {
                    best = Some((score, row));
                }
            }
        }
    }
    best.map(|(_, row)| row)
}

/// A position, with what the distance from it needs.
struct Here {
    latitude: f64,
    longitude: f64,
    sine: f64,
    cosine: f64,
}

impl Here {
    fn new(latitude: f64, longitude: f64) -> Self {
        let (sine, cosine) = latitude.to_radians().sin_cos();
        Self { latitude, longitude, sine, cosine }
    }

    /// The bands that [`FAR_METRES`] reaches.
    fn bands(&self) -> std::ops::RangeInclusive<usize> {
        let band_of = |latitude: f64| {
            let units = (latitude * UNITS_PER_DEGREE).floor() as i32 - LATITUDE_ORIGIN;
            usize::try_from(units / BAND_UNITS).unwrap_or(0).min(BANDS - 1)
        };
        let far = FAR_METRES / METRES_PER_DEGREE + ROUNDING;
        band_of(self.latitude - far)..=band_of(self.latitude + far)
    }

    /// The longitudes that [`FAR_METRES`] reaches, in table units: one window, or two where it
    /// crosses the antimeridian (the second may be empty). Near a pole it is the whole circle.
    fn windows(&self) -> [(i32, i32); 2] {
        const HALF_TURN: f64 = 180.0;
        let units = |degrees: f64| (degrees * UNITS_PER_DEGREE).floor() as i32;
        let empty = (1, 0);
        let far = FAR_METRES / METRES_PER_DEGREE + ROUNDING;
        let furthest = (self.latitude.abs() + far).min(90.0);
        let half = (far / furthest.to_radians().cos().max(f64::EPSILON)) + ROUNDING;
        if half >= HALF_TURN {
            return [(units(-HALF_TURN), units(HALF_TURN)), empty];
        }
        let (west, east) = (self.longitude - half, self.longitude + half);
        if west < -HALF_TURN {
            [(units(-HALF_TURN), units(east)), (units(west + 360.0), units(HALF_TURN))]
        } else if east > HALF_TURN {
            [(units(west), units(HALF_TURN)), (units(-HALF_TURN), units(east - 360.0))]
        } else {
            [(units(west), units(east)), empty]
        }
    }

    /// The distance on a flat map that is true half way between the two: within 0.1 % of the great
    /// circle over the distances that count, up to 80 degrees north or south.
    fn metres_to(&self, latitude: f64, longitude: f64) -> f64 {
        let north = latitude - self.latitude;
        let turn = longitude - self.longitude;
        let east = if turn > 180.0 {
            turn - 360.0
        } else if turn < -180.0 {
            turn + 360.0
        } else {
            turn
        };
        let cosine_between = self.cosine - self.sine * (north / 2.0).to_radians();
        METRES_PER_DEGREE * north.hypot(east * cosine_between)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::table::{Town, encode};

    fn table(towns: &[Town]) -> Table {
        Table::parse(&encode(towns, &[], "test").expect("encode")).expect("parse")
    }

    fn named(name: &str, country: [u8; 2], latitude: f64, longitude: f64, population: u32) -> Town {
        Town { name: name.to_owned(), country, state: None, latitude, longitude, population }
    }

    fn great_circle_metres(a: (f64, f64), b: (f64, f64)) -> f64 {
        let (north, east) = ((b.0 - a.0).to_radians(), (b.1 - a.1).to_radians());
        let h = (north / 2.0).sin().powi(2)
            + a.0.to_radians().cos() * b.0.to_radians().cos() * (east / 2.0).sin().powi(2);
        2.0 * METRES_PER_DEGREE.to_degrees() * h.sqrt().min(1.0).asin()
    }

    /// The rule as plainly as it can be written, over every row.
    fn plain(table: &Table, at: (f64, f64), countries: &[&str]) -> Option<(f64, usize)> {
        let eligible = table.country_set(countries);
        let mut best: Option<(f64, usize)> = None;
        for row in 0..table.len() {
            let distance = great_circle_metres(at, (table.latitude(row), table.longitude(row)));
            let score = distance / f64::from(table.reach(row));
            if eligible.contains(table.country(row))
                && distance <= FAR_METRES
                && best.is_none_or(|(least, _)| score < least)
            {
                best = Some((score, row));
            }
        }
        best
    }

    #[test]
    fn reach_grows_with_the_square_root_of_the_population() {
        assert_eq!(reach_metres(0), 1_000);
        assert_eq!(reach_metres(17_000), 1_000);
        assert_eq!(reach_metres(1_000_000), 7_500);
        assert_eq!(reach_metres(u32::MAX), u16::MAX);
    }

    #[test]
    fn big_city_wins_over_a_nearer_village() {
        let table = table(&[
            named("City", *b"FR", 48.85, 2.35, 2_000_000),
            named("Village", *b"FR", 48.88, 2.27, 2_000),
        ]);
        let row = town(&table, 48.858, 2.2945, &["FR"], None).expect("a town");
        assert_eq!(table.name(row), "City");
    }

    #[test]
    fn town_across_the_border_is_no_answer() {
        let table = table(&[named("Kehl", *b"DE", 48.57, 7.81, 39_000)]);
        assert_eq!(town(&table, 48.58, 7.80, &["FR"], None), None);
        assert_eq!(town(&table, 48.58, 7.80, &["FR", "DE"], None), Some(0));
        assert_eq!(town(&table, 48.58, 7.80, &[], None), None);
    }

    #[test]
    fn town_is_found_across_the_antimeridian() {
        let table = table(&[
            named("West", *b"FJ", -16.8, 179.95, 100),
            named("East", *b"FJ", -17.8, -179.95, 100),
        ]);
        assert_eq!(town(&table, -16.8, -179.95, &["FJ"], None), Some(1));
        assert_eq!(table.name(1), "West");
        assert_eq!(town(&table, -17.8, 179.95, &["FJ"], None), Some(0));
        assert_eq!(town(&table, -17.8, 180.0, &["FJ"], None), Some(0));
        assert_eq!(town(&table, -17.8, -180.0, &["FJ"], None), Some(0));
    }

    #[test]
    fn towns_at_the_poles_and_the_edges_are_found() {
        let corners = [(90.0, 0.0), (-90.0, 0.0), (0.0, 180.0), (0.0, -180.0), (0.0, 0.0)];
        for (latitude, longitude) in corners {
            let table = table(&[named("Here", *b"AQ", latitude, longitude, 0)]);
            assert_eq!(town(&table, latitude, longitude, &["AQ"], None), Some(0), "{latitude}");
        }
        let table = table(&[named("Pole", *b"AQ", -89.95, 170.0, 0)]);
        assert_eq!(town(&table, -89.99, -10.0, &["AQ"], None), Some(0));
    }

    #[test]
    fn town_at_the_limit_counts_and_beyond_it_does_not() {
        let table = table(&[named("Alone", *b"KZ", 46.0, 70.0, 5_000)]);
        let degrees = |metres: f64| metres / METRES_PER_DEGREE;
        assert_eq!(town(&table, 46.0 + degrees(24_900.0), 70.0, &["KZ"], None), Some(0));
        assert_eq!(town(&table, 46.0 + degrees(25_100.0), 70.0, &["KZ"], None), None);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(500))]
        /// The bands and windows leave out nothing: the same score as looking at every row.
        #[test]
        fn search_agrees_with_looking_at_every_town(
            towns in proptest::collection::vec((-0.6..0.6f64, -0.9..0.9f64, 0u32..3_000_000, 0..2u8), 1..60),
            centre in (-80.0..80.0f64, -180.0..180.0f64),
            offset in (-0.5..0.5f64, -0.5..0.5f64),
        ) {
            let wrap = |longitude: f64| (longitude + 540.0).rem_euclid(360.0) - 180.0;
            let towns: Vec<Town> = towns
                .iter()
                .map(|&(north, east, population, land)| {
                    let country = if land == 0 { *b"AA" } else { *b"BB" };
                    named("T", country, centre.0 + north, wrap(centre.1 + east), population)
                })
                .collect();
            let table = table(&towns);
            let at = (centre.0 + offset.0, wrap(centre.1 + offset.1));
            let found = town(&table, at.0, at.1, &["AA"], None);
            let expected = plain(&table, at, &["AA"]);
            match (found, expected) {
                (None, None) => {}
                (Some(row), Some((least, _))) => {
                    let position = (table.latitude(row), table.longitude(row));
                    let score = great_circle_metres(at, position) / f64::from(table.reach(row));
                    proptest::prop_assert!(score <= least * 1.002 + 1e-9, "{score} {least}");
                }
                (Some(row), None) => {
                    let distance =
                        great_circle_metres(at, (table.latitude(row), table.longitude(row)));
                    proptest::prop_assert!(distance < FAR_METRES * 1.002);
                }
                (None, Some((_, row))) => {
                    let distance =
                        great_circle_metres(at, (table.latitude(row), table.longitude(row)));
                    proptest::prop_assert!(distance > FAR_METRES * 0.998);
                }
            }
        }
    }
}
