//! The simple still formats: PNG, WebP, GIF, BMP, PSD, JPEG XL, TIFF and the raw files built on it.

use std::io::Read;

use super::bmff;
use super::exif;
use super::input::Input;
use super::iptc;
use super::jpeg;
use super::said::{Said, set};
use super::tiff::{Entry, Ifd, clean_text, tag};
use super::xmp;

const CHUNKS_MAX: usize = 4_096;
const TEXT_BYTES_MAX: u64 = 8 << 20;

/// PNG: the header, then chunks up to its end; metadata may follow the picture data.
pub(super) fn read_png(input: &mut Input, said: &mut Said) {
    let mut at = 8;
    for _ in 0..CHUNKS_MAX {
        let (Some(len), Some(kind)) = (input.u32_be(at), input.copy(at + 4, 4)) else {
            said.warn("the PNG is cut short");
            return;
        };
        let (data, len) = (at + 8, u64::from(len));
        match &*kind {
            b"IHDR" => {
                let size = (input.u32_be(data), input.u32_be(data + 4));
                if let (Some(width), Some(height)) = size {
                    said.set_size(width, height);
                }
            }
            b"eXIf" => exif::read_block(input, data, len, said),
            b"tEXt" | b"zTXt" | b"iTXt" if len <= TEXT_BYTES_MAX => {
                if let Some(chunk) = input.copy(data, len) {
                    png_text(&kind, &chunk, said);
                }
            }
            b"IEND" => return,
            _ => {}
        }
        at = data + len + 4;
    }
}

fn png_text(kind: &[u8], chunk: &[u8], said: &mut Said) -> Option<()> {
    let (keyword, rest) = split_at_zero(chunk)?;
    let text = match kind {
        b"tEXt" => rest.to_vec(),
        b"zTXt" => inflate(rest.get(1..)?)?,
        _ => {
            let is_compressed = *rest.first()? == 1;
            let (_language, rest) = split_at_zero(rest.get(2..)?)?;
            let (_keyword, rest) = split_at_zero(rest)?;
            if is_compressed { inflate(rest)? } else { rest.to_vec() }
        }
    };
    let profile = keyword.strip_prefix(b"Raw profile type ".as_slice());
    match (keyword, profile) {
        (b"XML:com.adobe.xmp", _) => xmp::note_packet(&text, said),
        (b"Description", _) => set(&mut said.text_description, clean_text(&text)),
        (_, Some(profile)) => raw_profile(profile, &text, said)?,
        _ => {}
    }
    Some(())
}

/// What ImageMagick writes: a name, a length, then the block in hexadecimal.
fn raw_profile(profile: &[u8], text: &[u8], said: &mut Said) -> Option<()> {
    let text = std::str::from_utf8(text).ok()?.trim_start();
    let (_name, rest) = text.split_once('\n')?;
    let (length, digits) = rest.trim_start().split_once('\n')?;
    let length: usize = length.trim().parse().ok()?;
    let mut nibbles = digits.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8);
    let mut bytes = Vec::new();
    while let (Some(high), Some(low)) = (nibbles.next(), nibbles.next()) {
        bytes.push(high << 4 | low);
    }
    bytes.truncate(length);
    let block = bytes.as_slice();
    match profile {
        b"exif" | b"APP1" => {
            if let Some(packet) = block.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
                xmp::note_packet(packet, said);
            } else {
                let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
                exif::read_block(&mut Input::bytes(block), 0, block.len() as u64, said);
            }
        }
        b"xmp" => xmp::note_packet(block, said),
        b"iptc" | b"8bim" if block.starts_with(b"8BIM") => iptc::note_resources(block, said),
        b"iptc" => iptc::note_records(block, said),
        _ => {}
    }
    Some(())
}

fn split_at_zero(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let zero = bytes.iter().position(|byte| *byte == 0)?;
    Some((&bytes[..zero], &bytes[zero + 1..]))
}

/// Unpacks at most [`TEXT_BYTES_MAX`]; a damaged stream gives nothing.
fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    flate2::read::ZlibDecoder::new(bytes).take(TEXT_BYTES_MAX).read_to_end(&mut text).ok()?;
    Some(text)
}

