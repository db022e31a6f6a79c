//! Uploads, and what clients keep beside assets.

use kalends_catalog::{
    AssetMetadata, Catalog, CatalogError, DeviceName, FileRole, NewAsset, NewFile, SameContent,
    StoredOriginal,
};
use kalends_model::{AssetId, Kind};

use crate::build::{NOW, Owner, owner, photo, row, write};

contract! {
    an_upload_is_known_by_its_content_and_by_its_device
    a_scanned_asset_is_no_upload
    the_usage_is_the_sum_of_what_is_there
    originals_are_found_in_bulk
    a_motion_goes_with_its_last_photo
    a_file_is_moved_once
    metadata_is_kept_replaced_and_forgotten
}

fn file(path: &[u8], role: FileRole, size: u64) -> NewFile {
    NewFile { path: path.to_vec(), role, size, mtime_ns: 1, inode: None, device: None }
}

fn upload(owner: Owner, name: &str, size: u64, content: u8) -> NewAsset {
    let mut asset = photo(owner, 0);
    asset.file_name = name.to_owned();
    asset.sha1 = Some([content; 20]);
    asset.files = vec![
        file(name.as_bytes(), FileRole::Original, size),
        file(format!("{name}.xmp").as_bytes(), FileRole::Sidecar, 1_000),
    ];
    asset
}

fn device(asset: &str) -> DeviceName {
    DeviceName { device: "CLI".to_owned(), asset: asset.to_owned() }
}

fn add(catalog: &Catalog, asset: &NewAsset) -> AssetId {
    write(catalog, |w| w.add_upload(asset, &device(&asset.file_name)));
    asset.id
}

fn usage(catalog: &Catalog, owner: Owner) -> u64 {
    catalog.read(|r| r.uploaded_bytes(owner.id)).unwrap()
}

fn an_upload_is_known_by_its_content_and_by_its_device(catalog: &Catalog) {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    let a = add(catalog, &upload(alice, "a.jpg", 10, 1));
    add(catalog, &upload(bob, "b.jpg", 20, 2));
    let with = |owner: Owner, content| {
        catalog.read(|r| r.upload_with_sha1(owner.id, &[content; 20])).unwrap()
    };
    assert_eq!((with(alice, 1), with(alice, 2), with(bob, 1)), (Some(a), None, None));
    assert_eq!(catalog.read(|r| r.uploads_library(alice.id)).unwrap(), Some(alice.library));
    let name = catalog.read(|r| r.device_name(alice.id, a)).unwrap();
    assert_eq!(name, Some(device("a.jpg")));
    let card = catalog.read(|r| r.card(a)).unwrap().unwrap();
    assert_eq!(card.device, Some(device("a.jpg")));
    let all = |of: &str| catalog.read(|r| r.device_assets(alice.id, of)).unwrap();
    assert_eq!(all("CLI"), ["a.jpg"]);
    assert!(all("cli").is_empty());
    let asked = ["b.jpg".to_owned(), "a.jpg".to_owned()];
    let known = catalog.read(|r| r.known_device_assets(alice.id, "CLI", &asked)).unwrap();
    assert_eq!(known, ["a.jpg"]);
}

fn a_scanned_asset_is_no_upload(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let scanned = upload(alice, "a.jpg", 10, 1);
    write(catalog, |w| w.insert_assets(std::slice::from_ref(&scanned)));
    write(catalog, |w| w.trash(alice.id, &[scanned.id]));
    assert_eq!(catalog.read(|r| r.upload_with_sha1(alice.id, &[1; 20])).unwrap(), None);
    assert_eq!(catalog.read(|r| r.device_name(alice.id, scanned.id)).unwrap(), None);
    assert_eq!(catalog.read(|r| r.card(scanned.id)).unwrap().unwrap().device, None);
    let sha1s: Vec<[u8; 20]> = (0..=255).cycle().take(1_200).map(|byte| [byte; 20]).collect();
    let same = catalog.read(|r| r.assets_with_contents(alice.id, &sha1s[..600])).unwrap();
    let one = SameContent { sha1: [1; 20], asset: scanned.id, is_trashed: true };
    assert_eq!(same, [one, one], "once for each 500 that name it");
    assert_eq!(usage(catalog, alice), 0);
}

fn the_usage_is_the_sum_of_what_is_there(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    assert_eq!(usage(catalog, alice), 0);
    let a = add(catalog, &upload(alice, "a.jpg", 10, 1));
    add(catalog, &upload(alice, "b.jpg", 1 << 40, 2));
    assert_eq!(usage(catalog, alice), (1 << 40) + 10, "sidecars are not counted");
    write(catalog, |w| w.trash(alice.id, &[a]));
    assert_eq!(usage(catalog, alice), (1 << 40) + 10, "the trash is");
    write(catalog, |w| w.delete_assets(alice.id, &[a]));
    assert_eq!(usage(catalog, alice), 1 << 40);
    let twice = upload(alice, "b.jpg", 5, 3);
    let refused = catalog.write(NOW, &|_| false, |w| w.add_upload(&twice, &device("b.jpg")));
    assert!(matches!(refused, Err(CatalogError::Conflict(_))), "{refused:?}");
    assert_eq!(usage(catalog, alice), 1 << 40, "a refused upload takes no room");
}

