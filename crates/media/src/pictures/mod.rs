//! What an image looks like: from the bytes of a file to a thumbnail, a preview and a thumbhash.
//!
//! [`make_pictures`] is the whole of it: [`sniff`] names the format, `decode` turns the bytes into
//! one raster, `colour` and `raster` bring that to sRGB, upright and small, and `render` writes the
//! three pictures. Sizes and qualities are contract immich §D2.5 and §E10.
//!
//! Files are hostile. [`Limits`] are checked against what a header claims before memory is taken;
//! a decoder that panics becomes a [`PictureError`]; and formats whose decoders are young or
//! large are meant to be decoded by [`worker`], in a child process with its own bounds.

mod colour;
mod cut;
mod decode;
mod format;
pub mod poster;
mod raster;
mod render;
#[cfg(test)]
mod tests;
pub mod worker;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

pub use cut::cut_face;
pub use format::{Format, HEAD_BYTES_MAX, sniff};

/// What a file may claim to need before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest picture, width times height. Default: 200 million, which the largest cameras
    /// and phones of today stay below.
    pub pixels_max: u64,
    /// The largest file. Default: 1 GiB.
    pub input_bytes_max: u64,
    /// The most memory that decoding may take, as estimated from the header: the decoder's own
    /// buffers and the pixels. Default: 1 GiB.
    pub memory_bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pixels_max: 200_000_000, input_bytes_max: 1 << 30, memory_bytes_max: 1 << 30 }
    }
}

impl Limits {
    fn check_input(&self, bytes: &[u8]) -> Result<(), PictureError> {
        let size_bytes = bytes.len() as u64;
        if size_bytes > self.input_bytes_max {
            let message = format!("{size_bytes} bytes, more than {}", self.input_bytes_max);
            return Err(PictureError::TooLarge(message));
        }
        Ok(())
    }

    /// Refuses a picture that claims too many pixels, or needs too much memory at
    /// `bytes_per_pixel` while it is decoded.
    fn check_size(
        &self,
        width: u32,
        height: u32,
        bytes_per_pixel: u64,
    ) -> Result<(), PictureError> {
        let pixel_count = u64::from(width) * u64::from(height);
        if pixel_count == 0 {
            return Err(PictureError::Damaged(format!("{width}x{height} pixels")));
        }
        if pixel_count > self.pixels_max {
            let message = format!("{width}x{height} pixels, more than {}", self.pixels_max);
            return Err(PictureError::TooLarge(message));
        }
        let memory_bytes = pixel_count.saturating_mul(bytes_per_pixel);
        if memory_bytes > self.memory_bytes_max {
            let message = format!(
                "{width}x{height} pixels need {memory_bytes} bytes, more than {}",
                self.memory_bytes_max
            );
            return Err(PictureError::TooLarge(message));
        }
        Ok(())
    }
}

/// The pictures made from one file. All are upright, in sRGB and without metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictures {
    /// WebP, shorter side 250 pixels (contract immich §D2.5). Keeps transparency.
    pub thumbnail_webp: Vec<u8>,
    /// JPEG, shorter side 1440 pixels (contract immich §D2.5). Transparency is shown on white.
    pub preview_jpeg: Vec<u8>,
    /// ThumbHash of the picture fitted inside 100 by 100 (contract immich §E10).
    pub thumbhash: Vec<u8>,
    /// Upright width, in pixels, of what was decoded; for a raw file, of its embedded preview.
    pub width: u32,
    /// Upright height, likewise.
    pub height: u32,
    /// Why the pictures show only a part, when the file ends early or its rest cannot be read.
    pub damage: Option<String>,
}

/// Why a file has no pictures. The text says it to the owner of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// The first bytes are no known format's.
    #[error("not a picture in a known format")]
    Unrecognised,
    /// A known format, or a kind of it, that cannot be decoded here.
    #[error("cannot show {0}: {1}")]
    Unsupported(Format, String),
    /// The file claims more than [`Limits`] allow. Nothing was decoded.
    #[error("too large: {0}")]
    TooLarge(String),
    /// The bytes contradict the format, or end before there is anything to show.
    #[error("damaged: {0}")]
    Damaged(String),
    /// A decoder or encoder failed in a way that says nothing about the file, such as a panic.
    #[error("decoder failed: {0}")]
    Decoder(String),
    /// The child process took longer than it may.
    #[error("decoding took longer than {0:?}")]
    Timeout(Duration),
    /// The child process could not be started, or ended without an answer.
    #[error("decoding process: {0}")]
    Worker(String),
}

impl PictureError {
    fn damaged(error: impl std::fmt::Display) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// Decodes the picture in `bytes` and makes its thumbnail, preview and thumbhash.
///
/// `orientation` is the EXIF value 1 to 8 (others mean 1). It is not applied to formats that are
/// [stored upright](Format::is_stored_upright). Work and memory grow with the pixels that the
/// header claims, which `limits` bound; never panics.
pub fn make_pictures(
    bytes: &[u8],
    orientation: u8,
    limits: &Limits,
) -> Result<Pictures, PictureError> {
    limits.check_input(bytes)?;
    let format = sniff(bytes).ok_or(PictureError::Unrecognised)?;
    let orientation = if format.is_stored_upright() { 1 } else { orientation };
    without_panic(|| {
        let decoded = decode::decode(format, bytes, limits)?;
        render::pictures(decoded, raster::Orientation::from_exif(orientation))
    })
}

/// Makes a portrait of a JPEG that [`make_pictures`] wrote: a JPEG whose shorter side has 512 pixels
/// at most. Never panics.
pub fn make_portrait(preview_jpeg: &[u8]) -> Result<Vec<u8>, PictureError> {
    without_panic(|| {
        let decoded = decode::decode(Format::Jpeg, preview_jpeg, &Limits::default())?;
        render::portrait(decoded)
    })
}

/// Runs `work` and turns a panic in it into an error. The closures passed here own what they
/// build, so nothing half-made is seen afterwards.
fn without_panic<T>(work: impl FnOnce() -> Result<T, PictureError>) -> Result<T, PictureError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let message = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "panic".to_owned());
        Err(PictureError::Decoder(message))
    })
}
