//! The proleptic Gregorian calendar over `i64` microseconds.
//!
//! Files hold years beyond 9999 and before 0001, and both must land in a month. The usual date
//! libraries stop at 9999, so the few conversions that the timeline needs are written here, for
//! every year an `i64` of microseconds reaches (about ±292,000). Year 0 is 1 BC.

/// Microseconds in a second.
pub const MICROS_PER_SECOND: i64 = 1_000_000;
/// Microseconds in a day.
pub const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// A date without a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate {
    /// Astronomical year: 0 is 1 BC, −1 is 2 BC.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl CivilDate {
    /// The date, or `None` when there is no such day.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let exists = (1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month);
        exists.then_some(Self { year, month, day })
    }

    /// Days since 1970-01-01.
    pub fn days_since_epoch(self) -> i64 {
        // Years are counted from 1 March, so that the leap day is the last of its year; then whole
        // eras of 400 years have the same number of days.
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * DAYS_PER_ERA + day_of_era - DAYS_FROM_ERA_ZERO_TO_EPOCH
    }

    /// The date that lies this many days after 1970-01-01.
    pub fn from_days_since_epoch(days: i64) -> Self {
        let days = days + DAYS_FROM_ERA_ZERO_TO_EPOCH;
        let era = days.div_euclid(DAYS_PER_ERA);
        let day_of_era = days.rem_euclid(DAYS_PER_ERA);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Self { year: year as i32, month: month as u8, day: day as u8 }
    }

    /// Day of the week, Monday being 0.
    pub fn weekday_from_monday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        (self.days_since_epoch() + 3).rem_euclid(7) as u8
    }
}

const DAYS_PER_ERA: i64 = 146_097;
/// From 0000-03-01, where era 0 begins, to 1970-01-01.
const DAYS_FROM_ERA_ZERO_TO_EPOCH: i64 = 719_468;

/// Number of days in a month of a proleptic Gregorian year.
pub fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap_year(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Whether February has 29 days.
pub fn is_leap_year(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// A time of day without a date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilTime {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59. There are no leap seconds.
    pub second: u8,
    /// 0 to 999,999.
    pub micro: u32,
}

impl CivilTime {
    /// The time of day, or `None` when a field is out of its range.
    pub fn new(hour: u8, minute: u8, second: u8, micro: u32) -> Option<Self> {
        let exists = hour < 24 && minute < 60 && second < 60 && micro < 1_000_000;
        exists.then_some(Self { hour, minute, second, micro })
    }

    /// Microseconds since midnight.
    pub fn micros_since_midnight(self) -> i64 {
        let seconds =
            i64::from(self.hour) * 3_600 + i64::from(self.minute) * 60 + i64::from(self.second);
        seconds * MICROS_PER_SECOND + i64::from(self.micro)
    }

    fn from_micros_since_midnight(micros: i64) -> Self {
        let seconds = micros / MICROS_PER_SECOND;
        Self {
            hour: (seconds / 3_600) as u8,
            minute: (seconds / 60 % 60) as u8,
            second: (seconds % 60) as u8,
            micro: (micros % MICROS_PER_SECOND) as u32,
        }
    }
}

/// A date and a time of day, of no particular zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDateTime {
    /// The day.
    pub date: CivilDate,
    /// The time of that day.
    pub time: CivilTime,
}

impl CivilDateTime {
    /// Microseconds since 1970-01-01T00:00:00, saturating at the ends of `i64`.
    pub fn micros_since_epoch(self) -> i64 {
        let days = i128::from(self.date.days_since_epoch());
        let micros =
            days * i128::from(MICROS_PER_DAY) + i128::from(self.time.micros_since_midnight());
        micros.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    /// The date and time this many microseconds after 1970-01-01T00:00:00.
    pub fn from_micros_since_epoch(micros: i64) -> Self {
        Self {
            date: CivilDate::from_days_since_epoch(micros.div_euclid(MICROS_PER_DAY)),
            time: CivilTime::from_micros_since_midnight(micros.rem_euclid(MICROS_PER_DAY)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u8, day: u8) -> CivilDate {
        CivilDate::new(year, month, day).unwrap()
    }

    #[test]
    fn known_days_have_their_numbers() {
        for (day, number) in [
            (date(1970, 1, 1), 0),
            (date(1969, 12, 31), -1),
            (date(2000, 2, 29), 11_016),
            (date(2024, 2, 1), 19_754),
            (date(1, 1, 1), -719_162),
            (date(0, 3, 1), -719_468),
            (date(9999, 12, 31), 2_932_896),
        ] {
            assert_eq!(day.days_since_epoch(), number, "{day:?}");
            assert_eq!(CivilDate::from_days_since_epoch(number), day);
        }
    }

    #[test]
    fn every_day_of_many_years_round_trips() {
        let mut expected = date(-801, 1, 1).days_since_epoch();
        for year in -801..=2_801 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    let date = date(year, month, day);
                    assert_eq!(date.days_since_epoch(), expected);
                    assert_eq!(CivilDate::from_days_since_epoch(expected), date);
                    expected += 1;
                }
            }
        }
    }

    #[test]
    fn the_ends_of_i64_are_dates() {
        for micros in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX] {
            let there = CivilDateTime::from_micros_since_epoch(micros);
            assert_eq!(there.micros_since_epoch(), micros, "{there:?}");
        }
    }

    #[test]
    fn impossible_days_are_refused() {
        assert_eq!(CivilDate::new(2023, 2, 29), None);
        assert_eq!(CivilDate::new(2023, 13, 1), None);
        assert_eq!(CivilDate::new(2023, 0, 1), None);
        assert_eq!(CivilDate::new(1900, 2, 29), None);
        assert_eq!(CivilTime::new(24, 0, 0, 0), None);
        assert_eq!(CivilTime::new(0, 0, 60, 0), None);
    }

    #[test]
    fn weeks_begin_on_monday() {
        assert_eq!(date(1970, 1, 1).weekday_from_monday(), 3);
        assert_eq!(date(2026, 11, 22).weekday_from_monday(), 6);
        assert_eq!(date(2026, 11, 23).weekday_from_monday(), 0);
    }
}
