//! What a reader should conclude from a file of the demo.

use crate::wall::WallTime;

/// The three folders of pictures: two libraries of Alice's, one of Bob's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tree {
    /// `alice/Family`: what the family took over the years.
    AliceFamily,
    /// `alice/Scans`: paper that was scanned; mostly undated.
    AliceScans,
    /// `bob/Photos`: the second user's.
    Bob,
}

impl Tree {
    /// The folder below the demo's own, with `/` between levels.
    pub fn folder(self) -> &'static str {
        match self {
            Self::AliceFamily => "alice/Family",
            Self::AliceScans => "alice/Scans",
            Self::Bob => "bob/Photos",
        }
    }
}

/// Whether a file is a still picture or a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A still picture.
    Photo,
    /// A video.
    Video,
}

/// Where the capture time stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateSource {
    /// EXIF `DateTimeOriginal`.
    Exif,
    /// An XMP date.
    Xmp,
    /// IPTC date and time.
    Iptc,
    /// `com.apple.quicktime.creationdate`, with its offset.
    QuickTime,
    /// Only the creation time of the movie, which is UTC.
    ContainerUtc,
    /// A date and time in the file name.
    FileName,
    /// A date in the file name; [`Truth::local`] holds its midnight.
    FileNameDay,
    /// Nowhere: only the modification time of the file is left.
    Nowhere,
}

/// Where the offset from UTC comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OffsetSource {
    /// Written beside the capture time.
    Written,
    /// Not written; it follows from the position and the rules of the zone there.
    Position,
    /// The time is a UTC time, so the offset is 0 as far as anybody knows.
    Utc,
    /// Unknown.
    Unknown,
}

/// A position and what lies there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Location {
    /// Degrees, north positive.
    pub latitude: f64,
    /// Degrees, east positive.
    pub longitude: f64,
    /// The city that a reader should name, in the spelling of GeoNames.
    pub city: &'static str,
    /// Its country, in everyday English.
    pub country: &'static str,
    /// The IANA zone.
    pub zone: &'static str,
}

/// A named face, as fractions of the upright picture.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedFace {
    /// Who it is; one of [`super::PEOPLE`].
    pub name: &'static str,
    /// Centre, 0 left to 1 right.
    pub x: f64,
    /// Centre, 0 top to 1 bottom.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// What a reader should conclude from one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// Photo or video.
    pub kind: Kind,
    /// The wall clock of the capture, or `None` when nothing says so.
    pub local: Option<WallTime>,
    /// Where that stands.
    pub date_source: DateSource,
    /// Seconds east of UTC, or `None` when unknown.
    pub offset_seconds: Option<i32>,
    /// Where that comes from.
    pub offset_source: OffsetSource,
    /// Where it was taken, if the file says so.
    pub location: Option<Location>,
    /// EXIF orientation, or the same meaning for a video: 1 to 8.
    pub orientation: u16,
    /// Columns when upright.
    pub width: u32,
    /// Rows when upright.
    pub height: u32,
    /// Length of a video.
    pub duration_ms: Option<u32>,
    /// Stars, 1 to 5.
    pub rating: Option<u8>,
    /// Tags with `/` between levels.
    pub keywords: Vec<&'static str>,
    /// A sentence about the picture.
    pub description: Option<String>,
    /// The faces with names.
    pub faces: Vec<NamedFace>,
    /// Path of the other half of a live photo: of the video for the photo and the other way round.
    pub live_photo_partner: Option<String>,
    /// Whether a video is appended to the picture.
    pub has_motion: bool,
    /// `GPano:ProjectionType`, as written.
    pub projection: Option<&'static str>,
    /// Which burst the picture belongs to.
    pub burst: Option<u32>,
    /// Path of the file with the very same bytes that this is a copy of.
    pub copy_of: Option<String>,
    /// The title of the trip or day, also the end of the folder's name: a natural album.
    pub event: &'static str,
}

impl Truth {
    pub(super) fn of(kind: Kind, width: u32, height: u32, event: &'static str) -> Self {
        Self {
            kind,
            local: None,
            date_source: DateSource::Nowhere,
            offset_seconds: None,
            offset_source: OffsetSource::Unknown,
            location: None,
            orientation: 1,
            width,
            height,
            duration_ms: None,
            rating: None,
            keywords: Vec::new(),
            description: None,
            faces: Vec::new(),
            live_photo_partner: None,
            has_motion: false,
            projection: None,
            burst: None,
            copy_of: None,
            event,
        }
    }
}
