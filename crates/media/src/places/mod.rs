//! Where a coordinate lies: its IANA zone, country, state and city, without a network.
//!
//! Three sources, each asked on its own:
//!
//! - the zone comes from the boundary data of `tzf-rs`, read in place from the executable;
//! - the country comes from the polygons of `country-boundaries`, which reach out to sea by the
//!   territorial waters and in places more, so that a pier is in its country and mid-ocean in none;
//! - the city comes from our own table of some 230,000 towns ([`table`]), by the rule in `nearest`:
//!   a big city reaches further than a village, and a town across a border is never an answer.
//!
//! What is not known is `None`, never a guess: the open sea has no zone here, since a ship's clock
//! is the ship's affair. State names are known for the United States only (see `data/ATTRIBUTION.md`
//! for what the source holds). [`offset_at`] turns a zone and a wall time into an offset.
//!
//! Nothing here logs: a coordinate is private.

mod countries;
mod nearest;
pub mod table;
mod zones;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use country_boundaries::{BOUNDARIES_ODBL_360X180, CountryBoundaries, LatLon};
use tzf_rs::EmbeddedFinder;

use self::table::{Table, TableError};
pub use self::zones::{offset_at, offset_at_instant};

/// The table of towns as committed, made by `cargo xtask geodata`.
static TOWNS: &[u8] = include_bytes!("../../data/places.bin");

/// What is known about a coordinate (contract immich §E5; the zone is §E2 step 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place<'a> {
    /// The IANA zone, such as `Europe/Paris`; none on the open sea.
    pub zone: Option<&'a str>,
    /// The English short name of the country or territory, such as `France`.
    pub country: Option<&'a str>,
    /// The ISO 3166-1 alpha-2 code that `country` names, such as `FR`; `XK` is Kosovo.
    pub country_code: Option<&'a str>,
    /// The name of the first administrative level; known in the United States only.
    pub state: Option<&'a str>,
    /// The town's own name as people there write it in Latin letters, such as `São Paulo`.
    pub city: Option<&'a str>,
}

/// A town of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Town<'a> {
    /// Its name, as people there write it in Latin letters.
    pub name: &'a str,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The first administrative level; known in the United States only.
    pub state: Option<&'a str>,
}

/// The boundary data and the table of towns, opened.
///
/// Opening takes some tens of milliseconds and about 20 MB, so there should be one:
/// [`Places::shared`].
pub struct Places {
    zones: EmbeddedFinder,
    countries: CountryBoundaries,
    towns: Table,
}

/// Why the bundled geography could not be opened.
///
/// It is compiled in, so either of these means a wrongly built program.
#[derive(Debug, thiserror::Error)]
pub enum PlacesError {
    /// The country polygons do not parse.
    #[error("read the bundled country boundaries: {0}")]
    Countries(#[from] country_boundaries::ReadError),
    /// The table of towns does not parse.
    #[error("read the bundled table of towns: {0}")]
    Towns(#[from] TableError),
}

impl Places {
    /// Opens the bundled data anew.
    pub fn load() -> Result<Self, PlacesError> {
        Ok(Self {
            zones: EmbeddedFinder::new(),
            countries: CountryBoundaries::from_reader(BOUNDARIES_ODBL_360X180)?,
            towns: Table::parse(TOWNS)?,
        })
    }

    /// The one instance of the process, opened at the first call.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Places> = LazyLock::new(|| {
            Places::load().expect("the bundled data is opened by a test of every build")
        });
        &SHARED
    }

    /// What is known about a position in degrees, north and east positive.
    ///
    /// A position that is not on the Earth (not finite, beyond ±90 or ±180) has nothing.
    pub fn lookup(&self, latitude: f64, longitude: f64) -> Place<'_> {
        let on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        if !on_earth {
            return Place::default();
        }
        let zone = self.zone(latitude, longitude);
        let Ok(position) = LatLon::new(latitude, longitude) else { return Place::default() };

        let areas = self.countries.ids(position);
        let mut codes = countries::codes(&areas);
        if let Some(code) = beyond_the_boundaries(latitude, zone) {
            codes.insert(0, code);
        }
        let Some(&code) = codes.first() else { return Place { zone, ..Place::default() } };
        let state = areas.iter().find_map(|area| self.towns.state_of_area(area));

        Place {
            zone,
            country: countries::name(code),
            country_code: Some(code),
            state: state.map(|state| self.towns.state_name(state)),
            city: nearest::town(&self.towns, latitude, longitude, &codes, state)
                .map(|row| self.towns.name(row)),
        }
    }

    /// The towns whose names `rank` gives a number, at most `limit`: the lowest numbers first, and
    /// among equals the most important. Asks of every name in the table, some 230,000.
    pub fn towns_where(&self, limit: usize, rank: &dyn Fn(&str) -> Option<u8>) -> Vec<Town<'_>> {
        let ranked = (0..self.towns.len()).filter_map(|row| {
            let reach = std::cmp::Reverse(self.towns.reach(row));
            rank(self.towns.name(row)).map(|rank| (rank, reach, row))
        });
        let mut ranked: Vec<_> = ranked.collect();
        ranked.sort_unstable();
        ranked.truncate(limit);
        let town = |(_, _, row): (u8, std::cmp::Reverse<u16>, usize)| Town {
            name: self.towns.name(row),
            latitude: self.towns.latitude(row),
            longitude: self.towns.longitude(row),
            state: self.towns.state(row).map(|state| self.towns.state_name(state)),
        };
        ranked.into_iter().map(town).collect()
    }

    /// The zone of a position. The nautical zones of the open sea (`Etc/GMT+2`) are left out: they
    /// say where the sun stands, not what a camera's clock showed.
    fn zone(&self, latitude: f64, longitude: f64) -> Option<&str> {
        let name = self.zones.get_tz_name(longitude, latitude);
        let is_land = !name.is_empty() && !name.starts_with("Etc/");
        is_land.then_some(name)
    }
}

/// The country of two parts of the Earth that the boundary data lacks and the zones have: Antarctica,
/// which by ISO 3166 is all land south of 60° S, and Western Sahara, which is drawn as Morocco's and
/// has a code, a zone and towns of its own.
fn beyond_the_boundaries(latitude: f64, zone: Option<&str>) -> Option<&'static str> {
    match zone {
        Some(_) if latitude < -60.0 => Some("AQ"),
        Some("Africa/El_Aaiun") => Some("EH"),
        _ => None,
    }
}
