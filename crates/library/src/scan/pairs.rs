//! Live photos: a photo and a short video that carry the same content id (contract immich §E8).
//!
//! They may arrive in either order and in different scans, so the catalog is asked for pairs that
//! are not joined yet. The photo then shows the video as its motion, and the video is hidden. That
//! happens in the transaction that brings the second of the two, so that nobody counts both.

use kalends_catalog::{CatalogError, Writer};
use kalends_model::{UserId, Visibility};

/// Joins the photos and videos of `owner` that carry one of these content ids and belong together.
pub(super) fn join_live_photos(
    writer: &mut Writer<'_>,
    owner: UserId,
    content_ids: &[&str],
) -> Result<(), CatalogError> {
    if content_ids.is_empty() {
        return Ok(());
    }
    for (photo, video) in writer.unjoined_live_photos(owner, content_ids)? {
        writer.set_live_video(owner, photo, Some(video))?;
        writer.set_visibility(owner, &[video], Visibility::Hidden)?;
    }
    Ok(())
}
