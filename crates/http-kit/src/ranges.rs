//! Parts of a file: the `Range` header (RFC 9110 §14).

/// The most parts of one answer. More are asked for by nobody who wants them.
const PARTS_MAX: usize = 16;

/// One part of a file: its first byte, and how many there are. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub start: u64,
    /// How many bytes.
    pub length: u64,
}

impl Span {
    /// What `Content-Range` says of it.
    pub fn content_range(self, whole: u64) -> String {
        format!("bytes {}-{}/{whole}", self.start, self.start + self.length - 1)
    }
}

/// What a `Range` asks of a file of a known length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of it: no range, or one that is not to be followed.
    Whole,
    /// These parts, at least one.
    Parts(Vec<Span>),
    /// Nothing that the file has, or nothing that can be read.
    Unsatisfiable,
}

/// Reads a `Range` header for a file of `length` bytes. Units other than bytes are ignored, as are
/// ranges that would send more than the file: they gain nothing and cost much.
pub fn wanted(header: Option<&str>, length: u64) -> Wanted {
    let Some((unit, specs)) = header.and_then(|header| header.split_once('=')) else {
        return match header {
            Some(_) => Wanted::Unsatisfiable,
            None => Wanted::Whole,
        };
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Wanted::Whole;
    }
    let mut parts = Vec::new();
    for spec in specs.split(',').map(str::trim).filter(|spec| !spec.is_empty()) {
        match span(spec, length) {
            Err(Unreadable) => return Wanted::Unsatisfiable,
            Ok(None) => {}
            Ok(Some(_)) if parts.len() == PARTS_MAX => return Wanted::Whole,
            Ok(Some(span)) => parts.push(span),
        }
    }
    let bytes = parts.iter().fold(0_u64, |sum, part: &Span| sum.saturating_add(part.length));
    match parts.len() {
        0 => Wanted::Unsatisfiable,
        1 => Wanted::Parts(parts),
        _ if bytes > length => Wanted::Whole,
        _ => Wanted::Parts(parts),
    }
}

/// Text that is no range.
struct Unreadable;

/// One part, or `None` when the file does not have it.
fn span(spec: &str, length: u64) -> Result<Option<Span>, Unreadable> {
    let (first, last) = spec.split_once('-').ok_or(Unreadable)?;
    if first.is_empty() {
        let suffix = number(last)?.min(length);
        return Ok((suffix > 0).then(|| Span { start: length - suffix, length: suffix }));
    }
    let start = number(first)?;
    let end = if last.is_empty() { u64::MAX } else { number(last)? };
    if end < start {
        return Err(Unreadable);
    }
    Ok((start < length).then(|| Span { start, length: end.min(length - 1) - start + 1 }))
}

fn number(text: &str) -> Result<u64, Unreadable> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Unreadable);
    }
    // More digits than fit are beyond the end of any file.
    Ok(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        let part = |start, length| Wanted::Parts(vec![Span { start, length }]);
        for (header, expected) in [
            (None, Wanted::Whole),
            (Some("bytes=0-4"), part(0, 5)),
            (Some("bytes=5-"), part(5, 5)),
            (Some("bytes=-3"), part(7, 3)),
            (Some("bytes=-30"), part(0, 10)),
            (Some("bytes=9-9"), part(9, 1)),
            (Some("bytes=0-99999999999999999999999"), part(0, 10)),
            (Some("BYTES = 0-0"), part(0, 1)),
            (Some("bytes=10-"), Wanted::Unsatisfiable),
            (Some("bytes=-0"), Wanted::Unsatisfiable),
            (Some("bytes=5-4"), Wanted::Unsatisfiable),
            (Some("bytes="), Wanted::Unsatisfiable),
            (Some("bytes=a-b"), Wanted::Unsatisfiable),
            (Some("bytes=+1-2"), Wanted::Unsatisfiable),
            (Some("bytes=--1"), Wanted::Unsatisfiable),
            (Some("bytes"), Wanted::Unsatisfiable),
            (Some("items=0-4"), Wanted::Whole),
            (
                Some("bytes=0-1, 4-5 ,20-"),
                Wanted::Parts(vec![Span { start: 0, length: 2 }, Span { start: 4, length: 2 }]),
            ),
            (Some("bytes=0-,0-"), Wanted::Whole),
        ] {
            assert_eq!(wanted(header, 10), expected, "{header:?}");
        }
        let many = format!("bytes={}", ["0-0"; 17].join(","));
        assert_eq!(wanted(Some(&many), 1_000), Wanted::Whole);
    }

    #[test]
    fn an_empty_file_has_no_parts() {
        for header in ["bytes=0-", "bytes=-1", "bytes=0-0"] {
            assert_eq!(wanted(Some(header), 0), Wanted::Unsatisfiable);
        }
    }

    #[test]
    fn a_part_says_where_it_lies() {
        assert_eq!(Span { start: 2, length: 3 }.content_range(10), "bytes 2-4/10");
    }
}
