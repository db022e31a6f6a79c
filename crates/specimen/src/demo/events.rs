//! The years: trips, feasts and ordinary days, as a table. More of them every year, and whole
//! months without any, as in most families.

use super::cameras::{
    BOBS_CAMERA, BOBS_PHONE, COMPACT, Camera, NEW_PHONE, OLD_PHONE, PHONE, REFLEX,
};
use super::places::{
    ANNECY, KATHMANDU, LISBON, LYON, NAIROBI, NEW_YORK, NUKU_HIVA, OSLO, PARIS, Place, REYKJAVIK,
    SAO_PAULO, SYDNEY, TOKYO,
};
use super::plan::{Plan, Shot};
use super::truth::Tree;
use crate::scene::Scene::{
    self, City, Flowers, Forest, Hills, Night, Peaks, Portrait, Sea, Sky, Sunset, Table,
};
use crate::wall::{WallTime, days_since_epoch};

/// Some days at one place with one camera.
struct Event {
    /// Year, month and day of the first day.
    start: (i32, u8, u8),
    days: u8,
    shots: u8,
    title: &'static str,
    place: &'static Place,
    camera: &'static Camera,
    scenes: &'static [Scene],
    /// Who may be seen: positions in [`super::PEOPLE`].
    people: &'static [usize],
    keywords: &'static [&'static str],
}

const ANNA: usize = 0;
const BEN: usize = 1;
const CLARA: usize = 2;
const HUGO: usize = 3;
const MEI: usize = 4;
const ROSA: usize = 5;
const FAMILY: &[usize] = &[ANNA, BEN, CLARA, HUGO];

#[expect(clippy::too_many_arguments, reason = "a row of a table, read by its columns")]
const fn row(
    start: (i32, u8, u8),
    days: u8,
    shots: u8,
    title: &'static str,
    place: &'static Place,
    camera: &'static Camera,
    scenes: &'static [Scene],
    people: &'static [usize],
    keywords: &'static [&'static str],
) -> Event {
    Event { start, days, shots, title, place, camera, scenes, people, keywords }
}

const FEAST: &[Scene] = &[Table, Portrait, Night, Flowers];
const WALK: &[Scene] = &[Hills, Forest, Flowers, Sky];
const COAST: &[Scene] = &[Sea, Sunset, Sky, City];
const TOWN: &[Scene] = &[City, Night, Sunset, Table];
const MOUNTAINS: &[Scene] = &[Peaks, Hills, Sunset, Forest];

const PORTUGAL: &[&str] = &["Travel/Europe/Portugal", "Holidays"];
const NEPAL: &[&str] = &["Travel/Asia/Nepal", "Mountains"];
const JAPAN: &[&str] = &["Travel/Asia/Japan"];
const USA: &[&str] = &["Travel/Americas/USA", "City"];
const BRAZIL: &[&str] = &["Travel/Americas/Brazil"];
const KENYA: &[&str] = &["Travel/Africa/Kenya", "Animals/Wild"];
const ICELAND: &[&str] = &["Travel/Europe/Iceland", "Nature/Volcano"];
const AUSTRALIA: &[&str] = &["Travel/Oceania/Australia"];
const MARQUESAS: &[&str] = &["Travel/Oceania/Marquesas", "Holidays"];
const NORWAY: &[&str] = &["Travel/Europe/Norway"];
const HOME: &[&str] = &["Home"];
const BIRTHDAY: &[&str] = &["Family/Birthday"];
const CHRISTMAS: &[&str] = &["Family/Christmas"];
const GARDEN: &[&str] = &["Home/Garden", "Nature/Flowers"];
const HIKE: &[&str] = &["Nature/Hiking"];

