//! A wall clock reading, and how the metadata formats spell it.
//!
//! The crate has its own type, because it depends on no other crate of the project.

/// What a clock on the wall said when the picture was taken. It knows no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime {
    /// Astronomical year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999.
    pub millis: u16,
}

impl WallTime {
    /// A reading in whole seconds. Nothing is checked: impossible dates are wanted in tests.
    pub const fn new(year: i32, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Self {
        Self { year, month, day, hour, minute, second, millis: 0 }
    }

    /// The same reading with a fraction of a second.
    pub const fn with_millis(self, millis: u16) -> Self {
        Self { millis, ..self }
    }

    /// Milliseconds since 1970-01-01T00:00:00 of the same clock.
    pub fn millis_since_epoch(self) -> i64 {
        let seconds = days_since_epoch(self.year, self.month, self.day) * 86_400
            + i64::from(self.hour) * 3_600
            + i64::from(self.minute) * 60
            + i64::from(self.second);
        seconds * 1_000 + i64::from(self.millis)
    }

    /// The reading this many milliseconds after 1970-01-01T00:00:00.
    pub fn from_millis_since_epoch(millis: i64) -> Self {
        let (days, rest) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
        let (year, month, day) = date_of_days(days);
        Self {
            year,
            month,
            day,
            hour: (rest / 3_600_000) as u8,
            minute: (rest / 60_000 % 60) as u8,
            second: (rest / 1_000 % 60) as u8,
            millis: (rest % 1_000) as u16,
        }
    }

    /// The reading this much later (or earlier).
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_millis_since_epoch(self.millis_since_epoch() + seconds * 1_000)
    }

    /// Whole seconds since 1970 UTC, when the clock ran this far east of UTC.
    pub fn unix_seconds(self, offset_seconds: i32) -> i64 {
        self.millis_since_epoch().div_euclid(1_000) - i64::from(offset_seconds)
    }

    /// The reading of a UTC clock at the same moment.
    pub fn to_utc(self, offset_seconds: i32) -> Self {
        self.plus_seconds(-i64::from(offset_seconds))
    }

    /// `2024:05:06 07:08:09`, as EXIF writes it, without the fraction.
    pub fn exif_text(self) -> String {
        let Self { year, month, day, hour, minute, second, .. } = self;
        format!("{year:04}:{month:02}:{day:02} {hour:02}:{minute:02}:{second:02}")
    }

    /// The fraction of the second as EXIF writes it, or `None` when it is zero.
    pub fn sub_second_text(self) -> Option<String> {
        (self.millis > 0).then(|| format!("{:03}", self.millis))
    }

    /// `2024-05-06T07:08:09.123+05:45`, as XMP and QuickTime write it; the offset and the fraction
    /// only where they are known.
    pub fn iso_text(self, offset_seconds: Option<i32>) -> String {
        let Self { year, month, day, hour, minute, second, millis } = self;
        let fraction = if millis > 0 { format!(".{millis:03}") } else { String::new() };
        let offset = offset_seconds.map(offset_text).unwrap_or_default();
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}")
    }
}

/// `+05:45`, `-09:30`, `+00:00`: an offset as EXIF, XMP and QuickTime write it. Seconds below a
/// minute are dropped.
pub fn offset_text(offset_seconds: i32) -> String {
    let sign = if offset_seconds < 0 { '-' } else { '+' };
    let minutes = offset_seconds.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
///
/// Years are counted from March, so that a leap day is the last day of its year.
pub(crate) fn days_since_epoch(year: i32, month: u8, day: u8) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn date_of_days(days: i64) -> (i32, u8, u8) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year as i32, month as u8, day as u8)
}

/// Day of the week, Monday being 0.
pub(crate) fn weekday_from_monday(year: i32, month: u8, day: u8) -> u8 {
    (days_since_epoch(year, month, day) + 3).rem_euclid(7) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_survive_the_way_to_millis_and_back() {
        for reading in [
            WallTime::new(1970, 1, 1, 0, 0, 0),
            WallTime::new(2016, 2, 29, 23, 59, 59).with_millis(999),
            WallTime::new(1899, 12, 31, 12, 0, 1),
            WallTime::new(2000, 3, 1, 0, 0, 0),
        ] {
            assert_eq!(WallTime::from_millis_since_epoch(reading.millis_since_epoch()), reading);
        }
        assert_eq!(WallTime::new(1970, 1, 2, 0, 0, 0).millis_since_epoch(), 86_400_000);
    }

    #[test]
    fn texts_follow_their_formats() {
        let reading = WallTime::new(2024, 5, 6, 7, 8, 9).with_millis(40);
        assert_eq!(reading.exif_text(), "2024:05:06 07:08:09");
        assert_eq!(reading.sub_second_text().as_deref(), Some("040"));
        assert_eq!(reading.iso_text(Some(-34_200)), "2024-05-06T07:08:09.040-09:30");
        assert_eq!(WallTime::new(2024, 5, 6, 7, 8, 9).iso_text(None), "2024-05-06T07:08:09");
        assert_eq!(offset_text(20_700), "+05:45");
        assert_eq!(offset_text(0), "+00:00");
    }

    #[test]
    fn utc_lies_behind_an_eastern_clock() {
        let sydney = WallTime::new(2018, 1, 1, 5, 0, 0);
        assert_eq!(sydney.to_utc(39_600), WallTime::new(2017, 12, 31, 18, 0, 0));
        assert_eq!(weekday_from_monday(2018, 1, 1), 0);
    }
}
