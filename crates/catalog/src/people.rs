//! People, and the faces by which they are in assets.
//!
//! A face lies on the shelf of the asset's owner, whoever the person belongs to.

use diesel::prelude::*;
use kalends_model::{AssetId, ChangeKind, FaceId, PersonId, UserId};

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::{faces, people};
use crate::stored::{Key, Name, StoredId, stored_names};
use crate::users::expect_one;
use crate::writer::Writer;

/// A person whom faces belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The person.
    pub id: PersonId,
    /// In whose library the person is known.
    pub owner: UserId,
    /// The person's name; empty while nobody has said it.
    pub name: String,
    /// Left out of lists of people. The faces stay visible facts.
    pub is_hidden: bool,
    /// Microseconds since 1970.
    pub created_at: i64,
}

/// Where a face was learnt of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaceSource {
    /// A region in the file's metadata.
    Metadata,
    /// A person drew it.
    Manual,
    /// It was recognised.
    Recognised,
}

stored_names!(FaceSource { Metadata = "metadata", Manual = "manual", Recognised = "recognised" });

/// One face in one asset.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    /// The face.
    pub id: FaceId,
    /// Whose the asset is.
    pub owner: UserId,
    /// The asset that it is in.
    pub asset: AssetId,
    /// Whose face it is.
    pub person: Option<PersonId>,
    /// Left, top, right and bottom, as fractions of the upright picture's width and height.
    pub region: [f64; 4],
    /// Where it was learnt of.
    pub source: FaceSource,
    /// Whether it lies within the picture as it is now.
    pub is_visible: bool,
    /// Whether the owner has removed it.
    pub is_deleted: bool,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = people)]
#[diesel(treat_none_as_default_value = false)]
struct StoredPerson {
    owner: Key,
    id: Key,
    name: String,
    is_hidden: bool,
    created_at: i64,
}

impl From<StoredPerson> for Person {
    fn from(stored: StoredPerson) -> Self {
        Self {
            id: stored.id.as_id(),
            owner: stored.owner.as_id(),
            name: stored.name,
            is_hidden: stored.is_hidden,
            created_at: stored.created_at,
        }
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = faces, treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
struct StoredFace {
    owner: Key,
    asset: Key,
    id: Key,
    person: Option<Key>,
    x1: f64,
    y1: f64,
    x2: f64,
    y2: f64,
    source: Name<FaceSource>,
    is_visible: bool,
    is_deleted: bool,
}

impl From<StoredFace> for Face {
    fn from(stored: StoredFace) -> Self {
        Self {
            id: stored.id.as_id(),
            owner: stored.owner.as_id(),
            asset: stored.asset.as_id(),
            person: stored.person.map(Key::as_id),
            region: [stored.x1, stored.y1, stored.x2, stored.y2],
            source: stored.source.0,
            is_visible: stored.is_visible,
            is_deleted: stored.is_deleted,
        }
    }
}

impl From<&Face> for StoredFace {
    fn from(face: &Face) -> Self {
        let [x1, y1, x2, y2] = face.region;
        Self {
            owner: face.owner.key(),
            asset: face.asset.key(),
            id: face.id.key(),
            person: face.person.map(StoredId::key),
            x1,
            y1,
            x2,
            y2,
            source: Name(face.source),
            is_visible: face.is_visible,
            is_deleted: face.is_deleted,
        }
    }
}

impl Reader<'_> {
    /// The person with this id.
    pub fn person(&mut self, id: PersonId) -> Result<Option<Person>, CatalogError> {
        let stored = people::table
            .filter(people::id.eq(id.key()))
            .select(StoredPerson::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(Person::from))
    }

    /// Whose person it is.
    pub fn person_owner(&mut self, id: PersonId) -> Result<Option<UserId>, CatalogError> {
        Ok(self.person(id)?.map(|person| person.owner))
    }

    /// The owner's people, hidden ones among them, by name and id.
    pub fn people_of(&mut self, owner: UserId) -> Result<Vec<Person>, CatalogError> {
        let stored = people::table
            .filter(people::owner.eq(owner.key()))
            .order((people::name, people::id))
            .select(StoredPerson::as_select())
            .load(self.connection)?;
        Ok(stored.into_iter().map(Person::from).collect())
    }

    /// The faces in an asset, deleted and invisible ones among them, ascending by id.
    pub fn faces_of_asset(
        &mut self,
        owner: UserId,
        asset: AssetId,
    ) -> Result<Vec<Face>, CatalogError> {
        let stored = faces::table
            .filter(faces::owner.eq(owner.key()))
            .filter(faces::asset.eq(asset.key()))
            .order(faces::id)
            .select(StoredFace::as_select())
            .load(self.connection)?;
        Ok(stored.into_iter().map(Face::from).collect())
    }

    /// A person's faces, deleted and invisible ones among them, by owner, asset and id.
    pub fn faces_of_person(&mut self, person: PersonId) -> Result<Vec<Face>, CatalogError> {
        let stored = faces::table
            .filter(faces::person.eq(person.key()))
            .order((faces::owner, faces::asset, faces::id))
            .select(StoredFace::as_select())
            .load(self.connection)?;
        Ok(stored.into_iter().map(Face::from).collect())
    }

    /// The face with this id.
    pub fn face(&mut self, id: FaceId) -> Result<Option<Face>, CatalogError> {
        let stored = faces::table
            .filter(faces::id.eq(id.key()))
            .select(StoredFace::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(Face::from))
    }
}

impl Writer<'_> {
    /// Adds a person.
    pub fn create_person(&mut self, person: &Person) -> Result<(), CatalogError> {
        let stored = StoredPerson {
            owner: person.owner.key(),
            id: person.id.key(),
            name: person.name.clone(),
            is_hidden: person.is_hidden,
            created_at: person.created_at,
        };
        diesel::insert_into(people::table)
            .values(stored)
            .execute(self.connection)
            .map_err(conflict("a person with this id"))?;
        Ok(())
    }

