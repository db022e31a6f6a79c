//! Which texts name a moment, and what is wrong with those that do not (contract gumnut §1.4).
//!
//! The published server validates with pydantic, whose reading is followed to the letter, messages
//! included, because programs were written against them: a date, or a date and a time with or
//! without an offset, or a number of seconds or milliseconds since 1970. What has no offset is
//! *naive*: a wall clock. A fraction of a second is cut to microseconds.

use kalends_model::calendar::MICROS_PER_SECOND;
use kalends_model::{
    Bound, CivilDate, CivilDateTime, CivilTime, Instant, LocalTime, Month, Offset,
};

/// Above this, in either direction, a number counts milliseconds instead of seconds.
const SECONDS_MAX: i64 = 20_000_000_000;

/// Why a text names no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADateTime {
    /// The name of the error in a validation answer.
    pub kind: &'static str,
    /// What is wrong, in the published words.
    pub error: &'static str,
    /// What the text was probably meant to be, in our words; mostly empty.
    pub hint: &'static str,
}

impl NotADateTime {
    const EXTRA: Self = Self::date("unexpected extra characters at the end of the input");
    const YEAR_ZERO: Self =
        Self { kind: "datetime_parsing", error: "year 0 is out of range", hint: "" };

    const fn date(error: &'static str) -> Self {
        Self { kind: "datetime_from_date_parsing", error, hint: "" }
    }

    /// The whole message of a validation answer.
    pub fn message(&self) -> String {
        let wanted = match self.kind {
            "datetime_parsing" => "datetime",
            _ => "datetime or date",
        };
        format!("Input should be a valid {wanted}, {}{}", self.error, self.hint)
    }
}

/// The bound that `text`, percent escapes decoded, names.
///
/// The instant of an aware bound may lie just before year 1 or after year 9999. That is no special
/// case, since instants reach much further here.
pub fn parse(text: &str) -> Result<Bound, NotADateTime> {
    read(text).map_err(|error| {
        let hint = if has_lost_its_plus(text) { " (in a URL write + as %2B)" } else { "" };
        NotADateTime { hint, ..error }
    })
}

fn read(text: &str) -> Result<Bound, NotADateTime> {
    if let Some(number) = Number::read(text) {
        return number.bound();
    }
    let (date, rest) = read_date(text.as_bytes())?;
    let (time, offset) = match rest {
        [] => (CivilTime::default(), None),
        _ => read_time(rest).ok_or(NotADateTime::EXTRA)?,
    };
    if date.year == 0 {
        return Err(NotADateTime::YEAR_ZERO);
    }
    let wall = LocalTime::from_civil(CivilDateTime { date, time });
    Ok(match offset {
        None => Bound::Naive(wall),
        Some(offset) => Bound::Aware { instant: offset.instant_of(wall), wall },
    })
}

/// Whether `text` would name a moment if its last space were the `+` of an offset: a `+` that
/// stands unescaped in a query arrives as a space.
fn has_lost_its_plus(text: &str) -> bool {
    let date_and_separator = "2024-01-01 ".len();
    text.rfind(' ').is_some_and(|space| {
        let (before, offset) = (&text[..space], &text[space + 1..]);
        let is_short = text.len() <= 64;
        space >= date_and_separator && is_short && read(&format!("{before}+{offset}")).is_ok()
    })
}

/// Ten bytes of date, and what follows them.
fn read_date(text: &[u8]) -> Result<(CivilDate, &[u8]), NotADateTime> {
    let refused = |error| Err(NotADateTime::date(error));
    let Some((date, rest)) = text.split_first_chunk::<10>() else {
        return refused("input is too short");
    };
    let Some(year) = digits(&date[..4]) else {
        return refused("invalid character in year");
    };
    let separator = "invalid date separator, expected `-`";
    if date[4] != b'-' {
        return refused(separator);
    }
    let Some(month) = digits(&date[5..7]) else {
        return refused("invalid character in month");
    };
    if date[7] != b'-' {
        return refused(separator);
    }
    let Some(day) = digits(&date[8..]) else {
        return refused("invalid character in day");
    };
    if !(1..=12).contains(&month) {
        return refused("month value is outside expected range of 1-12");
    }
    match CivilDate::new(year as i32, month as u8, day as u8) {
        Some(date) => Ok((date, rest)),
        None => refused("day value is outside expected range"),
    }
}

