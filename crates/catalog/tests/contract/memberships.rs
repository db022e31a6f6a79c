//! Albums and people: what lies on the shelf of the asset's owner.

use kalends_catalog::{Album, AlbumOrder, Catalog, CatalogError, Face, FaceSource, Person, Role};
use kalends_model::{AlbumId, AssetId, CivilDate, FaceId, PersonId, UserId, Visibility};

use crate::build::{NOW, Owner, album, owner, photos, random, row, version, write};

contract! {
    an_album_keeps_its_words
    an_album_knows_whose_assets_it_holds
    a_deleted_album_leaves_every_shelf
    an_asset_is_in_an_album_once
    people_are_those_with_a_visible_face
    a_person_may_be_on_the_shelf_of_another
    merged_people_are_one
    faces_from_metadata_are_replaced_alone
    a_person_is_renamed_and_hidden
    faces_are_counted_in_the_live_timeline
    faces_are_found_by_person_and_asset
    what_a_person_chose_is_kept_from_the_files
}

fn an_album_keeps_its_words(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let id = album(catalog, alice.id);
    let cover = AssetId::from_random(random());
    let kept = Album {
        description: "2024".to_owned(),
        order: AlbumOrder::Asc,
        cover: Some(cover),
        is_activity_enabled: false,
        ..Album::new(id, alice.id, "Nepal", NOW)
    };
    write(catalog, |w| w.update_album(&kept));
    assert_eq!(catalog.read(|r| r.album(id)).unwrap(), Some(kept.clone()));
    assert_eq!(catalog.read(|r| r.albums_of(alice.id)).unwrap(), std::slice::from_ref(&kept));
    let lost = Album { id: AlbumId::from_random(random()), ..kept };
    let refused = catalog.write(NOW, &|_| false, |w| w.update_album(&lost));
    assert!(matches!(refused, Err(CatalogError::NotFound("album"))));
}

fn an_album_knows_whose_assets_it_holds(catalog: &Catalog) {
    let owners = ["a@x.org", "b@x.org", "c@x.org"].map(|email| owner(catalog, email));
    let album = album(catalog, owners[0].id);
    let holds = || catalog.read(|r| r.album_owners(album)).unwrap();
    assert_eq!(holds(), []);
    let mut ids = Vec::new();
    for of in owners {
        ids.push(photos(catalog, of, 3));
        write(catalog, |w| w.add_to_album(album, of.id, ids.last().unwrap()));
    }
    let mut expected: Vec<UserId> = owners.iter().map(|owner| owner.id).collect();
    expected.sort();
    assert_eq!(holds(), expected);
    let of_last = catalog.read(|r| r.albums_of_asset(owners[2].id, ids[2][0])).unwrap();
    assert_eq!(of_last, [album]);
    assert_eq!(catalog.read(|r| r.album_assets(album)).unwrap().len(), 9);
    write(catalog, |w| w.remove_from_album(album, owners[1].id, &ids[1]));
    write(catalog, |w| w.delete_assets(owners[2].id, &ids[2]));
    assert_eq!(holds(), [owners[0].id]);
}

fn a_deleted_album_leaves_every_shelf(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let album = album(catalog, alice.id);
    let (hers, his) = (photos(catalog, alice, 1), photos(catalog, bob, 1));
    write(catalog, |w| {
        w.set_album_user(album, bob.id, Role::Editor)?;
        w.add_to_album(album, alice.id, &hers)?;
        w.add_to_album(album, bob.id, &his)
    });
    let done = write(catalog, |w| w.delete_album(album));
    assert_eq!(done.changes.len(), 2);
    assert!(row(catalog, alice, hers[0]).albums.is_empty());
    assert!(row(catalog, bob, his[0]).albums.is_empty());
    assert_eq!(catalog.read(|r| r.album(album)).unwrap(), None);
    assert_eq!(catalog.read(|r| r.album_users(album)).unwrap(), []);
}

