//! Which state of whose shelf an answer was read from.
//!
//! The header [`HEADER`] lists `<owner>=<version>` for each owner that was read, ascending by id,
//! with commas between. A client that has just written, and was told the owner's version, can see
//! whether an answer knows of it.

use http::{HeaderMap, HeaderName, HeaderValue};
use kalends_model::{UserId, Version};

/// The name of the header.
pub const HEADER: HeaderName = HeaderName::from_static("x-kalends-versions");
/// With more owners than this the header is left out: proxies refuse long ones.
pub const OWNERS_MAX: usize = 64;

/// Sets the header.
pub fn set(headers: &mut HeaderMap, versions: impl IntoIterator<Item = (UserId, Version)>) {
    let entries =
        versions.into_iter().map(|(owner, Version(version))| format!("{owner}={version}"));
    let entries: Vec<String> = entries.collect();
    if !entries.is_empty() && entries.len() <= OWNERS_MAX {
        let value = HeaderValue::from_str(&entries.join(",")).expect("ids and numbers are ASCII");
        headers.insert(HEADER, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(owners: usize) -> Option<String> {
        let versions = (0..owners).map(|n| {
            let id = UserId::from_bytes([n as u8; 16]);
            (id, Version(n as u64 + 7))
        });
        let mut headers = HeaderMap::new();
        set(&mut headers, versions);
        headers.get(HEADER).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn every_owner_is_listed_while_they_are_few() {
        assert_eq!(header(0), None);
        let two = "00000000-0000-0000-0000-000000000000=7,01010101-0101-0101-0101-010101010101=8";
        assert_eq!(header(2).as_deref(), Some(two));
        assert!(header(OWNERS_MAX).is_some());
        assert_eq!(header(OWNERS_MAX + 1), None);
    }
}
