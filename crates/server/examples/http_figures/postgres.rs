//! PostgreSQL with the same rows, asked the same questions in SQL.
//!
//! It gets every advantage: small integers instead of ids for owners and keys, the month worked out
//! beforehand, an index that covers the counts, statements prepared once, no question of who is
//! asking, and no HTTP. Its own settings are the defaults but for memory and the compilation of
//! queries, which only slows short ones down.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ::postgres::{Client, NoTls};
use kalends_model::Visibility;

use crate::load::{CONNECTIONS, Outcome as Reached};
use crate::world::{Question, World};
use crate::{Outcome, rotation};

const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

const TABLES: &str = "
CREATE TABLE asset (
    id uuid NOT NULL, owner smallint NOT NULL, month date NOT NULL, local timestamp NOT NULL,
    instant timestamp NOT NULL, visibility smallint NOT NULL, trashed boolean NOT NULL,
    favorite boolean NOT NULL, video boolean NOT NULL, thumbhash bytea, lat float8, lon float8,
    city text, country text);
CREATE TABLE in_album (key int NOT NULL, asset uuid NOT NULL);
CREATE TABLE has_person (key int NOT NULL, asset uuid NOT NULL);
CREATE TABLE has_tag (key int NOT NULL, asset uuid NOT NULL);";

const INDEXES: &str = "
ALTER TABLE asset ADD PRIMARY KEY (id);
CREATE INDEX asset_timeline ON asset (owner, trashed, visibility, month);
CREATE INDEX asset_favorites ON asset (owner, trashed, visibility, month) WHERE favorite;
CREATE INDEX asset_places ON asset (owner, trashed, visibility, month, lat, lon) WHERE lat IS NOT NULL;
ALTER TABLE in_album ADD PRIMARY KEY (key, asset);
ALTER TABLE has_person ADD PRIMARY KEY (key, asset);
ALTER TABLE has_tag ADD PRIMARY KEY (key, asset);
VACUUM ANALYZE;";

/// A running database. It ends with this.
pub(crate) struct Database {
    folder: PathBuf,
    _holds: tempfile::TempDir,
}

impl Database {
    /// Starts one and gives it the rows.
    pub(crate) fn start(world: &World) -> Outcome<Self> {
        let holds = tempfile::tempdir()?;
        let folder = holds.path().to_owned();
        run(Command::new("chown").arg("postgres").arg(&folder))?;
        let data = folder.join("data");
        run(as_postgres("initdb", &data).args(["-D"]).arg(&data).args(["-A", "trust"]))?;
        let options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c shared_buffers=2GB \
             -c work_mem=64MB -c jit=off -c max_wal_size=8GB",
            folder.display()
        );
        run(as_postgres("pg_ctl", &data)
            .arg("-D")
            .arg(&data)
            .args(["-w", "-o", &options, "start"]))?;
        let database = Self { folder, _holds: holds };
        println!("giving PostgreSQL the same rows …");
        database.fill(world)?;
        Ok(database)
    }

    fn connect(&self) -> Outcome<Client> {
        let target = format!("host={} user=postgres dbname=postgres", self.folder.display());
        Ok(Client::connect(&target, NoTls)?)
    }

    fn fill(&self, world: &World) -> Outcome<()> {
        let mut client = self.connect()?;
        client.batch_execute(TABLES)?;
        let mut writer = client.copy_in("COPY asset FROM STDIN")?;
        for row in &world.rows {
            let month = row.capture.local.month();
            let place = row.place.map(|(lat, lon)| (lat.to_string(), lon.to_string()));
            let (lat, lon) = place.unwrap_or(("\\N".into(), "\\N".into()));
            let named = |name: String| if row.place.is_some() { name } else { "\\N".into() };
            let hash = row.thumbhash.as_ref().map_or_else(
                || "\\N".to_owned(),
                |hash| hash.iter().fold("\\\\x".to_owned(), |hex, b| hex + &format!("{b:02x}")),
            );
            writeln!(
                writer,
                "{}\t{}\t{}-{:02}-01\t{}\t{}\t{}\t{}\t{}\t{}\t{hash}\t{lat}\t{lon}\t{}\t{}",
                row.id,
                row.owner,
                month.year(),
                month.month(),
                timestamp(row.capture.local.micros()),
                timestamp(row.capture.instant().micros()),
                i32::from(row.visibility == Visibility::Archive),
                row.is_trashed,
                row.is_favorite,
                row.is_video,
                named(format!("City {}", row.city)),
                named(format!("Country {}", row.city / 20)),
            )?;
        }
        writer.finish()?;
        for (table, key) in [("in_album", 0), ("has_person", 1), ("has_tag", 2)] {
            let mut writer = client.copy_in(&format!("COPY {table} FROM STDIN"))?;
            for row in &world.rows {
                if let Some(key) = [row.album, row.person, row.tag][key] {
                    writeln!(writer, "{key}\t{}", row.id)?;
                }
            }
            writer.finish()?;
        }
        for statement in INDEXES.split(';').filter(|statement| !statement.trim().is_empty()) {
            client.batch_execute(statement)?;
        }
        Ok(())
    }

    /// Asks all questions in rotation for a while, over as many connections as HTTP had.
    pub(crate) fn run(&self, questions: &[Question], time: Duration) -> Outcome<Reached> {
        let turn = AtomicUsize::new(0);
        let start = Instant::now();
        let mut whole = Reached::default();
        std::thread::scope(|scope| -> Outcome<()> {
            let asking: Vec<_> = (0..CONNECTIONS)
                .map(|_| {
                    scope.spawn(|| {
                        self.ask(questions, &turn, start, time).map_err(|error| error.to_string())
                    })
                })
                .collect();
            for client in asking {
                whole.take(client.join().map_err(|_| "a client panicked")??);
            }
            Ok(())
        })?;
        whole.time = start.elapsed();
        Ok(whole)
    }

    fn ask(
        &self,
        questions: &[Question],
        turn: &AtomicUsize,
        start: Instant,
        time: Duration,
    ) -> Outcome<Reached> {
        let mut client = self.connect()?;
        let mut statements = Vec::new();
        for question in questions {
            statements.push(client.prepare(&statement(question))?);
        }
        let mut reached = Reached::default();
        while start.elapsed() < time {
            let number = turn.fetch_add(1, Ordering::Relaxed);
            let _ = rotation(questions, number);
            let begun = Instant::now();
            let row = client.query_one(&statements[number % questions.len()], &[])?;
            reached.latencies.push(begun.elapsed());
            reached.requests += 1;
            reached.bytes += row.get::<_, String>(0).len();
        }
        Ok(reached)
    }
}

