//! PNG, GIF, WebP, BMP and TIFF, by the `image` crate: the first frame, at 8 bits a channel.

use std::io::Cursor;

use image::codecs::{bmp, gif, png, tiff, webp};
use image::{ColorType, ImageDecoder, ImageError};

use super::Decoded;
use crate::pictures::raster::Raster;
use crate::pictures::{Format, Limits, PictureError};

/// Deflate cannot shrink by more; a PNG with fewer bytes lies or is mostly missing.
const DEFLATE_RATIO_MAX: u64 = 1040;

/// Decodes one of the formats above.
pub(super) fn decode(
    format: Format,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Decoded, PictureError> {
    let source = Cursor::new(bytes);
    let refused = |error| refused(format, error);
    match format {
        Format::Png => {
            check_png(bytes, limits)?;
            let decoder = png::PngDecoder::with_limits(source, decoder_limits(limits));
            read(decoder.map_err(refused)?, format, limits)
        }
        Format::Gif => read(gif::GifDecoder::new(source).map_err(refused)?, format, limits),
        Format::WebP => read(webp::WebPDecoder::new(source).map_err(refused)?, format, limits),
        Format::Bmp => read(bmp::BmpDecoder::new(source).map_err(refused)?, format, limits),
        Format::Tiff | Format::Raw => {
            read(tiff::TiffDecoder::new(source).map_err(refused)?, format, limits)
        }
        Format::Jpeg | Format::Heic | Format::Avif | Format::Jxl => {
            Err(PictureError::Unsupported(format, "not by this decoder".to_owned()))
        }
    }
}

/// Refuses a PNG by its header, before the decoder takes memory for its rows.
fn check_png(bytes: &[u8], limits: &Limits) -> Result<(), PictureError> {
    let header = bytes.get(16..26).filter(|_| bytes.get(12..16) == Some(b"IHDR"));
    let header = header.ok_or_else(|| PictureError::Damaged("no PNG header".to_owned()))?;
    let side = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|i| header[at + i]));
    let (width, height, bit_depth) = (side(0), side(4), header[8]);
    limits.check_size(width, height, 1)?;
    let row_bytes_min = (u64::from(width) * u64::from(bit_depth)).div_ceil(8);
    if row_bytes_min * u64::from(height) > bytes.len() as u64 * DEFLATE_RATIO_MAX {
        return Err(PictureError::Damaged(format!(
            "{width}x{height} pixels claimed by {} bytes",
            bytes.len()
        )));
    }
    Ok(())
}

fn decoder_limits(limits: &Limits) -> image::Limits {
    let mut decoder_limits = image::Limits::default();
    decoder_limits.max_alloc = Some(limits.memory_bytes_max);
    decoder_limits
}

fn refused(format: Format, error: ImageError) -> PictureError {
    match error {
        ImageError::Limits(error) => PictureError::TooLarge(error.to_string()),
        ImageError::Unsupported(error) => PictureError::Unsupported(format, error.to_string()),
        error => PictureError::damaged(error),
    }
}

fn read(
    mut decoder: impl ImageDecoder,
    format: Format,
    limits: &Limits,
) -> Result<Decoded, PictureError> {
    let (width, height) = decoder.dimensions();
    let color_type = decoder.color_type();
    // The decoder's pixels, its working copy of them, and the same at 8 bits.
    let bytes_per_pixel = 2 * u64::from(color_type.bytes_per_pixel()) + 4;
    limits.check_size(width, height, bytes_per_pixel)?;
    decoder.set_limits(decoder_limits(limits)).map_err(|error| refused(format, error))?;
    let profile = decoder.icc_profile().ok().flatten();

    let pixel_count = u64::from(width) * u64::from(height);
    let expected = pixel_count * u64::from(color_type.bytes_per_pixel());
    if decoder.total_bytes() != expected {
        return Err(PictureError::Damaged("sizes that do not agree".to_owned()));
    }
    let mut samples = vec![0; expected as usize];
    let damage = match decoder.read_image(&mut samples) {
        Ok(()) => None,
        // The rows of a PNG that arrived are right; the others' buffers may hold anything.
        Err(error) if format == Format::Png && samples.iter().any(|&value| value != 0) => {
            Some(error.to_string())
        }
        Err(error) => return Err(refused(format, error)),
    };
    let channel_count = usize::from(color_type.channel_count());
    let raster =
        Raster::from_samples(width, height, channel_count, to_8_bits(color_type, samples))?;
    Ok(Decoded { damage, ..Decoded::whole(raster, profile.into()) })
}

/// Samples of any of the crate's colour types, at 8 bits.
fn to_8_bits(color_type: ColorType, samples: Vec<u8>) -> Vec<u8> {
    match color_type {
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => {
            let (wide, _) = samples.as_chunks::<2>();
            wide.iter().map(|&sample| narrow_16(u16::from_ne_bytes(sample))).collect()
        }
        ColorType::Rgb32F | ColorType::Rgba32F => {
            let (wide, _) = samples.as_chunks::<4>();
            wide.iter().map(|&sample| narrow_float(f32::from_ne_bytes(sample))).collect()
        }
        _ => samples,
    }
}

/// 16 bits to 8, rounded: 65,535 is 255 times 257.
fn narrow_16(sample: u16) -> u8 {
    ((u32::from(sample) + 128) / 257) as u8
}

/// A float of 0 to 1 to 8 bits. What is not a number becomes 0.
fn narrow_float(sample: f32) -> u8 {
    (sample.clamp(0.0, 1.0) * 255.0).round() as u8
}
