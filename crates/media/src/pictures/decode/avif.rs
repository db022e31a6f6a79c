//! AVIF: AV1 pictures in HEIF. The container is read by `heifer-isobmff`, the pictures are decoded
//! by `re_rav1d` without its assembly, so that building needs no assembler, and the planes are
//! brought to RGB here.

use std::borrow::Cow;

use heifer_isobmff::boxes::{ColorInfo, Property};
use heifer_isobmff::{HeifFile, ItemId};
use re_rav1d::dav1d::pixel::{MatrixCoefficients, YUVRange};
use re_rav1d::dav1d::{
    Decoder, Error, Picture, PixelLayout, PlanarImageComponent as Component, Settings,
};

use super::{Decoded, heif};
use crate::pictures::raster::{Channels, Orientation, Raster};
use crate::pictures::{Format, Limits, PictureError};

/// The planes of the codec at up to 16 bits, its references, and the pixels.
const BYTES_PER_PIXEL: u64 = 16;
/// Tiles of one picture; cameras write some fifty.
const TILES_MAX: usize = 1024;
/// How often the decoder is asked again for the one picture that it was given.
const ATTEMPTS_MAX: usize = 16;
const ALPHA_KIND: &str = "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha";

/// Decodes the primary picture of an AVIF file.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, PictureError> {
    let file = HeifFile::parse(bytes).map_err(PictureError::damaged)?;
    let item = file.primary_id;
    heif::checked_size(&file, item, BYTES_PER_PIXEL, limits)?;
    let colour = decode_item(&file, item, limits)?;
    let raster = match alpha_item(&file, item) {
        Some(alpha) => add_alpha(&colour, &decode_item(&file, alpha, limits)?)?,
        None => colour,
    };
    let turns = turns(&file, item)?;
    Ok(Decoded { turns, ..Decoded::whole(raster, heif::colours(&file, item)) })
}

/// The turns of an item, in the order of its properties.
fn turns(file: &HeifFile<'_>, item: ItemId) -> Result<Vec<Orientation>, PictureError> {
    let turn = |property: &Property| match property {
        Property::Rotation(1) => Some(Orientation::from_exif(8)),
        Property::Rotation(2) => Some(Orientation::from_exif(3)),
        Property::Rotation(3) => Some(Orientation::from_exif(6)),
        Property::Mirror(true) => Some(Orientation::from_exif(4)),
        Property::Mirror(false) => Some(Orientation::from_exif(2)),
        _ => None,
    };
    Ok(file.item_properties(item).map_err(PictureError::damaged)?.filter_map(turn).collect())
}

fn alpha_item(file: &HeifFile<'_>, item: ItemId) -> Option<ItemId> {
    file.referencing_items(item, b"auxl").into_iter().find(|&auxiliary| {
        file.item_properties(auxiliary).is_ok_and(|mut properties| {
            properties.any(|property| matches!(property, Property::AuxiliaryType(kind) if kind.trim_end_matches('\0') == ALPHA_KIND))
        })
    })
}

fn add_alpha(colour: &Raster, alpha: &Raster) -> Result<Raster, PictureError> {
    if (colour.width(), colour.height()) != (alpha.width(), alpha.height()) {
        return Err(PictureError::Damaged("transparency of another size".to_owned()));
    }
    let (pixels, _) = colour.pixels().as_chunks::<3>();
    let (alphas, _) = alpha.pixels().as_chunks::<3>();
    let both = pixels.iter().zip(alphas);
    let joined = both.flat_map(|(&[red, green, blue], &[alpha, ..])| [red, green, blue, alpha]);
    Raster::new(colour.width(), colour.height(), Channels::Rgba, joined.collect())
}

fn decode_item(file: &HeifFile<'_>, item: ItemId, limits: &Limits) -> Result<Raster, PictureError> {
    let kind = file.item(item).map_err(PictureError::damaged)?.item_type.0;
    match &kind {
        b"av01" => decode_coded(file, item, limits),
        b"grid" => decode_grid(file, item, limits),
        _ => Err(PictureError::Unsupported(
            Format::Avif,
            format!("item type {}", String::from_utf8_lossy(&kind)),
        )),
    }
}

