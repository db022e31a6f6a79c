//! What a file is, by its first bytes.
//!
//! The name only refines what the bytes leave open (a DNG begins as any TIFF does). Where the two
//! contradict each other the bytes win, and the caller is told.

use kalends_model::Kind;

/// A container that is recognised. Not each is read in depth; see the module of facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
    /// TIFF, also BigTIFF.
    Tiff,
    /// A camera's raw file that is built as a TIFF: DNG, NEF, ARW, CR2, RW2, ORF, PEF and others.
    TiffRaw,
    /// Canon CR3, which is built as an MP4.
    Cr3,
    /// Fujifilm RAF, which holds a JPEG.
    Raf,
    /// Windows bitmap.
    Bmp,
    /// HEIC, and HEIF of other codecs.
    Heif,
    /// AVIF.
    Avif,
    /// JPEG XL.
    Jxl,
    /// JPEG 2000.
    Jp2,
    /// Photoshop document.
    Psd,
    /// SVG.
    Svg,
    /// MP4 and its relatives M4V and 3GP.
    Mp4,
    /// QuickTime movie.
    QuickTime,
    /// Matroska and WebM.
    Matroska,
    /// AVI.
    Avi,
    /// MPEG transport stream.
    MpegTs,
    /// MPEG program stream.
    MpegPs,
    /// Flash video.
    Flv,
    /// Windows media.
    Asf,
    /// MXF.
    Mxf,
}

impl Format {
    /// Photo or video.
    pub fn kind(self) -> Kind {
        use Format::*;
        match self {
            Mp4 | QuickTime | Matroska | Avi | MpegTs | MpegPs | Flv | Asf | Mxf => Kind::Video,
            _ => Kind::Image,
        }
    }

    /// Whether decoders of this format turn the picture upright themselves, so that the
    /// orientation must not be applied to their pixels again.
    pub fn decodes_upright(self) -> bool {
        matches!(self, Self::Heif | Self::Avif | Self::Jxl)
    }

    /// The content type to serve, refined by the file's extension (contract immich §E9).
    pub fn mime(self, extension: &str) -> String {
        use Format::*;
        let fixed = match (self, extension) {
            (Jpeg, _) => "image/jpeg",
            (Png, _) => "image/png",
            (Gif, _) => "image/gif",
            (WebP, _) => "image/webp",
            (Tiff, _) => "image/tiff",
            (TiffRaw | Cr3 | Raf, extension) => return format!("image/{extension}"),
            (Bmp, _) => "image/bmp",
            (Heif, "heif" | "hif") => "image/heif",
            (Heif, _) => "image/heic",
            (Avif, _) => "image/avif",
            (Jxl, _) => "image/jxl",
            (Jp2, _) => "image/jp2",
            (Psd, _) => "image/psd",
            (Svg, _) => "image/svg",
            (Mp4, "3gp" | "3gpp") => "video/3gpp",
            (Mp4, "m4v") => "video/x-m4v",
            (Mp4, _) => "video/mp4",
            (QuickTime, _) => "video/quicktime",
            (Matroska, "webm") => "video/webm",
            (Matroska, _) => "video/x-matroska",
            (Avi, _) => "video/avi",
            (MpegTs, _) => "video/mp2t",
            (MpegPs, _) => "video/mpeg",
            (Flv, _) => "video/x-flv",
            (Asf, _) => "video/x-ms-wmv",
            (Mxf, _) => "application/mxf",
        };
        fixed.to_owned()
    }

    /// Whether a file of this format may bear this extension.
    pub fn fits(self, extension: &str) -> bool {
        use Format::*;
        let expected: &[&str] = match self {
            Jpeg => &["jpg", "jpeg", "jpe", "insp", "jfif", "mpo"],
            Png => &["png", "apng"],
            Gif => &["gif"],
            WebP => &["webp"],
            Tiff => &["tif", "tiff"],
            TiffRaw => return TIFF_RAW.contains(&extension),
            Cr3 => &["cr3"],
            Raf => &["raf"],
            Bmp => &["bmp"],
            Heif => &["heic", "heif", "hif"],
            Avif => &["avif"],
            Jxl => &["jxl"],
            Jp2 => &["jp2"],
            Psd => &["psd"],
            Svg => &["svg"],
            Mp4 | QuickTime => {
                &["mp4", "m4v", "mov", "qt", "3gp", "3gpp", "3g2", "insv", "lrv", "mp"]
            }
            Matroska => &["mkv", "webm"],
            Avi => &["avi"],
            MpegTs => &["ts", "mts", "m2ts", "m2t"],
            MpegPs => &["mpg", "mpeg", "mpe", "vob"],
            Flv => &["flv"],
            Asf => &["wmv", "asf"],
            Mxf => &["mxf"],
        };
        expected.contains(&extension)
    }
}

/// Extensions of raw files that begin as a TIFF does, or nearly so.
const TIFF_RAW: &[&str] = &[
    "3fr", "ari", "arw", "cr2", "dcr", "dng", "erf", "fff", "iiq", "k25", "kdc", "nef", "nrw",
    "orf", "pef", "raw", "rw2", "rwl", "sr2", "srf", "srw",
];

/// The extension of a file name, lower-case; empty when there is none.
pub fn extension_of(file_name: &str) -> String {
    file_name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}

/// What a file is, by its first bytes (a few hundred are enough), or `None` if that is not known.
pub(super) fn sniff(head: &[u8], extension: &str) -> Option<Format> {
    sniff_fixed(head)
        .map(|format| match format {
            Format::Tiff if TIFF_RAW.contains(&extension) => Format::TiffRaw,
            format => format,
        })
        .or_else(|| sniff_boxes(head))
        .or_else(|| sniff_loose(head))
}

