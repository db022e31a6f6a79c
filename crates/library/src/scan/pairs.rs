//! Live photos: a photo and a short video that carry the same content id (contract immich §E8).
//!
//! They may arrive in either order and in different scans, so the catalog is asked for pairs that
//! are not joined yet. The photo then shows the video as its motion, and the video is hidden. That
//! happens in the transaction that brings the second of the two, so that nobody counts both.

use kalends_catalog::{CatalogError, Writer};
use kalends_model::{AssetId, UserId, Visibility};

/// Joins the photos and videos of `owner` that carry one of these content ids and belong together.
pub(crate) fn join_live_photos(
    writer: &mut Writer<'_>,
    owner: UserId,
    content_ids: &[&str],
) -> Result<(), CatalogError> {
    if content_ids.is_empty() {
        return Ok(());
    }
    for (photo, video) in writer.unjoined_live_photos(owner, content_ids)? {
        writer.set_live_video(owner, photo, Some(video))?;
        hide_motion(writer, owner, video)?;
    }
    Ok(())
}

/// Hides a video that is a photo's motion from now on. It leaves all albums, where its photo stands.
pub(crate) fn hide_motion(
    writer: &mut Writer<'_>,
    owner: UserId,
    video: AssetId,
) -> Result<(), CatalogError> {
    writer.set_visibility(owner, &[video], Visibility::Hidden)?;
    for album in writer.albums_of_asset(owner, video)? {
        writer.remove_from_album(album, owner, &[video])?;
    }
    Ok(())
}
