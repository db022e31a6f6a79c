//! Rows: plain ones with sensible defaults for tests that say what matters, and random ones.

use std::sync::Arc;

use kalends_model::{
    AlbumId, AssetId, AssetRow, CaptureTime, CivilDate, CivilDateTime, CivilTime, DateSource,
    GeoPoint, Instant, Kind, LocalTime, Offset, PersonId, StackId, StackPlace, TagId, UserId,
    Visibility,
};

use crate::ids;
use crate::rng::Rng;
use crate::world::World;

/// The wall clock at this minute.
///
/// # Panics
/// When there is no such minute.
pub fn local(year: i32, month: u8, day: u8, hour: u8, minute: u8) -> LocalTime {
    let date = CivilDate::new(year, month, day).expect("the test names a day that exists");
    let time = CivilTime::new(hour, minute, 0, 0).expect("the test names a minute that exists");
    LocalTime::from_civil(CivilDateTime { date, time })
}

/// Asset `number` of `owner`: a photo in the timeline, taken `number` minutes after the start of
/// 2024 with an unknown offset, of which nothing else is known.
pub fn row(owner: UserId, number: u64) -> AssetRow {
    let start = local(2024, 1, 1, 0, 0).micros();
    AssetRow {
        id: ids::asset(number),
        owner,
        library: ids::library(0),
        capture: CaptureTime {
            local: LocalTime::from_micros(start + number as i64 * 60_000_000),
            offset: None,
            source: DateSource::ExifOriginal,
        },
        visibility: Visibility::Timeline,
        kind: Kind::Image,
        is_favorite: false,
        is_trashed: false,
        is_offline: false,
        width: 4_000,
        height: 3_000,
        duration_ms: None,
        thumbhash: None,
        live_video: None,
        projection: None,
        place: None,
        city: None,
        country: None,
        camera: None,
        rating: None,
        stack: None,
        albums: Vec::new(),
        people: Vec::new(),
        tags: Vec::new(),
        row_version: 1,
    }
}

/// Says what matters of a row, and leaves the rest as [`row`] has it.
#[derive(Clone, Debug)]
pub struct RowBuilder {
    row: AssetRow,
}

impl RowBuilder {
    /// Begins with [`row`].
    pub fn new(owner: UserId, number: u64) -> Self {
        Self { row: row(owner, number) }
    }

    /// The row.
    pub fn build(self) -> AssetRow {
        self.row
    }

    /// With another id.
    #[must_use]
    pub fn id(mut self, id: AssetId) -> Self {
        self.row.id = id;
        self
    }

    /// Taken when the clock showed this.
    #[must_use]
    pub fn taken(mut self, local: LocalTime) -> Self {
        self.row.capture.local = local;
        self
    }

    /// Taken by a clock that many minutes east of UTC.
    ///
    /// # Panics
    /// When the offset reaches a whole day.
    #[must_use]
    pub fn offset_minutes(mut self, minutes: i32) -> Self {
        let offset = Offset::from_seconds(minutes * 60);
        self.row.capture.offset = Some(offset.expect("the test names an offset within a day"));
        self
    }

    /// The date was read from there.
    #[must_use]
    pub fn date_source(mut self, source: DateSource) -> Self {
        self.row.capture.source = source;
        self
    }

    /// Shown there.
    #[must_use]
    pub fn visibility(mut self, visibility: Visibility) -> Self {
        self.row.visibility = visibility;
        self
    }

    /// A favourite.
    #[must_use]
    pub fn favorite(mut self) -> Self {
        self.row.is_favorite = true;
        self
    }

    /// In the trash.
    #[must_use]
    pub fn trashed(mut self) -> Self {
        self.row.is_trashed = true;
        self
    }

    /// Its file has vanished.
    #[must_use]
    pub fn offline(mut self) -> Self {
        self.row.is_offline = true;
        self
    }

    /// A video of that length.
    #[must_use]
    pub fn video(mut self, duration_ms: u64) -> Self {
        self.row.kind = Kind::Video;
        self.row.duration_ms = Some(duration_ms);
        self
    }

    /// Of that size in pixels.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Self {
        (self.row.width, self.row.height) = (width, height);
        self
    }

    /// Taken there.
    ///
    /// # Panics
    /// When the point is not on the earth.
    #[must_use]
    pub fn place(mut self, latitude: f64, longitude: f64) -> Self {
        let point = GeoPoint::new(latitude, longitude);
        self.row.place = Some(point.expect("the test names a point on the earth"));
        self
    }

    /// In that city of that country.
    #[must_use]
    pub fn city(mut self, city: &str, country: &str) -> Self {
        self.row.city = Some(Arc::from(city));
        self.row.country = Some(Arc::from(country));
        self
    }

    /// With that camera.
    #[must_use]
    pub fn camera(mut self, camera: &str) -> Self {
        self.row.camera = Some(Arc::from(camera));
        self
    }

    /// Rated so.
    #[must_use]
    pub fn rating(mut self, rating: i8) -> Self {
        self.row.rating = Some(rating);
        self
    }

    /// In that stack, of so many in the timeline.
    #[must_use]
    pub fn stack(mut self, stack: StackId, is_primary: bool, timeline_count: u32) -> Self {
        self.row.stack = Some(StackPlace { stack, is_primary, timeline_count });
        self
    }

    /// In that album too.
    #[must_use]
    pub fn album(mut self, album: AlbumId) -> Self {
        insert(&mut self.row.albums, album);
        self
    }

    /// With that person too.
    #[must_use]
    pub fn person(mut self, person: PersonId) -> Self {
        insert(&mut self.row.people, person);
        self
    }

    /// With that tag too.
    #[must_use]
    pub fn tag(mut self, tag: TagId) -> Self {
        insert(&mut self.row.tags, tag);
        self
    }

    /// Last changed at that version.
    #[must_use]
    pub fn row_version(mut self, version: u64) -> Self {
        self.row.row_version = version;
        self
    }
}

