//! The table written and read back, cut, damaged and contradicted.

use super::*;

fn some_towns() -> Vec<Town> {
    let town = |name: &str, country: &[u8; 2], state, latitude, longitude, population| Town {
        name: name.to_owned(),
        country: *country,
        state,
        latitude,
        longitude,
        population,
    };
    vec![
        town("São Paulo", b"BR", None, -23.5475, -46.63611, 12_400_232),
        town("Austin", b"US", Some(*b"TX"), 30.26715, -97.74306, 974_447),
        town("Alert", b"CA", None, 82.5018, -62.3481, 0),
        town("", b"AQ", None, 90.0, 180.0, 3),
        town("Suva", b"FJ", None, -18.14161, 178.44149, 77_366),
    ]
}

fn some_states() -> Vec<([u8; 2], String)> {
    vec![(*b"TX", "Texas".to_owned()), (*b"AK", "Alaska".to_owned())]
}

fn some_file() -> Vec<u8> {
    encode(&some_towns(), &some_states(), "test 1").expect("encode")
}

#[test]
fn parsed_table_holds_what_was_encoded() {
    let table = Table::parse(&some_file()).expect("parse");
    assert_eq!((table.len(), table.info().source.as_str()), (5, "test 1"));
    for town in some_towns() {
        let row = (0..table.len()).find(|&row| table.name(row) == town.name).expect("a row");
        assert!((table.latitude(row) - town.latitude).abs() <= 0.000_051, "{town:?}");
        assert!((table.longitude(row) - town.longitude).abs() <= 0.000_051, "{town:?}");
        assert_eq!(table.reach(row), reach_metres(town.population));
        let country = std::str::from_utf8(&town.country).expect("letters");
        assert!(table.country_set(&[country]).contains(table.country(row)));
        let state = table.state(row).map(|state| table.state_name(state));
        assert_eq!(state, town.state.map(|_| "Texas"));
    }
}

#[test]
fn order_of_the_towns_does_not_change_the_bytes() {
    let mut reversed = some_towns();
    reversed.reverse();
    let mut states = some_states();
    states.reverse();
    assert_eq!(encode(&reversed, &states, "test 1"), Ok(some_file()));
}

#[test]
fn table_without_towns_is_a_table() {
    let table = Table::parse(&encode(&[], &[], "").expect("encode")).expect("parse");
    assert!(table.is_empty());
}

#[test]
fn towns_that_do_not_fit_are_refused() {
    let mut town = some_towns().remove(0);
    town.latitude = f64::NAN;
    assert!(matches!(encode(&[town.clone()], &[], ""), Err(EncodeError::NotOnEarth(_))));
    town.latitude = 0.0;
    town.state = Some(*b"ZZ");
    assert!(matches!(encode(&[town.clone()], &[], ""), Err(EncodeError::UnknownState(_))));
    town.state = None;
    town.name = "x".repeat(256);
    assert!(matches!(encode(&[town], &[], ""), Err(EncodeError::NameTooLong(_))));
}

#[test]
fn other_files_and_other_versions_are_refused_by_name() {
    assert_eq!(Table::parse(b"").err(), Some(TableError::NotATable));
    assert_eq!(Table::parse(b"\x89PNG\r\n\x1a\n\0\0").err(), Some(TableError::NotATable));
    let mut file = some_file();
    file[8] = 9;
    assert_eq!(Table::parse(&file).err(), Some(TableError::Version(9)));
}

#[test]
fn every_cut_and_every_flipped_byte_is_refused_or_harmless() {
    let file = some_file();
    for length in 0..file.len() {
        assert!(Table::parse(&file[..length]).is_err(), "cut at {length}");
    }
    for position in 0..file.len() {
        for mask in [0x01, 0x80, 0xff] {
            let mut damaged = file.clone();
            damaged[position] ^= mask;
            // The source's text is not under the checksum; all else is.
            let _ = Table::parse(&damaged);
        }
    }
}

#[test]
fn body_that_contradicts_itself_is_refused() {
    let rows: Vec<Town> = some_towns();
    let rows: Vec<Row<'_>> = rows.iter().map(|town| Row::new(town).expect("row")).collect();
    let body = encode_body(&rows, &some_states()).expect("encode");
    let info = |town_count| TableInfo { version: VERSION, town_count, source: String::new() };
    for town_count in [0, 4, 6, usize::MAX] {
        assert!(Table::parse_body(&body, info(town_count)).is_err(), "{town_count}");
    }
    for position in 0..body.len() {
        for mask in [0x01, 0x80, 0xff] {
            let mut damaged = body.clone();
            damaged[position] ^= mask;
            let Ok(table) = Table::parse_body(&damaged, info(5)) else { continue };
            for row in 0..table.len() {
                let _ = (table.name(row), table.latitude(row), table.country(row));
            }
            let _ = crate::places::nearest::town(&table, 30.0, -97.0, &["US"], None);
        }
    }
}
