//! Random filters: every leaf, under every connective, with values that rows have, values that
//! differ from them by the least possible, and values that nothing has.

use std::sync::Arc;

use kalends_model::filter::distance_m;
use kalends_model::{
    Bound, Circle, Filter, GeoBox, GeoPoint, Instant, Kind, Leaf, LocalTime, RatingSet,
};

use crate::ids;
use crate::rng::Rng;
use crate::scopes::arbitrary_visibilities;
use crate::world::World;

/// The name of every leaf that a filter can have, in the order of [`arbitrary_leaf`]'s choice.
pub const LEAF_NAMES: [&str; 23] = [
    "InTrash",
    "Trashed",
    "Offline",
    "Visibility",
    "Favorite",
    "Kind",
    "Album",
    "InAnyAlbum",
    "Person",
    "AnyTag",
    "Library",
    "Stacked",
    "StackChild",
    "Rating",
    "HasPlace",
    "InBox",
    "InCircle",
    "Camera",
    "Country",
    "City",
    "Undated",
    "After",
    "Before",
];

/// The leaf's name. A leaf that is new to the model does not compile here, so it cannot stay
/// untested.
pub fn leaf_name(leaf: &Leaf) -> &'static str {
    let index = match leaf {
        Leaf::InTrash => 0,
        Leaf::Trashed => 1,
        Leaf::Offline => 2,
        Leaf::Visibility(_) => 3,
        Leaf::Favorite => 4,
        Leaf::Kind(_) => 5,
        Leaf::Album(_) => 6,
        Leaf::InAnyAlbum => 7,
        Leaf::Person(_) => 8,
        Leaf::AnyTag(_) => 9,
        Leaf::Library(_) => 10,
        Leaf::Stacked => 11,
        Leaf::StackChild => 12,
        Leaf::Rating(_) => 13,
        Leaf::HasPlace => 14,
        Leaf::InBox(_) => 15,
        Leaf::InCircle(_) => 16,
        Leaf::Camera(_) => 17,
        Leaf::Country(_) => 18,
        Leaf::City(_) => 19,
        Leaf::Undated => 20,
        Leaf::After(_) => 21,
        Leaf::Before(_) => 22,
    };
    LEAF_NAMES[index]
}

/// A filter that nests at most `depth` deep (at least 1), empty connectives among them.
pub fn arbitrary_filter(rng: &mut Rng, world: &World, depth: usize) -> Filter {
    if depth <= 1 || rng.one_in(4) {
        return arbitrary_leaf(rng, world).into();
    }
    match rng.below(5) {
        0 => arbitrary_filter(rng, world, depth - 1).negated(),
        1..=2 => Filter::All(arbitrary_parts(rng, world, depth)),
        _ => Filter::Any(arbitrary_parts(rng, world, depth)),
    }
}

fn arbitrary_parts(rng: &mut Rng, world: &World, depth: usize) -> Vec<Filter> {
    let count = *rng.pick(&[0, 1, 2, 2, 2, 3]);
    (0..count).map(|_| arbitrary_filter(rng, world, depth - 1)).collect()
}

/// A leaf, each as likely.
pub fn arbitrary_leaf(rng: &mut Rng, world: &World) -> Leaf {
    match *rng.pick(&LEAF_NAMES) {
        "InTrash" => Leaf::InTrash,
        "Trashed" => Leaf::Trashed,
        "Offline" => Leaf::Offline,
        "Visibility" => Leaf::Visibility(arbitrary_visibilities(rng)),
        "Favorite" => Leaf::Favorite,
        "Kind" => Leaf::Kind(if rng.flip() { Kind::Image } else { Kind::Video }),
        "Album" => Leaf::Album(known_or(rng, &world.albums, ids::album(999))),
        "InAnyAlbum" => Leaf::InAnyAlbum,
        "Person" => Leaf::Person(known_or(rng, &world.people, ids::person(999))),
        "AnyTag" => arbitrary_tags(rng, world),
        "Library" => Leaf::Library(known_or(rng, &world.libraries, ids::library(999))),
        "Stacked" => Leaf::Stacked,
        "StackChild" => Leaf::StackChild,
        "Rating" => Leaf::Rating(arbitrary_ratings(rng)),
        "HasPlace" => Leaf::HasPlace,
        "InBox" => Leaf::InBox(arbitrary_box(rng, world)),
        "InCircle" => Leaf::InCircle(arbitrary_circle(rng, world)),
        "Camera" => Leaf::Camera(known_or(rng, &world.cameras, Arc::from("Leica"))),
        "Country" => Leaf::Country(arbitrary_place_name(rng, world)),
        "City" => Leaf::City(arbitrary_place_name(rng, world)),
        "Undated" => Leaf::Undated,
        "After" => Leaf::After(arbitrary_bound(rng, world)),
        "Before" => Leaf::Before(arbitrary_bound(rng, world)),
        other => unreachable!("{other} is in LEAF_NAMES and has no arm"),
    }
}

fn known_or<T: Clone>(rng: &mut Rng, known: &[T], unknown: T) -> T {
    if rng.one_in(10) { unknown } else { rng.pick(known).clone() }
}

