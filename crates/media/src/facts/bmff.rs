//! Boxes: the building blocks of MP4, QuickTime, HEIF, JPEG 2000 and JPEG XL files.

use super::input::Input;

const BOXES_MAX: usize = 4_096;

/// A box: its kind, and where its contents begin and end.
#[derive(Clone, Copy, Debug)]
pub(super) struct BoxAt {
    pub kind: [u8; 4],
    pub data: u64,
    pub end: u64,
}

impl BoxAt {
    pub(super) fn len(&self) -> u64 {
        self.end - self.data
    }
}

/// The boxes between two places. A box that claims more than there is ends where its parent does;
/// after one that cannot be, nothing follows.
pub(super) fn boxes(input: &mut Input, start: u64, end: u64) -> Vec<BoxAt> {
    let mut found = Vec::new();
    let mut at = start;
    while found.len() < BOXES_MAX {
        let Some(next) = read_box(input, at, end) else { break };
        at = next.end;
        found.push(next);
        // Behind the first fragment of a long recording come only more of them.
        if &next.kind == b"moof" {
            break;
        }
    }
    found
}

/// The box at this place.
fn read_box(input: &mut Input, at: u64, end: u64) -> Option<BoxAt> {
    let end = end.min(input.len());
    if at.checked_add(8)? > end {
        return None;
    }
    let head: [u8; 8] = input.get(at, 8)?.try_into().ok()?;
    let [a, b, c, d, kind @ ..] = head;
    let (header, size) = match u32::from_be_bytes([a, b, c, d]) {
        0 => (8, end - at),
        1 => (16, input.u64_be(at + 8)?),
        size => (8, u64::from(size)),
    };
    if size < header {
        return None;
    }
    let data = at + header;
    Some(BoxAt { kind, data, end: at.saturating_add(size).min(end).max(data) })
}

/// The first box of a kind between two places.
pub(super) fn find(input: &mut Input, start: u64, end: u64, kind: &[u8; 4]) -> Option<BoxAt> {
    boxes(input, start, end).into_iter().find(|found| &found.kind == kind)
}

/// The first box down a path of kinds.
pub(super) fn find_path(input: &mut Input, parent: BoxAt, path: &[&[u8; 4]]) -> Option<BoxAt> {
    path.iter().try_fold(parent, |parent, kind| find(input, parent.data, parent.end, kind))
}

/// Where the children of a `meta` box begin: behind a version in MP4 and HEIF, at once in QuickTime.
pub(super) fn meta_children(input: &mut Input, meta: BoxAt) -> u64 {
    let is_plain = input.get(meta.data + 4, 4) == Some(b"hdlr");
    if is_plain { meta.data } else { meta.data + 4 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_lie_stay_inside() {
        let bytes = b"\0\0\0\x0cabcd1234\xff\xff\xff\xffefgh56";
        let found = boxes(&mut Input::bytes(bytes), 0, bytes.len() as u64);
        assert_eq!(found.len(), 2);
        assert_eq!((found[1].data, found[1].end), (20, 22));
        let long = b"\0\0\0\x01abcd\xff\xff\xff\xff\xff\xff\xff\xff";
        assert_eq!(boxes(&mut Input::bytes(long), 0, 16).len(), 1);
        assert!(boxes(&mut Input::bytes(b"\0\0\0\x07abcd"), 0, 8).is_empty());
        assert_eq!(boxes(&mut Input::bytes(b"\0\0\0\0abcd1"), 0, 9)[0].len(), 1);
    }
}