#[rustfmt::skip]
static ALICE: &[Event] = &[
    row((2006, 7, 14), 3, 3, "Lisbon", &LISBON, &COMPACT, COAST, &[ANNA, BEN], PORTUGAL),
    row((2007, 5, 19), 1, 2, "Wedding", &LYON, &COMPACT, FEAST, &[ANNA, BEN, ROSA], &["Family/Wedding"]),
    row((2007, 12, 24), 1, 1, "Christmas", &LYON, &COMPACT, FEAST, FAMILY, CHRISTMAS),
    row((2008, 8, 2), 6, 4, "Norway", &OSLO, &COMPACT, MOUNTAINS, &[ANNA, BEN], NORWAY),
    row((2009, 4, 11), 1, 2, "Spring", &LYON, &COMPACT, WALK, &[ANNA], GARDEN),
    row((2009, 10, 3), 2, 2, "Clara is born", &LYON, &COMPACT, &[Portrait], &[ANNA, CLARA], &["Family/Clara"]),
    row((2010, 6, 26), 1, 3, "Grandpa's birthday", &ANNECY, &COMPACT, FEAST, &[HUGO, ANNA], BIRTHDAY),
    row((2010, 8, 9), 3, 2, "Lake", &ANNECY, &COMPACT, &[Sea, Hills], FAMILY, &["Holidays", "Nature/Lake"]),
    row((2011, 2, 20), 2, 3, "Snow", &ANNECY, &REFLEX, MOUNTAINS, FAMILY, &["Sport/Ski", "Mountains"]),
    row((2011, 9, 17), 1, 3, "Autumn walk", &LYON, &REFLEX, WALK, &[CLARA, BEN], HIKE),
    row((2012, 7, 7), 8, 4, "Kenya", &NAIROBI, &REFLEX, &[Sky, Hills, Sunset], &[ANNA, BEN], KENYA),
    row((2012, 12, 25), 1, 2, "Christmas", &LYON, &REFLEX, FEAST, FAMILY, CHRISTMAS),
    row((2013, 5, 4), 2, 3, "Paris", &PARIS, &REFLEX, TOWN, &[ANNA, ROSA], &["Travel/Europe/France", "City"]),
    row((2013, 10, 3), 1, 3, "Clara is four", &LYON, &OLD_PHONE, FEAST, &[CLARA, HUGO], BIRTHDAY),
    row((2014, 4, 19), 1, 3, "Easter", &ANNECY, &OLD_PHONE, WALK, FAMILY, GARDEN),
    row((2014, 8, 10), 7, 5, "Lisbon again", &LISBON, &OLD_PHONE, COAST, FAMILY, PORTUGAL),
    row((2015, 1, 18), 1, 2, "Snowman", &LYON, &OLD_PHONE, &[Peaks, Forest], &[CLARA], HOME),
    row((2015, 6, 6), 9, 5, "São Paulo", &SAO_PAULO, &OLD_PHONE, TOWN, &[ROSA, ANNA], BRAZIL),
    row((2016, 4, 2), 1, 2, "Garden", &LYON, &OLD_PHONE, &[Flowers], &[], GARDEN),
    row((2016, 9, 24), 14, 8, "Nepal", &KATHMANDU, &OLD_PHONE, MOUNTAINS, &[ANNA, BEN, MEI], NEPAL),
    row((2017, 3, 11), 1, 3, "First concert", &LYON, &OLD_PHONE, &[Portrait, Night], &[CLARA, ANNA], &["Family/Clara", "Music"]),
    row((2017, 8, 26), 7, 6, "New York", &NEW_YORK, &OLD_PHONE, TOWN, FAMILY, USA),
    row((2018, 2, 17), 5, 3, "Ski", &ANNECY, &PHONE, MOUNTAINS, &[BEN, CLARA], &["Sport/Ski", "Mountains"]),
    row((2018, 6, 21), 1, 3, "Music in the street", &LYON, &PHONE, TOWN, &[ANNA, ROSA], &["Music", "City"]),
    row((2018, 12, 26), 6, 5, "Sydney", &SYDNEY, &PHONE, COAST, FAMILY, AUSTRALIA),
    row((2019, 5, 12), 1, 3, "Picnic", &LYON, &PHONE, WALK, FAMILY, HOME),
    row((2019, 8, 17), 8, 7, "Iceland", &REYKJAVIK, &PHONE, MOUNTAINS, &[ANNA, BEN, CLARA], ICELAND),
    row((2020, 4, 12), 2, 4, "At home", &LYON, &PHONE, &[Table, Flowers, Portrait], &[ANNA, BEN, CLARA], HOME),
    row((2020, 8, 8), 5, 5, "Lake", &ANNECY, &PHONE, &[Sea, Hills, Sunset], &[CLARA, HUGO, BEN], &["Nature/Lake", "Holidays"]),
    row((2021, 2, 6), 1, 2, "Snow in town", &LYON, &PHONE, &[City, Forest], &[CLARA], HOME),
    row((2021, 7, 10), 4, 5, "Paris in summer", &PARIS, &PHONE, TOWN, &[ANNA, MEI], &["Travel/Europe/France", "City"]),
    row((2021, 10, 3), 1, 4, "Clara is twelve", &LYON, &PHONE, FEAST, &[CLARA, ANNA, HUGO], BIRTHDAY),
    row((2022, 4, 16), 9, 8, "Tokyo", &TOKYO, &NEW_PHONE, &[City, Night, Flowers, Table], &[MEI, ANNA, BEN], JAPAN),
    row((2022, 9, 10), 1, 4, "Grandpa is eighty", &ANNECY, &NEW_PHONE, FEAST, FAMILY, BIRTHDAY),
    row((2022, 12, 25), 1, 2, "Christmas", &LYON, &NEW_PHONE, FEAST, FAMILY, CHRISTMAS),
    row((2023, 3, 25), 1, 3, "Cherry trees", &LYON, &NEW_PHONE, &[Flowers, Sky], &[ANNA], GARDEN),
    row((2023, 7, 22), 12, 9, "Marquesas", &NUKU_HIVA, &NEW_PHONE, COAST, &[ANNA, BEN, CLARA], MARQUESAS),
    row((2023, 11, 5), 1, 3, "Autumn walk", &ANNECY, &NEW_PHONE, WALK, &[BEN, CLARA], HIKE),
    row((2024, 2, 24), 6, 4, "Ski", &ANNECY, &NEW_PHONE, MOUNTAINS, FAMILY, &["Sport/Ski", "Mountains"]),
    row((2024, 5, 18), 2, 4, "Flea market", &LYON, &NEW_PHONE, &[Table, City], &[ROSA, ANNA], &["City"]),
    row((2024, 10, 12), 13, 9, "Back in Nepal", &KATHMANDU, &NEW_PHONE, MOUNTAINS, &[ANNA, MEI, BEN], NEPAL),
    row((2025, 1, 1), 1, 2, "New year", &LYON, &NEW_PHONE, &[Night, Table], FAMILY, &["Family/New year"]),
    row((2025, 4, 19), 10, 8, "Kenya again", &NAIROBI, &NEW_PHONE, &[Sky, Hills, Sunset], &[ANNA, BEN, CLARA], KENYA),
    row((2025, 8, 2), 9, 6, "Norway by train", &OSLO, &NEW_PHONE, MOUNTAINS, &[CLARA, ROSA, ANNA], NORWAY),
    row((2025, 10, 3), 1, 3, "Clara is sixteen", &LYON, &NEW_PHONE, FEAST, &[CLARA, MEI, ANNA], BIRTHDAY),
    row((2026, 2, 14), 5, 5, "Lisbon in winter", &LISBON, &NEW_PHONE, COAST, &[ANNA, BEN], PORTUGAL),
    row((2026, 5, 23), 2, 5, "Garden", &LYON, &NEW_PHONE, &[Flowers, Table], FAMILY, GARDEN),
    row((2026, 8, 1), 6, 6, "Lake", &ANNECY, &NEW_PHONE, &[Sea, Hills, Sunset], FAMILY, &["Nature/Lake", "Holidays"]),
];

