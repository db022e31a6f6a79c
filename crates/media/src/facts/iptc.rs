//! IPTC records, and the Photoshop resources that carry them.

use super::input::Input;
use super::said::{Said, set};
use super::tiff::clean_text;

const RESOURCES_MAX: usize = 512;
const RECORDS_MAX: usize = 4_096;
const KEYWORDS_MAX: usize = 1_024;

/// Photoshop's image resources: blocks that begin with `8BIM`. The one numbered 0x0404 is IPTC.
pub(super) fn read_resources(input: &mut Input, at: u64, len: u64, said: &mut Said) {
    let Some(bytes) = input.copy(at, len) else { return };
    note_resources(&bytes, said);
}

/// IPTC records by themselves.
pub(super) fn read_records(input: &mut Input, at: u64, len: u64, said: &mut Said) {
    let Some(bytes) = input.copy(at, len) else { return };
    note_records(&bytes, said);
}

pub(super) fn note_resources(bytes: &[u8], said: &mut Said) {
    let mut rest = bytes;
    for _ in 0..RESOURCES_MAX {
        let Some((number, data, after)) = split_resource(rest) else { return };
        if number == 0x0404 {
            note_records(data, said);
        }
        rest = after;
    }
}

/// Number, data and what follows. The name and the data are padded to even lengths.
fn split_resource(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let bytes = bytes.strip_prefix(b"8BIM")?;
    let number = u16::from_be_bytes(bytes.get(..2)?.try_into().ok()?);
    let name_bytes = usize::from(*bytes.get(2)?) + 1;
    let size_at = 2 + name_bytes + name_bytes % 2;
    let data_at = size_at + 4;
    let size = u32::from_be_bytes(bytes.get(size_at..data_at)?.try_into().ok()?) as usize;
    let data = bytes.get(data_at..data_at.checked_add(size)?)?;
    let after = bytes.get(data_at + size + size % 2..).unwrap_or(&[]);
    Some((number, data, after))
}

pub(super) fn note_records(bytes: &[u8], said: &mut Said) {
    let mut rest = bytes;
    for _ in 0..RECORDS_MAX {
        let Some((record, dataset, data, after)) = split_record(rest) else { return };
        let iptc = &mut said.iptc;
        match (record, dataset) {
            (2, 25) if iptc.keywords.len() < KEYWORDS_MAX => {
                iptc.keywords.extend(clean_text(data));
            }
            (2, 55) => set(&mut iptc.date_created, clean_text(data)),
            (2, 60) => set(&mut iptc.time_created, clean_text(data)),
            (2, 120) => set(&mut iptc.caption, clean_text(data)),
            _ => {}
        }
        rest = after;
    }
}

fn split_record(bytes: &[u8]) -> Option<(u8, u8, &[u8], &[u8])> {
    let [0x1c, record, dataset, high, low, rest @ ..] = bytes else { return None };
    let size = u16::from_be_bytes([*high, *low]);
    // A set highest bit announces a longer size, which no text here has.
    let is_extended = size & 0x8000 != 0;
    if is_extended || rest.len() < usize::from(size) {
        return None;
    }
    let (data, after) = rest.split_at(size.into());
    Some((*record, *dataset, data, after))
}

/// `20190704` and `123456+0200` as one date, which EXIF would write with colons.
pub(super) fn stamp_text(date: &str, time: &str) -> Option<String> {
    let digits: String = date.chars().filter(char::is_ascii_digit).collect();
    let clock: String = time.chars().filter(|c| *c != ':').collect();
    let is_whole = digits.len() == 8
        && clock.len() >= 6
        && clock.is_ascii()
        && clock.as_bytes()[..6].iter().all(u8::is_ascii_digit);
    is_whole.then(|| {
        format!(
            "{}:{}:{} {}:{}:{}{}",
            &digits[..4],
            &digits[4..6],
            &digits[6..],
            &clock[..2],
            &clock[2..4],
            &clock[4..6],
            &clock[6..]
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(dataset: u8, text: &str) -> Vec<u8> {
        let mut bytes = vec![0x1c, 2, dataset];
        bytes.extend((text.len() as u16).to_be_bytes());
        bytes.extend(text.as_bytes());
        bytes
    }

    #[test]
    fn records_are_found_inside_resources() {
        let records = [record(25, "sea"), record(25, "sky"), record(120, "  Two  ")].concat();
        let mut bytes = b"8BIM\x03\xed\0\0\0\0\0\x01x\0".to_vec();
        bytes.extend(b"8BIM\x04\x04\0\0");
        bytes.extend((records.len() as u32).to_be_bytes());
        bytes.extend(&records);
        let mut said = Said::default();
        note_resources(&bytes, &mut said);
        assert_eq!(said.iptc.keywords, ["sea", "sky"]);
        assert_eq!(said.iptc.caption.as_deref(), Some("Two"));
        for cut in 0..bytes.len() {
            note_resources(&bytes[..cut], &mut Said::default());
        }
    }

    #[test]
    fn date_and_time_make_one_stamp() {
        let stamp = stamp_text("20190704", "123456+0545");
        assert_eq!(stamp.as_deref(), Some("2019:07:04 12:34:56+0545"));
        assert_eq!(stamp_text("2019-07-04", "12:34:56").as_deref(), Some("2019:07:04 12:34:56"));
        assert_eq!(stamp_text("20190704", "1234"), None);
        assert_eq!(stamp_text("2019", "123456"), None);
        assert_eq!(stamp_text("20190704", "12345é"), None);
    }
}
