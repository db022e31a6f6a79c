//! A grid of pixels and the few strokes that the scenes are painted with.
//!
//! Strokes are clipped to the canvas, have soft edges where edges would show steps, and walk row
//! by row. Only addition, multiplication, division and square roots are used on floats, so that
//! the pixels are the same on every machine.

use crate::random::mix;

/// Red, green and blue, 0 to 255.
pub(super) type Colour = [f32; 3];

pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) rgb: Vec<u8>,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Self {
        let (width, height) = (width as usize, height as usize);
        Self { width, height, rgb: vec![0; width * height * 3] }
    }

    /// Width in pixels, for placing strokes.
    pub(super) fn w(&self) -> f32 {
        self.width as f32
    }

    /// Height in pixels, for placing strokes.
    pub(super) fn h(&self) -> f32 {
        self.height as f32
    }

    fn blend(&mut self, x: usize, y: usize, colour: Colour, alpha: f32) {
        let at = (y * self.width + x) * 3;
        for (channel, target) in self.rgb[at..at + 3].iter_mut().zip(colour) {
            let now = f32::from(*channel);
            *channel = (now + (target - now) * alpha + 0.5) as u8;
        }
    }

    /// Fills the rows from `top` to `bottom` (pixels) with a vertical gradient of the stops,
    /// which are evenly spaced.
    pub(super) fn gradient(&mut self, top: f32, bottom: f32, stops: &[Colour]) {
        let (first, last) = (clip(top, self.height), clip(bottom, self.height));
        let span = (bottom - top).max(1.0);
        for y in first..last {
            let colour = at_stop(stops, (y as f32 - top) / span);
            let pixel = colour.map(|channel| (channel + 0.5) as u8);
            let row = &mut self.rgb[y * self.width * 3..(y + 1) * self.width * 3];
            for target in row.chunks_exact_mut(3) {
                target.copy_from_slice(&pixel);
            }
        }
    }

    /// An ellipse. `soft` is the width of its edge in pixels, at least one.
    pub(super) fn ellipse(
        &mut self,
        (cx, cy): (f32, f32),
        (rx, ry): (f32, f32),
        soft: f32,
        colour: Colour,
        alpha: f32,
    ) {
        if rx <= 0.0 || ry <= 0.0 {
            return;
        }
        let soft = soft.max(1.0);
        let edge = rx.min(ry);
        let grown = 1.0 + soft / (2.0 * edge);
        let rows = clip(cy - ry * grown, self.height)..clip(cy + ry * grown + 1.0, self.height);
        for y in rows {
            let dy = (y as f32 + 0.5 - cy) / ry;
            let room = grown * grown - dy * dy;
            if room <= 0.0 {
                continue;
            }
            let half = room.sqrt() * rx;
            for x in clip(cx - half, self.width)..clip(cx + half + 1.0, self.width) {
                let dx = (x as f32 + 0.5 - cx) / rx;
                let distance = (dx * dx + dy * dy).sqrt();
                let cover = ((1.0 - distance) * edge / soft + 0.5).clamp(0.0, 1.0);
                if cover > 0.0 {
                    self.blend(x, y, colour, cover * alpha);
                }
            }
        }
    }

    pub(super) fn disc(&mut self, centre: (f32, f32), radius: f32, colour: Colour) {
        self.ellipse(centre, (radius, radius), 1.0, colour, 1.0);
    }

    pub(super) fn rect(&mut self, (x, y): (f32, f32), (w, h): (f32, f32), colour: Colour) {
        self.veil((x, y), (w, h), colour, 1.0);
    }

    /// A rectangle that lets what lies below shine through.
    pub(super) fn veil(
        &mut self,
        (x, y): (f32, f32),
        (w, h): (f32, f32),
        colour: Colour,
        alpha: f32,
    ) {
        for row in clip(y, self.height)..clip(y + h, self.height) {
            for column in clip(x, self.width)..clip(x + w, self.width) {
                self.blend(column, row, colour, alpha);
            }
        }
    }

    /// Fills below a line, given as a height in pixels from the top for each column, with a
    /// gradient from the highest point of the line to `bottom`.
    pub(super) fn ridge(&mut self, line: &[f32], bottom: f32, upper: Colour, lower: Colour) {
        let highest = line.iter().copied().fold(f32::MAX, f32::min);
        let span = (bottom - highest).max(1.0);
        for y in clip(highest, self.height)..clip(bottom, self.height) {
            let colour = mixed(upper, lower, ((y as f32 - highest) / span).clamp(0.0, 1.0));
            for (x, top) in line.iter().take(self.width).enumerate() {
                let cover = (y as f32 + 1.0 - top).clamp(0.0, 1.0);
                if cover > 0.0 {
                    self.blend(x, y, colour, cover);
                }
            }
        }
    }

    /// An upright triangle: its tip, and the middle and half width of its base.
    pub(super) fn spire(&mut self, tip: (f32, f32), base: (f32, f32), half: f32, colour: Colour) {
        let span = (base.1 - tip.1).max(1.0);
        for y in clip(tip.1, self.height)..clip(base.1, self.height) {
            let t = (y as f32 + 0.5 - tip.1) / span;
            let (middle, reach) = (tip.0 + (base.0 - tip.0) * t, half * t);
            let (left, right) = (middle - reach, middle + reach);
            for x in clip(left, self.width)..clip(right + 1.0, self.width) {
                let x0 = x as f32;
                let cover = (x0 + 1.0).min(right) - x0.max(left);
                if cover > 0.0 {
                    self.blend(x, y, colour, cover.min(1.0));
                }
            }
        }
    }
}

/// The first whole pixel at or after a position, inside `0..=end`.
fn clip(position: f32, end: usize) -> usize {
    (position.max(0.0) as usize).min(end)
}

pub(super) fn mixed(from: Colour, to: Colour, t: f32) -> Colour {
    [0, 1, 2].map(|channel| from[channel] + (to[channel] - from[channel]) * t)
}

fn at_stop(stops: &[Colour], t: f32) -> Colour {
    let position = t.clamp(0.0, 1.0) * (stops.len() - 1) as f32;
    let below = (position as usize).min(stops.len().saturating_sub(2));
    mixed(stops[below], stops[(below + 1).min(stops.len() - 1)], position - below as f32)
}

/// A wavy line over `width` columns, from 0 to 1: four octaves of smoothed noise, the first with
/// `waves` waves over the width. `rough` is how much each octave keeps of the one before.
pub(super) fn wavy(seed: u64, width: usize, waves: f32, rough: f32) -> Vec<f32> {
    let mut line = vec![0.0; width];
    let (mut weight, mut total, mut waves) = (1.0, 0.0, waves);
    for octave in 0..4 {
        for (x, value) in line.iter_mut().enumerate() {
            let position = x as f32 / width.max(1) as f32 * waves;
            let cell = position as u64;
            let t = position - cell as f32;
            let smooth = t * t * (3.0 - 2.0 * t);
            let (left, right) = (knot(seed, octave, cell), knot(seed, octave, cell + 1));
            *value += (left + (right - left) * smooth) * weight;
        }
        total += weight;
        weight *= rough;
        waves *= 2.0;
    }
    line.iter().map(|value| value / total).collect()
}

fn knot(seed: u64, octave: u64, cell: u64) -> f32 {
    (mix(seed ^ (octave << 40) ^ mix(cell)) >> 40) as f32 / (1u32 << 24) as f32
}
