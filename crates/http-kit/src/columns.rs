//! JSON written straight from columns into bytes.
//!
//! A bucket is an object of parallel arrays with thousands of elements each. Building a tree of
//! values first costs several times the writing, so the dialects write arrays with the functions
//! here, each of which appends one JSON value (or a part of a text) to `out`.
//!
//! Numbers are printed as JavaScript prints them: `1`, not `1.0`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use kalends_model::calendar::MICROS_PER_SECOND;
use kalends_model::{CivilDate, CivilDateTime, CivilTime};

/// Writes `[`, each item by `write` with commas between, and `]`.
pub fn array<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'[');
    for item in items {
        write(out, item);
        out.push(b',');
    }
    close(out, b']');
}

/// Writes `"name":`, which needs no escaping.
pub fn key(out: &mut Vec<u8>, name: &'static str) {
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// Ends a list: `bracket` takes the place of a trailing comma, if there is one.
pub fn close(out: &mut Vec<u8>, bracket: u8) {
    match out.last_mut() {
        Some(last) if *last == b',' => *last = bracket,
        _ => out.push(bracket),
    }
}

/// Writes `null`, or the value by `write`.
pub fn nullable<T>(out: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    match value {
        Some(value) => write(out, value),
        None => out.extend_from_slice(b"null"),
    }
}

/// Writes `true` or `false`.
pub fn boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Writes an integer.
pub fn integer(out: &mut Vec<u8>, value: impl itoa::Integer) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Writes a number, the shortest text that reads back as the same; what is not finite is `null`.
pub fn float(out: &mut Vec<u8>, value: f64) {
    if !value.is_finite() {
        return out.extend_from_slice(b"null");
    }
    if value == 0.0 {
        return out.push(b'0');
    }
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value);
    let has_exponent = text.contains('e');
    if has_exponent && (1e-6..1e21).contains(&value.abs()) {
        return out.extend_from_slice(value.to_string().as_bytes());
    }
    out.extend_from_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
}

/// Writes `thousandths / 1000` with at most three decimals and no trailing zeros.
pub fn thousandths(out: &mut Vec<u8>, thousandths: u64) {
    integer(out, thousandths / 1_000);
    let rest = (thousandths % 1_000) as u32;
    if rest != 0 {
        out.push(b'.');
        fraction(out, rest, 3);
    }
}

/// Writes a text in quotes, escaped as JSON wants it.
pub fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut written = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[written..at]);
        written = at + 1;
        escape(out, byte);
    }
    out.extend_from_slice(&bytes[written..]);
    out.push(b'"');
}

fn escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            out.extend_from_slice(b"\\u00");
            return out.extend_from_slice(&HEX[usize::from(byte)]);
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// Writes a UUID in quotes, in lower case with hyphens.
pub fn uuid(out: &mut Vec<u8>, bytes: &[u8; 16]) {
    let mut text = *b"\"00000000-0000-0000-0000-000000000000\"";
    for (byte, at) in bytes.iter().zip(UUID_PLACES) {
        text[at..at + 2].copy_from_slice(&HEX[usize::from(*byte)]);
    }
    out.extend_from_slice(&text);
}

/// Where each byte of a UUID stands in its quoted text.
const UUID_PLACES: [usize; 16] = [1, 3, 5, 7, 10, 12, 15, 17, 20, 22, 25, 27, 29, 31, 33, 35];

const HEX: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    table
};

/// Writes bytes in quotes, in standard base64 with padding.
pub fn base64(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = bytes.len().div_ceil(3) * 4;
    out.push(b'"');
    let start = out.len();
    out.resize(start + length, 0);
    let written = BASE64.encode_slice(bytes, &mut out[start..]);
    debug_assert_eq!(written, Ok(length), "the slice is as long as the text");
    out.push(b'"');
}

/// Writes two digits. `value` is below 100.
pub fn two_digits(out: &mut Vec<u8>, value: u8) {
    out.extend_from_slice(&[b'0' + value / 10 % 10, b'0' + value % 10]);
}

/// Writes `value` with at least `width` digits.
pub fn padded(out: &mut Vec<u8>, value: u64, width: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value);
    for _ in digits.len()..width {
        out.push(b'0');
    }
    out.extend_from_slice(digits.as_bytes());
}

/// Writes `digits` of a fraction's digits without trailing zeros: `fraction(_, 500_000, 6)` is `5`.
/// `value` is above 0 and below 10 to the power of `digits`.
fn fraction(out: &mut Vec<u8>, value: u32, digits: u32) {
    let mut place = 10u32.pow(digits - 1);
    let mut rest = value;
    while rest != 0 {
        out.push(b'0' + (rest / place % 10) as u8);
        rest %= place;
        place /= 10;
    }
}

/// Writes a date as ISO 8601 does, without quotes: `2024-02-01`. Years outside 0 to 9999 have a
/// sign and six digits, `+012024-02-01`; the year 0 is 1 BC.
pub fn date(out: &mut Vec<u8>, date: CivilDate) {
    let year = u64::from(date.year.unsigned_abs());
    if (0..=9_999).contains(&date.year) {
        two_digits(out, (year / 100) as u8);
        two_digits(out, (year % 100) as u8);
    } else {
        out.push(if date.year < 0 { b'-' } else { b'+' });
        padded(out, year, 6);
    }
    out.push(b'-');
    two_digits(out, date.month);
    out.push(b'-');
    two_digits(out, date.day);
}

