//! The parameter `timeBucket`: which month is asked for (contract immich §A5).
//!
//! Upstream hands the text to its database as a point in time and compares that with the starts of
//! months. So many spellings name a month, a time that starts no month names an empty one, and only
//! text that is no time at all is an error. What `/timeline/buckets` prints is always understood.

use kalends_model::calendar::MICROS_PER_DAY;
use kalends_model::{CivilDate, Month};

/// What the text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeBucket {
    /// The first instant of this month.
    Month(Month),
    /// Another time: no month starts there, so nothing lies in it.
    NoMonth,
}

/// The longest text that is looked at.
const TEXT_BYTES_MAX: usize = 80;
/// Years beyond this are no dates, as upstream's database has it, and nothing can lie in them.
const YEAR_MAX: i64 = 294_276;
const SECOND: i64 = 1_000_000;

/// Reads the text, or returns `None` when it is no time.
pub fn parse(text: &str) -> Option<TimeBucket> {
    if text.len() > TEXT_BYTES_MAX {
        return None;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let trimmed = unsigned.trim_matches(|c: char| c.is_ascii_whitespace());
    match trimmed.to_ascii_lowercase().as_str() {
        // The moment of asking, and the ends of time: all times, and no month starts there.
        "now" | "infinity" | "-infinity" => return Some(TimeBucket::NoMonth),
        "epoch" => return Some(TimeBucket::Month(Month::new(1970, 1))),
        _ => {}
    }
    let micros_utc = Cursor(trimmed.as_bytes()).point_in_time()?;
    Some(month_starting_at(micros_utc))
}

fn month_starting_at(micros_utc: i128) -> TimeBucket {
    let day = i128::from(MICROS_PER_DAY);
    let is_midnight = micros_utc.rem_euclid(day) == 0;
    let Ok(days) = i64::try_from(micros_utc.div_euclid(day)) else { return TimeBucket::NoMonth };
    let date = CivilDate::from_days_since_epoch(days);
    if is_midnight && date.day == 1 {
        TimeBucket::Month(Month::new(date.year, date.month))
    } else {
        TimeBucket::NoMonth
    }
}

/// What is left of the text. Every method takes what it reads off the front; one that returns
/// `None` has found what it may not.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    /// `date [time] [zone] [era]`, as microseconds since 1970 in UTC.
    fn point_in_time(mut self) -> Option<i128> {
        let written = self.date()?;
        let time = self.time()?;
        let zone = self.zone()?;
        let is_before_christ = self.era()?;
        let has_more = !self.0.is_empty();
        if has_more || written.year == 0 {
            return None;
        }
        let year = if is_before_christ { 1 - written.year } else { written.year };
        let date = CivilDate::new(i32::try_from(year).ok()?, written.month, written.day)?;
        let midnight = i128::from(date.days_since_epoch()) * i128::from(MICROS_PER_DAY);
        Some(midnight + i128::from(time) - i128::from(zone))
    }

    /// `YYYY-MM-DD` with any number of digits from three for the year, with `/` for `-`, or
    /// `YYYYMMDD`.
    fn date(&mut self) -> Option<WrittenDate> {
        let first = self.digits();
        if let Some(separator @ (b'-' | b'/')) = self.0.first().copied() {
            // Fewer than three digits could be a day or a month.
            let year = number(first).filter(|year| *year <= YEAR_MAX && first.len() >= 3)?;
            self.take(separator);
            let month = self.short_number()?;
            self.take(separator).then_some(())?;
            let day = self.short_number()?;
            return Some(WrittenDate { year, month, day });
        }
        if first.len() != 8 {
            return None;
        }
        let part = |range| number(&first[range]);
        let (month, day) = (part(4..6)? as u8, part(6..8)? as u8);
        Some(WrittenDate { year: part(0..4)?, month, day })
    }

    /// Nothing, or `T` or blanks and then `HH`, `HH:MM`, `HH:MM:SS`, `HHMM` or `HHMMSS`, with a
    /// fraction after the seconds; as microseconds.
    fn time(&mut self) -> Option<i64> {
        let has_letter = self.take(b'T') || self.take(b't');
        self.blanks();
        let digits = self.digits();
        let (hour, minute, second) = match digits.len() {
            0 => return (!has_letter).then_some(0),
            1 | 2 if self.take(b':') => {
                let minute = self.short_number()?;
                let second = if self.take(b':') { self.short_number()? } else { 0 };
                (number(digits)?, i64::from(minute), i64::from(second))
            }
            2 if has_letter => (number(digits)?, 0, 0),
            4 if has_letter => (number(&digits[..2])?, number(&digits[2..])?, 0),
            6 if has_letter => {
                (number(&digits[..2])?, number(&digits[2..4])?, number(&digits[4..])?)
            }
            _ => return None,
        };
        let fraction = self.fraction()?;
        let exists = minute < 60 && second <= 60;
        let micros = ((hour * 60 + minute) * 60 + second) * SECOND + fraction;
        // 24:00:00 is the next day's midnight, and nothing lies beyond.
        (exists && micros <= MICROS_PER_DAY).then_some(micros)
    }

    /// Nothing, or `.` and digits; rounded to microseconds.
    fn fraction(&mut self) -> Option<i64> {
        if !self.take(b'.') {
            return Some(0);
        }
        let mut digits = self.digits().to_vec();
        digits.resize(7, b'0');
        number(&digits).map(|tenths| (tenths + 5) / 10)
    }

    /// Nothing, or `Z`, `UTC`, `GMT` or `±HH`, `±HH:MM`, `±HH:MM:SS`, `±HHMM`; as microseconds
    /// east.
    fn zone(&mut self) -> Option<i64> {
        self.blanks();
        for name in ["UTC", "GMT", "Z"] {
            if self.take_word(name) {
                return Some(0);
            }
        }
        let sign = if self.take(b'+') {
            1
        } else if self.take(b'-') {
            -1
        } else {
            return Some(0);
        };
        let digits = self.digits();
        let (hours, minutes, seconds) = match digits.len() {
            1 | 2 => {
                let minutes = if self.take(b':') { self.short_number()? } else { 0 };
                let seconds = if self.take(b':') { self.short_number()? } else { 0 };
                (number(digits)?, i64::from(minutes), i64::from(seconds))
            }
            4 => (number(&digits[..2])?, number(&digits[2..])?, 0),
            _ => return None,
        };
        let exists = hours < 16 && minutes < 60 && seconds < 60;
        exists.then_some(sign * ((hours * 60 + minutes) * 60 + seconds) * SECOND)
    }

    /// Nothing, `AD` or `BC`: whether years count backwards.
    fn era(&mut self) -> Option<bool> {
        self.blanks();
        let is_before_christ = self.take_word("BC");
        if !is_before_christ {
            self.take_word("AD");
        }
        Some(is_before_christ)
    }

    fn blanks(&mut self) {
        self.0 = self.0.trim_ascii_start();
    }

    fn take(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        match self.0.split_at_checked(word.len()) {
            Some((start, rest)) if start.eq_ignore_ascii_case(word.as_bytes()) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }
}

impl<'a> Cursor<'a> {
    fn digits(&mut self) -> &'a [u8] {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        digits
    }

    /// One or two digits.
    fn short_number(&mut self) -> Option<u8> {
        let digits = self.digits();
        (digits.len() <= 2).then(|| number(digits)).flatten().map(|number| number as u8)
    }
}

