//! Buckets of real shelves, read back from their JSON into the type that the OpenAPI document
//! shows.

use kalends_model::{
    AssetRow, Direction, FactMask, Filter, Month, Offset, OwnerScope, RowMask, Scope, UserId,
    Version,
};
use kalends_test_support::{RowBuilder, ids, local, row};
use kalends_timeline::{ShelfBuilder, Snapshot};

use super::*;
use crate::wire::timeline::{AssetVisibility, TimeBucketAssetResponseDto, TimeBucketStatus};

const EMPTY: &str = "{\"city\":[],\"country\":[],\"duration\":[],\"id\":[],\"visibility\":[],\
    \"isFavorite\":[],\"isImage\":[],\"isTrashed\":[],\"livePhotoVideoId\":[],\"fileCreatedAt\":[],\
    \"localOffsetHours\":[],\"ownerId\":[],\"projectionType\":[],\"ratio\":[],\"status\":[],\
    \"thumbhash\":[]}";

const ALL: OptionalColumns = OptionalColumns { coordinates: true, stack: true };

/// The rows of January 2024 of the owners, with what is hidden of each.
fn january(owners: &[(UserId, FactMask, Vec<AssetRow>)]) -> Rows {
    let scopes = owners.iter().map(|(owner, hidden, _)| OwnerScope {
        owner: *owner,
        rows: RowMask::EVERYTHING,
        hidden: *hidden,
    });
    let shelves = owners.iter().map(|(owner, _, rows)| {
        let mut builder = ShelfBuilder::new(*owner);
        rows.iter().for_each(|row| builder.push(row.clone()));
        builder.finish(Version(1))
    });
    let snapshot = Snapshot::new(&Scope::new(scopes.collect()), shelves);
    snapshot.bucket(Month::new(2024, 1), &Filter::EVERYTHING, Direction::Ascending)
}

fn read(json: &[u8]) -> TimeBucketAssetResponseDto {
    serde_json::from_slice(json).unwrap()
}

#[test]
fn an_empty_bucket_has_every_key() {
    let encoded = |optional| String::from_utf8(encode(&Rows::default(), None, optional)).unwrap();
    assert_eq!(encoded(OptionalColumns::default()), EMPTY);
    let coordinates = EMPTY.replace('}', ",\"latitude\":[],\"longitude\":[]}");
    assert_eq!(encoded(OptionalColumns { coordinates: true, stack: false }), coordinates);
    let all = coordinates.replace('}', ",\"stack\":[]}");
    assert_eq!(encoded(ALL), all);
}

#[test]
fn every_column_shows_its_fact() {
    let me = ids::user(1);
    let mut photo = RowBuilder::new(me, 1)
        .offset_minutes(345)
        .place(27.717_2, 85.324)
        .city("Kath\"mandu", "Nepal")
        .favorite()
        .stack(ids::stack(1), true, 3)
        .build();
    photo.thumbhash = Some(Box::new([0xfb, 0xff]));
    photo.live_video = Some(ids::asset(9));
    photo.projection = Some("EQUIRECTANGULAR".into());
    let mut video = RowBuilder::new(me, 2)
        .visibility(kalends_model::Visibility::Archive)
        .video(65_250)
        .size(0, 100)
        .offline()
        .build();
    video.row_version = 2;
    let rows = january(&[(me, FactMask::NOTHING, vec![photo.clone(), video.clone()])]);
    let shown = read(&encode(&rows, Some(me), ALL));
    let instant = photo.capture.offset.unwrap().instant_of(photo.capture.local).civil_utc();
    let hour_and_minute = (instant.time.hour, instant.time.minute);
    let expected_photo = format!("2023-12-31T{:02}:{:02}:00", hour_and_minute.0, hour_and_minute.1);

    assert_eq!(shown.id, [photo.id.uuid(), video.id.uuid()]);
    assert_eq!(shown.city, [Some("Kath\"mandu".into()), None]);
    assert_eq!(shown.country, [Some("Nepal".into()), None]);
    assert_eq!(shown.duration, [None, Some("00:01:05".into())]);
    assert_eq!(shown.visibility, [AssetVisibility::Timeline, AssetVisibility::Archive]);
    assert_eq!(shown.is_favorite, [true, false]);
    assert_eq!(shown.is_image, [true, false]);
    assert_eq!(shown.is_trashed, [false, true]);
    assert_eq!(shown.live_photo_video_id, [Some(ids::asset(9).uuid()), None]);
    assert_eq!(shown.file_created_at, [expected_photo, "2024-01-01T00:02:00".into()]);
    assert_eq!(shown.local_offset_hours, [5.75, 0.0]);
    assert_eq!(shown.owner_id, [me.uuid(), me.uuid()]);
    assert_eq!(shown.projection_type, [Some("EQUIRECTANGULAR".into()), None]);
    assert_eq!(shown.ratio, [1.333, 1.0]);
    assert_eq!(shown.status, [TimeBucketStatus::Active, TimeBucketStatus::Active]);
    assert_eq!(shown.thumbhash, [Some("+/8=".into()), None]);
    assert_eq!(shown.latitude, Some(vec![Some(27.717_2), None]));
    assert_eq!(shown.longitude, Some(vec![Some(85.324), None]));
    let stack = [ids::stack(1).to_string(), "3".to_owned()];
    assert_eq!(shown.stack, Some(vec![Some(stack), None]));
}

