//! What the containers of one file say, before it is decided whom to believe.
//!
//! The walkers write here, tag by tag; [`resolve`](super::resolve) reads it in the order of the
//! contract. A first statement stands: later ones of the same source do not overwrite it.

use kalends_model::{GeoPoint, Instant, Offset};

use super::MotionPart;
use super::xmp::Xmp;

/// What EXIF says, wherever its block lay.
#[derive(Debug, Default)]
pub(super) struct Exif {
    pub date_original: Option<String>,
    pub subsec_original: Option<String>,
    pub offset_original: Option<String>,
    pub date_digitized: Option<String>,
    pub subsec_digitized: Option<String>,
    pub offset_digitized: Option<String>,
    pub offset: Option<String>,
    /// `TimeZoneOffset`: hours.
    pub time_zone_offset: Option<i64>,
    pub gps_date: Option<String>,
    /// Hours, minutes and seconds of UTC.
    pub gps_time: Option<[f64; 3]>,
    pub place: Option<GeoPoint>,
    pub altitude: Option<f64>,
    pub orientation: Option<u8>,
    pub make: Option<String>,
    pub model: Option<String>,
    pub lens: Option<String>,
    pub f_number: Option<f64>,
    pub exposure_time: Option<f64>,
    pub iso: Option<u32>,
    pub focal_length: Option<f64>,
    pub rating: Option<f64>,
    pub description: Option<String>,
    pub pixel_width: Option<u32>,
    pub pixel_height: Option<u32>,
}

/// What the IPTC records say.
#[derive(Debug, Default)]
pub(super) struct Iptc {
    /// `YYYYMMDD`.
    pub date_created: Option<String>,
    /// `HHMMSS±HHMM`.
    pub time_created: Option<String>,
    pub keywords: Vec<String>,
    pub caption: Option<String>,
}

/// What the boxes of a movie say.
#[derive(Debug, Default)]
pub(super) struct Movie {
    /// `mvhd`.
    pub created: Option<Instant>,
    /// `mdhd` of the video track.
    pub media_created: Option<Instant>,
    /// Apple's `creationdate`, with its own offset.
    pub creation_date: Option<String>,
    /// A recording date with the camera's own clock.
    pub date_original: Option<String>,
    pub place: Option<GeoPoint>,
    pub altitude: Option<f64>,
    pub make: Option<String>,
    pub model: Option<String>,
    pub description: Option<String>,
    pub keywords: Vec<String>,
    pub rating: Option<f64>,
    pub duration_ms: Option<u64>,
    pub codec: Option<String>,
    pub fps: Option<f64>,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub exif: Exif,
    pub iptc: Iptc,
    /// In the order of finding.
    pub xmp: Vec<Xmp>,
    pub movie: Movie,
    /// What text chunks of a PNG call `Description`.
    pub text_description: Option<String>,
    pub raw_size: Option<(u32, u32)>,
    /// The orientation by the container's own transforms (HEIF, MP4), which decoders obey.
    pub transform: Option<u8>,
    pub content_id: Option<String>,
    pub burst_id: Option<String>,
    /// The camera's time zone, from its maker's own tags.
    pub maker_offset: Option<Offset>,
    /// Found by structure, not by what XMP claims.
    pub motion: Option<MotionPart>,
    pub warnings: Vec<String>,
}

impl Said {
    /// Notes something that was wrong with the file. A hostile file cannot fill the memory with it.
    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        let warning = warning.into();
        if self.warnings.len() < 16 && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// The size of the picture; the first that makes sense stands.
    pub(super) fn set_size(&mut self, width: u32, height: u32) {
        if width > 0 && height > 0 && self.raw_size.is_none() {
            self.raw_size = Some((width, height));
        }
    }
}

/// Fills a fact that nothing has filled yet.
pub(super) fn set<T>(fact: &mut Option<T>, value: Option<T>) {
    if fact.is_none() {
        *fact = value;
    }
}

/// A position, if it is one: two zeros are what a receiver without a fix writes (contract immich §E5).
pub(super) fn usable_point(latitude: f64, longitude: f64) -> Option<GeoPoint> {
    let is_zero = latitude == 0.0 && longitude == 0.0;
    GeoPoint::new(latitude, longitude).filter(|_| !is_zero)
}