/// Writes a time of day without quotes, `09:30:01.25`: the fraction only when it is not 0, without
/// trailing zeros.
pub fn clock(out: &mut Vec<u8>, time: CivilTime) {
    let mut text = *b"00:00:00";
    for (at, value) in [(0, time.hour), (3, time.minute), (6, time.second)] {
        text[at] = b'0' + value / 10;
        text[at + 1] = b'0' + value % 10;
    }
    out.extend_from_slice(&text);
    if time.micro != 0 {
        out.push(b'.');
        fraction(out, time.micro, 6);
    }
}

/// Writes a date and time without quotes and without zone: `2024-02-01T09:30:01.25`.
pub fn date_time(out: &mut Vec<u8>, at: CivilDateTime) {
    date(out, at.date);
    out.push(b'T');
    clock(out, at.time);
}

/// Rounds microseconds down to whole milliseconds.
pub fn floor_to_millis(micros: i64) -> i64 {
    const MICROS_PER_MILLI: i64 = MICROS_PER_SECOND / 1_000;
    // The earliest of all times has no whole millisecond below it.
    micros.checked_sub(micros.rem_euclid(MICROS_PER_MILLI)).unwrap_or(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn arrays_of_none_one_and_several_are_closed() {
        for (items, expected) in [(vec![], "[]"), (vec![1], "[1]"), (vec![1, -2, 3], "[1,-2,3]")] {
            assert_eq!(written(|out| array(out, items, integer)), expected);
        }
        let nested = written(|out| array(out, [0, 1], |out, n| array(out, vec![7; n], integer)));
        assert_eq!(nested, "[[],[7]]");
        let nulls = written(|out| {
            array(out, [Some(true), None], |out, item| nullable(out, item, boolean));
        });
        assert_eq!(nulls, "[true,null]");
    }

    #[test]
    fn numbers_print_as_in_javascript() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-9.75, "-9.75"),
            (5.5, "5.5"),
            (0.65, "0.65"),
            (1.333, "1.333"),
            (100_000_000_000_000_000.0, "100000000000000000"),
            (0.000_001, "0.000001"),
            (0.000_002_5, "0.0000025"),
            (-33.8688, "-33.8688"),
            (f64::NAN, "null"),
            (f64::INFINITY, "null"),
        ] {
            assert_eq!(written(|out| float(out, value)), expected);
        }
        for value in [1e-7, 1e21, f64::MAX, f64::MIN_POSITIVE, 1.0 / 3.0, 5e-324] {
            let text = written(|out| float(out, value));
            assert_eq!(serde_json::from_str::<f64>(&text).unwrap(), value, "{text}");
        }
    }

    #[test]
    fn thousandths_lose_trailing_zeros() {
        for (value, expected) in [
            (0, "0"),
            (1, "0.001"),
            (50, "0.05"),
            (750, "0.75"),
            (1_000, "1"),
            (1_333, "1.333"),
            (10_000, "10"),
            (1_100, "1.1"),
        ] {
            assert_eq!(written(|out| thousandths(out, value)), expected);
        }
    }

    #[test]
    fn strings_read_back_as_they_were() {
        let all: String = (0u32..0x250).chain(0x2020..0x2030).filter_map(char::from_u32).collect();
        for text in ["", "Lyon", "L'Aquila \"x\" \\ é 東京", "\u{1f600}\n", all.as_str()] {
            let json = written(|out| string(out, text));
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
            assert_eq!(json, serde_json::to_string(text).unwrap());
        }
    }

    #[test]
    fn uuids_are_lower_case_with_hyphens() {
        let bytes = *b"\x01\x23\x45\x67\x89\xab\x4d\xef\x80\x00\xff\xfe\x00\x10\x20\x30";
        let expected = "\"01234567-89ab-4def-8000-fffe00102030\"";
        assert_eq!(written(|out| uuid(out, &bytes)), expected);
    }

    #[test]
    fn base64_is_padded() {
        for (bytes, expected) in [
            (&b""[..], "\"\""),
            (b"f", "\"Zg==\""),
            (b"fo", "\"Zm8=\""),
            (b"foo", "\"Zm9v\""),
            (b"\xfb\xff\xfe", "\"+//+\""),
        ] {
            assert_eq!(written(|out| base64(out, bytes)), expected);
        }
    }

    #[test]
    fn dates_of_every_year_are_iso() {
        for (year, expected) in [
            (2024, "2024-02-01"),
            (1, "0001-02-01"),
            (0, "0000-02-01"),
            (999, "0999-02-01"),
            (9_999, "9999-02-01"),
            (10_000, "+010000-02-01"),
            (12_024, "+012024-02-01"),
            (292_000, "+292000-02-01"),
            (-43, "-000043-02-01"),
        ] {
            let day = CivilDate::new(year, 2, 1).unwrap();
            assert_eq!(written(|out| date(out, day)), expected);
        }
    }

    #[test]
    fn fractions_of_a_second_are_trimmed() {
        for (micro, expected) in [
            (0, "09:08:07"),
            (500_000, "09:08:07.5"),
            (123_000, "09:08:07.123"),
            (1, "09:08:07.000001"),
            (10_010, "09:08:07.01001"),
        ] {
            let time = CivilTime::new(9, 8, 7, micro).unwrap();
            assert_eq!(written(|out| clock(out, time)), expected);
        }
    }

    #[test]
    fn milliseconds_are_floored_also_before_1970() {
        for (micros, floored) in
            [(0, 0), (1, 0), (999, 0), (1_000, 1_000), (-1, -1_000), (-1_000, -1_000)]
        {
            assert_eq!(floor_to_millis(micros), floored);
        }
        assert_eq!(floor_to_millis(i64::MIN), i64::MIN);
        assert_eq!(floor_to_millis(i64::MAX) % 1_000, 0);
    }
}
