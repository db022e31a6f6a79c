//! The two timeline operations over HTTP, at a million assets and under load, and the same questions
//! asked of PostgreSQL in SQL.
//!
//! `cargo build --release -p kalends && cargo run --release -p kalends --example http_figures`
//!
//! Two users own the assets, and eighteen more look at them as partners and members of albums. Eight
//! connections ask as fast as they are answered: 50 different filters of 20 viewers in rotation,
//! while another user changes a favourite every 100 ms. The server is the program itself, a process
//! of its own. Every body is written for its request; answers of 304 and compressed bodies are
//! measured apart. `--rest` stops when the memory of a
//! server at rest is known: every timeline has been asked once, then nothing for a while. `--assets N` for another size, `--seconds N` for longer runs, `--data DIR` to
//! keep the library for the next run, `--no-postgres` to leave that out. At the end lines of
//! `name<TAB>nanoseconds`, or requests a second, or bytes a second.

mod connection;
mod load;
mod postgres;
mod server;
mod world;

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use crate::load::{Load, Outcome as Reached};
use crate::world::{Question, World};

/// How long a server rests before its memory is measured.
const REST: Duration = Duration::from_secs(12);

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let value_of = |name: &str| {
        let value = arguments.iter().skip_while(|argument| *argument != name).nth(1);
        value.cloned()
    };
    let assets: usize = value_of("--assets").map_or(Ok(1_000_000), |count| count.parse())?;
    let seconds: u64 = value_of("--seconds").map_or(Ok(10), |count| count.parse())?;
    let time = Duration::from_secs(seconds);
    let temporary = tempfile::tempdir()?;
    let data = value_of("--data").map_or_else(|| temporary.path().join("data"), PathBuf::from);

    let world = World::new(assets);
    if !data.join("catalog.sqlite").exists() {
        println!("writing a library of {assets} assets …");
        world.write_library(&data)?;
    }
    let server = server::Server::start(&data)?;
    let mut report = Report::default();
    let tokens = world.tokens(server.address)?;

    let buckets = world.bucket_lists(&tokens);
    let months = world.months(&tokens);
    Load::once(server.address, &buckets)?;
    std::thread::sleep(REST);
    report.line("memory of the server at rest", "http.at_rest", server.resident()? as f64, "B");
    if has("--rest") {
        report.print();
        return Ok(());
    }
    println!("{} different lists of months, a month of {}", buckets.len(), world.month_len());
    for (name, questions, load) in [
        ("buckets", &buckets, Load::default()),
        ("bucket", &months, Load::default()),
        ("buckets_304", &buckets, Load { revalidates: true, ..Load::default() }),
        ("bucket_304", &months, Load { revalidates: true, ..Load::default() }),
        ("buckets_zstd", &buckets, Load { accepts: Some("zstd"), ..Load::default() }),
        ("bucket_zstd", &months, Load { accepts: Some("zstd"), ..Load::default() }),
    ] {
        let writer = world.writer(&tokens);
        let before = server.cpu()?;
        let reached = load.run(server.address, questions, Some(&writer), time)?;
        report.add(name, &reached, Some(server.cpu()? - before));
    }
    report.line("memory of the server, resident", "http.resident", server.resident()? as f64, "B");
    drop(server);

    if !has("--no-postgres") {
        let database = postgres::Database::start(&world)?;
        for (name, questions) in [("sql_buckets", &buckets), ("sql_bucket", &months)] {
            let reached = database.run(questions, time)?;
            report.add(name, &reached, None);
        }
        report.ratio("buckets");
        report.ratio("bucket");
    }
    report.print();
    Ok(())
}

/// What was measured, for people and for the table of promises.
#[derive(Default)]
struct Report {
    lines: Vec<(String, f64)>,
}

impl Report {
    fn add(&mut self, name: &str, reached: &Reached, cpu: Option<Duration>) {
        let per_second = reached.requests as f64 / reached.time.as_secs_f64();
        let bytes = reached.bytes as f64 / reached.time.as_secs_f64();
        let of = |percent: f64| reached.percentile(percent).as_nanos() as f64;
        let cpu = cpu.map_or(f64::NAN, |cpu| cpu.as_secs_f64() * 1e6 / reached.requests as f64);
        println!(
            "{name:<14} {per_second:>9.0} requests/s  {:>8.3} GB/s  p50 {:>8.3} ms  p99 {:>8.3} ms  \
             server {cpu:>7.0} µs of processor a request  {} of 304, {} writes (slowest {:.1} ms)",
            bytes / 1e9,
            of(50.0) / 1e6,
            of(99.0) / 1e6,
            reached.not_modified,
            reached.writes.len(),
            reached.writes.iter().max().map_or(0.0, |slowest| slowest.as_secs_f64() * 1e3),
        );
        self.lines.push((format!("http.{name}_per_second"), per_second));
        self.lines.push((format!("http.{name}_bytes_per_second"), bytes));
        self.lines.push((format!("http.{name}_p50"), of(50.0)));
        self.lines.push((format!("http.{name}_p99"), of(99.0)));
    }

    fn line(&mut self, words: &str, name: &str, value: f64, unit: &str) {
        println!("{words}: {value:.0} {unit}");
        self.lines.push((name.to_owned(), value));
    }

    fn ratio(&mut self, name: &str) {
        let of = |line: String| self.lines.iter().find(|known| known.0 == line).map(|l| l.1);
        let ours = of(format!("http.{name}_per_second"));
        let sql = of(format!("http.sql_{name}_per_second"));
        if let (Some(ours), Some(sql)) = (ours, sql) {
            println!("{name}: {:.1} times the throughput of PostgreSQL", ours / sql);
            self.lines.push((format!("http.{name}_times_sql"), ours / sql));
        }
    }

    fn print(&self) {
        println!();
        for (name, value) in &self.lines {
            println!("{name}\t{value:.3}");
        }
    }
}

/// Where a question stands: kept together so that both sides ask the same ones.
pub(crate) fn rotation(questions: &[Question], turn: usize) -> &Question {
    &questions[turn % questions.len()]
}
