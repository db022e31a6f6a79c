//! Stacks: the count is true and somebody in the timeline stands for them.

use kalends_catalog::{Catalog, CatalogError};
use kalends_model::{AssetId, StackId, Visibility};

use crate::build::{NOW, Owner, owner, photo, photos, random, row, version, write};

contract! {
    a_stack_reaches_the_row_of_every_member
    leaving_the_timeline_lowers_the_count
    the_next_timeline_member_stands_in
    a_chosen_primary_stays_where_it_is
    deleting_the_primary_promotes_or_dissolves
    a_stack_out_of_the_timeline_keeps_its_primary
    a_member_of_another_stack_leaves_it
    members_are_removed_and_stacks_dissolved
    a_dull_edit_does_not_touch_the_others
    only_the_owner_has_the_stack
}

fn stack(catalog: &Catalog, owner: Owner, members: &[AssetId]) -> StackId {
    let id = StackId::from_random(random());
    write(catalog, |w| w.create_stack(owner.id, id, members));
    id
}

/// Each asset's place: whether it is the primary, and the count.
fn places(catalog: &Catalog, owner: Owner, ids: &[AssetId]) -> Vec<Option<(bool, u32)>> {
    let place = |id: &AssetId| row(catalog, owner, *id).stack;
    ids.iter().map(|id| place(id).map(|place| (place.is_primary, place.timeline_count))).collect()
}

fn a_stack_reaches_the_row_of_every_member(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 3);
    let id = StackId::from_random(random());
    let done = write(catalog, |w| w.create_stack(alice.id, id, &[ids[1], ids[0], ids[2]]));
    assert_eq!(done.batches[0].upserts.len(), 3);
    assert_eq!(places(catalog, alice, &ids), [Some((false, 3)), Some((true, 3)), Some((false, 3))]);
    let known = catalog.read(|r| r.stack(id)).unwrap().unwrap();
    assert_eq!((known.owner, known.primary, known.timeline_count), (alice.id, ids[1], 3));
    assert_eq!(known.members, ids);
    assert_eq!(catalog.read(|r| r.stacks_of(alice.id)).unwrap(), [known]);
    assert_eq!(catalog.read(|r| r.stack_of_asset(alice.id, ids[2])).unwrap(), Some(id));
    write(catalog, |w| w.set_stack_primary(alice.id, id, ids[2]));
    assert_eq!(places(catalog, alice, &ids), [Some((false, 3)), Some((false, 3)), Some((true, 3))]);
}

fn leaving_the_timeline_lowers_the_count(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 4);
    stack(catalog, alice, &ids);
    write(catalog, |w| w.set_visibility(alice.id, &ids[1..2], Visibility::Archive));
    assert_eq!(places(catalog, alice, &ids)[0], Some((true, 3)));
    write(catalog, |w| w.trash(alice.id, &ids[2..3]));
    assert_eq!(places(catalog, alice, &ids)[1], Some((false, 2)));
    let done = write(catalog, |w| w.set_offline(alice.id, &ids[3..], true));
    assert_eq!(done.batches[0].upserts.len(), 4, "every member shows the count");
    assert_eq!(places(catalog, alice, &ids)[3], Some((false, 1)));
    write(catalog, |w| {
        w.restore(alice.id, &ids)?;
        w.set_visibility(alice.id, &ids, Visibility::Timeline)?;
        w.set_offline(alice.id, &ids, false)
    });
    assert_eq!(places(catalog, alice, &ids)[2], Some((false, 4)));
}

