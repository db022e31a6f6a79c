//! Small libraries to test on, and a shelf that is only a map.

use std::cell::Cell;
use std::collections::BTreeMap;

use kalends_catalog::{
    Album, Catalog, CatalogError, Committed, Facts, Library, LibraryKind, NewAsset, User, Writer,
};
use kalends_model::{
    AlbumId, AssetId, AssetRow, CaptureTime, DateSource, Kind, LibraryId, LocalTime, ShelfBatch,
    UserId, Version,
};

/// When the tests take place, in microseconds since 1970.
pub(crate) const NOW: i64 = 1_700_000_000_000_000;

pub(crate) fn on_sqlite(law: impl Fn(&Catalog)) {
    let dir = tempfile::tempdir().unwrap();
    law(&Catalog::open(dir.path(), NOW).unwrap());
}

thread_local! {
    static NEXT: Cell<u64> = const { Cell::new(1) };
}

/// Sixteen bytes that no other call of this test returns, well spread.
pub(crate) fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    for half in bytes.chunks_mut(8) {
        let state = NEXT.with(|next| {
            next.set(next.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
            next.get()
        });
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        half.copy_from_slice(&(mixed ^ (mixed >> 31)).to_be_bytes());
    }
    bytes
}

/// A write that wants every batch.
pub(crate) fn write<T>(
    catalog: &Catalog,
    f: impl FnOnce(&mut Writer<'_>) -> Result<T, CatalogError>,
) -> Committed<T> {
    catalog.write(NOW, &|_| true, f).unwrap()
}

pub(crate) fn user(email: &str) -> User {
    let name = email.split('@').next().unwrap();
    User::new(UserId::from_random(random()), email, name, NOW)
}

/// A user with one library.
#[derive(Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) id: UserId,
    pub(crate) library: LibraryId,
}

pub(crate) fn owner(catalog: &Catalog, email: &str) -> Owner {
    let user = user(email);
    let library = Library::new(
        LibraryId::from_random(random()),
        user.id,
        "Uploads".to_owned(),
        LibraryKind::Uploads,
        NOW,
    );
    write(catalog, |writer| {
        writer.create_user(&user, None)?;
        writer.create_library(&library)
    });
    Owner { id: user.id, library: library.id }
}

/// A photo taken at this many microseconds.
pub(crate) fn photo(owner: Owner, local: i64) -> NewAsset {
    let capture = CaptureTime {
        local: LocalTime::from_micros(local),
        offset: None,
        source: DateSource::ExifOriginal,
    };
    let facts = Facts::unread(Kind::Image, capture);
    NewAsset::new(AssetId::from_random(random()), owner.id, owner.library, facts)
}

/// Adds `count` photos, a second apart.
pub(crate) fn photos(catalog: &Catalog, owner: Owner, count: usize) -> Vec<AssetId> {
    let new: Vec<NewAsset> = (0..count).map(|n| photo(owner, n as i64 * 1_000_000)).collect();
    write(catalog, |writer| writer.insert_assets(&new));
    new.iter().map(|asset| asset.id).collect()
}

pub(crate) fn album(catalog: &Catalog, owner: UserId) -> AlbumId {
    let album = Album::new(AlbumId::from_random(random()), owner, "Album", NOW);
    write(catalog, |writer| writer.create_album(&album));
    album.id
}

pub(crate) fn rows(catalog: &Catalog, owner: Owner, ids: &[AssetId]) -> Vec<AssetRow> {
    catalog.read(|reader| reader.rows_of(owner.id, ids)).unwrap()
}

pub(crate) fn row(catalog: &Catalog, owner: Owner, id: AssetId) -> AssetRow {
    rows(catalog, owner, &[id]).pop().unwrap()
}

pub(crate) fn version(catalog: &Catalog, owner: Owner) -> u64 {
    catalog.read(|reader| reader.version(owner.id)).unwrap().unwrap().0
}

/// A shelf that is only a map: what batches must add up to.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct MapShelf {
    pub(crate) version: Version,
    pub(crate) rows: BTreeMap<AssetId, AssetRow>,
}

impl MapShelf {
    pub(crate) fn load(catalog: &Catalog, owner: UserId) -> Self {
        let mut rows = BTreeMap::new();
        let mut put = |row: AssetRow| {
            assert!(rows.insert(row.id, row).is_none(), "a row comes once");
        };
        let version = catalog.load_shelf(owner, &mut put).unwrap().unwrap();
        Self { version, rows }
    }

    pub(crate) fn apply(&mut self, batch: ShelfBatch) {
        assert_eq!(batch.from, self.version, "batches follow each other");
        assert!(batch.to > batch.from);
        self.version = batch.to;
        for id in batch.removals {
            self.rows.remove(&id);
        }
        for row in batch.upserts {
            assert_eq!(row.row_version, batch.to.0);
            self.rows.insert(row.id, row);
        }
    }
}
