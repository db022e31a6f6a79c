//! What a file says about itself: date, zone, place, size, camera, rating, tags, people and more.
//!
//! [`read`] looks at the bytes (never only at the name), walks the containers it knows, and decides
//! whom to believe by the order of contract immich §E. Three layers:
//!
//! - `input` gives bounded random access, so that a video of many gigabytes costs kilobytes;
//! - one walker per container notes what its tags say in `said`, without judging;
//! - `resolve` turns that into [`Facts`]: the first usable date, its zone, the merged rest.
//!
//! Kalends keeps apart what Immich merges: an offset that nothing says is `None`, never zero.
//!
//! Read in depth: JPEG, PNG, WebP, GIF, BMP, PSD, TIFF, HEIC, AVIF, JPEG XL, the raw files built as
//! TIFF (DNG, NEF, ARW, CR2, RW2, ORF, PEF …), CR3, RAF, MP4, MOV, M4V, 3GP, Matroska, WebM, AVI and
//! XMP sidecars. Recognised only: SVG, MPEG streams, FLV, WMV, MXF. Not read: maker's notes beyond
//! Apple's identifiers and the time zones of Canon and Nikon, metadata packed with Brotli in JPEG XL.

mod bmff;
mod exif;
mod format;
mod heif;
mod input;
mod iptc;
mod jpeg;
mod movie;
mod raster;
mod region;
mod resolve;
mod said;
mod stamp;
mod stream;
mod tiff;
mod xmp;
mod zones;

#[cfg(test)]
mod tests;

use std::io;

use kalends_model::{CaptureTime, GeoPoint, Kind};

pub use self::format::{Format, extension_of};
pub use self::input::{Input, REQUEST_BYTES_MAX, TOTAL_BYTES_MAX};
pub use self::region::{PixelBox, Region};
pub use self::stamp::date_from_file_name;
pub use self::zones::{NoZones, Zones};

use self::said::Said;

/// Everything that a file, with its sidecar, says about itself. What it does not say is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// What the bytes are.
    pub format: Format,
    /// Whether the extension promises another format. The bytes count.
    pub is_misnamed: bool,
    /// Content type to serve (contract immich §E9).
    pub mime: String,
    /// Photo or video, by the bytes.
    pub kind: Kind,
    /// The first usable date (§E1) in its zone (§E2). `None`: the file says none, and the caller
    /// goes on to [`date_from_file_name`] and then to the file's times.
    pub capture: Option<CaptureTime>,
    /// What told the offset of `capture`.
    pub offset_source: Option<OffsetSource>,
    /// The zone as Immich shows it: an IANA name, `UTC`, `UTC+0`, `UTC-4`, `UTC+05:30`.
    pub zone: Option<String>,
    /// Stored width in pixels, before any rotation.
    pub raw_width: Option<u32>,
    /// Stored height in pixels, before any rotation.
    pub raw_height: Option<u32>,
    /// EXIF orientation, 1 to 8. For videos, HEIF, AVIF and JPEG XL by the container's own
    /// transform, which decoders apply by themselves ([`Format::decodes_upright`]).
    pub orientation: Option<u8>,
    /// Width as shown, upright (§E4).
    pub display_width: Option<u32>,
    /// Height as shown, upright (§E4).
    pub display_height: Option<u32>,
    /// Where it was taken (§E5).
    pub place: Option<GeoPoint>,
    /// Metres above the sea.
    pub altitude: Option<f64>,
    /// Maker of the camera.
    pub make: Option<String>,
    /// Model of the camera.
    pub model: Option<String>,
    /// Model of the lens.
    pub lens: Option<String>,
    /// Aperture.
    pub f_number: Option<f64>,
    /// Seconds as photographers write them: `1/160`, `1.3` (§E7).
    pub exposure_time: Option<String>,
    /// Sensitivity.
    pub iso: Option<u32>,
    /// Millimetres.
    pub focal_length: Option<f64>,
    /// Frames per second of a video, on average.
    pub fps: Option<f64>,
    /// 1 to 5, or −1 for rejected.
    pub rating: Option<i8>,
    /// Trimmed, never blank.
    pub description: Option<String>,
    /// Tags as paths from the root, each once (§E7).
    pub tags: Vec<Vec<String>>,
    /// Named areas of the picture, such as faces.
    pub regions: Vec<Region>,
    /// Upper-case projection of a 360° picture, such as `EQUIRECTANGULAR`.
    pub projection: Option<String>,
    /// What the photo and the video of a live photo have in common (§E8).
    pub content_id: Option<String>,
    /// What the shots of a burst have in common.
    pub burst_id: Option<String>,
    /// The video inside a motion photo (§E8).
    pub motion: Option<MotionPart>,
    /// Length of a video, truncated to milliseconds; never zero.
    pub duration_ms: Option<u64>,
    /// Four letters of an MP4 sample entry (`avc1`), or Matroska's name (`V_VP9`).
    pub video_codec: Option<String>,
    /// What was wrong with the file, in words for its owner.
    pub warnings: Vec<String>,
}

