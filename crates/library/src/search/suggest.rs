//! What can be searched for: places, cameras and people that the viewer's timeline shows, and towns
//! of the world by name.

use std::collections::{BTreeMap, BTreeSet};

use kalends_catalog::{CameraParts, CatalogError, Person};
use kalends_media::places::Places;
use kalends_model::{AssetId, Direction, Filter, GeoPoint, Grain, Leaf, Month, Visibility};
use kalends_timeline::RowRef;

use crate::ask::{Ask, AskError, Question};
use crate::library::Library;
use crate::text::Folded;
use crate::viewer::Viewer;

/// How many towns a search by name gives.
const TOWNS_MAX: usize = 20;
/// How many cities are worth a look, and from how many assets on.
const EXPLORED_CITIES_MAX: usize = 12;
const EXPLORED_ASSETS_MIN: u64 = 5;

/// What is to be suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suggest {
    /// Countries.
    Country,
    /// States, provinces, regions.
    State,
    /// Cities.
    City,
    /// Makers of cameras.
    Make,
    /// Models of cameras.
    Model,
    /// Lenses.
    Lens,
}

/// Within what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuggestWithin {
    /// Only of this country.
    pub country: Option<String>,
    /// Only of this state.
    pub state: Option<String>,
    /// Only of this maker.
    pub make: Option<String>,
    /// Only of this model.
    pub model: Option<String>,
    /// Only with this lens.
    pub lens: Option<String>,
}

/// A town of the world.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub point: GeoPoint,
    /// The state or region it lies in.
    pub state: Option<String>,
}

/// A city with what the timeline shows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct City {
    count: u64,
    latest: AssetId,
}

impl Library {
    /// Values that the viewer's timeline and their partners' hold, ascending.
    pub fn suggestions(
        &self,
        viewer: &Viewer,
        kind: Suggest,
        within: &SuggestWithin,
    ) -> Result<Vec<String>, AskError> {
        let question = self.question(viewer, &shown())?;
        let found = match kind {
            Suggest::Country => texts(&question, within, &|row| row.country()),
            Suggest::City if within.state.is_none() => texts(&question, within, &|row| row.city()),
            Suggest::City => self.cities_of_state(&question, within)?,
            Suggest::State => self.states_shown(&question, within)?,
            Suggest::Make => self.cameras_shown(&question, within, &|parts| parts.make)?,
            Suggest::Model => self.cameras_shown(&question, within, &|parts| parts.model)?,
            Suggest::Lens => self.cameras_shown(&question, within, &|parts| parts.lens)?,
        };
        Ok(found.into_iter().filter(|text| !text.is_empty()).collect())
    }

    /// The cities of the viewer's timeline and their partners' with the latest asset of each, by
    /// name.
    pub fn cities(&self, viewer: &Viewer) -> Result<Vec<(String, AssetId)>, AskError> {
        let cities = cities(&self.question(viewer, &shown())?).into_iter();
        Ok(cities.map(|(name, city)| (name, city.latest)).collect())
    }

    /// The cities that most of the viewer's own timeline was taken in, each with its latest asset.
    pub fn explored_cities(&self, viewer: &Viewer) -> Result<Vec<(String, AssetId)>, AskError> {
        let ask = Ask { with_partners: false, ..shown() };
        let mut found: Vec<(String, City)> =
            cities(&self.question(viewer, &ask)?).into_iter().collect();
        found.retain(|(_, city)| city.count >= EXPLORED_ASSETS_MIN);
        found.sort_by_key(|(_, city)| std::cmp::Reverse(city.count));
        found.truncate(EXPLORED_CITIES_MAX);
        Ok(found.into_iter().map(|(name, city)| (name, city.latest)).collect())
    }

    /// The viewer's people whose name holds this text.
    pub fn people_named(
        &self,
        viewer: &Viewer,
        name: &str,
        with_hidden: bool,
    ) -> Result<Vec<Person>, CatalogError> {
        let part = Folded::new(name);
        let mut people = self.read(|reader| reader.people_of(viewer.user()))?;
        people.retain(|person| {
            (with_hidden || !person.is_hidden)
                && !person.name.is_empty()
                && part.is_in(&person.name)
        });
        Ok(people)
    }

