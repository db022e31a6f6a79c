//! MP4, QuickTime and Canon CR3: the boxes in front of, or behind, the picture data.

use kalends_model::{GeoPoint, Instant};

use super::bmff::{self, BoxAt};
use super::exif;
use super::input::Input;
use super::said::{Said, set, usable_point};
use super::tiff::{Ifd, clean_text};
use super::xmp;

/// Seconds from 1904-01-01, where these files begin to count, to 1970-01-01.
const SECONDS_FROM_1904_TO_1970: i64 = 2_082_844_800;
const SECONDS_FROM_1970_TO_1980: i64 = 315_532_800;
const TEXT_BYTES_MAX: u64 = 64 << 10;
const TRACKS_MAX: usize = 64;
const KEYS_MAX: u32 = 512;

const XMP_UUID: [u8; 16] = *b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";
const SPHERICAL_UUID: [u8; 16] =
    *b"\xff\xcc\x82\x63\xf8\x55\x4a\x93\x88\x14\x58\x7a\x02\x52\x1f\xdd";
const CANON_UUID: [u8; 16] = *b"\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48";

/// Reads the file from its boxes.
pub(super) fn read(input: &mut Input, said: &mut Said) {
    let end = input.len();
    let top = bmff::boxes(input, 0, end);
    if !top.iter().any(|found| &found.kind == b"moov") {
        said.warn("the movie has no moov box");
    }
    for found in top {
        match &found.kind {
            b"moov" => read_moov(input, found, said),
            b"uuid" => {
                note_uuid(input, found, said);
            }
            b"meta" => {
                note_meta(input, found, said);
            }
            b"udta" => note_user_data(input, found, said),
            _ => {}
        }
    }
}

fn read_moov(input: &mut Input, moov: BoxAt, said: &mut Said) {
    let parts = bmff::boxes(input, moov.data, moov.end);
    let mut seconds_scale = None;
    for part in parts.iter().filter(|part| &part.kind == b"mvhd") {
        let header = time_header(input, *part);
        said.movie.created = header.and_then(|header| header.created);
        seconds_scale = header.map(|header| header.scale);
        said.movie.duration_ms = header.and_then(TimeHeader::duration_ms);
    }
    for track in parts.iter().filter(|part| &part.kind == b"trak").take(TRACKS_MAX) {
        read_track(input, *track, said);
    }
    for part in parts {
        match &part.kind {
            b"udta" => note_user_data(input, part, said),
            b"meta" => {
                note_meta(input, part, said);
            }
            b"uuid" => {
                note_uuid(input, part, said);
            }
            b"mvex" if said.movie.duration_ms.is_none() => {
                // A fragmented file says its length here, in units of the movie.
                let fragments = bmff::find(input, part.data, part.end, b"mehd");
                let units = fragments.and_then(|found| long_or_short(input, found));
                said.movie.duration_ms =
                    units.zip(seconds_scale).and_then(|(units, scale)| milliseconds(units, scale));
            }
            _ => {}
        }
    }
}

/// The number behind a version and flags.
fn long_or_short(input: &mut Input, found: BoxAt) -> Option<u64> {
    if input.u8(found.data)? == 1 {
        input.u64_be(found.data + 4)
    } else {
        input.u32_be(found.data + 4).map(u64::from)
    }
}

/// What `mvhd` and `mdhd` have in common.
#[derive(Clone, Copy)]
struct TimeHeader {
    created: Option<Instant>,
    /// Units in a second.
    scale: u32,
    units: u64,
}

impl TimeHeader {
    fn duration_ms(self) -> Option<u64> {
        milliseconds(self.units, self.scale)
    }
}

fn time_header(input: &mut Input, found: BoxAt) -> Option<TimeHeader> {
    let (created, scale, units) = if input.u8(found.data)? == 1 {
        let units = input.u64_be(found.data + 24)?;
        (
            input.u64_be(found.data + 4)?,
            input.u32_be(found.data + 20)?,
            if units == u64::MAX { 0 } else { units },
        )
    } else {
        let units = input.u32_be(found.data + 16)?;
        (
            input.u32_be(found.data + 4)?.into(),
            input.u32_be(found.data + 12)?,
            if units == u32::MAX { 0 } else { units.into() },
        )
    };
    Some(TimeHeader { created: instant_of(created), scale, units })
}

/// Zero is unset. Some writers count from 1970; a date before then cannot be a video's, so such
/// a number is read from there, unless it is too small to be one either.
fn instant_of(seconds: u64) -> Option<Instant> {
    let seconds = i64::try_from(seconds).ok()?;
    let since_1970 = seconds - SECONDS_FROM_1904_TO_1970;
    let since_1970 = match (since_1970 < 0, seconds >= SECONDS_FROM_1970_TO_1980) {
        (false, _) => since_1970,
        (true, true) => seconds,
        (true, false) => return None,
    };
    Some(Instant::from_micros(since_1970.checked_mul(1_000_000)?))
}

