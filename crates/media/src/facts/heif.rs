//! HEIF: HEIC and AVIF still pictures.
//!
//! The `meta` box lists items; one of them is the picture, others hold its EXIF block and XMP
//! packet. Properties give the size and the transforms that a decoder applies.

use super::bmff::{self, BoxAt};
use super::exif;
use super::input::{Input, REQUEST_BYTES_MAX};
use super::said::Said;
use super::xmp;
use crate::facts::MotionPart;

const ITEMS_MAX: usize = 4_096;
const EXTENTS_MAX: u64 = 64;

/// Reads the file from its boxes.
pub(super) fn read(input: &mut Input, said: &mut Said) {
    let end = input.len();
    let top = bmff::boxes(input, 0, end);
    match top.iter().find(|found| &found.kind == b"meta") {
        Some(meta) => {
            if read_meta(input, *meta, said).is_none() {
                said.warn("the HEIF item lists cannot be read");
            }
        }
        None => said.warn("the HEIF file has no meta box"),
    }
    // Samsung's motion photos carry their video in a box of their own.
    let motion = top.iter().find(|found| &found.kind == b"mpvd");
    said.motion = motion.map(|found| MotionPart { offset: found.data, len: found.len() });
}

fn read_meta(input: &mut Input, meta: BoxAt, said: &mut Said) -> Option<()> {
    let start = bmff::meta_children(input, meta);
    let parts = bmff::boxes(input, start, meta.end);
    let find = |kind: &[u8; 4]| parts.iter().find(|part| &part.kind == kind).copied();

    let primary = find(b"pitm").and_then(|part| {
        let is_long = input.u8(part.data)? > 0;
        if is_long {
            input.u32_be(part.data + 4)
        } else {
            input.u16_be(part.data + 4).map(u32::from)
        }
    });
    if let (Some(properties), Some(primary)) = (find(b"iprp"), primary) {
        note_properties(input, properties, primary, said);
    }
    let items = item_kinds(input, find(b"iinf")?)?;
    let idat = find(b"idat").map_or(0, |part| part.data);
    let places = find(b"iloc").and_then(|part| item_places(input, part, idat)).unwrap_or_default();
    for (id, kind) in items {
        let Some((_, extents)) = places.iter().find(|(other, _)| *other == id) else { continue };
        note_item(input, kind, extents, said);
    }
    Some(())
}

enum ItemKind {
    Exif,
    Xmp,
}

/// The items that hold metadata.
fn item_kinds(input: &mut Input, iinf: BoxAt) -> Option<Vec<(u32, ItemKind)>> {
    let start = if input.u8(iinf.data)? == 0 { 6 } else { 8 };
    let mut items = Vec::new();
    for entry in bmff::boxes(input, iinf.data + start, iinf.end) {
        let version = input.u8(entry.data)?;
        if &entry.kind != b"infe" || version < 2 {
            continue;
        }
        let (id, after) = if version == 2 {
            (u32::from(input.u16_be(entry.data + 4)?), entry.data + 6)
        } else {
            (input.u32_be(entry.data + 4)?, entry.data + 8)
        };
        let Some(kind) = input.copy(after + 2, 4) else { continue };
        match &*kind {
            b"Exif" => items.push((id, ItemKind::Exif)),
            b"mime" => {
                let rest = (entry.end - (after + 6).min(entry.end)).min(256);
                let names = input.copy(after + 6, rest)?;
                // A name, then the content type, each ended by a zero.
                if names.split(|byte| *byte == 0).nth(1) == Some(b"application/rdf+xml") {
                    items.push((id, ItemKind::Xmp));
                }
            }
            _ => {}
        }
    }
    Some(items)
}

type Extents = Vec<(u64, u64)>;

/// Where each item lies in the file.
fn item_places(input: &mut Input, iloc: BoxAt, idat: u64) -> Option<Vec<(u32, Extents)>> {
    let version = input.u8(iloc.data)?;
    let sizes = input.u16_be(iloc.data + 4)?;
    let width = |shift: u32| usize::from(sizes >> shift & 0xf);
    let (offset_width, length_width, base_width) = (width(12), width(8), width(4));
    let index_width = if version == 0 { 0 } else { width(0) };
    let mut rest = Numbers { input, at: iloc.data + 6 };

    let id_width = if version < 2 { 2 } else { 4 };
    let count = rest.next(id_width)?;
    let mut places = Vec::new();
    for _ in 0..count.min(ITEMS_MAX as u64) {
        let id = rest.next(id_width)? as u32;
        let method = if version == 0 { 0 } else { rest.next(2)? & 0xf };
        rest.next(2)?;
        let base = rest.next(base_width)?;
        let extent_count = rest.next(2)?;
        let mut extents = Vec::new();
        for _ in 0..extent_count.min(EXTENTS_MAX) {
            rest.next(index_width)?;
            let offset = rest.next(offset_width)?.checked_add(base)?;
            let from = if method == 1 { offset.checked_add(idat)? } else { offset };
            extents.push((from, rest.next(length_width)?));
        }
        if extent_count > EXTENTS_MAX {
            return Some(places);
        }
        if method < 2 {
            places.push((id, extents));
        }
    }
    Some(places)
}

/// Numbers of given widths, one after the other.
struct Numbers<'a, 'b> {
    input: &'a mut Input<'b>,
    at: u64,
}

