//! A library in a temporary folder, with one user, one folder of photos, and ways to look at them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use kalends_catalog::{Facts, FileRole, NewAsset};
use kalends_library::{
    Ask, AskError, Clock, Denied, Library, NewUser, PictureMaker, Question, Randomness, Report,
    Viewer,
};
use kalends_model::{
    AlbumId, AssetId, AssetRow, CaptureTime, DateSource, Direction, Filter, Grain, Kind, Leaf,
    LibraryId, LocalTime, Month, UserId, Version,
};
use kalends_specimen::{Photo, Scene, WallTime, set_modified};
use kalends_test_support::{Rng, local};

/// The password of every user that [`App::user`] makes.
pub(crate) const PASSWORD: &str = "a good password";

type Hook = Box<dyn Fn() + Send + Sync>;

/// A clock that stands still until it is told to go on. Asking it runs a hook: the library asks
/// just before each of its writes, so a test can act at exactly that moment.
#[derive(Default)]
pub(crate) struct FakeClock {
    now: AtomicI64,
    hook: Mutex<Option<Arc<Hook>>>,
}

impl FakeClock {
    pub(crate) fn set(&self, micros: i64) {
        self.now.store(micros, Ordering::Relaxed);
    }

    /// Runs `hook` each time somebody asks for the time, until [`FakeClock::unhook`].
    pub(crate) fn hook(&self, hook: impl Fn() + Send + Sync + 'static) {
        *self.hook.lock().unwrap() = Some(Arc::new(Box::new(hook)));
    }

    pub(crate) fn unhook(&self) {
        *self.hook.lock().unwrap() = None;
    }
}

impl Clock for FakeClock {
    fn now_micros(&self) -> i64 {
        let hook = self.hook.lock().unwrap().clone();
        if let Some(hook) = hook {
            hook();
        }
        self.now.load(Ordering::Relaxed)
    }
}

/// Random bytes that are the same on every run.
pub(crate) struct Seeded(Mutex<Rng>);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(Rng::seeded(seed)))
    }
}

impl Randomness for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        let mut rng = self.0.lock().unwrap();
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&rng.next_u64().to_le_bytes()[..chunk.len()]);
        }
    }
}

/// The library under test. Its photos lie in one folder, its data in another.
pub(crate) struct App {
    pub(crate) library: Arc<Library>,
    pub(crate) clock: Arc<FakeClock>,
    /// Anna, whose folder it is.
    pub(crate) user: UserId,
    /// The library of her folder.
    pub(crate) photos: LibraryId,
    pub(crate) root: tempfile::TempDir,
}

pub(crate) fn open(data: &Path, clock: &Arc<FakeClock>, seed: u64) -> Library {
    let randomness = Arc::new(Seeded::new(seed));
    let library = Library::open(data, clock.clone(), randomness, PictureMaker::in_process());
    let library = library.unwrap();
    // How full the disk of the machine is makes no difference.
    library.set_upload_floor(0);
    library
}

