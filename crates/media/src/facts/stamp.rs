//! Dates as files write them, and dates in file names.
//!
//! A usable date has a date and a time of day (contract immich §E1). A date alone, a time alone and
//! a day that no calendar has are no dates.

use kalends_model::{
    CaptureTime, CivilDate, CivilDateTime, CivilTime, DateSource, Instant, LocalTime, Offset,
};

/// A date and time as it was written, with the offset that was written behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub local: LocalTime,
    pub offset: Option<Offset>,
}

impl Stamp {
    /// The clock of UTC at an instant, said to be just that.
    pub(super) fn utc(instant: Instant) -> Self {
        Self { local: LocalTime::from_micros(instant.micros()), offset: Some(Offset::UTC) }
    }
}

/// The largest distance from UTC that any clock has had is below 16 hours.
const OFFSET_SECONDS_LIMIT: i32 = 16 * 3_600;

/// `2019:07:04 12:34:56.789+02:00` and its many cousins: `-`, `/` or `.` between the parts of the
/// date, `T` before the time, no seconds, `Z` behind.
pub(super) fn parse_stamp(text: &str) -> Option<Stamp> {
    let mut rest = Cursor::new(text);
    let year = rest.number(4, 6)?;
    let separator = rest.one_of(":-/.")?;
    let month = rest.number(1, 2)?;
    rest.one_of(separator.encode_utf8(&mut [0; 4]))?;
    let day = rest.number(1, 2)?;
    let date = civil_date(year, month, day)?;
    rest.one_of("Tt ")?;
    rest.skip_spaces();
    let time = parse_time(&mut rest)?;
    let offset = parse_rest_offset(rest.0)?;
    Some(Stamp { local: LocalTime::from_civil(CivilDateTime { date, time }), offset })
}

fn parse_time(rest: &mut Cursor) -> Option<CivilTime> {
    let hour = rest.number(1, 2)?;
    rest.one_of(":.")?;
    let minute = rest.number(1, 2)?;
    let (mut second, mut micro) = (0, 0);
    if rest.one_of(":").is_some() {
        second = rest.number(1, 2)?;
        if rest.one_of(".,").is_some() {
            micro = micros_of(rest.digits());
        }
    }
    CivilTime::new(hour as u8, minute as u8, second as u8, micro)
}

/// Nothing, or an offset; anything else makes the whole text no date.
fn parse_rest_offset(text: &str) -> Option<Option<Offset>> {
    if text.trim().is_empty() { Some(None) } else { parse_offset(text).map(Some) }
}

/// Digits behind a decimal point as microseconds, truncated.
pub(super) fn micros_of(digits: &str) -> u32 {
    let digits = digits.bytes().take_while(u8::is_ascii_digit).chain(std::iter::repeat(b'0'));
    digits.take(6).fold(0, |micros, digit| micros * 10 + u32::from(digit - b'0'))
}

