//! What one asset is: the facts that filters speak of and buckets show.

use std::fmt;
use std::sync::Arc;

use crate::id::{AlbumId, AssetId, LibraryId, PersonId, StackId, TagId, UserId};
use crate::time::{CaptureTime, Instant};

/// Photo or video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A still image, also one that moves a little.
    Image,
    /// A video.
    Video,
}

/// Where an asset is shown. Every asset has exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Visibility {
    /// In the timeline.
    Timeline,
    /// Out of the timeline, in the archive.
    Archive,
    /// A part of another asset, such as the motion of a live photo.
    Hidden,
    /// In the owner's locked folder.
    Locked,
}

impl Visibility {
    /// All four, in the order of their bits in a [`VisibilitySet`].
    pub const ALL: [Self; 4] = [Self::Timeline, Self::Archive, Self::Hidden, Self::Locked];

    /// The name in both published APIs and in the catalog.
    pub fn name(self) -> &'static str {
        match self {
            Self::Timeline => "timeline",
            Self::Archive => "archive",
            Self::Hidden => "hidden",
            Self::Locked => "locked",
        }
    }

    /// The visibility of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|visibility| visibility.name() == name)
    }
}

/// A set of visibilities.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct VisibilitySet(u8);

impl VisibilitySet {
    /// None of them.
    pub const EMPTY: Self = Self(0);
    /// Every one of them.
    pub const ALL: Self = Self(0b1111);
    /// Timeline and archive: what an absent `visibility` means (contract immich §A2).
    pub const DEFAULT: Self = Self(0b0011);

    /// The set of one.
    pub const fn only(visibility: Visibility) -> Self {
        Self(1 << visibility as u8)
    }

    /// Whether `visibility` is in the set.
    pub const fn contains(self, visibility: Visibility) -> bool {
        self.0 & (1 << visibility as u8) != 0
    }

    /// What is in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The set without `visibility`.
    #[must_use]
    pub const fn without(self, visibility: Visibility) -> Self {
        Self(self.0 & !(1 << visibility as u8))
    }

    /// Whether nothing is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// One bit per visibility, in the order of [`Visibility::ALL`].
    pub const fn bits(self) -> u8 {
        self.0
    }
}

impl fmt::Debug for VisibilitySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(Visibility::ALL.into_iter().filter(|v| self.contains(*v))).finish()
    }
}

/// A point on the earth, in degrees of WGS 84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeoPoint {
    /// −90 to 90, north positive.
    pub latitude: f64,
    /// −180 to 180, east positive.
    pub longitude: f64,
}

impl GeoPoint {
    /// The point, or `None` when a coordinate is not finite or out of range.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let exists = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        exists.then_some(Self { latitude, longitude })
    }
}

/// An asset's place in its stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StackPlace {
    /// Which stack.
    pub stack: StackId,
    /// Whether this asset stands for the stack where stacks are shown as one.
    pub is_primary: bool,
    /// How many members of the whole stack are live and have visibility `timeline`, this one
    /// included where it is (contract immich §A7, `stack`). Kept up to date on every member.
    pub timeline_count: u32,
}

/// Everything that the timeline knows of one asset. The catalog makes it, the index holds it in
/// columns, and a naive model of the index can hold it as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct AssetRow {
    /// The asset.
    pub id: AssetId,
    /// Whose it is: the shelf it lies on.
    pub owner: UserId,
    /// The library it lies in.
    pub library: LibraryId,
    /// When it was taken. An asset is undated when the source [is a fall-back](crate::DateSource::is_fallback).
    pub capture: CaptureTime,
    /// Where it is shown.
    pub visibility: Visibility,
    /// Photo or video.
    pub kind: Kind,
    /// The owner's favourite.
    pub is_favorite: bool,
    /// The owner put it in the trash.
    pub is_trashed: bool,
    /// Its external file has vanished. Shown in the trash of both APIs.
    pub is_offline: bool,
    /// Display width in pixels, rotated upright; 0 when unknown.
    pub width: u32,
    /// Display height in pixels, rotated upright; 0 when unknown.
    pub height: u32,
    /// Length of a video, in milliseconds. `None` for images and when unknown or zero.
    pub duration_ms: Option<u64>,
    /// The ThumbHash, once pictures have been made. At most 64 bytes.
    pub thumbhash: Option<Box<[u8]>>,
    /// The hidden video that is this photo's motion.
    pub live_video: Option<AssetId>,
    /// Upper-case projection of a 360° picture, such as `EQUIRECTANGULAR`.
    pub projection: Option<Arc<str>>,
    /// Where it was taken.
    pub place: Option<GeoPoint>,
    /// The city of `place`.
    pub city: Option<Arc<str>>,
    /// The country of `place`.
    pub country: Option<Arc<str>>,
    /// Maker and model of the camera, as one name.
    pub camera: Option<Arc<str>>,
    /// 1 to 5, or −1 for rejected. `None` when unrated.
    pub rating: Option<i8>,
    /// Its place in a stack.
    pub stack: Option<StackPlace>,
    /// The albums it is in, ascending, each once.
    pub albums: Vec<AlbumId>,
    /// The persons with a visible face in it, ascending, each once.
    pub people: Vec<PersonId>,
    /// The tags put on it directly, ascending, each once. Ancestors are not listed.
    pub tags: Vec<TagId>,
    /// The owner's version at which anything of this row last changed. Feeds fingerprints.
    pub row_version: u64,
}

impl AssetRow {
    /// The key that orders a bucket ascending: local day, then instant, then id (contract immich
    /// §A6, with the id as the last key).
    pub fn sort_key(&self) -> (i64, Instant, AssetId) {
        (self.capture.local.day(), self.capture.instant(), self.id)
    }

    /// Whether both APIs show it in the trash.
    pub fn is_in_trash(&self) -> bool {
        self.is_trashed || self.is_offline
    }

    /// Whether its files say no date.
    pub fn is_undated(&self) -> bool {
        self.capture.source.is_fallback()
    }

    /// Whether it is a member of a stack that another member stands for.
    pub fn is_stack_child(&self) -> bool {
        self.stack.is_some_and(|stack| !stack.is_primary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visibility_sets_hold_what_they_name() {
        for visibility in Visibility::ALL {
            assert_eq!(Visibility::from_name(visibility.name()), Some(visibility));
            assert!(VisibilitySet::only(visibility).contains(visibility));
            assert!(!VisibilitySet::ALL.without(visibility).contains(visibility));
        }
        let default = VisibilitySet::only(Visibility::Timeline)
            .union(VisibilitySet::only(Visibility::Archive));
        assert_eq!(default, VisibilitySet::DEFAULT);
    }

    #[test]
    fn points_off_the_earth_are_refused() {
        assert!(GeoPoint::new(90.0, -180.0).is_some());
        assert!(GeoPoint::new(90.1, 0.0).is_none());
        assert!(GeoPoint::new(f64::NAN, 0.0).is_none());
    }
}
