//! Versions, changes and batches.

use kalends_catalog::{Catalog, CatalogError, Feed};
use kalends_model::{Change, ChangeKind, Version};

use crate::build::{MapShelf, NOW, album, owner, photo, photos, row, rows, version, write};

contract! {
    a_write_raises_the_version_once_per_change
    a_large_act_is_several_changes
    an_album_of_two_owners_raises_each_once
    a_batch_is_what_the_rows_now_are
    only_wanted_owners_get_batches
    a_failing_write_changes_nothing
    a_panicking_write_changes_nothing
    a_pruned_feed_shows_a_gap
    loading_gives_what_the_batches_add_up_to
}

fn a_write_raises_the_version_once_per_change(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    assert_eq!(version(catalog, alice), 0);
    let ids = photos(catalog, alice, 3);
    assert_eq!(version(catalog, alice), 1);
    let done = write(catalog, |writer| {
        writer.set_favorite(alice.id, &ids[..1], true)?;
        writer.trash(alice.id, &ids[1..])
    });
    let seen: Vec<_> = done.changes.iter().map(|c| (c.version.0, c.kind, c.assets.len())).collect();
    let expected = [(2, ChangeKind::AssetsUpdated, 1), (3, ChangeKind::AssetsTrashed, 2)];
    assert_eq!(seen, expected);
    assert_eq!((done.batches[0].from, done.batches[0].to), (Version(1), Version(3)));
    let feed = catalog.read(|reader| reader.changes_after(alice.id, Version(1), 10)).unwrap();
    assert_eq!(feed, Feed::Changes(done.changes));
}

fn a_large_act_is_several_changes(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 2 * Change::ASSETS_MAX + 1);
    assert_eq!(version(catalog, alice), 3);
    let feed = catalog.read(|reader| reader.changes_after(alice.id, Version(0), 10)).unwrap();
    let Feed::Changes(changes) = feed else { panic!("{feed:?}") };
    let mut listed: Vec<_> = changes.iter().flat_map(|change| change.assets.clone()).collect();
    listed.sort();
    let mut expected = ids.clone();
    expected.sort();
    assert_eq!(listed, expected);
    assert!(rows(catalog, alice, &ids).iter().all(|row| row.row_version == 3));
}

fn an_album_of_two_owners_raises_each_once(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let (hers, his) = (photos(catalog, alice, 2), photos(catalog, bob, 2));
    let album = album(catalog, alice.id);
    let done = write(catalog, |writer| {
        writer.add_to_album(album, bob.id, &his)?;
        writer.add_to_album(album, alice.id, &hers[..1])
    });
    assert_eq!(done.changes.len(), 2);
    assert!(done.changes[0].owner < done.changes[1].owner, "in the order of the owners' ids");
    assert_eq!((version(catalog, alice), version(catalog, bob)), (2, 2));
    assert_eq!(row(catalog, bob, his[0]).albums, [album]);
    assert!(row(catalog, alice, hers[1]).albums.is_empty());
}

fn a_batch_is_what_the_rows_now_are(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 3);
    let done = write(catalog, |writer| {
        writer.set_favorite(alice.id, &ids, true)?;
        writer.delete_assets(alice.id, &ids[..1])
    });
    let [batch] = &done.batches[..] else { panic!("{:?}", done.batches) };
    assert_eq!(batch.removals, ids[..1]);
    let mut expected = rows(catalog, alice, &ids[1..]);
    expected.sort_by_key(|row| row.id);
    assert_eq!(batch.upserts, expected);
    assert!(expected.iter().all(|row| row.is_favorite && row.row_version == batch.to.0));
}

fn only_wanted_owners_get_batches(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let new = [photo(alice, 0), photo(bob, 0)];
    let done = catalog.write(NOW, &|user| user == bob.id, |writer| writer.insert_assets(&new));
    let done = done.unwrap();
    assert_eq!(done.changes.len(), 2);
    assert_eq!(done.batches.len(), 1);
    assert_eq!(done.batches[0].owner, bob.id);
}

fn a_failing_write_changes_nothing(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 3);
    let before = MapShelf::load(catalog, alice.id);
    let failed = catalog.write(NOW, &|_| true, |writer| {
        writer.set_favorite(alice.id, &ids, true)?;
        writer.delete_assets(alice.id, &ids[..1])?;
        Err::<(), _>(CatalogError::abandon("changed my mind"))
    });
    assert!(matches!(failed, Err(CatalogError::Abandoned(_))));
    assert_eq!(MapShelf::load(catalog, alice.id), before);
    let twice = photo(alice, 5);
    let failed = catalog.write(NOW, &|_| true, |writer| {
        writer.insert_assets(&[photo(alice, 4), twice.clone(), twice.clone()])
    });
    assert!(matches!(failed, Err(CatalogError::Conflict(_))), "{failed:?}");
    assert_eq!(MapShelf::load(catalog, alice.id), before);
}

fn a_panicking_write_changes_nothing(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 1);
    let before = MapShelf::load(catalog, alice.id);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        catalog.write(NOW, &|_| true, |writer| -> Result<(), CatalogError> {
            writer.delete_assets(alice.id, &ids)?;
            panic!("on purpose");
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(MapShelf::load(catalog, alice.id), before);
    write(catalog, |writer| writer.set_favorite(alice.id, &ids, true));
    assert!(row(catalog, alice, ids[0]).is_favorite);
}

fn a_pruned_feed_shows_a_gap(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 1);
    let later = NOW + 1;
    catalog.write(later, &|_| false, |w| w.set_favorite(alice.id, &ids, true)).unwrap();
    write(catalog, |writer| writer.prune_changes(later));
    let after = |version, limit| {
        catalog.read(|reader| reader.changes_after(alice.id, Version(version), limit)).unwrap()
    };
    assert_eq!(after(0, 10), Feed::Gap);
    assert!(matches!(after(1, 10), Feed::Changes(changes) if changes.len() == 1));
    assert_eq!(after(2, 10), Feed::Changes(Vec::new()));
    assert_eq!(after(3, 10), Feed::Gap, "a version that has not been");
    write(catalog, |writer| writer.prune_changes(later + 1));
    assert_eq!(after(1, 10), Feed::Gap);
}

fn loading_gives_what_the_batches_add_up_to(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let mut shelf = MapShelf::load(catalog, alice.id);
    let new: Vec<_> = (0..50).map(|n| photo(alice, n * 86_400_000_000)).collect();
    let ids: Vec<_> = new.iter().map(|asset| asset.id).collect();
    let album = album(catalog, alice.id);
    for done in [
        write(catalog, |w| w.insert_assets(&new)).batches,
        write(catalog, |w| w.set_favorite(alice.id, &ids[..10], true)).batches,
        write(catalog, |w| w.add_to_album(album, alice.id, &ids[5..20])).batches,
        write(catalog, |w| w.delete_assets(alice.id, &ids[..7])).batches,
    ] {
        done.into_iter().for_each(|batch| shelf.apply(batch));
    }
    assert_eq!(MapShelf::load(catalog, alice.id), shelf);
    assert_eq!(shelf.rows.len(), 43);
}
