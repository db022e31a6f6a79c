//! Faces: drawn, given to people, removed, and cut out of their pictures.

use std::collections::{BTreeMap, BTreeSet};

use kalends_catalog::{Card, CatalogError, Face, FaceSource, Person};
use kalends_media::pictures::{Limits, cut_face};
use kalends_model::{AssetId, FaceId, PersonId};

use crate::access::NoAccess;
use crate::access::assets::{AssetRight, require};
use crate::access::people::{
    FaceRight, PersonRight, own_assets, require_face, require_people, require_person,
};
use crate::derived::Derived;
use crate::library::Library;
use crate::viewer::Viewer;

/// How many of a person's faces are looked at for the one that shows them best.
const CANDIDATES_MAX: u32 = 64;

/// A face as it is drawn: a box in a picture of some size, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawnFace {
    /// The width that the box refers to, at least 1.
    pub image_width: u32,
    /// The height that the box refers to, at least 1.
    pub image_height: u32,
    /// The left edge.
    pub x: i64,
    /// The upper edge.
    pub y: i64,
    /// The box's width.
    pub width: i64,
    /// The box's height.
    pub height: i64,
}

impl DrawnFace {
    /// Left, top, right and bottom as fractions of the picture, cut at its edges; `None` when
    /// nothing of the box lies in the picture.
    fn region(self) -> Option<[f64; 4]> {
        let edge = |pixels: i64, whole: u32| (pixels as f64 / f64::from(whole)).clamp(0.0, 1.0);
        let [x1, x2] =
            [self.x, self.x.saturating_add(self.width)].map(|x| edge(x, self.image_width));
        let [y1, y2] =
            [self.y, self.y.saturating_add(self.height)].map(|y| edge(y, self.image_height));
        (x1 < x2 && y1 < y2).then_some([x1, y1, x2, y2])
    }
}

/// The faces in an asset.
#[derive(Clone, Debug, PartialEq)]
pub struct FacesIn {
    /// The asset.
    pub card: Card,
    /// Its visible faces, each with whose it is.
    pub faces: Vec<(Face, Option<Person>)>,
}

/// Why a face was not drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawRefusal {
    /// The asset or the person is not the viewer's.
    #[error(transparent)]
    Access(#[from] NoAccess),
    /// The box lies outside the picture.
    #[error("the box lies outside the picture")]
    Outside,
}

impl Library {
    /// The visible faces in an asset that the viewer owns; nobody else is told of faces.
    pub fn faces_in(
        &self,
        viewer: &Viewer,
        asset: AssetId,
    ) -> Result<Result<FacesIn, NoAccess>, CatalogError> {
        self.read(|reader| {
            let refused = Err(NoAccess(AssetRight::Read.name()));
            if let Err(refused) = require(reader, viewer, AssetRight::Read, &[asset])? {
                return Ok(Err(refused));
            }
            let Some(card) = reader.card(asset)? else { return Ok(refused) };
            if own_assets(reader, viewer, &[asset])?.is_empty() {
                return Ok(Ok(FacesIn { card, faces: Vec::new() }));
            }
            let mut faces = reader.faces_of_asset(card.owner, asset)?;
            faces.retain(|face| face.is_visible && !face.is_deleted);
            let people: Vec<PersonId> = faces.iter().filter_map(|face| face.person).collect();
            let people = reader.people_by_id(&people)?.into_iter();
            let people: BTreeMap<PersonId, Person> = people.map(|p| (p.id, p)).collect();
            let with_person = |face: Face| {
                let person = face.person.and_then(|id| people.get(&id).cloned());
                (face, person)
            };
            Ok(Ok(FacesIn { card, faces: faces.into_iter().map(with_person).collect() }))
        })
    }

    /// Draws a face of a person in an asset, both the viewer's own.
    pub fn draw_face(
        &self,
        viewer: &Viewer,
        asset: AssetId,
        person: PersonId,
        drawn: DrawnFace,
    ) -> Result<Result<FaceId, DrawRefusal>, CatalogError> {
        let id = self.new_id(FaceId::from_random);
        self.write(|writer| {
            let standings = match require(writer, viewer, AssetRight::Update, &[asset])? {
                Ok(standings) => standings,
                Err(refused) => return Ok(Err(refused.into())),
            };
            if let Err(refused) = require_person(writer, viewer, PersonRight::Read, person)? {
                return Ok(Err(refused.into()));
            }
            let Some(region) = drawn.region() else { return Ok(Err(DrawRefusal::Outside)) };
            let face = Face {
                id,
                owner: standings[0].owner,
                asset,
                person: Some(person),
                region,
                source: FaceSource::Manual,
                is_visible: true,
                is_deleted: false,
            };
            writer.add_faces(&[face])?;
            Ok(Ok(id))
        })
    }

    /// Gives one face to a person.
    pub fn give_face(
        &self,
        viewer: &Viewer,
        face: FaceId,
        to: PersonId,
    ) -> Result<Result<Person, NoAccess>, CatalogError> {
        self.write(|writer| {
            let person = match require_person(writer, viewer, PersonRight::Reassign, to)? {
                Ok(person) => person,
                Err(refused) => return Ok(Err(refused)),
            };
            let mut face = match require_face(writer, viewer, FaceRight::Update, face)? {
                Ok(face) => face,
                Err(refused) => return Ok(Err(refused)),
            };
            face.person = Some(to);
            writer.update_face(&face)?;
            writer.keep_faces(face.owner, &[face.asset])?;
            Ok(Ok(person))
        })
    }

