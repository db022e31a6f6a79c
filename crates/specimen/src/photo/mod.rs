//! Still pictures: a description, and the bytes of the file that says so.
//!
//! A [`Photo`] names its picture, its format and its metadata; the containers (one module each)
//! only arrange bytes. What a format cannot carry is left out: GIF takes XMP alone.

mod gif;
mod iptc;
mod jpeg;
mod png;
mod tiff;
mod webp;

pub use iptc::Iptc;

use std::path::Path;

use crate::exif::{Exif, Gps};
use crate::scene::{Picture, Pixels, Scene, stored_size};
use crate::wall::WallTime;
use crate::xmp::{Region, Xmp, hierarchical};

/// The format of a still picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PhotoFormat {
    /// Baseline JPEG. EXIF, XMP and IPTC.
    #[default]
    Jpeg,
    /// PNG. EXIF and XMP.
    Png,
    /// Lossy WebP. EXIF and XMP.
    WebP,
    /// Uncompressed TIFF. EXIF, XMP and IPTC.
    Tiff,
    /// A GIF of one frame and 216 colours. XMP only.
    Gif,
}

impl PhotoFormat {
    /// The usual ending of a file name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Tiff => "tif",
            Self::Gif => "gif",
        }
    }
}

/// A still picture with its metadata.
///
/// `width` and `height` are those of the *upright* picture. With an orientation of 5 to 8 the file
/// is stored with them swapped, and a reader that obeys the tag shows the picture upright.
#[derive(Clone, Debug, PartialEq)]
pub struct Photo {
    /// What it shows.
    pub picture: Picture,
    /// Columns when upright, 1 to 65,535 (16,383 for WebP).
    pub width: u32,
    /// Rows when upright, in the same bounds.
    pub height: u32,
    /// The container.
    pub format: PhotoFormat,
    /// Of JPEG and WebP, 1 to 100.
    pub quality: u8,
    /// Whether the pixels are stored as `exif.orientation` says. Without it they are stored
    /// upright and the tag lies.
    pub stored_by_orientation: bool,
    /// EXIF.
    pub exif: Exif,
    /// XMP.
    pub xmp: Xmp,
    /// IPTC.
    pub iptc: Iptc,
    /// A short video behind the picture, as phones append it. JPEG only.
    pub motion: Option<Motion>,
    /// Bytes behind the end of the picture (and of its video).
    pub trailer: Vec<u8>,
    /// Cuts the file off after this many bytes.
    pub truncate_to: Option<usize>,
}

/// A video appended to a JPEG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Motion {
    /// How XMP points to it.
    pub kind: MotionKind,
    /// The bytes of an MP4 file.
    pub video: Vec<u8>,
}

/// How XMP points to an appended video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MotionKind {
    /// `GCamera:MicroVideo` and `MicroVideoOffset`, counted from the end of the file.
    MicroVideo,
    /// `GCamera:MotionPhoto` and a `Container:Directory` whose item has a `Length`.
    MotionPhoto,
}

impl Photo {
    /// A JPEG without any metadata.
    pub fn new(scene: Scene, seed: u64, width: u32, height: u32) -> Self {
        Self::of(Picture::new(scene, seed), width, height)
    }

    /// A JPEG of a picture, without any metadata.
    pub fn of(picture: Picture, width: u32, height: u32) -> Self {
        Self {
            picture,
            width,
            height,
            format: PhotoFormat::Jpeg,
            quality: 80,
            stored_by_orientation: true,
            exif: Exif::default(),
            xmp: Xmp::default(),
            iptc: Iptc::default(),
            motion: None,
            trailer: Vec::new(),
            truncate_to: None,
        }
    }

    /// Chooses the container.
    pub fn format(mut self, format: PhotoFormat) -> Self {
        self.format = format;
        self
    }

    /// EXIF original and digitised time, with the offset if there is one.
    pub fn taken(mut self, local: WallTime, offset_seconds: Option<i32>) -> Self {
        self.exif.set_taken(local, offset_seconds);
        self
    }

