//! Facts of real files, compared with what ExifTool 12.57 reads from them.
//!
//! Runs where `KALENDS_CORPUS` names a folder with `media/`, `malformed/` and `exiftool.json`, and
//! prints for each field in how many files both agree. The least numbers are asserted.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::said::usable_point;
use super::super::stamp::parse_stamp;
use super::super::{Facts, FactsError, Input, NoZones, extension_of, read};

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("KALENDS_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: KALENDS_CORPUS is not set");
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn read_file(path: &Path) -> Result<Facts, FactsError> {
    let mut input = Input::reader(File::open(path)?)?;
    read(&mut input, path.file_name().unwrap().to_str().unwrap(), None, &NoZones)
}

#[test]
fn malformed_and_cut_files_never_panic() {
    let Some(corpus) = corpus() else { return };
    let (mut said, mut refused) = (0, 0);
    for path in files(&corpus.join("malformed")).iter().chain(&files(&corpus.join("media"))) {
        let bytes = fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        // As it is, as a sidecar, and under the names that change how the bytes are read.
        for name in [name, "a.jpg", "a.dng"] {
            match read(&mut Input::bytes(&bytes), name, Some(&bytes), &NoZones) {
                Ok(_) => said += 1,
                Err(_) => refused += 1,
            }
        }
    }
    println!("{said} readings gave facts, {refused} were refused");

    let mut cuts = 0;
    let mut seen = BTreeMap::new();
    for path in files(&corpus.join("media")) {
        let bytes = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let turn = seen.entry(extension_of(&name)).or_insert(0);
        *turn += 1;
        if *turn > 3 {
            continue;
        }
        let step = 1 + bytes.len().min(64 << 10) / 500;
        for cut in (0..bytes.len().min(64 << 10)).step_by(step) {
            let _ = read(&mut Input::bytes(&bytes[..cut]), &name, None, &NoZones);
            cuts += 1;
        }
    }
    println!("{cuts} cut files were read");
}

