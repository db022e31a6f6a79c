//! The single values of the columns of a bucket (contract immich §A7).

use kalends_http_kit::columns;
use kalends_model::calendar::MICROS_PER_DAY;
use kalends_model::{
    CivilDate, CivilDateTime, Instant, Kind, Month, Offset, StackPlace, Visibility,
};

/// `timeBucket`: the month's first day in quotes, as upstream's database writes dates.
pub fn time_bucket(out: &mut Vec<u8>, month: Month) {
    let year = i64::from(month.year());
    let is_before_christ = year < 1;
    let year_of_era = if is_before_christ { 1 - year } else { year };
    out.push(b'"');
    columns::padded(out, year_of_era.unsigned_abs(), 4);
    out.push(b'-');
    columns::two_digits(out, month.month());
    out.extend_from_slice(if is_before_christ { b"-01 BC\"" } else { b"-01\"" });
}

/// `ratio`: width by height in thousandths, rounded half up; 1 when a side is unknown.
pub fn ratio_thousandths(width: u32, height: u32) -> u64 {
    if width == 0 || height == 0 {
        return 1_000;
    }
    let (width, height) = (u64::from(width), u64::from(height));
    (width * 2_000 + height) / (height * 2)
}

/// `duration`: `"HH:MM:SS"`, cut to whole seconds, hours as many digits as they need; `null` for
/// images and without a length.
pub fn duration(out: &mut Vec<u8>, kind: Kind, duration_ms: Option<u64>) {
    let Some(millis) = duration_ms.filter(|millis| *millis > 0 && kind == Kind::Video) else {
        return out.extend_from_slice(b"null");
    };
    let seconds = millis / 1_000;
    out.push(b'"');
    columns::padded(out, seconds / 3_600, 2);
    out.push(b':');
    columns::two_digits(out, (seconds / 60 % 60) as u8);
    out.push(b':');
    columns::two_digits(out, (seconds % 60) as u8);
    out.push(b'"');
}

/// Writes `fileCreatedAt`: instants in UTC without zone, floored to milliseconds. The rows of a
/// bucket are sorted by day, so the text of a date is kept for the next row.
#[derive(Default)]
pub struct FileCreatedAt {
    day: Option<i64>,
    /// `"2024-01-05T`, of `day`.
    prefix: Vec<u8>,
}

impl FileCreatedAt {
    /// Writes one.
    pub fn write(&mut self, out: &mut Vec<u8>, instant: Instant) {
        let micros = columns::floor_to_millis(instant.micros());
        let day = micros.div_euclid(MICROS_PER_DAY);
        if self.day != Some(day) {
            self.day = Some(day);
            self.prefix.clear();
            self.prefix.push(b'"');
            columns::date(&mut self.prefix, CivilDate::from_days_since_epoch(day));
            self.prefix.push(b'T');
        }
        out.extend_from_slice(&self.prefix);
        let time_of_day = micros.rem_euclid(MICROS_PER_DAY);
        columns::clock(out, CivilDateTime::from_micros_since_epoch(time_of_day).time);
        out.push(b'"');
    }
}

/// `localOffsetHours`: hours east of UTC, 0 when unknown.
///
/// Upstream subtracts the instant from the wall clock, both in milliseconds. An offset is whole
/// seconds, so that difference is the offset itself.
pub fn local_offset_hours(out: &mut Vec<u8>, offset: Option<Offset>) {
    const SECONDS_PER_HOUR: i32 = 3_600;
    let seconds = offset.map_or(0, Offset::seconds);
    if seconds % SECONDS_PER_HOUR == 0 {
        columns::integer(out, seconds / SECONDS_PER_HOUR);
    } else {
        columns::float(out, f64::from(seconds) / f64::from(SECONDS_PER_HOUR));
    }
}

/// `visibility`, in quotes.
pub fn visibility(out: &mut Vec<u8>, visibility: Visibility) {
    let quoted: &[u8] = match visibility {
        Visibility::Timeline => b"\"timeline\"",
        Visibility::Archive => b"\"archive\"",
        Visibility::Hidden => b"\"hidden\"",
        Visibility::Locked => b"\"locked\"",
    };
    out.extend_from_slice(quoted);
}

/// `status`, in quotes. A vanished external file is shown in the trash, and yet its status is
/// `active`: nobody has put it there.
pub fn status(out: &mut Vec<u8>, is_trashed: bool) {
    out.extend_from_slice(if is_trashed { b"\"trashed\"" } else { b"\"active\"" });
}