    /// EXIF make and model.
    pub fn camera(mut self, make: &str, model: &str) -> Self {
        self.exif.make = Some(make.to_owned());
        self.exif.model = Some(model.to_owned());
        self
    }

    /// EXIF GPS position in degrees, north and east positive.
    pub fn at(mut self, latitude: f64, longitude: f64) -> Self {
        self.exif.gps = Some(Gps::new(latitude, longitude));
        self
    }

    /// EXIF orientation, 1 to 8; the pixels are stored accordingly.
    pub fn orientation(mut self, orientation: u16) -> Self {
        self.exif.orientation = Some(orientation);
        self
    }

    /// XMP rating, −1 to 5.
    pub fn rating(mut self, stars: i32) -> Self {
        self.xmp.rating = Some(stars);
        self
    }

    /// EXIF and XMP description.
    pub fn described(mut self, text: &str) -> Self {
        self.exif.image_description = Some(text.to_owned());
        self.xmp.description = Some(text.to_owned());
        self
    }

    /// Adds a keyword given as a path such as `Travel/Asia/Nepal`: the whole path to the two lists
    /// that keep levels, the last level to the flat keywords.
    pub fn keyword(mut self, path: &str) -> Self {
        let leaf = path.rsplit('/').next().unwrap_or(path);
        self.xmp.keywords.push(leaf.to_owned());
        self.xmp.hierarchical_subjects.push(hierarchical(path));
        self.xmp.tags_list.push(path.to_owned());
        self
    }

    /// Names a face, given as fractions of the *upright* picture: centre x, y, width and height.
    /// The region is written for the stored pixels, so set the orientation first.
    pub fn face(mut self, name: &str, (x, y, w, h): (f64, f64, f64, f64)) -> Self {
        let orientation = self.stored_orientation();
        let (x, y) = match orientation {
            2 => (1.0 - x, y),
            3 => (1.0 - x, 1.0 - y),
            4 => (x, 1.0 - y),
            5 => (y, x),
            6 => (y, 1.0 - x),
            7 => (1.0 - y, 1.0 - x),
            8 => (1.0 - y, x),
            _ => (x, y),
        };
        let (w, h) = if (5..=8).contains(&orientation) { (h, w) } else { (w, h) };
        let stored = self.stored_size();
        let regions = self.xmp.regions.get_or_insert_default();
        regions.applied_to = Some(stored);
        let (name, kind) = (Some(name.to_owned()), "Face".to_owned());
        regions.list.push(Region { name, kind, x, y, w, h });
        self
    }

    /// Columns and rows of the file, before any rotation.
    pub fn stored_size(&self) -> (u32, u32) {
        stored_size(self.stored_orientation(), self.width, self.height)
    }

    fn stored_orientation(&self) -> u16 {
        let told = self.exif.orientation.unwrap_or(1);
        if self.stored_by_orientation { told } else { 1 }
    }

    fn stored_pixels(&self) -> Pixels {
        let upright = self.picture.paint(self.width, self.height);
        match self.stored_orientation() {
            2..=8 => upright.stored_for_orientation(self.stored_orientation()),
            _ => upright,
        }
    }

    /// The bytes of the file.
    ///
    /// Panics when the description cannot be a file of its format at all: no pixels, more than the
    /// format can count, or metadata too long for its segment (64 kB in JPEG).
    pub fn to_bytes(&self) -> Vec<u8> {
        let pixels = self.stored_pixels();
        let mut bytes = match self.format {
            PhotoFormat::Jpeg => jpeg::write(self, &pixels),
            PhotoFormat::Png => png::write(self, &pixels),
            PhotoFormat::WebP => webp::write(self, &pixels),
            PhotoFormat::Tiff => tiff::write(self, &pixels),
            PhotoFormat::Gif => gif::write(self, &pixels),
        };
        bytes.extend_from_slice(&self.trailer);
        if let Some(length) = self.truncate_to {
            bytes.truncate(length);
        }
        bytes
    }

    /// Writes the file, making the folders above it. The modification time is left to the system;
    /// see [`crate::set_modified`].
    pub fn write_to(&self, path: &Path) -> std::io::Result<()> {
        crate::write_with_folders(path, &self.to_bytes())
    }
}