#[test]
fn optional_columns_are_absent_unless_asked_for() {
    let me = ids::user(1);
    let rows = january(&[(me, FactMask::NOTHING, vec![row(me, 1)])]);
    let shown = read(&encode(&rows, Some(me), OptionalColumns::default()));
    assert_eq!((shown.latitude, shown.longitude, shown.stack), (None, None, None));
}

#[test]
fn favourites_are_the_callers_own_and_nobodys_for_visitors() {
    let (me, partner) = (ids::user(1), ids::user(2));
    let favourite = |owner, number| RowBuilder::new(owner, number).favorite().build();
    let rows = january(&[
        (me, FactMask::NOTHING, vec![favourite(me, 1)]),
        (partner, FactMask::NOTHING, vec![favourite(partner, 2)]),
    ]);
    let shown = |own| read(&encode(&rows, own, ALL)).is_favorite;
    assert_eq!(shown(Some(me)), [true, false]);
    assert_eq!(shown(None), [false, false]);
}

#[test]
fn hidden_facts_are_null() {
    let owner = ids::user(1);
    let placed = RowBuilder::new(owner, 1).place(1.0, 2.0).city("Lyon", "France").favorite();
    let rows = january(&[(owner, FactMask::EVERYTHING, vec![placed.build()])]);
    let shown = read(&encode(&rows, Some(owner), ALL));
    assert_eq!((shown.city, shown.country), (vec![None], vec![None]));
    assert_eq!((shown.latitude, shown.longitude), (Some(vec![None]), Some(vec![None])));
    assert_eq!(shown.is_favorite, [false]);
}

#[test]
fn the_trash_tells_thrown_away_from_vanished() {
    let me = ids::user(1);
    let rows = january(&[(
        me,
        FactMask::NOTHING,
        vec![
            RowBuilder::new(me, 1).trashed().build(),
            RowBuilder::new(me, 2).offline().build(),
            RowBuilder::new(me, 3).trashed().offline().build(),
        ],
    )]);
    let shown = read(&encode(&rows, Some(me), ALL));
    assert_eq!(shown.is_trashed, [true, true, true]);
    use TimeBucketStatus::{Active, Trashed};
    assert_eq!(shown.status, [Trashed, Active, Trashed]);
}

#[test]
fn the_clients_local_date_falls_into_the_month() {
    // A client adds the two columns and expects the month that it asked for.
    let me = ids::user(1);
    let at_the_edges = [
        (local(2024, 1, 1, 0, 0), 840),
        (local(2024, 1, 31, 23, 59), -720),
        (local(2024, 1, 31, 23, 59), 345),
    ];
    let rows = at_the_edges.iter().zip(1..).map(|((local, minutes), number)| {
        RowBuilder::new(me, number).taken(*local).offset_minutes(*minutes).build()
    });
    let rows = january(&[(me, FactMask::NOTHING, rows.collect())]);
    let shown = read(&encode(&rows, Some(me), ALL));
    let mut sums: Vec<String> = Vec::new();
    for (at, hours) in shown.file_created_at.iter().zip(&shown.local_offset_hours) {
        let (date, time) = at.split_once('T').unwrap();
        let mut parts = date.split('-').chain(time.split(':')).map(|part| part.parse().unwrap());
        let mut next = || -> i32 { parts.next().unwrap() };
        let (year, month, day, hour, minute) = (next(), next(), next(), next(), next());
        let utc = local(year, month as u8, day as u8, hour as u8, minute as u8);
        let offset = Offset::from_seconds((hours * 3_600.0).round() as i32).unwrap();
        let local = offset.local_at(kalends_model::Instant::from_micros(utc.micros()));
        sums.push(format!("{:?}", local.month()));
    }
    assert_eq!(sums, ["2024-01"; 3]);
}
