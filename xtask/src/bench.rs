//! `cargo xtask bench`: the figures of the index, the catalog, the library and the encoders, and at
//! the end one table of those that are promised.
//!
//! Each benchmark is an example of the crate it measures and prints lines of `name<TAB>nanoseconds`
//! (or bytes) after its own table. Here they are run one after another, in release, on an otherwise
//! quiet machine. What they measure, and what was reached, stands in `docs/benchmarks.md`.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use anyhow::{Context as _, bail};

use crate::steps::{command, run as step};

/// Name, crate, example, arguments.
const BENCHMARKS: &[(&str, &str, &str, &[&str])] = &[
    ("timeline", "kalends-timeline", "timeline_figures", &["--assets", "1000000"]),
    ("timeline-10m", "kalends-timeline", "timeline_figures", &["--assets", "10000000"]),
    ("versus-sql", "kalends-catalog", "versus_sql", &["--assets", "1000000"]),
    ("catalog", "kalends-catalog", "catalog_figures", &[]),
    ("library", "kalends-library", "library_figures", &["--assets", "100000"]),
    (
        "library-1m",
        "kalends-library",
        "library_figures",
        &["--assets", "1000000", "--photos", "500"],
    ),
    ("immich", "kalends-api-immich", "immich_figures", &[]),
    ("http", "kalends", "http_figures", &[]),
    ("http-100k", "kalends", "http_figures", &["--assets", "100000", "--rest"]),
    ("uploads", "kalends", "upload_figures", &[]),
];

/// The benchmarks that start the program itself.
const OF_THE_PROGRAM: [&str; 3] = ["http", "http-100k", "uploads"];

const MICROSECOND: f64 = 1e3;
const MILLISECOND: f64 = 1e6;
const SECOND: f64 = 1e9;

/// A figure that is promised: benchmark, name of its line, the most it may be; the least where the
/// name says that it is something a second. In nanoseconds; in bytes where it says that it is memory.
const PROMISES: &[(&str, &str, f64)] = &[
    ("timeline", "counts_none", 20.0 * MICROSECOND),
    ("timeline", "counts_favorite", 200.0 * MICROSECOND),
    ("timeline", "counts_album_20k", 200.0 * MICROSECOND),
    ("timeline", "counts_person_85k", 200.0 * MICROSECOND),
    ("timeline", "counts_tag", 200.0 * MICROSECOND),
    ("timeline", "counts_bbox_city", 200.0 * MICROSECOND),
    ("timeline", "counts_bbox_europe", 200.0 * MICROSECOND),
    ("timeline", "counts_combined", 200.0 * MICROSECOND),
    ("timeline", "change_flag", 50.0 * MICROSECOND),
    ("timeline", "memory_growth", 160.0),
    ("timeline-10m", "counts_none", 20.0 * MICROSECOND),
    ("timeline-10m", "counts_favorite", 2.0 * MILLISECOND),
    ("timeline-10m", "counts_album_20k", 2.0 * MILLISECOND),
    ("timeline-10m", "counts_person_85k", 2.0 * MILLISECOND),
    ("timeline-10m", "counts_tag", 2.0 * MILLISECOND),
    ("timeline-10m", "counts_bbox_city", 2.0 * MILLISECOND),
    ("timeline-10m", "counts_bbox_europe", 2.0 * MILLISECOND),
    ("timeline-10m", "counts_combined", 2.0 * MILLISECOND),
    ("timeline-10m", "change_flag", 50.0 * MICROSECOND),
    ("timeline-10m", "memory_growth", 160.0),
    ("library", "library.scan_metadata", 2.0 * MILLISECOND),
    ("library", "library.rescan_second", 5.0 * SECOND),
    ("library", "library.start_from_cache", SECOND),
    ("library", "library.start_from_catalog", SECOND),
    ("library", "library.start_from_cache_growth", 160.0),
    ("library", "library.flag_change", MILLISECOND),
    ("library-1m", "library.start_from_cache", 2.0 * SECOND),
    ("library-1m", "library.start_from_cache_growth", 160.0),
    ("library-1m", "library.flag_change", MILLISECOND),
    ("immich", "bucket_5k_to_json", 1.2 * MILLISECOND),
    ("immich", "bucket_20k_two_owners_to_json", 8.0 * MILLISECOND),
    ("http", "http.buckets_per_second", 6_000.0),
    ("http", "http.buckets_p99", 5.0 * MILLISECOND),
    ("http", "http.bucket_bytes_per_second", 0.73e9),
    ("http", "http.bucket_p99", 40.0 * MILLISECOND),
    ("http-100k", "http.at_rest", 100e6),
    ("uploads", "uploads.alone_beyond_hash", 15.0 * MILLISECOND),
    ("uploads", "uploads.beyond_hash", 15.0 * MILLISECOND),
    ("uploads", "uploads.done_per_second", 12.0),
];

