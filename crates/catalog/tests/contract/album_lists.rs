//! What lists of albums show beside each album's own row.

use std::collections::BTreeMap;

use kalends_catalog::{Album, Catalog, Link, LinkTarget, Role};
use kalends_model::{AlbumId, AssetId, LinkId, UserId, Visibility};

use crate::build::{NOW, album, owner, photos, random, user, write};

contract! {
    albums_are_read_many_at_a_time
    albums_of_deleted_users_are_nobodys
    members_and_roles_are_read_for_a_list
    linkers_are_listed_once_for_each_album
    a_cover_is_valid_while_the_album_shows_it
    a_change_of_an_asset_is_noted_in_its_albums
    membership_is_asked_of_many_assets
}

fn link(owner: UserId, album: AlbumId) -> Link {
    Link {
        id: LinkId::from_random(random()),
        owner,
        key: [random(), random()].concat(),
        slug: None,
        target: LinkTarget::Album(album),
        description: None,
        created_at: NOW,
        expires_at: None,
        show_metadata: true,
        allow_upload: false,
        allow_download: false,
    }
}

fn ids(albums: &[Album]) -> Vec<AlbumId> {
    albums.iter().map(|album| album.id).collect()
}

fn albums_are_read_many_at_a_time(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let (first, second) = (album(catalog, alice.id), album(catalog, alice.id));
    let nothing = AlbumId::from_random(random());
    let asked = [second, nothing, first, second];
    let found = catalog.read(|r| r.albums(&asked)).unwrap();
    assert_eq!(ids(&found), [second, first], "in the order asked, each once");
    assert_eq!(Some(&found[1]), catalog.read(|r| r.album(first)).unwrap().as_ref());
}

fn albums_of_deleted_users_are_nobodys(catalog: &Catalog) {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    let shared = album(catalog, alice.id);
    write(catalog, |w| w.set_album_user(shared, bob.id, Role::Viewer));
    let received = || ids(&catalog.read(|r| r.albums_shared_with(bob.id)).unwrap());
    assert_eq!(received(), [shared]);
    assert_eq!(ids(&catalog.read(|r| r.albums_shared_with(alice.id)).unwrap()), []);
    write(catalog, |w| w.set_user_deleted(alice.id, Some(NOW)));
    assert_eq!(received(), []);
    assert_eq!(catalog.read(|r| r.albums(&[shared])).unwrap(), []);
}

fn members_and_roles_are_read_for_a_list(catalog: &Catalog) {
    let [alice, bob, carol] =
        ["alice@x.org", "bob@x.org", "carol@x.org"].map(|email| owner(catalog, email));
    let [first, second, empty] = [(); 3].map(|()| album(catalog, alice.id));
    write(catalog, |w| {
        w.set_album_user(first, bob.id, Role::Viewer)?;
        w.set_album_user(first, carol.id, Role::Editor)?;
        w.set_album_user(second, bob.id, Role::Editor)?;
        w.set_user_deleted(carol.id, Some(NOW))
    });
    let members = catalog.read(|r| r.members_of_albums(&[first, second, empty])).unwrap();
    let expected = BTreeMap::from([
        (first, vec![(bob.id, Role::Viewer)]),
        (second, vec![(bob.id, Role::Editor)]),
    ]);
    assert_eq!(members, expected, "deleted users are no members");
    let roles = catalog.read(|r| r.roles_in_albums(bob.id, &[first, empty])).unwrap();
    assert_eq!(roles, BTreeMap::from([(first, Role::Viewer)]));
}

fn linkers_are_listed_once_for_each_album(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let (linked, other) = (album(catalog, alice.id), album(catalog, alice.id));
    write(catalog, |w| {
        w.create_link(&link(alice.id, linked), None)?;
        w.create_link(&link(alice.id, linked), Some("hash"))
    });
    let linkers = catalog.read(|r| r.linkers_of_albums(&[linked, other])).unwrap();
    assert_eq!(linkers, BTreeMap::from([(linked, vec![alice.id])]));
}

