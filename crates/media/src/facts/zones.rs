//! What facts ask about zones, so that they can be tested without the map of the world.

use jiff::Timestamp;
use jiff::civil::DateTime;
use kalends_model::{GeoPoint, Instant, LocalTime, Offset};

use crate::places::{Places, offset_at, offset_at_instant};

/// Knows where zones lie and what their clocks show.
pub trait Zones {
    /// The IANA zone of a place.
    fn zone_at(&self, place: GeoPoint) -> Option<String>;

    /// The offset that a clock in the zone has when it shows `local`.
    fn offset_at_local(&self, zone: &str, local: LocalTime) -> Option<Offset>;

    /// The offset that a clock in the zone has at `instant`.
    fn offset_at_instant(&self, zone: &str, instant: Instant) -> Option<Offset>;
}

/// Knows no zone. For callers that have no use for one.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoZones;

impl Zones for NoZones {
    fn zone_at(&self, _place: GeoPoint) -> Option<String> {
        None
    }

    fn offset_at_local(&self, _zone: &str, _local: LocalTime) -> Option<Offset> {
        None
    }

    fn offset_at_instant(&self, _zone: &str, _instant: Instant) -> Option<Offset> {
        None
    }
}

impl Zones for Places {
    fn zone_at(&self, place: GeoPoint) -> Option<String> {
        self.lookup(place.latitude, place.longitude).zone.map(str::to_owned)
    }

    fn offset_at_local(&self, zone: &str, local: LocalTime) -> Option<Offset> {
        local_offset(zone, local)
    }

    fn offset_at_instant(&self, zone: &str, instant: Instant) -> Option<Offset> {
        instant_offset(zone, instant)
    }
}

pub(super) fn local_offset(zone: &str, local: LocalTime) -> Option<Offset> {
    let civil = local.civil();
    let local = DateTime::new(
        i16::try_from(civil.date.year).ok()?,
        civil.date.month as i8,
        civil.date.day as i8,
        civil.time.hour as i8,
        civil.time.minute as i8,
        civil.time.second as i8,
        0,
    );
    offset_at(zone, local.ok()?).and_then(Offset::from_seconds)
}

pub(super) fn instant_offset(zone: &str, instant: Instant) -> Option<Offset> {
    let instant = Timestamp::from_microsecond(instant.micros()).ok()?;
    offset_at_instant(zone, instant).and_then(Offset::from_seconds)
}
