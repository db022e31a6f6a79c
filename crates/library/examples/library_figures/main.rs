//! How fast a folder is scanned, and how soon a large library is ready after a start.
//!
//! `cargo run --release -p kalends-library --example library_figures -- --assets 100000`
//!
//! Some thousand small photos are scanned. Then a library of `--assets` is written through the
//! catalog, up to 200,000 of them with files on the disk, which are scanned again unchanged. A
//! fresh process (this program again) opens it, loads the shelf, asks for the counts, and says how
//! long that took and how much its memory has grown: once from the catalog and once from the shelf
//! cache. At last flags are changed through the catalog. `--data DIR` measures only the starts, of a
//! data folder that is there and that no server has open. A line for people each, and at the end
//! lines of `name<TAB>nanoseconds` (or bytes). Files are written below the folder for temporary
//! ones, and the disk's cache holds what has just been written.

mod fill;
mod photos;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kalends_library::{Ask, Library, NewUser, PictureMaker, SystemClock, SystemRandomness, Viewer};
use kalends_model::{AssetId, Direction, Grain, UserId};

use crate::fill::{Files, Random};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// With more assets than this, none has a file.
const FILES_MAX: usize = 200_000;

/// What a start in a fresh process is asked for by.
const START: &str = "--start";

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let value_of = |name: &str| {
        let value = arguments.iter().skip_while(|argument| *argument != name).nth(1);
        value.cloned()
    };
    if let Some(data) = value_of(START) {
        return measure_start(Path::new(&data));
    }
    if let Some(data) = value_of("--data") {
        let mut report = Report::default();
        measure_starts(&mut report, Path::new(&data), 0)?;
        report.print();
        return Ok(());
    }
    let assets = value_of("--assets").map_or(Ok(100_000), |count| count.parse())?;
    let photos = value_of("--photos").map_or(Ok(3_000), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let mut report = Report::default();
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;

    let library = open(&data)?;
    let new =
        NewUser { email: "figures@example.org", name: "F", password: "0123456789", is_admin: true };
    let owner = library.create_user(new)?;
    measure_scan(&mut report, &library, owner, &folder.path().join("photos"), photos)?;
    let ids = measure_fill(&mut report, &library, owner, &folder.path().join("large"), assets)?;
    if assets <= FILES_MAX {
        measure_rescan(&mut report, &library, assets + photos)?;
    }
    drop(library);

    measure_starts(&mut report, &data, assets)?;
    let library = open(&data)?;
    library.load_shelves()?;
    measure_flags(&mut report, &library, owner, &ids)?;
    report.print();
    Ok(())
}

fn open(data: &Path) -> Outcome<Library> {
    let (clock, randomness) = (Arc::new(SystemClock), Arc::new(SystemRandomness));
    Ok(Library::open(data, clock, randomness, PictureMaker::in_process())?)
}

fn measure_scan(
    report: &mut Report,
    library: &Library,
    owner: UserId,
    folder: &Path,
    photos: usize,
) -> Outcome<()> {
    let bytes = photos::write(folder, photos)?;
    let added = library.add_folder(owner, folder)?;
    let start = Instant::now();
    let scanned = library.scan_all()?;
    let whole = start.elapsed();
    let is_whole = scanned.iter().map(|scan| scan.added).sum::<u64>() == photos as u64
        && scanned.iter().all(|scan| scan.problems == 0);
    if !is_whole {
        return Err(format!("not every photo was added: {scanned:?}").into());
    }
    // The scan notes when the metadata was done; the pictures come after it.
    let noted = library.read(|reader| reader.library(added))?.and_then(|library| library.scan);
    let noted = noted.ok_or("the scan is not noted")?;
    let finished_at = noted.finished_at.ok_or("the scan has not finished")?;
    let metadata = Duration::from_micros((finished_at - noted.started_at).unsigned_abs());
    let count = photos as u32;
    let kilobytes = bytes / photos as u64 / 1_000;
    let a_second = |time: Duration| f64::from(count) / time.as_secs_f64();
    let pictures = whole.saturating_sub(metadata);
    report.time(
        &format!(
            "scan: metadata of a photo of {kilobytes} kB ({:.0} a second)",
            a_second(metadata)
        ),
        "scan_metadata",
        metadata / count,
    );
    report.time(
        &format!("scan: pictures of it ({:.0} a second)", a_second(pictures)),
        "scan_pictures",
        pictures / count,
    );
    Ok(())
}

fn measure_fill(
    report: &mut Report,
    library: &Library,
    owner: UserId,
    folder: &Path,
    assets: usize,
) -> Outcome<Vec<AssetId>> {
    let (into, files) = if assets <= FILES_MAX {
        std::fs::create_dir_all(folder)?;
        (library.add_folder(owner, folder)?, Files::Below(folder.to_owned()))
    } else {
        let libraries = library.read(|reader| reader.libraries_of(owner))?;
        let uploads = libraries.iter().find(|library| library.import().is_none());
        (uploads.ok_or("a user has uploads")?.id, Files::None)
    };
    let start = Instant::now();
    let ids = fill::fill(library, owner, into, assets, &files)?;
    let each = start.elapsed() / assets as u32;
    report.time("bulk insert of an asset with two memberships", "fill_asset", each);
    Ok(ids)
}

