//! The directories of a TIFF structure: EXIF blocks, TIFF files and the raw files built like them.
//!
//! The walk yields a flat list of entries with their values. It reads through [`Input`], so that
//! the metadata of an 80 MB raw file costs a few kilobytes, and it reads what is sound of a damaged
//! structure: a directory that points nowhere ends, the others are still read. Directories are
//! visited once each, at most [`DIRECTORIES_MAX`] of at most [`ENTRIES_MAX`] entries.

use super::input::Input;

const DIRECTORIES_MAX: usize = 64;
const ENTRIES_MAX: u64 = 1_024;
/// No value that facts ask for is longer; longer ones are left where they are.
const VALUE_BYTES_MAX: u64 = 64 << 10;

/// Which directory an entry stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ifd {
    /// The chain of main images; 0 is the image itself, 1 usually its thumbnail.
    Main(u8),
    Sub,
    Exif,
    Gps,
    Maker,
}

/// One entry of a directory.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub ifd: Ifd,
    /// Counts directories, so that the entries of one image can be told from another's.
    pub directory: usize,
    pub tag: u16,
    kind: u16,
    /// Absolute place and length of the value in the input.
    pub at: u64,
    pub len: u64,
    /// Empty when the value is longer than [`VALUE_BYTES_MAX`].
    bytes: Vec<u8>,
    little_endian: bool,
}

impl Entry {
    /// Text up to the first NUL, trimmed; `None` when nothing is left.
    pub(super) fn text(&self) -> Option<String> {
        let is_text = matches!(self.kind, 1 | 2 | 7 | 129);
        let bytes = self.bytes.split(|byte| *byte == 0).next().unwrap_or(&[]);
        is_text.then(|| clean_text(bytes)).flatten()
    }

    /// The whole numbers of the value.
    pub(super) fn integers(&self) -> Vec<i64> {
        let bytes = &self.bytes;
        match self.kind {
            1 | 7 => bytes.iter().map(|byte| i64::from(*byte)).collect(),
            6 => bytes.iter().map(|byte| i64::from(*byte as i8)).collect(),
            3 => self.each(2).map(|number| number as i64).collect(),
            8 => self.each(2).map(|number| i64::from(number as u16 as i16)).collect(),
            4 | 13 => self.each(4).map(|number| number as i64).collect(),
            9 => self.each(4).map(|number| i64::from(number as u32 as i32)).collect(),
            16..=18 => self.each(8).filter_map(|number| i64::try_from(number).ok()).collect(),
            _ => self.numbers().into_iter().map(|number| number as i64).collect(),
        }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        self.integers().first().copied()
    }

    /// The numbers of the value; an undefined fraction (`0/0`) is not a number.
    pub(super) fn numbers(&self) -> Vec<f64> {
        let quotient = |top: f64, bottom: f64| if bottom == 0.0 { f64::NAN } else { top / bottom };
        match self.kind {
            5 => self
                .pairs()
                .map(|(top, bottom)| quotient(f64::from(top), f64::from(bottom)))
                .collect(),
            10 => self
                .pairs()
                .map(|(top, bottom)| quotient(f64::from(top as i32), f64::from(bottom as i32)))
                .collect(),
            11 => self.each(4).map(|bits| f64::from(f32::from_bits(bits as u32))).collect(),
            12 => self.each(8).map(f64::from_bits).collect(),
            2 => self.text().and_then(|text| text.parse().ok()).into_iter().collect(),
            _ => self.integers().into_iter().map(|number| number as f64).collect(),
        }
    }

    /// The first number, if it is one.
    pub(super) fn number(&self) -> Option<f64> {
        self.numbers().first().copied().filter(|number| number.is_finite())
    }

    fn each(&self, width: usize) -> impl Iterator<Item = u64> {
        self.bytes.chunks_exact(width).map(|chunk| integer(chunk, self.little_endian))
    }

    fn pairs(&self) -> impl Iterator<Item = (u32, u32)> {
        self.bytes.chunks_exact(8).map(|chunk| {
            let (top, bottom) = chunk.split_at(4);
            let part = |bytes| integer(bytes, self.little_endian) as u32;
            (part(top), part(bottom))
        })
    }
}

