//! Measures the index against the figures that it promises.
//!
//! `cargo run --release -p kalends-timeline --example timeline_figures -- --assets 1000000`
//!
//! The library measured: one owner, 240 months of uneven size, 90 % of assets with a thumbhash of
//! 21 to 25 bytes, two postings an asset among 3,000 persons, 2,000 tags and 500 albums (one person
//! in 8.5 % of the assets, one album of 20,000), 60 % with a place in one of 2,000 cities. It is the
//! same on every run. Each time is what the thread took of the processor, the median of many; the human table is followed by lines of
//! `name<TAB>nanoseconds` (or bytes) for other programs.

mod library;

use std::hint::black_box;
use std::time::{Duration, Instant};

use kalends_model::{
    AssetRow, Bound, Direction, Filter, GeoBox, Grain, Leaf, LocalTime, Month, OwnerScope, RowMask,
    Scope, ShelfBatch, UserId, Version, VisibilitySet,
};
use kalends_model::{Circle, FactMask, GeoPoint};
use kalends_timeline::{Rows, Shelf, ShelfBuilder, Snapshot};

use library::{Library, Random, album, library_id, person, tag};

fn main() {
    let assets = assets_argument();
    let mut report = Report::default();
    let before = resident_bytes();
    let start = processor_time();
    let library = Library::new(assets);
    let mut builder = ShelfBuilder::new(library.owner());
    library.rows().for_each(|row| builder.push(row));
    let shelf = builder.finish(Version(1));
    report.time(
        "load: rows made, pushed and sorted",
        "load_builder",
        processor_time().saturating_sub(start),
    );
    let per_asset = |bytes: usize| bytes as f64 / assets as f64;
    let growth = resident_bytes().saturating_sub(before);
    report.bytes("memory: growth after load, per asset", "memory_growth", per_asset(growth));
    let held = per_asset(shelf.memory_bytes());
    report.bytes("memory: what the columns hold, per asset", "memory_held", held);

    measure_counts(&mut report, &library, &shelf);
    measure_buckets(&mut report, &library, &shelf);
    measure_changes(&mut report, &shelf);
    measure_cache(&mut report, &shelf);
    report.print(assets);
}

fn assets_argument() -> usize {
    let mut arguments = std::env::args().skip(1);
    let mut assets = 1_000_000;
    while let Some(argument) = arguments.next() {
        let value = arguments.next().and_then(|value| value.replace('_', "").parse().ok());
        match (argument.as_str(), value) {
            ("--assets", Some(value)) if value >= 10_000 => assets = value,
            _ => {
                eprintln!("usage: figures [--assets N]   (N at least 10000)");
                std::process::exit(2);
            }
        }
    }
    assets
}

fn own_scope(owner: UserId) -> OwnerScope {
    OwnerScope { owner, rows: RowMask::EVERYTHING, hidden: FactMask::NOTHING }
}

fn snapshot(shelves: &[&Shelf]) -> Snapshot {
    let scope = Scope::new(shelves.iter().map(|shelf| own_scope(shelf.owner())).collect());
    Snapshot::new(&scope, shelves.iter().map(|shelf| (*shelf).clone()))
}

/// What both dialects ask by default, and more.
fn shown(more: impl IntoIterator<Item = Filter>) -> Filter {
    let mut parts = vec![
        Leaf::Visibility(VisibilitySet::DEFAULT).into(),
        Filter::from(Leaf::InTrash).negated(),
    ];
    parts.extend(more);
    Filter::All(parts)
}