/// Agreement by field: files where ExifTool has it, and where we say the same.
#[derive(Default)]
struct Score(BTreeMap<&'static str, (usize, usize, Vec<String>)>);

impl Score {
    fn count(&mut self, field: &'static str, file: &str, ours: String, theirs: String) {
        let (all, same, misses) = self.0.entry(field).or_default();
        *all += 1;
        if ours == theirs {
            *same += 1;
        } else {
            misses.push(format!("  {file}: we say {ours}, they say {theirs}"));
        }
    }

    fn report(&self) {
        for (field, (all, same, misses)) in &self.0 {
            println!("{field}: {same} of {all}");
            for miss in misses {
                println!("{miss}");
            }
        }
    }

    fn least(&self, field: &str, least: usize) {
        let same = self.0.get(field).map_or(0, |(_, same, _)| *same);
        assert!(same >= least, "{field}: {same} agree, {least} did before");
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The first usable date in the order of contract immich §E1.
fn their_date(row: &Value) -> Option<String> {
    let tags = [
        "SubSecDateTimeOriginal",
        "SubSecCreateDate",
        "DateTimeOriginal",
        "CreationDate",
        "CreateDate",
        "MediaCreateDate",
        "GPSDateTime",
    ];
    tags.iter().find_map(|tag| {
        let stamp = parse_stamp(&text(&row[tag]))?;
        Some(format!("{:?}", stamp.local))
    })
}

fn show<T: std::fmt::Debug>(value: Option<T>) -> String {
    value.map(|value| format!("{value:?}")).unwrap_or_default()
}

/// The differences that remain:
///
/// - a Canon PowerShot A5 keeps its facts in a CIFF block, which is not read (date, make, model,
///   focal length);
/// - sensitivity, aperture and lens that only a maker's note tells (Canon, Minolta, Olympus) are
///   not read (ISO of 11 files, aperture of 1, lens of 3; a fourth lens is rubbish in the file);
/// - an orientation that only the thumbnail has is not the picture's;
/// - a TIFF whose magic number is damaged is refused;
/// - a HEIF whose sizes are tied to no item has the size of its first one, not of its thumbnail;
/// - a height of 0 is no size;
/// - Apple's own keywords count less than XMP's, which Immich's order does not name either way;
/// - a sidecar in UTF-16 that ExifTool gives up on is read.
///
/// A rating of 0 is unrated and a position of two zeros is none (contract immich §E), so these are
/// compared as such.
#[test]
fn facts_agree_with_exiftool() {
    let Some(corpus) = corpus() else { return };
    let table = fs::read(corpus.join("exiftool.json")).unwrap();
    let table: Vec<Value> = serde_json::from_slice(&table).unwrap();
    let mut score = Score::default();
    for row in &table {
        let file = text(&row["SourceFile"]);
        if file.ends_with(".xmp") {
            check_sidecar(&mut score, &corpus, &file, row);
            continue;
        }
        if row.get("FileType").is_none() {
            continue;
        }
        let facts = match read_file(&corpus.join(&file)) {
            Ok(facts) => facts,
            Err(error) => {
                score.count("read", &file, error.to_string(), text(&row["FileType"]));
                continue;
            }
        };
        score.count("read", &file, String::new(), String::new());
        check_row(&mut score, &file, row, &facts);
    }
    score.report();
    for (field, least) in LEAST {
        score.least(field, *least);
    }
}

/// How many agreed when this was written. Fewer is a step back.
const LEAST: &[(&str, usize)] = &[
    ("read", 367),
    ("date", 170),
    ("no date", 203),
    ("offset", 8),
    ("place", 46),
    ("make", 124),
    ("model", 124),
    ("orientation", 159),
    ("rotation of videos", 16),
    ("size", 350),
    ("duration", 16),
    ("rating", 20),
    ("tags", 22),
    ("description", 32),
    ("content id", 2),
    ("motion", 1),
    ("projection", 3),
];

fn check_sidecar(score: &mut Score, corpus: &Path, file: &str, row: &Value) {
    let sidecar = fs::read(corpus.join(file)).unwrap();
    // Any picture will do: what the sidecar says counts more.
    let picture = b"GIF89a\x01\0\x01\0\0\0\0";
    let facts = read(&mut Input::bytes(picture), "a.gif", Some(&sidecar), &NoZones).unwrap();
    check_facts(score, file, row, &facts);
}

fn check_row(score: &mut Score, file: &str, row: &Value, facts: &Facts) {
    check_facts(score, file, row, facts);
    let size = |width: &Value, height: &Value| {
        Some((u32::try_from(width.as_u64()?).ok()?, u32::try_from(height.as_u64()?).ok()?))
    };
    if let Some(theirs) = size(&row["ImageWidth"], &row["ImageHeight"]) {
        let ours = facts.raw_width.zip(facts.raw_height);
        score.count("size", file, show(ours), show(Some(theirs)));
    }
    if let Some(seconds) = row["Duration"].as_f64()
        && text(&row["MIMEType"]).starts_with("video/")
    {
        let theirs = (seconds * 1_000.0 + 0.001) as u64;
        score.count("duration", file, show(facts.duration_ms), show(Some(theirs)));
    }
    if let Some(turn) = row["Rotation"].as_u64()
        && text(&row["MIMEType"]).starts_with("video/")
    {
        let theirs = match turn {
            90 => 6,
            180 => 3,
            270 => 8,
            _ => 1,
        };
        score.count("rotation of videos", file, show(facts.orientation), show(Some(theirs)));
    }
    let theirs = text(&row["MediaGroupUUID"]);
    if !theirs.is_empty() {
        score.count("content id", file, facts.content_id.clone().unwrap_or_default(), theirs);
    }
    if row.get("MotionPhoto").is_some() {
        score.count("motion", file, facts.motion.is_some().to_string(), true.to_string());
    }
}

fn check_facts(score: &mut Score, file: &str, row: &Value, facts: &Facts) {
    if let Some(theirs) = their_date(row) {
        let ours = facts.capture.map(|capture| format!("{:?}", capture.local));
        score.count("date", file, ours.unwrap_or_default(), theirs);
    } else {
        score.count("no date", file, show(facts.capture.map(|c| c.source)), String::new());
    }
    let offset = ["OffsetTimeOriginal", "OffsetTime"].iter().map(|tag| text(&row[tag]));
    if let Some(theirs) =
        offset.into_iter().find_map(|text| super::super::stamp::parse_offset(&text))
    {
        let ours = facts.capture.and_then(|capture| capture.offset);
        score.count("offset", file, show(ours), show(Some(theirs)));
    }
    let place = row["GPSLatitude"].as_f64().zip(row["GPSLongitude"].as_f64());
    let place = place.and_then(|(latitude, longitude)| usable_point(latitude, longitude));
    if let Some(theirs) = place {
        let round = |degrees: f64| (degrees * 1e5).round() / 1e5;
        let ours = facts.place.map(|place| (round(place.latitude), round(place.longitude)));
        let theirs = (round(theirs.latitude), round(theirs.longitude));
        score.count("place", file, show(ours), show(Some(theirs)));
    }
    for (field, tag, ours) in [
        ("make", "Make", &facts.make),
        ("model", "Model", &facts.model),
        ("lens", "LensModel", &facts.lens),
    ] {
        let theirs = text(&row[tag]);
        if !theirs.is_empty() {
            score.count(field, file, ours.clone().unwrap_or_default(), theirs);
        }
    }
    if let Some(theirs) = row["Orientation"].as_u64().filter(|number| (1..=8).contains(number)) {
        score.count("orientation", file, show(facts.orientation), show(Some(theirs)));
    }
    if let Some(theirs) = row["Rating"].as_f64() {
        let theirs = if theirs == 0.0 { None } else { Some(theirs as i8) };
        score.count("rating", file, show(facts.rating), show(theirs));
    }
    for (field, tag, ours) in [
        ("f-number", "FNumber", facts.f_number),
        ("focal length", "FocalLength", facts.focal_length),
        ("iso", "ISO", facts.iso.map(f64::from)),
    ] {
        if let Some(theirs) = row[tag].as_f64().filter(|number| *number > 0.0) {
            let round = |number: f64| (number * 1e4).round() / 1e4;
            score.count(field, file, show(ours.map(round)), show(Some(round(theirs))));
        }
    }
    check_words(score, file, row, facts);
}

fn check_words(score: &mut Score, file: &str, row: &Value, facts: &Facts) {
    let theirs = ["ImageDescription", "Description"].iter().map(|tag| text(&row[tag]));
    if let Some(theirs) = theirs.into_iter().find(|text| !text.is_empty()) {
        score.count("description", file, facts.description.clone().unwrap_or_default(), theirs);
    }
    let list = |tag: &str| match &row[tag] {
        Value::Array(list) => list.iter().map(text).collect(),
        Value::Null => Vec::new(),
        one => vec![text(one)],
    };
    let tags = ["TagsList", "HierarchicalSubject", "Keywords", "Subject"];
    if let Some(theirs) = tags.iter().map(|tag| list(tag)).find(|list| !list.is_empty()) {
        let ours: Vec<String> = facts.tags.iter().map(|path| path.join("/")).collect();
        let theirs: Vec<String> = theirs.iter().map(|path| path.replace('|', "/")).collect();
        score.count("tags", file, ours.join(", "), theirs.join(", "));
    }
    let theirs = text(&row["ProjectionType"]).to_uppercase();
    if !theirs.is_empty() {
        score.count("projection", file, facts.projection.clone().unwrap_or_default(), theirs);
    }
}

/// How long a file takes, opened and read as the scanner does it. Only says so; run it in release.
#[test]
fn reading_is_measured() {
    let Some(corpus) = corpus() else { return };
    let paths = files(&corpus.join("media"));
    let mut times = Vec::new();
    let mut bytes_read = Vec::new();
    for round in 0..5 {
        for path in &paths {
            let start = std::time::Instant::now();
            let mut input = Input::reader(File::open(path).unwrap()).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap();
            let _ = read(&mut input, name, None, &NoZones);
            // The first round fills the page cache.
            if round > 0 {
                times.push((start.elapsed().as_micros(), path.file_name().unwrap()));
                bytes_read.push(input.bytes_read());
            }
        }
    }
    times.sort_unstable();
    bytes_read.sort_unstable();
    let at = |part: usize| times.len() * part / 100;
    println!(
        "{} files: median {} µs, p99 {} µs, most {:?}; bytes read: median {}, p99 {}",
        paths.len(),
        times[at(50)].0,
        times[at(99)].0,
        times.last().unwrap(),
        bytes_read[at(50)],
        bytes_read[at(99)],
    );
}
