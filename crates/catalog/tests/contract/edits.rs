//! What a person sets on assets, and how it is undone.

use kalends_catalog::{Catalog, CatalogError, Dated, Link, LinkTarget, Place};
use kalends_model::{
    AssetId, CaptureTime, DateSource, DuplicateId, GeoPoint, LinkId, LocalTime, Offset, Visibility,
};

use crate::build::{
    MapShelf, NOW, Owner, album, owner, photo, photos, random, row, version, write,
};

contract! {
    setting_what_is_so_already_is_no_change
    unknown_assets_are_passed_over
    every_edit_can_be_undone_and_redone
    what_a_person_set_outlives_a_new_reading
    offline_assets_come_back
    what_is_locked_leaves_albums_and_links
}

fn setting_what_is_so_already_is_no_change(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 2);
    let changed = write(catalog, |w| w.set_favorite(alice.id, &ids[..1], true)).value;
    assert_eq!(changed, ids[..1]);
    let done = write(catalog, |w| w.set_favorite(alice.id, &ids, true));
    assert_eq!(done.value, ids[1..]);
    assert_eq!(done.changes[0].assets, ids[1..]);
    let nothing = write(catalog, |w| w.set_favorite(alice.id, &ids, true));
    assert!(nothing.changes.is_empty() && nothing.batches.is_empty());
    assert_eq!(version(catalog, alice), 3);
}

fn unknown_assets_are_passed_over(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let his = photos(catalog, bob, 1);
    let done = write(catalog, |w| {
        w.trash(alice.id, &his)?;
        w.set_rating(alice.id, &his, Some(5))?;
        w.delete_assets(alice.id, &his)
    });
    assert!(done.value.is_empty() && done.changes.is_empty());
    assert!(!row(catalog, bob, his[0]).is_trashed);
}

/// One edit of each kind.
fn edits(catalog: &Catalog, alice: Owner, ids: &[AssetId]) {
    let place = Place {
        point: GeoPoint::new(27.7, 85.3),
        city: Some("Kathmandu".to_owned()),
        state: Some("Bagmati".to_owned()),
        country: Some("Nepal".to_owned()),
    };
    let capture = CaptureTime {
        local: LocalTime::from_micros(-5),
        offset: Offset::from_seconds(20_700),
        source: DateSource::User,
    };
    write(catalog, |w| w.set_favorite(alice.id, ids, true));
    write(catalog, |w| w.set_visibility(alice.id, ids, Visibility::Archive));
    write(catalog, |w| w.trash(alice.id, ids));
    write(catalog, |w| w.set_rating(alice.id, ids, Some(-1)));
    let dated = Dated { capture, zone: Some("UTC+05:45".to_owned()) };
    write(catalog, |w| w.set_dates(alice.id, &[(ids[0], dated)]));
    write(catalog, |w| w.set_place(alice.id, ids, &place));
    write(catalog, |w| w.set_description(alice.id, ids, Some("a temple")));
    write(catalog, |w| w.set_motions(alice.id, &[(ids[0], Some(ids[0]))]));
    let group = DuplicateId::from_random([5; 16]);
    write(catalog, |w| w.set_duplicates(alice.id, ids, Some(group)));
}

fn every_edit_can_be_undone_and_redone(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 2);
    let timeless = |catalog: &Catalog| {
        let mut shelf = MapShelf::load(catalog, alice.id);
        shelf.rows.values_mut().for_each(|row| row.row_version = 0);
        shelf.rows
    };
    let details = |id| catalog.read(|r| r.details(alice.id, id)).unwrap().unwrap();
    let description = |id| details(id).exif.description;
    let before = timeless(catalog);
    edits(catalog, alice, &ids);
    let after = timeless(catalog);
    let entries = || catalog.read(|r| r.undo_entries(alice.id, 100)).unwrap();
    let made = entries();
    let acts: Vec<_> = made.iter().rev().map(|entry| entry.act).collect();
    let expected = [
        "favorite",
        "visibility",
        "trashed",
        "rating",
        "capture",
        "place",
        "description",
        "motion",
        "duplicate",
    ];
    assert_eq!(acts, expected);
    assert_eq!(details(ids[0]).exif.zone.as_deref(), Some("UTC+05:45"));
    assert_eq!(details(ids[1]).duplicate, Some(DuplicateId::from_random([5; 16])));
    assert_eq!(description(ids[0]).as_deref(), Some("a temple"));
    for entry in &made {
        assert_eq!(write(catalog, |w| w.undo(entry.id)).value, entry.assets);
    }
    assert_eq!(timeless(catalog), before);
    assert_eq!(description(ids[0]), None);
    assert_eq!((details(ids[0]).exif.zone, details(ids[0]).duplicate), (None, None));
    for entry in entries() {
        write(catalog, |w| w.undo(entry.id));
    }
    assert_eq!(timeless(catalog), after);
    let gone = catalog.write(0, &|_| false, |w| w.undo(made[0].id));
    assert!(matches!(gone, Err(CatalogError::NotFound(_))));
}