    /// Gives to a person the faces that others have in assets: each pair names somebody and an
    /// asset. All must be the viewer's own, else nothing is done.
    pub fn give_faces(
        &self,
        viewer: &Viewer,
        pairs: &[(PersonId, AssetId)],
        to: PersonId,
    ) -> Result<Result<Person, NoAccess>, CatalogError> {
        let people: BTreeSet<PersonId> = pairs.iter().map(|pair| pair.0).chain([to]).collect();
        let people: Vec<PersonId> = people.into_iter().collect();
        let asked: BTreeSet<AssetId> = pairs.iter().map(|pair| pair.1).collect();
        let asked: Vec<AssetId> = asked.into_iter().collect();
        let pairs: BTreeSet<&(PersonId, AssetId)> = pairs.iter().collect();
        self.write(|writer| {
            let known = match require_people(writer, viewer, PersonRight::Reassign, &people)? {
                Ok(known) => known,
                Err(refused) => return Ok(Err(refused)),
            };
            if let Err(refused) = require(writer, viewer, AssetRight::Update, &asked)? {
                return Ok(Err(refused));
            }
            let faces = writer.faces_of_people_in(viewer.user(), &people, &asked)?;
            let mut changed = Vec::new();
            for mut face in faces {
                let is_asked = face.person.is_some_and(|of| pairs.contains(&(of, face.asset)));
                if is_asked && face.person != Some(to) {
                    face.person = Some(to);
                    writer.update_face(&face)?;
                    changed.push(face.asset);
                }
            }
            writer.keep_faces(viewer.user(), &changed)?;
            let person = known.into_iter().find(|person| person.id == to);
            Ok(person.ok_or(NoAccess(PersonRight::Reassign.name())))
        })
    }

    /// Removes a face: so that it is known to be none, or, with `for_good`, altogether.
    pub fn remove_face(
        &self,
        viewer: &Viewer,
        face: FaceId,
        for_good: bool,
    ) -> Result<Result<(), NoAccess>, CatalogError> {
        self.write(|writer| {
            let mut face = match require_face(writer, viewer, FaceRight::Delete, face)? {
                Ok(face) => face,
                Err(refused) => return Ok(Err(refused)),
            };
            writer.keep_faces(face.owner, &[face.asset])?;
            if for_good {
                writer.delete_face(&face)?;
            } else {
                face.is_deleted = true;
                writer.update_face(&face)?;
            }
            Ok(Ok(()))
        })
    }

    /// The picture of a person, a JPEG: the face in the featured asset, or else the largest of
    /// some others. `None` when there is no face to show, or no picture of its asset.
    pub fn person_picture(
        &self,
        viewer: &Viewer,
        person: PersonId,
    ) -> Result<Result<Option<Vec<u8>>, NoAccess>, CatalogError> {
        let found = self.read(|reader| {
            let person = match require_person(reader, viewer, PersonRight::Read, person)? {
                Ok(person) => person,
                Err(refused) => return Ok(Err(refused)),
            };
            let mut faces = match person.featured_asset {
                Some(_) => reader.shown_faces(
                    person.owner,
                    person.id,
                    person.featured_asset,
                    CANDIDATES_MAX,
                )?,
                None => Vec::new(),
            };
            if faces.is_empty() {
                faces = reader.shown_faces(person.owner, person.id, None, CANDIDATES_MAX)?;
            }
            let face = faces.into_iter().max_by(|a, b| area(a).total_cmp(&area(b)));
            Ok(Ok(face))
        })?;
        Ok(found.map(|face| face.and_then(|face| self.face_picture(&face))))
    }

    /// The face's picture, cut out and kept when it is asked for first.
    fn face_picture(&self, face: &Face) -> Option<Vec<u8>> {
        if let Some(known) = self.derived.face(face.id) {
            return Some(known);
        }
        let preview = std::fs::read(self.derived.path(face.asset, Derived::Preview)).ok()?;
        match cut_face(&preview, face.region, &Limits::default()) {
            Ok(jpeg) => {
                if let Err(error) = self.derived.write_face(face.id, &jpeg) {
                    tracing::debug!(%error, "the picture of a face is not kept");
                }
                Some(jpeg)
            }
            Err(error) => {
                tracing::warn!(%error, asset = %face.asset, "a face cannot be cut out");
                None
            }
        }
    }
}

fn area(face: &Face) -> f64 {
    let [x1, y1, x2, y2] = face.region;
    (x2 - x1) * (y2 - y1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_cut_at_the_edges_of_the_picture() {
        let drawn = |x, y, width, height| {
            DrawnFace { image_width: 200, image_height: 100, x, y, width, height }.region()
        };
        assert_eq!(drawn(50, 25, 100, 50), Some([0.25, 0.25, 0.75, 0.75]));
        assert_eq!(drawn(-50, -1, 100, 500), Some([0.0, 0.0, 0.25, 1.0]));
        assert_eq!(drawn(200, 0, 10, 10), None);
        assert_eq!(drawn(i64::MAX, i64::MIN, i64::MAX, i64::MAX), None);
        assert_eq!(drawn(0, 0, 0, 10), None);
    }
}
