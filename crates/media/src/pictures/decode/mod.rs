//! From the bytes of each format to one raster. One file per decoder; every one of them checks the
//! limits against the header before it lets its decoder take memory.

#[cfg(feature = "avif")]
mod avif;
mod common;
#[cfg(feature = "heic")]
mod heic;
#[cfg(any(feature = "heic", feature = "avif"))]
mod heif;
mod jpeg;
#[cfg(feature = "jxl")]
mod jxl;
mod raw;

use super::colour::Colours;
use super::raster::{Orientation, Raster};
use super::{Format, Limits, PictureError};

/// A decoded picture, with what is left to be done to its pixels.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) raster: Raster,
    pub(super) colours: Colours,
    /// The turns that the container asks for and the decoder has not made, first one first.
    pub(super) turns: Vec<Orientation>,
    /// Why a part is missing, if it is.
    pub(super) damage: Option<String>,
}

impl Decoded {
    /// A whole picture, as it stands.
    fn whole(raster: Raster, colours: Colours) -> Self {
        Self { raster, colours, turns: Vec::new(), damage: None }
    }
}

/// Decodes `bytes`, which are a file of `format`.
pub(super) fn decode(
    format: Format,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Decoded, PictureError> {
    match format {
        Format::Jpeg => jpeg::decode(bytes, limits),
        Format::Png | Format::Gif | Format::WebP | Format::Bmp => {
            common::decode(format, bytes, limits)
        }
        Format::Tiff | Format::Raw => raw::decode(format, bytes, limits),
        #[cfg(feature = "heic")]
        Format::Heic => heic::decode(bytes, limits),
        #[cfg(feature = "avif")]
        Format::Avif => avif::decode(bytes, limits),
        #[cfg(feature = "jxl")]
        Format::Jxl => jxl::decode(bytes, limits),
        #[cfg(not(all(feature = "heic", feature = "avif", feature = "jxl")))]
        _ => Err(PictureError::Unsupported(format, "built without its decoder".into())),
    }
}
