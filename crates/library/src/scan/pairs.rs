//! Live photos: a photo and a short video that carry the same content id (contract immich §E8).
//!
//! They may arrive in either order and in different scans, so the catalog is asked for pairs that
//! are not joined yet. The photo then shows the video as its motion, and the video is hidden.

use kalends_catalog::{CatalogError, Library as CatalogLibrary};
use kalends_model::Visibility;

use crate::library::Library;

impl Library {
    /// Joins the photos and videos of the library's owner that belong together.
    pub(super) fn pair_live_photos(&self, library: &CatalogLibrary) -> Result<(), CatalogError> {
        let owner = library.owner;
        let pairs = self.read(|reader| reader.unjoined_live_photos(owner))?;
        if pairs.is_empty() {
            return Ok(());
        }
        self.write(|writer| {
            for &(photo, video) in &pairs {
                writer.set_live_video(owner, photo, Some(video))?;
                writer.set_visibility(owner, &[video], Visibility::Hidden)?;
            }
            Ok(())
        })
    }
}