fn measure_counts(report: &mut Report, library: &Library, shelf: &Shelf) {
    let snapshot = snapshot(&[shelf]);
    let europe = GeoBox { west: -10.0, south: 36.0, east: 30.0, north: 60.0 };
    let city = library.busiest_city();
    let around = GeoBox {
        west: city.longitude - 0.5,
        south: city.latitude - 0.5,
        east: city.longitude + 0.5,
        north: city.latitude + 0.5,
    };
    let year = |year: i32| {
        LocalTime::from_civil(kalends_model::CivilDateTime {
            date: kalends_model::CivilDate { year, month: 1, day: 1 },
            time: kalends_model::CivilTime::default(),
        })
    };
    let three = Filter::All(vec![
        Leaf::Person(person(0)).into(),
        Leaf::Person(person(1)).into(),
        Filter::from(Leaf::AnyTag(vec![tag(0)])).negated(),
        Leaf::After(Bound::Naive(year(2012))).into(),
        Leaf::Before(Bound::Naive(year(2016))).into(),
    ]);
    let questions: Vec<(&str, &str, Filter)> = vec![
        ("no filter", "none", shown([])),
        ("favourite", "favorite", shown([Leaf::Favorite.into()])),
        ("album of 20,000", "album_20k", shown([Leaf::Album(album(0)).into()])),
        ("person in 8.5 %", "person_85k", shown([Leaf::Person(person(0)).into()])),
        ("a rare person", "person_rare", shown([Leaf::Person(person(2_900)).into()])),
        ("tag in 5 %", "tag", shown([Leaf::AnyTag(vec![tag(0)]).into()])),
        (
            "tag with 50 descendants",
            "tag_tree",
            shown([Leaf::AnyTag((50..100).map(tag).collect()).into()]),
        ),
        ("box of a city", "bbox_city", shown([Leaf::InBox(around).into()])),
        ("box of Europe", "bbox_europe", shown([Leaf::InBox(europe).into()])),
        (
            "circle of 30 km",
            "circle",
            shown([
                Leaf::InCircle(Circle { center: GeoPoint { ..city }, radius_m: 30_000.0 }).into()
            ]),
        ),
        ("camera", "camera", shown([Leaf::Camera("Camera 3".into()).into()])),
        ("library", "library", shown([Leaf::Library(library_id(1)).into()])),
        ("person, person, not tag, four years", "combined", shown([three])),
    ];
    for (what, name, filter) in questions {
        let count = snapshot.total(&filter);
        let time = median(|| snapshot.counts(&filter, Grain::Month, Direction::Descending));
        report.time(&format!("counts, {what} ({count})"), &format!("counts_{name}"), time);
    }
    let by_day = median(|| snapshot.counts(&shown([]), Grain::Day, Direction::Descending));
    report.time("counts by day, no filter", "counts_day", by_day);
    let page = median(|| {
        snapshot.counts_page(
            &shown([Leaf::Favorite.into()]),
            Grain::Month,
            Direction::Descending,
            None,
            20,
        )
    });
    report.time("counts, favourite, first 20 months", "counts_page", page);
    report.time("fingerprint of everything", "fingerprint", median(|| snapshot.fingerprint()));
}

fn measure_buckets(report: &mut Report, library: &Library, shelf: &Shelf) {
    let own = snapshot(&[shelf]);
    let month = library.month_of_5000();
    let list = |month| own.bucket(month, &shown([]), Direction::Descending);
    let rows = list(month);
    let what = format!("a bucket, listed ({} rows)", rows.len());
    report.time(&what, "bucket_5000_rows", median(|| list(month)));
    let what = format!("a bucket, 16 columns read ({} rows)", rows.len());
    report.time(&what, "bucket_5000_columns", median(|| read_columns(&rows)));

    let busy = Month::new(2030, 6);
    let of_owner = |owner: u64| {
        let mut builder = ShelfBuilder::new(library::user(owner));
        let mut random = Random::new(owner);
        let rows = (0..10_000).map(|n| library.row_in(busy, owner, n, &mut random));
        rows.for_each(|row| builder.push(row));
        builder.finish(Version(1))
    };
    let two = snapshot(&[&of_owner(7), &of_owner(8)]);
    let merge = || two.bucket(busy, &Filter::EVERYTHING, Direction::Descending);
    let what = format!("a bucket of two owners, merged ({} rows)", merge().len());
    report.time(&what, "bucket_20000_two_owners", median(merge));
}

/// Reads what a bucket's answer shows, a column at a time.
fn read_columns(rows: &Rows) -> u64 {
    let mut sum = 0_u64;
    let mut add = |value: u64| sum = sum.wrapping_add(value);
    rows.iter().for_each(|row| add(u64::from(row.id().bytes()[15])));
    rows.iter().for_each(|row| add(u64::from(row.owner().bytes()[15])));
    rows.iter().for_each(|row| add(row.local().micros() as u64));
    rows.iter().for_each(|row| add(row.instant().micros() as u64));
    rows.iter().for_each(|row| add(u64::from(row.is_favorite())));
    rows.iter().for_each(|row| add(u64::from(row.is_trashed())));
    rows.iter().for_each(|row| add(row.visibility() as u64));
    rows.iter().for_each(|row| add(row.kind() as u64));
    rows.iter().for_each(|row| add(u64::from(row.width()) << 32 | u64::from(row.height())));
    rows.iter().for_each(|row| add(row.duration_ms().unwrap_or(0)));
    rows.iter().for_each(|row| add(row.thumbhash().map_or(0, |hash| u64::from(hash[0]))));
    rows.iter().for_each(|row| add(row.live_video().map_or(0, |id| u64::from(id.bytes()[0]))));
    rows.iter().for_each(|row| add(row.projection().map_or(0, str::len) as u64));
    rows.iter().for_each(|row| add(row.city().map_or(0, str::len) as u64));
    rows.iter().for_each(|row| add(row.country().map_or(0, str::len) as u64));
    rows.iter().for_each(|row| add(row.stack().map_or(0, |stack| u64::from(stack.timeline_count))));
    sum
}

