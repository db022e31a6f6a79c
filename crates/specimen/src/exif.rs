//! EXIF: what a camera says about a picture.
//!
//! [`Exif`] has a field for each tag that the library reads; texts are free, so that impossible
//! dates can be written too. Anything else goes through [`Exif::extra`], which also replaces what
//! the fields would write.

use crate::tiff::{ByteOrder, Entry, Value, write_tiff};
use crate::wall::{WallTime, offset_text};

/// The EXIF of one picture. An empty one is not written at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exif {
    /// Byte order of the whole block.
    pub byte_order: ByteOrder,
    /// `DateTimeOriginal`, as `2024:05:06 07:08:09`.
    pub date_time_original: Option<String>,
    /// `SubSecTimeOriginal`: digits after the decimal point.
    pub sub_sec_original: Option<String>,
    /// `OffsetTimeOriginal`, as `+05:45`.
    pub offset_original: Option<String>,
    /// `DateTimeDigitized`, which readers also call `CreateDate`.
    pub date_time_digitized: Option<String>,
    /// `SubSecTimeDigitized`.
    pub sub_sec_digitized: Option<String>,
    /// `OffsetTimeDigitized`.
    pub offset_digitized: Option<String>,
    /// `DateTime`, which readers also call `ModifyDate`.
    pub modify_date: Option<String>,
    /// `SubSecTime`, of the modification.
    pub sub_sec_modify: Option<String>,
    /// `OffsetTime`, of the modification.
    pub offset_modify: Option<String>,
    /// `Make`.
    pub make: Option<String>,
    /// `Model`.
    pub model: Option<String>,
    /// `LensModel`.
    pub lens_model: Option<String>,
    /// `Software`.
    pub software: Option<String>,
    /// `FNumber`, as a fraction.
    pub f_number: Option<(u32, u32)>,
    /// `ExposureTime` in seconds, as a fraction.
    pub exposure_time: Option<(u32, u32)>,
    /// `ISOSpeedRatings`.
    pub iso: Option<u16>,
    /// `FocalLength` in millimetres, as a fraction.
    pub focal_length: Option<(u32, u32)>,
    /// `Orientation`, 1 to 8. Nothing is rotated here: see [`crate::Photo::orientation`].
    pub orientation: Option<u16>,
    /// Where the picture was taken.
    pub gps: Option<Gps>,
    /// `ImageDescription`.
    pub image_description: Option<String>,
    /// `Rating` (0x4746), the stars of Windows.
    pub rating: Option<u16>,
    /// `ContentIdentifier` in an Apple maker note: ties a live photo to its video.
    pub content_identifier: Option<String>,
    /// Any further entries. One replaces what a field would write under the same tag.
    pub extra: Vec<(ExifIfd, Entry)>,
    /// Replaces the whole block, from the byte order mark on.
    pub raw: Option<Vec<u8>>,
}

/// A directory of the EXIF block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExifIfd {
    /// IFD0: the picture.
    Picture,
    /// The EXIF directory: how it was taken.
    Exif,
    /// The GPS directory: where.
    Gps,
}

/// A GPS position. The signs become the reference letters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gps {
    /// Degrees, north positive.
    pub latitude: f64,
    /// Degrees, east positive.
    pub longitude: f64,
    /// Metres above the sea.
    pub altitude: Option<f64>,
    /// `GPSDateStamp`, as `2024:05:06`, of UTC.
    pub date_stamp: Option<String>,
    /// `GPSTimeStamp`: hours, minutes and seconds of UTC.
    pub time_stamp: Option<(u32, u32, u32)>,
}

impl Gps {
    /// A position without anything else.
    pub fn new(latitude: f64, longitude: f64) -> Self {
        Self { latitude, longitude, ..Self::default() }
    }
}

impl Exif {
    /// Sets both the original and the digitised time, as cameras do.
    pub fn set_taken(&mut self, local: WallTime, offset_seconds: Option<i32>) {
        self.date_time_original = Some(local.exif_text());
        self.sub_sec_original = local.sub_second_text();
        self.offset_original = offset_seconds.map(offset_text);
        self.date_time_digitized = self.date_time_original.clone();
        self.sub_sec_digitized = self.sub_sec_original.clone();
        self.offset_digitized = self.offset_original.clone();
    }

    /// The TIFF block that the containers carry, or `None` when there is nothing to say.
    pub fn to_tiff(&self) -> Option<Vec<u8>> {
        if self.raw.is_some() {
            return self.raw.clone();
        }
        let entries = self.picture_entries();
        (!entries.is_empty()).then(|| write_tiff(self.byte_order, &[], &entries))
    }

    /// The entries of IFD0, with the directories below it.
    pub(crate) fn picture_entries(&self) -> Vec<Entry> {
        let mut picture = Entries::default();
        picture.text(0x010E, &self.image_description);
        picture.text(0x010F, &self.make);
        picture.text(0x0110, &self.model);
        picture.short(0x0112, self.orientation);
        picture.text(0x0131, &self.software);
        picture.text(0x0132, &self.modify_date);
        picture.short(0x4746, self.rating);
        picture.directory(0x8769, self.exif_entries());
        picture.directory(0x8825, self.gps_entries());
        self.with_extra(ExifIfd::Picture, picture.0)
    }

