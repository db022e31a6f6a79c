//! Pictures made on the spot. [`scene`] has a red corner at its top left and is blue elsewhere, so
//! that a test sees where the corner went.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};

pub(in crate::pictures) fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let in_corner = x < width.div_ceil(3) && y < height.div_ceil(3);
        image::Rgb(if in_corner { [250, 20, 20] } else { [20, 20, 250] })
    })
}

/// A picture with much detail, for what depends on the amount of data.
pub(in crate::pictures) fn noise(width: u32, height: u32) -> RgbImage {
    let mut state = 1u32;
    RgbImage::from_fn(width, height, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let wave = ((x as f32 / 37.0).sin() + (y as f32 / 53.0).cos()) * 50.0 + 120.0;
        let grain = (state >> 27) as u8;
        image::Rgb([wave as u8 + grain, (wave * 0.8) as u8 + grain, 100 + grain])
    })
}

pub(in crate::pictures) fn jpeg(picture: &RgbImage, is_progressive: bool) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 90);
    encoder.set_progressive(is_progressive);
    let (width, height) = (picture.width() as u16, picture.height() as u16);
    encoder.encode(picture, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
    jpeg
}

pub(in crate::pictures) fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.into().write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

pub(in crate::pictures) fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    file(picture, ImageFormat::Png)
}

pub(in crate::pictures) fn gif(width: u32, height: u32) -> Vec<u8> {
    file(DynamicImage::from(scene(width, height)).to_rgba8(), ImageFormat::Gif)
}
