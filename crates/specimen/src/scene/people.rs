//! People: simple figures whose looks follow from a number, so that the same person looks alike
//! in every picture.

use super::canvas::{Canvas, Colour, mixed};
use crate::random::Random;

/// A person in a picture, seen to the shoulders.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Decides skin, hair and clothes.
    pub look: u64,
    /// Centre of the face, 0 left to 1 right.
    pub x: f32,
    /// Centre of the face, 0 top to 1 bottom.
    pub y: f32,
    /// Height of the face as a fraction of the picture's shorter side.
    pub size: f32,
}

const SKINS: [Colour; 5] = [
    [244.0, 208.0, 178.0],
    [226.0, 178.0, 140.0],
    [190.0, 136.0, 98.0],
    [142.0, 94.0, 66.0],
    [98.0, 64.0, 48.0],
];
const HAIRS: [Colour; 6] = [
    [44.0, 32.0, 28.0],
    [98.0, 62.0, 38.0],
    [212.0, 172.0, 102.0],
    [158.0, 74.0, 40.0],
    [190.0, 188.0, 184.0],
    [22.0, 22.0, 28.0],
];
const CLOTHES: [Colour; 8] = [
    [188.0, 54.0, 62.0],
    [48.0, 92.0, 158.0],
    [58.0, 128.0, 92.0],
    [232.0, 186.0, 72.0],
    [112.0, 74.0, 138.0],
    [238.0, 236.0, 228.0],
    [42.0, 48.0, 62.0],
    [226.0, 130.0, 90.0],
];

impl Figure {
    /// The face as fractions of an upright picture of this shape: centre x, y, width and height.
    pub fn face(&self, width: u32, height: u32) -> (f64, f64, f64, f64) {
        let unit = f64::from(width.min(height)) * f64::from(self.size);
        let (w, h) = (unit * 0.78 / f64::from(width), unit / f64::from(height));
        (f64::from(self.x), f64::from(self.y), w, h)
    }

    pub(super) fn paint(&self, canvas: &mut Canvas) {
        let mut random = Random::for_purpose(self.look, "figure");
        let skin = *random.pick(&SKINS);
        let hair = *random.pick(&HAIRS);
        let cloth = *random.pick(&CLOTHES);
        let long_hair = random.below(2) == 0;
        let beard = !long_hair && random.below(3) == 0;
        let glasses = random.below(3) == 0;

        let unit = canvas.w().min(canvas.h()) * self.size;
        let (x, y) = (self.x * canvas.w(), self.y * canvas.h());
        let (rx, ry) = (unit * 0.37, unit * 0.48);
        if long_hair {
            canvas.ellipse((x, y + ry * 0.35), (rx * 1.28, ry * 1.25), 2.0, hair, 1.0);
        }
        canvas.ellipse((x, y + ry * 3.1), (rx * 2.5, ry * 1.9), 2.0, cloth, 1.0);
        let below = canvas.h() - (y + ry * 3.1);
        canvas.rect((x - rx * 2.5, y + ry * 3.1), (rx * 5.0, below.max(0.0)), cloth);
        let shade = mixed(skin, [60.0, 30.0, 20.0], 0.18);
        canvas.ellipse((x, y + ry * 1.05), (rx * 0.46, ry * 0.55), 1.5, shade, 1.0);
        canvas.ellipse((x, y - ry * 0.16), (rx * 1.1, ry * 1.0), 2.0, hair, 1.0);
        canvas.ellipse((x, y + ry * 0.08), (rx, ry * 0.94), 1.5, skin, 1.0);
        canvas.ellipse((x, y - ry * 0.68), (rx * 0.86, ry * 0.34), 2.0, hair, 1.0);
        if beard {
            canvas.ellipse((x, y + ry * 0.72), (rx * 0.66, ry * 0.3), 2.0, hair, 0.9);
        }
        for side in [-1.0, 1.0] {
            let eye = (x + side * rx * 0.42, y - ry * 0.02);
            canvas.ellipse(eye, (rx * 0.17, ry * 0.085), 1.0, [250.0, 250.0, 248.0], 1.0);
            canvas.disc(eye, rx * 0.085, [40.0, 34.0, 34.0]);
            if glasses {
                canvas.ellipse(eye, (rx * 0.33, rx * 0.3), 1.0, [30.0, 30.0, 36.0], 0.28);
            }
            let cheek = (x + side * rx * 0.5, y + ry * 0.34);
            canvas.ellipse(cheek, (rx * 0.22, ry * 0.14), rx * 0.2, [226.0, 110.0, 100.0], 0.25);
        }
        canvas.ellipse((x, y + ry * 0.24), (rx * 0.08, ry * 0.12), 2.0, shade, 1.0);
        canvas.ellipse((x, y + ry * 0.52), (rx * 0.32, ry * 0.1), 1.0, [176.0, 70.0, 70.0], 1.0);
        canvas.ellipse((x, y + ry * 0.47), (rx * 0.32, ry * 0.07), 1.0, skin, 1.0);
    }
}
