//! How fast the catalog is: bulk insert, loading a shelf, one flag.
//!
//! `cargo run --release -p kalends-catalog --example catalog_figures -- --assets 1000000` makes a library of
//! that many assets in a temporary folder (90 % with a thumbhash, two memberships each on average,
//! 3,000 people, 2,000 tags, 500 albums, capture times over 240 months) and prints one line
//! `name<TAB>nanoseconds` for each figure. After `#` stands what the thread itself took of a
//! processor, which a busy machine does not change.

use std::hint::black_box;
use std::time::Instant;

use kalends_catalog::{
    Album, Catalog, CatalogError, Face, FaceSource, Facts, FileRole, Import, Library, LibraryKind,
    MetadataState, NewAsset, NewFile, Person, Place, User,
};
use kalends_model::{
    AlbumId, AssetId, CaptureTime, DateSource, FaceId, GeoPoint, Kind, LibraryId, LocalTime,
    Offset, PersonId, TagId, UserId,
};

const PEOPLE: usize = 3_000;
const TAGS: usize = 2_000;
const ALBUMS: usize = 500;
const MONTHS: u64 = 240;
const BATCH: usize = 1_000;
const NOW: i64 = 1_700_000_000_000_000;

/// SplitMix64: the same library on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn bytes(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes());
        bytes
    }
}

/// What the assets are put into.
struct Shelves {
    owner: UserId,
    library: LibraryId,
    albums: Vec<AlbumId>,
    people: Vec<PersonId>,
    tags: Vec<TagId>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let assets = std::env::args().skip_while(|arg| arg != "--assets").nth(1);
    let assets: usize = assets.map_or(Ok(100_000), |count| count.parse())?;
    let dir = tempfile::tempdir()?;
    let catalog = Catalog::open(dir.path(), NOW)?;
    let mut random = Random(1);
    let library = make_library(&catalog, &mut random)?;

    let start = Moment::now();
    let mut ids = Vec::with_capacity(assets);
    while ids.len() < assets {
        let batch: Vec<NewAsset> =
            (0..BATCH.min(assets - ids.len())).map(|_| asset(&library, &mut random)).collect();
        catalog.write(NOW, &|_| false, |writer| writer.insert_assets(&batch))?;
        ids.extend(batch.iter().map(|asset| asset.id));
    }
    figure("catalog.insert_asset", start, assets);

    let start = Moment::now();
    for ids in ids.chunks(BATCH) {
        catalog.write(NOW, &|_| false, |writer| memberships(writer, &library, ids, &mut random))?;
    }
    figure("catalog.memberships_of_asset", start, assets);

    for _ in 0..3 {
        let start = Moment::now();
        let mut rows = 0_usize;
        catalog.load_shelf(library.owner, &mut |row| {
            rows += 1;
            black_box(row);
        })?;
        assert_eq!(rows, assets);
        figure("catalog.load_shelf", start, 1);
    }

    let mut times: Vec<u128> = Vec::new();
    let flags = Moment::now();
    for round in 0..1_000 {
        let asset = ids[random.below(assets as u64) as usize];
        let start = Instant::now();
        let done = catalog.write(NOW, &|_| true, |writer| {
            writer.set_favorite(library.owner, &[asset], round % 2 == 0)
        })?;
        times.push(start.elapsed().as_nanos());
        black_box(done);
    }
    figure("catalog.flag_change_mean", flags, times.len());
    times.sort_unstable();
    println!("catalog.flag_change\t{}\t# the median; worst {}", times[500], times[999]);

    let start = Moment::now();
    let files = catalog.read(|reader| reader.files_of_library(library.owner, library.library))?;
    figure("catalog.files_of_library", start, 1);
    assert_eq!(files.len(), assets);
    println!("# {} bytes of disk per asset", catalog.disk_bytes() / assets as u64);
    Ok(())
}

/// A moment, on the wall and on the processor.
#[derive(Clone, Copy)]
struct Moment {
    wall: Instant,
    processor_ns: u128,
}

impl Moment {
    fn now() -> Self {
        // Linux counts it for each thread; elsewhere it reads 0.
        let counted = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        let first = counted.split_whitespace().next().and_then(|text| text.parse().ok());
        Self { wall: Instant::now(), processor_ns: first.unwrap_or(0) }
    }
}

fn figure(name: &str, start: Moment, count: usize) {
    let count = count.max(1) as u128;
    let wall = start.wall.elapsed().as_nanos() / count;
    let processor = (Moment::now().processor_ns - start.processor_ns) / count;
    println!("{name}\t{wall}\t# {processor} ns of processor");
}

