//! Whom to believe: from what the tags say to [`Facts`], in the order of contract immich §E.

use kalends_model::{
    CaptureTime, CivilDate, CivilDateTime, CivilTime, DateSource, GeoPoint, Instant, Kind,
    LocalTime, Offset,
};

use super::format::Format;
use super::input::Input;
use super::said::{Said, usable_point};
use super::stamp::{Stamp, micros_of, parse_offset, parse_stamp};
use super::xmp::Xmp;
use super::{Facts, MotionPart, OffsetSource, Zones, iptc, jpeg, region};

const TAGS_MAX: usize = 1_000;
const QUARTER_HOUR: i64 = 15 * 60;

/// Puts everything together. What the sidecar says counts more (§E3).
pub(super) fn facts(
    format: Format,
    extension: &str,
    media: Said,
    sidecar: Said,
    zones: &dyn Zones,
) -> Facts {
    let kind = format.kind();
    // From most to least trusted.
    let packets: Vec<&Xmp> = sidecar.xmp.iter().chain(&media.xmp).collect();
    let first_text = |names: &[&str]| {
        names.iter().find_map(|name| packets.iter().find_map(|xmp| xmp.text(name)))
    };
    let beside_text = |names: &[&str]| {
        names.iter().find_map(|name| sidecar.xmp.iter().find_map(|x| x.text(name)))
    };

    let (place, altitude) = place(&media, &sidecar);
    let dated = Dating { kind, place, zones }.resolve(&media, &sidecar);
    let orientation = orientation(&media, &sidecar);
    let by_exif = || media.exif.pixel_width.zip(media.exif.pixel_height);
    let (raw_width, raw_height) = media.raw_size.or_else(by_exif).unzip();
    let is_sideways = orientation.is_some_and(|orientation| orientation >= 5);
    let (display_width, display_height) =
        if is_sideways { (raw_height, raw_width) } else { (raw_width, raw_height) };
    let exif = &media.exif;
    let movie = &media.movie;

    Facts {
        format,
        is_misnamed: !extension.is_empty() && !format.fits(extension),
        mime: format.mime(extension),
        kind,
        capture: dated.as_ref().map(|dated| dated.capture),
        offset_source: dated.as_ref().and_then(|dated| dated.offset_source),
        zone: dated.and_then(|dated| dated.zone),
        raw_width,
        raw_height,
        orientation,
        display_width,
        display_height,
        place,
        altitude,
        make: beside_text(&["tiff:Make"])
            .or(exif.make.clone())
            .or(movie.make.clone())
            .or_else(|| first_text(&["tiff:Make"])),
        model: beside_text(&["tiff:Model"])
            .or(exif.model.clone())
            .or(movie.model.clone())
            .or_else(|| first_text(&["tiff:Model"])),
        lens: exif
            .lens
            .clone()
            .or_else(|| first_text(&["exifEX:LensModel", "aux:Lens"]))
            .filter(|lens| !lens.starts_with("Unknown") && lens != "----"),
        f_number: exif.f_number.or_else(|| number(&packets, "exif:FNumber")),
        exposure_time: exif
            .exposure_time
            .or_else(|| number(&packets, "exif:ExposureTime"))
            .filter(|seconds| *seconds > 0.0)
            .map(exposure_text),
        iso: exif.iso.or_else(|| {
            let iso = first_text(&["exif:ISOSpeedRatings", "exifEX:PhotographicSensitivity"])?;
            iso.parse().ok()
        }),
        focal_length: exif.focal_length.or_else(|| number(&packets, "exif:FocalLength")),
        fps: movie.fps,
        rating: rating(&media, &packets),
        description: beside_text(&["tiff:ImageDescription", "dc:description"])
            .or(exif.description.clone())
            .or_else(|| first_text(&["tiff:ImageDescription", "dc:description"]))
            .or(movie.description.clone())
            .or(media.text_description.clone())
            .or(media.iptc.caption.clone()),
        tags: tags(&packets, &media),
        regions: packets
            .iter()
            .map(|xmp| region::regions(xmp))
            .find(|r| !r.is_empty())
            .unwrap_or_default(),
        projection: first_text(&["GPano:ProjectionType", "GSpherical:ProjectionType"])
            .map(|projection| projection.to_uppercase()),
        content_id: media.content_id,
        burst_id: media.burst_id.or_else(|| first_text(&["GCamera:BurstID"])),
        motion: media.motion,
        duration_ms: movie.duration_ms.filter(|_| kind == Kind::Video),
        video_codec: movie.codec.clone(),
        warnings: media.warnings.into_iter().chain(sidecar.warnings).collect(),
    }
}

