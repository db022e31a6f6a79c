//! From a zone and a time to an offset.
//!
//! The zone rules are the ones bundled with the program, never the machine's, so that every machine
//! gives the same answer.

use std::sync::LazyLock;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

static RULES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The offset, in seconds east, that a clock in `zone` had when it showed `local`.
///
/// `local − offset` is the instant. Where clocks went back and the time was shown twice, the first
/// is meant; where they went forward and it was never shown, the offset before the change holds
/// (RFC 5545, "compatible"). None if the zone is not known. Times before standard time have the
/// zone's local mean time, which is not a whole number of minutes.
pub fn offset_at(zone: &str, local: DateTime) -> Option<i32> {
    let offset = match rules_of(zone)?.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
    };
    Some(offset.seconds())
}

/// The offset, in seconds east, that a clock in `zone` had at an instant.
///
/// For files that record an instant only, such as most videos (contract immich §E2).
pub fn offset_at_instant(zone: &str, instant: jiff::Timestamp) -> Option<i32> {
    Some(rules_of(zone)?.to_offset(instant).seconds())
}

fn rules_of(zone: &str) -> Option<TimeZone> {
    RULES.get(zone).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(zone: &str, local: &str, expected: Option<i32>) {
        let local: DateTime = local.parse().expect("a civil time");
        assert_eq!(offset_at(zone, local), expected, "{zone} {local}");
    }

    #[test]
    fn offset_follows_the_rules_of_the_zone() {
        check("Europe/Paris", "2024-01-15T12:00", Some(3600));
        check("Europe/Paris", "2024-07-15T12:00", Some(7200));
        check("Asia/Kathmandu", "2024-07-15T12:00", Some(20_700));
        check("Asia/Kathmandu", "1985-07-15T12:00", Some(19_800));
        check("Pacific/Marquesas", "2024-07-15T12:00", Some(-34_200));
        check("Pacific/Chatham", "2024-01-15T12:00", Some(49_500));
        check("UTC", "2024-01-15T12:00", Some(0));
    }

    #[test]
    fn repeated_time_is_the_first_of_the_two() {
        check("America/New_York", "2024-11-03T01:30", Some(-14_400));
        check("Europe/Berlin", "2024-10-27T02:30", Some(7200));
    }

    #[test]
    fn skipped_time_keeps_the_offset_before_the_change() {
        check("America/New_York", "2024-03-10T02:30", Some(-18_000));
        check("Europe/Berlin", "2024-03-31T02:30", Some(3600));
        // Samoa skipped the whole of 30 December 2011.
        check("Pacific/Apia", "2011-12-30T12:00", Some(-36_000));
    }

    #[test]
    fn unknown_zone_has_no_offset() {
        for zone in ["", "Nowhere/City", "../etc/passwd", "UTC+2", "\0"] {
            check(zone, "2024-01-15T12:00", None);
        }
    }

    #[test]
    fn offset_at_the_ends_of_time_does_not_panic() {
        for zone in ["Pacific/Kiritimati", "America/Adak", "Europe/Paris"] {
            assert!(offset_at(zone, DateTime::MIN).is_some());
            assert!(offset_at(zone, DateTime::MAX).is_some());
        }
    }

    #[test]
    fn offset_of_an_instant_agrees_with_the_wall_time() {
        let instant: jiff::Timestamp = "2024-07-15T10:00:00Z".parse().expect("an instant");
        assert_eq!(offset_at_instant("Europe/Paris", instant), Some(7200));
        assert_eq!(offset_at_instant("Nowhere/City", instant), None);
    }
}
