//! Memories.

use kalends_catalog::{Catalog, CatalogError, FoundMemory, Memory, MemoryKind};
use kalends_model::{MemoryId, UserId};

use crate::build::{NOW, owner, photos, random, write};

contract! {
    a_memory_is_kept_changed_and_found_once
    a_memorys_assets_go_with_their_assets
    only_unsaved_memories_are_pruned
}

fn memory(owner: UserId, year: i32, day: Option<i64>) -> Memory {
    Memory {
        id: MemoryId::from_random(random()),
        owner,
        kind: MemoryKind::OnThisDay,
        year,
        day,
        is_chosen: false,
        memory_at: i64::from(year),
        show_at: Some(1),
        hide_at: Some(2),
        seen_at: None,
        is_saved: false,
        created_at: NOW,
        updated_at: NOW,
        deleted_at: None,
    }
}

fn a_memory_is_kept_changed_and_found_once(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let mut first = memory(alice.id, 2020, Some(20_000));
    write(catalog, |w| w.create_memory(&first));
    let again = memory(alice.id, 2020, Some(20_000));
    let twice = catalog.write(NOW, &|_| false, |w| w.create_memory(&again));
    assert!(matches!(twice, Err(CatalogError::Conflict(_))));
    let made = [memory(alice.id, 2020, None), memory(alice.id, 2021, None)];
    for made in &made {
        write(catalog, |w| w.create_memory(made));
    }
    (first.seen_at, first.is_saved, first.is_chosen) = (Some(5), true, true);
    (first.memory_at, first.deleted_at) = (9_999, Some(6));
    write(catalog, |w| w.update_memory(&first));
    assert_eq!(catalog.read(|r| r.memory(first.id)).unwrap(), Some(first.clone()));
    let all = catalog.read(|r| r.memories_of(alice.id)).unwrap();
    assert_eq!(all, [first.clone(), made[1].clone(), made[0].clone()]);
    let found = catalog.read(|r| r.memories_found(alice.id, 20_000)).unwrap();
    assert_eq!(found, [FoundMemory { memory: first, assets: Vec::new() }]);
}

fn a_memorys_assets_go_with_their_assets(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let ids = photos(catalog, alice, 2);
    let others = photos(catalog, bob, 1);
    let memory = memory(alice.id, 2020, Some(1));
    write(catalog, |w| w.create_memory(&memory));
    let add = |ids: &[_]| write(catalog, |w| w.add_memory_assets(memory.id, alice.id, ids)).value;
    assert_eq!(add(&ids[..1]), ids[..1]);
    assert_eq!(add(&ids), ids[1..]);
    write(catalog, |w| w.add_memory_assets(memory.id, bob.id, &others));
    let assets = || {
        let found = catalog.read(|r| r.assets_of_memories(&[memory.id])).unwrap();
        found.get(&memory.id).map_or(0, Vec::len)
    };
    assert_eq!(assets(), 3);
    let removed = write(catalog, |w| w.remove_memory_assets(memory.id, &[ids[0], ids[0]]));
    assert_eq!(removed.value, ids[..1]);
    write(catalog, |w| w.delete_assets(bob.id, &others));
    assert_eq!(assets(), 1);
    let found = catalog.read(|r| r.memories_found(alice.id, 1)).unwrap();
    assert_eq!(found[0].assets, ids[1..]);
}

fn only_unsaved_memories_are_pruned(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let saved = Memory { is_saved: true, ..memory(alice.id, 2020, None) };
    let old = memory(alice.id, 2021, None);
    let new = Memory { created_at: NOW + 10, ..memory(alice.id, 2022, None) };
    for memory in [&saved, &old, &new] {
        write(catalog, |w| w.create_memory(memory));
    }
    assert_eq!(write(catalog, |w| w.prune_memories(alice.id, NOW + 10)).value, 1);
    let left = catalog.read(|r| r.memories_of(alice.id)).unwrap();
    assert_eq!(left, [new, saved]);
}