/// Truncated; zero is unknown.
fn milliseconds(units: u64, scale: u32) -> Option<u64> {
    let scaled = u128::from(units) * 1_000;
    let whole = scaled.checked_div(scale.into())?;
    u64::try_from(whole).ok().filter(|whole| *whole > 0)
}

fn read_track(input: &mut Input, track: BoxAt, said: &mut Said) -> Option<()> {
    let spherical = bmff::boxes(input, track.data, track.end);
    for part in spherical.iter().filter(|part| &part.kind == b"uuid") {
        note_uuid(input, *part, said);
    }
    let handler = bmff::find_path(input, track, &[b"mdia", b"hdlr"])?;
    if input.get(handler.data + 8, 4)? != b"vide" || said.movie.codec.is_some() {
        return None;
    }
    let media = bmff::find_path(input, track, &[b"mdia", b"mdhd"]);
    let media = media.and_then(|found| time_header(input, found));
    said.movie.media_created = media.and_then(|header| header.created);
    set(&mut said.movie.duration_ms, media.and_then(TimeHeader::duration_ms));
    let samples = bmff::find_path(input, track, &[b"mdia", b"minf", b"stbl"]);
    let described = samples.and_then(|found| note_samples(input, found, media, said));
    let header = bmff::find(input, track.data, track.end, b"tkhd");
    header.and_then(|found| note_track_header(input, found, said));
    // A track header may leave the size out; then the sample description has it.
    if let Some((width, height)) = described {
        said.set_size(width, height);
    }
    Some(())
}

/// Codec, frames per second, and the coded size.
fn note_samples(
    input: &mut Input,
    samples: BoxAt,
    media: Option<TimeHeader>,
    said: &mut Said,
) -> Option<(u32, u32)> {
    let parts = bmff::boxes(input, samples.data, samples.end);
    let find = |kind: &[u8; 4]| parts.iter().find(|part| &part.kind == kind).copied();
    let sizes = find(b"stsz").and_then(|found| input.u32_be(found.data + 8));
    if let (Some(count), Some(media)) = (sizes.filter(|count| *count > 1), media)
        && media.units > 0
    {
        let fps = f64::from(count) * f64::from(media.scale) / media.units as f64;
        said.movie.fps = Some((fps * 1_000.0).round() / 1_000.0).filter(|fps| fps.is_finite());
    }
    let entry = find(b"stsd")?.data + 8;
    let codec = input.copy(entry + 4, 4)?;
    said.movie.codec = clean_text(&codec).or_else(|| Some("unknown".to_owned()));
    Some((input.u16_be(entry + 32)?.into(), input.u16_be(entry + 34)?.into()))
}

/// Size and rotation. The size is fixed point; the matrix turns by quarters or is left alone.
fn note_track_header(input: &mut Input, header: BoxAt, said: &mut Said) -> Option<()> {
    let matrix = header.data + if input.u8(header.data)? == 1 { 52 } else { 40 };
    let mut number = |index: u64| input.u32_be(matrix + index * 4).map(|number| number as i32);
    let (a, b, c, d) = (number(0)?, number(1)?, number(3)?, number(4)?);
    said.transform = match (a.signum(), b.signum(), c.signum(), d.signum()) {
        (0, 1, -1, 0) => Some(6),
        (-1, 0, 0, -1) => Some(3),
        (0, -1, 1, 0) => Some(8),
        _ => Some(1),
    };
    let (width, height) = (input.u32_be(matrix + 36)? >> 16, input.u32_be(matrix + 40)? >> 16);
    said.set_size(width, height);
    Some(())
}

fn note_uuid(input: &mut Input, found: BoxAt, said: &mut Said) -> Option<()> {
    let id: [u8; 16] = input.get(found.data, 16)?.try_into().ok()?;
    let (data, len) = (found.data + 16, found.len().checked_sub(16)?);
    match id {
        XMP_UUID | SPHERICAL_UUID => xmp::read_packet(input, data, len, said),
        CANON_UUID => {
            for part in bmff::boxes(input, data, found.end) {
                let root = match &part.kind {
                    b"CMT1" => Ifd::Main(0),
                    b"CMT2" => Ifd::Exif,
                    b"CMT4" => Ifd::Gps,
                    _ => continue,
                };
                exif::read_entries(input, part.data, part.len(), root, said);
            }
        }
        _ => {}
    }
    Some(())
}

