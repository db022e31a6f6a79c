//! Stacks: several of the viewer's own assets, shown as one.

use std::collections::BTreeSet;

use kalends_catalog::{CatalogError, Reader, Stack};
use kalends_model::{AssetId, StackId, Visibility};

use crate::access::NoAccess;
use crate::access::assets::{AssetRight, require};
use crate::access::stacks::{StackRight, require_stack, require_stacks};
use crate::assets::{AssetView, Wanted};
use crate::library::Library;
use crate::viewer::Viewer;

/// A stack with those of its assets that are shown: live ones of timeline and archive, the primary
/// first.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownStack {
    /// The stack.
    pub stack: Stack,
    /// Its assets.
    pub assets: Vec<AssetView>,
}

/// Why a stack was not made or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StackRefusal {
    /// It is not the viewer's.
    #[error(transparent)]
    Access(#[from] NoAccess),
    /// Fewer than two assets were named.
    #[error("a stack has at least two assets")]
    TooFew,
    /// The asset that shall stand for the stack is not in it.
    #[error("the asset is not in the stack and cannot stand for it")]
    PrimaryElsewhere,
    /// The asset to be taken out is not in the stack.
    #[error("the asset is not in the stack")]
    NotInStack,
    /// The asset to be taken out stands for the stack.
    #[error("the asset stands for the stack")]
    IsPrimary,
}

impl Library {
    /// Makes a stack of the viewer's own assets, the first of which stands for it. Where one of
    /// them stands for another stack, all of that stack comes along.
    pub fn make_stack(
        &self,
        viewer: &Viewer,
        assets: &[AssetId],
    ) -> Result<Result<ShownStack, StackRefusal>, CatalogError> {
        let id = self.new_id(StackId::from_random);
        let made = self.write(|writer| {
            let mut members: Vec<AssetId> = Vec::with_capacity(assets.len());
            let mut seen = BTreeSet::new();
            members.extend(assets.iter().filter(|asset| seen.insert(**asset)));
            if members.len() < 2 {
                return Ok(Err(StackRefusal::TooFew));
            }
            if let Err(refused) = require(writer, viewer, AssetRight::Update, &members)? {
                return Ok(Err(refused.into()));
            }
            for at in 0..members.len() {
                let stack = writer.stack_with_primary(viewer.user(), members[at])?;
                let others = stack.into_iter().flat_map(|stack| stack.members);
                members.extend(others.filter(|member| seen.insert(*member)));
            }
            writer.create_stack(viewer.user(), id, &members)?;
            Ok(Ok(()))
        })?;
        match made {
            Ok(()) => self.stack(viewer, id).map(|shown| shown.map_err(StackRefusal::Access)),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// The viewer's stacks; with `primary`, the one that this asset stands for.
    pub fn stacks(
        &self,
        viewer: &Viewer,
        primary: Option<AssetId>,
    ) -> Result<Vec<ShownStack>, CatalogError> {
        self.read(|reader| {
            let owner = viewer.user();
            let stacks = match primary {
                Some(primary) => reader.stack_with_primary(owner, primary)?.into_iter().collect(),
                None => reader.stacks_of(owner)?,
            };
            self.shown(reader, viewer, stacks)
        })
    }

    /// One of the viewer's stacks.
    pub fn stack(
        &self,
        viewer: &Viewer,
        id: StackId,
    ) -> Result<Result<ShownStack, NoAccess>, CatalogError> {
        self.read(|reader| {
            let stack = match require_stack(reader, viewer, StackRight::Read, id)? {
                Ok(stack) => stack,
                Err(refused) => return Ok(Err(refused)),
            };
            let shown = self.shown(reader, viewer, vec![stack])?.pop();
            Ok(shown.ok_or(NoAccess(StackRight::Read.name())))
        })
    }

    fn shown(
        &self,
        reader: &mut Reader<'_>,
        viewer: &Viewer,
        stacks: Vec<Stack>,
    ) -> Result<Vec<ShownStack>, CatalogError> {
        let members: Vec<AssetId> = stacks.iter().flat_map(primary_first).collect();
        // Those in a library in the trash are left out.
        let members = reader.asset_standings(&members)?.into_iter();
        let members: Vec<AssetId> = members.map(|member| member.id).collect();
        let views = self.asset_views(reader, viewer, &members, Wanted::default())?;
        let mut views = views.into_iter().peekable();
        let shown = |stack: Stack| {
            let mut assets = Vec::with_capacity(stack.members.len());
            while let Some(view) = views.next_if(|view| view.card.stack == Some(stack.id)) {
                let is_shown =
                    matches!(view.card.visibility, Visibility::Timeline | Visibility::Archive);
                if is_shown && !view.card.is_in_trash() {
                    assets.push(view);
                }
            }
            ShownStack { stack, assets }
        };
        Ok(stacks.into_iter().map(shown).collect())
    }

    /// Lets another member stand for a stack.
    pub fn change_stack(
        &self,
        viewer: &Viewer,
        id: StackId,
        primary: Option<AssetId>,
    ) -> Result<Result<ShownStack, StackRefusal>, CatalogError> {
        let changed = self.write(|writer| {
            let stack = match require_stack(writer, viewer, StackRight::Update, id)? {
                Ok(stack) => stack,
                Err(refused) => return Ok(Err(refused.into())),
            };
            let Some(primary) = primary else { return Ok(Ok(())) };
            if !stack.members.contains(&primary) {
                return Ok(Err(StackRefusal::PrimaryElsewhere));
            }
            writer.set_stack_primary(stack.owner, id, primary)?;
            Ok(Ok(()))
        })?;
        match changed {
            Ok(()) => self.stack(viewer, id).map(|shown| shown.map_err(StackRefusal::Access)),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Dissolves stacks. Their assets stay.
    pub fn dissolve_stacks(
        &self,
        viewer: &Viewer,
        ids: &[StackId],
    ) -> Result<Result<(), NoAccess>, CatalogError> {
        self.write(|writer| {
            let stacks = match require_stacks(writer, viewer, StackRight::Delete, ids)? {
                Ok(stacks) => stacks,
                Err(refused) => return Ok(Err(refused)),
            };
            for stack in stacks {
                writer.dissolve_stack(stack.owner, stack.id)?;
            }
            Ok(Ok(()))
        })
    }

    /// Takes an asset out of a stack that it does not stand for.
    pub fn leave_stack(
        &self,
        viewer: &Viewer,
        id: StackId,
        asset: AssetId,
    ) -> Result<Result<(), StackRefusal>, CatalogError> {
        self.write(|writer| {
            let stack = match require_stack(writer, viewer, StackRight::Update, id)? {
                Ok(stack) => stack,
                Err(refused) => return Ok(Err(refused.into())),
            };
            if !stack.members.contains(&asset) {
                return Ok(Err(StackRefusal::NotInStack));
            }
            if stack.primary == asset {
                return Ok(Err(StackRefusal::IsPrimary));
            }
            writer.remove_from_stack(stack.owner, asset)?;
            Ok(Ok(()))
        })
    }
}

fn primary_first(stack: &Stack) -> impl Iterator<Item = AssetId> {
    let others = stack.members.iter().filter(|member| **member != stack.primary);
    std::iter::once(&stack.primary).chain(others).copied()
}
