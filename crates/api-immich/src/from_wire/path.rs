//! Ids in paths (contract immich §B2).

use kalends_model::{AlbumId, AssetId, UserId};
use uuid::Uuid;

use super::fields::uuid_v4;
use crate::error::Failure;

/// The UUID of version 4 in a path, whose parameter is called `name`.
pub(crate) fn uuid(name: &str, text: &str) -> Result<Uuid, Failure> {
    uuid_v4(text).ok_or_else(|| Failure::invalid(vec![format!("{name} must be a UUID")]))
}

/// The id of an asset in `/assets/{id}`.
pub(crate) fn asset_id(text: &str) -> Result<AssetId, Failure> {
    uuid("id", text).map(AssetId::from)
}

/// The id of an album in `/albums/{id}`.
pub(crate) fn album_id(text: &str) -> Result<AlbumId, Failure> {
    uuid("id", text).map(AlbumId::from)
}

/// The id of a user in a path, whose parameter is called `name`.
pub(crate) fn user_id(name: &str, text: &str) -> Result<UserId, Failure> {
    uuid(name, text).map(UserId::from)
}
