//! Uploads over HTTP: how soon one is taken in, and how many photos a second are done with their
//! pictures.
//!
//! `cargo build --release -p kalends && cargo run --release -p kalends --example upload_figures`
//!
//! Two clients send photos of 12 megapixels and 3 MB at once, one after another each. The server is
//! the program itself, a process of its own, on an empty library; it makes the pictures while the
//! uploads come in. Beside it, in the same run, the plain alternative: a server that reads the same
//! bodies from the same kind of connection and hashes them (SHA-1 and SHA-256), and does nothing
//! else; and one that also writes them to a file and syncs it. Before that, some are sent one by one,
//! each when the pictures of the one before are made: an upload alone. `--photos N` for another number. At
//! the end lines of `name<TAB>nanoseconds`, or photos a second.

#[path = "../http_figures/connection.rs"]
#[expect(dead_code, reason = "of the answers only the bodies are looked at")]
mod connection;
mod photos;
mod plain;
#[path = "../http_figures/server.rs"]
#[expect(dead_code, reason = "the processor's time is not asked for")]
mod server;

use std::error::Error;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use kalends_library::{Library, NewUser, PictureMaker, SystemClock, SystemRandomness};

use crate::connection::Connection;
use crate::photos::Photos;

type Outcome<T> = Result<T, Box<dyn Error>>;

const CLIENTS: usize = 2;
/// Photos that are sent one by one.
const ALONE: usize = 20;
const EMAIL: &str = "figures@example.org";
const PASSWORD: &str = "a password for figures";
const BOUNDARY: &str = "----------------------kalendsfigures";

/// How often it is asked whether the pictures are made.
const LOOK_EVERY: Duration = Duration::from_millis(50);

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let count = arguments.iter().skip_while(|argument| *argument != "--photos").nth(1);
    let count: usize = count.map_or(Ok(200), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    make_library(&data)?;
    let photos = Photos::new()?;
    println!("photos of {:.2} MB", photos.bytes(0).len() as f64 / 1e6);

    let mut lines = Vec::new();
    let mut say = |name: &str, words: &str, value: f64, text: String| {
        println!("{words:<52} {text}");
        lines.push(format!("uploads.{name}\t{value:.3}"));
    };
    let mut medians = Vec::new();
    for (name, words, act) in [
        ("hash", "read and hashed", plain::Act::Hash),
        ("hash_write", "read, hashed, written and synced", plain::Act::Write(folder.path().into())),
    ] {
        let address = plain::start(act)?;
        let times = send(address, "", &photos, 0..count)?;
        medians.push(median(&times));
        say(name, words, nanoseconds(median(&times)), spread(&times));
    }

    let server = server::Server::start(&data)?;
    let token = log_in(server.address)?;
    let mut alone = Vec::new();
    for number in 0..ALONE {
        alone.extend(send(server.address, &token, &photos, number..number + 1)?);
        wait_for_pictures(server.address, &token)?;
    }
    say("alone", "taken in, one alone", nanoseconds(median(&alone)), spread(&alone));
    let begun = Instant::now();
    let times = send(server.address, &token, &photos, ALONE..ALONE + count)?;
    let accepted = begun.elapsed();
    say("accept", "taken in, while pictures are made", nanoseconds(median(&times)), spread(&times));
    for (name, words, times, plain) in [
        ("alone_beyond_hash", "one alone, beyond reading and hashing", &alone, medians[0]),
        ("beyond_hash", "of two clients, beyond reading and hashing", &times, medians[0]),
        ("beyond_write", "of two, beyond reading, hashing and writing", &times, medians[1]),
    ] {
        let beyond = median(times).saturating_sub(plain);
        say(name, words, nanoseconds(beyond), format!("{:.2} ms", milliseconds(beyond)));
    }
    wait_for_pictures(server.address, &token)?;
    let done = begun.elapsed();
    let per_second = |time: Duration| count as f64 / time.as_secs_f64();
    for (name, words, value) in [
        ("accepted_per_second", "taken in a second", per_second(accepted)),
        ("done_per_second", "done with pictures a second", per_second(done)),
    ] {
        say(name, words, value, format!("{value:.1}"));
    }
    let resident = server.resident()? as f64;
    say("resident", "memory afterwards", resident, format!("{:.1} MB", resident / 1e6));
    println!("\n{}", lines.join("\n"));
    Ok(())
}

