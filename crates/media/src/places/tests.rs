//! Well-known places, asked of the bundled data.

use super::*;

fn check(
    name: &str,
    (latitude, longitude): (f64, f64),
    zone: Option<&str>,
    country: Option<&str>,
    city: Option<&str>,
) {
    let place = Places::shared().lookup(latitude, longitude);
    assert_eq!((place.zone, place.country, place.city), (zone, country, city), "{name}");
}

macro_rules! table_of_places {
    ($($name:literal $position:tt => $zone:literal, $country:literal, $city:literal;)*) => {
        $(check($name, $position, Some($zone), Some($country), Some($city));)*
    };
}

#[test]
fn well_known_places_are_known() {
    table_of_places! {
        "Eiffel Tower" (48.8584, 2.2945) => "Europe/Paris", "France", "Paris";
        "Passy" (48.8637, 2.2769) => "Europe/Paris", "France", "Paris";
        "Versailles" (48.8049, 2.1204) => "Europe/Paris", "France", "Versailles";
        "Westminster" (51.5007, -0.1246) => "Europe/London", "United Kingdom", "London";
        "Brandenburg Gate" (52.5163, 13.3777) => "Europe/Berlin", "Germany", "Berlin";
        "Kathmandu" (27.7172, 85.324) => "Asia/Kathmandu", "Nepal", "Kathmandu";
        "Nuku Hiva" (-8.9107, -140.0997) => "Pacific/Marquesas", "French Polynesia", "Taiohae";
        "Times Square" (40.758, -73.9855) => "America/New_York", "United States of America", "New York City";
        "Tokyo Station" (35.6812, 139.7671) => "Asia/Tokyo", "Japan", "Tokyo";
        "Sydney Opera House" (-33.8568, 151.2153) => "Australia/Sydney", "Australia", "Sydney";
        "Reykjavik" (64.1466, -21.9426) => "Atlantic/Reykjavik", "Iceland", "Reykjavík";
        "Nairobi" (-1.2921, 36.8219) => "Africa/Nairobi", "Kenya", "Nairobi";
        "Sao Paulo" (-23.5505, -46.6333) => "America/Sao_Paulo", "Brazil", "São Paulo";
        "Basel station" (47.5476, 7.5896) => "Europe/Zurich", "Switzerland", "Basel";
        "Kehl" (48.5736, 7.8158) => "Europe/Berlin", "Germany", "Kehl";
        "Strasbourg" (48.5734, 7.7521) => "Europe/Paris", "France", "Strasbourg";
        "St Peter's Square" (41.9022, 12.4573) => "Europe/Vatican", "Vatican City", "Vatican City";
        "Hong Kong" (22.2819, 114.1589) => "Asia/Hong_Kong", "Hong Kong", "Hong Kong";
        "San Juan" (18.4655, -66.1057) => "America/Puerto_Rico", "Puerto Rico", "San Juan";
        "Saint-Denis" (-20.8789, 55.4481) => "Indian/Reunion", "Réunion", "Saint-Denis";
        "Mumbai" (18.922, 72.8347) => "Asia/Kolkata", "India", "Mumbai";
        "Waitangi, Chatham" (-43.9535, -176.5597) => "Pacific/Chatham", "New Zealand", "Waitangi";
        "Suva" (-18.1416, 178.4419) => "Pacific/Fiji", "Fiji", "Suva";
        "Gibraltar" (36.1447, -5.3526) => "Europe/Gibraltar", "Gibraltar", "Gibraltar";
    }
}

#[test]
fn open_sea_is_nowhere() {
    for position in [(35.0, -40.0), (0.0, 0.0), (-45.0, -120.0), (-30.0, 80.0), (-65.0, -120.0)] {
        assert_eq!(Places::shared().lookup(position.0, position.1), Place::default());
    }
}

#[test]
fn wilderness_has_a_country_and_no_city() {
    let place = Places::shared().lookup(24.5, 8.0);
    assert_eq!((place.country, place.city), (Some("Algeria"), None));
    assert_eq!(place.zone, Some("Africa/Algiers"));
}

#[test]
fn position_that_is_not_on_the_earth_is_nowhere() {
    let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 90.000_001, -91.0, 1e300];
    for latitude in bad {
        assert_eq!(Places::shared().lookup(latitude, 2.0), Place::default());
    }
    for longitude in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 180.000_001, -181.0, 1e300] {
        assert_eq!(Places::shared().lookup(48.0, longitude), Place::default());
    }
}

#[test]
fn poles_have_no_city() {
    for longitude in [-180.0, -90.0, 0.0, 45.5, 180.0] {
        assert_eq!(Places::shared().lookup(90.0, longitude).city, None);
        let south = Places::shared().lookup(-90.0, longitude);
        assert_eq!((south.country, south.city), (Some("Antarctica"), None));
    }
}