fn what_a_person_set_outlives_a_new_reading(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 2);
    edits(catalog, alice, &ids[..1]);
    let edited = row(catalog, alice, ids[0]);
    let mut facts = photo(alice, 77).facts;
    facts.width = 640;
    facts.rating = Some(3);
    facts.place.city = Some("Lyon".to_owned());
    facts.exif.description = Some("from the file".to_owned());
    facts.exif.zone = Some("Europe/Paris".to_owned());
    for id in &ids {
        write(catalog, |w| w.update_facts(alice.id, *id, &facts));
    }
    let kept = row(catalog, alice, ids[0]);
    assert_eq!((kept.capture, &kept.city, kept.rating), (edited.capture, &edited.city, Some(-1)));
    assert_eq!(kept.width, 640);
    let taken = row(catalog, alice, ids[1]);
    assert_eq!(taken.capture.local.micros(), 77);
    assert_eq!((taken.city.as_deref(), taken.rating), (Some("Lyon"), Some(3)));
    let described = catalog.read(|r| {
        let mut texts = Vec::new();
        for id in &ids {
            texts.push(r.details(alice.id, *id)?.unwrap().exif.description.unwrap());
        }
        Ok(texts)
    });
    assert_eq!(described.unwrap(), ["a temple", "from the file"]);
    let zone = |id| catalog.read(|r| r.details(alice.id, id)).unwrap().unwrap().exif.zone;
    assert_eq!(zone(ids[0]).as_deref(), Some("UTC+05:45"), "the date is a person's");
    assert_eq!(zone(ids[1]).as_deref(), Some("Europe/Paris"));
}

fn offline_assets_come_back(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 1);
    write(catalog, |w| w.set_offline(alice.id, &ids, true));
    let gone = row(catalog, alice, ids[0]);
    assert!(gone.is_offline && gone.is_in_trash() && !gone.is_trashed);
    write(catalog, |w| w.set_offline(alice.id, &ids, false));
    assert!(!row(catalog, alice, ids[0]).is_in_trash());
    assert!(catalog.read(|r| r.undo_entries(alice.id, 9)).unwrap().is_empty());
}

fn what_is_locked_leaves_albums_and_links(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 3);
    let albums = [album(catalog, alice.id), album(catalog, alice.id)];
    let link = Link {
        id: LinkId::from_random(random()),
        owner: alice.id,
        key: vec![7; 50],
        slug: None,
        target: LinkTarget::Assets,
        description: None,
        created_at: NOW,
        expires_at: None,
        show_metadata: true,
        allow_upload: false,
        allow_download: true,
    };
    write(catalog, |w| {
        w.create_link(&link, None)?;
        w.add_link_assets(link.id, alice.id, &ids)?;
        w.add_to_album(albums[0], alice.id, &ids)?;
        w.add_to_album(albums[1], alice.id, &ids[..1])
    });
    write(catalog, |w| w.leave_albums_and_links(alice.id, &ids[..2]));
    assert_eq!(row(catalog, alice, ids[0]).albums, []);
    assert_eq!(row(catalog, alice, ids[2]).albums, [albums[0]]);
    assert_eq!(catalog.read(|r| r.link_assets(link.id)).unwrap(), [(alice.id, ids[2])]);
}
