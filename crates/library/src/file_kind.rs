//! Which files are photos and videos, by the ending of their name (contract immich §E9).
//!
//! A scan looks only at files that this table knows; what their bytes are is found out later and
//! wins over the name.

use kalends_model::Kind;

/// What a file is by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileKind {
    /// Photo or video.
    pub kind: Kind,
    /// The media type it is served as.
    pub media_type: &'static str,
}

/// The ending of a sidecar's name, without the dot.
pub const SIDECAR_EXTENSION: &str = "xmp";

const IMAGES: &[(&str, &str)] = &[
    ("avif", "image/avif"),
    ("bmp", "image/bmp"),
    ("gif", "image/gif"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("heic", "image/heic"),
    ("heif", "image/heif"),
    ("hif", "image/hif"),
    ("insp", "image/jpeg"),
    ("jp2", "image/jp2"),
    ("jpe", "image/jpeg"),
    ("jxl", "image/jxl"),
    ("svg", "image/svg"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("3fr", "image/3fr"),
    ("ari", "image/ari"),
    ("arw", "image/arw"),
    ("cap", "image/cap"),
    ("cin", "image/cin"),
    ("cr2", "image/cr2"),
    ("cr3", "image/cr3"),
    ("crw", "image/crw"),
    ("dcr", "image/dcr"),
    ("dng", "image/dng"),
    ("erf", "image/erf"),
    ("fff", "image/fff"),
    ("iiq", "image/iiq"),
    ("k25", "image/k25"),
    ("kdc", "image/kdc"),
    ("mrw", "image/mrw"),
    ("nef", "image/nef"),
    ("nrw", "image/nrw"),
    ("orf", "image/orf"),
    ("ori", "image/ori"),
    ("pef", "image/pef"),
    ("psd", "image/psd"),
    ("raf", "image/raf"),
    ("raw", "image/raw"),
    ("rw2", "image/rw2"),
    ("rwl", "image/rwl"),
    ("sr2", "image/sr2"),
    ("srf", "image/srf"),
    ("srw", "image/srw"),
    ("x3f", "image/x3f"),
];

const VIDEOS: &[(&str, &str)] = &[
    ("3gp", "video/3gpp"),
    ("3gpp", "video/3gpp"),
    ("avi", "video/avi"),
    ("flv", "video/x-flv"),
    ("insv", "video/mp4"),
    ("mp4", "video/mp4"),
    ("m2t", "video/mp2t"),
    ("m2ts", "video/mp2t"),
    ("mts", "video/mp2t"),
    ("ts", "video/mp2t"),
    ("m4v", "video/x-m4v"),
    ("mkv", "video/x-matroska"),
    ("mov", "video/quicktime"),
    ("mpe", "video/mpeg"),
    ("mpeg", "video/mpeg"),
    ("mpg", "video/mpeg"),
    ("vob", "video/mpeg"),
    ("mxf", "application/mxf"),
    ("webm", "video/webm"),
    ("wmv", "video/x-ms-wmv"),
];

/// The endings of photos' names, without the dot; those that browsers show come first.
pub fn image_extensions() -> impl Iterator<Item = &'static str> {
    IMAGES.iter().map(|(extension, _)| *extension)
}

/// The endings of videos' names, without the dot.
pub fn video_extensions() -> impl Iterator<Item = &'static str> {
    VIDEOS.iter().map(|(extension, _)| *extension)
}

impl FileKind {
    /// The kind of a file with this name, or `None` when it is neither photo nor video.
    pub fn of_name(name: &str) -> Option<Self> {
        let extension = extension(name)?;
        let find = |table: &[(&str, &'static str)]| {
            let known = table.iter().find(|(known, _)| *known == extension);
            known.map(|(_, media_type)| *media_type)
        };
        let image = find(IMAGES).map(|media_type| Self { kind: Kind::Image, media_type });
        image.or_else(|| find(VIDEOS).map(|media_type| Self { kind: Kind::Video, media_type }))
    }
}

/// The lower-case ending of a name, without its dot.
pub fn extension(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then(|| extension.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_ending_is_known() {
        let is = |extension: &str, kind| {
            FileKind::of_name(&format!("a.{extension}")).is_some_and(|known| known.kind == kind)
        };
        assert!(image_extensions().all(|extension| is(extension, Kind::Image)));
        assert!(video_extensions().all(|extension| is(extension, Kind::Video)));
    }

    #[test]
    fn endings_are_read_without_case() {
        let kind = |name: &str| FileKind::of_name(name).map(|kind| (kind.kind, kind.media_type));
        assert_eq!(kind("IMG_1.JPG"), Some((Kind::Image, "image/jpeg")));
        assert_eq!(kind("a.b.Mov"), Some((Kind::Video, "video/quicktime")));
        assert_eq!(kind("clip.mxf"), Some((Kind::Video, "application/mxf")));
        for other in ["notes.txt", "jpg", ".jpg", "photo.", "photo.jpg.xmp", ""] {
            assert_eq!(kind(other), None, "{other}");
        }
    }
}
