//! The small world that random rows, filters and scopes are drawn from. It is small so that a
//! filter meets the rows it speaks of, and that many rows share a key, a place or a moment.

use std::sync::Arc;

use kalends_model::calendar::MICROS_PER_DAY;
use kalends_model::{
    AlbumId, GeoPoint, LibraryId, LocalTime, Month, Offset, PersonId, StackId, TagId, UserId,
};

use crate::ids;
use crate::rng::Rng;

/// A point with the names that belong to it.
#[derive(Clone, Debug)]
pub struct NamedPlace {
    /// Where.
    pub point: GeoPoint,
    /// Its city, if it lies in one.
    pub city: Option<Arc<str>>,
    /// Its country, if it lies in one.
    pub country: Option<Arc<str>>,
}

/// Everything that rows can be of, in or near to.
#[derive(Clone, Debug)]
pub struct World {
    /// Those who have assets.
    pub owners: Vec<UserId>,
    /// One who has none, but may be asked about.
    pub stranger: UserId,
    /// Libraries, of any owner.
    pub libraries: Vec<LibraryId>,
    /// Albums, ascending.
    pub albums: Vec<AlbumId>,
    /// Persons, ascending.
    pub people: Vec<PersonId>,
    /// Tags, ascending.
    pub tags: Vec<TagId>,
    /// The tag above each tag of `tags`, by its place there. Parents stand for whole branches.
    pub tag_parents: Vec<Option<usize>>,
    /// Stacks.
    pub stacks: Vec<StackId>,
    /// Cameras.
    pub cameras: Vec<Arc<str>>,
    /// Places.
    pub places: Vec<NamedPlace>,
    /// The months that most rows lie in: two neighbours and two apart.
    pub months: Vec<Month>,
    /// The moments at which most rows were taken, and at which most bounds lie.
    pub moments: Vec<LocalTime>,
}

impl World {
    /// What offsets there are: unknown, UTC, those of both contracts, and the ends of the range.
    pub const OFFSETS: [Option<Offset>; 9] = [
        None,
        Some(Offset::UTC),
        Offset::from_seconds(20_700),
        Offset::from_seconds(-34_200),
        Offset::from_seconds(50_400),
        Offset::from_seconds(-39_600),
        Offset::from_seconds(1_172),
        Offset::from_seconds(86_399),
        Offset::from_seconds(-86_399),
    ];

    /// A world with months of its own choice.
    pub fn new(rng: &mut Rng) -> Self {
        let near = Month::new(1990 + rng.below(40) as i32, 1 + rng.below(12) as u8);
        let apart = Month::new(1990 + rng.below(40) as i32, 1 + rng.below(12) as u8);
        let far = *rng.pick(&FAR_MONTHS);
        let months = vec![near, near.next(), apart, far];
        let moments = months.iter().flat_map(|month| moments_of(*month)).collect();
        Self {
            owners: (0..3).map(ids::user).collect(),
            stranger: ids::user(99),
            libraries: (0..3).map(ids::library).collect(),
            albums: ascending(6, ids::album),
            people: ascending(8, ids::person),
            tags: ascending(7, ids::tag),
            tag_parents: vec![None, Some(0), Some(0), Some(1), None, Some(4), None],
            stacks: (0..3).map(ids::stack).collect(),
            cameras: texts(&["Canon EOS R5", "Apple iPhone 15", ""]),
            places: places(),
            months,
            moments,
        }
    }

    /// A tag and all its descendants, ascending: what a caller lists to mean the tag's branch.
    pub fn branch_of_tag(&self, index: usize) -> Vec<TagId> {
        let is_below = |mut tag: usize| loop {
            match self.tag_parents[tag] {
                _ if tag == index => return true,
                Some(parent) => tag = parent,
                None => return false,
            }
        };
        (0..self.tags.len()).filter(|tag| is_below(*tag)).map(|tag| self.tags[tag]).collect()
    }