/// The question in SQL, answered with the text of a JSON body.
fn statement(question: &Question) -> String {
    let condition = &question.condition;
    match question.month {
        None => format!(
            "SELECT coalesce(json_agg(b), '[]')::text FROM (SELECT month::text AS \"timeBucket\", \
             count(*) FROM asset WHERE {condition} GROUP BY month ORDER BY month DESC) b"
        ),
        Some(month) => format!(
            "SELECT row_to_json(a)::text FROM (SELECT array_agg(city) city, array_agg(country) \
             country, array_agg(CASE WHEN video THEN '00:00:12' END) duration, array_agg(id) id, \
             array_agg('timeline'::text) visibility, array_agg(favorite) \"isFavorite\", \
             array_agg(NOT video) \"isImage\", array_agg(trashed) \"isTrashed\", \
             array_agg(NULL::uuid) \"livePhotoVideoId\", array_agg(instant) \"fileCreatedAt\", \
             array_agg(extract(epoch FROM local - instant)::float8 / 3600) \"localOffsetHours\", \
             array_agg(owner) \"ownerId\", array_agg(NULL::text) \"projectionType\", \
             array_agg(1.333) ratio, array_agg('active'::text) status, \
             array_agg(encode(thumbhash, 'base64')) thumbhash FROM (SELECT * FROM asset \
             WHERE {condition} AND month = '{}-{:02}-01' \
             ORDER BY local::date DESC, instant DESC, id DESC) r) a",
            month.year(),
            month.month()
        ),
    }
}

fn timestamp(micros: i64) -> String {
    let civil = kalends_model::CivilDateTime::from_micros_since_epoch(micros);
    let (date, time) = (civil.date, civil.time);
    format!(
        "{}-{:02}-{:02} {:02}:{:02}:{:02}",
        date.year, date.month, date.day, time.hour, time.minute, time.second
    )
}

fn as_postgres(program: &str, data: &Path) -> Command {
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(Path::new(PROGRAMS).join(program));
    command.current_dir(data.parent().unwrap_or(data));
    command
}

fn run(command: &mut Command) -> Outcome<()> {
    let status = command.stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed ({status})").into()) }
}

impl Drop for Database {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        let mut stop = as_postgres("pg_ctl", &data);
        // Its folder goes in any case.
        let _ = run(stop.arg("-D").arg(&data).args(["-m", "immediate", "stop"]));
    }
}
