//! A large library, written straight through the catalog: 90 % with a thumbhash, two memberships an
//! asset on average among 3,000 people, 2,000 tags and 500 albums, capture times over 240 months.

use std::path::{Path, PathBuf};

use kalends_catalog::{
    Album, CatalogError, Face, FaceSource, Facts, FileRole, MetadataState, NewAsset, NewFile,
    Person, Place, Writer,
};
use kalends_library::Library;
use kalends_library::scan::walk::Stamp;
use kalends_model::{
    AlbumId, AssetId, CaptureTime, DateSource, FaceId, GeoPoint, Kind, LibraryId, LocalTime,
    Offset, PersonId, TagId, UserId,
};

const PEOPLE: usize = 3_000;
const TAGS: usize = 2_000;
const ALBUMS: usize = 500;
const MONTHS: u64 = 240;
const BATCH: usize = 1_000;
/// 2005-01-01.
const FIRST_DAY_MICROS: i64 = 1_104_537_600_000_000;

/// SplitMix64: the same library on every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn bytes(&mut self) -> [u8; 16] {
        (u128::from(self.next()) << 64 | u128::from(self.next())).to_be_bytes()
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// What the assets are put into.
struct Keys {
    albums: Vec<AlbumId>,
    people: Vec<PersonId>,
    tags: Vec<TagId>,
}

/// Where the files of the large library lie.
pub(crate) enum Files {
    /// Nowhere: the assets have none.
    None,
    /// Below this folder, where they are written here.
    Below(PathBuf),
}

/// Fills `into` with assets. Their ids.
pub(crate) fn fill(
    library: &Library,
    owner: UserId,
    into: LibraryId,
    assets: usize,
    files: &Files,
) -> Result<Vec<AssetId>, Box<dyn std::error::Error>> {
    let mut random = Random(7);
    let keys = make_keys(library, owner, &mut random)?;
    let mut ids = Vec::with_capacity(assets);
    while ids.len() < assets {
        let count = BATCH.min(assets - ids.len());
        let mut batch = Vec::with_capacity(count);
        for number in ids.len()..ids.len() + count {
            let mut asset = asset(owner, into, number, &mut random);
            if let Files::Below(folder) = files {
                asset.files.push(write_file(folder, number)?);
            }
            batch.push(asset);
        }
        library.write(|writer| insert(writer, &keys, &batch, &mut random))?;
        ids.extend(batch.iter().map(|asset| asset.id));
    }
    Ok(ids)
}

fn make_keys(library: &Library, owner: UserId, random: &mut Random) -> Result<Keys, CatalogError> {
    let albums: Vec<_> = (0..ALBUMS).map(|_| AlbumId::from_random(random.bytes())).collect();
    let people: Vec<_> = (0..PEOPLE).map(|_| PersonId::from_random(random.bytes())).collect();
    let tags = library.write(|writer| {
        for &id in &albums {
            writer.create_album(&Album::new(id, owner, "Album", 0))?;
        }
        for &id in &people {
            let name = "Person".to_owned();
            writer.create_person(&Person::new(id, owner, name, 0))?;
        }
        let mut fresh = || TagId::from_random(random.bytes());
        let tags = (0..TAGS).map(|n| writer.ensure_tag(owner, &[&format!("Tag {n}")], &mut fresh));
        tags.collect()
    })?;
    Ok(Keys { albums, people, tags })
}

/// Assets without a thumbhash are videos, so that no scan goes to make pictures of them.
fn lacks_thumbhash(number: usize) -> bool {
    number.is_multiple_of(10)
}

fn asset(owner: UserId, library: LibraryId, number: usize, random: &mut Random) -> NewAsset {
    let month = random.below(MONTHS) as i64;
    let seconds = month * 30 * 86_400 + random.below(30 * 86_400) as i64;
    let capture = CaptureTime {
        local: LocalTime::from_micros(FIRST_DAY_MICROS + seconds * 1_000_000),
        offset: Offset::from_seconds(3_600 * (random.below(24) as i32 - 12)),
        source: DateSource::ExifOriginal,
    };
    let kind = if lacks_thumbhash(number) { Kind::Video } else { Kind::Image };
    let mut facts = Facts::unread(kind, capture);
    (facts.width, facts.height) = (4_032, 3_024);
    let city = random.below(300);
    facts.place = Place {
        point: GeoPoint::new(random.below(90) as f64, random.below(180) as f64),
        city: Some(format!("City {city}")),
        state: Some(format!("State {}", city / 10)),
        country: Some(format!("Country {}", city / 30)),
    };
    facts.camera = Some(format!("Camera {}", random.below(20)));
    facts.state = MetadataState::Read;
    let id = AssetId::from_random(random.bytes());
    let mut asset = NewAsset::new(id, owner, library, facts);
    asset.file_name = format!("IMG_{number:08}.jpg");
    let mut sha1 = [0; 20];
    sha1[..16].copy_from_slice(&random.bytes());
    asset.sha1 = Some(sha1);
    asset.sha256 = Some([sha1[0]; 32]);
    asset
}

/// Some bytes on the disk, and what a scan would note of them. 400 files lie in one folder.
fn write_file(folder: &Path, number: usize) -> std::io::Result<NewFile> {
    let relative = format!("{:04}/IMG_{number:08}.jpg", number / 400);
    let path = folder.join(&relative);
    if number.is_multiple_of(400) {
        std::fs::create_dir_all(path.parent().expect("it lies in a folder"))?;
    }
    std::fs::write(&path, number.to_be_bytes())?;
    let stamp = Stamp::of(&path.metadata()?);
    Ok(NewFile {
        path: path.into_os_string().into_encoded_bytes(),
        role: FileRole::Original,
        size: stamp.size_bytes,
        mtime_ns: stamp.modified_ns,
        inode: None,
        device: None,
    })
}

/// A batch, with a face for each asset on average, an album for four in ten and a tag for six.
fn insert(
    writer: &mut Writer<'_>,
    keys: &Keys,
    batch: &[NewAsset],
    random: &mut Random,
) -> Result<(), CatalogError> {
    writer.insert_assets(batch)?;
    let Some(owner) = batch.first().map(|asset| asset.owner) else { return Ok(()) };
    let ids: Vec<AssetId> = batch.iter().map(|asset| asset.id).collect();
    let hashes: Vec<Vec<u8>> =
        ids.iter().map(|id| [id.bytes().as_slice(), &id.bytes()[..7]].concat()).collect();
    let pictures: Vec<(AssetId, Option<&[u8]>)> = batch
        .iter()
        .zip(&hashes)
        .filter(|(asset, _)| asset.facts.kind == Kind::Image)
        .map(|(asset, hash)| (asset.id, Some(hash.as_slice())))
        .collect();
    writer.set_pictures(owner, &pictures)?;
    for part in ids.chunks(20) {
        match random.below(5) {
            0 | 1 => {
                writer.add_to_album(random.one_of(&keys.albums), owner, part)?;
            }
            _ => {
                writer.tag_assets(random.one_of(&keys.tags), owner, part)?;
            }
        }
    }
    let mut faces = Vec::with_capacity(ids.len());
    for &asset in &ids {
        for _ in 0..random.below(3) {
            faces.push(Face {
                id: FaceId::from_random(random.bytes()),
                owner,
                asset,
                person: Some(random.one_of(&keys.people)),
                region: [0.1, 0.1, 0.2, 0.2],
                source: FaceSource::Metadata,
                is_visible: true,
                is_deleted: false,
            });
        }
    }
    writer.add_faces(&faces)
}