/// Text of unknown encoding: UTF-8 if it is that, else Latin-1. `None` when it is blank.
pub(super) fn clean_text(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

fn integer(bytes: &[u8], little_endian: bool) -> u64 {
    let shift = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    if little_endian { bytes.iter().rev().fold(0, shift) } else { bytes.iter().fold(0, shift) }
}

/// How a structure is laid out: where its offsets count from, where it ends, how numbers are written.
#[derive(Clone, Copy)]
struct Layout {
    base: u64,
    end: u64,
    little_endian: bool,
    is_big: bool,
}

/// All entries of the structure that begins at `base`. Its first directory is an `root`.
pub(super) fn read(input: &mut Input, base: u64, len: u64, root: Ifd) -> Vec<Entry> {
    let Some((layout, first)) = read_header(input, base, len) else { return Vec::new() };
    let mut walk = Walk { layout, entries: Vec::new(), visited: Vec::new(), waiting: Vec::new() };
    walk.waiting.push((root, first));
    walk.run(input);
    walk.entries
}

/// The entries of one directory that lies at `at` of a structure with another's base: the form of
/// most makers' notes.
pub(super) fn read_directory(
    input: &mut Input,
    (base, end): (u64, u64),
    at: u64,
    little_endian: bool,
) -> Vec<Entry> {
    let layout = Layout { base, end, little_endian, is_big: false };
    let Some(first) = at.checked_sub(base) else { return Vec::new() };
    let mut walk = Walk { layout, entries: Vec::new(), visited: Vec::new(), waiting: Vec::new() };
    walk.waiting.push((Ifd::Maker, first));
    walk.run(input);
    walk.entries
}

/// Whether the structure that begins at `base` counts from its low end.
pub(super) fn is_little_endian(input: &mut Input, base: u64) -> bool {
    input.get(base, 2) == Some(b"II")
}

fn read_header(input: &mut Input, base: u64, len: u64) -> Option<(Layout, u64)> {
    let little_endian = match input.get(base, 2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let end = base.saturating_add(len).min(input.len());
    let mut layout = Layout { base, end, little_endian, is_big: false };
    let magic = layout.number(input, 2, 2)?;
    layout.is_big = magic == 43;
    let first =
        if layout.is_big { layout.number(input, 8, 8)? } else { layout.number(input, 4, 4)? };
    Some((layout, first))
}

impl Layout {
    /// `len` bytes at an offset of this structure.
    fn get<'a>(&self, input: &'a mut Input, offset: u64, len: u64) -> Option<&'a [u8]> {
        let at = self.base.checked_add(offset)?;
        let is_inside = at.checked_add(len)? <= self.end;
        if is_inside { input.get(at, usize::try_from(len).ok()?) } else { None }
    }

    fn number(&self, input: &mut Input, offset: u64, width: u64) -> Option<u64> {
        self.get(input, offset, width).map(|bytes| integer(bytes, self.little_endian))
    }
}

struct Walk {
    layout: Layout,
    entries: Vec<Entry>,
    visited: Vec<u64>,
    waiting: Vec<(Ifd, u64)>,
}

impl Walk {
    fn run(&mut self, input: &mut Input) {
        while let Some((ifd, offset)) = self.waiting.pop() {
            if self.visited.len() >= DIRECTORIES_MAX || self.visited.contains(&offset) {
                continue;
            }
            self.visited.push(offset);
            self.directory(input, ifd, offset);
        }
    }

    fn directory(&mut self, input: &mut Input, ifd: Ifd, offset: u64) -> Option<()> {
        let (count_bytes, entry_bytes, pointer_bytes) =
            if self.layout.is_big { (8, 20, 8) } else { (2, 12, 4) };
        let claimed = self.layout.number(input, offset, count_bytes)?;
        let first = offset.checked_add(count_bytes)?;
        let room = self.layout.end.saturating_sub(self.layout.base.checked_add(first)?);
        let count = claimed.min(ENTRIES_MAX).min(room / entry_bytes);
        let table = self.layout.get(input, first, count * entry_bytes)?.to_vec();

        let directory = self.visited.len();
        for raw in table.chunks_exact(entry_bytes as usize) {
            if let Some(entry) = self.entry(input, ifd, directory, raw) {
                self.follow(&entry);
                self.entries.push(entry);
            }
        }
        if let Ifd::Main(number) = ifd
            && claimed == count
        {
            let next = first + count * entry_bytes;
            let next = self.layout.number(input, next, pointer_bytes)?;
            if next != 0 && number < 8 {
                self.waiting.insert(0, (Ifd::Main(number + 1), next));
            }
        }
        Some(())
    }

