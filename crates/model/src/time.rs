//! Capture time, and the periods that the timeline counts by.
//!
//! A photo knows the wall clock of the place where it was taken. Often it knows the offset of that
//! clock from UTC, often it does not, and an unknown offset is not an offset of zero. Everything
//! that asks "which month?" uses the wall clock alone; nothing here reads the zone of the process.

use std::fmt;

use crate::calendar::{CivilDate, CivilDateTime, CivilTime, MICROS_PER_DAY, MICROS_PER_SECOND};

/// A wall clock: microseconds since 1970-01-01T00:00:00 on a clock of no stated zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LocalTime(i64);

impl LocalTime {
    /// The earliest and the latest wall clock that can be held.
    pub const MIN: Self = Self(i64::MIN);
    /// See [`LocalTime::MIN`].
    pub const MAX: Self = Self(i64::MAX);

    /// From microseconds since 1970-01-01T00:00:00.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The wall clock that shows this date and time.
    pub fn from_civil(civil: CivilDateTime) -> Self {
        Self(civil.micros_since_epoch())
    }

    /// The date and time that this wall clock shows.
    pub fn civil(self) -> CivilDateTime {
        CivilDateTime::from_micros_since_epoch(self.0)
    }

    /// Days since 1970-01-01 of the day it shows. The first key of the timeline's order.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(MICROS_PER_DAY)
    }

    /// The calendar month it shows.
    pub fn month(self) -> Month {
        let date = self.civil().date;
        Month::new(date.year, date.month)
    }
}

impl fmt::Debug for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CivilDateTime { date, time } = self.civil();
        write!(f, "{:04}-{:02}-{:02}T", date.year, date.month, date.day)?;
        write!(f, "{:02}:{:02}:{:02}.{:06}", time.hour, time.minute, time.second, time.micro)
    }
}

/// A point on the one time line of the world: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

impl Instant {
    /// From microseconds since 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The clock of UTC at this instant.
    pub fn civil_utc(self) -> CivilDateTime {
        CivilDateTime::from_micros_since_epoch(self.0)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}Z", LocalTime(self.0))
    }
}

/// Seconds east of UTC. Within a day of it; real zones stay within ±15:59:59 or so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(i32);

impl Offset {
    /// The offset of UTC itself. Not the same as an unknown offset.
    pub const UTC: Self = Self(0);
    /// No offset reaches a whole day.
    pub const SECONDS_LIMIT: i32 = 86_400;

    /// The offset, or `None` when it reaches a whole day.
    pub const fn from_seconds(seconds: i32) -> Option<Self> {
        if seconds > -Self::SECONDS_LIMIT && seconds < Self::SECONDS_LIMIT {
            Some(Self(seconds))
        } else {
            None
        }
    }

    /// Seconds east of UTC.
    pub const fn seconds(self) -> i32 {
        self.0
    }

    /// The instant at which a clock with this offset shows `local`, saturating.
    pub const fn instant_of(self, local: LocalTime) -> Instant {
        Instant(local.0.saturating_sub(self.0 as i64 * MICROS_PER_SECOND))
    }

    /// What a clock with this offset shows at `instant`, saturating.
    pub const fn local_at(self, instant: Instant) -> LocalTime {
        LocalTime(instant.0.saturating_add(self.0 as i64 * MICROS_PER_SECOND))
    }
}

/// Where a capture time was read from. Kept for every asset, so that a date can explain itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateSource {
    /// A person set it.
    User,
    /// EXIF `DateTimeOriginal`.
    ExifOriginal,
    /// EXIF `DateTimeDigitized`, which ExifTool calls `CreateDate`.
    ExifDigitized,
    /// An XMP date.
    Xmp,
    /// An IPTC date.
    Iptc,
    /// QuickTime `creationdate`, which has its own offset.
    QuickTimeCreation,
    /// The `mvhd` or `mdhd` time of a video container: a UTC instant without a zone.
    ContainerUtc,
    /// The clock of the GPS receiver: a UTC instant.
    Gps,
    /// A camera maker's own tag.
    Maker,
    /// A sidecar file.
    Sidecar,
    /// A pattern in the file's name.
    FileName,
    /// The file's time of modification: the fall-back of an undated asset.
    FileTime,
    /// What the uploading client said: the fall-back of an undated upload.
    Client,
}

impl DateSource {
    /// Every source, with its stable name.
    pub const ALL: [(Self, &'static str); 13] = [
        (Self::User, "user"),
        (Self::ExifOriginal, "exif-original"),
        (Self::ExifDigitized, "exif-digitized"),
        (Self::Xmp, "xmp"),
        (Self::Iptc, "iptc"),
        (Self::QuickTimeCreation, "quicktime-creation"),
        (Self::ContainerUtc, "container-utc"),
        (Self::Gps, "gps"),
        (Self::Maker, "maker"),
        (Self::Sidecar, "sidecar"),
        (Self::FileName, "file-name"),
        (Self::FileTime, "file-time"),
        (Self::Client, "client"),
    ];

    /// The stable name, used in the catalog and in answers.
    pub fn name(self) -> &'static str {
        let entry = Self::ALL.iter().find(|(source, _)| *source == self);
        entry.expect("every source is in ALL, as its test shows").1
    }

    /// The source of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(source, _)| *source)
    }

    /// Whether an asset with a date from here counts as undated: its files say no date.
    pub fn is_fallback(self) -> bool {
        matches!(self, Self::FileTime | Self::Client)
    }
}

/// When an asset was taken: a wall clock, its offset if that is known, and where both came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CaptureTime {
    /// What the clock showed where the picture was taken.
    pub local: LocalTime,
    /// That clock's offset from UTC, or `None` when nothing says it. `Some(UTC)` is not `None`.
    pub offset: Option<Offset>,
    /// Where the date was read from.
    pub source: DateSource,
}

