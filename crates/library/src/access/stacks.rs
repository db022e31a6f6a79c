//! What a viewer may do with stacks: each is its owner's alone (contract immich §D4).

use std::collections::BTreeSet;

use kalends_catalog::{CatalogError, Reader, Stack};
use kalends_model::StackId;

use super::assets::NoAccess;
use super::is_own;
use crate::viewer::Viewer;

/// What one does with stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StackRight {
    /// To see them.
    Read,
    /// To change which asset stands for them, and what is in them.
    Update,
    /// To dissolve them.
    Delete,
}

impl StackRight {
    /// The name that refusals carry (contract immich §B1).
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "stack.read",
            Self::Update => "stack.update",
            Self::Delete => "stack.delete",
        }
    }
}

/// Those of `ids` that are the viewer's own stacks, each once.
pub fn own_stacks(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    ids: &[StackId],
) -> Result<Vec<Stack>, CatalogError> {
    let asked: BTreeSet<StackId> = ids.iter().copied().collect();
    let asked: Vec<StackId> = asked.into_iter().collect();
    let mut own = reader.stacks_by_id(&asked)?;
    own.retain(|stack| is_own(viewer, stack.owner));
    Ok(own)
}

/// All of `ids`, each once, when they are the viewer's own stacks; otherwise why not.
pub fn require_stacks(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: StackRight,
    ids: &[StackId],
) -> Result<Result<Vec<Stack>, NoAccess>, CatalogError> {
    let own = own_stacks(reader, viewer, ids)?;
    let asked: BTreeSet<StackId> = ids.iter().copied().collect();
    Ok(if own.len() == asked.len() { Ok(own) } else { Err(NoAccess(right.name())) })
}

/// One stack of the viewer's own; otherwise why not.
pub fn require_stack(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: StackRight,
    id: StackId,
) -> Result<Result<Stack, NoAccess>, CatalogError> {
    let own = require_stacks(reader, viewer, right, &[id])?;
    Ok(own.and_then(|mut own| own.pop().ok_or(NoAccess(right.name()))))
}
