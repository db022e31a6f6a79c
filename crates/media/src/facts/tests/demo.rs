//! Every file of the demo's library says what its writer meant.

use kalends_model::{GeoPoint, Instant, Kind, LocalTime, Offset};
use kalends_specimen::demo::{self, DateSource as Written, DemoLibrary, Location};

use super::super::zones::{instant_offset, local_offset};
use super::super::{Facts, Input, Zones, date_from_file_name, read};

/// Knows the zones of the demo's places only.
struct DemoZones(Vec<Location>);

impl Zones for DemoZones {
    fn zone_at(&self, place: GeoPoint) -> Option<String> {
        let is_near = |known: &&Location| {
            (known.latitude - place.latitude).abs() < 0.001
                && (known.longitude - place.longitude).abs() < 0.001
        };
        self.0.iter().find(is_near).map(|known| known.zone.to_owned())
    }

    fn offset_at_local(&self, zone: &str, local: LocalTime) -> Option<Offset> {
        local_offset(zone, local)
    }

    fn offset_at_instant(&self, zone: &str, instant: Instant) -> Option<Offset> {
        instant_offset(zone, instant)
    }
}

#[test]
fn files_of_the_demo_say_what_was_meant() {
    let plan = DemoLibrary::plan(1);
    let zones = DemoZones(plan.iter().filter_map(|file| file.truth.location).collect());
    for file in &plan {
        let bytes = file.specimen.to_bytes();
        let name = file.path.rsplit('/').next().unwrap();
        let facts = read(&mut Input::bytes(&bytes), name, None, &zones).unwrap();
        check(&file.path, name, &file.truth, &facts);
    }
}

fn check(path: &str, name: &str, truth: &demo::Truth, facts: &Facts) {
    let is_photo = truth.kind == demo::Kind::Photo;
    assert_eq!(facts.kind, if is_photo { Kind::Image } else { Kind::Video }, "{path}");
    let in_file =
        !matches!(truth.date_source, Written::FileName | Written::FileNameDay | Written::Nowhere);
    let capture = facts.capture.or_else(|| date_from_file_name(name));
    assert_eq!(facts.capture.is_some(), in_file, "{path}");
    let local = capture.map(|capture| capture.local.micros());
    assert_eq!(local, truth.local.map(|local| local.millis_since_epoch() * 1_000), "{path}");
    let offset = capture.and_then(|capture| capture.offset).map(Offset::seconds);
    assert_eq!(offset, truth.offset_seconds, "{path}");

    let near = |ours: f64, theirs: f64| (ours - theirs).abs() < 0.001;
    match (&truth.location, facts.place) {
        (Some(there), Some(place)) => {
            assert!(near(place.latitude, there.latitude), "{path}");
            assert!(near(place.longitude, there.longitude), "{path}");
        }
        (there, place) => assert!(there.is_none() && place.is_none(), "{path} {place:?}"),
    }
    assert_eq!(facts.orientation.unwrap_or(1), truth.orientation as u8, "{path}");
    let size = facts.display_width.zip(facts.display_height);
    assert_eq!(size, Some((truth.width, truth.height)), "{path}");
    assert_eq!(facts.duration_ms, truth.duration_ms.map(u64::from), "{path}");
    assert_eq!(facts.rating, truth.rating.map(|stars| stars as i8), "{path}");
    assert_eq!(facts.description, truth.description, "{path}");
    let tags: Vec<String> = facts.tags.iter().map(|tag| tag.join("/")).collect();
    assert_eq!(tags, truth.keywords, "{path}");
    assert_eq!(facts.projection, truth.projection.map(str::to_uppercase), "{path}");
    assert_eq!(facts.motion.is_some(), truth.has_motion, "{path}");
    assert_eq!(facts.content_id.is_some(), truth.live_photo_partner.is_some(), "{path}");

    let names: Vec<&str> = facts.regions.iter().map(|region| region.name.as_str()).collect();
    let expected: Vec<&str> = truth.faces.iter().map(|face| face.name).collect();
    assert_eq!(names, expected, "{path}");
    for (region, face) in facts.regions.iter().zip(&truth.faces) {
        let shown = region.pixel_box(facts.orientation.unwrap_or(1), (1, 1));
        let left = (face.x - face.w / 2.0) * f64::from(shown.image_width);
        let top = (face.y - face.h / 2.0) * f64::from(shown.image_height);
        assert!((f64::from(shown.x1) - left).abs() < 2.0, "{path} {shown:?} {face:?}");
        assert!((f64::from(shown.y1) - top).abs() < 2.0, "{path} {shown:?} {face:?}");
    }
}