/// What told the offset of a capture time, in the order of contract immich §E2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OffsetSource {
    /// A tag for just that.
    Tag,
    /// The zone of the place.
    Place,
    /// It is written behind the date.
    Written,
    /// It is a video, whose zone-less times are UTC.
    VideoUtc,
    /// The clock of the GPS receiver shows the same moment.
    GpsClock,
}

/// Bytes of the file that are a video of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MotionPart {
    /// Where it begins.
    pub offset: u64,
    /// How many bytes it has.
    pub len: u64,
}

/// Why nothing can be said of a file.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// Its first bytes are those of no format that is known.
    #[error("the bytes are of no known photo or video format")]
    UnknownFormat,
    /// The disk failed.
    #[error("read the file: {0}")]
    Io(#[from] io::Error),
}

/// Reads what a file says about itself. `sidecar` is the text of its XMP sidecar, if it has one
/// (contract immich §E3). `zones` knows where zones lie and what their clocks show.
pub fn read(
    input: &mut Input,
    file_name: &str,
    sidecar: Option<&[u8]>,
    zones: &dyn Zones,
) -> Result<Facts, FactsError> {
    if input.len() == 0 {
        return Err(FactsError::Empty);
    }
    let extension = extension_of(file_name);
    let format = format::sniff(input.get_up_to(0, 1_024), &extension);
    if let Some(error) = input.take_error() {
        return Err(error.into());
    }
    let format = format.ok_or(FactsError::UnknownFormat)?;
    let mut said = Said::default();
    walk(input, format, &mut said);
    if let Some(error) = input.take_error() {
        return Err(error.into());
    }
    let mut beside = Said::default();
    if let Some(sidecar) = sidecar {
        xmp::note_packet(sidecar, &mut beside);
    }
    resolve::motion(input, format, &mut said);
    Ok(resolve::facts(format, &extension, said, beside, zones))
}

fn walk(input: &mut Input, format: Format, said: &mut Said) {
    match format {
        Format::Jpeg => jpeg::read(input, 0, said),
        Format::Png => raster::read_png(input, said),
        Format::Gif => raster::read_gif(input, said),
        Format::WebP => raster::read_webp(input, said),
        Format::Tiff => raster::read_tiff(input, false, said),
        Format::TiffRaw => raster::read_tiff(input, true, said),
        Format::Raf => raster::read_raf(input, said),
        Format::Bmp => raster::read_bmp(input, said),
        Format::Jxl => raster::read_jxl(input, said),
        Format::Psd => {
            if raster::read_psd(input, said).is_none() {
                said.warn("the PSD is cut short");
            }
        }
        Format::Heif | Format::Avif => heif::read(input, said),
        Format::Cr3 | Format::Mp4 | Format::QuickTime => movie::read(input, said),
        Format::Jp2 => stream::read_jp2(input, said),
        Format::Matroska => stream::read_matroska(input, said),
        Format::Avi => stream::read_avi(input, said),
        Format::Svg | Format::MpegTs | Format::MpegPs | Format::Flv | Format::Asf | Format::Mxf => {
        }
    }
}