/// Keeps a list of keys ascending, each once.
fn insert<T: Ord>(keys: &mut Vec<T>, key: T) {
    if let Err(at) = keys.binary_search(&key) {
        keys.insert(at, key);
    }
}

/// When something was taken: see [`World::arbitrary_local`]; also at an instant at which something
/// else was taken under another offset, so that the order is decided by the id.
pub fn arbitrary_capture(rng: &mut Rng, world: &World) -> CaptureTime {
    let mut local = world.arbitrary_local(rng);
    let offset = *rng.pick(&World::OFFSETS);
    if let Some(offset) = offset
        && rng.one_in(4)
    {
        local = offset.local_at(Instant::from_micros(local.micros()));
    }
    CaptureTime { local, offset, source: rng.pick(&DateSource::ALL).0 }
}

/// A row of one of the world's owners: see [`arbitrary_row_of`].
pub fn arbitrary_row(rng: &mut Rng, world: &World) -> AssetRow {
    let owner = *rng.pick(&world.owners);
    arbitrary_row_of(rng, world, owner)
}

/// A row of `owner`, well formed, with every fact in play. Its id is of a pool small enough that
/// another draw may meet it again, and no other owner's.
pub fn arbitrary_row_of(rng: &mut Rng, world: &World, owner: UserId) -> AssetRow {
    let kind = if rng.one_in(4) { Kind::Video } else { Kind::Image };
    let place = rng.flip().then(|| rng.pick(&world.places).clone());
    let is_plain = rng.flip();
    AssetRow {
        id: arbitrary_asset_id(rng, world, owner),
        owner,
        library: *rng.pick(&world.libraries),
        capture: arbitrary_capture(rng, world),
        visibility: if is_plain { Visibility::Timeline } else { *rng.pick(&Visibility::ALL) },
        kind,
        is_favorite: rng.one_in(3),
        is_trashed: !is_plain && rng.one_in(3),
        is_offline: !is_plain && rng.one_in(4),
        width: *rng.pick(&[0, 1, 4_000, 65_536, u32::MAX]),
        height: *rng.pick(&[0, 1, 3_000, 65_535, u32::MAX]),
        duration_ms: (kind == Kind::Video).then(|| *rng.pick(&[1, 65_250, 1 << 31, 1 << 40])),
        thumbhash: arbitrary_thumbhash(rng),
        live_video: rng.one_in(6).then(|| arbitrary_asset_id(rng, world, owner)),
        projection: rng.one_in(8).then(|| Arc::from(*rng.pick(&["EQUIRECTANGULAR", "CUBEMAP"]))),
        place: place.as_ref().map(|place| place.point),
        city: place.as_ref().and_then(|place| place.city.clone()),
        country: place.and_then(|place| place.country),
        camera: rng.flip().then(|| rng.pick(&world.cameras).clone()),
        rating: rng.flip().then(|| rng.below(7) as i8 - 1),
        stack: rng.one_in(4).then(|| StackPlace {
            stack: *rng.pick(&world.stacks),
            is_primary: rng.flip(),
            timeline_count: *rng.pick(&[0, 1, 3, u32::MAX]),
        }),
        albums: rng.some_of(&world.albums, 3),
        people: rng.some_of(&world.people, 4),
        tags: rng.some_of(&world.tags, 3),
        row_version: 1,
    }
}

fn arbitrary_asset_id(rng: &mut Rng, world: &World, owner: UserId) -> AssetId {
    let known = world.owners.iter().position(|known| *known == owner);
    let family = known.unwrap_or(world.owners.len());
    if rng.one_in(8) {
        ids::close_asset((family * 300 + rng.below(300)) as u16)
    } else {
        ids::asset((family * 60_000 + rng.below(60_000)) as u64)
    }
}

fn arbitrary_thumbhash(rng: &mut Rng) -> Option<Box<[u8]>> {
    let length = *rng.pick(&[0, 1, 5, 21, 24, 25, 63, 64]);
    let first = rng.below(256) as u8;
    (length > 0).then(|| (0..length).map(|byte| first.wrapping_add(byte)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_rows_are_well_formed() {
        let mut rng = Rng::seeded(5);
        let world = World::new(&mut rng);
        for _ in 0..2_000 {
            let row = arbitrary_row(&mut rng, &world);
            assert!(row.albums.is_sorted() && row.people.is_sorted() && row.tags.is_sorted());
            assert!(row.thumbhash.is_none_or(|hash| (1..=64).contains(&hash.len())));
            assert!(row.duration_ms.is_none() || row.kind == Kind::Video);
            assert!(world.owners.contains(&row.owner));
        }
    }

    #[test]
    fn a_builder_changes_what_it_names_alone() {
        let owner = ids::user(0);
        let built = RowBuilder::new(owner, 4).album(ids::album(2)).album(ids::album(2)).build();
        assert_eq!(built, AssetRow { albums: vec![ids::album(2)], ..row(owner, 4) });
    }
}