fn make_library(data: &Path) -> Outcome<()> {
    std::fs::create_dir_all(data)?;
    let (clock, randomness) = (Arc::new(SystemClock), Arc::new(SystemRandomness));
    let library = Library::open(data, clock, randomness, PictureMaker::in_process())?;
    library.create_user(NewUser {
        email: EMAIL,
        name: "Figures",
        password: PASSWORD,
        is_admin: true,
    })?;
    Ok(())
}

fn log_in(server: SocketAddr) -> Outcome<String> {
    let body = format!(r#"{{"email":"{EMAIL}","password":"{PASSWORD}"}}"#);
    let request = format!(
        "POST /api/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = Connection::open(server)?.body(request.as_bytes())?;
    let token = answer.split("\"accessToken\":\"").nth(1).and_then(|rest| rest.split('"').next());
    Ok(token.ok_or(answer.clone())?.to_owned())
}

/// Sends these photos by all clients at once. The time that each took, from the first byte sent to
/// the last one answered.
fn send(
    server: SocketAddr,
    token: &str,
    photos: &Photos,
    numbers: Range<usize>,
) -> Outcome<Vec<Duration>> {
    let next = AtomicUsize::new(numbers.start);
    let client = || -> Result<Vec<Duration>, String> {
        let mut connection = Connection::open(server).map_err(|error| error.to_string())?;
        let mut times = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= numbers.end {
                return Ok(times);
            }
            let request = upload(number, token, &photos.bytes(number));
            let begun = Instant::now();
            connection.exchange(&request).map_err(|error| error.to_string())?;
            times.push(begun.elapsed());
        }
    };
    let times = std::thread::scope(|scope| -> Outcome<Vec<Duration>> {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        let mut times = Vec::new();
        for client in clients {
            times.extend(client.join().map_err(|_| "a client panicked")??);
        }
        Ok(times)
    })?;
    Ok(times)
}

/// The whole request of one upload, as the published clients send it.
fn upload(number: usize, token: &str, photo: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(photo.len() + 2_048);
    for (name, value) in [
        ("deviceAssetId", format!("photo-{number}")),
        ("deviceId", "figures".to_owned()),
        ("fileCreatedAt", "2023-01-01T12:00:00.000Z".to_owned()),
        ("fileModifiedAt", "2023-01-01T12:00:00.000Z".to_owned()),
    ] {
        let part = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    let part = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"assetData\"; \
         filename=\"photo-{number}.jpg\"\r\ncontent-type: image/jpeg\r\n\r\n"
    );
    body.extend_from_slice(part.as_bytes());
    body.extend_from_slice(photo);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let head = format!(
        "POST /api/assets HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: multipart/form-data; boundary={BOUNDARY}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body].concat()
}

/// Waits until no picture is left to be made.
fn wait_for_pictures(server: SocketAddr, token: &str) -> Outcome<()> {
    let mut connection = Connection::open(server)?;
    let request = format!(
        "GET /api/jobs HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    loop {
        let answer = connection.body(request.as_bytes())?;
        let pictures = answer.split("\"thumbnailGeneration\":").nth(1).ok_or(answer.clone())?;
        let counts = pictures.split('}').next().unwrap_or("");
        let of = |name: &str| -> Outcome<u64> {
            let count = counts.split(&format!("\"{name}\":")).nth(1).ok_or("no such count")?;
            let digits: String = count.chars().take_while(char::is_ascii_digit).collect();
            Ok(digits.parse()?)
        };
        if of("failed")? > 0 {
            return Err("pictures could not be made".into());
        }
        if of("active")? + of("waiting")? + of("delayed")? == 0 {
            return Ok(());
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn median(times: &[Duration]) -> Duration {
    percentile(times, 50)
}

fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or_default()
}

fn spread(times: &[Duration]) -> String {
    let at = |percent| milliseconds(percentile(times, percent));
    format!("p50 {:.1} ms  p90 {:.1} ms  p99 {:.1} ms", at(50), at(90), at(99))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_nanos() as f64
}
