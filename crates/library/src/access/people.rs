//! What a viewer may do with people and faces: a person is its owner's alone, and a face that of
//! the owner of the asset it is in, who must be able to change that asset (contract immich §D4).
//!
//! A person of somebody else may have faces in one's own assets; such a face may be taken from
//! them, since it is in one's own picture.

use std::collections::BTreeSet;

use kalends_catalog::{CatalogError, Face, Person, Reader};
use kalends_model::{AssetId, FaceId, PersonId};

use super::assets::{AssetRight, NoAccess, allowed};
use super::is_own;
use crate::viewer::Viewer;

/// What one does with a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PersonRight {
    /// To learn what is known of them.
    Read,
    /// To change what is known of them.
    Update,
    /// To forget them.
    Delete,
    /// To make them one with another.
    Merge,
    /// To give them faces.
    Reassign,
    /// To count their assets.
    Statistics,
}

impl PersonRight {
    /// The name that refusals carry (contract immich §B1).
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "person.read",
            Self::Update => "person.update",
            Self::Delete => "person.delete",
            Self::Merge => "person.merge",
            Self::Reassign => "person.reassign",
            Self::Statistics => "person.statistics",
        }
    }
}

/// What one does with a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaceRight {
    /// To say whose it is.
    Update,
    /// To remove it.
    Delete,
}

impl FaceRight {
    /// The name that refusals carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Update => "face.update",
            Self::Delete => "face.delete",
        }
    }
}

/// Those of `ids` that are the viewer's own people, by id.
pub fn own_people(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    ids: &[PersonId],
) -> Result<Vec<Person>, CatalogError> {
    let mut people = reader.people_by_id(ids)?;
    people.retain(|person| is_own(viewer, person.owner));
    people.dedup_by_key(|person| person.id);
    Ok(people)
}

/// All of `ids`, each once and by id, when they are the viewer's own people; otherwise why not.
pub fn require_people(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: PersonRight,
    ids: &[PersonId],
) -> Result<Result<Vec<Person>, NoAccess>, CatalogError> {
    let own = own_people(reader, viewer, ids)?;
    let asked: BTreeSet<PersonId> = ids.iter().copied().collect();
    Ok(if own.len() == asked.len() { Ok(own) } else { Err(NoAccess(right.name())) })
}

/// One person of the viewer's own; otherwise why not.
pub fn require_person(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: PersonRight,
    id: PersonId,
) -> Result<Result<Person, NoAccess>, CatalogError> {
    let people = require_people(reader, viewer, right, &[id])?;
    Ok(people.and_then(|mut people| people.pop().ok_or(NoAccess(right.name()))))
}

/// A face in an asset that the viewer may change; otherwise why not.
pub fn require_face(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    right: FaceRight,
    id: FaceId,
) -> Result<Result<Face, NoAccess>, CatalogError> {
    let refused = Err(NoAccess(right.name()));
    let Some(face) = reader.face(id)? else { return Ok(refused) };
    let changeable = allowed(reader, viewer, AssetRight::Update, &[face.asset])?;
    Ok(if changeable.is_empty() { refused } else { Ok(face) })
}

/// Those of `assets` that the viewer may change, so that they may say whose faces are in them.
pub fn own_assets(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    assets: &[AssetId],
) -> Result<Vec<AssetId>, CatalogError> {
    let changeable = allowed(reader, viewer, AssetRight::Update, assets)?;
    Ok(changeable.into_iter().map(|asset| asset.id).collect())
}