#[test]
fn both_sides_of_the_antimeridian_are_the_same_country() {
    // Taveuni and Qamea lie on either side of it in Fiji; Chukotka does so in Russia.
    for longitude in [179.99, 180.0, -180.0, -179.99] {
        assert_eq!(Places::shared().lookup(-16.8, longitude).country, Some("Fiji"));
        let chukotka = Places::shared().lookup(68.5, longitude);
        assert_eq!((chukotka.country, chukotka.zone), (Some("Russia"), Some("Asia/Anadyr")));
    }
}

#[test]
fn state_is_known_in_the_united_states_only() {
    let state = |latitude, longitude| Places::shared().lookup(latitude, longitude).state;
    assert_eq!(state(40.758, -73.9855), Some("New York"));
    assert_eq!(state(30.2672, -97.7431), Some("Texas"));
    assert_eq!(state(21.3069, -157.8583), Some("Hawaii"));
    assert_eq!(state(48.8584, 2.2945), None);
    assert_eq!(state(18.4655, -66.1057), None);
}

#[test]
fn city_is_never_in_another_state() {
    let hoboken = Places::shared().lookup(40.7440, -74.0324);
    assert_eq!((hoboken.state, hoboken.city), (Some("New Jersey"), Some("Hoboken")));
    let washington = Places::shared().lookup(38.8895, -77.0353);
    assert_eq!(washington.city, Some("Washington"));
}

#[test]
fn every_country_of_the_boundaries_has_a_name() {
    let boundaries = &Places::shared().countries;
    let mut countries = std::collections::BTreeSet::new();
    for west in (-180..180).step_by(30) {
        let (west, east) = (f64::from(west), f64::from(west) + 29.9);
        let slice = country_boundaries::BoundingBox::new(-90.0, west, 90.0, east).expect("a box");
        let areas = boundaries.intersecting_ids(slice);
        countries.extend(areas.into_iter().filter(|area| area.len() == 2));
    }
    assert!(countries.len() > 200, "{}", countries.len());
    let nameless: Vec<_> =
        countries.into_iter().filter(|code| countries::name(code).is_none()).collect();
    // Codes that are reserved for parts of countries, not countries.
    assert_eq!(nameless, ["AC", "CP", "DG", "EA", "IC", "TA"]);
}

#[test]
fn places_that_the_boundaries_draw_otherwise_follow_the_standard() {
    table_of_places! {
        "Yalta" (44.4952, 34.1663) => "Europe/Simferopol", "Ukraine", "Yalta";
        "Laayoune" (27.1418, -13.188) => "Africa/El_Aaiun", "Western Sahara", "Laayoune";
        "Santa Cruz de Tenerife" (28.4698, -16.2549) => "Atlantic/Canary", "Spain", "Santa Cruz de Tenerife";
    }
    check("McMurdo", (-77.85, 166.67), Some("Antarctica/McMurdo"), Some("Antarctica"), None);
}

#[test]
fn every_zone_of_the_boundaries_has_rules() {
    let noon = jiff::civil::date(2024, 7, 1).at(12, 0, 0, 0);
    let zones = Places::shared().zones.timezonenames();
    assert!(zones.len() > 300, "{}", zones.len());
    let unruled: Vec<_> =
        zones.into_iter().filter(|zone| offset_at(zone, noon).is_none()).collect();
    assert!(unruled.is_empty(), "{unruled:?}");
}

proptest::proptest! {
    #[test]
    fn any_pair_of_numbers_has_an_answer(latitude: f64, longitude: f64) {
        let _ = Places::shared().lookup(latitude, longitude);
    }

    #[test]
    fn any_position_has_an_answer_that_is_whole(
        latitude in -90.0..=90.0f64,
        longitude in -180.0..=180.0f64,
    ) {
        let place = Places::shared().lookup(latitude, longitude);
        proptest::prop_assert_eq!(place.country.is_some(), place.country_code.is_some());
        proptest::prop_assert!(place.country.is_some() || place.city.is_none());
        proptest::prop_assert!(place.zone.is_none_or(|zone| zone.contains('/')));
    }
}

/// Today's answers where a person would say something else. The source does not tell a part of a
/// town from a town, so a part that is large, or is filed under another division, wins near its middle.
#[test]
fn known_misses_are_these() {
    let city = |latitude, longitude| Places::shared().lookup(latitude, longitude).city;
    assert_eq!(city(35.6586, 139.7454), Some("Minato City"), "Tokyo Tower: Tokyo");
    assert_eq!(city(36.1408, -5.3536), Some("Sandpits"), "Gibraltar, the town: Gibraltar");
    assert_eq!(city(40.6782, -73.9442), Some("Brooklyn"), "Brooklyn: New York City");
    assert_eq!(city(28.13, -15.43), Some("Centro"), "Las Palmas de Gran Canaria");
    assert_eq!(city(31.2397, 121.4998), Some("Pudong"), "the Bund's far bank: Shanghai");
    assert_eq!(city(38.9706, -109.7107), None, "Thompson Springs: no town within the limit");
}
