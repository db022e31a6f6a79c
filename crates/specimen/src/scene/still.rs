//! Near things: flowers, a table, paper, backdrops, and the test card of four corners.

use super::canvas::{Canvas, Colour, mixed};
use crate::random::Random;

pub(super) fn flowers(canvas: &mut Canvas, random: &mut Random) {
    let (w, h) = (canvas.w(), canvas.h());
    let grass = *random.pick(&[[92.0, 150.0, 66.0], [60.0, 128.0, 88.0], [136.0, 158.0, 70.0]]);
    let light = mixed(grass, [250.0, 250.0, 220.0], 0.55);
    canvas.gradient(0.0, h, &[light, grass, mixed(grass, [10.0, 40.0, 20.0], 0.45)]);
    let petals = *random.pick(&[
        [236.0, 92.0, 112.0],
        [250.0, 206.0, 72.0],
        [164.0, 108.0, 206.0],
        [250.0, 246.0, 240.0],
        [240.0, 136.0, 60.0],
    ]);
    let count = 16 + random.below(16);
    for index in 0..count {
        // Far flowers first: they are small and high up.
        let near = (index as f32 + 0.5) / count as f32;
        let centre = (random.unit() * w, (0.18 + 0.78 * near) * h);
        let size = (0.012 + 0.045 * near * random.between(0.7, 1.2)) * w.min(h) * 1.3;
        let stem = (size * 0.22 + 0.5, size * 3.0);
        canvas.rect(centre, stem, mixed(grass, [16.0, 60.0, 20.0], 0.5));
        let colour = mixed(petals, light, (1.0 - near) * 0.45);
        for (dx, dy) in [(0.0, -1.0), (0.95, -0.3), (0.6, 0.8), (-0.6, 0.8), (-0.95, -0.3)] {
            let petal = (centre.0 + dx * size * 0.8, centre.1 + dy * size * 0.8);
            canvas.ellipse(petal, (size * 0.68, size * 0.68), 1.5, colour, 1.0);
        }
        canvas.disc(centre, size * 0.5, [244.0, 200.0, 70.0]);
    }
}

pub(super) fn table(canvas: &mut Canvas, random: &mut Random) {
    let (w, h) = (canvas.w(), canvas.h());
    let wood = *random.pick(&[[150.0, 104.0, 66.0], [206.0, 186.0, 160.0], [96.0, 70.0, 56.0]]);
    canvas.gradient(0.0, h, &[mixed(wood, [255.0; 3], 0.2), wood, mixed(wood, [0.0; 3], 0.25)]);
    for plank in 1..6 {
        let y = h * plank as f32 / 6.0;
        canvas.rect((0.0, y), (w, h * 0.004 + 1.0), mixed(wood, [0.0; 3], 0.35));
    }
    let unit = w.min(h);
    let plate = (w * random.between(0.42, 0.58), h * random.between(0.46, 0.56));
    let shadow = (plate.0 + unit * 0.015, plate.1 + unit * 0.03);
    canvas.ellipse(shadow, (unit * 0.37, unit * 0.35), unit * 0.05, [30.0, 20.0, 16.0], 0.4);
    canvas.disc(plate, unit * 0.35, [244.0, 243.0, 238.0]);
    canvas.disc(plate, unit * 0.27, [228.0, 227.0, 222.0]);
    let foods: [Colour; 6] = [
        [204.0, 66.0, 48.0],
        [236.0, 178.0, 66.0],
        [104.0, 150.0, 62.0],
        [130.0, 74.0, 46.0],
        [240.0, 216.0, 160.0],
        [150.0, 60.0, 96.0],
    ];
    for _ in 0..(6 + random.below(10)) {
        let (dx, dy) = (random.between(-0.17, 0.17), random.between(-0.17, 0.17));
        let bite = (plate.0 + dx * unit, plate.1 + dy * unit);
        let size = random.between(0.03, 0.075) * unit;
        let colour = *random.pick(&foods);
        canvas.ellipse(bite, (size, size * random.between(0.6, 1.0)), 2.0, colour, 1.0);
        let shine = (bite.0 - size * 0.3, bite.1 - size * 0.3);
        canvas.ellipse(shine, (size * 0.3, size * 0.2), size * 0.3, [255.0; 3], 0.4);
    }
    let cup = (w * random.between(0.06, 0.16), h * random.between(0.12, 0.3));
    canvas.disc(cup, unit * 0.12, [250.0, 250.0, 248.0]);
    canvas.disc(cup, unit * 0.095, *random.pick(&[[74.0, 44.0, 28.0], [196.0, 132.0, 54.0]]));
}

pub(super) fn page(canvas: &mut Canvas, random: &mut Random) {
    let (w, h) = (canvas.w(), canvas.h());
    let papers = [[250.0, 249.0, 245.0], [242.0, 232.0, 210.0], [232.0, 238.0, 246.0]];
    let paper = *random.pick(&papers);
    canvas.gradient(0.0, h, &[paper, mixed(paper, [200.0; 3], 0.15)]);
    let accents =
        [[44.0, 98.0, 176.0], [180.0, 62.0, 58.0], [52.0, 130.0, 96.0], [116.0, 80.0, 156.0]];
    let accent = *random.pick(&accents);
    canvas.rect((0.0, 0.0), (w, h * random.between(0.06, 0.14)), accent);
    let mut y = 0.2 * h;
    while y < 0.92 * h {
        if random.below(5) == 0 {
            let wide = random.between(0.3, 0.86) * w;
            canvas.rect(
                (0.07 * w, y),
                (wide, 0.13 * h),
                mixed(accent, paper, random.between(0.3, 0.8)),
            );
            y += 0.17 * h;
        } else {
            let ink = mixed([60.0, 62.0, 70.0], paper, 0.35);
            canvas.rect((0.07 * w, y), (random.between(0.4, 0.86) * w, 0.014 * h + 1.0), ink);
            y += 0.045 * h;
        }
    }
}

pub(super) fn backdrop(canvas: &mut Canvas, random: &mut Random) {
    let (w, h) = (canvas.w(), canvas.h());
    let colour = *random.pick(&[
        [126.0, 158.0, 172.0],
        [196.0, 168.0, 140.0],
        [140.0, 156.0, 122.0],
        [168.0, 136.0, 152.0],
        [214.0, 198.0, 168.0],
    ]);
    canvas.gradient(0.0, h, &[mixed(colour, [255.0; 3], 0.25), mixed(colour, [30.0; 3], 0.35)]);
    for _ in 0..14 {
        let radius = random.between(0.04, 0.13) * w.min(h);
        let centre = (random.unit() * w, random.unit() * 0.9 * h);
        let light = mixed(colour, [255.0, 250.0, 230.0], random.between(0.3, 0.7));
        canvas.ellipse(centre, (radius, radius), radius * 0.4, light, 0.35);
    }
}

pub(super) fn corners(canvas: &mut Canvas) {
    let (w, h) = (canvas.w(), canvas.h());
    canvas.rect((0.0, 0.0), (w, h), [240.0, 240.0, 240.0]);
    let half = (w / 2.0, h / 2.0);
    canvas.rect((0.0, 0.0), half, [220.0, 30.0, 30.0]);
    canvas.rect((half.0, 0.0), (w - half.0, half.1), [30.0, 160.0, 50.0]);
    canvas.rect((0.0, half.1), (half.0, h - half.1), [30.0, 60.0, 200.0]);
}
