//! Rows for the tests of this crate.

use kalends_model::{
    AlbumId, AssetId, AssetRow, CaptureTime, CivilDate, CivilDateTime, CivilTime, DateSource,
    GeoPoint, Kind, LibraryId, LocalTime, Offset, PersonId, StackId, StackPlace, TagId, UserId,
    Visibility,
};

use crate::fingerprint::mix;

/// The owner of every row here.
pub(crate) const OWNER: UserId = UserId::from_bytes([0xaa; 16]);

/// 16 bytes that only `n` and `kind` decide.
pub(crate) fn bytes(kind: u64, n: u64) -> [u8; 16] {
    let (high, low) = (mix(kind << 48 ^ n), mix(kind << 48 ^ n ^ 1 << 40));
    (u128::from(high) << 64 | u128::from(low)).to_be_bytes()
}

pub(crate) fn asset(n: u64) -> AssetId {
    AssetId::from_bytes(bytes(1, n))
}

pub(crate) fn album(n: u64) -> AlbumId {
    AlbumId::from_bytes(bytes(2, n))
}

/// A wall clock.
pub(crate) fn at(year: i32, month: u8, day: u8, hour: u8) -> LocalTime {
    let date = CivilDate::new(year, month, day).unwrap();
    let time = CivilTime::new(hour, 0, 0, 0).unwrap();
    LocalTime::from_civil(CivilDateTime { date, time })
}

/// A plain live image of 15 March 2021, noon.
pub(crate) fn row(n: u64) -> AssetRow {
    AssetRow {
        id: asset(n),
        owner: OWNER,
        library: LibraryId::from_bytes(bytes(4, 0)),
        capture: CaptureTime {
            local: at(2021, 3, 15, 12),
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

/// A row with every fact.
pub(crate) fn full_row(n: u64) -> AssetRow {
    let sorted = |kind: u64| {
        let mut keys = [bytes(kind, n % 5), bytes(kind, 100 + n % 3)];
        keys.sort_unstable();
        keys
    };
    AssetRow {
        capture: CaptureTime {
            local: at(2021, 1 + (n % 3) as u8, 1 + (n % 28) as u8, (n % 24) as u8),
            offset: Offset::from_seconds(20_700),
            source: DateSource::FileTime,
        },
        visibility: Visibility::ALL[(n % 4) as usize],
        kind: Kind::Video,
        is_favorite: true,
        is_trashed: n.is_multiple_of(5),
        is_offline: n.is_multiple_of(7),
        duration_ms: Some(n * 1_000),
        thumbhash: Some(bytes(9, n)[..(n % 16) as usize].into()),
        live_video: Some(asset(n + 1_000_000)),
        projection: Some("EQUIRECTANGULAR".into()),
        place: GeoPoint::new((n % 180) as f64 - 90.0, (n % 360) as f64 - 180.0),
        city: Some(format!("City {}", n % 11).into()),
        country: Some(format!("Country {}", n % 4).into()),
        camera: Some("Maker Model".into()),
        rating: Some((n % 7) as i8 - 1),
        stack: Some(StackPlace {
            stack: StackId::from_bytes(bytes(7, n / 3)),
            is_primary: n.is_multiple_of(3),
            timeline_count: 3,
        }),
        albums: sorted(2).map(AlbumId::from_bytes).into(),
        people: sorted(3).map(PersonId::from_bytes).into(),
        tags: sorted(5).map(TagId::from_bytes).into(),
        row_version: n,
        ..row(n)
    }
}
