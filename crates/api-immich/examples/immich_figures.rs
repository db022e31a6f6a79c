//! Measures how fast buckets become bytes.
//!
//! `cargo run --release -p kalends-api-immich --example immich_figures`
//!
//! Rows are those of one month: 90 % with a thumbhash of 24 bytes, 60 % with a place in one of 200
//! cities, 5 % videos, two offsets. Each figure is the median of many runs, as
//! `name<TAB>nanoseconds`.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use http::{HeaderMap, HeaderValue, Method};
use kalends_api_immich::from_wire::timeline::OptionalColumns;
use kalends_api_immich::to_wire::bucket;
use kalends_http_kit::{Terms, Validator};
use kalends_model::{
    AssetId, AssetRow, CaptureTime, DateSource, Direction, FactMask, Filter, GeoPoint, Kind,
    LibraryId, LocalTime, Month, Offset, OwnerScope, RowMask, Scope, UserId, Version, Visibility,
};
use kalends_timeline::{Shelf, ShelfBuilder, Snapshot};

const MONTH: Month = Month::new(2024, 5);
const RUNS: usize = 101;

fn main() {
    let one = snapshot(&[shelf(1, 5_000)]);
    let two = snapshot(&[shelf(1, 12_000), shelf(2, 8_000)]);
    for (name, snapshot) in [("5k", &one), ("20k_two_owners", &two)] {
        let rows = || snapshot.bucket(MONTH, &Filter::EVERYTHING, Direction::Descending);
        let encode = || bucket::encode(&rows(), Some(user(1)), OptionalColumns::default());
        report(&format!("bucket_{name}_rows"), &rows);
        report(&format!("bucket_{name}_to_json"), &encode);
        println!("bucket_{name}_json_bytes\t{}", encode().len());
        for coding in ["gzip", "zstd"] {
            let mut headers = HeaderMap::new();
            headers.insert("accept-encoding", HeaderValue::from_static(coding));
            let terms = Terms::of(&Method::GET, &headers);
            let send = || terms.json(Validator::new("figures", 0), encode);
            report(&format!("bucket_{name}_to_{coding}"), &send);
            let sent = send();
            let length = sent.headers()["content-length"].to_str().expect("a length is digits");
            println!("bucket_{name}_{coding}_bytes\t{length}");
        }
    }
}

fn report<T>(name: &str, work: &dyn Fn() -> T) {
    let mut times: Vec<u128> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed().as_nanos()
        })
        .collect();
    times.sort_unstable();
    println!("{name}\t{}", times[RUNS / 2]);
}

fn user(number: u8) -> UserId {
    UserId::from_random([number; 16])
}

fn snapshot(shelves: &[Shelf]) -> Snapshot {
    let scope = |shelf: &Shelf| OwnerScope {
        owner: shelf.owner(),
        rows: RowMask::EVERYTHING,
        hidden: FactMask::NOTHING,
    };
    Snapshot::new(&Scope::new(shelves.iter().map(scope).collect()), shelves.iter().cloned())
}

fn shelf(owner: u8, rows: usize) -> Shelf {
    let mut random = Random(u64::from(owner));
    let mut builder = ShelfBuilder::new(user(owner));
    let cities: Vec<Arc<str>> = (0..200).map(|n| format!("City of number {n}").into()).collect();
    let country: Arc<str> = "Switzerland".into();
    (0..rows).for_each(|_| builder.push(row(&mut random, user(owner), &cities, &country)));
    builder.finish(Version(1))
}

fn row(random: &mut Random, owner: UserId, cities: &[Arc<str>], country: &Arc<str>) -> AssetRow {
    let micros_in_month = MONTH.next().start().micros() - MONTH.start().micros();
    let local = MONTH.start().micros() + random.below(micros_in_month as u64) as i64;
    let is_placed = random.below(10) < 6;
    let is_video = random.below(20) == 0;
    let offset = if random.below(4) == 0 { 3_600 } else { 7_200 };
    AssetRow {
        id: AssetId::from_random(random.bytes()),
        owner,
        library: LibraryId::from_random([9; 16]),
        capture: CaptureTime {
            local: LocalTime::from_micros(local),
            offset: Offset::from_seconds(offset),
            source: DateSource::ExifOriginal,
        },
        visibility: Visibility::Timeline,
        kind: if is_video { Kind::Video } else { Kind::Image },
        is_favorite: random.below(20) == 0,
        is_trashed: false,
        is_offline: false,
        width: 4_032,
        height: 3_024,
        duration_ms: is_video.then(|| 1 + random.below(600_000)),
        thumbhash: (random.below(10) < 9).then(|| {
            let (head, tail) = (random.bytes(), random.bytes());
            [&head[..], &tail[..8]].concat().into_boxed_slice()
        }),
        live_video: (random.below(10) == 0).then(|| AssetId::from_random(random.bytes())),
        projection: None,
        place: is_placed.then_some(GeoPoint { latitude: 47.37, longitude: 8.54 }),
        city: is_placed.then(|| cities[random.below(200) as usize].clone()),
        country: is_placed.then(|| country.clone()),
        camera: None,
        rating: None,
        stack: None,
        albums: Vec::new(),
        people: Vec::new(),
        tags: Vec::new(),
        row_version: 1,
    }
}

/// splitmix64, so that every run measures the same rows.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn bytes(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().to_le_bytes());
        bytes[8..].copy_from_slice(&self.next().to_le_bytes());
        bytes
    }
}
