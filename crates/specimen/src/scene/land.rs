//! Landscapes.

use super::canvas::{Canvas, Colour, mixed, wavy};
use crate::random::Random;

const DAY_SKIES: [[Colour; 3]; 4] = [
    [[62.0, 124.0, 200.0], [122.0, 176.0, 228.0], [214.0, 232.0, 244.0]],
    [[86.0, 150.0, 214.0], [150.0, 198.0, 232.0], [236.0, 238.0, 232.0]],
    [[104.0, 132.0, 168.0], [156.0, 180.0, 204.0], [222.0, 224.0, 222.0]],
    [[40.0, 96.0, 178.0], [84.0, 152.0, 216.0], [188.0, 220.0, 240.0]],
];

const EVENINGS: [[Colour; 4]; 4] = [
    [[60.0, 44.0, 110.0], [168.0, 76.0, 120.0], [244.0, 134.0, 84.0], [254.0, 212.0, 132.0]],
    [[34.0, 52.0, 108.0], [124.0, 96.0, 148.0], [236.0, 150.0, 120.0], [252.0, 222.0, 168.0]],
    [[88.0, 30.0, 62.0], [190.0, 60.0, 58.0], [246.0, 120.0, 52.0], [255.0, 196.0, 90.0]],
    [[50.0, 80.0, 124.0], [140.0, 140.0, 164.0], [232.0, 186.0, 150.0], [250.0, 232.0, 190.0]],
];

/// A line of the canvas' width: `middle` and `swing` in fractions of its height.
fn line(canvas: &Canvas, random: &mut Random, waves: f32, rough: f32, at: (f32, f32)) -> Vec<f32> {
    let (middle, swing) = at;
    let scale = canvas.h();
    wavy(random.next(), canvas.width, waves, rough)
        .iter()
        .map(|value| (middle + (value - 0.5) * swing) * scale)
        .collect()
}

pub(super) fn day_sky(canvas: &mut Canvas, random: &mut Random, horizon: f32) {
    let stops = *random.pick(&DAY_SKIES);
    canvas.gradient(0.0, canvas.h() * horizon, &stops);
}

fn clouds(canvas: &mut Canvas, random: &mut Random, count: u32, lowest: f32) {
    let unit = canvas.w().min(canvas.h());
    for _ in 0..count {
        let x = random.between(-0.05, 1.05) * canvas.w();
        let y = random.between(0.06, lowest) * canvas.h();
        let size = random.between(0.05, 0.12) * unit;
        for _ in 0..6 {
            let puff = size * random.between(0.5, 1.0);
            let centre =
                (x + random.between(-1.9, 1.9) * size, y + random.between(-0.35, 0.3) * size);
            let white = random.between(238.0, 255.0);
            let soft = puff * 0.9;
            canvas.ellipse(centre, (puff * 1.3, puff * 0.7), soft, [white; 3], 0.72);
        }
    }
}

fn sun(canvas: &mut Canvas, centre: (f32, f32), radius: f32, colour: Colour) {
    canvas.ellipse(centre, (radius * 2.6, radius * 2.6), radius * 3.6, colour, 0.45);
    canvas.disc(centre, radius, mixed(colour, [255.0; 3], 0.55));
}

pub(super) fn sky(canvas: &mut Canvas, random: &mut Random) {
    day_sky(canvas, random, 1.0);
    if random.below(2) == 0 {
        let centre =
            (random.between(0.15, 0.85) * canvas.w(), random.between(0.12, 0.3) * canvas.h());
        let radius = canvas.w().min(canvas.h()) * 0.06;
        sun(canvas, centre, radius, [255.0, 236.0, 168.0]);
    }
    let count = 3 + random.below(6);
    clouds(canvas, random, count, 0.6);
    let land = line(canvas, random, 3.0, 0.4, (0.88, 0.1));
    let green = *random.pick(&[[92.0, 132.0, 74.0], [176.0, 160.0, 96.0], [70.0, 108.0, 84.0]]);
    let h = canvas.h();
    canvas.ridge(&land, h, green, mixed(green, [0.0; 3], 0.3));
}

