//! Towns by day and by night.

use super::canvas::{Canvas, Colour, mixed};
use super::land::day_sky;
use crate::random::Random;

const WALLS: [Colour; 6] = [
    [196.0, 160.0, 128.0],
    [178.0, 98.0, 78.0],
    [214.0, 202.0, 178.0],
    [132.0, 144.0, 158.0],
    [164.0, 178.0, 172.0],
    [226.0, 188.0, 120.0],
];

pub(super) fn city(canvas: &mut Canvas, random: &mut Random) {
    let (w, h) = (canvas.w(), canvas.h());
    day_sky(canvas, random, 0.85);
    let haze = [176.0, 188.0, 202.0];
    houses(canvas, random, 0.30, |random| mixed(*random.pick(&WALLS), haze, 0.6), None);
    let glass = [74.0, 92.0, 112.0];
    houses(canvas, random, 0.52, |random| *random.pick(&WALLS), Some((glass, 95)));
    canvas.gradient(h * 0.9, h, &[[118.0, 116.0, 114.0], [84.0, 84.0, 86.0]]);
    for stripe in 0..6 {
        let x = (stripe as f32 + 0.2) / 6.0 * w;
        canvas.rect((x, h * 0.945), (w * 0.09, h * 0.012 + 1.0), [226.0, 222.0, 208.0]);
    }
}

pub(super) fn night(canvas: &mut Canvas, random: &mut Random) {
    let (w, h) = (canvas.w(), canvas.h());
    let glow = *random.pick(&[[58.0, 52.0, 96.0], [92.0, 60.0, 70.0], [30.0, 74.0, 98.0]]);
    canvas.gradient(0.0, h, &[[8.0, 10.0, 30.0], [18.0, 22.0, 56.0], glow]);
    for _ in 0..90 {
        let light = random.between(120.0, 250.0);
        let radius = random.between(0.0008, 0.0026) * w + 0.4;
        let centre = (random.unit() * w, random.unit() * 0.6 * h);
        canvas.disc(centre, radius, [light, light, light * 0.96]);
    }
    let moon = (random.between(0.12, 0.88) * w, random.between(0.1, 0.3) * h);
    let radius = random.between(0.04, 0.075) * w.min(h);
    canvas.ellipse(moon, (radius * 2.2, radius * 2.2), radius * 3.0, [230.0, 230.0, 206.0], 0.25);
    canvas.disc(moon, radius, [246.0, 242.0, 222.0]);
    let bite = (moon.0 + radius * random.between(-1.2, 1.2), moon.1 - radius * 0.3);
    canvas.disc(bite, radius * 0.85, [20.0, 24.0, 56.0]);
    houses(canvas, random, 0.28, |_| [34.0, 36.0, 62.0], Some(([196.0, 170.0, 110.0], 25)));
    houses(canvas, random, 0.44, |_| [16.0, 17.0, 34.0], Some(([252.0, 208.0, 118.0], 42)));
}

/// A row of houses that stand on the lower edge. `tall` is the mean height as a fraction of the
/// canvas; `windows` is their colour and how many in a hundred are seen.
fn houses(
    canvas: &mut Canvas,
    random: &mut Random,
    tall: f32,
    wall: impl Fn(&mut Random) -> Colour,
    windows: Option<(Colour, u32)>,
) {
    let (w, h) = (canvas.w(), canvas.h());
    let mut x = -random.unit() * 0.06 * w;
    while x < w {
        let wide = random.between(0.07, 0.15) * w;
        let high = tall * random.between(0.6, 1.5) * h;
        let (top, colour) = (h - high, wall(random));
        canvas.rect((x, top), (wide + 1.0, high), colour);
        canvas.rect(
            (x + wide * 0.88, top),
            (wide * 0.12 + 1.0, high),
            mixed(colour, [0.0; 3], 0.22),
        );
        if let Some((light, percent)) = windows {
            let (columns, floor) = (3 + random.below(3), h * 0.045);
            let cell = wide * 0.84 / columns as f32;
            let mut y = top + floor * 0.5;
            while y < h - floor {
                for column in 0..columns {
                    let at = (x + wide * 0.05 + cell * column as f32, y);
                    if random.below(100) < percent {
                        let shade = mixed(light, colour, random.between(0.0, 0.3));
                        canvas.rect(at, (cell * 0.55, floor * 0.55), shade);
                    }
                }
                y += floor;
            }
        }
        x += wide;
    }
}