    fn exif_entries(&self) -> Vec<Entry> {
        let mut exif = Entries::default();
        exif.rational(0x829A, self.exposure_time);
        exif.rational(0x829D, self.f_number);
        exif.short(0x8827, self.iso);
        exif.text(0x9003, &self.date_time_original);
        exif.text(0x9004, &self.date_time_digitized);
        exif.text(0x9010, &self.offset_modify);
        exif.text(0x9011, &self.offset_original);
        exif.text(0x9012, &self.offset_digitized);
        exif.rational(0x920A, self.focal_length);
        if let Some(identifier) = &self.content_identifier {
            exif.push(0x927C, Value::Undefined(apple_maker_note(identifier)));
        }
        exif.text(0x9290, &self.sub_sec_modify);
        exif.text(0x9291, &self.sub_sec_original);
        exif.text(0x9292, &self.sub_sec_digitized);
        exif.text(0xA434, &self.lens_model);
        let mut entries = self.with_extra(ExifIfd::Exif, exif.0);
        if !entries.is_empty() && !entries.iter().any(|entry| entry.tag == 0x9000) {
            entries.push(Entry::new(0x9000, Value::Undefined(b"0232".to_vec())));
        }
        entries
    }

    fn gps_entries(&self) -> Vec<Entry> {
        let mut gps = Entries::default();
        if let Some(position) = &self.gps {
            gps.push(0x0000, Value::Byte(vec![2, 3, 0, 0]));
            gps.letter(0x0001, if position.latitude < 0.0 { "S" } else { "N" });
            gps.push(0x0002, degrees(position.latitude));
            gps.letter(0x0003, if position.longitude < 0.0 { "W" } else { "E" });
            gps.push(0x0004, degrees(position.longitude));
            if let Some(altitude) = position.altitude {
                gps.push(0x0005, Value::Byte(vec![u8::from(altitude < 0.0)]));
                gps.rational(0x0006, Some(((altitude.abs() * 100.0).round() as u32, 100)));
            }
            if let Some((hours, minutes, seconds)) = position.time_stamp {
                gps.push(0x0007, Value::Rational(vec![(hours, 1), (minutes, 1), (seconds, 1)]));
            }
            gps.text(0x001D, &position.date_stamp);
        }
        self.with_extra(ExifIfd::Gps, gps.0)
    }

    fn with_extra(&self, ifd: ExifIfd, mut entries: Vec<Entry>) -> Vec<Entry> {
        let extra = self.extra.iter().filter(|(of, _)| *of == ifd).map(|(_, entry)| entry);
        for entry in extra {
            entries.retain(|written| written.tag != entry.tag);
            entries.push(entry.clone());
        }
        entries
    }
}

#[derive(Default)]
struct Entries(Vec<Entry>);

impl Entries {
    fn push(&mut self, tag: u16, value: Value) {
        self.0.push(Entry::new(tag, value));
    }

    fn text(&mut self, tag: u16, text: &Option<String>) {
        if let Some(text) = text {
            self.push(tag, Value::Ascii(text.clone()));
        }
    }

    fn letter(&mut self, tag: u16, letter: &str) {
        self.push(tag, Value::Ascii(letter.to_owned()));
    }

    fn short(&mut self, tag: u16, number: Option<u16>) {
        if let Some(number) = number {
            self.push(tag, Value::Short(vec![number]));
        }
    }

    fn rational(&mut self, tag: u16, fraction: Option<(u32, u32)>) {
        if let Some(fraction) = fraction {
            self.push(tag, Value::Rational(vec![fraction]));
        }
    }

    fn directory(&mut self, tag: u16, entries: Vec<Entry>) {
        if !entries.is_empty() {
            self.push(tag, Value::Directory(entries));
        }
    }
}

/// Degrees, minutes and ten-thousandths of a second (about 3 mm on the ground).
fn degrees(value: f64) -> Value {
    const PER_SECOND: u64 = 10_000;
    let units = (value.abs() * 3_600.0 * PER_SECOND as f64).round() as u64;
    let (seconds, minutes) = (units % (60 * PER_SECOND), units / (60 * PER_SECOND));
    Value::Rational(vec![
        ((minutes / 60) as u32, 1),
        ((minutes % 60) as u32, 1),
        (seconds as u32, PER_SECOND as u32),
    ])
}

/// A maker note as iPhones write it: a header, and a directory whose offsets count from the note.
fn apple_maker_note(identifier: &str) -> Vec<u8> {
    const HEADER: &[u8] = b"Apple iOS\0\0\x01MM";
    let text: Vec<u8> = identifier.bytes().chain([0]).collect();
    let text_at = HEADER.len() + 2 + 2 * 12 + 4;
    let mut note = HEADER.to_vec();
    let version = (0x0001u16, 9u16, 1u32, 14u32);
    let content = (0x0011u16, 2u16, text.len() as u32, text_at as u32);
    note.extend_from_slice(&2u16.to_be_bytes());
    for (tag, kind, count, value) in [version, content] {
        note.extend_from_slice(&tag.to_be_bytes());
        note.extend_from_slice(&kind.to_be_bytes());
        note.extend_from_slice(&count.to_be_bytes());
        note.extend_from_slice(&value.to_be_bytes());
    }
    note.extend_from_slice(&0u32.to_be_bytes());
    note.extend_from_slice(&text);
    note
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_block_is_not_written() {
        assert_eq!(Exif::default().to_tiff(), None);
        assert!(Exif { orientation: Some(1), ..Exif::default() }.to_tiff().is_some());
    }

    #[test]
    fn extra_entries_replace_fields() {
        let claimed = Entry::new(0x0112, Value::Long(vec![99]));
        let exif = Exif {
            orientation: Some(1),
            extra: vec![(ExifIfd::Picture, claimed.clone())],
            ..Exif::default()
        };
        assert_eq!(exif.picture_entries(), [claimed]);
    }

    #[test]
    fn degrees_never_hold_sixty_seconds() {
        let Value::Rational(parts) = degrees(-29.999_999_999_9) else { unreachable!() };
        assert_eq!(parts, [(30, 1), (0, 1), (0, 10_000)]);
    }
}
