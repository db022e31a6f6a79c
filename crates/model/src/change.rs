//! The change feed: what happened to which assets, in an owner's order.

use crate::asset::AssetRow;
use crate::id::{AssetId, UserId};

/// The number of the last change of an owner. It names a state of that owner's shelf; 0 is the
/// state before the first change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u64);

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Assets came into being.
    AssetsAdded,
    /// Facts of assets changed: dates, flags, exif.
    AssetsUpdated,
    /// Assets got their first pictures: from now on they can be looked at.
    PicturesMade,
    /// Assets went into the trash, or offline.
    AssetsTrashed,
    /// Assets came back from the trash.
    AssetsRestored,
    /// Assets are gone for good.
    AssetsDeleted,
    /// Memberships of an album changed.
    AlbumChanged,
    /// Faces or persons changed.
    PeopleChanged,
    /// Tags changed.
    TagsChanged,
    /// Stacks changed.
    StacksChanged,
}

impl ChangeKind {
    /// Every kind, with its stable name.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::AssetsAdded, "assets-added"),
        (Self::AssetsUpdated, "assets-updated"),
        (Self::PicturesMade, "pictures-made"),
        (Self::AssetsTrashed, "assets-trashed"),
        (Self::AssetsRestored, "assets-restored"),
        (Self::AssetsDeleted, "assets-deleted"),
        (Self::AlbumChanged, "album-changed"),
        (Self::PeopleChanged, "people-changed"),
        (Self::TagsChanged, "tags-changed"),
        (Self::StacksChanged, "stacks-changed"),
    ];

    /// The stable name, used in the catalog.
    pub fn name(self) -> &'static str {
        let entry = Self::ALL.iter().find(|(kind, _)| *kind == self);
        entry.expect("every kind is in ALL, as its test shows").1
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// One entry of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose assets.
    pub owner: UserId,
    /// The owner's version after this change. Gapless per owner.
    pub version: Version,
    /// What happened.
    pub kind: ChangeKind,
    /// To which assets: at most [`Change::ASSETS_MAX`].
    pub assets: Vec<AssetId>,
}

impl Change {
    /// The most ids one change carries; larger acts are several changes of one transaction.
    pub const ASSETS_MAX: usize = 1_000;
}

/// What brings a shelf from one version to a later one: the rows that the changes in between
/// touched, as they now are.
#[derive(Clone, Debug, PartialEq)]
pub struct ShelfBatch {
    /// Whose shelf.
    pub owner: UserId,
    /// The version that the shelf must have.
    pub from: Version,
    /// The version that the shelf has afterwards.
    pub to: Version,
    /// Rows to insert, or to put in the place of the row with the same id.
    pub upserts: Vec<AssetRow>,
    /// Assets that are gone. Ids that the shelf does not hold are no error.
    pub removals: Vec<AssetId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_kind_has_one_name() {
        for (kind, name) in ChangeKind::ALL {
            assert_eq!(kind.name(), name);
            assert_eq!(ChangeKind::from_name(name), Some(kind));
        }
    }
}