fn number(packets: &[&Xmp], name: &str) -> Option<f64> {
    packets.iter().find_map(|xmp| xmp.number(name)).filter(|number| number.is_finite())
}

/// A container's own transform is what decoders obey; then the sidecar's word, then EXIF's.
fn orientation(media: &Said, sidecar: &Said) -> Option<u8> {
    let by_xmp = |said: &Said| {
        let number = said.xmp.iter().find_map(|xmp| xmp.number("tiff:Orientation"))?;
        (1.0..=8.0).contains(&number).then_some(number as u8)
    };
    media.transform.or_else(|| by_xmp(sidecar)).or(media.exif.orientation).or_else(|| by_xmp(media))
}

/// A short exposure as a fraction of a second, a longer one with at most one digit (§E7).
fn exposure_text(seconds: f64) -> String {
    if seconds < 0.25001 {
        return format!("1/{}", (0.5 + 1.0 / seconds) as u64);
    }
    let text = format!("{seconds:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// XMP counts more than EXIF. Zero is unrated; −1 is rejected.
fn rating(media: &Said, packets: &[&Xmp]) -> Option<i8> {
    let said = number(packets, "xmp:Rating").or(media.exif.rating).or(media.movie.rating)?;
    let rounded = said.round();
    ((-1.0..=5.0).contains(&rounded) && rounded != 0.0).then_some(rounded as i8)
}

/// `TagsList`, else `HierarchicalSubject`, else the keywords of IPTC or else of XMP.
fn tags(packets: &[&Xmp], media: &Said) -> Vec<Vec<String>> {
    let list = |name: &str| {
        packets
            .iter()
            .map(|xmp| xmp.texts(name))
            .find(|texts| !texts.is_empty())
            .unwrap_or_default()
    };
    let mut paths: Vec<Vec<String>> = Vec::new();
    let lists: [(Vec<String>, char); 5] = [
        (list("digiKam:TagsList"), '/'),
        (list("lr:hierarchicalSubject"), '|'),
        (media.iptc.keywords.clone(), '/'),
        (list("dc:subject"), '/'),
        (media.movie.keywords.clone(), '/'),
    ];
    let Some((texts, separator)) = lists.into_iter().find(|(texts, _)| !texts.is_empty()) else {
        return paths;
    };
    for text in texts {
        // A slash within a level of `HierarchicalSubject` is no level of its own.
        let text = if separator == '|' { text.replace('/', "\u{0}") } else { text };
        let levels = text.split(separator).map(|level| level.trim().replace('\u{0}', "|"));
        let path: Vec<String> = levels.filter(|level| !level.is_empty()).collect();
        if !path.is_empty() && !paths.contains(&path) && paths.len() < TAGS_MAX {
            paths.push(path);
        }
    }
    paths
}

fn place(media: &Said, sidecar: &Said) -> (Option<GeoPoint>, Option<f64>) {
    let of_xmp = |said: &Said| said.xmp.iter().find_map(xmp_place).map(|place| (place, None));
    let of_exif = || media.exif.place.map(|place| (place, media.exif.altitude));
    let of_movie = || media.movie.place.map(|place| (place, media.movie.altitude));
    let found = of_xmp(sidecar).or_else(of_exif).or_else(of_movie).or_else(|| of_xmp(media));
    let (place, altitude) = found.unzip();
    (place, altitude.flatten().filter(|metres| metres.is_finite()))
}

fn xmp_place(xmp: &Xmp) -> Option<GeoPoint> {
    let latitude = xmp_degrees(&xmp.text("exif:GPSLatitude")?)?;
    let longitude = xmp_degrees(&xmp.text("exif:GPSLongitude")?)?;
    usable_point(latitude, longitude)
}

/// `52,27.5814N` or `52,27,34.9N`, in some files plain degrees.
fn xmp_degrees(text: &str) -> Option<f64> {
    let last = text.chars().last()?.to_ascii_uppercase();
    let has_letter = "NSEW".contains(last);
    let body = if has_letter { &text[..text.len() - 1] } else { text };
    let mut degrees = 0.0_f64;
    for (part, scale) in body.split(',').zip([1.0, 60.0, 3_600.0]) {
        let part: f64 = part.trim().parse().ok()?;
        degrees += part / scale;
    }
    let is_negative = matches!(last, 'S' | 'W');
    degrees.is_finite().then_some(if is_negative { -degrees } else { degrees })
}

/// A date that was found, and what is known of its zone.
struct Dated {
    capture: CaptureTime,
    offset_source: Option<OffsetSource>,
    zone: Option<String>,
}

struct Dating<'a> {
    kind: Kind,
    place: Option<GeoPoint>,
    zones: &'a dyn Zones,
}

impl Dating<'_> {
    /// If the sidecar has any usable date, dates and zones of the media file do not count (§E3).
    fn resolve(&self, media: &Said, sidecar: &Said) -> Option<Dated> {
        if let Some((stamp, _)) = first_date(sidecar) {
            return Some(self.in_zone(sidecar, stamp, DateSource::Sidecar));
        }
        let (stamp, source) = first_date(media)?;
        Some(self.in_zone(media, stamp, source))
    }

    /// The first hit of §E2 for a date.
    fn in_zone(&self, said: &Said, stamp: Stamp, source: DateSource) -> Dated {
        let fixed = |stamp: Stamp, offset: Offset, offset_source| Dated {
            capture: CaptureTime { local: local_in(stamp, offset), offset: Some(offset), source },
            offset_source: Some(offset_source),
            zone: Some(zone_text(
                offset,
                stamp.offset.is_some() && offset_source == OffsetSource::Written,
            )),
        };
        if let Some(offset) = tagged_offset(said) {
            return fixed(stamp, offset, OffsetSource::Tag);
        }
        // Zone-less times of a video are UTC, so with a place they are instants.
        let is_video = self.kind == Kind::Video;
        let stamp_as_known =
            Stamp { offset: stamp.offset.or(is_video.then_some(Offset::UTC)), ..stamp };
        if let Some((zone, offset)) = self.zone_of_place(stamp_as_known) {
            let local = local_in(stamp_as_known, offset);
            return Dated {
                capture: CaptureTime { local, offset: Some(offset), source },
                offset_source: Some(OffsetSource::Place),
                zone: Some(zone),
            };
        }
        if let Some(offset) = stamp.offset.filter(|_| source != DateSource::ContainerUtc) {
            return fixed(stamp, offset, OffsetSource::Written);
        }
        if let Some(offset) = offset_written_elsewhere(said, stamp.local) {
            return fixed(stamp, offset, OffsetSource::Written);
        }
        if is_video {
            return fixed(stamp, Offset::UTC, OffsetSource::VideoUtc);
        }
        if let Some(offset) = offset_by_gps_clock(said, stamp.local) {
            return fixed(stamp, offset, OffsetSource::GpsClock);
        }
        let capture = CaptureTime { local: stamp.local, offset: None, source };
        Dated { capture, offset_source: None, zone: None }
    }

    fn zone_of_place(&self, stamp: Stamp) -> Option<(String, Offset)> {
        let zone = self.zones.zone_at(self.place?)?;
        let offset = match stamp.offset {
            Some(own) => self.zones.offset_at_instant(&zone, own.instant_of(stamp.local))?,
            None => self.zones.offset_at_local(&zone, stamp.local)?,
        };
        Some((zone, offset))
    }
}

