//! Ids as Gumnut writes them: a prefix that names the kind of thing, `_`, and the UUID in 22
//! characters of base 57 (contract gumnut §3.0). A plain UUID is accepted wherever an id is, so one
//! id serves both published APIs.

use kalends_model::{AlbumId, AssetId, LibraryId, PersonId};
use uuid::Uuid;

/// The digits of base 57, in order: letters and figures without those that look like another.
const DIGITS: &[u8; 57] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// As many digits as the largest UUID needs. Smaller ones are padded with the digit of zero.
const LENGTH: usize = 22;

/// A kind of id that Gumnut has a prefix for.
pub trait GumnutId: From<Uuid> {
    /// The prefix, without the `_` that follows it.
    const PREFIX: &'static str;

    /// The id as a plain UUID.
    fn uuid(&self) -> Uuid;
}

macro_rules! prefixes {
    ($($id:ident: $prefix:literal;)*) => {$(
        impl GumnutId for $id {
            const PREFIX: &'static str = $prefix;

            fn uuid(&self) -> Uuid {
                (*self).uuid()
            }
        }
    )*};
}

prefixes! {
    AssetId: "asset";
    AlbumId: "album";
    LibraryId: "lib";
    PersonId: "person";
}

/// The id in Gumnut's form, such as `album_H9cNmGXLEc8NWcZzSThA9S`.
pub fn write<Id: GumnutId>(id: &Id) -> String {
    format!("{}_{}", Id::PREFIX, write_short(id.uuid()))
}

/// The id that `text` writes, in Gumnut's form or as a UUID of 36 or 32 characters. `None` for
/// anything else, the prefix of another kind among it.
pub fn parse<Id: GumnutId>(text: &str) -> Option<Id> {
    let prefixed = text.strip_prefix(Id::PREFIX).and_then(|rest| rest.strip_prefix('_'));
    let uuid = match prefixed {
        Some(short) => parse_short(short),
        None => parse_plain(text),
    };
    uuid.map(Id::from)
}

fn write_short(uuid: Uuid) -> String {
    let mut rest = uuid.as_u128();
    let mut text = [DIGITS[0]; LENGTH];
    for place in text.iter_mut().rev() {
        *place = DIGITS[(rest % 57) as usize];
        rest /= 57;
    }
    text.iter().map(|digit| char::from(*digit)).collect()
}

fn parse_short(text: &str) -> Option<Uuid> {
    if text.len() != LENGTH {
        return None;
    }
    let mut value: u128 = 0;
    for byte in text.bytes() {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        // 22 digits reach beyond 128 bits.
        value = value.checked_mul(57)?.checked_add(digit as u128)?;
    }
    Some(Uuid::from_u128(value))
}

fn parse_plain(text: &str) -> Option<Uuid> {
    // The parser also knows URNs and braces, which no client of this API writes.
    matches!(text.len(), 32 | 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of contract gumnut §3.0.
    const VECTORS: [(&str, &str); 5] = [
        ("00000000-0000-0000-0000-000000000000", "2222222222222222222222"),
        ("00000000-0000-0000-0000-000000000001", "2222222222222222222223"),
        ("550e8400-e29b-41d4-a716-446655440000", "H9cNmGXLEc8NWcZzSThA9S"),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", "oZEq7ovRbLq6UnGMPwc8B5"),
        ("3475f5d0-108e-41e8-a7ed-860bd7040e13", "BM3nUmJ6fkBqBADyz5FEiu"),
    ];

    #[test]
    fn the_published_vectors_hold_both_ways() {
        for (uuid, short) in VECTORS {
            let id: AlbumId = uuid.parse().unwrap();
            assert_eq!(write(&id), format!("album_{short}"));
            assert_eq!(parse(&format!("album_{short}")), Some(id));
            assert_eq!(parse(uuid), Some(id));
            assert_eq!(parse(&uuid.replace('-', "")), Some(id));
        }
    }

    #[test]
    fn every_kind_has_its_own_prefix() {
        let short = VECTORS[2].1;
        assert!(parse::<PersonId>(&format!("person_{short}")).is_some());
        assert!(parse::<LibraryId>(&format!("lib_{short}")).is_some());
        assert!(parse::<AssetId>(&format!("asset_{short}")).is_some());
        assert!(parse::<PersonId>(&format!("album_{short}")).is_none());
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in [
            "",
            "_",
            "asset_",
            "asset",
            "H9cNmGXLEc8NWcZzSThA9S",
            "asset_stack_H9cNmGXLEc8NWcZzSThA9S",
            "asset_H9cNmGXLEc8NWcZzSThA9",
            "asset_H9cNmGXLEc8NWcZzSThA9SS",
            "asset_H9cNmGXLEc8NWcZzSThA90",
            "asset_H9cNmGXLEc8NWcZzSThA9_",
            "asset_oZEq7ovRbLq6UnGMPwc8B6",
            "asset_zzzzzzzzzzzzzzzzzzzzzz",
            "asset_550e8400-e29b-41d4-a716-446655440000",
            "Asset_H9cNmGXLEc8NWcZzSThA9S",
            " asset_H9cNmGXLEc8NWcZzSThA9S",
            "asset_äöüäöüäöüäö",
            "{550e8400-e29b-41d4-a716-446655440000}",
            "urn:uuid:550e8400-e29b-41d4-a716-446655440000",
            "550e8400-e29b-41d4-a716-44665544000g",
            "550e8400e29b-41d4-a716-446655440000",
            "nope\0",
        ] {
            assert_eq!(parse::<AssetId>(text), None, "{text:?}");
        }
    }
}
