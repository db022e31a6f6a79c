//! Assets: every fact comes back as it went in.

use kalends_catalog::{Catalog, CatalogError, Exif, MetadataState, NewAsset, Place};
use kalends_model::{
    AssetId, CaptureTime, ChangeKind, DateSource, GeoPoint, Kind, LocalTime, Offset, Visibility,
};

use crate::build::{NOW, owner, photo, photos, random, row, write};

contract! {
    every_fact_comes_back
    an_unknown_offset_is_not_utc
    extreme_times_are_kept
    pictures_are_recorded
    first_pictures_are_told_from_later_ones
    the_motion_of_a_photo_is_let_go_when_deleted
    bare_ids_find_their_owners
    unread_assets_are_listed
    duplicates_are_grouped_by_owner
    an_asset_needs_a_library_of_its_owner
}

fn every_fact_comes_back(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let mut asset = photo(alice, 1_234_567);
    asset.facts.kind = Kind::Video;
    asset.facts.capture.offset = Offset::from_seconds(-34_200);
    (asset.facts.width, asset.facts.height) = (u32::MAX, 3);
    asset.facts.duration_ms = Some(61_000);
    asset.facts.projection = Some("EQUIRECTANGULAR".to_owned());
    asset.facts.place = Place {
        point: GeoPoint::new(-33.8, 151.2),
        city: Some("Sydney".to_owned()),
        state: Some("New South Wales".to_owned()),
        country: Some("Australia".to_owned()),
    };
    asset.facts.camera = Some("Maker Model".to_owned());
    asset.facts.rating = Some(-1);
    asset.facts.state = MetadataState::Read;
    asset.facts.exif = Exif {
        description: Some("“quoted” 🏖".to_owned()),
        make: Some("Maker".to_owned()),
        model: Some("Model".to_owned()),
        lens: Some("Lens".to_owned()),
        f_number: Some(1.8),
        exposure_time: Some("1/250".to_owned()),
        iso: Some(200),
        focal_length: Some(4.25),
        fps: Some(29.97),
        orientation: Some(6),
        zone: Some("Australia/Sydney".to_owned()),
        raw_width: Some(4),
        raw_height: Some(5),
        content_id: Some("one".to_owned()),
    };
    asset.file_name = "IMG 1.mov".to_owned();
    asset.visibility = Visibility::Hidden;
    asset.is_favorite = true;
    asset.sha1 = Some([1; 20]);
    asset.sha256 = Some([2; 32]);
    asset.fallback = Some(CaptureTime { source: DateSource::Client, ..asset.facts.capture });
    asset.live_video = Some(AssetId::from_random(random()));
    write(catalog, |w| w.insert_assets(std::slice::from_ref(&asset)));

    let row = row(catalog, alice, asset.id);
    assert_eq!((row.id, row.owner, row.library), (asset.id, alice.id, alice.library));
    assert_eq!(
        (row.kind, row.visibility, row.capture),
        (Kind::Video, Visibility::Hidden, asset.facts.capture)
    );
    assert!(row.is_favorite && !row.is_trashed && !row.is_offline);
    assert_eq!((row.width, row.height, row.duration_ms), (u32::MAX, 3, Some(61_000)));
    assert_eq!(row.live_video, asset.live_video);
    assert_eq!(row.projection.as_deref(), Some("EQUIRECTANGULAR"));
    assert_eq!(row.place, asset.facts.place.point);
    assert_eq!((row.city.as_deref(), row.country.as_deref()), (Some("Sydney"), Some("Australia")));
    assert_eq!((row.camera.as_deref(), row.rating), (Some("Maker Model"), Some(-1)));
    assert_eq!((row.thumbhash, row.stack, row.row_version), (None, None, 1));

    let details = catalog.read(|r| r.details(alice.id, asset.id)).unwrap().unwrap();
    assert_eq!((details.file_name, details.created_at), (asset.file_name, NOW));
    assert_eq!((details.sha1, details.sha256), (asset.sha1, asset.sha256));
    assert_eq!((details.fallback, details.state), (asset.fallback, MetadataState::Read));
    assert_eq!(details.exif, asset.facts.exif);
    assert_eq!(details.place_state, asset.facts.place.state);
}

fn an_unknown_offset_is_not_utc(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let unknown = photo(alice, 0);
    let mut known = photo(alice, 0);
    known.facts.capture.offset = Some(Offset::UTC);
    write(catalog, |w| w.insert_assets(&[unknown.clone(), known.clone()]));
    assert_eq!(row(catalog, alice, unknown.id).capture.offset, None);
    assert_eq!(row(catalog, alice, known.id).capture.offset, Some(Offset::UTC));
}

