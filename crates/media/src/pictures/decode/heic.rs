//! HEIC: HEVC pictures in HEIF, by `heifer`, which also turns them as the container says.

use heifer_isobmff::HeifFile;

use super::{Decoded, heif};
use crate::pictures::raster::{Channels, Raster};
use crate::pictures::{Limits, PictureError};

/// The planes of the codec at 16 bits, the tiles, and the pixels.
const BYTES_PER_PIXEL: u64 = 12;

/// Decodes the primary picture of a HEIC file.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, PictureError> {
    let file = HeifFile::parse(bytes).map_err(PictureError::damaged)?;
    let item = file.primary_id;
    heif::checked_size(&file, item, BYTES_PER_PIXEL, limits)?;
    let colours = heif::colours(&file, item);
    let options = heifer::Options { max_threads: 1, max_pixels: limits.pixels_max };
    let image = heifer::decode_rgba8(bytes, &options).map_err(PictureError::damaged)?;
    let raster = Raster::new(image.width, image.height, Channels::Rgba, image.data)?;
    let raster = if image.has_alpha { raster } else { raster.without_alpha() };
    Ok(Decoded::whole(raster, colours))
}
