//! Which kind of picture a file holds, told by its first bytes. File names are not asked: they lie.

use std::fmt;

/// A family of picture files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG, with any number of motion or multi-picture parts behind it.
    Jpeg,
    /// PNG, also animated.
    Png,
    /// GIF; its first frame.
    Gif,
    /// WebP, also animated; its first frame.
    WebP,
    /// Windows bitmap.
    Bmp,
    /// TIFF, and the raw formats that cannot be told from it by their first bytes (DNG, NEF, ARW).
    Tiff,
    /// A raw format with a mark of its own (CR2, RW2, ORF, RAF).
    Raw,
    /// HEIF with HEVC pictures.
    Heic,
    /// HEIF with AV1 pictures.
    Avif,
    /// JPEG XL, as a bare codestream or in its container.
    Jxl,
}

/// The bytes that [`sniff`] looks at; more do not change its answer.
pub const HEAD_BYTES_MAX: usize = 256;

impl Format {
    /// Every format, in an order that does not change while a process lives.
    pub(super) const ALL: [Self; 10] = [
        Self::Jpeg,
        Self::Png,
        Self::Gif,
        Self::WebP,
        Self::Bmp,
        Self::Tiff,
        Self::Raw,
        Self::Heic,
        Self::Avif,
        Self::Jxl,
    ];

    /// Whether the decoder itself turns the picture upright, by what the container says. The EXIF
    /// orientation of such a file is a copy and must not be applied again.
    pub fn is_stored_upright(self) -> bool {
        matches!(self, Self::Heic | Self::Avif | Self::Jxl)
    }

    /// Whether this format is decoded in a child process: its decoder is young, large or seldom
    /// met, so it gets a process whose memory and time are bounded from outside.
    pub fn is_isolated(self) -> bool {
        !matches!(self, Self::Jpeg | Self::Png | Self::WebP)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Raw => "raw",
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::Jxl => "JPEG XL",
        })
    }
}

/// The format of the file that begins with `head`, or `None` for anything that is no picture
/// known here. At most [`HEAD_BYTES_MAX`] bytes are looked at.
pub fn sniff(head: &[u8]) -> Option<Format> {
    let head = &head[..head.len().min(HEAD_BYTES_MAX)];
    let marks: [(&[u8], Format); 15] = [
        (b"\xFF\xD8\xFF", Format::Jpeg),
        (b"\x89PNG\r\n\x1A\n", Format::Png),
        (b"GIF87a", Format::Gif),
        (b"GIF89a", Format::Gif),
        (b"FUJIFILMCCD-RAW", Format::Raw),
        (b"IIU\0", Format::Raw),
        (b"IIRO", Format::Raw),
        (b"IIRS", Format::Raw),
        (b"MMOR", Format::Raw),
        (b"II+\0", Format::Tiff),
        (b"MM\0+", Format::Tiff),
        (b"MM\0*", Format::Tiff),
        (b"\xFF\x0A", Format::Jxl),
        (b"\0\0\0\x0CJXL \r\n\x87\n", Format::Jxl),
        (b"II*\0", Format::Tiff),
    ];
    if head.starts_with(b"II*\0") && head.get(8..10) == Some(b"CR") {
        return Some(Format::Raw);
    }
    if let Some((_, format)) = marks.iter().find(|(mark, _)| head.starts_with(mark)) {
        return Some(*format);
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some(Format::WebP);
    }
    if head.get(4..8) == Some(b"ftyp") {
        return sniff_brands(head);
    }
    let is_bitmap = head.starts_with(b"BM")
        && head.get(14..18).is_some_and(|header_size| {
            matches!(header_size, [12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])
        });
    is_bitmap.then_some(Format::Bmp)
}

/// The format of an ISO base media file, by the brands of its `ftyp` box: first the major brand,
/// then the compatible ones, since `mif1` says nothing about the codec.
fn sniff_brands(head: &[u8]) -> Option<Format> {
    let box_size = u32::from_be_bytes(head.get(..4)?.try_into().ok()?) as usize;
    let end = box_size.clamp(12, head.len().max(12));
    let major = head.get(8..12)?;
    let compatible = head.get(16..end).unwrap_or_default().chunks_exact(4);
    let mut is_heif = false;
    for brand in std::iter::once(major).chain(compatible) {
        match brand {
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => return Some(Format::Heic),
            b"avif" | b"avis" => return Some(Format::Avif),
            b"mif1" | b"mif2" | b"msf1" => is_heif = true,
            _ => {}
        }
    }
    is_heif.then_some(Format::Heic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_name_the_format() {
        let cases: [(&[u8], Option<Format>); 16] = [
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", Some(Format::Jpeg)),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", Some(Format::Png)),
            (b"GIF89a\x01\0\x01\0", Some(Format::Gif)),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Some(Format::WebP)),
            (b"RIFF\x24\0\0\0WAVEfmt ", None),
            (b"II*\0\x08\0\0\0", Some(Format::Tiff)),
            (b"MM\0*\0\0\0\x08", Some(Format::Tiff)),
            (b"II*\0\x10\0\0\0CR\x02\0", Some(Format::Raw)),
            (b"IIU\0\x18\0\0\0", Some(Format::Raw)),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Some(Format::Heic)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Some(Format::Avif)),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", None),
            (b"\0\0\0\x0CJXL \r\n\x87\n", Some(Format::Jxl)),
            (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", Some(Format::Bmp)),
            (b"BM is how this letter begins", None),
            (b"", None),
        ];
        for (head, format) in cases {
            assert_eq!(sniff(head), format, "{head:?}");
        }
    }
}
