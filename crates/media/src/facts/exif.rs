//! What the entries of an EXIF block mean.

use super::input::Input;
use super::said::{Said, set, usable_point};
use super::stamp::offset_of_minutes;
use super::tiff::{self, Entry, Ifd, tag};
use super::{iptc, xmp};

/// Reads the EXIF block of `len` bytes at `at`, which begins with its byte order.
pub(super) fn read_block(input: &mut Input, at: u64, len: u64, said: &mut Said) {
    let entries = read_entries(input, at, len, Ifd::Main(0), said);
    if entries.is_empty() && len > 0 {
        said.warn("the EXIF block cannot be read");
    }
}

/// Reads a TIFF structure whose first directory is a `root`, and gives its entries back.
pub(super) fn read_entries(
    input: &mut Input,
    at: u64,
    len: u64,
    root: Ifd,
    said: &mut Said,
) -> Vec<Entry> {
    let entries = tiff::read(input, at, len, root);
    for entry in &entries {
        match entry.ifd {
            Ifd::Main(0) | Ifd::Exif => note_entry(entry, said),
            // Some raw files keep their EXIF entries beside the image they belong to.
            Ifd::Main(_) | Ifd::Sub | Ifd::Gps | Ifd::Maker => {}
        }
    }
    note_gps(&entries, said);
    for entry in &entries {
        note_block(input, (at, at.saturating_add(len)), entry, said);
    }
    entries
}

fn note_entry(entry: &Entry, said: &mut Said) {
    let exif = &mut said.exif;
    match entry.tag {
        tag::DATE_ORIGINAL => set(&mut exif.date_original, entry.text()),
        tag::SUBSEC_ORIGINAL => set(&mut exif.subsec_original, entry.text()),
        tag::OFFSET_ORIGINAL => set(&mut exif.offset_original, entry.text()),
        tag::DATE_DIGITIZED => set(&mut exif.date_digitized, entry.text()),
        tag::SUBSEC_DIGITIZED => set(&mut exif.subsec_digitized, entry.text()),
        tag::OFFSET_DIGITIZED => set(&mut exif.offset_digitized, entry.text()),
        tag::OFFSET => set(&mut exif.offset, entry.text()),
        tag::TIME_ZONE_OFFSET => set(&mut exif.time_zone_offset, entry.integer()),
        tag::ORIENTATION => {
            let number = entry.integer().and_then(|number| u8::try_from(number).ok());
            set(&mut exif.orientation, number.filter(|number| (1..=8).contains(number)));
        }
        tag::MAKE => set(&mut exif.make, entry.text()),
        tag::MODEL => set(&mut exif.model, entry.text()),
        tag::LENS_MODEL => set(&mut exif.lens, entry.text()),
        tag::F_NUMBER => set(&mut exif.f_number, entry.number().filter(|number| *number > 0.0)),
        tag::EXPOSURE_TIME => {
            set(&mut exif.exposure_time, entry.number().filter(|number| *number > 0.0));
        }
        tag::ISO => {
            let iso = entry.integer().and_then(|iso| u32::try_from(iso).ok());
            set(&mut exif.iso, iso.filter(|iso| *iso > 0));
        }
        tag::FOCAL_LENGTH => {
            set(&mut exif.focal_length, entry.number().filter(|number| *number > 0.0));
        }
        tag::PIXEL_WIDTH | tag::IMAGE_WIDTH => set(&mut exif.pixel_width, pixels_of(entry)),
        tag::PIXEL_HEIGHT | tag::IMAGE_HEIGHT => set(&mut exif.pixel_height, pixels_of(entry)),
        tag::RATING => set(&mut exif.rating, entry.number()),
        tag::IMAGE_DESCRIPTION => set(&mut exif.description, entry.text()),
        _ => {}
    }
}

fn pixels_of(entry: &Entry) -> Option<u32> {
    entry.integer().and_then(|side| u32::try_from(side).ok()).filter(|side| *side > 0)
}

/// Values that hold another kind of metadata.
fn note_block(input: &mut Input, span: (u64, u64), entry: &Entry, said: &mut Said) {
    let is_main = entry.ifd == Ifd::Main(0);
    match entry.tag {
        tag::XMP if is_main => xmp::read_packet(input, entry.at, entry.len, said),
        tag::IPTC if is_main => iptc::read_records(input, entry.at, entry.len, said),
        tag::PHOTOSHOP if is_main => iptc::read_resources(input, entry.at, entry.len, said),
        tag::MAKER_NOTE if entry.ifd == Ifd::Exif => {
            note_maker(input, span, entry, said);
        }
        _ => {}
    }
}

