//! People: listed, described, made one, and shown by their faces.
//!
//! Everything here is of the viewer's own people; [`crate::access::people`] says so.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use kalends_catalog::{CatalogError, Person, Reader, Writer};
use kalends_model::{AssetId, CivilDate, CivilDateTime, PersonId};

use crate::access::NoAccess;
use crate::access::people::{PersonRight, own_people, require_people, require_person};
use crate::each::{Kept, Outcome};
use crate::library::Library;
use crate::viewer::Viewer;

/// The fewest faces by which somebody without a name is listed (contract immich §D4).
const FACES_MIN: u64 = 3;

/// Which people are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeopleAsk {
    /// Hidden ones too.
    pub with_hidden: bool,
    /// Which page, from 1.
    pub page: u64,
    /// How many on a page, at least 1.
    pub size: u64,
}

/// A page of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeoplePage {
    /// In their order.
    pub people: Vec<Person>,
    /// How many there are to list, hidden ones among them.
    pub total: u64,
    /// How many of those are hidden.
    pub hidden: u64,
    /// Whether a further page has any.
    pub has_next: bool,
}

/// What is to be said of a person. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonChange {
    /// The name.
    pub name: Option<String>,
    /// The day of birth, or that nobody knows it.
    pub birth_date: Option<Option<CivilDate>>,
    /// The colour, as `#rrggbb`, or none.
    pub color: Option<Option<String>>,
    /// Whether the person is shown before others.
    pub is_favorite: Option<bool>,
    /// Whether the person is left out of lists.
    pub is_hidden: Option<bool>,
    /// The asset whose face stands for the person.
    pub featured_asset: Option<AssetId>,
}

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonRefusal {
    /// It is not the viewer's.
    #[error(transparent)]
    Access(#[from] NoAccess),
    /// The asset to stand for the person does not show them, or is not there.
    #[error("the asset does not show the person, or it is in the trash or offline")]
    FeaturedAsset,
    /// A person was to be made one with themselves.
    #[error("a person cannot be made one with themselves")]
    Themselves,
}

impl Library {
    /// The people whose faces are in the viewer's timeline: those with a name, and those with
    /// enough faces. Shown ones come first, then favourites, named ones, those with the most
    /// faces, and so on by name and age.
    pub fn people_page(&self, viewer: &Viewer, ask: PeopleAsk) -> Result<PeoplePage, CatalogError> {
        let (people, counts) = self.read(|reader| {
            Ok((reader.people_of(viewer.user())?, reader.face_counts(viewer.user())?))
        })?;
        let faces = |person: &Person| counts.get(&person.id).copied().unwrap_or(0);
        let mut people: Vec<Person> = people
            .into_iter()
            .filter(|person| {
                let faces = faces(person);
                faces > 0 && (!person.name.is_empty() || faces >= FACES_MIN)
            })
            .collect();
        let total = people.len() as u64;
        let hidden = people.iter().filter(|person| person.is_hidden).count() as u64;
        people.retain(|person| ask.with_hidden || !person.is_hidden);
        people.sort_by_cached_key(|person| {
            (
                person.is_hidden,
                !person.is_favorite,
                person.name.is_empty(),
                Reverse(faces(person)),
                person.name.clone(),
                person.created_at,
                person.id,
            )
        });
        let skipped = ask.page.saturating_sub(1).saturating_mul(ask.size);
        let end = skipped.saturating_add(ask.size);
        let has_next = people.len() as u64 > end;
        let page = people.into_iter().skip(usize::try_from(skipped).unwrap_or(usize::MAX));
        let people = page.take(usize::try_from(ask.size).unwrap_or(usize::MAX)).collect();
        Ok(PeoplePage { people, total, hidden, has_next })
    }

    /// Whether this day has begun somewhere on earth.
    pub fn has_begun(&self, day: CivilDate) -> bool {
        const FARTHEST_EAST: i64 = 14 * 3_600 * 1_000_000;
        let now = CivilDateTime::from_micros_since_epoch(self.now() + FARTHEST_EAST);
        day.days_since_epoch() <= now.date.days_since_epoch()
    }

    /// Adds a person without faces.
    pub fn add_person(
        &self,
        viewer: &Viewer,
        change: &PersonChange,
    ) -> Result<Person, CatalogError> {
        let id = self.new_id(PersonId::from_random);
        let mut person = Person::new(id, viewer.user(), String::new(), self.now());
        change.apply(&mut person);
        person.featured_asset = None;
        self.write(|writer| writer.create_person(&person))?;
        Ok(person)
    }

    /// Changes what is known of a person.
    pub fn change_person(
        &self,
        viewer: &Viewer,
        id: PersonId,
        change: &PersonChange,
    ) -> Result<Result<Person, PersonRefusal>, CatalogError> {
        let now = self.now();
        let changed = self.write(|writer| change_person(writer, viewer, id, change, now))?;
        if changed.is_ok() {
            self.announce_picture_of(viewer, id, change);
        }
        Ok(changed)
    }

    /// Changes several people, each by itself, in one transaction.
    pub fn change_people(
        &self,
        viewer: &Viewer,
        changes: &[(PersonId, PersonChange)],
    ) -> Result<Vec<Outcome>, CatalogError> {
        let now = self.now();
        let outcomes: Vec<Outcome> = self.write(|writer| {
            let outcome = |(id, change): &(PersonId, PersonChange)| {
                Ok(match change_person(writer, viewer, *id, change, now)? {
                    Ok(_) => Ok(()),
                    Err(PersonRefusal::Access(_)) => Err(Kept::NoPermission),
                    Err(refusal) => Err(Kept::Invalid(refusal)),
                })
            };
            changes.iter().map(outcome).collect()
        })?;
        for ((id, change), outcome) in changes.iter().zip(&outcomes) {
            if outcome.is_ok() {
                self.announce_picture_of(viewer, *id, change);
            }
        }
        Ok(outcomes)
    }

    /// Who has another featured asset is shown by another picture. Only owners change people.
    fn announce_picture_of(&self, viewer: &Viewer, id: PersonId, change: &PersonChange) {
        if change.featured_asset.is_some() {
            self.announce_person_picture(viewer.user(), id);
        }
    }

    /// Forgets people. Their faces stay, nobody's.
    pub fn delete_people(
        &self,
        viewer: &Viewer,
        ids: &[PersonId],
    ) -> Result<Result<(), NoAccess>, CatalogError> {
        self.write(|writer| {
            let people = match require_people(writer, viewer, PersonRight::Delete, ids)? {
                Ok(people) => people,
                Err(refused) => return Ok(Err(refused)),
            };
            for person in people {
                keep_faces_of(writer, person.id)?;
                writer.delete_person(person.id)?;
            }
            Ok(Ok(()))
        })
    }

    /// Makes others one with a person, who takes their name and day of birth where there is none.
    /// What came of each, in the order asked.
    pub fn merge_people(
        &self,
        viewer: &Viewer,
        kept: PersonId,
        others: &[PersonId],
    ) -> Result<Result<Vec<Outcome>, PersonRefusal>, CatalogError> {
        let now = self.now();
        self.write(|writer| {
            let mut kept = match require_person(writer, viewer, PersonRight::Merge, kept)? {
                Ok(kept) => kept,
                Err(refused) => return Ok(Err(refused.into())),
            };
            if others.contains(&kept.id) {
                return Ok(Err(PersonRefusal::Themselves));
            }
            let mut own = own_people(writer, viewer, others)?;
            let mut outcomes = Vec::with_capacity(others.len());
            for id in others {
                let Some(at) = own.iter().position(|person| person.id == *id) else {
                    outcomes.push(Err(Kept::NoPermission));
                    continue;
                };
                let other = own.swap_remove(at);
                keep_faces_of(writer, other.id)?;
                writer.merge_people(kept.id, other.id)?;
                if kept.name.is_empty() {
                    kept.name = other.name;
                }
                kept.birth_date = kept.birth_date.or(other.birth_date);
                kept.featured_asset = kept.featured_asset.or(other.featured_asset);
                outcomes.push(Ok(()));
            }
            kept.updated_at = now;
            writer.update_person(&kept)?;
            Ok(Ok(outcomes))
        })
    }

    /// How many assets of the viewer's timeline show a person.
    pub fn assets_showing(
        &self,
        viewer: &Viewer,
        id: PersonId,
    ) -> Result<Result<u64, NoAccess>, CatalogError> {
        self.read(|reader| {
            Ok(match require_person(reader, viewer, PersonRight::Statistics, id)? {
                Ok(person) => Ok(reader.assets_showing(person.owner, person.id)?),
                Err(refused) => Err(refused),
            })
        })
    }
}

impl PersonChange {
    fn apply(&self, person: &mut Person) {
        if let Some(name) = &self.name {
            person.name.clone_from(name);
        }
        if let Some(birth_date) = self.birth_date {
            person.birth_date = birth_date;
        }
        if let Some(color) = &self.color {
            person.color.clone_from(color);
        }
        person.is_favorite = self.is_favorite.unwrap_or(person.is_favorite);
        person.is_hidden = self.is_hidden.unwrap_or(person.is_hidden);
        person.featured_asset = self.featured_asset.or(person.featured_asset);
    }
}

fn change_person(
    writer: &mut Writer<'_>,
    viewer: &Viewer,
    id: PersonId,
    change: &PersonChange,
    now: i64,
) -> Result<Result<Person, PersonRefusal>, CatalogError> {
    let mut person = match require_person(writer, viewer, PersonRight::Update, id)? {
        Ok(person) => person,
        Err(refused) => return Ok(Err(refused.into())),
    };
    if let Some(asset) = change.featured_asset
        && writer.shown_faces(person.owner, id, Some(asset), 1)?.is_empty()
    {
        return Ok(Err(PersonRefusal::FeaturedAsset));
    }
    change.apply(&mut person);
    person.updated_at = now;
    writer.update_person(&person)?;
    Ok(Ok(person))
}

/// What a person has said about somebody's faces must not come back from the files.
fn keep_faces_of(writer: &mut Writer<'_>, person: PersonId) -> Result<(), CatalogError> {
    let faces = writer.faces_of_person(person)?;
    for of_one_owner in faces.chunk_by(|a, b| a.owner == b.owner) {
        let assets: BTreeSet<AssetId> = of_one_owner.iter().map(|face| face.asset).collect();
        let assets: Vec<AssetId> = assets.into_iter().collect();
        writer.keep_faces(of_one_owner[0].owner, &assets)?;
    }
    Ok(())
}

/// The viewer's own person; otherwise why not.
pub fn person(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    id: PersonId,
) -> Result<Result<Person, NoAccess>, CatalogError> {
    require_person(reader, viewer, PersonRight::Read, id)
}