fn extreme_times_are_kept(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    for local in [i64::MIN, -1, i64::MAX] {
        let asset = photo(alice, local);
        write(catalog, |w| w.insert_assets(std::slice::from_ref(&asset)));
        assert_eq!(row(catalog, alice, asset.id).capture.local, LocalTime::from_micros(local));
    }
}

fn pictures_are_recorded(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 1);
    let gone = AssetId::from_random(random());
    let done = write(catalog, |w| {
        w.set_pictures(alice.id, &[(ids[0], Some(&[7; 25])), (gone, Some(&[8; 25]))])
    });
    assert_eq!(done.changes[0].assets, ids);
    assert_eq!(row(catalog, alice, ids[0]).thumbhash.as_deref(), Some(&[7; 25][..]));
    write(catalog, |w| w.set_pictures(alice.id, &[(ids[0], None)]));
    assert_eq!(row(catalog, alice, ids[0]).thumbhash, None);
}

fn first_pictures_are_told_from_later_ones(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 1);
    let kinds = |thumbhash: Option<&[u8]>| {
        let done = write(catalog, |w| w.set_pictures(alice.id, &[(ids[0], thumbhash)]));
        done.changes.iter().map(|change| change.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(Some(&[7; 25])), [ChangeKind::PicturesMade]);
    assert_eq!(kinds(Some(&[8; 25])), [ChangeKind::AssetsUpdated]);
    assert_eq!(kinds(None), [ChangeKind::AssetsUpdated]);
}

fn the_motion_of_a_photo_is_let_go_when_deleted(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 2);
    write(catalog, |w| w.set_live_video(alice.id, ids[0], Some(ids[1])));
    assert_eq!(row(catalog, alice, ids[0]).live_video, Some(ids[1]));
    let done = write(catalog, |w| w.delete_assets(alice.id, &ids[1..]));
    assert_eq!(done.batches[0].upserts[0].live_video, None);
    assert_eq!(row(catalog, alice, ids[0]).live_video, None);
}

fn bare_ids_find_their_owners(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let (hers, his) = (photos(catalog, alice, 1)[0], photos(catalog, bob, 1)[0]);
    let nobodys = AssetId::from_random(random());
    let found = catalog.read(|r| r.owner_of_assets(&[his, nobodys, hers])).unwrap();
    assert_eq!(found, [(his, bob.id), (hers, alice.id)]);
}

fn unread_assets_are_listed(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let mut new: Vec<NewAsset> = (0..3).map(|n| photo(alice, n)).collect();
    new[0].facts.state = MetadataState::Read;
    new[1].facts.state = MetadataState::Failed;
    write(catalog, |w| w.insert_assets(&new));
    let mut expected = vec![
        (alice.id, new[1].id, MetadataState::Failed),
        (alice.id, new[2].id, MetadataState::Pending),
    ];
    expected.sort_by_key(|unread| unread.1);
    assert_eq!(catalog.read(|r| r.unread_assets(9)).unwrap(), expected);
    new[2].facts.state = MetadataState::Read;
    write(catalog, |w| w.update_facts(alice.id, new[2].id, &new[2].facts));
    assert_eq!(catalog.read(|r| r.unread_assets(9)).unwrap().len(), 1);
}

fn duplicates_are_grouped_by_owner(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let ids = photos(catalog, alice, 3);
    let his = photos(catalog, bob, 1);
    write(catalog, |w| {
        w.set_hashes(alice.id, ids[0], &[1; 20], &[9; 32])?;
        w.set_hashes(alice.id, ids[1], &[2; 20], &[8; 32])?;
        w.set_hashes(alice.id, ids[2], &[1; 20], &[9; 32])?;
        w.set_hashes(bob.id, his[0], &[1; 20], &[9; 32])
    });
    let groups = catalog.read(|r| r.duplicates_of(alice.id)).unwrap();
    let mut expected = vec![ids[0], ids[2]];
    expected.sort();
    assert_eq!(groups.len(), 1);
    assert_eq!((groups[0].sha256, &groups[0].assets), ([9; 32], &expected));
    assert_eq!(catalog.read(|r| r.assets_with_sha1(alice.id, &[1; 20])).unwrap(), expected);
    assert!(catalog.read(|r| r.duplicates_of(bob.id)).unwrap().is_empty());
}

fn an_asset_needs_a_library_of_its_owner(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let asset = NewAsset { library: bob.library, ..photo(alice, 0) };
    let refused = catalog.write(NOW, &|_| false, |w| w.insert_assets(&[asset]));
    assert!(matches!(refused, Err(CatalogError::NotFound(_))), "{refused:?}");
}