/// The separator after the date, a time of day, and perhaps an offset; nothing may follow.
fn read_time(text: &[u8]) -> Option<(CivilTime, Option<Offset>)> {
    let mut rest = Rest(text);
    rest.one_of(b"Tt _")?;
    let hour = rest.two_digits()?;
    rest.one_of(b":")?;
    let minute = rest.two_digits()?;
    let (mut second, mut micro) = (0, 0);
    if rest.one_of(b":").is_some() {
        second = rest.two_digits()?;
        if rest.one_of(b".,").is_some() {
            micro = rest.fraction(6)? as u32;
        }
    }
    let time = CivilTime::new(hour, minute, second, micro)?;
    let offset = if rest.is_empty() { None } else { Some(rest.offset()?) };
    rest.is_empty().then_some((time, offset))
}

/// What is left to read. Each method takes something off the front, or leaves everything.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn one_of(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        wanted.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn two_digits(&mut self) -> Option<u8> {
        let (two, rest) = self.0.split_first_chunk::<2>()?;
        let value = digits(two)?;
        self.0 = rest;
        Some(value as u8)
    }

    /// At least one digit after a decimal sign, in units of the `places`-th; further ones are cut.
    fn fraction(&mut self, places: usize) -> Option<u64> {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, rest) = self.0.split_at(length);
        self.0 = rest;
        (length > 0).then(|| decimals(fraction, places))
    }

    fn offset(&mut self) -> Option<Offset> {
        if self.one_of(b"Zz").is_some() {
            return Some(Offset::UTC);
        }
        let sign = self.sign()?;
        let hours = self.two_digits().filter(|hours| *hours < 24)?;
        let _ = self.one_of(b":");
        let minutes = self.two_digits().filter(|minutes| *minutes < 60)?;
        Offset::from_seconds(sign * (i32::from(hours) * 3_600 + i32::from(minutes) * 60))
    }

    fn sign(&mut self) -> Option<i32> {
        if let Some(rest) = self.0.strip_prefix("\u{2212}".as_bytes()) {
            self.0 = rest;
            return Some(-1);
        }
        self.one_of(b"+-").map(|sign| if sign == b'-' { -1 } else { 1 })
    }
}

/// A number of seconds, or of milliseconds when it is large, since 1970-01-01T00:00:00Z.
struct Number<'a> {
    is_negative: bool,
    whole: i64,
    /// The digits after the point.
    fraction: &'a [u8],
}

impl<'a> Number<'a> {
    /// A number in decimal notation whose whole part an `i64` holds.
    fn read(text: &'a str) -> Option<Self> {
        let is_negative = text.starts_with('-');
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text).as_bytes();
        let point = unsigned.iter().position(|byte| *byte == b'.').unwrap_or(unsigned.len());
        let (whole, fraction) = unsigned.split_at(point);
        let fraction = fraction.strip_prefix(b".").unwrap_or(fraction);
        let is_number = whole.len() + fraction.len() > 0
            && whole.iter().chain(fraction).all(u8::is_ascii_digit);
        let whole = whole.iter().try_fold(0_i64, |value, digit| {
            value.checked_mul(10)?.checked_add(i64::from(digit.wrapping_sub(b'0')))
        });
        whole.filter(|_| is_number).map(|whole| Self { is_negative, whole, fraction })
    }

    fn bound(&self) -> Result<Bound, NotADateTime> {
        let has_fraction = self.fraction.iter().any(|digit| *digit != b'0');
        let is_millis = self.whole > SECONDS_MAX || (self.whole == SECONDS_MAX && has_fraction);
        let (unit, places) = if is_millis { (1_000, 3) } else { (MICROS_PER_SECOND, 6) };
        let micros =
            i128::from(self.whole) * i128::from(unit) + i128::from(decimals(self.fraction, places));
        let micros = if self.is_negative { -micros } else { micros };
        let start_of = |year| i128::from(Month::new(year, 1).start().micros());
        if micros >= start_of(10_000) {
            let error = "dates after 9999 are not supported as unix timestamps";
            return Err(NotADateTime::date(error));
        }
        if micros < start_of(0) {
            let error = "dates before 0000 are not supported as unix timestamps";
            return Err(NotADateTime::date(error));
        }
        if micros < start_of(1) {
            return Err(NotADateTime::YEAR_ZERO);
        }
        let instant = Instant::from_micros(micros as i64);
        Ok(Bound::Aware { instant, wall: Offset::UTC.local_at(instant) })
    }
}

/// The value of ASCII digits; `None` when something else is among them.
fn digits(text: &[u8]) -> Option<u32> {
    let are_digits = text.iter().all(u8::is_ascii_digit);
    are_digits.then(|| text.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
}

/// The digits after a decimal sign in units of the `places`-th of them; further ones are cut.
fn decimals(fraction: &[u8], places: usize) -> u64 {
    let padded = fraction.iter().copied().chain(std::iter::repeat(b'0'));
    padded.take(places).fold(0, |value, digit| value * 10 + u64::from(digit - b'0'))
}

#[cfg(test)]
pub(crate) mod tests;
