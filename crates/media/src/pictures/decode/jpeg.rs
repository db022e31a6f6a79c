//! JPEG: baseline and progressive, grey, YCbCr, RGB, and CMYK or YCCK by plain arithmetic.
//!
//! A file that ends early is shown as far as it goes. Its header is not trusted to be worth the
//! memory: a picture needs at least so many bytes, and a file with fewer is refused.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::Decoded;
use crate::pictures::raster::{Channels, Raster};
use crate::pictures::{Format, Limits, PictureError};

/// A block of 64 pixels takes at least a bit, and a colour picture twice that for its chroma; half
/// of the least is allowed for. Beyond that the picture is mostly missing or the header lies.
const PIXELS_PER_BYTE_MAX: u64 = 1024;

/// Progressive pictures have some ten scans; each one more is work for the whole picture.
const SCANS_MAX: usize = 64;

/// What a JPEG frame header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameHeader {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: u8,
    /// The second byte of the frame's marker: 0xC0 is baseline, 0xC2 progressive, 0xC3 lossless.
    marker: u8,
}

impl FrameHeader {
    /// Whether this is a kind of JPEG that can be shown, rather than raw sensor data.
    pub(super) fn is_picture(self) -> bool {
        matches!(self.marker, 0xC0..=0xC2) && matches!(self.components, 1 | 3 | 4)
    }

    fn is_progressive(self) -> bool {
        self.marker == 0xC2
    }
}

/// The frame header of a JPEG, or `None` if there is none before the picture data. Walks the
/// segments without taking memory and passes over stray bytes between them.
pub(super) fn frame_header(bytes: &[u8]) -> Option<FrameHeader> {
    let mut at = 2;
    loop {
        let marker = next_marker(bytes, &mut at)?;
        match marker {
            0x01 | 0xD0..=0xD8 => continue,
            0xD9 | 0xDA => return None,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                let frame = bytes.get(at..at + 8)?;
                return Some(FrameHeader {
                    height: u32::from(u16::from_be_bytes([frame[3], frame[4]])),
                    width: u32::from(u16::from_be_bytes([frame[5], frame[6]])),
                    components: frame[7],
                    marker,
                });
            }
            _ => at += segment_length(bytes, at)?,
        }
    }
}

/// The marker after `at`, which is moved behind it.
fn next_marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    loop {
        let rest = bytes.get(*at..)?;
        *at += rest.iter().position(|&byte| byte == 0xFF)?;
        while *bytes.get(*at)? == 0xFF {
            *at += 1;
        }
        let marker = bytes[*at];
        *at += 1;
        if marker != 0 {
            return Some(marker);
        }
    }
}

/// The length that a segment gives itself, which includes its own two bytes.
fn segment_length(bytes: &[u8], at: usize) -> Option<usize> {
    let length = bytes.get(at..at + 2)?;
    Some(usize::from(u16::from_be_bytes([length[0], length[1]])).max(2))
}

/// Whether the picture data of a JPEG has an end. In it a marker cannot be mistaken, so the last
/// one of the file is looked for; one before the data belongs to an embedded thumbnail.
fn has_end(bytes: &[u8]) -> bool {
    let mut at = 2;
    let data_start = loop {
        match next_marker(bytes, &mut at) {
            None => return false,
            Some(0xDA) => break at,
            Some(0x01 | 0xD0..=0xD9) => {}
            Some(_) => match segment_length(bytes, at) {
                Some(length) => at += length,
                None => return false,
            },
        }
    };
    bytes
        .get(data_start..)
        .is_some_and(|data| data.windows(2).rev().any(|pair| pair == b"\xFF\xD9"))
}

/// Decodes a JPEG to RGB.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, PictureError> {
    let frame = frame_header(bytes)
        .ok_or_else(|| PictureError::Damaged("no JPEG frame header".to_owned()))?;
    check_frame(frame, bytes, limits)?;

    let options = DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(SCANS_MAX)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(PictureError::damaged)?;
    let claimed = (frame.width as usize, frame.height as usize);
    if decoder.dimensions() != Some(claimed) {
        return Err(PictureError::Damaged("two frame headers that differ".to_owned()));
    }

    let mut pixels = vec![0; claimed.0 * claimed.1 * Channels::Rgb.count()];
    let damage = match decoder.decode_into(&mut pixels) {
        Ok(()) if has_end(bytes) => None,
        Ok(()) => Some("the file ends before the picture does".to_owned()),
        Err(error) if pixels.iter().all(|&value| value == 0) => {
            return Err(PictureError::damaged(error));
        }
        Err(error) => Some(error.to_string()),
    };
    let raster = Raster::new(frame.width, frame.height, Channels::Rgb, pixels)?;
    // A profile for inks says nothing about the RGB that the decoder makes of them.
    let profile = decoder.icc_profile().filter(|_| frame.components != 4);
    Ok(Decoded { damage, ..Decoded::whole(raster, profile.into()) })
}

fn check_frame(frame: FrameHeader, bytes: &[u8], limits: &Limits) -> Result<(), PictureError> {
    if !frame.is_picture() {
        let what = format!("frame type {:#04X}, {} components", frame.marker, frame.components);
        return Err(PictureError::Unsupported(Format::Jpeg, what));
    }
    let coefficients_bytes =
        if frame.is_progressive() { 2 * u64::from(frame.components) } else { 0 };
    limits.check_size(frame.width, frame.height, 3 + coefficients_bytes)?;
    let pixel_count = u64::from(frame.width) * u64::from(frame.height);
    if pixel_count > bytes.len() as u64 * PIXELS_PER_BYTE_MAX {
        return Err(PictureError::Damaged(format!(
            "{}x{} pixels claimed by {} bytes",
            frame.width,
            frame.height,
            bytes.len()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_header_is_found_behind_stray_bytes_and_fill() {
        let jpeg = b"\xFF\xD8\xFF\xE1\0\x06\xFF\xC0ab??\xFF\xFF\xFF\xC2\0\x11\x08\0\x20\0\x30\x03";
        let frame = frame_header(jpeg).unwrap();
        assert_eq!((frame.width, frame.height, frame.components), (48, 32, 3));
        assert!(frame.is_progressive() && frame.is_picture());
    }

    #[test]
    fn headers_cut_anywhere_are_no_headers() {
        let jpeg = b"\xFF\xD8\xFF\xE1\0\x04ab\xFF\xC0\0\x11\x08\0\x20\0\x30\x03";
        for end in 0..jpeg.len() {
            assert_eq!(frame_header(&jpeg[..end]), None, "cut at {end}");
        }
    }

    #[test]
    fn the_end_of_an_embedded_thumbnail_is_not_the_end() {
        let jpeg = b"\xFF\xD8\xFF\xE1\0\x06\xFF\xD9ab\xFF\xDA\0\x04ab...";
        assert!(!has_end(jpeg));
        assert!(has_end(&[jpeg.as_slice(), b"\xFF\xD9trailer"].concat()));
    }
}
