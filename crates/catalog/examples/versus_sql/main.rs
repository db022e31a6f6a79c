//! Compares the index with the plain alternative: the same questions in SQL on the same rows.
//!
//! `cargo run --release -p kalends-catalog --example versus_sql -- --assets 1000000`
//!
//! The rows are those that the timeline's own figures are measured on. Each question is answered by
//! the index and by SQLite, the answers are compared, and both are timed, in one thread, one after
//! the other, by what they take of the processor. SQL answers it twice: with indexes (where there are several ways, the fastest), and
//! with a summary table, where one can hold the answer. `--plans` shows how SQLite goes about each
//! statement, and how long each takes. The table is followed by lines of
//! `name<TAB>nanoseconds`. What SQLite is given stands in `sql`, and in docs/benchmarks.md.

#[path = "../../../timeline/examples/timeline_figures/library.rs"]
mod library;
mod report;
mod sql;

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use kalends_model::{
    Bound, CivilDate, CivilDateTime, CivilTime, Direction, FactMask, Filter, GeoBox, Grain, Leaf,
    LocalTime, OwnerScope, RowMask, Scope, Version, VisibilitySet,
};
use kalends_timeline::{Rows, Shelf, ShelfBuilder, Snapshot};

use crate::library::{Library, album, person, tag};
use crate::report::{Line, Report};
use crate::sql::{ALBUM, Alternative, PERSON, TAG};

