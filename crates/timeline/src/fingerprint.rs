//! Hashes that are the same in every process and on every node.
//!
//! A fingerprint names a set of rows: the wrapping sum of one hash per (asset id, row version). A
//! sum does not depend on order or on how rows lie in segments, so an index built anew from the
//! same rows has the same fingerprints, and a change of one row subtracts one term and adds another.

use kalends_model::{AssetId, OwnerScope};

/// Spreads every input bit over all output bits (the finaliser of SplitMix64). A bijection.
pub(crate) const fn mix(mut word: u64) -> u64 {
    word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// The hash of 16 bytes.
pub(crate) fn hash_bytes(bytes: &[u8; 16]) -> u64 {
    let whole = u128::from_be_bytes(*bytes);
    mix((whole >> 64) as u64 ^ mix(whole as u64))
}

/// What one row adds to the fingerprint of every set it is in.
pub(crate) fn of_row(id: &AssetId, row_version: u64) -> u64 {
    mix(hash_bytes(id.bytes()).wrapping_add(mix(row_version)))
}

/// The part of one owner in a fingerprint of several: the rows' sum, bound to whose they are and to
/// what the viewer may see of them.
pub(crate) fn of_owner(scope: &OwnerScope, rows: u64) -> u64 {
    let mask = &scope.rows;
    let seen = u64::from(mask.visibilities.bits())
        | u64::from(mask.live) << 8
        | u64::from(mask.in_trash) << 9
        | u64::from(mask.album.is_some()) << 10
        | u64::from(scope.hidden.bits()) << 16;
    let album = mask.album.map_or(0, |album| hash_bytes(album.bytes()));
    mix(mix(mix(hash_bytes(scope.owner.bytes()) ^ seen) ^ album) ^ rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kalends_model::{FactMask, RowMask, UserId};

    #[test]
    fn a_row_version_and_an_id_change_the_hash() {
        let (a, b) = (AssetId::from_bytes([1; 16]), AssetId::from_bytes([2; 16]));
        assert_ne!(of_row(&a, 1), of_row(&a, 2));
        assert_ne!(of_row(&a, 1), of_row(&b, 1));
    }

    #[test]
    fn the_hash_is_the_same_everywhere() {
        // A stored ETag outlives the process, so this value may never change.
        assert_eq!(mix(1), 0x910a_2dec_8902_5cc1);
    }

    #[test]
    fn a_mask_changes_an_owners_part() {
        let scope = OwnerScope {
            owner: UserId::from_bytes([7; 16]),
            rows: RowMask::EVERYTHING,
            hidden: FactMask::NOTHING,
        };
        let link = OwnerScope { hidden: FactMask::PLACE, ..scope };
        assert_ne!(of_owner(&scope, 5), of_owner(&link, 5));
        assert_ne!(of_owner(&scope, 5), of_owner(&scope, 6));
    }
}
