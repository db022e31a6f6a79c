//! Assets read many at a time: what they are, how they stand, and the tags on them.

use kalends_catalog::{AssetStanding, Catalog, FileRole, Link, LinkTarget, NewFile};
use kalends_model::{LinkId, Visibility};

use crate::build::{NOW, album, owner, photos, random, write};

contract! {
    cards_come_in_the_order_asked_and_name_the_original
    standings_say_whose_assets_are_and_where_they_are_shown
    ways_to_assets_are_found_for_many_at_once
    a_row_that_changes_says_when
}

fn cards_come_in_the_order_asked_and_name_the_original(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 700);
    let file = |role, path: &str| NewFile {
        path: path.as_bytes().to_vec(),
        role,
        size: 9,
        mtime_ns: 5_000,
        inode: None,
        device: None,
    };
    write(catalog, |w| {
        w.put_file(alice.id, alice.library, ids[0], &file(FileRole::Sidecar, "a.jpg.xmp"))?;
        w.put_file(alice.id, alice.library, ids[0], &file(FileRole::Original, "a.jpg"))
    });
    let mut asked = ids.clone();
    asked.reverse();
    let cards = catalog.read(|r| r.cards(&asked)).unwrap();
    assert_eq!(cards.iter().map(|card| card.id).collect::<Vec<_>>(), asked);
    let first = cards.last().unwrap();
    assert_eq!(first.original.as_ref().unwrap().path, b"a.jpg");
    assert_eq!((first.owner, first.library), (alice.id, alice.library));
    assert_eq!(
        Some(&first.details),
        catalog.read(|r| r.details(alice.id, ids[0])).unwrap().as_ref()
    );
    assert_eq!(cards[0].original, None);
    assert_eq!(
        catalog.read(|r| r.card(kalends_model::AssetId::from_random(random()))).unwrap(),
        None
    );
}

fn standings_say_whose_assets_are_and_where_they_are_shown(catalog: &Catalog) {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    let (hers, his) = (photos(catalog, alice, 2), photos(catalog, bob, 1));
    write(catalog, |w| {
        w.trash(alice.id, &hers[..1])?;
        w.set_visibility(alice.id, &hers[1..], Visibility::Locked)
    });
    let standing =
        |id, owner, visibility, is_in_trash| AssetStanding { id, owner, visibility, is_in_trash };
    let found = catalog.read(|r| r.asset_standings(&[his[0], hers[0], hers[1], his[0]])).unwrap();
    let expected = [
        standing(his[0], bob.id, Visibility::Timeline, false),
        standing(hers[0], alice.id, Visibility::Timeline, true),
        standing(hers[1], alice.id, Visibility::Locked, false),
    ];
    assert_eq!(found, expected);
    write(catalog, |w| w.set_library_trashed(bob.library, true));
    let found = catalog.read(|r| r.asset_standings(&[his[0], hers[1]])).unwrap();
    assert_eq!(found, expected[2..], "what lies in a library in the trash is not there");
    write(catalog, |w| w.set_library_trashed(bob.library, false));
    assert_eq!(catalog.read(|r| r.asset_standings(&his)).unwrap(), expected[..1]);
}

fn ways_to_assets_are_found_for_many_at_once(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 3);
    let album = album(catalog, alice.id);
    let link = Link {
        id: LinkId::from_random(random()),
        owner: alice.id,
        key: vec![1, 2, 3],
        slug: None,
        target: LinkTarget::Assets,
        description: None,
        created_at: NOW,
        expires_at: None,
        show_metadata: true,
        allow_upload: false,
        allow_download: false,
    };
    write(catalog, |w| {
        w.add_to_album(album, alice.id, &ids[..1])?;
        w.create_link(&link, None)?;
        w.add_link_assets(link.id, alice.id, &ids[1..2])?;
        let tag = w.ensure_tag(alice.id, &["Travel", "Asia"], &mut || {
            kalends_model::TagId::from_random(random())
        })?;
        w.tag_assets(tag, alice.id, &ids[..2])?;
        w.set_live_video(alice.id, ids[0], Some(ids[2]))
    });
    catalog
        .read(|r| {
            let albums = r.albums_of_assets(alice.id, &ids)?;
            assert_eq!(albums.into_iter().collect::<Vec<_>>(), [(ids[0], vec![album])]);
            assert_eq!(r.assets_in_link(link.id, alice.id, &ids)?, ids[1..2]);
            assert_eq!(r.photos_of_motions(alice.id, &ids)?, [(ids[2], ids[0])]);
            let tags = r.tags_of_assets(alice.id, &ids)?;
            assert_eq!(tags.len(), 2);
            assert!(tags.values().all(|tags| tags.len() == 1 && tags[0].value == "Travel/Asia"));
            Ok(())
        })
        .unwrap();
}

fn a_row_that_changes_says_when(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 1);
    let updated_at = || catalog.read(|r| r.card(ids[0])).unwrap().unwrap().updated_at;
    assert_eq!(updated_at(), NOW);
    catalog.write(NOW + 7, &|_| false, |w| w.set_favorite(alice.id, &ids, true)).unwrap();
    assert_eq!(updated_at(), NOW + 7);
}
