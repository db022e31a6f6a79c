//! TIFF structure: the directories of tags that EXIF, and TIFF itself, are made of.
//!
//! A directory is a list of entries; an entry's value may be another directory. The writer lays
//! out each directory, then the values too long for their entry, then the directories below it.
//! It checks nothing, so that tests can write what no camera would.

/// How numbers of more than one byte are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ByteOrder {
    /// `II`, least significant byte first.
    Little,
    /// `MM`, most significant byte first. Most cameras write this.
    #[default]
    Big,
}

/// A tag and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The number of the tag.
    pub tag: u16,
    /// What it says.
    pub value: Value,
}

impl Entry {
    /// A tag with its value.
    pub fn new(tag: u16, value: Value) -> Self {
        Self { tag, value }
    }
}

/// A value with its TIFF type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Type 1.
    Byte(Vec<u8>),
    /// Type 2. A NUL is added; the text is written as UTF-8, as cameras do in practice.
    Ascii(String),
    /// Type 3.
    Short(Vec<u16>),
    /// Type 4.
    Long(Vec<u32>),
    /// Type 5: numerator and denominator.
    Rational(Vec<(u32, u32)>),
    /// Type 7.
    Undefined(Vec<u8>),
    /// Type 10: numerator and denominator.
    SignedRational(Vec<(i32, i32)>),
    /// Type 4, the offset of another directory.
    Directory(Vec<Entry>),
    /// Any type and count, true or not. The bytes are written as they are.
    Raw {
        /// The TIFF type to claim.
        kind: u16,
        /// The count to claim.
        count: u32,
        /// The value; up to four bytes lie in the entry itself.
        bytes: Vec<u8>,
    },
}

/// A TIFF file of the given first directory. `body` lies straight after the header, from byte
/// [`BODY_AT`] on, where strips of pixels can be pointed to.
pub(crate) fn write_tiff(order: ByteOrder, body: &[u8], entries: &[Entry]) -> Vec<u8> {
    let mut writer = Writer { order, out: Vec::with_capacity(body.len() + 1_024) };
    writer.out.extend_from_slice(match order {
        ByteOrder::Little => b"II",
        ByteOrder::Big => b"MM",
    });
    writer.short(42);
    writer.long(0);
    writer.out.extend_from_slice(body);
    let at = writer.directory(entries);
    writer.patch_long(4, at);
    writer.out
}

/// Where the body of [`write_tiff`] begins.
pub(crate) const BODY_AT: u32 = 8;

struct Writer {
    order: ByteOrder,
    out: Vec<u8>,
}

impl Writer {
    /// Writes a directory and all it points to; returns its offset.
    fn directory(&mut self, entries: &[Entry]) -> u32 {
        self.align();
        let mut entries: Vec<&Entry> = entries.iter().collect();
        entries.sort_by_key(|entry| entry.tag);
        let start = self.out.len();
        self.short(entries.len() as u16);
        for entry in &entries {
            let (kind, count) = entry.value.kind_and_count();
            self.short(entry.tag);
            self.short(kind);
            self.long(count);
            self.long(0);
        }
        self.long(0);
        for (index, entry) in entries.iter().enumerate() {
            self.value(start + 2 + index * 12 + 8, &entry.value);
        }
        start as u32
    }

    /// Puts a value into its entry, or behind it and its offset into the entry.
    fn value(&mut self, field_at: usize, value: &Value) {
        if let Value::Directory(entries) = value {
            let at = self.directory(entries);
            return self.patch_long(field_at, at);
        }
        let bytes = value.bytes(self.order);
        if bytes.len() <= 4 {
            self.out[field_at..field_at + bytes.len()].copy_from_slice(&bytes);
            return;
        }
        self.align();
        let at = self.out.len() as u32;
        self.out.extend_from_slice(&bytes);
        self.patch_long(field_at, at);
    }

    fn align(&mut self) {
        if self.out.len() % 2 == 1 {
            self.out.push(0);
        }
    }

    fn short(&mut self, value: u16) {
        self.out.extend_from_slice(&short_bytes(self.order, value));
    }

    fn long(&mut self, value: u32) {
        self.out.extend_from_slice(&long_bytes(self.order, value));
    }

    fn patch_long(&mut self, at: usize, value: u32) {
        self.out[at..at + 4].copy_from_slice(&long_bytes(self.order, value));
    }
}

impl Value {
    fn kind_and_count(&self) -> (u16, u32) {
        match self {
            Self::Byte(bytes) => (1, bytes.len() as u32),
            Self::Ascii(text) => (2, text.len() as u32 + 1),
            Self::Short(values) => (3, values.len() as u32),
            Self::Long(values) => (4, values.len() as u32),
            Self::Rational(values) => (5, values.len() as u32),
            Self::Undefined(bytes) => (7, bytes.len() as u32),
            Self::SignedRational(values) => (10, values.len() as u32),
            Self::Directory(_) => (4, 1),
            Self::Raw { kind, count, .. } => (*kind, *count),
        }
    }

    fn bytes(&self, order: ByteOrder) -> Vec<u8> {
        match self {
            Self::Byte(bytes) | Self::Undefined(bytes) | Self::Raw { bytes, .. } => bytes.clone(),
            Self::Ascii(text) => text.bytes().chain([0]).collect(),
            Self::Short(values) => values.iter().flat_map(|v| short_bytes(order, *v)).collect(),
            Self::Long(values) => values.iter().flat_map(|v| long_bytes(order, *v)).collect(),
            Self::Rational(values) => {
                values.iter().flat_map(|v| [v.0, v.1]).flat_map(|v| long_bytes(order, v)).collect()
            }
            Self::SignedRational(values) => values
                .iter()
                .flat_map(|v| [v.0 as u32, v.1 as u32])
                .flat_map(|v| long_bytes(order, v))
                .collect(),
            Self::Directory(_) => Vec::new(),
        }
    }
}

fn short_bytes(order: ByteOrder, value: u16) -> [u8; 2] {
    match order {
        ByteOrder::Little => value.to_le_bytes(),
        ByteOrder::Big => value.to_be_bytes(),
    }
}

fn long_bytes(order: ByteOrder, value: u32) -> [u8; 4] {
    match order {
        ByteOrder::Little => value.to_le_bytes(),
        ByteOrder::Big => value.to_be_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_value_lies_in_its_entry_in_both_orders() {
        let entries = [Entry::new(0x0112, Value::Short(vec![6]))];
        let big = write_tiff(ByteOrder::Big, &[], &entries);
        assert_eq!(big[..8], *b"MM\0\x2A\0\0\0\x08");
        assert_eq!(big[8..22], [0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
        let little = write_tiff(ByteOrder::Little, &[], &entries);
        assert_eq!(little[8..22], [1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]);
    }

    #[test]
    fn directories_lie_on_even_offsets() {
        let below = vec![Entry::new(2, Value::Ascii("four+".into()))];
        let bytes = write_tiff(
            ByteOrder::Big,
            b"odd",
            &[Entry::new(1, Value::Undefined(vec![1; 5])), Entry::new(9, Value::Directory(below))],
        );
        let first = u32::from_be_bytes(bytes[4..8].try_into().unwrap());
        assert_eq!(first, 12);
        let second = first as usize + 2 + 12 + 8;
        assert_eq!(u32::from_be_bytes(bytes[second..second + 4].try_into().unwrap()) % 2, 0);
    }
}