    fn entry(&self, input: &mut Input, ifd: Ifd, directory: usize, raw: &[u8]) -> Option<Entry> {
        let layout = self.layout;
        let part = |from: usize, to: usize| integer(&raw[from..to], layout.little_endian);
        let (tag, kind) = (part(0, 2) as u16, part(2, 4) as u16);
        if !is_wanted(ifd, tag) {
            return None;
        }
        let (count, inline) = if layout.is_big { (part(4, 12), 12) } else { (part(4, 8), 8) };
        let len = count.checked_mul(width_of(kind)?)?;
        let inline_bytes = &raw[inline..];
        let mut entry = Entry {
            ifd,
            directory,
            tag,
            kind,
            at: 0,
            len,
            bytes: Vec::new(),
            little_endian: layout.little_endian,
        };
        if len <= inline_bytes.len() as u64 {
            entry.bytes = inline_bytes[..len as usize].to_vec();
            return Some(entry);
        }
        let offset = integer(inline_bytes, layout.little_endian);
        entry.at = layout.base.checked_add(offset)?;
        if entry.at.checked_add(len)? > layout.end {
            return None;
        }
        if len <= VALUE_BYTES_MAX && !is_block(tag) {
            entry.bytes = layout.get(input, offset, len)?.to_vec();
        }
        Some(entry)
    }

    /// Notes the directories that an entry points to.
    fn follow(&mut self, entry: &Entry) {
        let target = match (entry.ifd, entry.tag) {
            (Ifd::Main(_) | Ifd::Sub, tag::EXIF_IFD) => Ifd::Exif,
            (Ifd::Main(_) | Ifd::Sub | Ifd::Exif, tag::GPS_IFD) => Ifd::Gps,
            (Ifd::Main(_), tag::SUB_IFDS) => Ifd::Sub,
            _ => return,
        };
        let offsets = entry.integers().into_iter().take(16);
        self.waiting.extend(offsets.filter_map(|at| Some((target, u64::try_from(at).ok()?))));
    }
}

fn width_of(kind: u16) -> Option<u64> {
    match kind {
        1 | 2 | 6 | 7 | 129 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 | 16 | 17 | 18 => Some(8),
        _ => None,
    }
}

/// Values that are structures of their own, and stay where they are.
fn is_block(tag: u16) -> bool {
    matches!(tag, tag::XMP | tag::IPTC | tag::PHOTOSHOP | tag::MAKER_NOTE | tag::PREVIEW_JPEG)
}

/// Whether anything here asks for this tag. Reading others would only cost time.
fn is_wanted(ifd: Ifd, tag: u16) -> bool {
    match ifd {
        Ifd::Maker => true,
        Ifd::Gps => tag <= 31,
        _ => WANTED.binary_search(&tag).is_ok(),
    }
}

/// Tag numbers, by the names of the EXIF, TIFF and DNG standards.
pub(super) mod tag {
    pub(in crate::facts) const SENSOR_TOP: u16 = 0x0004;
    pub(in crate::facts) const SENSOR_LEFT: u16 = 0x0005;
    pub(in crate::facts) const SENSOR_BOTTOM: u16 = 0x0006;
    pub(in crate::facts) const SENSOR_RIGHT: u16 = 0x0007;
    pub(in crate::facts) const PREVIEW_JPEG: u16 = 0x002e;
    pub(in crate::facts) const SUBFILE_TYPE: u16 = 0x00fe;
    pub(in crate::facts) const IMAGE_WIDTH: u16 = 0x0100;
    pub(in crate::facts) const IMAGE_HEIGHT: u16 = 0x0101;
    pub(in crate::facts) const IMAGE_DESCRIPTION: u16 = 0x010e;
    pub(in crate::facts) const MAKE: u16 = 0x010f;
    pub(in crate::facts) const MODEL: u16 = 0x0110;
    pub(in crate::facts) const ORIENTATION: u16 = 0x0112;
    pub(in crate::facts) const SUB_IFDS: u16 = 0x014a;
    pub(in crate::facts) const XMP: u16 = 0x02bc;
    pub(in crate::facts) const RATING: u16 = 0x4746;
    pub(in crate::facts) const EXPOSURE_TIME: u16 = 0x829a;
    pub(in crate::facts) const F_NUMBER: u16 = 0x829d;
    pub(in crate::facts) const IPTC: u16 = 0x83bb;
    pub(in crate::facts) const PHOTOSHOP: u16 = 0x8649;
    pub(in crate::facts) const EXIF_IFD: u16 = 0x8769;
    pub(in crate::facts) const GPS_IFD: u16 = 0x8825;
    pub(in crate::facts) const ISO: u16 = 0x8827;
    pub(in crate::facts) const TIME_ZONE_OFFSET: u16 = 0x882a;
    pub(in crate::facts) const DATE_ORIGINAL: u16 = 0x9003;
    pub(in crate::facts) const DATE_DIGITIZED: u16 = 0x9004;
    pub(in crate::facts) const OFFSET: u16 = 0x9010;
    pub(in crate::facts) const OFFSET_ORIGINAL: u16 = 0x9011;
    pub(in crate::facts) const OFFSET_DIGITIZED: u16 = 0x9012;
    pub(in crate::facts) const FOCAL_LENGTH: u16 = 0x920a;
    pub(in crate::facts) const MAKER_NOTE: u16 = 0x927c;
    pub(in crate::facts) const SUBSEC_ORIGINAL: u16 = 0x9291;
    pub(in crate::facts) const SUBSEC_DIGITIZED: u16 = 0x9292;
    pub(in crate::facts) const PIXEL_WIDTH: u16 = 0xa002;
    pub(in crate::facts) const PIXEL_HEIGHT: u16 = 0xa003;
    pub(in crate::facts) const LENS_SPECIFICATION: u16 = 0xa432;
    pub(in crate::facts) const LENS_MODEL: u16 = 0xa434;
}