fn an_asset_is_in_an_album_once(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let album = album(catalog, alice.id);
    let ids = photos(catalog, alice, 2);
    assert_eq!(write(catalog, |w| w.add_to_album(album, alice.id, &ids[..1])).value, ids[..1]);
    assert_eq!(write(catalog, |w| w.add_to_album(album, alice.id, &ids)).value, ids[1..]);
    let nobodys = AssetId::from_random(random());
    let refused = catalog.write(NOW, &|_| false, |w| w.add_to_album(album, alice.id, &[nobodys]));
    assert!(matches!(refused, Err(CatalogError::NotFound(_))), "{refused:?}");
    assert_eq!(write(catalog, |w| w.remove_from_album(album, alice.id, &ids)).value, ids);
    assert!(write(catalog, |w| w.remove_from_album(album, alice.id, &ids)).changes.is_empty());
}

fn person(catalog: &Catalog, owner: Owner) -> PersonId {
    let id = PersonId::from_random(random());
    let name = "Anna".to_owned();
    let person = Person::new(id, owner.id, name, NOW);
    write(catalog, |w| w.create_person(&person));
    id
}

fn face(owner: Owner, asset: AssetId, person: Option<PersonId>) -> Face {
    Face {
        id: FaceId::from_random(random()),
        owner: owner.id,
        asset,
        person,
        region: [0.25, 0.5, 0.75, 1.0],
        source: FaceSource::Manual,
        is_visible: true,
        is_deleted: false,
    }
}

fn people_are_those_with_a_visible_face(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let asset = photos(catalog, alice, 1)[0];
    let anna = person(catalog, alice);
    let mut first = face(alice, asset, Some(anna));
    let second = face(alice, asset, Some(anna));
    let nobody = face(alice, asset, None);
    write(catalog, |w| w.add_faces(&[first.clone(), second.clone(), nobody]));
    assert_eq!(row(catalog, alice, asset).people, [anna], "two faces, one person");
    write(catalog, |w| w.update_face(&Face { is_deleted: true, ..second }));
    assert_eq!(row(catalog, alice, asset).people, [anna]);
    first.is_visible = false;
    write(catalog, |w| w.update_face(&first));
    assert!(row(catalog, alice, asset).people.is_empty());
    assert_eq!(catalog.read(|r| r.face(first.id)).unwrap(), Some(first));
    assert_eq!(catalog.read(|r| r.faces_of_asset(alice.id, asset)).unwrap().len(), 3);
}

fn a_person_may_be_on_the_shelf_of_another(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let anna = person(catalog, alice);
    let his = photos(catalog, bob, 1)[0];
    let hers = version(catalog, alice);
    write(catalog, |w| w.add_faces(&[face(bob, his, Some(anna))]));
    assert_eq!(row(catalog, bob, his).people, [anna]);
    assert_eq!((version(catalog, alice), version(catalog, bob)), (hers, 2));
    write(catalog, |w| w.delete_person(anna));
    assert!(row(catalog, bob, his).people.is_empty());
    assert_eq!(version(catalog, bob), 3);
    assert_eq!(catalog.read(|r| r.person_owner(anna)).unwrap(), None);
}

fn merged_people_are_one(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 2);
    let (anna, anne) = (person(catalog, alice), person(catalog, alice));
    write(catalog, |w| {
        w.add_faces(&[face(alice, ids[0], Some(anna)), face(alice, ids[1], Some(anne))])
    });
    write(catalog, |w| w.merge_people(anna, anne));
    assert_eq!(row(catalog, alice, ids[1]).people, [anna]);
    assert_eq!(catalog.read(|r| r.faces_of_person(anna)).unwrap().len(), 2);
    assert_eq!(catalog.read(|r| r.person(anne)).unwrap(), None);
    write(catalog, |w| w.merge_people(anna, anna));
    assert_eq!(catalog.read(|r| r.people_of(alice.id)).unwrap().len(), 1);
}

fn faces_from_metadata_are_replaced_alone(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let asset = photos(catalog, alice, 1)[0];
    let (anna, ben) = (person(catalog, alice), person(catalog, alice));
    let from_file = |person| Face { source: FaceSource::Metadata, ..face(alice, asset, person) };
    write(catalog, |w| w.add_faces(&[face(alice, asset, Some(anna)), from_file(Some(ben))]));
    write(catalog, |w| w.replace_metadata_faces(alice.id, asset, &[from_file(None)]));
    assert_eq!(row(catalog, alice, asset).people, [anna]);
    write(catalog, |w| w.replace_metadata_faces(alice.id, asset, &[]));
    assert_eq!(catalog.read(|r| r.faces_of_asset(alice.id, asset)).unwrap().len(), 1);
}