    /// Towns of the world whose name holds this text, those that are called just so first.
    pub fn towns_named(&self, name: &str) -> Vec<Place> {
        let part = Folded::new(name);
        let towns = Places::shared().towns_where(TOWNS_MAX, &|town| {
            // Most towns are told apart by this alone, which is the cheapest.
            if !part.is_in(town) {
                return None;
            }
            Some(match part.begins(town) {
                true if Folded::new(town) == part => 0,
                true => 1,
                false => 2,
            })
        });
        let place = |town: kalends_media::places::Town<'_>| {
            let point = GeoPoint::new(town.latitude, town.longitude)?;
            Some(Place { name: town.name.to_owned(), point, state: town.state.map(str::to_owned) })
        };
        towns.into_iter().filter_map(place).collect()
    }

    fn states_shown(
        &self,
        question: &Question,
        within: &SuggestWithin,
    ) -> Result<BTreeSet<String>, CatalogError> {
        self.read(|reader| {
            let owners: Vec<_> = question.snapshot.versions().map(|(owner, _)| owner).collect();
            let trashed = Self::trashed_libraries(reader, &owners)?;
            let mut found = BTreeSet::new();
            for owner in owners {
                for (state, country) in reader.states(owner)? {
                    let is_within = within.country.is_none() || within.country == country;
                    if is_within
                        && !found.contains(&state)
                        && reader.shows_state(owner, (&state, country.as_deref()), &trashed)?
                    {
                        found.insert(state);
                    }
                }
            }
            Ok(found)
        })
    }

    /// The cities of one state, which the timeline does not know: of what it shows, those in a set.
    fn cities_of_state(
        &self,
        question: &Question,
        within: &SuggestWithin,
    ) -> Result<BTreeSet<String>, CatalogError> {
        let mut in_state = std::collections::HashSet::new();
        self.read(|reader| {
            for (owner, _) in question.snapshot.versions() {
                in_state.extend(reader.assets_in_state(owner, within.state.as_deref())?);
            }
            Ok(())
        })?;
        let city = |row: RowRef<'_>| -> Option<String> {
            row.city().filter(|_| in_state.contains(&row.id())).map(str::to_owned)
        };
        let mut found = BTreeSet::new();
        each_row(question, &mut |row| {
            if is_of_country(row, within) {
                found.extend(city(row));
            }
        });
        Ok(found)
    }

    fn cameras_shown(
        &self,
        question: &Question,
        within: &SuggestWithin,
        part: &dyn Fn(CameraParts) -> Option<String>,
    ) -> Result<BTreeSet<String>, CatalogError> {
        let is =
            |wanted: &Option<String>, known: &Option<String>| wanted.is_none() || wanted == known;
        self.read(|reader| {
            let owners: Vec<_> = question.snapshot.versions().map(|(owner, _)| owner).collect();
            let trashed = Self::trashed_libraries(reader, &owners)?;
            let mut found = BTreeSet::new();
            for owner in owners {
                for camera in reader.cameras(owner)? {
                    let is_within = is(&within.make, &camera.make)
                        && is(&within.model, &camera.model)
                        && is(&within.lens, &camera.lens);
                    let Some(value) = part(camera.clone()).filter(|_| is_within) else { continue };
                    if !found.contains(&value) && reader.shows_camera(owner, &camera, &trashed)? {
                        found.insert(value);
                    }
                }
            }
            Ok(found)
        })
    }
}

/// What is live in the timelines of the viewer and their partners.
fn shown() -> Ask {
    Ask { with_partners: true, visibility: Some(Visibility::Timeline), ..Ask::default() }
}

/// Hands over every row, the newest months first.
pub(crate) fn each_row(question: &Question, each: &mut dyn FnMut(RowRef<'_>)) {
    let counts = question.snapshot.counts(&question.filter, Grain::Month, Direction::Descending);
    for count in counts {
        let month = Month::new(count.bucket.0.year, count.bucket.0.month);
        let rows = question.snapshot.bucket(month, &question.filter, Direction::Descending);
        rows.iter().for_each(&mut *each);
    }
}

fn is_of_country(row: RowRef<'_>, within: &SuggestWithin) -> bool {
    within.country.is_none() || within.country.as_deref() == row.country()
}

fn texts(
    question: &Question,
    within: &SuggestWithin,
    of: &dyn for<'r> Fn(RowRef<'r>) -> Option<&'r str>,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // Neighbours often agree.
    let mut last = String::new();
    each_row(question, &mut |row| {
        let Some(text) = of(row).filter(|text| *text != last) else { return };
        if is_of_country(row, within) {
            text.clone_into(&mut last);
            if !found.contains(text) {
                found.insert(text.to_owned());
            }
        }
    });
    found
}

fn cities(question: &Question) -> BTreeMap<String, City> {
    let placed = Question {
        snapshot: question.snapshot.clone(),
        filter: Filter::All(vec![question.filter.clone(), Leaf::HasPlace.into()]),
    };
    let mut found: BTreeMap<String, City> = BTreeMap::new();
    each_row(&placed, &mut |row| {
        let Some(name) = row.city() else { return };
        match found.get_mut(name) {
            Some(city) => city.count += 1,
            None => {
                found.insert(name.to_owned(), City { count: 1, latest: row.id() });
            }
        }
    });
    found
}
