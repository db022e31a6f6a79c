//! Decoded pixels, the turns that bring them upright, and the resampling that makes them small.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8x3, U8x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use super::PictureError;

/// What one pixel of a [`Raster`] holds, one byte each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue and straight (not premultiplied) alpha.
    Rgba,
}

impl Channels {
    /// Bytes of one pixel.
    pub(super) fn count(self) -> usize {
        match self {
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// A rectangle of 8-bit pixels, rows from top to bottom without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raster {
    width: u32,
    height: u32,
    channels: Channels,
    /// `width * height * channels.count()` bytes, and neither side is zero.
    pixels: Vec<u8>,
}

impl Raster {
    /// A raster over `pixels`, unless they do not fit the sizes: decoders are not believed.
    pub(super) fn new(
        width: u32,
        height: u32,
        channels: Channels,
        pixels: Vec<u8>,
    ) -> Result<Self, PictureError> {
        let pixel_count = u64::from(width) * u64::from(height);
        let expected = pixel_count.checked_mul(channels.count() as u64);
        if pixel_count == 0 || expected != Some(pixels.len() as u64) {
            return Err(PictureError::Damaged(format!(
                "{width}x{height} pixels in {} bytes",
                pixels.len()
            )));
        }
        Ok(Self { width, height, channels, pixels })
    }

    /// A raster over samples of `channel_count` channels: grey, grey and alpha, RGB, or RGBA.
    pub(super) fn from_samples(
        width: u32,
        height: u32,
        channel_count: usize,
        samples: Vec<u8>,
    ) -> Result<Self, PictureError> {
        match channel_count {
            1 => {
                let pixels = samples.iter().flat_map(|&grey| [grey; 3]).collect();
                Self::new(width, height, Channels::Rgb, pixels)
            }
            2 => {
                let (pairs, _) = samples.as_chunks::<2>();
                let spread = pairs.iter().flat_map(|&[grey, alpha]| [grey, grey, grey, alpha]);
                Self::new(width, height, Channels::Rgba, spread.collect())
            }
            3 => Self::new(width, height, Channels::Rgb, samples),
            4 => Self::new(width, height, Channels::Rgba, samples),
            more => Err(PictureError::Decoder(format!("{more} channels"))),
        }
    }

    pub(super) fn width(&self) -> u32 {
        self.width
    }

    pub(super) fn height(&self) -> u32 {
        self.height
    }

    pub(super) fn channels(&self) -> Channels {
        self.channels
    }

    pub(super) fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    pub(super) fn pixels_mut(&mut self) -> &mut [u8] {
        &mut self.pixels
    }

    /// The part of this raster that begins at `(left, top)`, cut where the raster ends. Each side
    /// is at least one pixel.
    pub(super) fn part(&self, left: u32, top: u32, width: u32, height: u32) -> Self {
        let (left, top) = (left.min(self.width - 1), top.min(self.height - 1));
        let width = width.clamp(1, self.width - left);
        let height = height.clamp(1, self.height - top);
        let bytes = self.channels.count();
        let row_bytes = self.width as usize * bytes;
        let (from, to) = (left as usize * bytes, (left + width) as usize * bytes);
        let rows = self.pixels.chunks_exact(row_bytes).skip(top as usize).take(height as usize);
        let pixels = rows.flat_map(|row| &row[from..to]).copied().collect();
        Self { width, height, channels: self.channels, pixels }
    }

    /// This raster resampled to exactly `width` by `height`.
    pub(super) fn resized(&self, width: u32, height: u32) -> Result<Self, PictureError> {
        // Reducing much, a box filter down to about twice the target costs half of what a long
        // kernel over every source pixel does, and the eye cannot tell.
        let ratio = (self.width / width.max(1)).min(self.height / height.max(1));
        if ratio > REDUCTION_AT_ONCE {
            let box_side = ratio / 2;
            let rough = (self.width / box_side, self.height / box_side);
            return self.convolved(rough, FilterType::Box)?.resized(width, height);
        }
        self.convolved((width, height), FilterType::Lanczos3)
    }

    fn convolved(&self, to: (u32, u32), filter: FilterType) -> Result<Self, PictureError> {
        let pixels = match self.channels {
            Channels::Rgb => self.convolved_pixels::<U8x3>(to, filter)?,
            Channels::Rgba => self.convolved_pixels::<U8x4>(to, filter)?,
        };
        Self::new(to.0, to.1, self.channels, pixels)
    }

    /// The type of the pixels is named here, so that the code for the others is left out.
    fn convolved_pixels<P: PixelTrait>(
        &self,
        to: (u32, u32),
        filter: FilterType,
    ) -> Result<Vec<u8>, PictureError> {
        let failed =
            |what: &dyn std::fmt::Display| PictureError::Decoder(format!("resize: {what}"));
        let source = TypedImageRef::<P>::from_buffer(self.width, self.height, &self.pixels)
            .map_err(|error| failed(&error))?;
        let mut pixels = vec![0; to.0 as usize * to.1 as usize * self.channels.count()];
        let mut target = TypedImage::<P>::from_buffer(to.0, to.1, &mut pixels)
            .map_err(|error| failed(&error))?;
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
        Resizer::new()
            .resize_typed(&source, &mut target, &options)
            .map_err(|error| failed(&error))?;
        Ok(pixels)
    }

    /// This raster turned by `orientation`.
    pub(super) fn turned(self, orientation: Orientation) -> Self {
        if orientation == Orientation::UPRIGHT {
            return self;
        }
        let (width, height) = orientation.turn_size(self.width, self.height);
        let pixels = match self.channels {
            Channels::Rgb => turn_pixels::<3>(&self, orientation, width, height),
            Channels::Rgba => turn_pixels::<4>(&self, orientation, width, height),
        };
        Self { width, height, channels: self.channels, pixels }
    }

    /// This raster without its alpha channel, for one that is opaque all over.
    #[cfg(feature = "heic")]
    pub(super) fn without_alpha(self) -> Self {
        if self.channels == Channels::Rgb {
            return self;
        }
        let (pixels, _) = self.pixels.as_chunks::<4>();
        let opaque = pixels.iter().flat_map(|&[red, green, blue, _]| [red, green, blue]);
        Self { channels: Channels::Rgb, pixels: opaque.collect(), ..self }
    }

    /// The pixels as red, green and blue over a white ground.
    pub(super) fn flattened(&self) -> std::borrow::Cow<'_, [u8]> {
        match self.channels {
            Channels::Rgb => (&self.pixels).into(),
            Channels::Rgba => {
                let mut flat = Vec::with_capacity(self.pixels.len() / 4 * 3);
                for &[red, green, blue, alpha] in self.pixels.as_chunks::<4>().0 {
                    flat.extend([red, green, blue].map(|value| over_white(value, alpha)));
                }
                flat.into()
            }
        }
    }

    /// The pixels with an alpha channel, opaque where there was none.
    pub(super) fn with_alpha(&self) -> std::borrow::Cow<'_, [u8]> {
        match self.channels {
            Channels::Rgba => (&self.pixels).into(),
            Channels::Rgb => {
                let mut pixels = Vec::with_capacity(self.pixels.len() / 3 * 4);
                for &[red, green, blue] in self.pixels.as_chunks::<3>().0 {
                    pixels.extend([red, green, blue, u8::MAX]);
                }
                pixels.into()
            }
        }
    }
}

