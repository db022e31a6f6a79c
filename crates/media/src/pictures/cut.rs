//! A face, cut out of an upright picture: the square around it, a little wider than the face itself.

use super::decode;
use super::raster::Raster;
use super::{Format, Limits, PictureError, render, sniff, without_panic};

/// The side of a cut face, in pixels; smaller where the picture has fewer.
const FACE_SIDE: u32 = 250;

/// How much wider than the face the square is.
const MARGIN: f64 = 1.2;

/// The square around the face in `preview_jpeg`, as a JPEG of at most 250 by 250 pixels.
///
/// `region` is the face's left, top, right and bottom, as fractions of the picture's width and
/// height; what lies outside the picture is left out. Only pictures that
/// [`make_pictures`](super::make_pictures) has made are meant to be given: they are decoded in this
/// process.
pub fn cut_face(
    preview_jpeg: &[u8],
    region: [f64; 4],
    limits: &Limits,
) -> Result<Vec<u8>, PictureError> {
    limits.check_input(preview_jpeg)?;
    if sniff(preview_jpeg) != Some(Format::Jpeg) {
        return Err(PictureError::Unrecognised);
    }
    without_panic(|| {
        let preview = decode::decode(Format::Jpeg, preview_jpeg, limits)?.raster;
        let [left, top, side] = square(region, (preview.width(), preview.height()));
        let face: Raster = preview.part(left, top, side, side);
        let small = FACE_SIDE.min(side);
        render::encode_jpeg(&render::shrink(face, (small, small))?)
    })
}

/// Left, top and side of the square around a region, in pixels, wholly within the picture.
fn square(region: [f64; 4], (width, height): (u32, u32)) -> [u32; 3] {
    let within = |fraction: f64| if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.5 };
    let [x1, y1, x2, y2] = region.map(within);
    let (w, h) = (f64::from(width), f64::from(height));
    let longer = ((x2 - x1).abs() * w).max((y2 - y1).abs() * h) * MARGIN;
    let side = longer.ceil().clamp(1.0, w.min(h));
    let begin = |middle: f64, whole: f64| (middle * whole - side / 2.0).clamp(0.0, whole - side);
    let (left, top) = (begin((x1 + x2) / 2.0, w), begin((y1 + y2) / 2.0, h));
    [left.floor() as u32, top.floor() as u32, side as u32]
}

#[cfg(test)]
mod tests {
    use super::super::raster::Channels;
    use super::*;

    #[test]
    fn the_square_lies_around_the_face_and_within_the_picture() {
        assert_eq!(square([0.4, 0.4, 0.6, 0.6], (1_000, 500)), [380, 130, 240]);
        assert_eq!(square([0.0, 0.0, 0.1, 0.1], (1_000, 1_000)), [0, 0, 120]);
        assert_eq!(square([0.9, 0.9, 1.0, 1.0], (1_000, 1_000)), [880, 880, 120]);
        assert_eq!(square([0.0, 0.0, 1.0, 1.0], (1_000, 500)), [250, 0, 500]);
        assert_eq!(square([-9.0, 2.0, f64::NAN, f64::INFINITY], (10, 10))[2], 6);
        assert_eq!(square([0.5; 4], (1, 1)), [0, 0, 1]);
    }

    #[test]
    fn a_face_is_cut_out_of_a_picture() {
        let red_left =
            (0..400 * 400).flat_map(|n| if n % 400 < 200 { [255, 0, 0] } else { [0; 3] });
        let picture = Raster::new(400, 400, Channels::Rgb, red_left.collect()).unwrap();
        let jpeg = render::encode_jpeg(&picture).unwrap();
        let face = cut_face(&jpeg, [0.0, 0.4, 0.2, 0.6], &Limits::default()).unwrap();
        let face = decode::decode(Format::Jpeg, &face, &Limits::default()).unwrap().raster;
        assert_eq!((face.width(), face.height()), (96, 96));
        assert!(face.pixels().chunks(3).all(|pixel| pixel[0] > 200 && pixel[1] < 60));
        assert!(cut_face(b"no picture", [0.0; 4], &Limits::default()).is_err());
        assert!(cut_face(&jpeg[..40], [0.0; 4], &Limits::default()).is_err());
    }
}