/// What a clock with `offset` shows: the instant stays where the date has an offset of its own.
fn local_in(stamp: Stamp, offset: Offset) -> LocalTime {
    match stamp.offset {
        Some(own) => offset.local_at(own.instant_of(stamp.local)),
        None => stamp.local,
    }
}

/// The offset behind another date that shows the same clock, to the second.
fn offset_written_elsewhere(said: &Said, local: LocalTime) -> Option<Offset> {
    let names = ["exif:DateTimeOriginal", "xmp:CreateDate", "photoshop:DateCreated"];
    let xmp = names.iter().filter_map(|name| said.xmp.iter().find_map(|xmp| xmp.text(name)));
    let stamps = xmp.filter_map(|text| parse_stamp(&text)).chain(iptc_stamp(said));
    let second = |local: LocalTime| local.micros().div_euclid(1_000_000);
    stamps.filter(|other| second(other.local) == second(local)).find_map(|other| other.offset)
}

/// The first usable date, in the order of §E1.
fn first_date(said: &Said) -> Option<(Stamp, DateSource)> {
    let exif = &said.exif;
    let original = exif_stamp(&exif.date_original, &exif.subsec_original);
    let digitized = exif_stamp(&exif.date_digitized, &exif.subsec_digitized);
    let is_precise = |subsec: &Option<String>, offset: &Option<String>| {
        subsec.is_some() || offset.as_deref().and_then(parse_offset).is_some()
    };
    let xmp_stamp = |name: &str| {
        let text = said.xmp.iter().find_map(|xmp| xmp.text(name))?;
        Some((parse_stamp(&text)?, DateSource::Xmp))
    };
    let utc = |instant: Option<Instant>| Some((Stamp::utc(instant?), DateSource::ContainerUtc));
    let text_stamp = |text: &Option<String>| parse_stamp(text.as_deref()?);

    // SubSecDateTimeOriginal, SubSecCreateDate.
    original
        .filter(|_| is_precise(&exif.subsec_original, &exif.offset_original))
        .map(|stamp| (stamp, DateSource::ExifOriginal))
        .or_else(|| {
            let stamp =
                digitized.filter(|_| is_precise(&exif.subsec_digitized, &exif.offset_digitized));
            Some((stamp?, DateSource::ExifDigitized))
        })
        // DateTimeOriginal.
        .or_else(|| Some((original?, DateSource::ExifOriginal)))
        .or_else(|| xmp_stamp("exif:DateTimeOriginal"))
        .or_else(|| Some((text_stamp(&said.movie.date_original)?, DateSource::QuickTimeCreation)))
        // CreationDate.
        .or_else(|| Some((text_stamp(&said.movie.creation_date)?, DateSource::QuickTimeCreation)))
        // CreateDate.
        .or_else(|| Some((digitized?, DateSource::ExifDigitized)))
        .or_else(|| xmp_stamp("xmp:CreateDate"))
        .or_else(|| utc(said.movie.created))
        // MediaCreateDate.
        .or_else(|| utc(said.movie.media_created))
        // DateTimeCreated.
        .or_else(|| Some((iptc_stamp(said)?, DateSource::Iptc)))
        .or_else(|| xmp_stamp("photoshop:DateCreated"))
        // GPSDateTime.
        .or_else(|| Some((Stamp::utc(gps_instant(said)?), DateSource::Gps)))
        // SourceImageCreateTime.
        .or_else(|| xmp_stamp("GPano:SourceImageCreateTime"))
}