/// WebP: RIFF chunks.
pub(super) fn read_webp(input: &mut Input, said: &mut Said) {
    let mut at = 12;
    for _ in 0..CHUNKS_MAX {
        let (Some(kind), Some(len)) = (input.copy(at, 4), input.u32_le(at + 4)) else { return };
        let (data, len) = (at + 8, u64::from(len));
        match &*kind {
            b"VP8X" => {
                if let Some(canvas) = input.get(data + 4, 6) {
                    let side = |at: usize| {
                        1 + u32::from_le_bytes([canvas[at], canvas[at + 1], canvas[at + 2], 0])
                    };
                    let (width, height) = (side(0), side(3));
                    said.set_size(width, height);
                }
            }
            b"VP8 " => {
                if let (Some(width), Some(height)) =
                    (input.u16_le(data + 6), input.u16_le(data + 8))
                {
                    said.set_size(u32::from(width & 0x3fff), u32::from(height & 0x3fff));
                }
            }
            b"VP8L" => {
                if let Some(bits) = input.u32_le(data + 1) {
                    said.set_size((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
                }
            }
            b"EXIF" => {
                let start = if input.get(data, 6) == Some(b"Exif\0\0") { 6 } else { 0 };
                exif::read_block(input, data + start, len.saturating_sub(start), said);
            }
            b"XMP " => xmp::read_packet(input, data, len, said),
            _ => {}
        }
        at = data + len + len % 2;
    }
}

/// GIF: the header, and an XMP packet among the extensions.
pub(super) fn read_gif(input: &mut Input, said: &mut Said) {
    if let (Some(width), Some(height)) = (input.u16_le(6), input.u16_le(8)) {
        said.set_size(width.into(), height.into());
    }
    let color_table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let Some(flags) = input.u8(10) else { return };
    let mut at = 13 + color_table(flags);
    for _ in 0..CHUNKS_MAX {
        match (input.u8(at), input.u8(at + 1)) {
            (Some(0x21), Some(0xff)) if input.get(at + 3, 11) == Some(b"XMP DataXMP") => {
                gif_xmp(input, at + 14, said);
                return;
            }
            (Some(0x21), Some(_)) => at += 2,
            (Some(0x2c), _) => {
                let Some(flags) = input.u8(at + 9) else { return };
                at += 11 + color_table(flags);
            }
            _ => return,
        }
        let Some(after) = skip_gif_blocks(input, at) else { return };
        at = after;
    }
}

fn skip_gif_blocks(input: &mut Input, mut at: u64) -> Option<u64> {
    // Enough for the largest file that one would look at; each block is up to 256 bytes.
    for _ in 0..200_000 {
        let len = input.u8(at)?;
        at += 1 + u64::from(len);
        if len == 0 {
            return Some(at);
        }
    }
    None
}

/// The packet lies there as it is, followed by a ramp of bytes that leads a reader of blocks out.
fn gif_xmp(input: &mut Input, at: u64, said: &mut Said) {
    let bytes = input.get_up_to(at, 1 << 20);
    let end = bytes.windows(3).position(|three| three == [0x01, 0xff, 0xfe]);
    let packet = bytes[..end.unwrap_or(bytes.len())].to_vec();
    xmp::note_packet(&packet, said);
}

/// BMP: the size in its header; a negative height means top row first.
pub(super) fn read_bmp(input: &mut Input, said: &mut Said) {
    let size = if input.u32_le(14) == Some(12) {
        input.u16_le(18).zip(input.u16_le(20)).map(|(width, height)| (width.into(), height.into()))
    } else {
        let height = input.u32_le(22).map(|height| (height as i32).unsigned_abs());
        input.u32_le(18).zip(height)
    };
    if let Some((width, height)) = size {
        said.set_size(width, height);
    }
}

/// Photoshop: the size in its header, and its image resources.
pub(super) fn read_psd(input: &mut Input, said: &mut Said) -> Option<()> {
    let (height, width) = (input.u32_be(14)?, input.u32_be(18)?);
    said.set_size(width, height);
    let color_bytes = u64::from(input.u32_be(26)?);
    let at = 30 + color_bytes;
    let mut rest = at + 4;
    let end = rest + u64::from(input.u32_be(at)?);
    iptc::read_resources(input, rest, end - rest, said);
    for _ in 0..512 {
        if rest >= end || input.get(rest, 4)? != b"8BIM" {
            break;
        }
        let number = input.u16_be(rest + 4)?;
        let name = u64::from(input.u8(rest + 6)?) + 1;
        let size_at = rest + 6 + name + name % 2;
        let size = u64::from(input.u32_be(size_at)?);
        match number {
            0x0422 => exif::read_block(input, size_at + 4, size, said),
            0x0424 => xmp::read_packet(input, size_at + 4, size, said),
            _ => {}
        }
        rest = size_at + 4 + size + size % 2;
    }
    Some(())
}

/// JPEG XL: a bare code stream, or boxes around it.
pub(super) fn read_jxl(input: &mut Input, said: &mut Said) {
    if input.get(0, 2) == Some(&[0xff, 0x0a]) {
        jxl_size(input, 2, said);
        return;
    }
    let end = input.len();
    for part in bmff::boxes(input, 0, end) {
        match &part.kind {
            b"jxlc" if input.get(part.data, 2) == Some(&[0xff, 0x0a]) => {
                jxl_size(input, part.data + 2, said);
            }
            b"jxlp" if input.get(part.data + 4, 2) == Some(&[0xff, 0x0a]) => {
                jxl_size(input, part.data + 6, said);
            }
            b"Exif" => {
                let skip = 4 + u64::from(input.u32_be(part.data).unwrap_or(0));
                exif::read_block(input, part.data + skip, part.len().saturating_sub(skip), said);
            }
            b"xml " => xmp::read_packet(input, part.data, part.len(), said),
            _ => {}
        }
    }
}

/// The size header of a code stream, and the orientation in the image header behind it.
fn jxl_size(input: &mut Input, at: u64, said: &mut Said) -> Option<()> {
    let mut bits = Bits { bytes: input.get_up_to(at, 16).to_vec(), at: 0 };
    let is_small = bits.take(1)? == 1;
    let height = jxl_side(&mut bits, is_small)?;
    let width = match bits.take(3)? {
        0 => jxl_side(&mut bits, is_small)?,
        ratio => {
            let (top, bottom) =
                [(1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1)][ratio as usize - 1];
            (u64::from(height) * top / bottom) as u32
        }
    };
    said.set_size(width, height);
    let is_all_default = bits.take(1)? == 1;
    if !is_all_default && bits.take(1)? == 1 {
        said.transform = Some(bits.take(3)? as u8 + 1);
    }
    Some(())
}

fn jxl_side(bits: &mut Bits, is_small: bool) -> Option<u32> {
    if is_small {
        return Some((bits.take(5)? + 1) * 8);
    }
    let width = [9, 13, 18, 30][bits.take(2)? as usize];
    Some(bits.take(width)? + 1)
}

/// Bits from the low end.
struct Bits {
    bytes: Vec<u8>,
    at: usize,
}

impl Bits {
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut number = 0;
        for place in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            number |= u32::from(byte >> (self.at % 8) & 1) << place;
            self.at += 1;
        }
        Some(number)
    }
}