/// Runs all benchmarks, or those named.
pub(crate) fn run(names: &[String]) -> anyhow::Result<()> {
    if let Some(unknown) = names.iter().find(|name| !BENCHMARKS.iter().any(|b| b.0 == *name)) {
        let known: Vec<&str> = BENCHMARKS.iter().map(|benchmark| benchmark.0).collect();
        bail!("there is no benchmark {unknown}; there are {}", known.join(", "));
    }
    let mut figures = HashMap::new();
    for (name, package, example, arguments) in BENCHMARKS {
        if !names.is_empty() && !names.iter().any(|asked| asked == name) {
            continue;
        }
        println!("\n== {name}");
        if OF_THE_PROGRAM.contains(name) {
            step("the program", &mut command("cargo", &["build", "--release", "--locked"]))?;
        }
        let cargo = ["run", "--release", "--locked", "-p", package, "--example", example, "--"];
        for (line, value) in measure(name, &cargo, arguments)? {
            figures.insert((*name, line), value);
        }
    }
    print!("{}", table(&figures));
    Ok(())
}

/// Runs one benchmark, shows what it says, and picks out its figures.
fn measure(name: &str, cargo: &[&str], arguments: &[&str]) -> anyhow::Result<Vec<(String, f64)>> {
    let mut program = command("cargo", cargo);
    program.args(arguments).stdout(Stdio::piped());
    let mut child = program.spawn().with_context(|| format!("start {name}"))?;
    let output = child.stdout.take().context("its output is piped")?;
    let mut figures = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line.with_context(|| format!("read what {name} says"))?;
        println!("{line}");
        figures.extend(figure(&line));
    }
    let status = child.wait().with_context(|| format!("wait for {name}"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(figures)
}

/// The figure of a line such as `name<TAB>1234<TAB># more`.
fn figure(line: &str) -> Option<(String, f64)> {
    let mut fields = line.split('\t');
    let name = fields.next().filter(|name| !name.is_empty())?;
    Some((name.to_owned(), fields.next()?.parse().ok()?))
}

/// What was promised and what came of it, as far as it was measured.
fn table(figures: &HashMap<(&str, String), f64>) -> String {
    let mut table = format!("\n{:<46} {:>12} {:>12}  met?\n", "promised", "measured", "limit");
    for (benchmark, line, limit) in PROMISES {
        let Some(value) = figures.get(&(*benchmark, (*line).to_owned())) else { continue };
        let is_rate = line.ends_with("_per_second");
        let shown = |value: f64| match line.rsplit('_').next() {
            Some("growth" | "rest") => format!("{value:.0} bytes"),
            _ if is_rate => format!("{value:.0} a s"),
            _ => format!("{:.4} ms", value / MILLISECOND),
        };
        let is_met = if is_rate { value >= limit } else { value <= limit };
        let verdict = if is_met { "yes" } else { "no" };
        let what = format!("{benchmark}: {line}");
        table += &format!("{what:<46} {:>12} {:>12}  {verdict}\n", shown(*value), shown(*limit));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_the_lines_with_a_name_and_a_number() {
        let expected = Some(("catalog.flag_change".to_owned(), 12.5));
        assert_eq!(figure("catalog.flag_change\t12.5\t# the median"), expected);
        for line in ["", "timeline index", "\t12", "name\tno number", "# a\tb"] {
            assert_eq!(figure(line), None, "{line}");
        }
    }

    #[test]
    fn the_table_says_what_was_measured_and_nothing_else() {
        let figures = HashMap::from([
            (("timeline", "counts_none".to_owned()), 30_000.0),
            (("timeline", "memory_growth".to_owned()), 160.0),
            (("http", "http.buckets_per_second".to_owned()), 5_999.0),
        ]);
        let table = table(&figures);
        assert_eq!(
            table.lines().count(),
            5,
            "an empty line, a heading and three figures:\n{table}"
        );
        assert!(table.contains("0.0300 ms    0.0200 ms  no"), "{table}");
        assert!(table.contains("160 bytes    160 bytes  yes"), "{table}");
        assert!(table.contains("5999 a s     6000 a s  no"), "{table}");
    }

    #[test]
    fn every_promise_is_of_a_benchmark() {
        for (benchmark, ..) in PROMISES {
            assert!(BENCHMARKS.iter().any(|known| known.0 == *benchmark), "{benchmark}");
        }
    }
}