pub(super) fn sea(canvas: &mut Canvas, random: &mut Random) {
    let (w, h) = (canvas.w(), canvas.h());
    let horizon = random.between(0.38, 0.56);
    day_sky(canvas, random, horizon);
    let count = random.below(4);
    clouds(canvas, random, count, horizon * 0.6);
    let deep = *random.pick(&[[18.0, 82.0, 132.0], [22.0, 108.0, 124.0], [44.0, 92.0, 120.0]]);
    let shallow = mixed(deep, [132.0, 214.0, 208.0], 0.7);
    canvas.gradient(horizon * h, h, &[deep, mixed(deep, shallow, 0.35), shallow]);
    for _ in 0..90 {
        let depth = random.unit() * random.unit();
        let y = (horizon + 0.01 + (0.97 - horizon) * depth) * h;
        let size = (random.between(0.01, 0.05) * (0.4 + depth) * w, (0.002 + 0.006 * depth) * h);
        canvas.ellipse((random.unit() * w, y), size, 1.5, [226.0, 242.0, 244.0], 0.35);
    }
    if random.below(3) > 0 {
        boat(canvas, random, horizon);
    }
    let level = random.between(0.84, 0.94);
    let beach = line(canvas, random, 1.5, 0.3, (level, 0.12));
    let foam: Vec<f32> = beach.iter().map(|y| y - h * 0.014).collect();
    canvas.ridge(&foam, h, [240.0, 246.0, 244.0], [240.0, 246.0, 244.0]);
    canvas.ridge(&beach, h, [232.0, 212.0, 168.0], [204.0, 176.0, 128.0]);
}

fn boat(canvas: &mut Canvas, random: &mut Random, horizon: f32) {
    let (w, h) = (canvas.w(), canvas.h());
    let size = random.between(0.05, 0.12) * w.min(h);
    let (x, y) = (random.between(0.15, 0.85) * w, (horizon + 0.05) * h);
    let sail = *random.pick(&[[250.0, 248.0, 240.0], [212.0, 72.0, 58.0], [244.0, 196.0, 74.0]]);
    canvas.spire((x, y - size * 2.2), (x + size * 0.4, y - size * 0.2), size * 0.6, sail);
    canvas.ellipse((x, y), (size, size * 0.22), 1.0, [92.0, 58.0, 40.0], 1.0);
}

pub(super) fn hills(canvas: &mut Canvas, random: &mut Random) {
    let h = canvas.h();
    day_sky(canvas, random, 0.75);
    let count = 1 + random.below(4);
    clouds(canvas, random, count, 0.28);
    let far: Colour = [150.0, 178.0, 186.0];
    let near = *random.pick(&[
        [66.0, 118.0, 52.0],
        [112.0, 132.0, 50.0],
        [158.0, 128.0, 62.0],
        [54.0, 104.0, 82.0],
    ]);
    let layers = 3 + random.below(3);
    for layer in 0..layers {
        let t = (layer + 1) as f32 / layers as f32;
        let crest = line(canvas, random, 1.5 + t * 1.5, 0.42, (0.36 + 0.46 * t, 0.34));
        let colour = mixed(far, near, t);
        canvas.ridge(&crest, h, mixed(colour, [255.0; 3], 0.12), mixed(colour, [20.0; 3], 0.35));
        if layer + 1 == layers {
            for _ in 0..12 {
                let x = random.unit() * canvas.w();
                let ground = crest[(x as usize).min(crest.len() - 1)];
                let size = random.between(0.02, 0.05) * h;
                let leaf = mixed(near, [10.0, 40.0, 20.0], 0.5);
                canvas.ellipse((x, ground + size * 0.2), (size * 0.8, size), 2.0, leaf, 1.0);
            }
        }
    }
}

