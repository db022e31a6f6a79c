//! The segments of a JPEG file in front of its picture data.

use super::exif;
use super::input::Input;
use super::iptc;
use super::said::Said;
use super::xmp;

const SEGMENTS_MAX: usize = 2_000;
/// How far to look for the next marker where a segment's length is wrong.
const GARBAGE_BYTES_MAX: usize = 64 << 10;
const EXTENDED_XMP_BYTES_MAX: usize = 8 << 20;

const EXIF: &[u8] = b"Exif\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const EXTENDED_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";

/// Reads the JPEG that begins at `at` of the input.
pub(super) fn read(input: &mut Input, at: u64, said: &mut Said) {
    let mut walk = Walk::default();
    let mut at = at + 2;
    for _ in 0..SEGMENTS_MAX {
        let Some((marker, segment)) = next_marker(input, at) else { break };
        if marker == 0xda || marker == 0xd9 {
            break;
        }
        if marker == 0x01 || (0xd0..=0xd8).contains(&marker) {
            at = segment;
            continue;
        }
        let Some(length) = input.u16_be(segment).filter(|length| *length >= 2) else { break };
        let (data, len) = (segment + 2, u64::from(length) - 2);
        walk.segment(input, marker, data, len, said);
        at = segment + u64::from(length);
    }
    walk.note_resources(said);
    walk.note_extended_xmp(said);
    if said.raw_size.is_none() {
        said.warn("the JPEG has no frame header");
    }
}

/// The next marker at or after `at`, and where its segment begins.
fn next_marker(input: &mut Input, at: u64) -> Option<(u8, u64)> {
    if let Some(&[0xff, marker]) = input.get(at, 2)
        && marker != 0
        && marker != 0xff
    {
        return Some((marker, at + 2));
    }
    let bytes = input.get_up_to(at, GARBAGE_BYTES_MAX);
    let found =
        bytes.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff))?;
    Some((bytes[found + 1], at + found as u64 + 2))
}

/// What is put together from several segments.
#[derive(Default)]
struct Walk {
    resources: Vec<u8>,
    extended_xmp: Vec<u8>,
    extended_id: Vec<u8>,
}

impl Walk {
    fn segment(&mut self, input: &mut Input, marker: u8, at: u64, len: u64, said: &mut Said) {
        match marker {
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                if let (Some(height), Some(width)) = (input.u16_be(at + 1), input.u16_be(at + 3)) {
                    said.set_size(width.into(), height.into());
                }
            }
            0xe1 => self.app1(input, at, len, said),
            0xed => {
                let Some(bytes) = input.get(at, len as usize) else { return };
                if let Some(resources) = bytes.strip_prefix(PHOTOSHOP)
                    && self.resources.len() < EXTENDED_XMP_BYTES_MAX
                {
                    self.resources.extend(resources);
                }
            }
            _ => {}
        }
    }

    fn app1(&mut self, input: &mut Input, at: u64, len: u64, said: &mut Said) {
        // A file cut within its EXIF block still says what came before the cut.
        let len = len.min(input.len().saturating_sub(at));
        let head = input.get_up_to(at, 80.min(len as usize)).to_vec();
        if head.starts_with(EXIF) {
            // After the name comes a zero, in some files another byte, and in broken ones none.
            let start = if matches!(head.get(5..7), Some(b"II" | b"MM")) { 5 } else { 6 };
            exif::read_block(input, at + start, len.saturating_sub(start), said);
        } else if head.starts_with(XMP) {
            xmp::read_packet(input, at + XMP.len() as u64, len - XMP.len() as u64, said);
        } else if head.starts_with(EXTENDED_XMP) {
            self.extended(input, at + EXTENDED_XMP.len() as u64, at + len);
        } else if head.starts_with(b"<?xpacket") || head.starts_with(b"<x:xmpmeta") {
            xmp::read_packet(input, at, len, said);
        } else if head.starts_with(b"II*\0") || head.starts_with(b"MM\0*") {
            exif::read_block(input, at, len, said);
        }
    }

    /// A piece of extended XMP: an id of 32 letters, the whole length, the place of this piece.
    fn extended(&mut self, input: &mut Input, at: u64, end: u64) -> Option<()> {
        let id = input.copy(at, 32)?;
        let whole = input.u32_be(at + 32)? as usize;
        let place = input.u32_be(at + 36)? as usize;
        if self.extended_id.is_empty() {
            self.extended_id.clone_from(&id);
        }
        let is_next = place == self.extended_xmp.len() && id == self.extended_id;
        if is_next && whole <= EXTENDED_XMP_BYTES_MAX {
            let piece = input.copy(at + 40, end.checked_sub(at + 40)?)?;
            if place + piece.len() <= whole {
                self.extended_xmp.extend(piece);
            }
        }
        Some(())
    }

    fn note_resources(&self, said: &mut Said) {
        iptc::note_resources(&self.resources, said);
    }

    /// Extended XMP counts only where the packet names it.
    fn note_extended_xmp(&self, said: &mut Said) {
        let named = said.xmp.iter().find_map(|xmp| xmp.text("xmpNote:HasExtendedXMP"));
        let is_named = named.is_some_and(|id| id.as_bytes() == self.extended_id);
        if is_named && !self.extended_xmp.is_empty() {
            xmp::note_packet(&self.extended_xmp, said);
        }
    }
}

/// Where Samsung's phones put the video of a motion photo behind a JPEG: the trailer ends with
/// a directory (`SEFH` … `SEFT`) whose entries count back from its beginning.
pub(super) fn samsung_motion(input: &mut Input) -> Option<(u64, u64)> {
    let trailer = input.len().checked_sub(8)?;
    if input.get(trailer + 4, 4)? != b"SEFT" {
        return None;
    }
    let directory_len = u64::from(input.u32_le(trailer)?);
    let directory = trailer.checked_sub(directory_len)?;
    if input.get(directory, 4)? != b"SEFH" {
        return None;
    }
    let count = u64::from(input.u32_le(directory + 8)?).min(256);
    (0..count).find_map(|number| samsung_block(input, directory, directory + 12 + number * 12))
}

fn samsung_block(input: &mut Input, directory: u64, entry: u64) -> Option<(u64, u64)> {
    let back = u64::from(input.u32_le(entry + 4)?);
    let size = u64::from(input.u32_le(entry + 8)?);
    let block = directory.checked_sub(back)?;
    let name_len = u64::from(input.u32_le(block + 4)?);
    let name = input.get(block + 8, usize::try_from(name_len.min(64)).ok()?)?;
    let is_motion = name == b"MotionPhoto_Data";
    let video = block + 8 + name_len;
    let video_len = size.checked_sub(8 + name_len)?;
    let is_inside = video.checked_add(video_len)? <= input.len();
    (is_motion && is_inside).then_some((video, video_len))
}