fn exif_stamp(date: &Option<String>, subsec: &Option<String>) -> Option<Stamp> {
    let stamp = parse_stamp(date.as_deref()?)?;
    let second = stamp.local.micros() - stamp.local.micros().rem_euclid(1_000_000);
    let digits = subsec.as_deref().map(str::trim).unwrap_or_default();
    let micros = if digits.is_empty() {
        stamp.local.micros()
    } else {
        second.saturating_add(micros_of(digits).into())
    };
    Some(Stamp { local: LocalTime::from_micros(micros), ..stamp })
}

fn iptc_stamp(said: &Said) -> Option<Stamp> {
    let (date, time) = (said.iptc.date_created.as_deref()?, said.iptc.time_created.as_deref()?);
    parse_stamp(&iptc::stamp_text(date, time)?)
}

/// The clock of the GPS receiver, from EXIF or from XMP.
fn gps_instant(said: &Said) -> Option<Instant> {
    let exif = || {
        let date = said.exif.gps_date.as_deref()?.replace(['-', '/', '.'], ":");
        let mut parts = date.split(':').map(|part| part.trim().parse::<i32>().ok());
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        let date = CivilDate::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
        let [hour, minute, second] = said.exif.gps_time?;
        let is_time = (0.0..24.0).contains(&hour)
            && (0.0..60.0).contains(&minute)
            && (0.0..61.0).contains(&second);
        if year < 1 || !is_time {
            return None;
        }
        let micros = ((hour * 3_600.0 + minute * 60.0 + second) * 1e6).round() as i64;
        let midnight = CivilDateTime { date, time: CivilTime::default() }.micros_since_epoch();
        Some(Instant::from_micros(midnight + micros))
    };
    let xmp = || {
        let text = said.xmp.iter().find_map(|xmp| xmp.text("exif:GPSTimeStamp"))?;
        let stamp = parse_stamp(&text)?;
        Some(stamp.offset.unwrap_or(Offset::UTC).instant_of(stamp.local))
    };
    exif().or_else(xmp)
}

fn tagged_offset(said: &Said) -> Option<Offset> {
    let exif = &said.exif;
    let xmp_offset = |name: &str| {
        said.xmp.iter().find_map(|xmp| xmp.text(name)).as_deref().and_then(parse_offset)
    };
    [&exif.offset_original, &exif.offset, &exif.offset_digitized]
        .into_iter()
        .find_map(|text| parse_offset(text.as_deref()?))
        .or_else(|| xmp_offset("exifEX:OffsetTimeOriginal"))
        .or_else(|| xmp_offset("exifEX:OffsetTime"))
        .or(said.maker_offset)
        .or_else(|| {
            let hours = exif.time_zone_offset.filter(|hours| (-12..=14).contains(hours))?;
            Offset::from_seconds(hours as i32 * 3_600)
        })
}