#[rustfmt::skip]
static BOB: &[Event] = &[
    row((2018, 5, 26), 2, 3, "Brooklyn", &NEW_YORK, &BOBS_CAMERA, TOWN, &[], &["City/Streets"]),
    row((2019, 10, 19), 4, 4, "Upstate", &NEW_YORK, &BOBS_CAMERA, WALK, &[], &["Nature/Forest"]),
    row((2020, 6, 13), 1, 3, "Rooftop", &NEW_YORK, &BOBS_CAMERA, &[City, Sunset, Night], &[], &["City"]),
    row((2021, 9, 4), 3, 4, "Long Island", &NEW_YORK, &BOBS_CAMERA, COAST, &[], &["Nature/Sea"]),
    row((2022, 4, 20), 4, 5, "Tokyo with friends", &TOKYO, &BOBS_CAMERA, TOWN, &[ANNA, MEI], JAPAN),
    row((2023, 1, 14), 2, 4, "Snow storm", &NEW_YORK, &BOBS_PHONE, &[City, Forest, Peaks], &[], &["City", "Weather/Snow"]),
    row((2023, 6, 17), 5, 5, "São Paulo", &SAO_PAULO, &BOBS_PHONE, TOWN, &[ROSA], BRAZIL),
    row((2024, 7, 6), 8, 6, "Visiting Lyon", &LYON, &BOBS_PHONE, TOWN, &[ANNA, BEN, CLARA], &["Travel/Europe/France"]),
    row((2024, 11, 28), 1, 3, "Thanksgiving", &NEW_YORK, &BOBS_PHONE, FEAST, &[ROSA], &["Feasts"]),
    row((2025, 5, 24), 3, 5, "Street art", &NEW_YORK, &BOBS_CAMERA, &[City, Portrait], &[], &["City/Streets", "Art"]),
    row((2025, 9, 13), 5, 5, "Reykjavík", &REYKJAVIK, &BOBS_PHONE, MOUNTAINS, &[ROSA], ICELAND),
    row((2026, 3, 7), 8, 6, "Sydney", &SYDNEY, &BOBS_PHONE, COAST, &[ROSA, HUGO], AUSTRALIA),
];

