//! The two forms in which upstream writes points in time (contract immich §D0).

use kalends_http_kit::columns;
use kalends_model::{CivilDate, CivilDateTime, Instant, LocalTime};

/// `2024-01-15T14:30:00.000Z`: dates that stand at the top of an object. Floored to milliseconds.
pub(crate) fn instant_millis(micros: i64) -> String {
    let civil = CivilDateTime::from_micros_since_epoch(columns::floor_to_millis(micros));
    let mut out = Vec::with_capacity(24);
    columns::date(&mut out, civil.date);
    let time = civil.time;
    let (hour, minute, second) = (time.hour, time.minute, time.second);
    let millis = time.micro / 1_000;
    let text = String::from_utf8(out).expect("dates are digits and signs");
    format!("{text}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// The same of an instant.
pub(crate) fn instant(instant: Instant) -> String {
    instant_millis(instant.micros())
}

/// The same of a wall clock, as if it were UTC.
pub(crate) fn local(local: LocalTime) -> String {
    instant_millis(local.micros())
}

/// `2021-06-01T08:15:30.25+00:00`: dates within nested objects. Floored to milliseconds.
pub(crate) fn database_form(micros: i64) -> String {
    let civil = CivilDateTime::from_micros_since_epoch(columns::floor_to_millis(micros));
    let mut out = Vec::with_capacity(32);
    columns::date(&mut out, civil.date);
    out.push(b'T');
    columns::clock(&mut out, civil.time);
    out.extend_from_slice(b"+00:00");
    String::from_utf8(out).expect("dates are digits and signs")
}

/// `2021-06-01`: a day by itself.
pub(crate) fn date(date: CivilDate) -> String {
    let mut out = Vec::with_capacity(16);
    columns::date(&mut out, date);
    String::from_utf8(out).expect("dates are digits and signs")
}

/// `2021-06-01`: a day of the wall clock at midnight, as albums write their first and last days.
pub(crate) fn day(local: LocalTime) -> String {
    let mut out = Vec::with_capacity(24);
    columns::date(&mut out, local.civil().date);
    out.extend_from_slice(b"T00:00:00.000Z");
    String::from_utf8(out).expect("dates are digits and signs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_has_its_fraction_and_its_zone() {
        const QUARTER_PAST: i64 = 1_622_535_330_250_999;
        assert_eq!(instant_millis(QUARTER_PAST), "2021-06-01T08:15:30.250Z");
        assert_eq!(database_form(QUARTER_PAST), "2021-06-01T08:15:30.25+00:00");
        assert_eq!(instant_millis(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(database_form(0), "1970-01-01T00:00:00+00:00");
        assert_eq!(database_form(-1), "1969-12-31T23:59:59.999+00:00");
        assert_eq!(date(CivilDate { year: 1990, month: 2, day: 3 }), "1990-02-03");
        assert_eq!(day(LocalTime::from_micros(QUARTER_PAST)), "2021-06-01T00:00:00.000Z");
    }
}
