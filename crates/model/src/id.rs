//! Durable ids. Each kind of thing has an id type of its own, so that an album's id cannot be asked
//! of a person. All are UUIDs; those minted by Kalends are version 4, because clients refuse others
//! (contract immich §B2).

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with these 16 bytes, in the order a UUID is written.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// A version 4 id made of 16 random bytes.
            pub const fn from_random(random: [u8; 16]) -> Self {
                Self(uuid::Builder::from_random_bytes(random).into_uuid())
            }

            /// The 16 bytes, in the order a UUID is written. Ids compare as these bytes.
            pub const fn bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The id as a plain UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )*};
}

id_types! {
    /// A user, and so the owner of assets.
    UserId;
    /// A named set of an owner's assets: the uploads, or an external folder.
    LibraryId;
    /// One photo or video.
    AssetId;
    /// An album: a chosen set of assets, possibly of several owners.
    AlbumId;
    /// A person whom faces belong to.
    PersonId;
    /// One face in one asset.
    FaceId;
    /// A tag: a node of its owner's tag tree.
    TagId;
    /// A stack: several assets of one owner shown as one.
    StackId;
    /// A shared link.
    LinkId;
    /// A memory: assets of one day of an earlier year.
    MemoryId;
    /// A group of assets that somebody takes for the same picture.
    DuplicateId;
    /// A signed-in session.
    SessionId;
    /// An API key.
    ApiKeyId;
    /// A comment or a like of an album.
    ActivityId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_are_version_four() {
        let id = AssetId::from_random([0xff; 16]);
        assert_eq!(id.uuid().get_version_num(), 4);
        assert_eq!(id.to_string().parse::<AssetId>(), Ok(id));
    }

    #[test]
    fn ids_compare_as_their_bytes() {
        let low = AssetId::from_bytes([1; 16]);
        let high = AssetId::from_bytes([2; 16]);
        assert!(low < high && low.bytes() < high.bytes());
    }
}