fn originals_are_found_in_bulk(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let new: Vec<NewAsset> =
        (0..600).map(|n| upload(alice, &format!("{n}.jpg"), n, (n % 251) as u8)).collect();
    write(catalog, |w| w.insert_assets(&new));
    let motion = photo(alice, 7);
    write(catalog, |w| {
        w.insert_assets(std::slice::from_ref(&motion))?;
        w.set_live_video(alice.id, new[0].id, Some(motion.id))
    });
    let ids: Vec<AssetId> = new.iter().map(|asset| asset.id).chain([motion.id]).collect();
    let mut found = catalog.read(|r| r.originals_of(alice.id, &ids)).unwrap();
    assert_eq!(found.len(), 600, "an asset without a file has no original");
    found.sort_by_key(|original| original.size);
    assert_eq!(
        found[0],
        StoredOriginal {
            asset: new[0].id,
            library: alice.library,
            path: b"0.jpg".to_vec(),
            file_name: "0.jpg".to_owned(),
            size: 0,
            live_video: Some(motion.id),
        }
    );
}

fn a_motion_goes_with_its_last_photo(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let [one, two] = [photo(alice, 1), photo(alice, 2)];
    let mut motion = photo(alice, 3);
    motion.facts.kind = Kind::Video;
    write(catalog, |w| {
        w.insert_assets(&[one.clone(), two.clone(), motion.clone()])?;
        w.set_live_video(alice.id, one.id, Some(motion.id))?;
        w.set_live_video(alice.id, two.id, Some(motion.id))
    });
    let going = |photos: &[AssetId]| catalog.read(|r| r.motions_of_only(alice.id, photos)).unwrap();
    assert!(going(&[one.id]).is_empty());
    assert_eq!(going(&[one.id, two.id]), [motion.id]);
    write(catalog, |w| w.delete_assets(alice.id, &[one.id]));
    assert_eq!(going(&[two.id]), [motion.id]);
    assert_eq!(row(catalog, alice, two.id).live_video, Some(motion.id));
}

fn a_file_is_moved_once(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let a = add(catalog, &upload(alice, "a.jpg", 10, 1));
    write(catalog, |w| w.move_file(alice.id, alice.library, b"a.jpg", b"b.jpg"));
    let at = |path| catalog.read(|r| r.file_at(alice.id, alice.library, path)).unwrap();
    assert_eq!(at(b"b.jpg").map(|file| file.asset), Some(a));
    assert_eq!(at(b"a.jpg"), None);
    let again = |from: &[u8], to: &[u8]| {
        catalog.write(NOW, &|_| false, |w| w.move_file(alice.id, alice.library, from, to))
    };
    assert!(matches!(again(b"a.jpg", b"c.jpg"), Err(CatalogError::NotFound(_))));
    assert!(matches!(again(b"b.jpg", b"a.jpg.xmp"), Err(CatalogError::Conflict(_))));
}

fn metadata_is_kept_replaced_and_forgotten(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let a = add(catalog, &upload(alice, "a.jpg", 10, 1));
    let kept = || catalog.read(|r| r.asset_metadata(alice.id, a)).unwrap();
    let entry = |key: &str, value: &str, updated_at| AssetMetadata {
        key: key.to_owned(),
        value: value.to_owned(),
        updated_at,
    };
    let set = |now, key, value| {
        catalog.write(now, &|_| false, |w| w.set_asset_metadata(alice.id, a, key, value)).unwrap();
    };
    set(1, "mobile-app", "{}");
    set(2, "cloud", r#"{"id":1}"#);
    set(3, "mobile-app", r#"{"id":2}"#);
    let cloud = entry("cloud", r#"{"id":1}"#, 2);
    assert_eq!(kept(), [cloud.clone(), entry("mobile-app", r#"{"id":2}"#, 3)]);
    let forget = || write(catalog, |w| w.delete_asset_metadata(alice.id, a, "mobile-app")).value;
    assert!(forget() && !forget());
    assert_eq!(kept(), [cloud]);
    let absent = catalog.write(NOW, &|_| false, |w| {
        w.set_asset_metadata(alice.id, AssetId::from_bytes([9; 16]), "a", "{}")
    });
    assert!(matches!(absent, Err(CatalogError::NotFound(_))), "{absent:?}");
    write(catalog, |w| w.delete_assets(alice.id, &[a]));
    assert!(kept().is_empty());
}
