//! Random histories: whatever is done, versions have no gaps, batches add up to what is loaded, the
//! feed replays to the same, and stacks are true.
//!
//! Two owners' shelves are kept as plain maps, only ever changed by batches, while transactions of
//! one to four random acts run, some of them abandoned.

use std::collections::BTreeMap;

use kalends_catalog::portable::{Staging, TABLES};
use kalends_catalog::{
    Catalog, CatalogError, Dated, Face, FaceSource, Feed, Person, Place, Writer,
};
use kalends_model::{
    AlbumId, AssetId, AssetRow, CaptureTime, DateSource, FaceId, LocalTime, PersonId, StackId,
    TagId, UserId, Version, Visibility,
};

use crate::build::{MapShelf, NOW, Owner, album, owner, photo, random, write};

contract! {
    any_history_adds_up
}

const TRANSACTIONS: usize = 300;
const CHECK_EVERY: usize = 25;

/// What the random acts may name. Some of it will have been deleted: that is part of the test.
struct World {
    owners: [Owner; 2],
    assets: [Vec<AssetId>; 2],
    albums: Vec<AlbumId>,
    people: Vec<PersonId>,
    tags: Vec<TagId>,
    stacks: [Vec<StackId>; 2],
    faces: Vec<Face>,
}

fn below(bound: usize) -> usize {
    let bytes = random();
    usize::from_be_bytes(bytes[..8].try_into().unwrap()) % bound.max(1)
}

fn pick<T: Copy>(things: &[T]) -> Option<T> {
    things.get(below(things.len())).copied()
}

fn some(assets: &[AssetId]) -> Vec<AssetId> {
    (0..below(5)).filter_map(|_| pick(assets)).collect()
}

