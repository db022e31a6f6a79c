//! Raw files by the JPEG preview that every camera puts inside, and plain TIFF.
//!
//! Most raw formats are TIFF with other tags, so one bounded walk over the directories finds both
//! whether a TIFF is raw and the largest JPEG in it. Sensor data itself is not developed.

use super::{Decoded, common, jpeg};
use crate::pictures::{Format, Limits, PictureError};

/// Directories that are visited in one file; cameras write fewer than ten.
const DIRECTORIES_MAX: usize = 64;
/// Entries read of one directory; the largest real ones have some hundred.
const ENTRIES_MAX: usize = 1024;
/// Values read of one entry that lists offsets.
const OFFSETS_MAX: usize = 64;

mod tag {
    pub(super) const JPG_FROM_RAW: u16 = 0x002E;
    pub(super) const PHOTOMETRIC: u16 = 262;
    pub(super) const STRIP_OFFSETS: u16 = 273;
    pub(super) const STRIP_LENGTHS: u16 = 279;
    pub(super) const SUB_DIRECTORIES: u16 = 330;
    pub(super) const JPEG_OFFSET: u16 = 513;
    pub(super) const JPEG_LENGTH: u16 = 514;
    pub(super) const DNG_VERSION: u16 = 0xC612;
}

/// Values of `PHOTOMETRIC` for sensor data: a colour filter array, and linear raw.
const SENSOR_PHOTOMETRICS: [u32; 2] = [32_803, 34_892];

/// Decodes the largest preview of a raw file, or the first picture of a TIFF.
pub(super) fn decode(
    format: Format,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Decoded, PictureError> {
    let found = if bytes.starts_with(b"FUJIFILM") { find_in_raf(bytes) } else { walk(bytes) };
    let is_raw = format == Format::Raw || found.is_raw;
    match (is_raw, found.preview) {
        (true, Some(preview)) => jpeg::decode(preview, limits),
        (true, None) => common::decode(Format::Tiff, bytes, limits)
            .map_err(|_| PictureError::Unsupported(Format::Raw, "no embedded preview".to_owned())),
        (false, preview) => common::decode(Format::Tiff, bytes, limits)
            .or_else(|error| preview.map_or(Err(error), |preview| jpeg::decode(preview, limits))),
    }
}

/// What a walk over a file found.
#[derive(Debug, Default)]
struct Found<'a> {
    is_raw: bool,
    /// The JPEG with the most pixels, from its first byte to where its length ends.
    preview: Option<&'a [u8]>,
}

impl<'a> Found<'a> {
    /// Keeps the JPEG at `offset` if there is one and it is the largest so far.
    fn offer(&mut self, bytes: &'a [u8], offset: u32, length: u32) {
        let start = offset as usize;
        let end = start.saturating_add(length as usize).min(bytes.len());
        let Some(candidate) = bytes.get(start..end) else { return };
        if picture_area(candidate) > self.preview.map_or(0, picture_area) {
            self.preview = Some(candidate);
        }
    }
}

/// The pixels of a JPEG that can be shown, or 0.
fn picture_area(bytes: &[u8]) -> u64 {
    if !bytes.starts_with(b"\xFF\xD8") {
        return 0;
    }
    jpeg::frame_header(bytes)
        .filter(|frame| frame.is_picture())
        .map_or(0, |frame| u64::from(frame.width) * u64::from(frame.height))
}

/// Fujifilm's own container names its one JPEG in a fixed place.
fn find_in_raf(bytes: &[u8]) -> Found<'_> {
    let mut found = Found { is_raw: true, preview: None };
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    if let (Some(offset), Some(length)) = (number(84), number(88)) {
        found.offer(bytes, offset, length);
    }
    found
}

/// Visits the directories of a TIFF: the chain from the header, and those below each.
fn walk(bytes: &[u8]) -> Found<'_> {
    let mut found = Found::default();
    let file = Tiff { bytes, is_big_endian: bytes.starts_with(b"MM") };
    let mut pending: Vec<u32> = file.number_32(4).into_iter().collect();
    let mut visited = Vec::new();
    while let Some(offset) = pending.pop() {
        if offset == 0 || visited.contains(&offset) || visited.len() == DIRECTORIES_MAX {
            continue;
        }
        visited.push(offset);
        let Some(directory) = file.directory(offset) else { continue };
        pending.extend(directory.next);
        pending.extend(&directory.below);
        found.is_raw |= directory.is_raw;
        for (start, length) in directory.jpegs {
            found.offer(bytes, start, length);
        }
    }
    found
}

