//! What came of each of several things that were asked for at once.

use kalends_model::AssetId;

use crate::people::PersonRefusal;

/// Why one of several things stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is so already.
    Duplicate,
    /// It does not exist, or the viewer may not do it.
    NoPermission,
    /// It is not there.
    NotFound,
    /// What was asked of a person cannot be.
    Invalid(PersonRefusal),
}

/// What came of one of several things.
pub type Outcome = Result<(), Kept>;

/// What came of each of several assets, in the order asked.
pub type PerAsset = Vec<(AssetId, Outcome)>;
