//! IPTC: the older way to say who, when and what, as press programs still write it.
//!
//! The records lie in a Photoshop resource (8BIM 0x0404), in JPEG inside an APP13 segment.

/// The IPTC records of one picture. An empty block is not written at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Iptc {
    /// `DateCreated` (2:55), as `20240506`.
    pub date_created: Option<String>,
    /// `TimeCreated` (2:60), as `070809+0545`.
    pub time_created: Option<String>,
    /// `Keywords` (2:25), one record each.
    pub keywords: Vec<String>,
    /// `Caption-Abstract` (2:120).
    pub caption: Option<String>,
}

impl Iptc {
    /// The records alone, or `None` when there is nothing to say.
    pub(super) fn records(&self) -> Option<Vec<u8>> {
        if *self == Self::default() {
            return None;
        }
        let mut records = Vec::new();
        push(&mut records, 1, 90, b"\x1B%G");
        push(&mut records, 2, 0, &[0, 4]);
        for keyword in &self.keywords {
            push(&mut records, 2, 25, keyword.as_bytes());
        }
        let texts = [(55, &self.date_created), (60, &self.time_created), (120, &self.caption)];
        for (record, text) in texts {
            if let Some(text) = text {
                push(&mut records, 2, record, text.as_bytes());
            }
        }
        Some(records)
    }

    /// The records inside a Photoshop resource block.
    pub(super) fn photoshop_block(&self) -> Option<Vec<u8>> {
        let records = self.records()?;
        let mut block = b"8BIM\x04\x04\0\0".to_vec();
        block.extend_from_slice(&(records.len() as u32).to_be_bytes());
        block.extend_from_slice(&records);
        if records.len() % 2 == 1 {
            block.push(0);
        }
        Some(block)
    }
}

fn push(records: &mut Vec<u8>, group: u8, record: u8, value: &[u8]) {
    records.extend_from_slice(&[0x1C, group, record]);
    records.extend_from_slice(&(value.len() as u16).to_be_bytes());
    records.extend_from_slice(value);
}