fn measure_changes(report: &mut Report, shelf: &Shelf) {
    let every = (shelf.len() / 200).max(1);
    let rows: Vec<AssetRow> = shelf.rows().step_by(every).collect();
    let batch = |from: Version, upserts| ShelfBatch {
        owner: shelf.owner(),
        from,
        to: Version(from.0 + 1),
        upserts,
        removals: Vec::new(),
    };
    let mut times = Vec::new();
    let mut current = shelf.clone();
    for row in &rows {
        let changed =
            AssetRow { is_favorite: !row.is_favorite, row_version: u64::MAX, ..row.clone() };
        let batch = batch(current.version(), vec![changed]);
        let start = processor_time();
        current = current.apply(batch).expect("versions follow each other");
        times.push(processor_time().saturating_sub(start));
    }
    report.time("a flag of one asset changed", "change_flag", middle(times));
    let moved = rows.iter().take(50).map(|row| {
        let mut row = row.clone();
        row.capture.local =
            LocalTime::from_micros(row.capture.local.micros() + 40 * 86_400_000_000);
        let batch = batch(shelf.version(), vec![row]);
        let start = processor_time();
        black_box(shelf.apply(batch).expect("the version is the shelf's"));
        processor_time().saturating_sub(start)
    });
    report.time("one asset moved to another month", "change_move", middle(moved.collect()));
    let mut random = Random::new(99);
    let fresh: Vec<AssetRow> = (0..1_000)
        .map(|n| AssetRow { id: library::asset(1 << 40 | n, &mut random), ..rows[100].clone() })
        .collect();
    let insert = median_with(|| batch(shelf.version(), fresh.clone()), |batch| shelf.apply(batch));
    report.time("1,000 assets inserted into one month", "change_insert_1000", insert);
    let tagged: Vec<AssetRow> = shelf
        .rows()
        .step_by((shelf.len() / 1_000).max(1))
        .map(|row| AssetRow { is_favorite: !row.is_favorite, ..row })
        .collect();
    let spread = median_with(|| batch(shelf.version(), tagged.clone()), |batch| shelf.apply(batch));
    report.time("a flag of 1,000 assets of all months", "change_flag_1000", spread);
}

fn measure_cache(report: &mut Report, shelf: &Shelf) {
    let start = processor_time();
    let bytes = shelf.to_bytes();
    report.time(
        "shelf cache: written to memory",
        "cache_write",
        processor_time().saturating_sub(start),
    );
    let per_asset = bytes.len() as f64 / shelf.len() as f64;
    report.bytes("shelf cache: size, per asset", "cache_size", per_asset);
    let times = (0..3).map(|_| {
        let start = processor_time();
        black_box(Shelf::from_bytes(&bytes)).expect("the bytes are a shelf's");
        processor_time().saturating_sub(start)
    });
    report.time("shelf cache: read from memory", "cache_read", middle(times.collect()));
}

/// The median of many runs of `work`.
fn median<T>(work: impl Fn() -> T) -> Times {
    median_with(|| (), |()| work())
}

/// The same, with input made outside the measured time.
fn median_with<I, T>(input: impl Fn() -> I, work: impl Fn(I) -> T) -> Times {
    let begin = Instant::now();
    let mut times = Vec::new();
    while times.len() < 25 || (begin.elapsed() < Duration::from_millis(300) && times.len() < 2_000)
    {
        let input = input();
        let start = processor_time();
        let output = black_box(work(black_box(input)));
        times.push(processor_time().saturating_sub(start));
        drop(output);
    }
    middle(times)
}

/// What this thread has taken of the processor. A clock on the wall would count, on a busy machine,
/// the turns of others as well.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn middle(mut times: Vec<Duration>) -> Times {
    times.sort_unstable();
    Times { median: times[times.len() / 2], least: times[0] }
}

/// How long something took, over many runs. On a machine that is busy with other things the least
/// says more of the code than the median does.
struct Times {
    median: Duration,
    least: Duration,
}

impl From<Duration> for Times {
    fn from(once: Duration) -> Self {
        Self { median: once, least: once }
    }
}

/// What the process holds in memory.
fn resident_bytes() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or(0) * 4_096
}

#[derive(Default)]
struct Report {
    table: Vec<(String, String)>,
    lines: Vec<String>,
}

impl Report {
    fn time(&mut self, what: &str, name: &str, times: impl Into<Times>) {
        let Times { median, least } = times.into();
        let [median_ms, least_ms] = [median, least].map(|time| time.as_secs_f64() * 1e3);
        let value = format!("{median_ms:.4} ms (least {least_ms:.4})");
        self.table.push((what.to_owned(), value));
        self.lines.push(format!("{name}\t{}", median.as_nanos()));
    }

    fn bytes(&mut self, what: &str, name: &str, bytes: f64) {
        self.table.push((what.to_owned(), format!("{bytes:.1} bytes")));
        self.lines.push(format!("{name}\t{bytes:.1}"));
    }

    fn print(&self, assets: usize) {
        println!("timeline index, {assets} assets, one thread");
        for (what, value) in &self.table {
            println!("  {what:<52} {value}");
        }
        println!();
        self.lines.iter().for_each(|line| println!("{line}"));
    }
}
