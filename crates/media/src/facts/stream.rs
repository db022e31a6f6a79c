//! Matroska, AVI and JPEG 2000: size, length and date.

use kalends_model::Instant;

use super::bmff;
use super::exif;
use super::input::Input;
use super::said::{Said, set};
use super::tiff::clean_text;
use super::xmp;

const ELEMENTS_MAX: usize = 4_096;
/// 2001-01-01, where Matroska begins to count, in seconds since 1970.
const SECONDS_FROM_1970_TO_2001: i64 = 978_307_200;

/// JPEG 2000: the header box, and what travels in `uuid` boxes.
pub(super) fn read_jp2(input: &mut Input, said: &mut Said) {
    const XMP_UUID: &[u8] = b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";
    const EXIF_UUID: &[u8] = b"JpgTiffExif->JP2";
    let end = input.len();
    for part in bmff::boxes(input, 0, end) {
        match &part.kind {
            b"jp2h" => {
                let header = bmff::find(input, part.data, part.end, b"ihdr");
                let size = header.and_then(|header| {
                    input.u32_be(header.data + 4).zip(input.u32_be(header.data))
                });
                if let Some((width, height)) = size {
                    said.set_size(width, height);
                }
            }
            b"uuid" if part.len() > 16 => {
                let id = input.copy(part.data, 16).unwrap_or_default();
                let (data, len) = (part.data + 16, part.len() - 16);
                if id == XMP_UUID {
                    xmp::read_packet(input, data, len, said);
                } else if id == EXIF_UUID {
                    exif::read_block(input, data, len, said);
                }
            }
            _ => {}
        }
    }
}

/// An element of EBML: its id, and where its contents begin and end.
#[derive(Clone, Copy)]
struct Element {
    id: u32,
    data: u64,
    end: u64,
}

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const TRACKS: u32 = 0x1654_ae6b;
const CLUSTER: u32 = 0x1f43_b675;
const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
const DURATION: u32 = 0x4489;
const DATE_UTC: u32 = 0x4461;
const TRACK_ENTRY: u32 = 0xae;
const TRACK_TYPE: u32 = 0x83;
const CODEC_ID: u32 = 0x86;
const DEFAULT_DURATION: u32 = 0x23_e383;
const VIDEO: u32 = 0xe0;
const PIXEL_WIDTH: u32 = 0xb0;
const PIXEL_HEIGHT: u32 = 0xba;

/// Matroska and WebM.
pub(super) fn read_matroska(input: &mut Input, said: &mut Said) {
    let end = input.len();
    let top = elements(input, 0, end);
    let Some(segment) = top.iter().find(|found| found.id == SEGMENT) else {
        said.warn("the Matroska file has no segment");
        return;
    };
    for part in elements(input, segment.data, segment.end) {
        match part.id {
            INFO => note_info(input, part, said),
            TRACKS => {
                for track in elements(input, part.data, part.end) {
                    if track.id == TRACK_ENTRY {
                        note_track(input, track, said);
                    }
                }
            }
            _ => {}
        }
    }
}

fn note_info(input: &mut Input, info: Element, said: &mut Said) {
    let (mut scale, mut units) = (1_000_000, None);
    for part in elements(input, info.data, info.end) {
        match part.id {
            TIMESTAMP_SCALE => scale = unsigned(input, part).unwrap_or(scale),
            DURATION => units = float(input, part),
            DATE_UTC => {
                let nanos = unsigned(input, part).map(|bits| bits as i64);
                said.movie.created = nanos.map(|nanos| {
                    Instant::from_micros(SECONDS_FROM_1970_TO_2001 * 1_000_000 + nanos / 1_000)
                });
            }
            _ => {}
        }
    }
    let milliseconds = units.map(|units| units * scale as f64 / 1e6);
    let is_length = |length: &f64| length.is_finite() && *length >= 1.0 && *length < 1e15;
    said.movie.duration_ms = milliseconds.filter(is_length).map(|length| length as u64);
}

fn note_track(input: &mut Input, track: Element, said: &mut Said) {
    let parts = elements(input, track.data, track.end);
    let find = |id| parts.iter().find(|part| part.id == id).copied();
    let is_video = find(TRACK_TYPE).and_then(|part| unsigned(input, part)) == Some(1);
    if !is_video || said.movie.codec.is_some() {
        return;
    }
    let codec = find(CODEC_ID).and_then(|part| input.copy(part.data, part.end - part.data));
    set(&mut said.movie.codec, codec.and_then(|codec| clean_text(&codec)));
    let nanos = find(DEFAULT_DURATION).and_then(|part| unsigned(input, part));
    said.movie.fps =
        nanos.filter(|nanos| *nanos > 0).map(|nanos| (1e12 / nanos as f64).round() / 1_000.0);
    let Some(video) = find(VIDEO) else { return };
    let parts = elements(input, video.data, video.end);
    let mut side = |id| {
        let part = parts.iter().find(|part| part.id == id)?;
        u32::try_from(unsigned(input, *part)?).ok()
    };
    if let (Some(width), Some(height)) = (side(PIXEL_WIDTH), side(PIXEL_HEIGHT)) {
        said.set_size(width, height);
    }
}

/// The elements between two places; the walk ends at the first cluster of pictures.
fn elements(input: &mut Input, start: u64, end: u64) -> Vec<Element> {
    let mut found = Vec::new();
    let mut at = start;
    while found.len() < ELEMENTS_MAX && at < end {
        let Some(element) = read_element(input, at, end) else { break };
        at = element.end;
        if element.id == CLUSTER {
            break;
        }
        found.push(element);
    }
    found
}