impl App {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let clock = Arc::new(FakeClock::default());
        clock.set(local(2026, 11, 22, 12, 0).micros());
        let library = Arc::new(open(&root.path().join("data"), &clock, 1));
        let user = create_user(&library, "anna");
        std::fs::create_dir(root.path().join("photos")).unwrap();
        let photos = library.add_folder(user, &root.path().join("photos")).unwrap();
        Self { library, clock, user, photos, root }
    }

    /// Another user, `NAME@kalends.example`.
    pub(crate) fn user(&self, name: &str) -> UserId {
        create_user(&self.library, name)
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.root.path().join("photos")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    pub(crate) fn viewer(&self) -> Viewer {
        Viewer::Open { user: self.user }
    }

    /// Writes bytes into the folder.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Writes bytes into the folder, last modified at this second of 1970.
    pub(crate) fn write_at(&self, name: &str, bytes: impl AsRef<[u8]>, unix_seconds: i64) {
        set_modified(&self.write(name, bytes), unix_seconds).unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        std::fs::remove_file(self.folder().join(name)).unwrap();
    }

    pub(crate) fn rename(&self, from: &str, to: &str) {
        let to = self.folder().join(to);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::rename(self.folder().join(from), to).unwrap();
    }

    /// Scans, and gives the report on Anna's folder.
    pub(crate) fn scan(&self) -> Report {
        let reports = self.library.scan_all().unwrap();
        reports.into_iter().find(|report| report.library == "photos").unwrap()
    }

    /// The assets of Anna's folder by the path of their original.
    pub(crate) fn assets(&self) -> BTreeMap<String, AssetId> {
        self.assets_of(self.user, self.photos)
    }

    pub(crate) fn assets_of(&self, owner: UserId, library: LibraryId) -> BTreeMap<String, AssetId> {
        let files = self.library.read(|reader| reader.files_of_library(owner, library)).unwrap();
        let originals = files.into_iter().filter(|(_, file)| file.role == FileRole::Original);
        originals.map(|(path, file)| (self.name_of(&path), file.asset)).collect()
    }

    pub(crate) fn asset(&self, name: &str) -> AssetId {
        let assets = self.assets();
        *assets.get(name).unwrap_or_else(|| panic!("{name} is no asset, but {assets:?} are"))
    }

    /// The row of the asset at this path, from the catalog.
    pub(crate) fn row(&self, name: &str) -> AssetRow {
        let asset = self.asset(name);
        self.library.read(|reader| reader.rows_of(self.user, &[asset])).unwrap().remove(0)
    }

    /// The rows of Anna's folder, by id.
    pub(crate) fn rows(&self) -> BTreeMap<AssetId, AssetRow> {
        let assets: Vec<AssetId> = self.assets().into_values().collect();
        let rows = self.library.read(|reader| reader.rows_of(self.user, &assets)).unwrap();
        rows.into_iter().map(|row| (row.id, row)).collect()
    }

    pub(crate) fn version(&self) -> Version {
        self.library.read(|reader| reader.version(self.user)).unwrap().unwrap()
    }

    pub(crate) fn details(&self, name: &str) -> kalends_catalog::Details {
        let asset = self.asset(name);
        self.library.read(|reader| reader.details(self.user, asset)).unwrap().unwrap()
    }

    /// The recorded problems of Anna's folder, by path.
    pub(crate) fn problems(&self) -> BTreeMap<String, String> {
        let of = |reader: &mut kalends_catalog::Reader<'_>| {
            reader.problems_of(self.user, self.photos, usize::MAX)
        };
        let problems = self.library.read(of).unwrap().into_iter();
        problems.map(|problem| (self.name_of(&problem.path), problem.reason)).collect()
    }

    /// The path in the folder that holds it: Anna's, or one beside it.
    fn name_of(&self, path: &[u8]) -> String {
        let root = self.root.path().canonicalize().unwrap();
        let path = String::from_utf8_lossy(path).into_owned();
        let Ok(path) = Path::new(&path).strip_prefix(root) else { return path };
        let name: PathBuf = path.components().skip(1).collect();
        name.to_str().unwrap().to_owned()
    }

    pub(crate) fn catalog_library(&self) -> kalends_catalog::Library {
        self.library.read(|reader| reader.library(self.photos)).unwrap().unwrap()
    }

    /// What time it is.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now.load(Ordering::Relaxed)
    }

    /// Another user, whose uploads may take this many bytes.
    pub(crate) fn user_with_quota(&self, bytes: u64) -> UserId {
        let anna = self.library.read(|reader| reader.user(self.user)).unwrap().unwrap();
        let id = UserId::from_random([0x77; 16]);
        let email = "quota@kalends.example".to_owned();
        let user = kalends_catalog::User { id, email, quota_bytes: Some(bytes), ..anna };
        let uploads = kalends_catalog::Library {
            id: LibraryId::from_random([0x78; 16]),
            owner: id,
            kind: kalends_catalog::LibraryKind::Uploads,
            ..self.catalog_library()
        };
        let made = self.library.write(|writer| {
            writer.create_user(&user, None)?;
            writer.create_library(&uploads)
        });
        made.unwrap();
        id
    }

    /// An empty album of Anna's.
    pub(crate) fn album(&self, name: &str) -> AlbumId {
        let bytes: [u8; 16] = std::array::from_fn(|at| *name.as_bytes().get(at).unwrap_or(&0));
        let album = kalends_catalog::Album::new(AlbumId::from_random(bytes), self.user, name, 0);
        self.library.write(|writer| writer.create_album(&album)).unwrap();
        album.id
    }

    /// How many assets Anna's timeline shows.
    pub(crate) fn shown(&self) -> usize {
        ids(&self.library, &self.viewer(), &Ask::default()).unwrap().len()
    }
}