/// How far the camera's clock was ahead of the receiver's, to the quarter hour, if clocks on earth
/// differ so. A receiver without a fresh fix repeats an old time, so an odd difference says nothing.
fn offset_by_gps_clock(said: &Said, local: LocalTime) -> Option<Offset> {
    let ahead = local.micros().checked_sub(gps_instant(said)?.micros())?;
    let quarters = (ahead as f64 / 1e6 / QUARTER_HOUR as f64).round() as i64;
    let is_real =
        REAL_QUARTERS.contains(&quarters) || (quarters % 4 == 0 && (-48..=56).contains(&quarters));
    is_real.then(|| Offset::from_seconds(i32::try_from(quarters * QUARTER_HOUR).ok()?)).flatten()
}

/// The offsets in use that are no whole hours, in quarters of an hour: −09:30, −03:30, −02:30,
/// +03:30, +04:30, +05:30, +05:45, +06:30, +08:45, +09:30, +10:30, +12:45, +13:45.
const REAL_QUARTERS: [i64; 13] = [-38, -14, -10, 14, 18, 22, 23, 26, 35, 38, 42, 51, 55];

/// `UTC`, `UTC+2`, `UTC-09:30`; zero written behind a date is `UTC+0`.
fn zone_text(offset: Offset, is_written: bool) -> String {
    let seconds = offset.seconds();
    if seconds == 0 {
        return if is_written { "UTC+0" } else { "UTC" }.to_owned();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3_600, seconds.abs() / 60 % 60);
    if minutes == 0 {
        format!("UTC{sign}{hours}")
    } else {
        format!("UTC{sign}{hours:02}:{minutes:02}")
    }
}

/// Finds the video inside a motion photo (§E8): what the structure showed, else what XMP claims,
/// if a video begins there.
pub(super) fn motion(input: &mut Input, format: Format, said: &mut Said) {
    if format.kind() != Kind::Image || said.motion.is_some() {
        return;
    }
    if format == Format::Jpeg
        && let Some((offset, len)) = jpeg::samsung_motion(input)
    {
        said.motion = Some(MotionPart { offset, len });
        return;
    }
    let claims: Vec<MotionPart> =
        said.xmp.iter().flat_map(|xmp| motion_claims(xmp, input.len())).collect();
    let is_video = |part: &&MotionPart| input.get(part.offset + 4, 4) == Some(b"ftyp");
    said.motion = claims.iter().find(is_video).copied();
    if said.motion.is_none() && !claims.is_empty() {
        said.warn("the motion of this photo is missing");
    }
}

/// Where the video would lie by each reading of the packet.
fn motion_claims(xmp: &Xmp, file_len: u64) -> Vec<MotionPart> {
    let mut claims = Vec::new();
    let mut claim = |back: Option<u64>, len: u64| {
        let offset = back.and_then(|back| file_len.checked_sub(back)).filter(|_| len > 8);
        claims.extend(offset.map(|offset| MotionPart { offset, len: len.min(file_len - offset) }));
    };
    let directory = xmp.node("Container:Directory").map(|node| xmp.items(node)).unwrap_or_default();
    // Items lie one behind the other at the end of the file, so count back from there.
    let mut behind = 0_u64;
    for entry in directory.iter().rev().take(64) {
        let item = xmp.field(entry, "Container:Item").unwrap_or(entry);
        let number =
            |name: &str| xmp.field_text(item, name).and_then(|text| text.parse::<u64>().ok());
        let len = number("Item:Length").unwrap_or(0);
        let padding = number("Item:Padding").unwrap_or(0);
        if xmp.field_text(item, "Item:Semantic").as_deref() == Some("MotionPhoto") {
            claim(len.checked_add(padding).and_then(|own| own.checked_add(behind)), len);
            claim(len.checked_add(behind), len);
            claim(Some(len), len);
        }
        behind = behind.saturating_add(len).saturating_add(padding);
    }
    for name in ["GCamera:MicroVideoOffset", "GCamera:MotionPhotoOffset"] {
        if let Some(back) = xmp.text(name).and_then(|text| text.parse::<u64>().ok()) {
            claim(Some(back), back);
        }
    }
    claims
}