/// Adds the photos of all events.
pub(super) fn add(plan: &mut Plan) {
    for (tree, events) in [(Tree::AliceFamily, ALICE), (Tree::Bob, BOB)] {
        for event in events {
            add_event(plan, tree, event);
        }
    }
}

fn add_event(plan: &mut Plan, tree: Tree, event: &Event) {
    for (number, local) in times(plan, event).into_iter().enumerate() {
        let scene = event.scenes[number % event.scenes.len()];
        let mut shot = Shot::new(tree, event.title, event.camera, event.place, local, scene);
        shot.people = people(plan, event, scene);
        shot.keywords = event.keywords.to_vec();
        if plan.random.below(10) < 3 {
            shot.rating = Some(*plan.random.pick(&[5, 4, 3, 5, 2, 4, 1]));
        }
        if plan.random.below(10) < 2 {
            shot.description = Some(description(event, scene, local));
        }
        if plan.random.below(10) < 3 {
            // Telephones turn the tag, cameras of that time turned nothing: those are upright.
            shot.orientation = if event.camera.has_gps { *plan.random.pick(&[6, 6, 8]) } else { 1 };
        }
        plan.shoot(&shot);
    }
}

/// When the shots were taken: some on each day, in order, between morning and night.
fn times(plan: &mut Plan, event: &Event) -> Vec<WallTime> {
    let (year, month, day) = event.start;
    let first = days_since_epoch(year, month, day) * 86_400_000;
    let mut times: Vec<WallTime> = (0..event.shots)
        .map(|shot| {
            let days = i64::from(u32::from(shot) * u32::from(event.days) / u32::from(event.shots));
            let of_day = i64::from(8 * 3_600_000 + plan.random.below(13 * 3_600_000));
            WallTime::from_millis_since_epoch(first + days * 86_400_000 + of_day)
        })
        .collect();
    times.sort();
    times
}

/// Nobody in landscapes mostly, somebody at feasts mostly.
fn people(plan: &mut Plan, event: &Event, scene: Scene) -> Vec<usize> {
    let chance = match scene {
        Portrait => 10,
        Table | Flowers | City => 6,
        _ => 3,
    };
    if event.people.is_empty() || plan.random.below(10) >= chance {
        return Vec::new();
    }
    let count = 1 + plan.random.below(event.people.len().min(3) as u32) as usize;
    let first = plan.random.below(event.people.len() as u32) as usize;
    let around = event.people.iter().cycle().skip(first);
    around.take(count).copied().collect()
}

fn description(event: &Event, scene: Scene, local: WallTime) -> String {
    let what = match scene {
        City => "In the streets",
        Night => "Late in the evening",
        Sea => "By the water",
        Sunset => "The last light",
        Peaks | Hills => "The view",
        Table => "Something good to eat",
        Flowers | Forest => "Out in the green",
        _ => "A moment",
    };
    format!("{what}: {} {}, {}", event.title, local.year, event.place.city)
}