fn make_library(catalog: &Catalog, random: &mut Random) -> Result<Shelves, CatalogError> {
    let owner = UserId::from_random(random.bytes());
    let library = LibraryId::from_random(random.bytes());
    let albums: Vec<_> = (0..ALBUMS).map(|_| AlbumId::from_random(random.bytes())).collect();
    let people: Vec<_> = (0..PEOPLE).map(|_| PersonId::from_random(random.bytes())).collect();
    let mut tags = Vec::with_capacity(TAGS);
    catalog.write(NOW, &|_| false, |writer| {
        let user = User::new(owner, "figures@example.org", "Figures", NOW);
        writer.create_user(&user, None)?;
        let kind = LibraryKind::External(Import::of(b"/pictures".to_vec()));
        let name = "Pictures".to_owned();
        writer.create_library(&Library::new(library, owner, name, kind, NOW))?;
        for &id in &albums {
            writer.create_album(&Album::new(id, owner, "Album", NOW))?;
        }
        for &id in &people {
            let name = "Person".to_owned();
            writer.create_person(&Person::new(id, owner, name, NOW))?;
        }
        for number in 0..TAGS {
            let name = format!("Tag {number}");
            let mut fresh = || TagId::from_random(random.bytes());
            tags.push(writer.ensure_tag(owner, &[&name], &mut fresh)?);
        }
        Ok(())
    })?;
    Ok(Shelves { owner, library, albums, people, tags })
}

fn asset(library: &Shelves, random: &mut Random) -> NewAsset {
    let month = random.below(MONTHS) as i64;
    let local = (month * 30 * 86_400 + random.below(30 * 86_400) as i64) * 1_000_000;
    let capture = CaptureTime {
        local: LocalTime::from_micros(local),
        offset: Offset::from_seconds(3_600 * (random.below(24) as i32 - 12)),
        source: DateSource::ExifOriginal,
    };
    let mut facts = Facts::unread(Kind::Image, capture);
    (facts.width, facts.height) = (4_032, 3_024);
    let city = random.below(300);
    facts.place = Place {
        point: GeoPoint::new(random.below(90) as f64, random.below(180) as f64),
        city: Some(format!("City {city}")),
        state: Some(format!("State {}", city / 10)),
        country: Some(format!("Country {}", city / 30)),
    };
    facts.camera = Some(format!("Camera {}", random.below(20)));
    facts.exif.make = Some("Maker".to_owned());
    facts.exif.iso = Some(100);
    facts.state = MetadataState::Read;
    let id = AssetId::from_random(random.bytes());
    let mut asset = NewAsset::new(id, library.owner, library.library, facts);
    asset.file_name = format!("IMG_{:08}.jpg", random.below(100_000_000));
    asset.sha1 = Some([random.next() as u8; 20].map(|byte| byte ^ random.next() as u8));
    asset.files.push(NewFile {
        path: format!("{month:03}/{id}.jpg").into_bytes(),
        role: FileRole::Original,
        size: 3_000_000,
        mtime_ns: local.saturating_mul(1_000),
        inode: Some(random.next() >> 8),
        device: Some(1),
    });
    asset
}

/// A thumbhash for nine in ten, and two memberships for each on average.
fn memberships(
    writer: &mut kalends_catalog::Writer<'_>,
    library: &Shelves,
    ids: &[AssetId],
    random: &mut Random,
) -> Result<(), CatalogError> {
    for &id in ids {
        if random.below(10) > 0 {
            let hash = [id.bytes().as_slice(), &id.bytes()[..7]].concat();
            writer.set_pictures(library.owner, &[(id, Some(&hash))])?;
        }
        match random.below(3) {
            0 => {
                let album = library.albums[random.below(ALBUMS as u64) as usize];
                writer.add_to_album(album, library.owner, &[id])?;
            }
            1 => {
                let tag = library.tags[random.below(TAGS as u64) as usize];
                writer.tag_assets(tag, library.owner, &[id])?;
            }
            _ => {}
        }
        for _ in 0..random.below(3) + u64::from(random.below(3) == 0) {
            writer.add_faces(&[Face {
                id: FaceId::from_random(random.bytes()),
                owner: library.owner,
                asset: id,
                person: Some(library.people[random.below(PEOPLE as u64) as usize]),
                region: [0.1, 0.1, 0.2, 0.2],
                source: FaceSource::Metadata,
                is_visible: true,
                is_deleted: false,
            }])?;
        }
    }
    Ok(())
}
