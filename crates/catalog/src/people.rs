//! People, and the faces by which they are in assets.
//!
//! A face lies on the shelf of the asset's owner, whoever the person belongs to.

use std::collections::{HashMap, HashSet};

use diesel::dsl::{count, count_star};
use diesel::prelude::*;
use kalends_model::{AssetId, ChangeKind, CivilDate, FaceId, PersonId, UserId, Visibility};

use crate::assets::Edited;
use crate::catalog::Reader;
use crate::edits::{is_edited, mark_all_edited};
use crate::error::{CatalogError, conflict};
use crate::schema::{assets, faces, libraries, people};
use crate::stored::{Key, Name, StoredId, stored_names};
use crate::users::expect_one;
use crate::writer::Writer;

/// The most ids in one statement.
const VALUES_MAX: usize = 500;

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
    /// The day of birth.
    pub birth_date: Option<CivilDate>,
    /// What the person is shown in, as `#rrggbb`.
    pub color: Option<String>,
    /// Shown before others.
    pub is_favorite: bool,
    /// The asset whose face stands for the person. It may have gone since.
    pub featured_asset: Option<AssetId>,
    /// When something of the above was last changed, in microseconds since 1970.
    pub updated_at: i64,
}

impl Person {
    /// A person as they are when they are first met.
    pub fn new(id: PersonId, owner: UserId, name: String, created_at: i64) -> Self {
        Self {
            id,
            owner,
            name,
            is_hidden: false,
            created_at,
            birth_date: None,
            color: None,
            is_favorite: false,
            featured_asset: None,
            updated_at: created_at,
        }
    }
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
    birth_day: Option<i64>,
    color: Option<String>,
    is_favorite: bool,
    featured_asset: Option<Key>,
    updated_at: i64,
}

impl From<&Person> for StoredPerson {
    fn from(person: &Person) -> Self {
        Self {
            owner: person.owner.key(),
            id: person.id.key(),
            name: person.name.clone(),
            is_hidden: person.is_hidden,
            created_at: person.created_at,
            birth_day: person.birth_date.map(CivilDate::days_since_epoch),
            color: person.color.clone(),
            is_favorite: person.is_favorite,
            featured_asset: person.featured_asset.map(StoredId::key),
            updated_at: person.updated_at,
        }
    }
}

