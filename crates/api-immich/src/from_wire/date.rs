//! Points in time as clients write them: ISO 8601 with a date and, mostly, a time and an offset.

use jiff::fmt::temporal::{Pieces, PiecesNumericOffset, PiecesOffset};
use kalends_model::{CivilDate, CivilDateTime, CivilTime, Instant, LocalTime, Offset};

/// A point in time as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SentDate {
    /// The clock's fields as they were written.
    pub(crate) local: LocalTime,
    /// The offset, when one was written. `Z` is one of zero.
    pub(crate) offset: Option<Offset>,
}

impl SentDate {
    /// The instant that is meant; without an offset, that of UTC.
    pub(crate) fn instant(self) -> Instant {
        let east = self.offset.map_or(0, Offset::seconds);
        Instant::from_micros(self.local.micros() - i64::from(east) * 1_000_000)
    }
}

/// Reads a date, with or without a time and an offset: `2024-03-05T09:30:00.000+02:00`.
pub(crate) fn parse(text: &str) -> Option<SentDate> {
    const LENGTH_MAX: usize = 64;
    let text = Some(text).filter(|text| text.len() <= LENGTH_MAX)?;
    let pieces =
        Pieces::parse(text).ok().filter(|pieces| pieces.time_zone_annotation().is_none())?;
    let date = pieces.date();
    let date = CivilDate::new(date.year().into(), date.month() as u8, date.day() as u8)?;
    let time = pieces.time().unwrap_or_else(jiff::civil::Time::midnight);
    let micro = u32::try_from(time.subsec_nanosecond() / 1_000).ok()?;
    let time = CivilTime::new(time.hour() as u8, time.minute() as u8, time.second() as u8, micro)?;
    let offset = match pieces.offset() {
        None => None,
        Some(PiecesOffset::Zulu) => Some(0),
        Some(PiecesOffset::Numeric(numeric)) => Some(seconds(numeric)),
        // A kind that a later version of the parser may know.
        Some(_) => return None,
    };
    let offset = match offset {
        None => None,
        Some(seconds) => Some(Offset::from_seconds(seconds)?),
    };
    Some(SentDate { local: LocalTime::from_civil(CivilDateTime { date, time }), offset })
}

fn seconds(numeric: PiecesNumericOffset) -> i32 {
    numeric.offset().seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(i64, Option<i32>)> {
        let date = parse(text)?;
        Some((date.instant().micros(), date.offset.map(Offset::seconds)))
    }

    #[test]
    fn dates_are_read_with_and_without_times_and_offsets() {
        const HALF_PAST_SEVEN: i64 = 1_709_623_800_000_000;
        for (text, expected) in [
            ("2024-03-05T07:30:00Z", (HALF_PAST_SEVEN, Some(0))),
            ("2024-03-05T07:30:00.000Z", (HALF_PAST_SEVEN, Some(0))),
            ("2024-03-05T09:30:00.000+02:00", (HALF_PAST_SEVEN, Some(7_200))),
            ("2024-03-05T13:15:00+05:45", (HALF_PAST_SEVEN, Some(20_700))),
            ("2024-03-05T07:30:00", (HALF_PAST_SEVEN, None)),
            ("2024-03-05 07:30", (HALF_PAST_SEVEN, None)),
            ("2024-03-05T07:30:00.123456", (HALF_PAST_SEVEN + 123_456, None)),
            ("2024-03-05", (HALF_PAST_SEVEN - 27_000_000_000, None)),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "yesterday",
            "2024-13-01",
            "2024-02-30T00:00:00Z",
            "2024-03-05T25:00:00Z",
            "1709623800",
            "2024-03-05T07:30:00+99:00",
            "2024-03-05T07:30:00[Europe/Paris]",
            "\u{0}",
            &"2".repeat(10_000),
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
