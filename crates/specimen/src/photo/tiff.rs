//! TIFF: one uncompressed strip; EXIF, XMP and IPTC are tags of the same directory.

use super::Photo;
use crate::scene::Pixels;
use crate::tiff::{BODY_AT, Entry, Value, write_tiff};

pub(super) fn write(photo: &Photo, pixels: &Pixels) -> Vec<u8> {
    let mut entries = vec![
        Entry::new(0x0100, Value::Long(vec![pixels.width])),
        Entry::new(0x0101, Value::Long(vec![pixels.height])),
        Entry::new(0x0102, Value::Short(vec![8, 8, 8])),
        Entry::new(0x0103, Value::Short(vec![1])),
        Entry::new(0x0106, Value::Short(vec![2])),
        Entry::new(0x0111, Value::Long(vec![BODY_AT])),
        Entry::new(0x0115, Value::Short(vec![3])),
        Entry::new(0x0116, Value::Long(vec![pixels.height])),
        Entry::new(0x0117, Value::Long(vec![pixels.rgb.len() as u32])),
        Entry::new(0x011A, Value::Rational(vec![(300, 1)])),
        Entry::new(0x011B, Value::Rational(vec![(300, 1)])),
        Entry::new(0x0128, Value::Short(vec![2])),
    ];
    if let Some(packet) = photo.xmp.packet() {
        entries.push(Entry::new(0x02BC, Value::Byte(packet.into_bytes())));
    }
    if let Some(records) = photo.iptc.records() {
        entries.push(Entry::new(0x83BB, Value::Undefined(records)));
    }
    for entry in photo.exif.picture_entries() {
        entries.retain(|written| written.tag != entry.tag);
        entries.push(entry);
    }
    write_tiff(photo.exif.byte_order, &pixels.rgb, &entries)
}
