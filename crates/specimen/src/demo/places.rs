//! Where the demo's pictures were taken: real cities with their position and their clock.
//!
//! Positions and names are those of GeoNames. The clock rules are those that held in the years the
//! demo uses; places whose rules changed meanwhile are visited in a season where they did not.

use crate::wall::{WallTime, days_since_epoch, weekday_from_monday};

/// A city.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) country: &'static str,
    pub(super) zone: &'static str,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    clock: Clock,
}

/// Seconds east of UTC in winter, and who decides about summer.
#[derive(Clone, Copy, Debug)]
enum Clock {
    Fixed(i32),
    European(i32),
    American(i32),
    /// New South Wales.
    Australian(i32),
}

const HOUR: i32 = 3_600;

const fn place(
    city: &'static str,
    country: &'static str,
    zone: &'static str,
    (latitude, longitude): (f64, f64),
    clock: Clock,
) -> Place {
    Place { city, country, zone, latitude, longitude, clock }
}

pub(super) static PARIS: Place =
    place("Paris", "France", "Europe/Paris", (48.8534, 2.3488), Clock::European(HOUR));
pub(super) static LYON: Place =
    place("Lyon", "France", "Europe/Paris", (45.7491, 4.8479), Clock::European(HOUR));
pub(super) static ANNECY: Place =
    place("Annecy", "France", "Europe/Paris", (45.9088, 6.1257), Clock::European(HOUR));
pub(super) static LISBON: Place =
    place("Lisbon", "Portugal", "Europe/Lisbon", (38.7251, -9.1498), Clock::European(0));
pub(super) static OSLO: Place =
    place("Oslo", "Norway", "Europe/Oslo", (59.9127, 10.7461), Clock::European(HOUR));
pub(super) static REYKJAVIK: Place =
    place("Reykjavík", "Iceland", "Atlantic/Reykjavik", (64.1355, -21.8954), Clock::Fixed(0));
pub(super) static KATHMANDU: Place =
    place("Kathmandu", "Nepal", "Asia/Kathmandu", (27.7017, 85.3206), Clock::Fixed(20_700));
pub(super) static TOKYO: Place =
    place("Tokyo", "Japan", "Asia/Tokyo", (35.6895, 139.6917), Clock::Fixed(9 * HOUR));
pub(super) static SYDNEY: Place = place(
    "Sydney",
    "Australia",
    "Australia/Sydney",
    (-33.8679, 151.2073),
    Clock::Australian(10 * HOUR),
);
pub(super) static NUKU_HIVA: Place = place(
    "Taiohae",
    "French Polynesia",
    "Pacific/Marquesas",
    (-8.9109, -140.0997),
    Clock::Fixed(-34_200),
);
pub(super) static NAIROBI: Place =
    place("Nairobi", "Kenya", "Africa/Nairobi", (-1.2833, 36.8167), Clock::Fixed(3 * HOUR));
/// Brazil had summer time until 2019: the demo goes there between March and September.
pub(super) static SAO_PAULO: Place = place(
    "São Paulo",
    "Brazil",
    "America/Sao_Paulo",
    (-23.5475, -46.6361),
    Clock::Fixed(-3 * HOUR),
);
pub(super) static NEW_YORK: Place = place(
    "New York City",
    "United States",
    "America/New_York",
    (40.7143, -74.0060),
    Clock::American(-5 * HOUR),
);

impl Place {
    /// Seconds east of UTC of the clocks there. The hours around a change are not used.
    pub(super) fn offset_at(&self, local: WallTime) -> i32 {
        let WallTime { year, month, day, .. } = local;
        let today = days_since_epoch(year, month, day);
        let (standard, summer) = match self.clock {
            Clock::Fixed(offset) => (offset, false),
            Clock::European(offset) => {
                let summer = last_sunday(year, 3, 31)..last_sunday(year, 10, 31);
                (offset, summer.contains(&today))
            }
            Clock::American(offset) => {
                // The rule of 2007. New York is not visited before.
                let summer = first_sunday(year, 3, 8)..first_sunday(year, 11, 1);
                (offset, summer.contains(&today))
            }
            Clock::Australian(offset) => {
                let winter = first_sunday(year, 4, 1)..first_sunday(year, 10, 1);
                (offset, !winter.contains(&today))
            }
        };
        standard + if summer { HOUR } else { 0 }
    }
}

/// The first Sunday on or after a day.
fn first_sunday(year: i32, month: u8, day: u8) -> i64 {
    days_since_epoch(year, month, day) + i64::from(6 - weekday_from_monday(year, month, day))
}

/// The last Sunday on or before a day.
fn last_sunday(year: i32, month: u8, day: u8) -> i64 {
    days_since_epoch(year, month, day) - i64::from((weekday_from_monday(year, month, day) + 1) % 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_change_on_the_right_days() {
        for (place, month, day, hours) in [
            (&PARIS, 3, 30, 1.0),
            (&PARIS, 4, 1, 2.0),
            (&PARIS, 10, 26, 2.0),
            (&PARIS, 10, 27, 1.0),
            (&NEW_YORK, 3, 9, -5.0),
            (&NEW_YORK, 3, 10, -4.0),
            (&NEW_YORK, 11, 3, -5.0),
            (&SYDNEY, 1, 1, 11.0),
            (&SYDNEY, 4, 7, 10.0),
            (&SYDNEY, 10, 6, 11.0),
            (&KATHMANDU, 7, 1, 5.75),
            (&NUKU_HIVA, 7, 1, -9.5),
        ] {
            let noon = WallTime::new(2024, month, day, 12, 0, 0);
            let offset = f64::from(place.offset_at(noon)) / 3_600.0;
            assert_eq!(offset, hours, "{} 2024-{month}-{day}", place.city);
        }
    }
}