    /// A wall clock: mostly one of the world's moments or just beside it, sometimes anywhere.
    pub fn arbitrary_local(&self, rng: &mut Rng) -> LocalTime {
        let moment = *rng.pick(&self.moments);
        match rng.below(16) {
            0..=8 => moment,
            9 => LocalTime::from_micros(moment.micros().saturating_add(1)),
            10 => LocalTime::from_micros(moment.micros().saturating_sub(1)),
            11..=12 => self.within_a_month(rng),
            13 => *rng.pick(&EXTREMES),
            14 => rng.pick(&FAR_MONTHS).start(),
            _ => LocalTime::from_micros(rng.next_u64() as i64),
        }
    }

    fn within_a_month(&self, rng: &mut Rng) -> LocalTime {
        let day = rng.below(31) as i64;
        let hour = rng.below(24) as i64;
        let since_start = day * MICROS_PER_DAY + hour * 3_600_000_000;
        LocalTime::from_micros(rng.pick(&self.months).start().micros().saturating_add(since_start))
    }
}

/// Months that few calendars reach: before Christ, year 0, the last of four digits, beyond.
const FAR_MONTHS: [Month; 8] = [
    Month::new(-5_000, 3),
    Month::new(-1, 12),
    Month::new(0, 1),
    Month::new(0, 2),
    Month::new(1, 1),
    Month::new(9_999, 12),
    Month::new(12_000, 6),
    Month::new(-290_000, 1),
];

const EXTREMES: [LocalTime; 6] = [
    LocalTime::MIN,
    LocalTime::from_micros(i64::MIN + 1),
    LocalTime::from_micros(-1),
    LocalTime::from_micros(0),
    LocalTime::from_micros(i64::MAX - 1),
    LocalTime::MAX,
];

/// Both edges of the month, and a day in its middle on which much happens, also across midnight.
fn moments_of(month: Month) -> [LocalTime; 8] {
    let start = month.start().micros();
    let noon = start.saturating_add(14 * MICROS_PER_DAY + MICROS_PER_DAY / 2);
    [
        start,
        start.saturating_add(1),
        start.saturating_add(MICROS_PER_DAY),
        noon,
        noon.saturating_add(1),
        noon.saturating_add(MICROS_PER_DAY / 2 - 1),
        noon.saturating_add(MICROS_PER_DAY / 2),
        month.next().start().micros().saturating_sub(1),
    ]
    .map(LocalTime::from_micros)
}

fn ascending<T: Ord>(count: u64, id: fn(u64) -> T) -> Vec<T> {
    let mut ids: Vec<T> = (0..count).map(id).collect();
    ids.sort();
    ids
}

fn texts(names: &[&str]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(*name)).collect()
}

fn places() -> Vec<NamedPlace> {
    let table: [(f64, f64, Option<&str>, Option<&str>); 14] = [
        (48.8566, 2.3522, Some("Paris"), Some("France")),
        (48.8567, 2.3522, Some("Paris"), Some("France")),
        (33.6609, -95.5555, Some("Paris"), Some("United States")),
        (27.7172, 85.3240, Some("Kathmandu"), Some("Nepal")),
        (1.3521, 103.8198, Some("Singapore"), Some("Singapore")),
        (-17.7134, 178.0650, Some("Nadi"), Some("Fiji")),
        (-16.8, -179.9, None, Some("Fiji")),
        (-16.8, 180.0, None, Some("Fiji")),
        (-16.8, -180.0, None, None),
        (0.0, 0.0, None, None),
        (-0.0, -0.0, None, None),
        (90.0, 0.0, None, None),
        (90.0, 135.0, None, None),
        (-90.0, -180.0, Some(""), None),
    ];
    let named = |(latitude, longitude, city, country): (_, _, Option<&str>, Option<&str>)| {
        let point =
            GeoPoint::new(latitude, longitude).expect("the table holds points on the earth");
        NamedPlace { point, city: city.map(Arc::from), country: country.map(Arc::from) }
    };
    table.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_holds_the_tag_and_all_below() {
        let world = World::new(&mut Rng::seeded(1));
        let branch = |index| world.branch_of_tag(index).len();
        assert_eq!((branch(0), branch(1), branch(2), branch(4), branch(6)), (4, 2, 1, 2, 1));
    }

    #[test]
    fn every_offset_of_the_table_exists() {
        assert_eq!(World::OFFSETS.iter().filter(|offset| offset.is_none()).count(), 1);
    }
}