fn read_element(input: &mut Input, at: u64, end: u64) -> Option<Element> {
    let (id, id_len) = variable(input, at, false)?;
    let (size, size_len) = variable(input, at + id_len, true)?;
    let data = at + id_len + size_len;
    // All ones is a size that the writer did not know.
    let is_unknown = size == (1_u64 << (7 * size_len)) - 1;
    let end = if is_unknown { end } else { data.saturating_add(size).min(end) };
    (data <= end).then_some(Element { id: u32::try_from(id).ok()?, data, end })
}

/// A number whose first byte tells its length, and that length.
fn variable(input: &mut Input, at: u64, drops_marker: bool) -> Option<(u64, u64)> {
    let first = input.u8(at)?;
    let len = u64::from(first.leading_zeros()) + 1;
    if len > 8 {
        return None;
    }
    let bytes = input.get(at, len as usize)?;
    let number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let marker = 1_u64 << (7 * len);
    Some((if drops_marker { number & (marker - 1) } else { number }, len))
}

fn unsigned(input: &mut Input, element: Element) -> Option<u64> {
    let len = usize::try_from(element.end - element.data).ok().filter(|len| *len <= 8)?;
    let bytes = input.get(element.data, len)?;
    Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn float(input: &mut Input, element: Element) -> Option<f64> {
    let bits = unsigned(input, element)?;
    match element.end - element.data {
        4 => Some(f32::from_bits(bits as u32).into()),
        8 => Some(f64::from_bits(bits)),
        _ => None,
    }
}

/// AVI: the main header has the size, the length and the speed.
pub(super) fn read_avi(input: &mut Input, said: &mut Said) {
    let mut at = 12;
    let mut is_list_of_headers = false;
    for _ in 0..ELEMENTS_MAX {
        let (Some(kind), Some(len)) = (input.copy(at, 4), input.u32_le(at + 4)) else { return };
        let data = at + 8;
        match &*kind {
            b"LIST" if input.get(data, 4) == Some(b"hdrl") && !is_list_of_headers => {
                is_list_of_headers = true;
                at = data + 4;
                continue;
            }
            b"LIST" if input.get(data, 4) == Some(b"movi") => return,
            b"avih" => {
                note_avi_header(input, data, said);
            }
            b"IDIT" => {
                let text = input.copy(data, u64::from(len).min(64));
                let text = text.and_then(|text| clean_text(&text));
                set(&mut said.movie.date_original, text.and_then(|text| avi_date(&text)));
            }
            _ => {}
        }
        at = data + u64::from(len) + u64::from(len % 2);
    }
}

fn note_avi_header(input: &mut Input, at: u64, said: &mut Said) -> Option<()> {
    let (frame_micros, frames) = (u64::from(input.u32_le(at)?), u64::from(input.u32_le(at + 16)?));
    let milliseconds = frame_micros * frames / 1_000;
    said.movie.duration_ms = (milliseconds > 0).then_some(milliseconds);
    said.movie.fps = (frame_micros > 0).then(|| (1e9 / frame_micros as f64).round() / 1_000.0);
    said.set_size(input.u32_le(at + 32)?, input.u32_le(at + 36)?);
    Some(())
}

/// `Mon Mar 10 15:04:43 2003`, or already as EXIF writes it.
fn avi_date(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        [_, month, day, time, year] => {
            let month = MONTHS.iter().position(|known| month.eq_ignore_ascii_case(known))? + 1;
            Some(format!("{year}:{month:02}:{day} {time}"))
        }
        _ => Some(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn avi_dates_are_put_in_order() {
        assert_eq!(avi_date("Mon Mar 10 15:04:43 2003").as_deref(), Some("2003:03:10 15:04:43"));
        assert_eq!(avi_date("2003:03:10 15:04:43").as_deref(), Some("2003:03:10 15:04:43"));
        assert_eq!(avi_date("Mon Foo 10 15:04:43 2003"), None);
    }

    #[test]
    fn matroska_tells_size_length_and_date() {
        let element = |id: &[u8], data: &[u8]| [id, &[0x80 | data.len() as u8], data].concat();
        let video = [element(&[0xb0], &[5, 0]), element(&[0xba], &[2, 0xd0])].concat();
        let track =
            [element(&[0x83], &[1]), element(&[0x86], b"V_VP9"), element(&[0xe0], &video)].concat();
        let info = [
            element(&[0x44, 0x89], &2_500.0_f64.to_be_bytes()),
            element(&[0x44, 0x61], &0_i64.to_be_bytes()),
        ]
        .concat();
        let segment = [
            element(&[0x15, 0x49, 0xa9, 0x66], &info),
            element(&[0x16, 0x54, 0xae, 0x6b], &element(&[0xae], &track)),
        ]
        .concat();
        let bytes =
            [element(&[0x1a, 0x45, 0xdf, 0xa3], &[]), element(&[0x18, 0x53, 0x80, 0x67], &segment)]
                .concat();
        let mut said = Said::default();
        read_matroska(&mut Input::bytes(&bytes), &mut said);
        assert_eq!(said.raw_size, Some((1_280, 720)));
        assert_eq!(said.movie.duration_ms, Some(2_500));
        assert_eq!(said.movie.codec.as_deref(), Some("V_VP9"));
        let date = said.movie.created.unwrap();
        assert_eq!(date.micros(), SECONDS_FROM_1970_TO_2001 * 1_000_000);
        for cut in 0..bytes.len() {
            read_matroska(&mut Input::bytes(&bytes[..cut]), &mut Said::default());
        }
    }
}