/// Lays the tiles of a grid side by side, and cuts off what stands out.
fn decode_grid(file: &HeifFile<'_>, item: ItemId, limits: &Limits) -> Result<Raster, PictureError> {
    let grid = file.grid(item).map_err(PictureError::damaged)?;
    let (width, height) = (grid.output_width, grid.output_height);
    limits.check_size(width, height, BYTES_PER_PIXEL)?;
    let tiles = file.referenced_items(item, b"dimg");
    let (columns, rows) = (usize::from(grid.columns), usize::from(grid.rows));
    if tiles.len() != columns * rows || tiles.len() > TILES_MAX {
        return Err(PictureError::Damaged(format!(
            "{} tiles for {columns} columns of {rows}",
            tiles.len()
        )));
    }
    let row_bytes = width as usize * 3;
    let mut pixels = vec![0; row_bytes * height as usize];
    for (index, &tile) in tiles.iter().enumerate() {
        let tile = decode_coded(file, tile, limits)?;
        let left_bytes = (index % columns) * tile.width() as usize * 3;
        let top = (index / columns) * tile.height() as usize;
        let copied_bytes = (tile.width() as usize * 3).min(row_bytes.saturating_sub(left_bytes));
        let rows = tile.pixels().chunks_exact(tile.width() as usize * 3);
        let targets = pixels.chunks_exact_mut(row_bytes).skip(top);
        for (target, source) in targets.zip(rows).filter(|_| copied_bytes > 0) {
            target[left_bytes..left_bytes + copied_bytes].copy_from_slice(&source[..copied_bytes]);
        }
    }
    Raster::new(width, height, Channels::Rgb, pixels)
}

fn decode_coded(
    file: &HeifFile<'_>,
    item: ItemId,
    limits: &Limits,
) -> Result<Raster, PictureError> {
    let data = file.item_data(item).map_err(PictureError::damaged)?;
    let picture = decode_av1(data, limits)?;
    let properties = file.item_properties(item).map_err(PictureError::damaged)?;
    let declared = properties.into_iter().find_map(|property| match property {
        Property::Color(ColorInfo::Nclx { matrix, full_range, .. }) => Some((*matrix, *full_range)),
        _ => None,
    });
    let coded = (matrix_code(&picture), picture.color_range() == YUVRange::Full);
    to_rgb(&picture, declared.unwrap_or(coded))
}

fn matrix_code(picture: &Picture) -> u16 {
    match picture.matrix_coefficients() {
        MatrixCoefficients::Identity => 0,
        MatrixCoefficients::BT709 => 1,
        MatrixCoefficients::BT2020NonConstantLuminance => 9,
        MatrixCoefficients::YCgCo => 8,
        MatrixCoefficients::ICtCp => 14,
        _ => 6,
    }
}

fn decode_av1(data: Cow<'_, [u8]>, limits: &Limits) -> Result<Picture, PictureError> {
    let failed = |error: Error| PictureError::Damaged(format!("AV1: {error}"));
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_frame_size_limit(u32::try_from(limits.pixels_max).unwrap_or(u32::MAX));
    let mut decoder = Decoder::with_settings(&settings).map_err(failed)?;
    let mut sent = decoder.send_data(data.into_owned(), None, None, None);
    for _ in 0..ATTEMPTS_MAX {
        match sent {
            Ok(()) | Err(Error::Again) => {}
            Err(error) => return Err(failed(error)),
        }
        match decoder.get_picture() {
            Err(Error::Again) => sent = decoder.send_pending_data(),
            result => return result.map_err(failed),
        }
    }
    Err(PictureError::Damaged("AV1: no picture in the data".to_owned()))
}

/// One plane of a picture, whatever the size of its samples.
struct Plane {
    bytes: re_rav1d::dav1d::Plane,
    stride_bytes: usize,
    is_wide: bool,
}