/// `+05:45`, `-09:30`, `+1300`, `+5:30`, `+2`, `Z`, `UTC`, `GMT+2`.
pub(super) fn parse_offset(text: &str) -> Option<Offset> {
    let text = text.trim();
    if ["Z", "z", "UTC", "GMT"].contains(&text) {
        return Some(Offset::UTC);
    }
    let text = text.strip_prefix("UTC").or(text.strip_prefix("GMT")).unwrap_or(text);
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let mut rest = Cursor::new(text.trim_start_matches(['+', '-', '−']));
    let digits = rest.digits();
    let (hours, minutes) = match (digits.len(), rest.one_of(":")) {
        (1 | 2, Some(_)) => (digits.parse::<i32>().ok()?, rest.number(2, 2)?),
        (1 | 2, None) => (digits.parse().ok()?, 0),
        (4, None) => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    if !rest.0.is_empty() || minutes > 59 {
        return None;
    }
    let seconds = hours * 3_600 + minutes * 60;
    (seconds < OFFSET_SECONDS_LIMIT).then(|| Offset::from_seconds(sign * seconds)).flatten()
}

/// The offset of so many minutes, as some makers' own tags say it.
pub(super) fn offset_of_minutes(minutes: i64) -> Option<Offset> {
    let seconds = i32::try_from(minutes.checked_mul(60)?).ok()?;
    (seconds.abs() < OFFSET_SECONDS_LIMIT).then(|| Offset::from_seconds(seconds)).flatten()
}

fn civil_date(year: i32, month: i32, day: i32) -> Option<CivilDate> {
    let is_set = year > 0;
    is_set.then(|| CivilDate::new(year, month as u8, day as u8)).flatten()
}

/// The date of a file name such as `IMG_20190704_123456.jpg`, `2019-07-04 12.34.56.png` or
/// `IMG-20190704-WA0007.jpg`. A name without a time of day gives 00:00:00, the start of its day.
/// Its offset is unknown. Years 1900 to 2100, as whole runs of digits; the first match counts.
pub fn date_from_file_name(file_name: &str) -> Option<CaptureTime> {
    let bytes = file_name.as_bytes();
    let starts = (0..bytes.len())
        .filter(|&at| bytes[at].is_ascii_digit() && (at == 0 || !bytes[at - 1].is_ascii_digit()));
    let mut day_alone = None;
    for start in starts {
        // The cut is at an ASCII digit, so it lies between characters.
        let mut rest = Cursor::new(&file_name[start..]);
        let Some(date) = name_date(&mut rest) else { continue };
        let Some(time) = name_time(rest) else {
            day_alone = day_alone.or(Some(date));
            continue;
        };
        return Some(from_name(date, time));
    }
    day_alone.map(|date| from_name(date, CivilTime::default()))
}

fn from_name(date: CivilDate, time: CivilTime) -> CaptureTime {
    CaptureTime {
        local: LocalTime::from_civil(CivilDateTime { date, time }),
        offset: None,
        source: DateSource::FileName,
    }
}

/// `20190704`, `2019-07-04`, `2019_07_04`, `2019.07.04`, and `20190704123456` up to its day.
fn name_date(rest: &mut Cursor) -> Option<CivilDate> {
    let year = rest.number_exact(4)?;
    let separator = rest.one_of("-_.");
    let month = rest.number_exact(2)?;
    if let Some(separator) = separator {
        rest.one_of(separator.encode_utf8(&mut [0; 4]))?;
    }
    let day = rest.number_exact(2)?;
    let run = rest.peek_digits();
    let is_whole = run == 0 || (separator.is_none() && matches!(run, 6 | 9));
    let is_plausible = is_whole && (1900..=2100).contains(&year);
    is_plausible.then(|| civil_date(year, month, day)).flatten()
}

/// `_123456`, `-12-34-56`, ` 12.34.56`, ` at 12.34.56`, `T123456`, or the digits alone; three more
/// digits are milliseconds.
fn name_time(mut rest: Cursor) -> Option<CivilTime> {
    for between in [" at ", "_at_", "--", " - ", "_", "-", " ", ".", "T"] {
        if rest.skip_text(between) {
            break;
        }
    }
    let hour = rest.number_exact(2)?;
    let separator = rest.one_of("-_.:hH");
    let minute = rest.number_exact(2)?;
    if let Some(separator) = separator {
        rest.one_of(if matches!(separator, 'h' | 'H') { "mM" } else { "-_.:" })?;
    }
    let second = rest.number_exact(2)?;
    // `PXL_20210102_030405678` and `2021-01-02-03-04-05-678`.
    if separator.is_some() && rest.peek_digits() == 0 {
        let mut after = Cursor(rest.0);
        if after.one_of("-._").is_some() && after.peek_digits() == 3 {
            rest = after;
        }
    }
    let micro = match rest.peek_digits() {
        0 => 0,
        3 => micros_of(rest.digits()),
        _ => return None,
    };
    CivilTime::new(hour as u8, minute as u8, second as u8, micro)
}

/// A text being read from the left.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    fn new(text: &'a str) -> Self {
        Self(text.trim_matches(|c: char| c.is_whitespace() || c == '\0'))
    }

    fn peek_digits(&self) -> usize {
        self.0.bytes().take_while(u8::is_ascii_digit).count()
    }

    fn digits(&mut self) -> &'a str {
        let (digits, rest) = self.0.split_at(self.peek_digits());
        self.0 = rest;
        digits
    }

    /// A run of digits of a length within these bounds, which are at most 9.
    fn number(&mut self, least: usize, most: usize) -> Option<i32> {
        (least..=most).contains(&self.peek_digits()).then(|| self.digits().parse().ok())?
    }

    /// The first `count` digits of a run.
    fn number_exact(&mut self, count: usize) -> Option<i32> {
        if self.peek_digits() < count {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        digits.parse().ok()
    }

    fn one_of(&mut self, set: &str) -> Option<char> {
        let first = self.0.chars().next().filter(|c| set.contains(*c))?;
        self.0 = &self.0[first.len_utf8()..];
        Some(first)
    }

    fn skip_text(&mut self, text: &str) -> bool {
        let rest = self.0.strip_prefix(text);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn skip_spaces(&mut self) {
        self.0 = self.0.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shown = match parse_stamp(text) {
            Some(Stamp { local, offset }) => match offset {
                Some(offset) => format!("{local:?} {}", offset.seconds()),
                None => format!("{local:?}"),
            },
            None => "none".to_owned(),
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn dates_are_read_in_the_forms_that_files_hold() {
        check("2019:07:04 12:34:56", "2019-07-04T12:34:56.000000");
        check("2019:07:04 12:34:56\0", "2019-07-04T12:34:56.000000");
        check("2019-07-04T12:34:56.7899999+02:00", "2019-07-04T12:34:56.789999 7200");
        check("2020:01:05 15:04Z", "2020-01-05T15:04:00.000000 0");
        check("2008:05:25 19:31:26.0+1:00", "2008-05-25T19:31:26.000000 3600");
        check("2019/07/04 1:02:03", "2019-07-04T01:02:03.000000");
        check("2019-02-12T15:27:12+0800", "2019-02-12T15:27:12.000000 28800");
        check("171546:07:25 01:02:03", "171546-07-25T01:02:03.000000");
        check("0001:01:01 00:00:00", "0001-01-01T00:00:00.000000");
    }

    #[test]
    fn impossible_and_partial_dates_are_none() {
        for text in [
            "",
            "2019:07:04",
            "12:34:56",
            "0000:00:00 00:00:00",
            "0000:01:01 00:00:00",
            "    :  :     :  :  ",
            "2023:13:13 10:10:10",
            "2023:02:29 10:10:10",
            "2023:02:28 24:00:00",
            "2023:02:28 10:60:00",
            "2023:02:28 10:10:10 PM",
            "2023:02:28 10:10:10+25:00",
            "2023-02:28 10:10:10",
            "99999999:02:28 10:10:10",
        ] {
            check(text, "none");
        }
    }

    #[test]
    fn offsets_are_read_however_they_are_written() {
        for (text, seconds) in [
            ("+05:45", Some(20_700)),
            ("-09:30", Some(-34_200)),
            ("−09:30", Some(-34_200)),
            ("-00:30", Some(-1_800)),
            ("+13:00", Some(46_800)),
            ("+5:30", Some(19_800)),
            ("-0530", Some(-19_800)),
            ("+2", Some(7_200)),
            ("Z", Some(0)),
            ("UTC", Some(0)),
            ("GMT+2", Some(7_200)),
            ("+16:00", None),
            ("+02:60", None),
            ("02:00", None),
            ("+", None),
            ("+2:0", None),
            ("   ", None),
        ] {
            let expected = seconds.map(|seconds| Offset::from_seconds(seconds).unwrap());
            assert_eq!(parse_offset(text), expected, "{text}");
        }
    }

    #[track_caller]
    fn check_name(name: &str, expected: &str) {
        let shown = date_from_file_name(name).map(|date| {
            assert_eq!((date.offset, date.source), (None, DateSource::FileName));
            format!("{:?}", date.local)
        });
        assert_eq!(shown.as_deref().unwrap_or("none"), expected, "{name}");
    }

    #[test]
    fn file_names_of_phones_and_messengers_hold_dates() {
        check_name("IMG_20190704_123456.jpg", "2019-07-04T12:34:56.000000");
        check_name("IMG-20190704-WA0007.jpg", "2019-07-04T00:00:00.000000");
        check_name("PXL_20210102_030405678.jpg", "2021-01-02T03:04:05.678000");
        check_name("PXL_20210102_030405678.MP.jpg", "2021-01-02T03:04:05.678000");
        check_name("2019-07-04 12.34.56.png", "2019-07-04T12:34:56.000000");
        check_name("2019-07-04 12.34.56-1.png", "2019-07-04T12:34:56.000000");
        check_name("Screenshot_2020-01-02-03-04-05.png", "2020-01-02T03:04:05.000000");
        check_name("Screenshot_2020-01-02-03-04-05-678_com.x.png", "2020-01-02T03:04:05.678000");
        check_name("Screenshot_20200102-030405_App.jpg", "2020-01-02T03:04:05.000000");
        check_name("Screen Shot 2016-05-06 at 07.08.09.png", "2016-05-06T07:08:09.000000");
        check_name("signal-2021-03-04-050607.jpg", "2021-03-04T05:06:07.000000");
        check_name("signal-2021-03-04-05-06-07-089.jpg", "2021-03-04T05:06:07.089000");
        check_name("20190704123456.mp4", "2019-07-04T12:34:56.000000");
        check_name("VID_20190704_123456_1.mp4", "2019-07-04T12:34:56.000000");
        check_name("WhatsApp Image 2019-07-04 at 12.34.56.jpeg", "2019-07-04T12:34:56.000000");
        check_name("2019-07-04_Urlaub.jpg", "2019-07-04T00:00:00.000000");
        check_name("1_20190704.jpg", "2019-07-04T00:00:00.000000");
        check_name("Fête 2019-07-04.jpg", "2019-07-04T00:00:00.000000");
        check_name("2018-01-01 IMG_20190704_123456.jpg", "2019-07-04T12:34:56.000000");
    }

    #[test]
    fn other_numbers_in_names_are_no_dates() {
        for name in [
            "",
            "IMG_1234.jpg",
            "IMG_18990704_123456.jpg",
            "IMG_21010704_123456.jpg",
            "DSC20191304.jpg",
            "120190704.jpg",
            "201907041.jpg",
            "1562236496000.jpg",
            "2019.jpg",
            "2019-07.jpg",
            "20190230.jpg",
            "12345678901234567890.jpg",
            "é.jpg",
        ] {
            check_name(name, "none");
        }
        // A time of day that cannot be leaves the day.
        check_name("IMG_20190704_993456.jpg", "2019-07-04T00:00:00.000000");
    }
}