fn note_gps(entries: &[Entry], said: &mut Said) {
    let find = |tag| entries.iter().find(|entry| entry.ifd == Ifd::Gps && entry.tag == tag);
    let degrees = |tag| find(tag).and_then(|entry: &Entry| degrees_of(&entry.numbers()));
    let is_negative = |tag, letter: char| {
        let text = find(tag).and_then(Entry::text).unwrap_or_default();
        text.to_ascii_uppercase().starts_with(letter)
    };
    if let (Some(latitude), Some(longitude)) = (degrees(2), degrees(4)) {
        let latitude = if is_negative(1, 'S') { -latitude.abs() } else { latitude };
        let longitude = if is_negative(3, 'W') { -longitude.abs() } else { longitude };
        set(&mut said.exif.place, usable_point(latitude, longitude));
    }
    let is_below = find(5).and_then(Entry::integer) == Some(1);
    let altitude = find(6).and_then(Entry::number);
    set(
        &mut said.exif.altitude,
        altitude.map(|metres| if is_below { -metres.abs() } else { metres }),
    );
    set(&mut said.exif.gps_date, find(29).and_then(Entry::text));
    let time = find(7).map(Entry::numbers).and_then(|parts| <[f64; 3]>::try_from(parts).ok());
    set(&mut said.exif.gps_time, time);
}

/// Degrees, minutes and seconds as degrees. A part that is not there, or `0/0`, counts nothing, but
/// without degrees there is no angle.
fn degrees_of(parts: &[f64]) -> Option<f64> {
    let part = |at: usize| parts.get(at).copied().filter(|part| part.is_finite());
    let degrees = part(0)?;
    Some(degrees + part(1).unwrap_or(0.0) / 60.0 + part(2).unwrap_or(0.0) / 3_600.0)
}

/// The few facts that only makers' own notes have.
fn note_maker(input: &mut Input, span: (u64, u64), note: &Entry, said: &mut Said) {
    let end = note.at.saturating_add(note.len);
    let head = input.get_up_to(note.at, 16.min(note.len as usize)).to_vec();
    let make = said.exif.make.as_deref().unwrap_or_default().to_ascii_lowercase();
    if head.starts_with(b"Apple iOS\0") {
        let little_endian = head.get(12..14) == Some(b"II");
        let entries =
            tiff::read_directory(input, (note.at, end), note.at.saturating_add(14), little_endian);
        let text = |tag| entries.iter().find(|entry| entry.tag == tag).and_then(Entry::text);
        set(&mut said.content_id, text(0x0011));
        set(&mut said.burst_id, text(0x000b));
    } else if make.starts_with("canon") {
        let little_endian = tiff::is_little_endian(input, span.0);
        let entries = tiff::read_directory(input, span, note.at, little_endian);
        let info = entries.iter().find(|entry| entry.tag == 0x0035).map(Entry::integers);
        note_zone_minutes(info.and_then(|info| info.get(1).copied()), said);
    } else if head.starts_with(b"Nikon\0\x02") {
        let base = note.at.saturating_add(10);
        let entries = tiff::read(input, base, end.saturating_sub(base), Ifd::Maker);
        // A signed 16-bit number of minutes, then whether it is summer time.
        let world = entries.iter().find(|entry| entry.tag == 0x0024).map(Entry::integers);
        let little_endian = tiff::is_little_endian(input, base);
        note_zone_minutes(world.and_then(|world| nikon_minutes(&world, little_endian)), said);
    }
}

fn nikon_minutes(world: &[i64], little_endian: bool) -> Option<i64> {
    let (&first, &second) = (world.first()?, world.get(1)?);
    let pair = [first as u8, second as u8];
    let minutes = if little_endian { i16::from_le_bytes(pair) } else { i16::from_be_bytes(pair) };
    Some(i64::from(minutes))
}

fn note_zone_minutes(minutes: Option<i64>, said: &mut Said) {
    set(&mut said.maker_offset, minutes.and_then(offset_of_minutes));
}