/// TIFF, and raw files built as one.
pub(super) fn read_tiff(input: &mut Input, is_raw: bool, said: &mut Said) {
    let len = input.len();
    let entries = exif::read_entries(input, 0, len, Ifd::Main(0), said);
    if entries.is_empty() {
        said.warn("the TIFF directories cannot be read");
    }
    if let Some((width, height)) = tiff_size(&entries, is_raw) {
        said.set_size(width, height);
    }
    // Panasonic keeps its EXIF block in the preview.
    let preview = entries.iter().find(|entry| entry.tag == tag::PREVIEW_JPEG && entry.len > 4);
    if let Some(preview) = preview.filter(|_| is_raw) {
        let size = said.raw_size;
        jpeg::read(input, preview.at, said);
        said.raw_size = size.or(said.raw_size);
    }
}

/// The size of the picture: of the first image, or in a raw file of its largest full image.
fn tiff_size(entries: &[Entry], is_raw: bool) -> Option<(u32, u32)> {
    let value = |directory: usize, tag: u16| {
        let here = |entry: &&Entry| entry.directory == directory && entry.tag == tag;
        u32::try_from(entries.iter().find(here)?.integer()?).ok()
    };
    let size = |directory| {
        Some((value(directory, tag::IMAGE_WIDTH)?, value(directory, tag::IMAGE_HEIGHT)?))
    };
    let first = entries.iter().find(|entry| entry.ifd == Ifd::Main(0))?.directory;
    if !is_raw {
        return size(first);
    }
    let sensor = || {
        let side = |low, high| value(first, high)?.checked_sub(value(first, low)?);
        Some((
            side(tag::SENSOR_LEFT, tag::SENSOR_RIGHT)?,
            side(tag::SENSOR_TOP, tag::SENSOR_BOTTOM)?,
        ))
    };
    let count = entries.iter().map(|entry| entry.directory).max().unwrap_or(0);
    let is_full = |directory: &usize| value(*directory, tag::SUBFILE_TYPE).unwrap_or(0) == 0;
    let is_image = |directory: &usize| {
        entries.iter().any(|entry| {
            entry.directory == *directory && matches!(entry.ifd, Ifd::Main(_) | Ifd::Sub)
        })
    };
    let full = (0..=count).filter(is_image).filter(is_full).filter_map(size);
    let largest = full.max_by_key(|(width, height)| u64::from(*width) * u64::from(*height));
    let exif = entries.iter().find(|entry| entry.ifd == Ifd::Exif).map(|entry| entry.directory);
    let said_by_exif = exif
        .and_then(|exif| Some((value(exif, tag::PIXEL_WIDTH)?, value(exif, tag::PIXEL_HEIGHT)?)));
    sensor().or(largest).or(said_by_exif)
}

/// Fujifilm RAF: a header that points to a JPEG with all the metadata.
pub(super) fn read_raf(input: &mut Input, said: &mut Said) {
    match input.u32_be(84) {
        Some(at) => jpeg::read(input, at.into(), said),
        None => said.warn("the RAF header is cut short"),
    }
}