/// `stack`: `["<id>","<count>"]`, or `null` when not stacked or when the count would be 0.
pub fn stack(out: &mut Vec<u8>, stack: Option<StackPlace>) {
    let shown = stack.filter(|place| place.timeline_count > 0);
    columns::nullable(out, shown, |out, place| {
        out.push(b'[');
        columns::uuid(out, place.stack.bytes());
        out.extend_from_slice(b",\"");
        columns::integer(out, place.timeline_count);
        out.extend_from_slice(b"\"]");
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use kalends_model::{CivilTime, LocalTime, StackId};

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    fn instant(year: i32, month: u8, day: u8, time: (u8, u8, u8), micro: u32) -> Instant {
        let date = CivilDate::new(year, month, day).unwrap();
        let time = CivilTime::new(time.0, time.1, time.2, micro).unwrap();
        Instant::from_micros(CivilDateTime { date, time }.micros_since_epoch())
    }

    #[test]
    fn ratios_round_half_up_to_three_decimals() {
        for (width, height, expected) in [
            (4_032, 3_024, 1_333),
            (1_920, 1_080, 1_778),
            (3_000, 4_000, 750),
            (1, 3, 333),
            (2, 3, 667),
            (1, 2_000, 1),
            (1, 2_001, 0),
            (1, 10_000, 0),
            (10_000, 1_000, 10_000),
            (3_001, 2_000, 1_501),
            (0, 100, 1_000),
            (100, 0, 1_000),
            (0, 0, 1_000),
            (u32::MAX, 1, 4_294_967_295_000),
        ] {
            assert_eq!(ratio_thousandths(width, height), expected, "{width} by {height}");
        }
    }

    #[test]
    fn durations_are_cut_to_seconds_and_images_have_none() {
        for (kind, millis, expected) in [
            (Kind::Video, Some(65_250), "\"00:01:05\""),
            (Kind::Video, Some(400), "\"00:00:00\""),
            (Kind::Video, Some(59_999), "\"00:00:59\""),
            (Kind::Video, Some(360_000_000), "\"100:00:00\""),
            (Kind::Video, Some(0), "null"),
            (Kind::Video, None, "null"),
            (Kind::Image, Some(65_250), "null"),
            (Kind::Image, None, "null"),
            (Kind::Video, Some(u64::MAX), "\"5124095576030:25:51\""),
        ] {
            assert_eq!(written(|out| duration(out, kind, millis)), expected, "{millis:?}");
        }
    }

    #[test]
    fn instants_are_utc_floored_to_milliseconds_and_trimmed() {
        let mut column = FileCreatedAt::default();
        for (at, expected) in [
            (instant(2024, 1, 5, (10, 11, 12), 0), "2024-01-05T10:11:12"),
            (instant(2024, 1, 5, (10, 11, 12), 500_000), "2024-01-05T10:11:12.5"),
            (instant(2024, 1, 5, (10, 11, 12), 123_000), "2024-01-05T10:11:12.123"),
            (instant(2024, 1, 5, (10, 11, 12), 123_999), "2024-01-05T10:11:12.123"),
            (instant(2024, 1, 5, (10, 11, 12), 999), "2024-01-05T10:11:12"),
            (instant(2024, 2, 29, (23, 59, 59), 999_999), "2024-02-29T23:59:59.999"),
            (instant(1969, 12, 31, (23, 59, 59), 999_999), "1969-12-31T23:59:59.999"),
            (instant(1899, 6, 15, (11, 21, 0), 0), "1899-06-15T11:21:00"),
            (instant(1, 1, 1, (0, 0, 0), 0), "0001-01-01T00:00:00"),
            (instant(12_024, 5, 1, (8, 0, 0), 0), "+012024-05-01T08:00:00"),
            (instant(-43, 3, 15, (8, 0, 0), 0), "-000043-03-15T08:00:00"),
        ] {
            let text = written(|out| column.write(out, at));
            assert_eq!(text, format!("\"{expected}\""));
        }
        for extreme in [i64::MIN, i64::MAX] {
            written(|out| column.write(out, Instant::from_micros(extreme)));
        }
    }

    #[test]
    fn offsets_are_hours_and_unknown_ones_zero() {
        for (seconds, expected) in [
            (None, "0"),
            (Some(0), "0"),
            (Some(3_600), "1"),
            (Some(-18_000), "-5"),
            (Some(19_800), "5.5"),
            (Some(20_700), "5.75"),
            (Some(-35_100), "-9.75"),
            (Some(-34_200), "-9.5"),
            (Some(2_340), "0.65"),
            (Some(49_500), "13.75"),
            (Some(1_172), "0.32555555555555554"),
        ] {
            let offset = seconds.map(|seconds| Offset::from_seconds(seconds).unwrap());
            assert_eq!(written(|out| local_offset_hours(out, offset)), expected);
        }
    }

    #[test]
    fn months_of_every_era_have_names_that_are_understood_again() {
        for (month, expected) in [
            (Month::new(2024, 2), "2024-02-01"),
            (Month::new(1, 1), "0001-01-01"),
            (Month::new(999, 5), "0999-05-01"),
            (Month::new(12_024, 5), "12024-05-01"),
            (Month::new(0, 12), "0001-12-01 BC"),
            (Month::new(-43, 3), "0044-03-01 BC"),
            (LocalTime::MIN.month(), "290309-12-01 BC"),
            (LocalTime::MAX.month(), "294247-01-01"),
        ] {
            assert_eq!(written(|out| time_bucket(out, month)), format!("\"{expected}\""));
            let read = crate::from_wire::time_bucket::parse(expected);
            assert_eq!(read, Some(crate::from_wire::time_bucket::TimeBucket::Month(month)));
        }
    }

    #[test]
    fn stack_counts_are_strings_and_empty_stacks_null() {
        let place = |timeline_count| StackPlace {
            stack: StackId::from_bytes(*b"\x0b\x6f\0\0\0\0\x40\0\x80\0\0\0\0\0\0\x01"),
            is_primary: true,
            timeline_count,
        };
        let shown = "[\"0b6f0000-0000-4000-8000-000000000001\",\"3\"]";
        assert_eq!(written(|out| stack(out, Some(place(3)))), shown);
        assert_eq!(written(|out| stack(out, Some(place(0)))), "null");
        assert_eq!(written(|out| stack(out, None)), "null");
    }
}
