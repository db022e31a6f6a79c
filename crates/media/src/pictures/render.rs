//! From decoded pixels to the three pictures that clients ask for.
//!
//! Each step works on the smallest raster that serves: the preview is reduced from the full
//! picture, then brought to sRGB and turned; the thumbnail is reduced from the preview, and the
//! thumbhash from the thumbnail.

use jpeg_encoder::{ColorType, Encoder};
use webp::{PixelLayout, WebPConfig};

use super::decode::Decoded;
use super::raster::{Channels, Orientation, Raster};
use super::{PictureError, Pictures, colour};

/// Shorter side of a preview, in pixels (contract immich §D2.5).
const PREVIEW_SIDE: u32 = 1440;
/// Shorter side of a portrait, in pixels: twice what any client shows.
const PORTRAIT_SIDE: u32 = 512;
/// Shorter side of a thumbnail, in pixels (contract immich §D2.5).
const THUMBNAIL_SIDE: u32 = 250;
/// Quality of both, out of 100 (contract immich §D2.5).
const QUALITY: u8 = 80;
/// Both sides of the square that a thumbhash is computed inside, in pixels (contract immich §E10).
const THUMBHASH_SIDE: u32 = 100;
/// The longest side that each format can hold, in pixels. Only endless panoramas meet it.
const JPEG_SIDE_MAX: u32 = u16::MAX as u32;
const WEBP_SIDE_MAX: u32 = 16_383;
/// How hard libwebp tries, 0 to 6: 2 halves the time of the default 4 at equal size.
const WEBP_METHOD: i32 = 2;

/// The pictures of `decoded`, turned by the turns of its container and then by `orientation`.
pub(super) fn pictures(
    decoded: Decoded,
    orientation: Orientation,
) -> Result<Pictures, PictureError> {
    let Decoded { raster, colours, mut turns, damage } = decoded;
    turns.push(orientation);
    let full_size = (raster.width(), raster.height());
    let (width, height) = turns.iter().fold(full_size, |(w, h), turn| turn.turn_size(w, h));

    let small = shrink(raster, outside(full_size, PREVIEW_SIDE, JPEG_SIDE_MAX))?;
    let converted = colour::to_srgb(small, &colours);
    let preview = turns.into_iter().fold(converted, Raster::turned);
    let preview_jpeg = encode_jpeg(&preview)?;

    let size = (preview.width(), preview.height());
    let thumbnail = shrink(preview, outside(size, THUMBNAIL_SIDE, WEBP_SIDE_MAX))?;
    let thumbnail_webp = encode_webp(&thumbnail)?;

    let size = (thumbnail.width(), thumbnail.height());
    let tiny = shrink(thumbnail, inside(size, THUMBHASH_SIDE))?;
    let thumbhash = fast_thumbhash::rgba_to_thumb_hash(
        tiny.width() as usize,
        tiny.height() as usize,
        &tiny.with_alpha(),
    );
    Ok(Pictures { thumbnail_webp, preview_jpeg, thumbhash, width, height, damage })
}

/// A portrait of what is upright and in sRGB already.
pub(super) fn portrait(decoded: Decoded) -> Result<Vec<u8>, PictureError> {
    let raster = decoded.raster;
    let size = (raster.width(), raster.height());
    encode_jpeg(&shrink(raster, outside(size, PORTRAIT_SIDE, JPEG_SIDE_MAX))?)
}

/// The size whose shorter side is `side`, never larger than `size` and with no side beyond
/// `side_max`.
fn outside(size: (u32, u32), side: u32, side_max: u32) -> (u32, u32) {
    let (shorter, longer) = (size.0.min(size.1), size.0.max(size.1));
    let scale = f64::from(side) / f64::from(shorter);
    scaled(size, scale.min(f64::from(side_max) / f64::from(longer)))
}

/// The size that fits inside a square of `side`, never larger than `size`.
fn inside(size: (u32, u32), side: u32) -> (u32, u32) {
    scaled(size, f64::from(side) / f64::from(size.0.max(size.1)))
}

fn scaled(size: (u32, u32), scale: f64) -> (u32, u32) {
    let side = |side: u32| ((f64::from(side) * scale).round() as u32).clamp(1, side);
    (side(size.0), side(size.1))
}

pub(super) fn shrink(raster: Raster, (width, height): (u32, u32)) -> Result<Raster, PictureError> {
    if (width, height) == (raster.width(), raster.height()) {
        return Ok(raster);
    }
    raster.resized(width, height)
}

pub(super) fn encode_jpeg(raster: &Raster) -> Result<Vec<u8>, PictureError> {
    let failed = |what: String| PictureError::Decoder(format!("write JPEG: {what}"));
    let side = |side: u32| u16::try_from(side).map_err(|error| failed(error.to_string()));
    let (width, height) = (side(raster.width())?, side(raster.height())?);
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, QUALITY)
        .encode(&raster.flattened(), width, height, ColorType::Rgb)
        .map_err(|error| failed(error.to_string()))?;
    Ok(jpeg)
}

fn encode_webp(raster: &Raster) -> Result<Vec<u8>, PictureError> {
    let failed = |what: &str| PictureError::Decoder(format!("write WebP: {what}"));
    let layout = match raster.channels() {
        Channels::Rgb => PixelLayout::Rgb,
        Channels::Rgba => PixelLayout::Rgba,
    };
    let mut config = WebPConfig::new().map_err(|()| failed("no configuration"))?;
    config.quality = f32::from(QUALITY);
    config.method = WEBP_METHOD;
    let webp = webp::Encoder::new(raster.pixels(), layout, raster.width(), raster.height())
        .encode_advanced(&config)
        .map_err(|error| failed(&format!("{error:?}")))?;
    Ok(webp.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_the_shorter_side_and_never_grow() {
        let cases = [
            ((4032, 3024), (1920, 1440)),
            ((3024, 4032), (1440, 1920)),
            ((640, 480), (640, 480)),
            ((1440, 1440), (1440, 1440)),
            ((1, 1), (1, 1)),
            ((12_000, 2_000), (8_640, 1_440)),
            ((200_000, 900), (65_535, 295)),
            ((1_000_000, 1), (65_535, 1)),
        ];
        for (size, expected) in cases {
            assert_eq!(outside(size, PREVIEW_SIDE, JPEG_SIDE_MAX), expected, "{size:?}");
        }
        assert_eq!(inside((333, 250), THUMBHASH_SIDE), (100, 75));
        assert_eq!(inside((16_383, 2), THUMBHASH_SIDE), (100, 1));
        assert_eq!(inside((20, 30), THUMBHASH_SIDE), (20, 30));
    }
}
