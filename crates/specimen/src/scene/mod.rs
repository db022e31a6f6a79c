//! Pleasant pictures that can be told apart, painted from a seed.
//!
//! A [`Picture`] is a scene, a seed and perhaps people. Painting is cheap (some milliseconds for
//! 640×480) and gives the same pixels for the same picture, at any size. Every stroke is placed in
//! fractions of the canvas, so that a larger canvas shows the same picture with finer edges.

mod canvas;
mod land;
mod people;
mod still;
mod town;

pub use people::Figure;

use crate::random::Random;
use canvas::Canvas;

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scene {
    /// Blue sky, clouds and a strip of land.
    Sky,
    /// A beach, a boat.
    Sea,
    /// Layers of green hills.
    Hills,
    /// The sun going down over water.
    Sunset,
    /// Houses with windows by day.
    City,
    /// The same at night, with stars and a moon.
    Night,
    /// Snowy mountains.
    Peaks,
    /// Firs in the mist.
    Forest,
    /// A meadow with flowers.
    Flowers,
    /// Something to eat on a table.
    Table,
    /// A plain backdrop with one person, unless the picture names others.
    Portrait,
    /// A page with lines and blocks, for screenshots and scans of paper.
    Page,
    /// Four quarters: red, green, blue and white, from the top left, row by row. For tests that
    /// ask which way is up.
    Corners,
}

impl Scene {
    /// The scenes that look like photographs, in a fixed order.
    pub const PHOTOGRAPHIC: [Self; 11] = [
        Self::Sky,
        Self::Sea,
        Self::Hills,
        Self::Sunset,
        Self::City,
        Self::Night,
        Self::Peaks,
        Self::Forest,
        Self::Flowers,
        Self::Table,
        Self::Portrait,
    ];
}

/// A picture, before it is painted.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// What it shows.
    pub scene: Scene,
    /// Which of the many pictures of that scene.
    pub seed: u64,
    /// The people in front of it.
    pub figures: Vec<Figure>,
}

impl Picture {
    /// A picture without people (except the one that a portrait needs).
    pub fn new(scene: Scene, seed: u64) -> Self {
        Self { scene, seed, figures: Vec::new() }
    }

    /// Paints the picture upright.
    pub fn paint(&self, width: u32, height: u32) -> Pixels {
        let mut canvas = Canvas::new(width, height);
        let mut random = Random::for_purpose(self.seed, "scene");
        self.scene.paint(&mut canvas, &mut random);
        if self.scene == Scene::Portrait && self.figures.is_empty() {
            Figure { look: self.seed, x: 0.5, y: 0.42, size: 0.42 }.paint(&mut canvas);
        }
        for figure in &self.figures {
            figure.paint(&mut canvas);
        }
        Pixels { width, height, rgb: canvas.rgb }
    }
}

impl Scene {
    fn paint(self, canvas: &mut Canvas, random: &mut Random) {
        match self {
            Self::Sky => land::sky(canvas, random),
            Self::Sea => land::sea(canvas, random),
            Self::Hills => land::hills(canvas, random),
            Self::Sunset => land::sunset(canvas, random),
            Self::Peaks => land::peaks(canvas, random),
            Self::Forest => land::forest(canvas, random),
            Self::City => town::city(canvas, random),
            Self::Night => town::night(canvas, random),
            Self::Flowers => still::flowers(canvas, random),
            Self::Table => still::table(canvas, random),
            Self::Page => still::page(canvas, random),
            Self::Portrait => still::backdrop(canvas, random),
            Self::Corners => still::corners(canvas),
        }
    }
}

/// Painted pixels: rows from the top, three bytes each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Red, green, blue, `width · height` times.
    pub rgb: Vec<u8>,
}

impl Pixels {
    /// The pixel at a column and row.
    pub fn at(&self, x: u32, y: u32) -> [u8; 3] {
        let at = (y as usize * self.width as usize + x as usize) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// How these upright pixels lie in a file whose EXIF orientation is `orientation`: a reader
    /// that obeys the tag gets them upright again. 1 and unknown values change nothing.
    pub fn stored_for_orientation(&self, orientation: u16) -> Self {
        let (width, height) = stored_size(orientation, self.width, self.height);
        let (right, bottom) = (self.width - 1, self.height - 1);
        let mut rgb = Vec::with_capacity(self.rgb.len());
        for y in 0..height {
            for x in 0..width {
                let (from_x, from_y) = match orientation {
                    2 => (right - x, y),
                    3 => (right - x, bottom - y),
                    4 => (x, bottom - y),
                    5 => (y, x),
                    6 => (right - y, x),
                    7 => (right - y, bottom - x),
                    8 => (y, bottom - x),
                    _ => (x, y),
                };
                rgb.extend_from_slice(&self.at(from_x, from_y));
            }
        }
        Self { width, height, rgb }
    }
}

/// Width and height in the file of a picture that is `width`×`height` when upright.
pub(crate) fn stored_size(orientation: u16, width: u32, height: u32) -> (u32, u32) {
    if (5..=8).contains(&orientation) { (height, width) } else { (width, height) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Scene; 13] = [
        Scene::Sky,
        Scene::Sea,
        Scene::Hills,
        Scene::Sunset,
        Scene::City,
        Scene::Night,
        Scene::Peaks,
        Scene::Forest,
        Scene::Flowers,
        Scene::Table,
        Scene::Portrait,
        Scene::Page,
        Scene::Corners,
    ];

    #[test]
    fn every_scene_paints_at_every_size() {
        for scene in ALL {
            for (width, height) in [(1, 1), (2, 3), (17, 5), (5, 33), (64, 48)] {
                let pixels = Picture::new(scene, 3).paint(width, height);
                assert_eq!(pixels.rgb.len(), (width * height * 3) as usize);
            }
        }
    }

    #[test]
    fn seeds_and_scenes_differ_visibly() {
        let mut painted = Vec::new();
        for scene in Scene::PHOTOGRAPHIC {
            painted.extend((0..4).map(|seed| Picture::new(scene, seed).paint(48, 36)));
        }
        for (index, one) in painted.iter().enumerate() {
            for other in &painted[index + 1..] {
                let apart = one.rgb.iter().zip(&other.rgb).map(|(a, b)| a.abs_diff(*b));
                let mean = apart.map(f64::from).sum::<f64>() / one.rgb.len() as f64;
                assert!(mean > 3.0, "two pictures are alike: {mean}");
            }
        }
    }

    #[test]
    fn painting_twice_gives_the_same_pixels() {
        for scene in ALL {
            assert_eq!(Picture::new(scene, 9).paint(40, 30), Picture::new(scene, 9).paint(40, 30));
        }
    }

    #[test]
    fn stored_corners_follow_the_orientation_tag() {
        const RED: [u8; 3] = [220, 30, 30];
        let upright = Picture::new(Scene::Corners, 0).paint(8, 4);
        assert_eq!(upright.at(0, 0), RED);
        // Where EXIF says that the upright top left corner lies in the file.
        let places = [(0, 0), (7, 0), (7, 3), (0, 3), (0, 0), (0, 7), (3, 7), (3, 0)];
        for (orientation, (x, y)) in (1..).zip(places) {
            let stored = upright.stored_for_orientation(orientation);
            assert_eq!((stored.width, stored.height), stored_size(orientation, 8, 4));
            assert_eq!(stored.at(x, y), RED, "orientation {orientation}");
        }
    }
}