/// One question about counts, in both languages.
struct Question {
    what: &'static str,
    name: &'static str,
    filter: Filter,
    /// Ways to ask it with indexes.
    indexed: Vec<String>,
    /// With the summary table.
    summary: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let assets = std::env::args().skip_while(|argument| argument != "--assets").nth(1);
    let assets: usize = assets.map_or(Ok(1_000_000), |count| count.parse())?;
    let shows_plans = std::env::args().any(|argument| argument == "--plans");
    let library = Library::new(assets);
    let start = Instant::now();
    let snapshot = snapshot(shelf(&library));
    println!("# index filled in {:.1} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let mut alternative = Alternative::new(&library)?;
    println!("# SQLite filled and indexed in {:.1} s", start.elapsed().as_secs_f64());

    // 0.02 ms for the plain counts at any size; 0.2 ms a million assets for the rest.
    let guide_of = |name: &str| match name {
        "none" => Duration::from_micros(20),
        _ => Duration::from_micros(200).mul_f64((assets as f64 / 1e6).max(1.0)),
    };
    let mut report = Report::default();
    for question in questions(&library) {
        let guide = Some(guide_of(question.name));
        report.add(measure_counts(&snapshot, &mut alternative, &question, guide, shows_plans)?);
    }
    report.add(measure_bucket(&snapshot, &mut alternative, &library)?);
    report.print(assets);
    Ok(())
}

fn shelf(library: &Library) -> Shelf {
    let mut builder = ShelfBuilder::new(library.owner());
    library.rows().for_each(|row| builder.push(row));
    builder.finish(Version(1))
}

fn snapshot(shelf: Shelf) -> Snapshot {
    let owner = shelf.owner();
    let scope = OwnerScope { owner, rows: RowMask::EVERYTHING, hidden: FactMask::NOTHING };
    Snapshot::new(&Scope::new(vec![scope]), [shelf])
}

/// What both dialects ask by default, and more.
fn shown(more: impl IntoIterator<Item = Leaf>) -> Filter {
    let mut parts = vec![
        Leaf::Visibility(VisibilitySet::DEFAULT).into(),
        Filter::from(Leaf::InTrash).negated(),
    ];
    parts.extend(more.into_iter().map(Filter::from));
    Filter::All(parts)
}

fn questions(library: &Library) -> Vec<Question> {
    let of_key = |what, name, leaf, kind| Question {
        what,
        name,
        filter: shown([leaf]),
        indexed: vec![sql::counts_of_key(kind, 0)],
        summary: Some(sql::counts_of_summary(kind, 0)),
    };
    let city = library.busiest_city();
    let city = GeoBox {
        west: city.longitude - 0.5,
        south: city.latitude - 0.5,
        east: city.longitude + 0.5,
        north: city.latitude + 0.5,
    };
    let europe = GeoBox { west: -10.0, south: 36.0, east: 30.0, north: 60.0 };
    vec![
        Question {
            what: "counts, no filter",
            name: "none",
            filter: shown([]),
            indexed: vec![sql::counts_where(""), sql::counts_by_visibility("asset_timeline", "")],
            summary: Some(sql::counts_of_summary(0, 0)),
        },
        Question {
            what: "counts, favourite",
            name: "favorite",
            filter: shown([Leaf::Favorite]),
            indexed: vec![
                sql::counts_where(" AND favorite = 1"),
                sql::counts_by_visibility("asset_favorites", " AND favorite = 1"),
            ],
            summary: Some(sql::counts_of_summary(1, 0)),
        },
        of_key("counts, album of 20,000", "album_20k", Leaf::Album(album(0)), ALBUM),
        of_key("counts, person in 8.5 %", "person_85k", Leaf::Person(person(0)), PERSON),
        of_key("counts, tag in 5 %", "tag", Leaf::AnyTag(vec![tag(0)]), TAG),
        in_box("counts, box of a city", "bbox_city", city),
        in_box("counts, box of Europe", "bbox_europe", europe),
        combined(),
    ]
}

fn in_box(what: &'static str, name: &'static str, area: GeoBox) -> Question {
    let GeoBox { west, south, east, north } = area;
    let exact = format!(
        " AND latitude BETWEEN {south:?} AND {north:?} AND longitude BETWEEN {west:?} AND {east:?}"
    );
    let edges = format!(
        "place.west <= {east:?} AND place.east >= {west:?} \
         AND place.south <= {north:?} AND place.north >= {south:?}"
    );
    Question {
        what,
        name,
        filter: shown([Leaf::InBox(area)]),
        indexed: vec![
            sql::counts_where(&exact),
            sql::counts_by_visibility("asset_placed", &exact),
            sql::counts_by_tree(&edges, &exact),
        ],
        summary: None,
    }
}

fn combined() -> Question {
    let [after, before] = [2012, 2016].map(|year| {
        let date = CivilDate { year, month: 1, day: 1 };
        LocalTime::from_civil(CivilDateTime { date, time: CivilTime::default() })
    });
    let mut filter = shown([
        Leaf::Person(person(0)),
        Leaf::Person(person(1)),
        Leaf::After(Bound::Naive(after)),
        Leaf::Before(Bound::Naive(before)),
    ]);
    if let Filter::All(parts) = &mut filter {
        parts.push(Filter::from(Leaf::AnyTag(vec![tag(0)])).negated());
    }
    let in_sql = |people| sql::counts_combined(people, 0, after.micros(), before.micros());
    Question {
        what: "counts, person, person, not tag, 4 years",
        name: "combined",
        filter,
        indexed: vec![in_sql([0, 1]), in_sql([1, 0])],
        summary: None,
    }
}

fn measure_counts(
    snapshot: &Snapshot,
    alternative: &mut Alternative,
    question: &Question,
    guide: Option<Duration>,
    shows_plans: bool,
) -> Result<Line, Box<dyn Error>> {
    let ask = || snapshot.counts(&question.filter, Grain::Month, Direction::Descending);
    let expected: Vec<(i32, i64)> = ask()
        .iter()
        .map(|count| {
            let CivilDate { year, month, .. } = count.bucket.0;
            (kalends_model::Month::new(year, month).index(), count.count as i64)
        })
        .collect();
    let ours = median(ask);
    let mut time_sql = |sql: &str| {
        if alternative.counts(sql)? != expected {
            return Err(format!("SQL and the index disagree on {}", question.name).into());
        }
        let time = median(|| alternative.counts(sql));
        if shows_plans {
            let steps = alternative.plan(sql)?.join("; ");
            println!(
                "# {} in {:.3} ms\n#   {sql}\n#   {steps}",
                question.name,
                time.as_secs_f64() * 1e3
            );
        }
        Ok::<_, Box<dyn Error>>(time)
    };
    let ways = question.indexed.iter().map(|sql| time_sql(sql)).collect::<Result<Vec<_>, _>>()?;
    let summary = question.summary.as_deref().map(&mut time_sql).transpose()?;
    let count: i64 = expected.iter().map(|(_, count)| count).sum();
    Ok(Line {
        what: format!("{} ({count})", question.what),
        name: question.name,
        ours,
        indexed: ways.into_iter().min().unwrap_or_default(),
        summary,
        guide,
    })
}

fn measure_bucket(
    snapshot: &Snapshot,
    alternative: &mut Alternative,
    library: &Library,
) -> Result<Line, Box<dyn Error>> {
    let month = library.month_of_5000();
    let filter = shown([]);
    let list = || snapshot.bucket(month, &filter, Direction::Descending);
    let sql = sql::rows_of_month(month);
    let theirs = alternative.rows(&sql)?;
    let ours = list();
    let is_same = ours.len() == theirs.len()
        && ours.iter().zip(&theirs).all(|(row, shown)| row.id().bytes()[..] == shown.0);
    if !is_same {
        return Err("SQL and the index disagree on a bucket".into());
    }
    Ok(Line {
        what: format!("a bucket's rows, 17 columns read ({})", ours.len()),
        name: "bucket_5000",
        ours: median(|| read_columns(&list())),
        indexed: median(|| alternative.rows(&sql)),
        summary: None,
        guide: None,
    })
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
    rows.iter().for_each(|row| add(u64::from(row.width())));
    rows.iter().for_each(|row| add(u64::from(row.height())));
    rows.iter().for_each(|row| add(row.duration_ms().unwrap_or(0)));
    rows.iter().for_each(|row| add(row.thumbhash().map_or(0, |hash| u64::from(hash[0]))));
    rows.iter().for_each(|row| add(row.live_video().map_or(0, |id| u64::from(id.bytes()[0]))));
    rows.iter().for_each(|row| add(row.projection().map_or(0, str::len) as u64));
    rows.iter().for_each(|row| add(row.city().map_or(0, str::len) as u64));
    rows.iter().for_each(|row| add(row.country().map_or(0, str::len) as u64));
    rows.iter().for_each(|row| add(row.stack().map_or(0, |stack| u64::from(stack.timeline_count))));
    sum
}

/// The median of what one run takes of the processor, of at least 9 batches of runs. Quick work is
/// run many times in a batch.
///
/// Time on the wall would flatter the index: on a busy machine long work is interrupted and short
/// work is not.
fn median<T>(mut work: impl FnMut() -> T) -> Duration {
    let begin = Instant::now();
    let mut run = |times: u32| {
        let start = processor_time();
        for _ in 0..times {
            black_box(work());
        }
        processor_time().saturating_sub(start) / times
    };
    let once = run(1).max(Duration::from_nanos(100));
    let in_batch = (Duration::from_micros(500).as_nanos() / once.as_nanos()).clamp(1, 1_000) as u32;
    let mut times = Vec::new();
    while times.len() < 9 || (begin.elapsed() < Duration::from_millis(400) && times.len() < 301) {
        times.push(run(in_batch));
    }
    times.sort_unstable();
    times[times.len() / 2]
}

/// How long this thread has been on a processor.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