fn a_cover_is_valid_while_the_album_shows_it(catalog: &Catalog) {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    let id = album(catalog, alice.id);
    let cover = photos(catalog, bob, 1)[0];
    let chosen = Album { cover: Some(cover), ..Album::new(id, alice.id, "Album", NOW) };
    write(catalog, |w| w.update_album(&chosen));
    let valid = || -> Option<AssetId> {
        catalog.read(|r| r.valid_covers(&[id])).unwrap().get(&id).copied()
    };
    assert_eq!(valid(), None, "it is not in the album");
    write(catalog, |w| w.add_to_album(id, bob.id, &[cover]));
    assert_eq!(valid(), Some(cover));

    write(catalog, |w| w.trash(bob.id, &[cover]));
    assert_eq!(valid(), None);
    write(catalog, |w| w.restore(bob.id, &[cover]));
    write(catalog, |w| w.set_offline(bob.id, &[cover], true));
    assert_eq!(valid(), None);
    write(catalog, |w| w.set_offline(bob.id, &[cover], false));
    write(catalog, |w| w.set_visibility(bob.id, &[cover], Visibility::Hidden));
    assert_eq!(valid(), None);
    write(catalog, |w| w.set_visibility(bob.id, &[cover], Visibility::Archive));
    assert_eq!(valid(), Some(cover));
    write(catalog, |w| w.set_library_trashed(bob.library, true));
    assert_eq!(valid(), None);
    write(catalog, |w| w.set_library_trashed(bob.library, false));
    write(catalog, |w| w.set_user_deleted(bob.id, Some(NOW)));
    assert_eq!(valid(), None);
    write(catalog, |w| w.set_user_deleted(bob.id, None));
    write(catalog, |w| w.delete_assets(bob.id, &[cover]));
    assert_eq!(valid(), None);
}

fn a_change_of_an_asset_is_noted_in_its_albums(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let (inside, outside) = (album(catalog, alice.id), album(catalog, alice.id));
    let assets = photos(catalog, alice, 2);
    let at = |now: i64, act: &dyn Fn(&mut kalends_catalog::Writer<'_>)| {
        let acted = catalog.write(now, &|_| false, |w| {
            act(w);
            Ok(())
        });
        acted.unwrap();
        let stamps = |id| {
            let album = catalog.read(|r| r.album(id)).unwrap().unwrap();
            (album.updated_at - NOW, album.assets_modified_at - NOW)
        };
        (stamps(inside), stamps(outside))
    };
    let added = at(NOW + 1, &|w| {
        w.add_to_album(inside, alice.id, &assets[..1]).unwrap();
    });
    assert_eq!(added, ((1, 1), (0, 0)));
    let changed = at(NOW + 2, &|w| {
        w.set_favorite(alice.id, &assets, true).unwrap();
    });
    assert_eq!(changed, ((1, 2), (0, 0)));
    let elsewhere = at(NOW + 3, &|w| {
        w.set_favorite(alice.id, &assets[1..], false).unwrap();
    });
    assert_eq!(elsewhere, ((1, 2), (0, 0)));
    let removed = at(NOW + 4, &|w| {
        w.remove_from_album(inside, alice.id, &assets).unwrap();
    });
    assert_eq!(removed, ((4, 2), (0, 0)));
}

fn membership_is_asked_of_many_assets(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = user("bob@example.org").id;
    let id = album(catalog, alice.id);
    let mut assets = photos(catalog, alice, 3);
    assets.sort_unstable();
    write(catalog, |w| w.add_to_album(id, alice.id, &assets[1..]));
    let inside = |owner| catalog.read(|r| r.assets_in_album(id, owner, &assets)).unwrap();
    assert_eq!(inside(alice.id), assets[1..]);
    assert_eq!(inside(bob), []);
}
