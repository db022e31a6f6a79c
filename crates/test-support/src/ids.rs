//! Ids by number, so that a failing test names small things. The same number of two kinds of thing
//! gives different ids, and every id is a version 4 UUID.

use kalends_model::{
    AlbumId, ApiKeyId, AssetId, LibraryId, LinkId, PersonId, SessionId, StackId, TagId, UserId,
};

use crate::rng::mix;

macro_rules! numbered {
    ($($(#[$doc:meta])* $name:ident: $id:ident, $salt:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name(number: u64) -> $id {
            $id::from_random(scattered(number, $salt))
        }
    )*};
}

numbered! {
    /// User `number`.
    user: UserId, 1;
    /// Library `number`.
    library: LibraryId, 2;
    /// Asset `number`. See [`close_asset`] for ids that are hard to tell apart.
    asset: AssetId, 3;
    /// Album `number`.
    album: AlbumId, 4;
    /// Person `number`.
    person: PersonId, 5;
    /// Tag `number`.
    tag: TagId, 6;
    /// Stack `number`.
    stack: StackId, 7;
    /// Shared link `number`.
    link: LinkId, 8;
    /// Session `number`.
    session: SessionId, 9;
    /// API key `number`.
    api_key: ApiKeyId, 10;
}

/// Asset `number` of a family whose ids share their first fourteen bytes: what a hash or a
/// fingerprint of a part of the id cannot tell apart.
pub fn close_asset(number: u16) -> AssetId {
    let [high, low] = number.to_be_bytes();
    AssetId::from_random([7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, high, low])
}

fn scattered(number: u64, salt: u64) -> [u8; 16] {
    let high = mix(number ^ (salt << 56));
    let low = mix(high ^ salt);
    ((u128::from(high) << 64) | u128::from(low)).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_give_distinct_ids() {
        let scattered: BTreeSet<_> = (0..10_000).map(asset).collect();
        assert_eq!(scattered.len(), 10_000);
        let close: BTreeSet<_> = (0..=u16::MAX).map(close_asset).collect();
        assert_eq!(close.len(), 65_536);
        assert_ne!(asset(1).bytes(), album(1).bytes());
    }
}
