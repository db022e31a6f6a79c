//! What files name: the tags and the people in them, put on their assets.

use std::collections::HashMap;

use kalends_catalog::{CatalogError, Face, FaceSource, Person, Writer};
use kalends_media::facts::{Facts, PixelBox};
use kalends_model::{AssetId, FaceId, PersonId, TagId, UserId};

use crate::library::Library;

/// Puts what files of one owner name on their assets, within one transaction.
pub(crate) struct Named<'a> {
    app: &'a Library,
    owner: UserId,
    /// The owner's people by lower-case name, once they are asked for.
    people: Option<HashMap<String, PersonId>>,
}

impl<'a> Named<'a> {
    pub(crate) fn new(app: &'a Library, owner: UserId) -> Self {
        Self { app, owner, people: None }
    }

    /// Puts what the file names on its asset.
    pub(crate) fn put(
        &mut self,
        writer: &mut Writer<'_>,
        asset: AssetId,
        facts: &Facts,
    ) -> Result<(), CatalogError> {
        self.tags(writer, asset, facts)?;
        self.people(writer, asset, facts)
    }

    /// Puts the tags that the file names on the asset, unless a person has chosen its tags. Tags
    /// that it no longer names stay.
    fn tags(
        &self,
        writer: &mut Writer<'_>,
        asset: AssetId,
        facts: &Facts,
    ) -> Result<(), CatalogError> {
        let owner = self.owner;
        if facts.tags.is_empty() || writer.keeps_tags(owner, asset)? {
            return Ok(());
        }
        for path in facts.tags.iter().filter(|path| !path.is_empty()) {
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            let app = self.app;
            let tag = writer.ensure_tag(owner, &names, &mut || app.new_id(TagId::from_random))?;
            writer.tag_assets(tag, owner, &[asset])?;
        }
        Ok(())
    }

    /// Puts the faces that the file names on the asset, in the place of those it named before,
    /// unless a person has corrected them. A person is known by name, without case.
    fn people(
        &mut self,
        writer: &mut Writer<'_>,
        asset: AssetId,
        facts: &Facts,
    ) -> Result<(), CatalogError> {
        let owner = self.owner;
        if writer.keeps_faces(owner, asset)? {
            return Ok(());
        }
        let raw_size = (facts.raw_width.unwrap_or(0), facts.raw_height.unwrap_or(0));
        let mut faces = Vec::new();
        for region in facts.regions.iter().filter(|region| is_face(region.kind.as_deref())) {
            let person = Some(self.person(writer, &region.name)?);
            let pixels = region.pixel_box(facts.orientation.unwrap_or(1), raw_size);
            faces.push(Face {
                id: self.app.new_id(FaceId::from_random),
                owner,
                asset,
                person,
                region: fractions(pixels),
                source: FaceSource::Metadata,
                is_visible: true,
                is_deleted: false,
            });
        }
        writer.replace_metadata_faces(owner, asset, &faces)
    }

    fn person(&mut self, writer: &mut Writer<'_>, name: &str) -> Result<PersonId, CatalogError> {
        let owner = self.owner;
        if self.people.is_none() {
            let known = writer.people_of(owner)?.into_iter();
            let by_name = known.map(|person| (person.name.to_lowercase(), person.id));
            self.people = Some(by_name.collect());
        }
        let people = self.people.get_or_insert_default();
        if let Some(person) = people.get(&name.to_lowercase()) {
            return Ok(*person);
        }
        let id = self.app.new_id(PersonId::from_random);
        let person = Person::new(id, owner, name.to_owned(), self.app.now());
        people.insert(name.to_lowercase(), person.id);
        writer.create_person(&person)?;
        Ok(person.id)
    }
}

/// Edges as parts of the upright picture, from pixels of it.
fn fractions(pixels: PixelBox) -> [f64; 4] {
    let part = |pixel: i32, whole: u32| f64::from(pixel) / f64::from(whole.max(1));
    [
        part(pixels.x1, pixels.image_width),
        part(pixels.y1, pixels.image_height),
        part(pixels.x2, pixels.image_width),
        part(pixels.y2, pixels.image_height),
    ]
}

/// Regions of other kinds, such as focus points and bar codes, are not people.
fn is_face(kind: Option<&str>) -> bool {
    kind.is_none_or(|kind| kind.eq_ignore_ascii_case("face"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn focus_points_are_not_faces() {
        assert!(is_face(None) && is_face(Some("Face")) && is_face(Some("face")));
        assert!(!is_face(Some("Focus")) && !is_face(Some("BarCode")));
    }
}