/// A branch of the tree, or any list: unsorted, repeated, unknown or empty.
fn arbitrary_tags(rng: &mut Rng, world: &World) -> Leaf {
    if rng.flip() {
        return Leaf::AnyTag(world.branch_of_tag(rng.below(world.tags.len())));
    }
    let count = rng.below(4);
    Leaf::AnyTag((0..count).map(|_| known_or(rng, &world.tags, ids::tag(999))).collect())
}

fn arbitrary_ratings(rng: &mut Rng) -> RatingSet {
    const RATINGS: [Option<i8>; 8] =
        [None, Some(-1), Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)];
    let some = rng.some_of(&RATINGS, 4);
    some.into_iter().fold(RatingSet::default(), RatingSet::with)
}

/// A name of any city or country, for either leaf: one place is named like the other.
fn arbitrary_place_name(rng: &mut Rng, world: &World) -> Arc<str> {
    let place = rng.pick(&world.places);
    let name = if rng.flip() { &place.city } else { &place.country };
    name.clone().filter(|_| !rng.one_in(10)).unwrap_or_else(|| Arc::from("Atlantis"))
}

/// A bound at or beside a moment of the world, naive or aware. The instant of an aware bound
/// follows from its wall clock and an offset, as in every text a client can send.
pub fn arbitrary_bound(rng: &mut Rng, world: &World) -> Bound {
    let wall = world.arbitrary_local(rng);
    match *rng.pick(&World::OFFSETS) {
        None => Bound::Naive(wall),
        Some(_) if rng.one_in(3) => Bound::Naive(wall),
        Some(offset) if rng.flip() => Bound::Aware { instant: offset.instant_of(wall), wall },
        // The same moments, as instants.
        Some(offset) => {
            let instant = Instant::from_micros(wall.micros());
            let wall = LocalTime::from_micros(offset.local_at(instant).micros());
            Bound::Aware { instant, wall }
        }
    }
}

/// Edges that run through places, through the antimeridian and the poles; at times turned over,
/// a single point, off the earth or not a number.
fn arbitrary_box(rng: &mut Rng, world: &World) -> GeoBox {
    let (a, b) = (rng.pick(&world.places).point, rng.pick(&world.places).point);
    let (south, north) = (a.latitude.min(b.latitude), a.latitude.max(b.latitude));
    let around = GeoBox { west: a.longitude, south, east: b.longitude, north };
    match rng.below(12) {
        0..=3 => around,
        4 => GeoBox { west: a.longitude, south: a.latitude, east: a.longitude, north: a.latitude },
        5 => GeoBox { west: -180.0, south: -90.0, east: 180.0, north: 90.0 },
        6 => GeoBox { west: a.longitude.next_up(), south: south.next_up(), ..around },
        7 => GeoBox { east: b.longitude.next_down(), north: north.next_down(), ..around },
        8 => GeoBox { west: 177.0, south: -20.0, east: -178.0, north: -15.0 },
        9 => GeoBox { south: north, north: south, ..around },
        10 => GeoBox { west: -1_000.0, south: f64::NEG_INFINITY, east: 1_000.0, north: 1e300 },
        _ => GeoBox { west: f64::NAN, ..around },
    }
}

/// A circle around a place that ends exactly at another, or just short of it; at times of no
/// size, of the whole earth, negative or not a number.
fn arbitrary_circle(rng: &mut Rng, world: &World) -> Circle {
    let center = rng.pick(&world.places).point;
    let center = match rng.below(8) {
        0 => GeoPoint { latitude: 89.999, longitude: -179.999 },
        1 => GeoPoint { latitude: center.latitude * 0.999, longitude: center.longitude * 0.999 },
        _ => center,
    };
    let reach = distance_m(center, rng.pick(&world.places).point);
    let radius_m = match rng.below(10) {
        0..=3 => reach,
        4 => reach.next_down(),
        5 => *rng.pick(&[0.0, -1.0, f64::NAN, f64::INFINITY]),
        6 => 20_015_115.0,
        7 => 12.0,
        _ => 50_000.0,
    };
    Circle { center, radius_m }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names_of(filter: &Filter, names: &mut BTreeSet<&'static str>) {
        match filter {
            Filter::All(parts) | Filter::Any(parts) => {
                parts.iter().for_each(|part| names_of(part, names));
            }
            Filter::Not(part) => names_of(part, names),
            Filter::Leaf(leaf) => {
                names.insert(leaf_name(leaf));
            }
        }
    }

    #[test]
    fn every_leaf_is_drawn_and_has_its_own_name() {
        let mut rng = Rng::seeded(11);
        let world = World::new(&mut rng);
        let mut names = BTreeSet::new();
        for _ in 0..500 {
            let filter = arbitrary_filter(&mut rng, &world, 4);
            assert!(filter.depth() <= 4);
            names_of(&filter, &mut names);
        }
        assert_eq!(names, BTreeSet::from(LEAF_NAMES));
    }

    #[test]
    fn empty_connectives_are_drawn() {
        let mut rng = Rng::seeded(12);
        let world = World::new(&mut rng);
        let filters: Vec<_> = (0..500).map(|_| arbitrary_filter(&mut rng, &world, 2)).collect();
        assert!(filters.contains(&Filter::EVERYTHING));
        assert!(filters.contains(&Filter::Any(Vec::new())));
    }
}
