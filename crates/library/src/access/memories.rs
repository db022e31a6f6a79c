//! What a viewer may do with memories: everything with their own, nothing with others'.

use kalends_catalog::{CatalogError, Memory, Reader};
use kalends_model::MemoryId;

use super::NoAccess;
use crate::viewer::Viewer;

/// What one does with a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryRight {
    /// To see it.
    Read,
    /// To change it, or what it holds.
    Update,
    /// To remove it.
    Delete,
}

impl MemoryRight {
    /// The name that refusals carry (contract immich §B1).
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "memory.read",
            Self::Update => "memory.update",
            Self::Delete => "memory.delete",
        }
    }
}

/// The memory when the viewer may exercise `right` on it. Removed ones can no longer be reached.
pub fn require(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: MemoryRight,
    id: MemoryId,
) -> Result<Result<Memory, NoAccess>, CatalogError> {
    let memory = reader.memory(id)?;
    let is_user = !matches!(viewer, Viewer::Link(_));
    let own = memory
        .filter(|memory| is_user && memory.owner == viewer.user() && memory.deleted_at.is_none());
    Ok(own.ok_or(NoAccess(right.name())))
}