pub(crate) fn create_user(library: &Library, name: &str) -> UserId {
    let email = format!("{name}@kalends.example");
    let new = NewUser { email: &email, name, password: PASSWORD, is_admin: false };
    library.create_user(new).unwrap()
}

/// The user's library for uploads.
pub(crate) fn uploads(library: &Library, user: UserId) -> LibraryId {
    library.read(|reader| reader.libraries_of(user)).unwrap()[0].id
}

/// A photo that exists in the catalog alone, taken in the given minute.
pub(crate) fn catalog_photo(
    id: AssetId,
    owner: UserId,
    library: LibraryId,
    local: LocalTime,
) -> NewAsset {
    let capture = CaptureTime { local, offset: None, source: DateSource::ExifOriginal };
    NewAsset::new(id, owner, library, Facts::unread(Kind::Image, capture))
}

/// A picture that says nothing about itself.
pub(crate) fn undated_png() -> Vec<u8> {
    use kalends_specimen::PhotoFormat;
    let blank = Photo::new(Scene::Hills, 1, 16, 16);
    Photo { format: PhotoFormat::Png, ..blank }.to_bytes()
}

/// A small photo taken at noon on this day, whose picture nothing else shares.
pub(crate) fn photo(year: i32, month: u8, day: u8) -> Photo {
    let seed = (year as u64) << 16 | u64::from(month) << 8 | u64::from(day);
    Photo::new(Scene::Hills, seed, 32, 24).taken(WallTime::new(year, month, day, 12, 0, 0), None)
}

/// The ids that pass, in the order of the answer, once it is sure that the answer is whole: the sum
/// of the counts is the total and the number of ids, each id once, each in the month of its clock.
pub(crate) fn ids(library: &Library, viewer: &Viewer, ask: &Ask) -> Result<Vec<AssetId>, AskError> {
    library.question(viewer, ask).map(|question| consistent_ids(&question))
}

pub(crate) fn consistent_ids(question: &Question) -> Vec<AssetId> {
    let Question { snapshot, filter } = question;
    let counts = snapshot.counts(filter, Grain::Month, Direction::Descending);
    let mut ids = Vec::new();
    for count in &counts {
        let month: Month = count.bucket.start().month();
        let rows = snapshot.bucket(month, filter, Direction::Descending);
        assert_eq!(rows.len() as u64, count.count, "{month:?}");
        for row in rows.iter() {
            assert_eq!(row.local().month(), month);
            ids.push(row.id());
        }
    }
    let distinct: BTreeSet<AssetId> = ids.iter().copied().collect();
    assert_eq!(distinct.len(), ids.len(), "an id came twice");
    assert_eq!(snapshot.total(filter), ids.len() as u64);
    ids
}

/// The same without order.
pub(crate) fn id_set(library: &Library, viewer: &Viewer, ask: &Ask) -> BTreeSet<AssetId> {
    ids(library, viewer, ask).unwrap().into_iter().collect()
}

/// Why the question is refused.
pub(crate) fn denied(library: &Library, viewer: &Viewer, ask: &Ask) -> Denied {
    match ids(library, viewer, ask) {
        Err(AskError::Denied(denied)) => denied,
        other => panic!("it should be denied, but: {other:?}"),
    }
}

/// A question with one leaf.
pub(crate) fn with_leaf(leaf: Leaf) -> Ask {
    Ask { filter: Filter::from(leaf), ..Ask::default() }
}