fn measure_rescan(report: &mut Report, library: &Library, files: usize) -> Outcome<()> {
    for round in ["first", "second"] {
        let start = Instant::now();
        let scanned = library.scan_all()?;
        let time = start.elapsed();
        let seen: u64 = scanned.iter().map(|scan| scan.seen).sum();
        let moved = scanned.iter().any(|scan| {
            scan.added + scan.changed + scan.renamed + scan.vanished + scan.problems > 0
        });
        if seen != files as u64 || moved {
            return Err(format!("the scan of unchanged files did something: {scanned:?}").into());
        }
        let what = format!("{round} re-scan of {files} unchanged files");
        report.time(&what, &format!("rescan_{round}"), time);
    }
    Ok(())
}

/// Starts from the catalog alone, then from the shelf cache, which is made in between. There are
/// `assets` in the library, or more.
fn measure_starts(report: &mut Report, data: &Path, assets: usize) -> Outcome<()> {
    let cached = data.join("shelves");
    if cached.exists() {
        std::fs::remove_dir_all(cached)?;
    }
    start_again(report, data, "the catalog", "start_from_catalog", assets)?;
    let library = open(data)?;
    library.load_shelves()?;
    let start = Instant::now();
    library.keep_shelves();
    report.time("shelf cache written to the disk", "shelf_keep", start.elapsed());
    drop(library);
    start_again(report, data, "the shelf cache", "start_from_cache", assets)
}

/// Starts this program again, as [`measure_start`], and reports what it says.
fn start_again(
    report: &mut Report,
    data: &Path,
    from: &str,
    name: &str,
    assets: usize,
) -> Outcome<()> {
    let mut times = Vec::new();
    let mut grown = 0.0;
    for _ in 0..3 {
        let program: PathBuf = std::env::current_exe()?;
        let output = Command::new(program).arg(START).arg(data).output()?;
        let text = String::from_utf8(output.stdout)?;
        let mut words = text.split_whitespace().map(str::parse::<u64>);
        let (Some(Ok(nanos)), Some(Ok(bytes)), Some(Ok(counted))) =
            (words.next(), words.next(), words.next())
        else {
            return Err(
                format!("a start failed: {}", String::from_utf8_lossy(&output.stderr)).into()
            );
        };
        if counted < assets as u64 {
            return Err(format!("only {counted} assets are there after a start").into());
        }
        times.push(Duration::from_nanos(nanos));
        grown = bytes as f64 / counted as f64;
    }
    times.sort_unstable();
    report.time(&format!("ready after a start, from {from}"), name, times[1]);
    report.bytes(
        &format!("memory: growth per asset, from {from}"),
        &format!("{name}_growth"),
        grown,
    );
    Ok(())
}

/// Opens the library, loads the shelves and answers a question. Prints nanoseconds, bytes by which
/// the process has grown, and how many assets were counted.
fn measure_start(data: &Path) -> Outcome<()> {
    let before = own_memory_bytes();
    let start = Instant::now();
    let library = open(data)?;
    library.load_shelves()?;
    let user = library.users()?.first().ok_or("there is no user")?.id;
    let question = library.question(&Viewer::Open { user }, &Ask::default())?;
    let counts = question.snapshot.counts(&question.filter, Grain::Month, Direction::Descending);
    let ready = start.elapsed();
    let counted: u64 = counts.iter().map(|count| count.count).sum();
    let grown = own_memory_bytes().saturating_sub(before);
    println!("{} {grown} {counted}", ready.as_nanos());
    Ok(())
}

fn measure_flags(
    report: &mut Report,
    library: &Library,
    owner: UserId,
    ids: &[AssetId],
) -> Outcome<()> {
    let mut random = Random(11);
    let mut times = Vec::new();
    for round in 0..1_000 {
        let asset = ids[random.below(ids.len() as u64) as usize];
        let start = Instant::now();
        library.write(|writer| writer.set_favorite(owner, &[asset], round % 2 == 0))?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    report.time("a flag changed, catalog and index (median)", "flag_change", times[500]);
    report.time("a flag changed, catalog and index (99 of 100)", "flag_change_p99", times[990]);
    Ok(())
}

/// What this process holds in memory for itself alone, on Linux; pages of files are not counted.
fn own_memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1_024
}

/// Says each figure when it is known, and all of them at the end, for other programs.
#[derive(Default)]
struct Report {
    lines: Vec<String>,
}

impl Report {
    fn time(&mut self, what: &str, name: &str, time: Duration) {
        println!("  {what:<58} {:.4} ms", time.as_secs_f64() * 1e3);
        self.lines.push(format!("library.{name}\t{}", time.as_nanos()));
    }

    fn bytes(&mut self, what: &str, name: &str, bytes: f64) {
        println!("  {what:<58} {bytes:.1} bytes");
        self.lines.push(format!("library.{name}\t{bytes:.1}"));
    }

    fn print(&self) {
        println!();
        self.lines.iter().for_each(|line| println!("{line}"));
    }
}
