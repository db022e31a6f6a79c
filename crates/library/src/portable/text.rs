//! How ids, times and bytes are written as text, exactly, and read back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kalends_model::{AssetId, CivilDate, CivilDateTime, CivilTime, LocalTime};

/// An id of any kind, from its 16 bytes.
pub(super) fn id(bytes: &[u8]) -> Option<String> {
    Some(AssetId::from_bytes(bytes.try_into().ok()?).to_string())
}

/// The bytes of a UUID of version 4: clients refuse others.
pub(super) fn read_id(text: &str) -> Option<Vec<u8>> {
    let id: AssetId = text.parse().ok()?;
    (id.uuid().get_version_num() == 4).then(|| id.bytes().to_vec())
}

/// A wall clock, in ISO 8601 to the microsecond. Years that have not four digits are written with a
/// sign and six. A fraction of zero is left out.
pub(super) fn wall_clock(micros: i64) -> String {
    let CivilDateTime { date, time } = LocalTime::from_micros(micros).civil();
    let mut text = civil_date(date);
    text.push_str(&format!("T{:02}:{:02}:{:02}", time.hour, time.minute, time.second));
    if time.micro != 0 {
        text.push_str(&format!(".{:06}", time.micro));
    }
    text
}

/// A day.
pub(super) fn day(days: i64) -> String {
    civil_date(CivilDate::from_days_since_epoch(days))
}

fn civil_date(date: CivilDate) -> String {
    let CivilDate { year, month, day } = date;
    match year {
        0..=9_999 => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:+07}-{month:02}-{day:02}"),
    }
}

/// Microseconds since 1970 of what [`wall_clock`] writes; a fraction may have one to six digits.
pub(super) fn read_wall_clock(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let (clock, fraction) = match time.split_once('.') {
        Some((clock, fraction)) => (clock, read_fraction(fraction)?),
        None => (time, 0),
    };
    let mut parts = clock.split(':');
    let mut part = || digits(parts.next()?, 2).and_then(|number| u8::try_from(number).ok());
    let time = CivilTime::new(part()?, part()?, part()?, fraction)?;
    if parts.next().is_some() {
        return None;
    }
    let civil = CivilDateTime { date: read_date(date)?, time };
    let micros = civil.micros_since_epoch();
    // Beyond the ends of what can be held it would be another time.
    (LocalTime::from_micros(micros).civil() == civil).then_some(micros)
}

/// Days since 1970 of what [`day`] writes.
pub(super) fn read_day(text: &str) -> Option<i64> {
    Some(read_date(text)?.days_since_epoch())
}

fn read_date(text: &str) -> Option<CivilDate> {
    let (sign, unsigned) = match text.as_bytes().first()? {
        b'+' => (Some(1), &text[1..]),
        b'-' => (Some(-1), &text[1..]),
        _ => (None, text),
    };
    let mut parts = unsigned.split('-');
    let year = digits(parts.next()?, if sign.is_some() { 6 } else { 4 })?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    if parts.next().is_some() {
        return None;
    }
    CivilDate::new(sign.unwrap_or(1) * year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

/// A number of exactly so many digits, which are at most nine.
fn digits(text: &str, count: usize) -> Option<i32> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn read_fraction(text: &str) -> Option<u32> {
    let is_fraction = (1..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_fraction.then(|| format!("{text:0<6}").parse().ok()).flatten()
}

/// An instant: the clock of UTC, and `Z`.
pub(super) fn instant(micros: i64) -> String {
    wall_clock(micros) + "Z"
}

/// Microseconds since 1970 of what [`instant`] writes.
pub(super) fn read_instant(text: &str) -> Option<i64> {
    read_wall_clock(text.strip_suffix('Z')?)
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of hexadecimal digits, in either case.
pub(super) fn read_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?));
    if rest.is_empty() { bytes.collect() } else { None }
}

/// Bytes as base64.
pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of base64.
pub(super) fn read_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_that_can_be_held_is_written_exactly() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00"),
            (-1, "1969-12-31T23:59:59.999999"),
            (1_500_000, "1970-01-01T00:00:01.500000"),
            (253_402_300_800_000_000, "+010000-01-01T00:00:00"),
            (-62_167_219_200_000_001, "-000001-12-31T23:59:59.999999"),
            (i64::MAX, "+294247-01-10T04:00:54.775807"),
            (i64::MIN, "-290308-12-21T19:59:05.224192"),
        ] {
            assert_eq!(wall_clock(micros), text);
            assert_eq!(read_wall_clock(text), Some(micros));
            assert_eq!(read_instant(&instant(micros)), Some(micros));
        }
        assert_eq!(read_wall_clock("2024-02-01T10:00:00.5"), Some(1_706_781_600_500_000));
        assert_eq!((day(19_754).as_str(), read_day("2024-02-01")), ("2024-02-01", Some(19_754)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "T",
            "2024-02-01",
            "2024-02-01 10:00:00",
            "2024-02-30T10:00:00",
            "2024-02-01T24:00:00",
            "2024-02-01T10:00",
            "2024-2-1T10:00:00",
            "24-02-01T10:00:00",
            "2024-02-01T10:00:00.",
            "2024-02-01T10:00:00.1234567",
            "2024-02-01T10:00:00+01:00",
            "2024-02-01T10:00:00Z",
            "+2024-02-01T10:00:00",
            "-0001-02-01T10:00:00",
            "+294247-01-10T04:00:54.775808",
            "-290308-12-21T19:59:05.224191",
            "+999999-01-01T00:00:00",
            "2024-02-01T1é:00:00",
            "é",
            "2024-02-01-01T10:00:00",
        ] {
            assert_eq!(read_wall_clock(text), None, "{text:?}");
        }
        assert_eq!(read_instant("2024-02-01T10:00:00"), None, "an instant says so");
    }

    #[test]
    fn ids_and_bytes_round_trip() {
        let written = "a0000000-0000-4000-8000-000000000001";
        assert_eq!(id(&read_id(written).unwrap()).as_deref(), Some(written));
        assert_eq!(read_id("a0000000-0000-1000-8000-000000000001"), None, "not of version 4");
        assert_eq!(read_id("a0"), None);
        assert_eq!(id(&[0; 15]), None);
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(read_hex(&hex(&bytes)), Some(bytes.clone()));
        assert_eq!(read_base64(&base64(&bytes)), Some(bytes));
        for wrong in ["a", "0g", "é"] {
            assert_eq!(read_hex(wrong), None, "{wrong}");
        }
    }
}