impl Plane {
    fn new(picture: &Picture, component: Component) -> Self {
        Self {
            bytes: picture.plane(component),
            stride_bytes: picture.stride(component) as usize,
            is_wide: picture.bit_depth() > 8,
        }
    }

    fn sample(&self, x: usize, y: usize) -> f32 {
        let row = y * self.stride_bytes;
        if self.is_wide {
            let at = row + 2 * x;
            f32::from(u16::from_ne_bytes([self.bytes[at], self.bytes[at + 1]]))
        } else {
            f32::from(self.bytes[row + x])
        }
    }
}

/// Offset and span of the samples of a plane, from ITU-T H.273.
fn sample_range(bit_depth: usize, full_range: bool, is_chroma: bool) -> (f32, f32) {
    let unit = (1u32 << (bit_depth - 8)) as f32;
    let full_span = ((1u32 << bit_depth) - 1) as f32;
    match (full_range, is_chroma) {
        (true, false) => (0.0, full_span),
        (true, true) => (128.0 * unit, full_span),
        (false, false) => (16.0 * unit, 219.0 * unit),
        (false, true) => (128.0 * unit, 224.0 * unit),
    }
}

/// The planes as RGB by the matrix and range of ITU-T H.273. Chroma is taken from its nearest
/// sample: what comes out is reduced anyway.
fn to_rgb(picture: &Picture, (matrix, full_range): (u16, bool)) -> Result<Raster, PictureError> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut pixels = Vec::with_capacity(width * height * 3);
    let to_byte = |value: f32| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
    let bit_depth = picture.bit_depth();
    let (luma_zero, luma_span) = sample_range(bit_depth, full_range, false);
    let luma = Plane::new(picture, Component::Y);
    let luma_at = |x, y| (luma.sample(x, y) - luma_zero) / luma_span;

    let (shift_x, shift_y) = match picture.pixel_layout() {
        PixelLayout::I400 => {
            for (x, y) in cells(width, height) {
                pixels.extend([to_byte(luma_at(x, y)); 3]);
            }
            return Raster::new(picture.width(), picture.height(), Channels::Rgb, pixels);
        }
        PixelLayout::I420 => (1, 1),
        PixelLayout::I422 => (1, 0),
        PixelLayout::I444 => (0, 0),
    };
    let (blue, red) = (Plane::new(picture, Component::U), Plane::new(picture, Component::V));
    if matrix == 0 {
        let at = |plane: &Plane, x, y| (plane.sample(x, y) - luma_zero) / luma_span;
        for (x, y) in cells(width, height) {
            let (cx, cy) = (x >> shift_x, y >> shift_y);
            pixels.extend([at(&red, cx, cy), luma_at(x, y), at(&blue, cx, cy)].map(to_byte));
        }
        return Raster::new(picture.width(), picture.height(), Channels::Rgb, pixels);
    }
    let (k_red, k_blue) = match matrix {
        1 => (0.2126, 0.0722),
        9 => (0.2627, 0.0593),
        2 | 4..=7 => (0.299, 0.114),
        other => {
            return Err(PictureError::Unsupported(Format::Avif, format!("colour matrix {other}")));
        }
    };
    let (chroma_zero, chroma_span) = sample_range(bit_depth, full_range, true);
    for (x, y) in cells(width, height) {
        let (cx, cy) = (x >> shift_x, y >> shift_y);
        let luma = luma_at(x, y);
        let red = luma + 2.0 * (1.0 - k_red) * (red.sample(cx, cy) - chroma_zero) / chroma_span;
        let blue = luma + 2.0 * (1.0 - k_blue) * (blue.sample(cx, cy) - chroma_zero) / chroma_span;
        let green = (luma - k_red * red - k_blue * blue) / (1.0 - k_red - k_blue);
        pixels.extend([red, green, blue].map(to_byte));
    }
    Raster::new(picture.width(), picture.height(), Channels::Rgb, pixels)
}

/// All coordinates of a rectangle, row by row.
fn cells(width: usize, height: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..height).flat_map(move |y| (0..width).map(move |x| (x, y)))
}