pub(super) fn sunset(canvas: &mut Canvas, random: &mut Random) {
    let (w, h) = (canvas.w(), canvas.h());
    let horizon = random.between(0.56, 0.7);
    let stops = *random.pick(&EVENINGS);
    canvas.gradient(0.0, horizon * h, &stops);
    let mut water = stops.map(|stop| mixed(stop, [16.0, 22.0, 48.0], 0.35));
    water.reverse();
    canvas.gradient(horizon * h, h, &water);
    let x = random.between(0.2, 0.8) * w;
    let radius = random.between(0.05, 0.09) * w.min(h);
    let height = horizon - random.between(-0.01, 0.16);
    let light: Colour = [255.0, 214.0, 130.0];
    sun(canvas, (x, height * h), radius, light);
    // The sun stands behind the water, so the water is painted over what hangs below the horizon.
    canvas.gradient(horizon * h, h, &water);
    for step in 0..26 {
        let depth = step as f32 / 26.0;
        let y = (horizon + 0.008 + (1.0 - horizon) * depth) * h;
        let reach = radius * random.between(0.3, 1.1) * (0.7 + depth);
        let centre = (x + random.between(-0.3, 0.3) * radius, y);
        canvas.ellipse(centre, (reach, 0.004 * h + 1.0), 2.0, light, 0.55);
    }
    let level = random.between(0.58, 0.66);
    let shore = line(canvas, random, 2.0, 0.5, (level, 0.16));
    let dark = mixed(stops[0], [10.0; 3], 0.5);
    let cut: Vec<f32> = shore.iter().map(|y| if *y < horizon * h { *y } else { h }).collect();
    canvas.ridge(&cut, horizon * h + 1.0, dark, dark);
}

pub(super) fn peaks(canvas: &mut Canvas, random: &mut Random) {
    let h = canvas.h();
    day_sky(canvas, random, 0.8);
    let count = random.below(4);
    clouds(canvas, random, count, 0.2);
    for (middle, swing, shade) in [(0.42, 0.62, 0.0), (0.58, 0.5, 0.25)] {
        let crest = line(canvas, random, 4.0, 0.6, (middle, swing));
        let rock = mixed([108.0, 116.0, 134.0], [58.0, 66.0, 84.0], shade);
        canvas.ridge(&crest, h, [246.0 - 40.0 * shade, 249.0 - 36.0 * shade, 253.0], rock);
        let snow = line(canvas, random, 12.0, 0.7, (middle + 0.12, 0.24));
        let below: Vec<f32> =
            crest.iter().zip(&snow).map(|(c, s)| (c + 0.05 * h).max(*s)).collect();
        canvas.ridge(&below, h, mixed(rock, [255.0; 3], 0.2), mixed(rock, [20.0; 3], 0.2));
    }
    let level = random.between(0.8, 0.88);
    let valley = line(canvas, random, 2.0, 0.4, (level, 0.14));
    let meadow = *random.pick(&[[88.0, 124.0, 66.0], [126.0, 116.0, 70.0], [228.0, 234.0, 240.0]]);
    canvas.ridge(&valley, h, meadow, mixed(meadow, [20.0, 40.0, 30.0], 0.45));
}

pub(super) fn forest(canvas: &mut Canvas, random: &mut Random) {
    let (w, h) = (canvas.w(), canvas.h());
    let mist = *random.pick(&[[206.0, 220.0, 216.0], [226.0, 214.0, 188.0], [188.0, 206.0, 222.0]]);
    let firs = *random.pick(&[[24.0, 62.0, 44.0], [44.0, 62.0, 30.0], [20.0, 54.0, 62.0]]);
    canvas.gradient(0.0, h, &[mist, mixed(mist, firs, 0.25)]);
    for layer in 0..4 {
        let t = (layer + 1) as f32 / 4.0;
        let colour = mixed(mist, firs, 0.2 + 0.75 * t);
        let ground = line(canvas, random, 2.0, 0.4, (0.5 + 0.42 * t, 0.14));
        let trees = 15 - 2 * layer;
        for tree in 0..trees {
            let x = (tree as f32 + random.unit()) / trees as f32 * w;
            let foot = ground[(x as usize).min(ground.len() - 1)] + 0.02 * h;
            let tall = (0.16 + 0.22 * t) * random.between(0.7, 1.15) * h;
            for storey in 0..3 {
                let up = foot - tall * (storey as f32 * 0.27);
                let half = tall * (0.2 - 0.045 * storey as f32);
                canvas.spire((x, up - tall * 0.46), (x, up), half, colour);
            }
        }
        canvas.ridge(&ground, h, colour, mixed(colour, [10.0; 3], 0.2));
    }
}
