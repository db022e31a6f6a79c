//! The words of Kalends as types.
//!
//! Every other crate speaks in these: ids, capture time and its calendar, what one asset is, what a
//! viewer may see of it, and the filter expressions that both published APIs and the page are
//! translated into. There is no IO here, no clock, no serialisation and nothing asynchronous, so
//! that each meaning is defined once and can be tested as arithmetic.
//!
//! Read [`time`] first: the whole product follows from *capture time* being a wall clock plus an
//! offset that may be unknown. Then [`asset`], [`filter`] and [`scope`].

pub mod asset;
pub mod calendar;
pub mod change;
pub mod credential;
pub mod filter;
pub mod id;
pub mod scope;
pub mod time;

pub use asset::{AssetRow, GeoPoint, Kind, StackPlace, Visibility, VisibilitySet};
pub use calendar::{CivilDate, CivilDateTime, CivilTime};
pub use change::{Change, ChangeKind, ShelfBatch, Version};
pub use credential::{Credential, Unlocks};
pub use filter::{Bound, Circle, Filter, GeoBox, Leaf, RatingSet};
pub use id::{
    ActivityId, AlbumId, ApiKeyId, AssetId, DuplicateId, FaceId, LibraryId, LinkId, MemoryId,
    PersonId, SessionId, StackId, TagId, UserId,
};
pub use scope::{FactMask, OwnerScope, RowMask, Scope};
pub use time::{
    Bucket, CaptureTime, DateSource, Direction, Grain, Instant, LocalTime, Month, Offset,
};