fn sniff_fixed(head: &[u8]) -> Option<Format> {
    const MAGIC: &[(&[u8], Format)] = &[
        (b"\xff\xd8\xff", Format::Jpeg),
        (b"\x89PNG\r\n\x1a\n", Format::Png),
        (b"GIF87a", Format::Gif),
        (b"GIF89a", Format::Gif),
        (b"II*\0", Format::Tiff),
        (b"MM\0*", Format::Tiff),
        (b"II+\0", Format::Tiff),
        (b"MM\0+", Format::Tiff),
        (b"IIU\0", Format::TiffRaw),
        (b"IIRO", Format::TiffRaw),
        (b"IIRS", Format::TiffRaw),
        (b"MMOR", Format::TiffRaw),
        (b"FUJIFILMCCD-RAW", Format::Raf),
        (b"\xff\x0a", Format::Jxl),
        (b"\0\0\0\x0cJXL \r\n\x87\n", Format::Jxl),
        (b"\0\0\0\x0cjP  \r\n\x87\n", Format::Jp2),
        (b"8BPS", Format::Psd),
        (b"\x1a\x45\xdf\xa3", Format::Matroska),
        (b"\0\0\x01\xba", Format::MpegPs),
        (b"FLV\x01", Format::Flv),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Format::Asf),
        (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02", Format::Mxf),
    ];
    if head.starts_with(b"RIFF") {
        return match head.get(8..12)? {
            b"WEBP" => Some(Format::WebP),
            b"AVI " => Some(Format::Avi),
            _ => None,
        };
    }
    MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, format)| *format)
}

fn sniff_boxes(head: &[u8]) -> Option<Format> {
    let kind = head.get(4..8)?;
    if kind != b"ftyp" {
        // QuickTime files older than 2001 have no file type box.
        let is_movie = matches!(
            kind,
            b"moov" | b"mdat" | b"wide" | b"free" | b"skip" | b"pnot" | b"udta" | b"uuid"
        );
        return is_movie.then_some(Format::QuickTime);
    }
    let size = u32::from_be_bytes(head.get(..4)?.try_into().ok()?) as usize;
    let brands = &head[8..size.clamp(8, head.len())];
    let major = brands.get(..4).unwrap_or(b"    ");
    match major {
        b"crx " => return Some(Format::Cr3),
        b"qt  " => return Some(Format::QuickTime),
        b"avif" | b"avis" => return Some(Format::Avif),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => return Some(Format::Heif),
        _ => {}
    }
    // `mif1` and `msf1` say "an image" and leave the codec to the compatible brands.
    let compatible = brands.chunks_exact(4).skip(2);
    if major == b"mif1" || major == b"msf1" || major == b"miaf" {
        let is_avif = compatible.clone().any(|brand| brand == b"avif" || brand == b"avis");
        return Some(if is_avif { Format::Avif } else { Format::Heif });
    }
    Some(Format::Mp4)
}

/// What has no magic number in the strict sense.
fn sniff_loose(head: &[u8]) -> Option<Format> {
    if head.starts_with(b"BM") && head.len() >= 26 {
        let header_bytes = u32::from_le_bytes(head[14..18].try_into().ok()?);
        return (12..=124).contains(&header_bytes).then_some(Format::Bmp);
    }
    if head.first() == Some(&0x47) && head.get(188) == Some(&0x47)
        || head.get(4) == Some(&0x47) && head.get(196) == Some(&0x47)
    {
        return Some(Format::MpegTs);
    }
    let text = String::from_utf8_lossy(&head[..head.len().min(512)]);
    let is_markup = text.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    (is_markup && text.contains("<svg")).then_some(Format::Svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(head: &[u8], extension: &str, expected: Option<Format>) {
        assert_eq!(sniff(head, extension), expected);
    }

    #[test]
    fn first_bytes_name_the_format() {
        check(b"\xff\xd8\xff\xe0", "png", Some(Format::Jpeg));
        check(b"II*\0\x08\0\0\0", "tif", Some(Format::Tiff));
        check(b"II*\0\x08\0\0\0", "dng", Some(Format::TiffRaw));
        check(b"IIU\0\x08\0\0\0", "", Some(Format::TiffRaw));
        check(b"RIFF\0\0\0\0WEBPVP8 ", "", Some(Format::WebP));
        check(b"RIFF\0\0\0\0WAVEfmt ", "", None);
        check(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "", Some(Format::Avif));
        check(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "", Some(Format::Heif));
        check(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "", Some(Format::QuickTime));
        check(b"\0\0\0\x14ftypisom\0\0\0\0isom", "", Some(Format::Mp4));
        check(b"\0\0\0\x08wide\0\0\0\0mdat", "", Some(Format::QuickTime));
        check(b"\xff\x0a\0", "", Some(Format::Jxl));
        check(b"<?xml version=\"1.0\"?><svg/>", "", Some(Format::Svg));
        check(b"hello", "jpg", None);
        check(b"", "jpg", None);
        check(b"BM", "bmp", None);
    }

    #[test]
    fn extensions_are_lower_case_and_may_be_absent() {
        assert_eq!(extension_of("IMG_1.JPG"), "jpg");
        assert_eq!(extension_of("a.tar.gz"), "gz");
        assert_eq!(extension_of("README"), "");
        assert_eq!(Format::TiffRaw.mime("arw"), "image/arw");
        assert!(Format::Jpeg.fits("jpeg") && !Format::Jpeg.fits("heic"));
    }
}
