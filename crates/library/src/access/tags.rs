//! What a viewer may do with tags: each is its owner's alone (contract immich §D4).

use std::collections::BTreeSet;

use kalends_catalog::{CatalogError, Reader, Tag};
use kalends_model::TagId;

use super::assets::NoAccess;
use super::is_own;
use crate::viewer::Viewer;

/// What one does with tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TagRight {
    /// To see them.
    Read,
    /// To change their colour.
    Update,
    /// To remove them, with all below them.
    Delete,
    /// To put them on assets and take them off.
    Asset,
}

impl TagRight {
    /// The name that refusals carry (contract immich §B1).
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "tag.read",
            Self::Update => "tag.update",
            Self::Delete => "tag.delete",
            Self::Asset => "tag.asset",
        }
    }
}

/// Those of `ids` that are the viewer's own tags, each once.
pub fn own_tags(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    ids: &[TagId],
) -> Result<Vec<Tag>, CatalogError> {
    let asked: BTreeSet<TagId> = ids.iter().copied().collect();
    let asked: Vec<TagId> = asked.into_iter().collect();
    let mut own = reader.tags_by_id(&asked)?;
    own.retain(|tag| is_own(viewer, tag.owner));
    Ok(own)
}

/// All of `ids`, each once, when they are the viewer's own tags; otherwise why not.
pub fn require_tags(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: TagRight,
    ids: &[TagId],
) -> Result<Result<Vec<Tag>, NoAccess>, CatalogError> {
    let own = own_tags(reader, viewer, ids)?;
    let asked: BTreeSet<TagId> = ids.iter().copied().collect();
    Ok(if own.len() == asked.len() { Ok(own) } else { Err(NoAccess(right.name())) })
}

/// One tag of the viewer's own; otherwise why not.
pub fn require_tag(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: TagRight,
    id: TagId,
) -> Result<Result<Tag, NoAccess>, CatalogError> {
    let own = require_tags(reader, viewer, right, &[id])?;
    Ok(own.and_then(|mut own| own.pop().ok_or(NoAccess(right.name()))))
}
