//! The boxes that MP4 and QuickTime files are made of: a length, a name, and what is inside.

/// A box with its content.
pub(super) fn plain(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = (content.len() as u32 + 8).to_be_bytes().to_vec();
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(content);
    bytes
}

/// A box of other boxes.
pub(super) fn holding(name: &[u8; 4], inner: &[Vec<u8>]) -> Vec<u8> {
    plain(name, &inner.concat())
}

/// A box that begins with a version and flags.
pub(super) fn full(name: &[u8; 4], version: u8, flags: u32, content: &[u8]) -> Vec<u8> {
    let head = u32::from(version) << 24 | flags;
    plain(name, &[head.to_be_bytes().as_slice(), content].concat())
}

/// 32-bit numbers, most significant byte first.
pub(super) fn longs(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}