/// A date as written, not yet known to exist.
struct WrittenDate {
    year: i64,
    month: u8,
    day: u8,
}

/// The number that digits spell; `None` without any, or when there are too many.
fn number(digits: &[u8]) -> Option<i64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(year: i32, month: u8) -> Option<TimeBucket> {
        Some(TimeBucket::Month(Month::new(year, month)))
    }

    #[test]
    fn many_spellings_name_one_month() {
        for text in [
            "2024-02-01",
            "2024-02-01T00:00:00.000Z",
            "2024-02-01T00:00:00Z",
            "2024-02-01T00:00:00",
            "2024-02-01T00:00",
            "2024-02-01t00:00:00z",
            "2024-02-01 00:00:00+00",
            "2024-02-01 00:00:00 UTC",
            "2024-02-01 0:00",
            "2024-02-01Z",
            "20240201",
            "20240201T000000",
            "20240201T0000Z",
            "2024-2-1",
            "2024/02/01",
            "002024-02-01",
            "+2024-02-01",
            "-2024-02-01",
            "  2024-02-01  ",
            "2024-02-01 AD",
            "2024-02-01T02:00:00+02:00",
            "2024-02-01T05:45:00+05:45",
            "2024-02-01T05:45:00+0545",
            "2024-01-31T19:00:00-05",
            "2024-01-31T24:00:00Z",
            "2024-01-31T23:59:60",
            "2024-02-01T00:00:00.0000004",
        ] {
            assert_eq!(parse(text), month(2024, 2), "{text}");
        }
    }

    #[test]
    fn years_of_any_length_and_era_are_understood() {
        for (text, year) in [
            ("0001-02-01", 1),
            ("999-02-01", 999),
            ("0999-02-01", 999),
            ("12024-02-01", 12_024),
            ("+12024-02-01", 12_024),
            ("012024-02-01T00:00:00.000Z", 12_024),
            ("292000-02-01", 292_000),
            ("0001-02-01 BC", 0),
            ("0044-02-01 BC", -43),
            ("0044-02-01 00:00:00+00 bc", -43),
            ("290000-02-01 BC", -289_999),
        ] {
            assert_eq!(parse(text), month(year, 2), "{text}");
        }
    }

    #[test]
    fn other_times_name_no_month() {
        for text in [
            "2024-01-15",
            "2024-02-01T00:00:01Z",
            "2024-02-01T00:00:00.001Z",
            "2024-02-01T00:00:00+02:00",
            "2024-05-01T00:00:00+02:00",
            "now",
            " NOW ",
            "infinity",
            "-infinity",
        ] {
            assert_eq!(parse(text), Some(TimeBucket::NoMonth), "{text}");
        }
        assert_eq!(parse("epoch"), month(1970, 1));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            " ",
            "+",
            "foo",
            "2024",
            "2024-01",
            "2024-13-01",
            "2024-00-01",
            "2024-02-30",
            "2023-02-29",
            "0000-01-01",
            "0000-01-01 BC",
            "24-01-01",
            "2024-01-01x",
            "2024-01-01T",
            "2024-01-01T25:00",
            "2024-01-01T24:00:01",
            "2024-01-01T00:60",
            "2024-01-01T00:00:61",
            "2024-01-01T00:00:00+16",
            "2024-01-01T00:00:00+02:60",
            "2024-01-01T00:00:00 02:00",
            "2024-01-01T00:00:00 Europe/Paris",
            "2024-01/01",
            "2024-001-01",
            "202401",
            "1706745600",
            "2024-05-01\0",
            "２０２４-01-01",
            "++2024-01-01",
            "294277-01-01",
            "99999999999999999999-01-01",
            "today",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
        assert_eq!(parse(&"2".repeat(10_000)), None);
        assert_eq!(parse(&format!("2024-01-01T00:00:00.{}", "0".repeat(70))), None);
    }

    #[test]
    fn no_cut_of_a_good_text_panics() {
        let text = "+0044-03-01T00:00:00.000000+05:45:30 BC";
        for start in 0..text.len() {
            for end in start..=text.len() {
                let _ = parse(&text[start..end]);
            }
        }
    }
}
