//! Shared links.

use kalends_catalog::{Catalog, CatalogError, Link, LinkTarget};
use kalends_model::{LinkId, UserId, Visibility};

use crate::build::{NOW, album, owner, photos, random, write};

contract! {
    a_link_is_opened_by_key_and_by_name
    keys_and_names_are_taken_once
    a_link_is_changed_and_removed
    a_link_shows_chosen_assets
    a_deleted_album_takes_its_links_along
    links_with_passwords_are_told_apart
    a_list_of_links_shows_one_asset_of_each
}

fn link(owner: UserId, target: LinkTarget) -> Link {
    Link {
        id: LinkId::from_random(random()),
        owner,
        key: [random(), random(), random()].concat(),
        slug: Some("my-trip".to_owned()),
        target,
        description: Some("for you".to_owned()),
        created_at: NOW,
        expires_at: Some(NOW + 1),
        show_metadata: false,
        allow_upload: true,
        allow_download: true,
    }
}

fn a_link_is_opened_by_key_and_by_name(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let link = link(alice.id, LinkTarget::Album(album(catalog, alice.id)));
    write(catalog, |w| w.create_link(&link, Some("hash")));
    assert_eq!(catalog.read(|r| r.link_by_key(&link.key)).unwrap(), Some(link.clone()));
    assert_eq!(catalog.read(|r| r.link_by_slug("my-trip")).unwrap(), Some(link.clone()));
    assert_eq!(catalog.read(|r| r.link_by_key(b"")).unwrap(), None);
    assert_eq!(catalog.read(|r| r.links_of(alice.id)).unwrap(), std::slice::from_ref(&link));
    let hash = || catalog.read(|r| r.link_password_hash(link.id)).unwrap();
    assert_eq!(hash().as_deref(), Some("hash"));
    write(catalog, |w| w.set_link_password_hash(link.id, None));
    assert_eq!(hash(), None);
}

fn keys_and_names_are_taken_once(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let first = link(alice.id, LinkTarget::Assets);
    write(catalog, |w| w.create_link(&first, None));
    let same_name = link(alice.id, LinkTarget::Assets);
    let same_key =
        Link { key: first.key.clone(), slug: None, ..link(alice.id, LinkTarget::Assets) };
    for twice in [same_name, same_key] {
        let refused = catalog.write(NOW, &|_| false, |w| w.create_link(&twice, None));
        assert!(matches!(refused, Err(CatalogError::Conflict(_))));
    }
}

fn a_link_is_changed_and_removed(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let mut link = link(alice.id, LinkTarget::Assets);
    write(catalog, |w| w.create_link(&link, Some("hash")));
    (link.slug, link.expires_at, link.show_metadata) = (None, None, true);
    write(catalog, |w| w.update_link(&link));
    assert_eq!(catalog.read(|r| r.link_by_key(&link.key)).unwrap(), Some(link.clone()));
    let hash = catalog.read(|r| r.link_password_hash(link.id)).unwrap();
    assert_eq!(hash.as_deref(), Some("hash"), "the password is set by its own act");
    write(catalog, |w| w.delete_link(link.id));
    assert_eq!(catalog.read(|r| r.link_by_key(&link.key)).unwrap(), None);
}

fn a_link_shows_chosen_assets(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 3);
    let link = link(alice.id, LinkTarget::Assets);
    write(catalog, |w| {
        w.create_link(&link, None)?;
        w.add_link_assets(link.id, alice.id, &ids)?;
        w.add_link_assets(link.id, alice.id, &ids[..1])?;
        w.remove_link_assets(link.id, alice.id, &ids[1..2])
    });
    let mut expected = vec![(alice.id, ids[0]), (alice.id, ids[2])];
    expected.sort();
    assert_eq!(catalog.read(|r| r.link_assets(link.id)).unwrap(), expected);
    write(catalog, |w| w.delete_assets(alice.id, &ids));
    assert_eq!(catalog.read(|r| r.link_assets(link.id)).unwrap(), []);
}

fn a_deleted_album_takes_its_links_along(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let album = album(catalog, alice.id);
    let link = link(alice.id, LinkTarget::Album(album));
    write(catalog, |w| w.create_link(&link, None));
    write(catalog, |w| w.delete_album(album));
    assert_eq!(catalog.read(|r| r.link_by_key(&link.key)).unwrap(), None);
}

fn links_with_passwords_are_told_apart(catalog: &Catalog) {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    let of = |owner: UserId| Link { slug: None, ..link(owner, LinkTarget::Assets) };
    let (open, locked, his) = (of(alice.id), of(alice.id), of(bob.id));
    write(catalog, |w| {
        w.create_link(&open, None)?;
        w.create_link(&locked, Some("hash"))?;
        w.create_link(&his, Some("hash"))
    });
    let found = catalog.read(|r| r.links_with_passwords(alice.id)).unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [locked.id]);
    assert_eq!(catalog.read(|r| r.link(open.id)).unwrap(), Some(open));
    assert_eq!(catalog.read(|r| r.link(LinkId::from_random(random()))).unwrap(), None);
}

fn a_list_of_links_shows_one_asset_of_each(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let mut ids = photos(catalog, alice, 4);
    ids.sort_unstable();
    let of = || Link { slug: None, ..link(alice.id, LinkTarget::Assets) };
    let (full, sparse, empty) = (of(), of(), of());
    write(catalog, |w| {
        for link in [&full, &sparse, &empty] {
            w.create_link(link, None)?;
        }
        w.add_link_assets(full.id, alice.id, &ids)?;
        w.add_link_assets(sparse.id, alice.id, &ids[3..])?;
        w.trash(alice.id, &ids[..1])?;
        w.set_visibility(alice.id, &ids[1..2], Visibility::Hidden)?;
        w.set_offline(alice.id, &ids[3..], true)
    });
    let first = catalog.read(|r| r.first_link_assets(&[full.id, sparse.id, empty.id])).unwrap();
    assert_eq!(first.into_iter().collect::<Vec<_>>(), [(full.id, ids[2])]);
}