fn the_next_timeline_member_stands_in(catalog: &Catalog) {
    for act in 0..4 {
        let alice = owner(catalog, &format!("alice{act}@example.org"));
        // The latest stands for the stack; the earliest is archived.
        let new = [photo(alice, 30), photo(alice, 10), photo(alice, 20), photo(alice, 0)];
        let ids = new.clone().map(|asset| asset.id);
        write(catalog, |w| w.insert_assets(&new));
        stack(catalog, alice, &ids);
        write(catalog, |w| w.set_visibility(alice.id, &ids[3..], Visibility::Archive));
        write(catalog, |w| match act {
            0 => w.set_visibility(alice.id, &ids[..1], Visibility::Archive),
            1 => w.set_visibility(alice.id, &ids[..1], Visibility::Locked),
            2 => w.trash(alice.id, &ids[..1]),
            _ => w.delete_assets(alice.id, &ids[..1]),
        });
        assert_eq!(places(catalog, alice, &ids[1..2]), [Some((true, 2))], "act {act}");
        assert_eq!(places(catalog, alice, &ids[2..3]), [Some((false, 2))], "act {act}");
    }
}

fn a_chosen_primary_stays_where_it_is(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 2);
    write(catalog, |w| w.set_visibility(alice.id, &ids[..1], Visibility::Archive));
    stack(catalog, alice, &ids);
    assert_eq!(places(catalog, alice, &ids), [Some((true, 1)), Some((false, 1))]);
}

fn deleting_the_primary_promotes_or_dissolves(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 3);
    let id = stack(catalog, alice, &ids);
    write(catalog, |w| w.delete_assets(alice.id, &ids[..1]));
    assert_eq!(places(catalog, alice, &ids[1..]), [Some((true, 2)), Some((false, 2))]);
    let done = write(catalog, |w| w.delete_assets(alice.id, &ids[1..2]));
    assert_eq!(done.batches[0].upserts.len(), 1, "the last one is no longer stacked");
    assert_eq!(places(catalog, alice, &ids[2..]), [None]);
    assert_eq!(catalog.read(|r| r.stack(id)).unwrap(), None);
}

fn a_stack_out_of_the_timeline_keeps_its_primary(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 2);
    stack(catalog, alice, &[ids[1], ids[0]]);
    write(catalog, |w| w.trash(alice.id, &ids));
    assert_eq!(places(catalog, alice, &ids), [Some((false, 0)), Some((true, 0))]);
}

fn a_member_of_another_stack_leaves_it(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 5);
    let first = stack(catalog, alice, &ids[..3]);
    let second = stack(catalog, alice, &[ids[0], ids[3]]);
    assert_eq!(places(catalog, alice, &ids[1..3]), [Some((true, 2)), Some((false, 2))]);
    write(catalog, |w| w.add_to_stack(alice.id, second, &[ids[1], ids[4]]));
    assert_eq!(catalog.read(|r| r.stack(first)).unwrap(), None, "one member is no stack");
    assert_eq!(places(catalog, alice, &ids[2..3]), [None]);
    assert_eq!(places(catalog, alice, &ids[..1]), [Some((true, 4))]);
}

fn members_are_removed_and_stacks_dissolved(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 3);
    let id = stack(catalog, alice, &ids);
    write(catalog, |w| w.remove_from_stack(alice.id, ids[2]));
    assert_eq!(places(catalog, alice, &ids), [Some((true, 2)), Some((false, 2)), None]);
    write(catalog, |w| w.dissolve_stack(alice.id, id));
    assert_eq!(places(catalog, alice, &ids), [None; 3]);
}

fn a_dull_edit_does_not_touch_the_others(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = photos(catalog, alice, 2);
    stack(catalog, alice, &ids);
    let before = version(catalog, alice);
    let done = write(catalog, |w| w.set_favorite(alice.id, &ids[..1], true));
    assert_eq!(done.batches[0].upserts.len(), 1);
    assert_eq!(version(catalog, alice), before + 1);
}

fn only_the_owner_has_the_stack(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let id = stack(catalog, alice, &photos(catalog, alice, 2));
    let his = photos(catalog, bob, 2);
    let stolen = catalog.write(NOW, &|_| true, |w| w.add_to_stack(bob.id, id, &his));
    assert!(matches!(stolen, Err(CatalogError::NotFound("stack"))));
    let stranger = catalog.write(NOW, &|_| true, |w| w.set_stack_primary(alice.id, id, his[0]));
    assert!(matches!(stranger, Err(CatalogError::NotFound("member of the stack"))));
}