impl CaptureTime {
    /// `local − offset`; with an unknown offset, `local` as if the clock showed UTC.
    pub fn instant(&self) -> Instant {
        self.offset.unwrap_or(Offset::UTC).instant_of(self.local)
    }
}

/// A calendar month, of any year that [`LocalTime`] reaches. Months sort by time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// The month `month` (1 to 12) of the astronomical year `year`.
    pub const fn new(year: i32, month: u8) -> Self {
        assert!(month >= 1 && month <= 12, "a month is 1 to 12");
        Self(year * 12 + month as i32 - 1)
    }

    /// Astronomical year: 0 is 1 BC.
    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 to 12.
    pub const fn month(self) -> u8 {
        self.0.rem_euclid(12) as u8 + 1
    }

    /// Months since January of year 0; for storing.
    pub const fn index(self) -> i32 {
        self.0
    }

    /// The inverse of [`Month::index`].
    pub const fn from_index(index: i32) -> Self {
        Self(index)
    }

    /// The following month.
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The preceding month.
    pub const fn previous(self) -> Self {
        Self(self.0 - 1)
    }

    /// Its first day, which is its name.
    pub fn first_day(self) -> CivilDate {
        CivilDate { year: self.year(), month: self.month(), day: 1 }
    }

    /// Its first wall-clock microsecond, saturating.
    pub fn start(self) -> LocalTime {
        start_of_day(self.first_day())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

fn start_of_day(date: CivilDate) -> LocalTime {
    LocalTime::from_civil(CivilDateTime { date, time: CivilTime::default() })
}

/// The length of the periods to count by. The published APIs count by month alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
    /// Calendar years.
    Year,
    /// Calendar months.
    Month,
    /// Weeks that begin on Monday.
    Week,
    /// Calendar days.
    Day,
}

impl Grain {
    /// The start of the period of this grain that `local` lies in.
    pub fn bucket_of(self, local: LocalTime) -> Bucket {
        let date = local.civil().date;
        let start = match self {
            Self::Year => CivilDate { month: 1, day: 1, ..date },
            Self::Month => CivilDate { day: 1, ..date },
            Self::Day => date,
            Self::Week => {
                let back = i64::from(date.weekday_from_monday());
                CivilDate::from_days_since_epoch(date.days_since_epoch() - back)
            }
        };
        Bucket(start)
    }
}

/// A period, named by its first day. Buckets sort by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket(pub CivilDate);

impl Bucket {
    /// The period's first wall-clock microsecond.
    pub fn start(self) -> LocalTime {
        start_of_day(self.0)
    }
}

impl From<Month> for Bucket {
    fn from(month: Month) -> Self {
        Self(month.first_day())
    }
}

/// Which way a list runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Newest first: the default of both published APIs.
    #[default]
    Descending,
    /// Oldest first: the exact reverse.
    Ascending,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(year: i32, month: u8, day: u8, hour: u8, minute: u8) -> LocalTime {
        LocalTime::from_civil(CivilDateTime {
            date: CivilDate::new(year, month, day).unwrap(),
            time: CivilTime::new(hour, minute, 0, 0).unwrap(),
        })
    }

    #[test]
    fn an_unknown_offset_reads_as_utc_but_is_not_utc() {
        let unknown =
            CaptureTime { local: local(2024, 1, 1, 3, 0), offset: None, source: DateSource::Xmp };
        let known = CaptureTime { offset: Some(Offset::UTC), ..unknown };
        assert_eq!(unknown.instant(), known.instant());
        assert_ne!(unknown, known);
    }

    #[test]
    fn the_month_is_that_of_the_wall_clock() {
        // Tokyo, 1 February 05:00, is still January in UTC.
        let tokyo = local(2024, 2, 1, 5, 0);
        assert_eq!(tokyo.month(), Month::new(2024, 2));
        let offset = Offset::from_seconds(9 * 3_600).unwrap();
        assert_eq!(offset.instant_of(tokyo).civil_utc().date.month, 1);
        assert_eq!(offset.local_at(offset.instant_of(tokyo)), tokyo);
    }

    #[test]
    fn months_before_year_one_sort_and_step() {
        let last_bc = Month::new(0, 12);
        assert_eq!(last_bc.next(), Month::new(1, 1));
        assert_eq!((Month::new(-1, 1).year(), Month::new(-1, 1).month()), (-1, 1));
        assert!(Month::new(-44, 3) < last_bc);
        assert_eq!(LocalTime::MIN.month().start(), LocalTime::MIN);
    }

    #[test]
    fn grains_name_their_first_day() {
        let at = local(2026, 11, 22, 13, 5);
        for (grain, month, day) in [
            (Grain::Year, 1, 1),
            (Grain::Month, 11, 1),
            (Grain::Week, 11, 16),
            (Grain::Day, 11, 22),
        ] {
            let expected = CivilDate::new(2026, month, day).unwrap();
            assert_eq!(grain.bucket_of(at), Bucket(expected), "{grain:?}");
        }
    }

    #[test]
    fn offsets_stay_within_a_day() {
        assert!(Offset::from_seconds(86_400).is_none());
        assert!(Offset::from_seconds(-86_399).is_some());
        assert_eq!(
            Offset::from_seconds(-3_600).unwrap().instant_of(LocalTime::MAX).micros(),
            i64::MAX
        );
    }

    #[test]
    fn every_date_source_has_one_name() {
        for (source, name) in DateSource::ALL {
            assert_eq!(source.name(), name);
            assert_eq!(DateSource::from_name(name), Some(source));
        }
    }
}