/// Sorted.
const WANTED: &[u16] = &[
    tag::SENSOR_TOP,
    tag::SENSOR_LEFT,
    tag::SENSOR_BOTTOM,
    tag::SENSOR_RIGHT,
    tag::PREVIEW_JPEG,
    tag::SUBFILE_TYPE,
    tag::IMAGE_WIDTH,
    tag::IMAGE_HEIGHT,
    tag::IMAGE_DESCRIPTION,
    tag::MAKE,
    tag::MODEL,
    tag::ORIENTATION,
    tag::SUB_IFDS,
    tag::XMP,
    tag::RATING,
    tag::EXPOSURE_TIME,
    tag::F_NUMBER,
    tag::IPTC,
    tag::PHOTOSHOP,
    tag::EXIF_IFD,
    tag::GPS_IFD,
    tag::ISO,
    tag::TIME_ZONE_OFFSET,
    tag::DATE_ORIGINAL,
    tag::DATE_DIGITIZED,
    tag::OFFSET,
    tag::OFFSET_ORIGINAL,
    tag::OFFSET_DIGITIZED,
    tag::FOCAL_LENGTH,
    tag::MAKER_NOTE,
    tag::SUBSEC_ORIGINAL,
    tag::SUBSEC_DIGITIZED,
    tag::PIXEL_WIDTH,
    tag::PIXEL_HEIGHT,
    tag::LENS_SPECIFICATION,
    tag::LENS_MODEL,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wanted_tags_are_sorted() {
        assert!(WANTED.is_sorted());
    }

    fn entries(bytes: &[u8]) -> Vec<Entry> {
        read(&mut Input::bytes(bytes), 0, bytes.len() as u64, Ifd::Main(0))
    }

    /// A little-endian structure of one directory; each entry is (tag, kind, count, value or offset).
    fn structure(list: &[(u16, u16, u32, u32)], next: u32, tail: &[u8]) -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        bytes.extend((list.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in list {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(count.to_le_bytes());
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend(next.to_le_bytes());
        bytes.extend(tail);
        bytes
    }

    #[test]
    fn values_stand_inline_or_elsewhere() {
        let at = 8 + 2 + 2 * 12 + 4;
        let bytes = structure(&[(tag::MAKE, 2, 6, at), (tag::ORIENTATION, 3, 1, 6)], 0, b"Apple\0");
        let found = entries(&bytes);
        assert_eq!(found[0].text().as_deref(), Some("Apple"));
        assert_eq!(found[1].integer(), Some(6));
    }

    #[test]
    fn circles_and_lies_end() {
        // The chain points to itself, the EXIF pointer too, and a text claims four gigabytes.
        let bytes = structure(
            &[(tag::EXIF_IFD, 4, 1, 8), (tag::MAKE, 2, u32::MAX, 8), (tag::MODEL, 2, 4, 0x5858)],
            8,
            b"",
        );
        let found = entries(&bytes);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].text().as_deref(), Some("XX"));
        for cut in 0..bytes.len() {
            entries(&bytes[..cut]);
        }
    }

    #[test]
    fn undefined_fractions_are_no_numbers() {
        let at = 8 + 2 + 12 + 4;
        let bytes = structure(&[(tag::F_NUMBER, 5, 1, at)], 0, &[0; 8]);
        assert_eq!(entries(&bytes)[0].number(), None);
        let minus = [(-1_i32).to_le_bytes(), 2_i32.to_le_bytes()].concat();
        let bytes = structure(&[(tag::F_NUMBER, 10, 1, at)], 0, &minus);
        assert_eq!(entries(&bytes)[0].number(), Some(-0.5));
    }
}
