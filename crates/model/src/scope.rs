//! What a viewer may see, as the index applies it.
//!
//! `library::access` is the only place that makes a [`Scope`], and no query runs without one. A
//! scope says, per owner, which *rows* may be seen and which *facts* of those rows are hidden. A
//! hidden fact reads as absent before any leaf of a filter is evaluated, also under `not`, so that
//! it cannot be counted out either.

use crate::asset::VisibilitySet;
use crate::id::{AlbumId, UserId};

/// Which rows of one owner a viewer may see. A row must pass every part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowMask {
    /// Only rows with one of these visibilities.
    pub visibilities: VisibilitySet,
    /// Whether rows outside the trash may be seen.
    pub live: bool,
    /// Whether rows in the trash, offline ones among them, may be seen.
    pub in_trash: bool,
    /// Only members of this album, when given.
    pub album: Option<AlbumId>,
}

impl RowMask {
    /// Every row.
    pub const EVERYTHING: Self =
        Self { visibilities: VisibilitySet::ALL, live: true, in_trash: true, album: None };
}

/// A set of facts that are hidden from a viewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FactMask(u8);

impl FactMask {
    /// Nothing is hidden.
    pub const NOTHING: Self = Self(0);
    /// The owner's favourites.
    pub const FAVORITE: Self = Self(1);
    /// Coordinates, city and country.
    pub const PLACE: Self = Self(1 << 1);
    /// Who is in it.
    pub const PEOPLE: Self = Self(1 << 2);
    /// Its tags.
    pub const TAGS: Self = Self(1 << 3);
    /// The camera.
    pub const CAMERA: Self = Self(1 << 4);
    /// The owner's rating.
    pub const RATING: Self = Self(1 << 5);
    /// All of the above.
    pub const EVERYTHING: Self = Self(0b11_1111);

    /// Whether every fact of `facts` is hidden.
    pub const fn hides(self, facts: Self) -> bool {
        self.0 & facts.0 == facts.0
    }

    /// What is hidden by either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// One bit per fact.
    pub const fn bits(self) -> u8 {
        self.0
    }
}

/// What a viewer may see of one owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnerScope {
    /// Whose shelf.
    pub owner: UserId,
    /// Which of its rows.
    pub rows: RowMask,
    /// Which facts of those rows are hidden.
    pub hidden: FactMask,
}

/// What a viewer may see: some owners, each once, ascending by id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    owners: Vec<OwnerScope>,
}

impl Scope {
    /// The scope of these owners, sorted here.
    ///
    /// # Panics
    /// When an owner is named twice: two answers to "may this be seen?" would contradict.
    pub fn new(mut owners: Vec<OwnerScope>) -> Self {
        owners.sort_by_key(|scope| scope.owner);
        let is_unique = owners.windows(2).all(|pair| pair[0].owner != pair[1].owner);
        assert!(is_unique, "an owner stands in a scope once");
        Self { owners }
    }

    /// The owners, ascending by id.
    pub fn owners(&self) -> &[OwnerScope] {
        &self.owners
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_hides_only_what_it_names() {
        let link = FactMask::PLACE.union(FactMask::PEOPLE);
        assert!(link.hides(FactMask::PLACE) && !link.hides(FactMask::FAVORITE));
        assert!(FactMask::EVERYTHING.hides(link));
        assert!(FactMask::NOTHING.hides(FactMask::NOTHING));
    }
}
