//! JPEG XL, by `jxl-oxide`: the first frame, turned as the codestream says.

use jxl_oxide::{AllocTracker, EnumColourEncoding, JxlImage, JxlThreadPool, RenderingIntent};

use super::Decoded;
use crate::pictures::raster::Raster;
use crate::pictures::{Format, Limits, PictureError};

/// Three or four channels of floats, twice while a frame is rendered, and the pixels.
const BYTES_PER_PIXEL: u64 = 36;

/// Decodes the first frame of a JPEG XL file.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, PictureError> {
    let memory_bytes_max = usize::try_from(limits.memory_bytes_max).unwrap_or(usize::MAX);
    let mut image = JxlImage::builder()
        .pool(JxlThreadPool::none())
        .alloc_tracker(AllocTracker::with_limit(memory_bytes_max))
        .read(bytes)
        .map_err(PictureError::damaged)?;
    limits.check_size(image.width(), image.height(), BYTES_PER_PIXEL)?;
    if image.pixel_format().has_black() {
        return Err(PictureError::Unsupported(Format::Jxl, "colours for print".to_owned()));
    }
    if image.original_icc().is_none() && !image.pixel_format().is_grayscale() {
        image.request_color_encoding(EnumColourEncoding::srgb(RenderingIntent::Relative));
    }
    let profile = image.rendered_icc();
    let render = image.render_frame(0).map_err(PictureError::damaged)?;
    let mut stream = render.stream();
    let (width, height, channel_count) = (stream.width(), stream.height(), stream.channels());
    limits.check_size(width, height, BYTES_PER_PIXEL)?;
    let mut samples = vec![0u8; width as usize * height as usize * channel_count as usize];
    stream.write_to_buffer(&mut samples);
    let raster = Raster::from_samples(width, height, channel_count as usize, samples)?;
    Ok(Decoded::whole(raster, Some(profile).into()))
}
