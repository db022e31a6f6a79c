//! The parameters of `GET /api/assets/counts` (contract gumnut §1.2).

use kalends_http_kit::Query;
use kalends_library::{Ask, Trash};
use kalends_model::{
    AlbumId, Direction, Filter, Kind, Leaf, LibraryId, LocalTime, PersonId, RatingSet,
};

use super::fields::{Fields, Problem};
use super::places;
use crate::wire::counts::{AlbumFilter, AssetState, GroupBy, MediaType, Order};
use crate::wire::error::HttpValidationError;

/// How many months a page holds when nothing is said.
const LIMIT_DEFAULT: i64 = 20;
/// The most months of a page.
const LIMIT_MAX: i64 = 200;
/// The most persons that can be asked for at once.
const PERSONS_MAX: usize = 200;
/// The rating of an asset that was looked at and rejected. Gumnut's ratings end at 0, so to it such
/// an asset is unrated.
const REJECTED: i8 = -1;

/// A request for counts, in domain words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Counts {
    /// What is counted.
    pub(crate) ask: Ask,
    /// In which order months come.
    pub(crate) direction: Direction,
    /// Only months that begin strictly beyond this, in that order.
    pub(crate) after: Option<LocalTime>,
    /// The most months of the page.
    pub(crate) limit: usize,
}

impl Counts {
    /// Reads the parameters, or says everything that is wrong with them, in their order.
    pub(crate) fn from_query(query: &Query) -> Result<Self, HttpValidationError> {
        let mut fields = Fields::of(query);
        let mut leaves: Vec<Filter> = Vec::new();

        let library: Option<LibraryId> = fields.id("library_id");
        fields.choice("group_by", GroupBy::ALL);
        let album: Option<AlbumId> = fields.id("album_id");
        let person: Option<PersonId> = fields.id("person_id");
        let after = fields.bound("local_datetime_after");
        let before = fields.bound("local_datetime_before");
        let state = fields.choice("state", AssetState::ALL).unwrap_or(AssetState::Live);
        let limit = fields.integer("limit", 1, LIMIT_MAX).unwrap_or(LIMIT_DEFAULT);
        let order = fields.choice("order", Order::ALL).unwrap_or(Order::Desc);
        let starting_after = fields.wall_clock("starting_after_bucket");
        let persons = persons(&mut fields, person);
        let in_album = album_filter(&mut fields);
        let ratings = ratings(&mut fields);
        let media_type = fields.choice("media_type", MediaType::ALL);
        let place = places::place(&mut fields);

        leaves.extend(after.map(|bound| Leaf::After(bound).into()));
        leaves.extend(before.map(|bound| Leaf::Before(bound).into()));
        leaves.extend(persons.into_iter().map(|person| Leaf::Person(person).into()));
        leaves.extend(in_album);
        leaves.extend(ratings.map(|ratings| Leaf::Rating(ratings).into()));
        leaves.extend(media_type.map(|media_type| Leaf::Kind(kind(media_type)).into()));
        leaves.extend(place.map(Filter::from));
        fields.finish(Self {
            ask: Ask {
                library,
                album,
                trash: trash(state),
                filter: Filter::All(leaves),
                ..Ask::default()
            },
            direction: direction(order),
            after: starting_after,
            limit: limit as usize,
        })
    }
}

/// The persons who must all be in an asset. `person_id` is the older way to name one of them.
fn persons(fields: &mut Fields<'_>, person: Option<PersonId>) -> Vec<PersonId> {
    const NAME: &str = "person_ids";
    let has_person = fields.text("person_id").is_some_and(|text| !text.is_empty());
    let items = fields.items(NAME);
    if has_person && !items.is_empty() {
        let problem = Problem::rule("person_id and person_ids exclude each other");
        fields.refuse(NAME, &items[..], problem);
    }
    let mut persons = fields.ids(NAME, PERSONS_MAX);
    persons.extend(person);
    persons
}

fn album_filter(fields: &mut Fields<'_>) -> Option<Filter> {
    const NAME: &str = "album_filter";
    let has_album = fields.text("album_id").is_some_and(|text| !text.is_empty());
    match fields.choice(NAME, AlbumFilter::ALL)? {
        AlbumFilter::All => None,
        AlbumFilter::InAlbum => Some(Leaf::InAnyAlbum.into()),
        AlbumFilter::NotInAlbum => {
            if has_album {
                let text = fields.text(NAME).unwrap_or_default();
                fields.refuse(NAME, text, Problem::rule("not_in_album excludes album_id"));
            }
            Some(Filter::from(Leaf::InAnyAlbum).negated())
        }
    }
}

fn ratings(fields: &mut Fields<'_>) -> Option<RatingSet> {
    let stars = fields.integers("ratings", 0, 5);
    let set = stars.iter().fold(RatingSet::default(), |set, stars| match stars {
        0 => set.with(None).with(Some(REJECTED)),
        _ => set.with(Some(*stars as i8)),
    });
    (!stars.is_empty()).then_some(set)
}

fn trash(state: AssetState) -> Trash {
    match state {
        AssetState::Live => Trash::Out,
        AssetState::Trashed => Trash::In,
        AssetState::All => Trash::Both,
    }
}

fn direction(order: Order) -> Direction {
    match order {
        Order::Desc => Direction::Descending,
        Order::Asc => Direction::Ascending,
    }
}

fn kind(media_type: MediaType) -> Kind {
    match media_type {
        MediaType::Image => Kind::Image,
        MediaType::Video => Kind::Video,
    }
}

#[cfg(test)]
mod tests;