fn any_history_adds_up(catalog: &Catalog) {
    let owners = [owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org")];
    let albums = (0..3).map(|n| album(catalog, owners[n % 2].id)).collect();
    let people: Vec<PersonId> = (0..3).map(|_| PersonId::from_random(random())).collect();
    let mut tags = Vec::new();
    write(catalog, |w| {
        for &id in &people {
            let (owner, name) = (owners[0].id, String::new());
            w.create_person(&Person::new(id, owner, name, NOW))?;
        }
        for path in [&["a"][..], &["a", "b"], &["c"]] {
            let mut fresh = || TagId::from_random(random());
            tags.push(w.ensure_tag(owners[0].id, path, &mut fresh)?);
        }
        Ok(())
    });
    let mut world = World {
        owners,
        assets: Default::default(),
        albums,
        people,
        tags,
        stacks: Default::default(),
        faces: Vec::new(),
    };
    let mut shelves: BTreeMap<UserId, MapShelf> =
        owners.iter().map(|owner| (owner.id, MapShelf::load(catalog, owner.id))).collect();
    for round in 1..=TRANSACTIONS {
        transaction(catalog, &mut world, &mut shelves);
        if round % CHECK_EVERY == 0 {
            check(catalog, &shelves);
        }
    }
    carry(catalog, &shelves);
}

/// Every record goes into another catalog, which then is the same, also in what it derives.
fn carry(catalog: &Catalog, shelves: &BTreeMap<UserId, MapShelf>) {
    let dir = tempfile::tempdir().unwrap();
    let mut staging = Staging::begin(dir.path()).unwrap();
    let records = catalog
        .read(|reader| {
            let mut records = Vec::new();
            for &table in TABLES {
                reader.for_each_record(table, &mut |values| {
                    records.push((table, values.to_vec()));
                    Ok(())
                })?;
            }
            Ok(records)
        })
        .unwrap();
    for (line, (table, values)) in (1..).zip(records) {
        staging.add(table, line, values).unwrap();
    }
    staging.put_in_place().unwrap();
    let copy = Catalog::open(dir.path(), NOW).unwrap();
    for (&owner, shelf) in shelves {
        assert_eq!(&MapShelf::load(&copy, owner), shelf);
        let undo =
            |catalog: &Catalog| catalog.read(|reader| reader.undo_entries(owner, 9)).unwrap();
        assert_eq!(undo(&copy), undo(catalog));
        let feed = copy.read(|reader| reader.changes_after(owner, Version(0), 1)).unwrap();
        assert_eq!(feed, Feed::Gap, "whoever follows the feed starts afresh");
    }
}

fn transaction(catalog: &Catalog, world: &mut World, shelves: &mut BTreeMap<UserId, MapShelf>) {
    let is_abandoned = below(8) == 0;
    let done = catalog.write(NOW, &|_| true, |writer| {
        for _ in 0..1 + below(4) {
            // An act on what has been deleted is refused, perhaps half done; the rest goes on.
            match act(writer, world) {
                Ok(()) | Err(CatalogError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if is_abandoned { Err(CatalogError::abandon("enough")) } else { Ok(()) }
    });
    match done {
        Err(CatalogError::Abandoned(_)) if is_abandoned => {}
        Err(error) => panic!("{error:?}"),
        Ok(done) => {
            let mut next: BTreeMap<UserId, u64> =
                shelves.iter().map(|(owner, shelf)| (*owner, shelf.version.0 + 1)).collect();
            for change in &done.changes {
                let expected = next.get_mut(&change.owner).unwrap();
                assert_eq!(change.version.0, *expected, "no gap");
                *expected += 1;
                assert!(!change.assets.is_empty());
            }
            for batch in done.batches {
                let owner = batch.owner;
                shelves.get_mut(&owner).unwrap().apply(batch);
                assert_eq!(shelves[&owner].version.0 + 1, next[&owner]);
            }
        }
    }
}

fn act(writer: &mut Writer<'_>, world: &mut World) -> Result<(), CatalogError> {
    let side = below(2);
    let owner = world.owners[side];
    let ids = some(&world.assets[side]);
    let one = pick(&world.assets[side]);
    match below(22) {
        0..=2 => {
            let new: Vec<_> = (0..1 + below(6)).map(|n| photo(owner, n as i64)).collect();
            world.assets[side].extend(new.iter().map(|asset| asset.id));
            writer.insert_assets(&new)
        }
        3 => writer.set_favorite(owner.id, &ids, below(2) == 0).map(drop),
        4 => {
            let visibility = pick(&Visibility::ALL).unwrap();
            writer.set_visibility(owner.id, &ids, visibility).map(drop)
        }
        5 => writer.trash(owner.id, &ids).map(drop),
        6 => writer.restore(owner.id, &ids).map(drop),
        7 => writer.set_offline(owner.id, &ids, below(2) == 0).map(drop),
        8 => writer.delete_assets(owner.id, &ids[..ids.len() / 2]).map(drop),
        9 => writer.set_rating(owner.id, &ids, pick(&[None, Some(-1), Some(5)]).unwrap()).map(drop),
        10 => {
            let local = LocalTime::from_micros(below(1_000) as i64);
            let capture = CaptureTime { local, offset: None, source: DateSource::User };
            let dated = Dated { capture, zone: None };
            let dates: Vec<_> = ids.iter().map(|id| (*id, dated.clone())).collect();
            writer.set_dates(owner.id, &dates).map(drop)
        }
        11 => {
            let place = Place { city: Some(format!("City {}", below(3))), ..Place::default() };
            writer.set_place(owner.id, &ids, &place).map(drop)
        }
        12 => match one {
            Some(one) => writer.update_facts(owner.id, one, &photo(owner, 77).facts),
            None => Ok(()),
        },
        13 => writer.set_pictures(owner.id, &ids.iter().map(|id| (*id, None)).collect::<Vec<_>>()),
        14 => writer.add_to_album(pick(&world.albums).unwrap(), owner.id, &ids).map(drop),
        15 => writer.remove_from_album(pick(&world.albums).unwrap(), owner.id, &ids).map(drop),
        16 => writer.tag_assets(pick(&world.tags).unwrap(), owner.id, &ids).map(drop),
        17 => writer.untag_assets(pick(&world.tags).unwrap(), owner.id, &ids).map(drop),
        18 => act_on_people(writer, world, owner, one),
        19 | 20 => act_on_stacks(writer, world, side, ids),
        _ => match writer.undo_entries(owner.id, 3)?.last() {
            Some(entry) => writer.undo(entry.id).map(drop),
            None => Ok(()),
        },
    }
}

fn act_on_people(
    writer: &mut Writer<'_>,
    world: &mut World,
    owner: Owner,
    asset: Option<AssetId>,
) -> Result<(), CatalogError> {
    let (Some(asset), person) = (asset, pick(&world.people)) else { return Ok(()) };
    match below(8) {
        0..=4 => {
            let face = Face {
                id: FaceId::from_random(random()),
                owner: owner.id,
                asset,
                person,
                region: [0.0, 0.0, 1.0, 1.0],
                source: FaceSource::Metadata,
                is_visible: below(4) > 0,
                is_deleted: below(4) == 0,
            };
            world.faces.push(face.clone());
            writer.add_faces(&[face])
        }
        5 | 6 => {
            let at = below(world.faces.len());
            let Some(face) = world.faces.get_mut(at) else { return Ok(()) };
            face.is_deleted = !face.is_deleted;
            writer.update_face(&face.clone())
        }
        _ => writer.replace_metadata_faces(owner.id, asset, &[]),
    }
}

fn act_on_stacks(
    writer: &mut Writer<'_>,
    world: &mut World,
    side: usize,
    mut members: Vec<AssetId>,
) -> Result<(), CatalogError> {
    let owner = world.owners[side].id;
    members.sort();
    members.dedup();
    let stack = pick(&world.stacks[side]);
    match (below(6), stack) {
        (0 | 1, _) | (_, None) => {
            if members.len() < 2 {
                return Ok(());
            }
            let id = StackId::from_random(random());
            world.stacks[side].push(id);
            writer.create_stack(owner, id, &members)
        }
        (2, Some(stack)) => writer.add_to_stack(owner, stack, &members),
        (3, Some(stack)) => match writer.stack(stack)? {
            Some(known) => {
                let primary = pick(&known.members).unwrap();
                writer.set_stack_primary(owner, stack, primary)
            }
            None => Ok(()),
        },
        (4, Some(_)) => match members.first() {
            Some(first) => writer.remove_from_stack(owner, *first),
            None => Ok(()),
        },
        (_, Some(stack)) => writer.dissolve_stack(owner, stack),
    }
}

fn check(catalog: &Catalog, shelves: &BTreeMap<UserId, MapShelf>) {
    for (owner, shelf) in shelves {
        assert_eq!(&MapShelf::load(catalog, *owner), shelf, "batches add up to what is loaded");
        check_stacks(shelf);
        for row in shelf.rows.values() {
            assert!(row.albums.is_sorted_by(|a, b| a < b));
            assert!(row.people.is_sorted_by(|a, b| a < b));
            assert!(row.tags.is_sorted_by(|a, b| a < b));
            assert_eq!(row.id.uuid().get_version_num(), 4);
        }
        check_feed(catalog, *owner, shelf);
    }
}

fn check_stacks(shelf: &MapShelf) {
    let mut stacks: BTreeMap<_, Vec<&AssetRow>> = BTreeMap::new();
    for row in shelf.rows.values() {
        if let Some(place) = row.stack {
            stacks.entry(*place.stack.bytes()).or_default().push(row);
        }
    }
    for members in stacks.values() {
        let in_timeline =
            |row: &AssetRow| !row.is_in_trash() && row.visibility == Visibility::Timeline;
        let count = members.iter().filter(|row| in_timeline(row)).count() as u32;
        let primaries = members.iter().filter(|row| !row.is_stack_child()).count();
        assert_eq!(primaries, 1, "one stands for the stack");
        for row in members {
            assert_eq!(row.stack.unwrap().timeline_count, count);
        }
    }
}

/// Every row carries the version of a change that names it, and none that names it is later.
fn check_feed(catalog: &Catalog, owner: UserId, shelf: &MapShelf) {
    let feed = catalog.read(|r| r.changes_after(owner, Version(0), usize::MAX)).unwrap();
    let Feed::Changes(changes) = feed else { panic!("the feed is whole") };
    assert_eq!(changes.last().map_or(0, |change| change.version.0), shelf.version.0);
    let mut last_named: BTreeMap<AssetId, u64> = BTreeMap::new();
    for change in changes {
        last_named.extend(change.assets.into_iter().map(|asset| (asset, change.version.0)));
    }
    for row in shelf.rows.values() {
        assert!(row.row_version >= last_named[&row.id], "a row is as new as its last change");
    }
}