fn a_person_is_renamed_and_hidden(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let id = person(catalog, alice);
    let name = "Annie".to_owned();
    let known = Person {
        is_hidden: true,
        birth_date: CivilDate::new(1969, 12, 31),
        color: Some("#aabbcc".to_owned()),
        is_favorite: true,
        featured_asset: Some(AssetId::from_random(random())),
        updated_at: NOW + 7,
        ..Person::new(id, alice.id, name, NOW)
    };
    write(catalog, |w| w.update_person(&known));
    assert_eq!(catalog.read(|r| r.person(id)).unwrap().as_ref(), Some(&known));
    let other = PersonId::from_random(random());
    assert_eq!(catalog.read(|r| r.people_by_id(&[other, id])).unwrap(), [known]);
    assert_eq!(catalog.read(|r| r.person_owner(id)).unwrap(), Some(alice.id));
}

fn faces_are_counted_in_the_live_timeline(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let (ids, his) = (photos(catalog, alice, 4), photos(catalog, bob, 1));
    let (anna, ben) = (person(catalog, alice), person(catalog, alice));
    let of = |asset, person| face(alice, asset, Some(person));
    let unseen = Face { is_visible: false, ..of(ids[0], ben) };
    let removed = Face { is_deleted: true, ..of(ids[0], ben) };
    write(catalog, |w| {
        w.add_faces(&[of(ids[0], anna), of(ids[0], anna), of(ids[1], anna), of(ids[2], anna)])?;
        w.add_faces(&[unseen, removed, face(bob, his[0], Some(ben)), face(alice, ids[3], None)])
    });
    let counted = || catalog.read(|r| r.face_counts(alice.id)).unwrap();
    let shown = || catalog.read(|r| r.assets_showing(alice.id, anna)).unwrap();
    assert_eq!(counted(), [(anna, 4)].into());
    assert_eq!(shown(), 3);
    write(catalog, |w| {
        w.set_visibility(alice.id, &ids[..1], Visibility::Archive)?;
        w.trash(alice.id, &ids[1..2])
    });
    assert_eq!((counted(), shown()), ([(anna, 1)].into(), 1));
    write(catalog, |w| w.set_library_trashed(alice.library, true));
    assert_eq!((counted(), shown()), ([].into(), 0));
}

fn faces_are_found_by_person_and_asset(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 3);
    let (anna, ben) = (person(catalog, alice), person(catalog, alice));
    let faces = [0, 1, 2].map(|n| face(alice, ids[n], Some(anna)));
    let bens = face(alice, ids[0], Some(ben));
    write(catalog, |w| w.add_faces(&faces));
    write(catalog, |w| w.add_faces(std::slice::from_ref(&bens)));
    let mut found = catalog.read(|r| r.faces_of_people_in(alice.id, &[anna], &ids[..2])).unwrap();
    found.sort_by_key(|face| face.asset != ids[0]);
    assert_eq!(found, faces[..2]);
    let shown = |asset| catalog.read(|r| r.shown_faces(alice.id, anna, asset, 9)).unwrap();
    assert_eq!(shown(Some(ids[1])), faces[1..2]);
    write(catalog, |w| {
        w.set_visibility(alice.id, &ids[..1], Visibility::Locked)?;
        w.trash(alice.id, &ids[1..2])
    });
    assert_eq!(shown(None), faces[2..]);
    write(catalog, |w| w.delete_face(&faces[2]));
    assert!(row(catalog, alice, ids[2]).people.is_empty());
    let twice = catalog.write(NOW, &|_| false, |w| w.delete_face(&faces[2]));
    assert!(matches!(twice, Err(CatalogError::NotFound("face"))));
}

fn what_a_person_chose_is_kept_from_the_files(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 2);
    let kept = |asset| {
        let both =
            catalog.read(|r| Ok((r.keeps_tags(alice.id, asset)?, r.keeps_faces(alice.id, asset)?)));
        both.unwrap()
    };
    let gone = AssetId::from_random(random());
    write(catalog, |w| w.keep_tags(alice.id, &[ids[0], gone]));
    assert_eq!(
        (kept(ids[0]), kept(ids[1]), kept(gone)),
        ((true, false), (false, false), (false, false))
    );
    write(catalog, |w| w.keep_faces(alice.id, &ids));
    assert_eq!((kept(ids[0]), kept(ids[1])), ((true, true), (false, true)));
}