fn note_user_data(input: &mut Input, udta: BoxAt, said: &mut Said) {
    for part in bmff::boxes(input, udta.data, udta.end) {
        match &part.kind {
            b"\xa9xyz" => {
                let place = user_text(input, part).and_then(|text| parse_iso6709(&text));
                note_place(place, said);
            }
            b"loci" => {
                let place = location_box(input, part);
                note_place(place.map(|place| (place, None)), said);
            }
            b"date" => {
                let text = input.copy(part.data, part.len().min(64));
                set(&mut said.movie.date_original, text.and_then(|text| clean_text(&text)));
            }
            b"\xa9mak" => set(&mut said.movie.make, user_text(input, part)),
            b"\xa9mod" => set(&mut said.movie.model, user_text(input, part)),
            b"\xa9des" | b"\xa9inf" => set(&mut said.movie.description, user_text(input, part)),
            b"meta" => {
                note_meta(input, part, said);
            }
            b"XMP_" => xmp::read_packet(input, part.data, part.len(), said),
            _ => {}
        }
    }
}

/// A length, a language, then the text.
fn user_text(input: &mut Input, part: BoxAt) -> Option<String> {
    let len = u64::from(input.u16_be(part.data)?).min(part.len().checked_sub(4)?);
    clean_text(&input.copy(part.data + 4, len)?)
}

fn note_place(place: Option<(GeoPoint, Option<f64>)>, said: &mut Said) {
    let Some((place, altitude)) = place else { return };
    if said.movie.place.is_none() {
        said.movie.place = Some(place);
        said.movie.altitude = altitude;
    }
}

/// 3GPP: a language, a name ended by zero, a role, then longitude, latitude and altitude.
fn location_box(input: &mut Input, part: BoxAt) -> Option<GeoPoint> {
    let bytes = input.copy(part.data, part.len().min(1_024))?;
    let name = bytes.get(6..)?;
    let numbers = name.get(name.iter().position(|byte| *byte == 0)? + 2..)?;
    let degrees = |at: usize| {
        let fixed = i32::from_be_bytes(numbers.get(at..at + 4)?.try_into().ok()?);
        Some(f64::from(fixed) / 65_536.0)
    };
    usable_point(degrees(4)?, degrees(0)?)
}

/// `+48.8584+002.2945+035.000/`: latitude, longitude, and perhaps metres. Degrees may be followed
/// by minutes and seconds in one run of digits.
fn parse_iso6709(text: &str) -> Option<(GeoPoint, Option<f64>)> {
    let text = text.trim().split('/').next()?;
    let text = text.split("CRS").next()?;
    let starts: Vec<usize> =
        text.char_indices().filter(|(_, c)| "+-".contains(*c)).map(|(at, _)| at).collect();
    let part = |number: usize| {
        let start = *starts.get(number)?;
        Some(&text[start..starts.get(number + 1).copied().unwrap_or(text.len())])
    };
    let place = usable_point(iso6709_degrees(part(0)?, 2)?, iso6709_degrees(part(1)?, 3)?)?;
    let altitude = part(2).and_then(|metres| metres.parse::<f64>().ok());
    Some((place, altitude))
}

fn iso6709_degrees(text: &str, degree_digits: usize) -> Option<f64> {
    let (sign, digits) = text.split_at_checked(1)?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |text: &str| text.parse::<f64>().ok();
    let tail = |from: usize| number(&format!("{}.{fraction}0", &whole[from..]));
    let degrees = match whole.len().checked_sub(degree_digits) {
        Some(2) => number(&whole[..degree_digits])? + tail(degree_digits)? / 60.0,
        Some(4) => {
            let minutes = number(&whole[degree_digits..degree_digits + 2])?;
            number(&whole[..degree_digits])? + minutes / 60.0 + tail(degree_digits + 2)? / 3_600.0
        }
        _ => tail(0)?,
    };
    Some(if sign == "-" { -degrees } else { degrees })
}

/// Apple's keyed metadata (`keys` names what `ilst` numbers), or iTunes' own four letters.
fn note_meta(input: &mut Input, meta: BoxAt, said: &mut Said) -> Option<()> {
    let start = bmff::meta_children(input, meta);
    let parts = bmff::boxes(input, start, meta.end);
    let find = |kind: &[u8; 4]| parts.iter().find(|part| &part.kind == kind).copied();
    let keys = find(b"keys").map(|found| key_names(input, found)).unwrap_or_default();
    let values = find(b"ilst")?;
    for item in bmff::boxes(input, values.data, values.end) {
        let number = u32::from_be_bytes(item.kind) as usize;
        let name = number.checked_sub(1).and_then(|number| keys.get(number));
        let texts = item_texts(input, item);
        let Some(text) = texts.first() else { continue };
        match name {
            Some(name) => note_key(name, text, said),
            None => note_letters(&item.kind, text, said),
        }
    }
    Some(())
}