impl From<StoredPerson> for Person {
    fn from(stored: StoredPerson) -> Self {
        Self {
            id: stored.id.as_id(),
            owner: stored.owner.as_id(),
            name: stored.name,
            is_hidden: stored.is_hidden,
            created_at: stored.created_at,
            birth_date: stored.birth_day.map(CivilDate::from_days_since_epoch),
            color: stored.color,
            is_favorite: stored.is_favorite,
            featured_asset: stored.featured_asset.map(Key::as_id),
            updated_at: stored.updated_at,
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

/// The owner's libraries in the trash, as a subquery.
#[diesel::dsl::auto_type(no_type_alias)]
fn trashed_libraries(owner: UserId) -> _ {
    let key: Key = owner.key();
    libraries::table
        .filter(libraries::owner.eq(key))
        .filter(libraries::trashed_at.is_not_null())
        .select(libraries::id)
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

    /// The people with these ids, whoever's they are, by id. Unknown ids are passed over.
    pub fn people_by_id(&mut self, ids: &[PersonId]) -> Result<Vec<Person>, CatalogError> {
        let mut found = Vec::with_capacity(ids.len());
        for part in ids.chunks(VALUES_MAX) {
            let keys: Vec<Key> = part.iter().map(|id| id.key()).collect();
            let stored = people::table
                .filter(people::id.eq_any(keys))
                .select(StoredPerson::as_select())
                .load(self.connection)?;
            found.extend(stored.into_iter().map(Person::from));
        }
        found.sort_by_key(|person: &Person| person.id);
        Ok(found)
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

    /// How many faces each person has in the owner's timeline: visible ones, in assets that are
    /// live and shown there. People without any are left out.
    pub fn face_counts(&mut self, owner: UserId) -> Result<HashMap<PersonId, u64>, CatalogError> {
        let of_faces = assets::owner.eq(faces::owner).and(assets::id.eq(faces::asset));
        let rows = faces::table
            .inner_join(assets::table.on(of_faces))
            .filter(faces::owner.eq(owner.key()))
            .filter(faces::person.is_not_null())
            .filter(faces::is_visible.eq(true))
            .filter(faces::is_deleted.eq(false))
            .filter(assets::visibility.eq(Name(Visibility::Timeline)))
            .filter(assets::trashed_at.is_null())
            .filter(assets::offline_at.is_null())
            .filter(assets::library.ne_all(trashed_libraries(owner)))
            .group_by(faces::person)
            .select((faces::person.assume_not_null(), count_star()))
            .load::<(Key, i64)>(self.connection)?;
        Ok(rows.into_iter().map(|(person, count)| (person.as_id(), count as u64)).collect())
    }

    /// How many assets of the owner's timeline show the person.
    pub fn assets_showing(&mut self, owner: UserId, person: PersonId) -> Result<u64, CatalogError> {
        let of_faces = assets::owner.eq(faces::owner).and(assets::id.eq(faces::asset));
        let count = faces::table
            .inner_join(assets::table.on(of_faces))
            .filter(faces::person.eq(person.key()))
            .filter(faces::owner.eq(owner.key()))
            .filter(faces::is_visible.eq(true))
            .filter(faces::is_deleted.eq(false))
            .filter(assets::visibility.eq(Name(Visibility::Timeline)))
            .filter(assets::trashed_at.is_null())
            .filter(assets::offline_at.is_null())
            .filter(assets::library.ne_all(trashed_libraries(owner)))
            .select(count(faces::asset).aggregate_distinct())
            .first::<i64>(self.connection)?;
        Ok(count as u64)
    }

    /// Some visible faces of the person in live assets of the owner, at most `limit`: those in
    /// `asset` alone where one is named. Locked assets show nothing.
    pub fn shown_faces(
        &mut self,
        owner: UserId,
        person: PersonId,
        asset: Option<AssetId>,
        limit: u32,
    ) -> Result<Vec<Face>, CatalogError> {
        let of_faces = assets::owner.eq(faces::owner).and(assets::id.eq(faces::asset));
        let mut query = faces::table
            .inner_join(assets::table.on(of_faces))
            .filter(faces::person.eq(person.key()))
            .filter(faces::owner.eq(owner.key()))
            .filter(faces::is_visible.eq(true))
            .filter(faces::is_deleted.eq(false))
            .filter(assets::visibility.ne(Name(Visibility::Locked)))
            .filter(assets::trashed_at.is_null())
            .filter(assets::offline_at.is_null())
            .filter(assets::library.ne_all(trashed_libraries(owner)))
            .order((faces::asset, faces::id))
            .limit(i64::from(limit))
            .select(StoredFace::as_select())
            .into_boxed();
        if let Some(asset) = asset {
            query = query.filter(faces::asset.eq(asset.key()));
        }
        let stored = query.load::<StoredFace>(self.connection)?;
        Ok(stored.into_iter().map(Face::from).collect())
    }

    /// The faces that any of `people` has in any of the owner's `assets`, by asset and id, deleted
    /// ones left out.
    pub fn faces_of_people_in(
        &mut self,
        owner: UserId,
        people: &[PersonId],
        assets: &[AssetId],
    ) -> Result<Vec<Face>, CatalogError> {
        let people: HashSet<Key> = people.iter().map(|person| person.key()).collect();
        let mut found = Vec::new();
        for part in assets.chunks(VALUES_MAX) {
            let keys: Vec<Key> = part.iter().map(|asset| asset.key()).collect();
            let stored = faces::table
                .filter(faces::owner.eq(owner.key()))
                .filter(faces::asset.eq_any(keys))
                .filter(faces::is_deleted.eq(false))
                .order((faces::asset, faces::id))
                .select(StoredFace::as_select())
                .load(self.connection)?;
            let theirs = stored
                .into_iter()
                .filter(|face: &StoredFace| face.person.is_some_and(|key| people.contains(&key)));
            found.extend(theirs.map(Face::from));
        }
        Ok(found)
    }

    /// Whether a person has chosen whose faces are in the asset.
    pub fn keeps_faces(&mut self, owner: UserId, asset: AssetId) -> Result<bool, CatalogError> {
        is_edited(self, owner, asset, Edited::Faces)
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
        diesel::insert_into(people::table)
            .values(StoredPerson::from(person))
            .execute(self.connection)
            .map_err(conflict("a person with this id"))?;
        Ok(())
    }

    /// Replaces everything of a person but the owner and when they were first met.
    pub fn update_person(&mut self, person: &Person) -> Result<(), CatalogError> {
        let stored = StoredPerson::from(person);
        let changed = diesel::update(people::table.find((stored.owner, stored.id)))
            .set((
                people::name.eq(stored.name),
                people::is_hidden.eq(stored.is_hidden),
                people::birth_day.eq(stored.birth_day),
                people::color.eq(stored.color),
                people::is_favorite.eq(stored.is_favorite),
                people::featured_asset.eq(stored.featured_asset),
                people::updated_at.eq(stored.updated_at),
            ))
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

    /// Forgets a face altogether.
    pub fn delete_face(&mut self, face: &Face) -> Result<(), CatalogError> {
        let key = (face.owner.key(), face.asset.key(), face.id.key());
        let deleted = diesel::delete(faces::table.find(key)).execute(self.connection)?;
        self.touch(face.owner, ChangeKind::PeopleChanged, [face.asset]);
        expect_one(deleted, "face")
    }

    /// Notes that a person has chosen whose faces are in these assets: their files may replace
    /// none any more. Assets that are gone are passed over.
    pub fn keep_faces(&mut self, owner: UserId, assets: &[AssetId]) -> Result<(), CatalogError> {
        mark_all_edited(self, owner, assets, Edited::Faces)
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