impl Numbers<'_, '_> {
    fn next(&mut self, width: usize) -> Option<u64> {
        let bytes = self.input.get(self.at, width)?;
        self.at += width as u64;
        Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

fn note_item(input: &mut Input, kind: ItemKind, extents: &[(u64, u64)], said: &mut Said) {
    if let [(at, len)] = *extents {
        let len = if len == 0 { input.len().saturating_sub(at) } else { len };
        note_block(input, kind, at, len, said);
        return;
    }
    let mut joined = Vec::new();
    for (at, len) in extents {
        let Some(part) = input.copy(*at, *len) else { return };
        if joined.len() + part.len() > REQUEST_BYTES_MAX {
            return;
        }
        joined.extend(part);
    }
    let len = joined.len() as u64;
    note_block(&mut Input::bytes(&joined), kind, 0, len, said);
}

fn note_block(input: &mut Input, kind: ItemKind, at: u64, len: u64, said: &mut Said) {
    match kind {
        ItemKind::Xmp => xmp::read_packet(input, at, len, said),
        ItemKind::Exif => {
            // The block begins with the distance to its byte order mark.
            let skip = input.u32_be(at).map_or(4, |skip| 4 + u64::from(skip));
            exif::read_block(input, at.saturating_add(skip), len.saturating_sub(skip), said);
        }
    }
}

/// Size and transforms of the primary item.
fn note_properties(input: &mut Input, iprp: BoxAt, primary: u32, said: &mut Said) -> Option<()> {
    let list = bmff::find(input, iprp.data, iprp.end, b"ipco")?;
    let list = bmff::boxes(input, list.data, list.end);
    let mut order = Vec::new();
    for part in bmff::boxes(input, iprp.data, iprp.end) {
        if &part.kind == b"ipma" {
            order.extend(associations(input, part, primary).unwrap_or_default());
        }
    }
    let (mut turns, mut mirror) = (0, None);
    let mut has_transform = false;
    for number in order {
        let Some(property) = number.checked_sub(1).and_then(|number| list.get(number)) else {
            continue;
        };
        match &property.kind {
            b"ispe" => {
                let (width, height) =
                    (input.u32_be(property.data + 4)?, input.u32_be(property.data + 8)?);
                said.set_size(width, height);
            }
            b"irot" => {
                turns = input.u8(property.data)? & 3;
                has_transform = true;
            }
            b"imir" => {
                mirror = Some(input.u8(property.data)? & 1);
                has_transform = true;
            }
            _ => {}
        }
    }
    for property in list.iter().filter(|property| &property.kind == b"ispe") {
        // Where the properties are tied to nothing, a size is still the picture's.
        if let (Some(width), Some(height)) =
            (input.u32_be(property.data + 4), input.u32_be(property.data + 8))
        {
            said.set_size(width, height);
        }
    }
    said.transform = has_transform.then(|| orientation_of(turns, mirror));
    Some(())
}

/// The EXIF orientation that has the effect of quarter turns counter-clockwise followed by
/// a mirroring (0: top to bottom, 1: left to right).
fn orientation_of(turns: u8, mirror: Option<u8>) -> u8 {
    const TURNED: [u8; 4] = [1, 8, 3, 6];
    const THEN_TOP_TO_BOTTOM: [u8; 4] = [4, 5, 2, 7];
    const THEN_LEFT_TO_RIGHT: [u8; 4] = [2, 7, 4, 5];
    let table = match mirror {
        None => TURNED,
        Some(0) => THEN_TOP_TO_BOTTOM,
        Some(_) => THEN_LEFT_TO_RIGHT,
    };
    table[usize::from(turns & 3)]
}

/// The numbers of an item's properties, from 1, in their order.
fn associations(input: &mut Input, ipma: BoxAt, item: u32) -> Option<Vec<usize>> {
    let (version, is_wide) = (input.u8(ipma.data)?, input.u8(ipma.data + 3)? & 1 == 1);
    let mut rest = Numbers { input, at: ipma.data + 4 };
    let count = rest.next(4)?;
    for _ in 0..count.min(ITEMS_MAX as u64) {
        let id = rest.next(if version == 0 { 2 } else { 4 })? as u32;
        let property_count = rest.next(1)?;
        let mut numbers = Vec::new();
        for _ in 0..property_count {
            let number = rest.next(if is_wide { 2 } else { 1 })?;
            numbers.push((number & if is_wide { 0x7fff } else { 0x7f }) as usize);
        }
        if id == item {
            return Some(numbers);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows one corner through the transforms, and compares with what the EXIF numbers mean.
    #[test]
    fn transforms_have_their_exif_numbers() {
        // Where EXIF shows the stored top-left and top-right corners: (x, y) with 1 = right, bottom.
        let shown = |orientation: u8| match orientation {
            1 => ((0, 0), (1, 0)),
            2 => ((1, 0), (0, 0)),
            3 => ((1, 1), (0, 1)),
            4 => ((0, 1), (1, 1)),
            5 => ((0, 0), (0, 1)),
            6 => ((1, 0), (1, 1)),
            7 => ((1, 1), (1, 0)),
            _ => ((0, 1), (0, 0)),
        };
        for turns in 0..4_u8 {
            for mirror in [None, Some(0), Some(1)] {
                let follow = |(mut x, mut y): (i32, i32)| {
                    for _ in 0..turns {
                        (x, y) = (y, 1 - x);
                    }
                    match mirror {
                        None => (x, y),
                        Some(0) => (x, 1 - y),
                        Some(_) => (1 - x, y),
                    }
                };
                let expected = (follow((0, 0)), follow((1, 0)));
                let orientation = orientation_of(turns, mirror);
                assert_eq!(shown(orientation), expected, "{turns} {mirror:?}");
            }
        }
    }
}