/// Reductions beyond this factor are made in two steps.
const REDUCTION_AT_ONCE: u32 = 4;

fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// How stored pixels are turned to be upright: the eight values of the EXIF tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Orientation(u8);

impl Orientation {
    pub(super) const UPRIGHT: Self = Self(1);

    /// The EXIF value 1 to 8; any other, which files do hold, means upright.
    pub(super) fn from_exif(value: u8) -> Self {
        if (1..=8).contains(&value) { Self(value) } else { Self::UPRIGHT }
    }

    /// The size of a picture of `width` by `height` after the turn.
    pub(super) fn turn_size(self, width: u32, height: u32) -> (u32, u32) {
        if self.0 >= 5 { (height, width) } else { (width, height) }
    }
}

/// Copies the pixels of `source` to where `orientation` puts them. Every row of the result is a
/// straight walk through the source: a first pixel and a step.
fn turn_pixels<const N: usize>(
    source: &Raster,
    orientation: Orientation,
    width: u32,
    height: u32,
) -> Vec<u8> {
    let (from, _) = source.pixels.as_chunks::<N>();
    let (across, down) = (source.width as isize, source.height as isize);
    let mut turned = Vec::with_capacity(source.pixels.len());
    for y in 0..height as isize {
        let (first, step) = match orientation.0 {
            2 => (y * across + across - 1, -1),
            3 => ((down - 1 - y) * across + across - 1, -1),
            4 => ((down - 1 - y) * across, 1),
            5 => (y, across),
            6 => ((down - 1) * across + y, -across),
            7 => ((down - 1) * across + across - 1 - y, -across),
            8 => (across - 1 - y, across),
            _ => (y * across, 1),
        };
        for x in 0..width as isize {
            turned.extend_from_slice(&from[(first + x * step) as usize]);
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A raster of 2 columns and 3 rows whose red values are the letters of `text`, row by row.
    fn letters(text: &str) -> Raster {
        let pixels = text.bytes().flat_map(|letter| [letter, 0, 0]).collect();
        Raster::new(2, 3, Channels::Rgb, pixels).unwrap()
    }

    #[test]
    fn each_orientation_puts_the_letters_upright() {
        let cases =
            ["abcdef", "badcfe", "fedcba", "efcdab", "acebdf", "ecafdb", "fdbeca", "bdface"];
        for (value, expected) in (1..).zip(cases) {
            let turned = letters("abcdef").turned(Orientation::from_exif(value));
            let read: String = turned.pixels.chunks(3).map(|pixel| pixel[0] as char).collect();
            assert_eq!(read, expected, "orientation {value}");
            let size = if value < 5 { (2, 3) } else { (3, 2) };
            assert_eq!((turned.width, turned.height), size, "orientation {value}");
        }
    }

    #[test]
    fn unknown_orientations_leave_the_picture_alone() {
        for value in [0, 9, 255] {
            assert_eq!(letters("abcdef").turned(Orientation::from_exif(value)), letters("abcdef"));
        }
    }

    #[test]
    fn a_part_is_cut_where_the_raster_ends() {
        let whole = Raster::new(3, 2, Channels::Rgb, (0..18).collect()).unwrap();
        let part = whole.part(1, 1, 9, 9);
        assert_eq!((part.width(), part.height()), (2, 1));
        assert_eq!(part.pixels(), [12, 13, 14, 15, 16, 17]);
        assert_eq!(whole.part(7, 7, 0, 0).pixels(), [15, 16, 17]);
    }

    #[test]
    fn pixels_that_do_not_fit_the_size_are_refused() {
        assert!(Raster::new(2, 2, Channels::Rgb, vec![0; 11]).is_err());
        assert!(Raster::new(0, 2, Channels::Rgb, vec![]).is_err());
        assert!(Raster::new(u32::MAX, u32::MAX, Channels::Rgba, vec![]).is_err());
    }

    #[test]
    fn nothing_shows_as_white() {
        let raster = Raster::new(2, 1, Channels::Rgba, vec![0, 0, 0, 0, 9, 9, 9, 255]).unwrap();
        assert_eq!(&*raster.flattened(), [255, 255, 255, 9, 9, 9]);
    }
}