/// A TIFF file, whose numbers are in either byte order.
#[derive(Clone, Copy)]
struct Tiff<'a> {
    bytes: &'a [u8],
    is_big_endian: bool,
}

/// What one directory says that matters here.
#[derive(Default)]
struct Directory {
    is_raw: bool,
    /// Offsets and lengths of what may be a JPEG.
    jpegs: Vec<(u32, u32)>,
    below: Vec<u32>,
    next: Option<u32>,
}

/// One entry of a directory.
struct Entry {
    tag: u16,
    /// Type of the values: 3 is 16 bits, 4 and 13 are 32 bits, others are not read here.
    kind: u16,
    count: u32,
    /// Where in the file the four bytes of value or offset stand.
    value_at: usize,
}

impl Tiff<'_> {
    fn number_16(&self, at: usize) -> Option<u16> {
        let value = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.is_big_endian { u16::from_be_bytes(value) } else { u16::from_le_bytes(value) })
    }

    fn number_32(&self, at: usize) -> Option<u32> {
        let value = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.is_big_endian { u32::from_be_bytes(value) } else { u32::from_le_bytes(value) })
    }

    fn directory(&self, offset: u32) -> Option<Directory> {
        let start = offset as usize;
        let entry_count = usize::from(self.number_16(start)?);
        let mut directory = Directory {
            next: self.number_32(start + 2 + entry_count * 12),
            ..Directory::default()
        };
        let (mut jpeg_at, mut jpeg_length) = (None, None);
        let (mut strips, mut strip_lengths) = (Vec::new(), Vec::new());
        for index in 0..entry_count.min(ENTRIES_MAX) {
            let Some(entry) = self.entry(start + 2 + index * 12) else { break };
            match entry.tag {
                tag::JPG_FROM_RAW => {
                    directory.is_raw = true;
                    let at = self.number_32(entry.value_at).unwrap_or(0);
                    directory.jpegs.push((at, entry.count));
                }
                tag::PHOTOMETRIC => {
                    let value = self.values(&entry).first().copied().unwrap_or(0);
                    directory.is_raw |= SENSOR_PHOTOMETRICS.contains(&value);
                }
                tag::DNG_VERSION => directory.is_raw = true,
                tag::SUB_DIRECTORIES => directory.below = self.values(&entry),
                tag::JPEG_OFFSET => jpeg_at = self.values(&entry).first().copied(),
                tag::JPEG_LENGTH => jpeg_length = self.values(&entry).first().copied(),
                tag::STRIP_OFFSETS => strips = self.values(&entry),
                tag::STRIP_LENGTHS => strip_lengths = self.values(&entry),
                _ => {}
            }
        }
        directory.jpegs.extend(jpeg_at.zip(jpeg_length));
        if let ([strip], [length]) = (&strips[..], &strip_lengths[..]) {
            directory.jpegs.push((*strip, *length));
        }
        Some(directory)
    }

    fn entry(&self, at: usize) -> Option<Entry> {
        Some(Entry {
            tag: self.number_16(at)?,
            kind: self.number_16(at + 2)?,
            count: self.number_32(at + 4)?,
            value_at: at + 8,
        })
    }

    /// The first numbers of an entry, from the entry itself or from where it points.
    fn values(&self, entry: &Entry) -> Vec<u32> {
        let size = if entry.kind == 3 { 2 } else { 4 };
        let count = (entry.count as usize).min(OFFSETS_MAX);
        let start = if entry.count as usize * size <= 4 {
            Some(entry.value_at)
        } else {
            self.number_32(entry.value_at).map(|offset| offset as usize)
        };
        let Some(start) = start else { return Vec::new() };
        let number = |at| match entry.kind {
            3 => self.number_16(at).map(u32::from),
            4 | 13 => self.number_32(at),
            _ => None,
        };
        (0..count).map_while(|index| number(start.checked_add(index * size)?)).collect()
    }
}