fn key_names(input: &mut Input, keys: BoxAt) -> Vec<String> {
    let count = input.u32_be(keys.data + 4).unwrap_or(0).min(KEYS_MAX);
    let mut names = Vec::new();
    let mut at = keys.data + 8;
    for _ in 0..count {
        let Some(size) = input.u32_be(at).filter(|size| (8..4_096).contains(size)) else { break };
        let Some(name) = input.copy(at + 8, u64::from(size) - 8) else { break };
        names.push(String::from_utf8_lossy(&name).into_owned());
        at += u64::from(size);
    }
    names
}

/// The `data` boxes of an item that hold text, or a number shown as text.
fn item_texts(input: &mut Input, item: BoxAt) -> Vec<String> {
    let mut texts = Vec::new();
    for data in bmff::boxes(input, item.data, item.end).into_iter().take(64) {
        let (Some(kind), Some(len)) = (input.u32_be(data.data), data.len().checked_sub(8)) else {
            continue;
        };
        if &data.kind != b"data" || len > TEXT_BYTES_MAX {
            continue;
        }
        let Some(bytes) = input.copy(data.data + 8, len) else { continue };
        let number = |bits: &[u8]| bits.iter().fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
        let text = match (kind & 0xff, bytes.len()) {
            (1, _) => clean_text(&bytes),
            (21 | 22, 1..=8) => Some(number(&bytes).to_string()),
            (23, 4) => Some(f32::from_bits(number(&bytes) as u32).to_string()),
            _ => None,
        };
        texts.extend(text);
    }
    texts
}

fn note_key(name: &str, text: &str, said: &mut Said) {
    let text = || Some(text.to_owned());
    let movie = &mut said.movie;
    match name {
        "com.apple.quicktime.creationdate" => set(&mut movie.creation_date, text()),
        "com.apple.quicktime.location.ISO6709" => {
            note_place(text().and_then(|text| parse_iso6709(&text)), said);
        }
        "com.apple.quicktime.content.identifier" => set(&mut said.content_id, text()),
        "com.apple.quicktime.make" | "com.android.manufacturer" => set(&mut movie.make, text()),
        "com.apple.quicktime.model" | "com.android.model" => set(&mut movie.model, text()),
        "com.apple.quicktime.description" => set(&mut movie.description, text()),
        "com.apple.quicktime.rating.user" => {
            set(&mut movie.rating, text().and_then(|text| text.parse().ok()));
        }
        "com.apple.quicktime.keywords" => {
            let words = text().unwrap_or_default();
            let words = words.split(',').map(str::trim).filter(|word| !word.is_empty());
            movie.keywords.extend(words.map(str::to_owned));
        }
        _ => {}
    }
}

fn note_letters(kind: &[u8; 4], text: &str, said: &mut Said) {
    let movie = &mut said.movie;
    match kind {
        b"\xa9xyz" => note_place(parse_iso6709(text), said),
        b"\xa9mak" => set(&mut movie.make, Some(text.to_owned())),
        b"\xa9mod" => set(&mut movie.model, Some(text.to_owned())),
        b"desc" => set(&mut movie.description, Some(text.to_owned())),
        b"keyw" => movie.keywords.push(text.to_owned()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_read_in_the_forms_of_iso_6709() {
        for (text, latitude, longitude, altitude) in [
            ("+48.8584+002.2945+035.000/", 48.8584, 2.2945, Some(35.0)),
            ("-08.9109-140.0996/", -8.9109, -140.0996, None),
            ("+27.1281+100.2508+2404.000CRSWGS_84/", 27.1281, 100.2508, Some(2404.0)),
            ("+4830.6-00230.0/", 48.51, -2.5, None),
            ("+483030-0023000/", 48.508_333_333, -2.5, None),
        ] {
            let (place, metres) = parse_iso6709(text).unwrap();
            assert!((place.latitude - latitude).abs() < 1e-6, "{text} {place:?}");
            assert!((place.longitude - longitude).abs() < 1e-6, "{text} {place:?}");
            assert_eq!(metres, altitude, "{text}");
        }
        for text in ["", "+", "+1", "+91.0+000.0/", "+0+0/", "+00.0000+000.0000/", "+é+1", "é"] {
            assert_eq!(parse_iso6709(text), None, "{text}");
        }
    }

    #[test]
    fn times_count_from_1904_and_zero_is_unset() {
        assert_eq!(instant_of(0), None);
        assert_eq!(instant_of(3_600), None);
        assert_eq!(instant_of(u64::MAX), None);
        let day = instant_of(SECONDS_FROM_1904_TO_1970 as u64 + 86_400);
        assert_eq!(day, Some(Instant::from_micros(86_400_000_000)));
        // 2020-01-01, counted from 1970 by mistake.
        assert_eq!(instant_of(1_577_836_800), Some(Instant::from_micros(1_577_836_800_000_000)));
    }
}