    /// Replaces a person's name and whether the person is hidden.
    pub fn update_person(&mut self, person: &Person) -> Result<(), CatalogError> {
        let changed = diesel::update(people::table.find((person.owner.key(), person.id.key())))
            .set((people::name.eq(&person.name), people::is_hidden.eq(person.is_hidden)))
            .execute(self.connection)?;
        expect_one(changed, "person")
    }

    /// Forgets a person. The faces stay, nobody's.
    pub fn delete_person(&mut self, person: PersonId) -> Result<(), CatalogError> {
        self.give_faces(person, None)?;
        let deleted = diesel::delete(people::table.filter(people::id.eq(person.key())))
            .execute(self.connection)?;
        expect_one(deleted, "person")
    }

    /// Makes two persons one: `other` gives its faces to `kept` and is forgotten.
    pub fn merge_people(&mut self, kept: PersonId, other: PersonId) -> Result<(), CatalogError> {
        if kept == other {
            return Ok(());
        }
        self.give_faces(other, Some(kept))?;
        self.delete_person(other)
    }

    fn give_faces(&mut self, from: PersonId, to: Option<PersonId>) -> Result<(), CatalogError> {
        let given = self.faces_of_person(from)?;
        diesel::update(faces::table.filter(faces::person.eq(from.key())))
            .set(faces::person.eq(to.map(StoredId::key)))
            .execute(self.connection)
            .map_err(conflict("this face"))?;
        for of_one_owner in given.chunk_by(|a, b| a.owner == b.owner) {
            let assets = of_one_owner.iter().map(|face| face.asset);
            self.touch(of_one_owner[0].owner, ChangeKind::PeopleChanged, assets);
        }
        Ok(())
    }

    /// Adds faces.
    pub fn add_faces(&mut self, new: &[Face]) -> Result<(), CatalogError> {
        for face in new {
            diesel::insert_into(faces::table)
                .values(StoredFace::from(face))
                .execute(self.connection)
                .map_err(conflict("a face with this id"))?;
            self.touch(face.owner, ChangeKind::PeopleChanged, [face.asset]);
        }
        Ok(())
    }

    /// Replaces everything of a face but its id and its asset: whose it is, where, whether it is
    /// visible or deleted.
    pub fn update_face(&mut self, face: &Face) -> Result<(), CatalogError> {
        let key = (face.owner.key(), face.asset.key(), face.id.key());
        let changed = diesel::update(faces::table.find(key))
            .set(StoredFace::from(face))
            .execute(self.connection)
            .map_err(conflict("this face"))?;
        self.touch(face.owner, ChangeKind::PeopleChanged, [face.asset]);
        expect_one(changed, "face")
    }

    /// Replaces the faces that were learnt from the file's metadata. Faces from elsewhere stay.
    pub fn replace_metadata_faces(
        &mut self,
        owner: UserId,
        asset: AssetId,
        new: &[Face],
    ) -> Result<(), CatalogError> {
        let old = faces::table
            .filter(faces::owner.eq(owner.key()))
            .filter(faces::asset.eq(asset.key()))
            .filter(faces::source.eq(Name(FaceSource::Metadata)));
        let forgotten = diesel::delete(old).execute(self.connection)?;
        if forgotten > 0 {
            self.touch(owner, ChangeKind::PeopleChanged, [asset]);
        }
        self.add_faces(new)
    }
}
