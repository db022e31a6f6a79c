//! Short videos that browsers play, written without an encoder.
//!
//! Every frame is an H.264 picture of raw samples (see `h264`), so frames are large, about 1.5
//! bytes a pixel, and a video should have few of them; the last frame is shown until the end. The
//! boxes around them are those of MP4 or QuickTime, with each date, place and identifier under
//! control.

mod boxes;
mod h264;
mod movie;

use std::path::Path;

use crate::scene::{Picture, Pixels, Scene, stored_size};

/// Which family of boxes a video is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Brand {
    /// `isom`, for `.mp4`.
    #[default]
    Mp4,
    /// `qt  `, for `.mov`.
    Mov,
}

/// How far a player must turn the stored frames clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rotation {
    /// Not at all.
    #[default]
    Upright,
    /// A quarter turn.
    Right,
    /// Upside down.
    Half,
    /// Three quarters.
    Left,
}

impl Rotation {
    /// The EXIF orientation with the same meaning: 1, 6, 3 or 8.
    pub fn orientation(self) -> u16 {
        match self {
            Self::Upright => 1,
            Self::Right => 6,
            Self::Half => 3,
            Self::Left => 8,
        }
    }
}

/// A silent video with its metadata.
///
/// `width` and `height` are those of the *upright* picture, as with [`crate::Photo`].
#[derive(Clone, Debug, PartialEq)]
pub struct Video {
    /// What it shows; the view pans across it.
    pub picture: Picture,
    /// Columns when upright, even.
    pub width: u32,
    /// Rows when upright, even.
    pub height: u32,
    /// MP4 or QuickTime.
    pub brand: Brand,
    /// How many frames are stored, at least one.
    pub frames: u32,
    /// How fast they follow each other. The last one stays until the end.
    pub frames_per_second: u32,
    /// Length of the whole video.
    pub duration_ms: u32,
    /// Written as the matrix of the track; the frames are stored accordingly.
    pub rotation: Rotation,
    /// Creation time of movie, track and media: seconds since 1970, UTC. `None` is written as 0,
    /// which stands for unset.
    pub created_utc: Option<i64>,
    /// `©xyz` in `udta`, in ISO 6709, such as `+48.8584+002.2945/`.
    pub location: Option<String>,
    /// What iPhones say in `meta`.
    pub apple: AppleMeta,
    /// Cuts the file off after this many bytes.
    pub truncate_to: Option<usize>,
}

/// The keys of an iPhone's `meta` box. When all are absent, the box is not written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppleMeta {
    /// `com.apple.quicktime.creationdate`, such as `2024-05-06T07:08:09+0545`.
    pub creation_date: Option<String>,
    /// `com.apple.quicktime.content.identifier`: ties the video to a live photo.
    pub content_identifier: Option<String>,
    /// `com.apple.quicktime.location.ISO6709`.
    pub location: Option<String>,
    /// `com.apple.quicktime.make`.
    pub make: Option<String>,
    /// `com.apple.quicktime.model`.
    pub model: Option<String>,
    /// `com.apple.quicktime.software`.
    pub software: Option<String>,
}

impl Video {
    /// Five frames at 2 a second, 2.5 seconds long, as MP4 without metadata.
    pub fn new(scene: Scene, seed: u64, width: u32, height: u32) -> Self {
        Self {
            picture: Picture::new(scene, seed),
            width,
            height,
            brand: Brand::Mp4,
            frames: 5,
            frames_per_second: 2,
            duration_ms: 2_500,
            rotation: Rotation::Upright,
            created_utc: None,
            location: None,
            apple: AppleMeta::default(),
            truncate_to: None,
        }
    }

    /// The bytes of the file.
    ///
    /// Panics when there is no frame or no pixel, or a side is odd.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (width, height) = self.stored_size();
        let sound = self.frames > 0 && width > 0 && height > 0 && width % 2 + height % 2 == 0;
        assert!(sound, "a video has frames, and even sides");
        let frames = self.stored_frames();
        let samples: Vec<Vec<u8>> = frames
            .iter()
            .zip(0..)
            .map(|(pixels, number)| h264::length_prefixed(h264::idr_slice(pixels, number)))
            .collect();
        let mut bytes = movie::write(self, &h264::parameters(width, height), &samples);
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

    /// Columns and rows of the stored frames, before any rotation.
    pub fn stored_size(&self) -> (u32, u32) {
        stored_size(self.rotation.orientation(), self.width, self.height)
    }

    /// The frames: windows that move across a picture one quarter wider than they are.
    fn stored_frames(&self) -> Vec<Pixels> {
        let room = self.width / 4;
        let wide = self.picture.paint(self.width + room, self.height);
        let steps = (self.frames - 1).max(1);
        (0..self.frames)
            .map(|frame| {
                let window = window(&wide, room * frame / steps, self.width);
                match self.rotation {
                    Rotation::Upright => window,
                    turned => window.stored_for_orientation(turned.orientation()),
                }
            })
            .collect()
    }

    /// How long each frame is shown, in milliseconds. They sum up to the duration wherever it is
    /// long enough for all frames.
    fn frame_durations_ms(&self) -> Vec<u32> {
        let step = 1_000 / self.frames_per_second.max(1);
        let before = step.saturating_mul(self.frames - 1);
        let mut durations = vec![step; self.frames as usize];
        if let Some(last) = durations.last_mut() {
            *last = self.duration_ms.saturating_sub(before);
        }
        durations
    }
}

fn window(wide: &Pixels, left: u32, width: u32) -> Pixels {
    let (from, to) = (left as usize * 3, (left + width) as usize * 3);
    let rows = wide.rgb.chunks_exact(wide.width as usize * 3);
    let rgb = rows.flat_map(|row| &row[from..to]).copied().collect();
    Pixels { width, height: wide.height, rgb }
}
