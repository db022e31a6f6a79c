//! What searches ask of the catalog.

use std::collections::BTreeSet;

use kalends_catalog::{
    CameraParts, CameraTest, Catalog, DeviceName, FileRole, NewAsset, NewFile, SizedAsset, Span,
};
use kalends_model::{AssetId, Visibility};

use crate::build::{NOW, Owner, owner, photo, write};

contract! {
    names_descriptions_and_paths_are_handed_over
    cameras_and_states_are_found_by_their_parts
    only_what_is_shown_is_suggested
    spans_hold_both_their_ends
    the_largest_come_first
    what_clients_sent_is_found_by_their_names
}

fn parts(make: &str, model: &str, lens: Option<&str>) -> CameraParts {
    let some = |text: &str| Some(text.to_owned());
    CameraParts { make: some(make), model: some(model), lens: lens.map(str::to_owned) }
}

fn taken_with(owner: Owner, camera: &CameraParts) -> NewAsset {
    let mut new = photo(owner, 0);
    let exif = &mut new.facts.exif;
    (exif.make, exif.model, exif.lens) =
        (camera.make.clone(), camera.model.clone(), camera.lens.clone());
    new
}

fn add(catalog: &Catalog, new: &[NewAsset]) -> Vec<AssetId> {
    write(catalog, |w| w.insert_assets(new));
    new.iter().map(|asset| asset.id).collect()
}

fn names_descriptions_and_paths_are_handed_over(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let mut new = photo(alice, 0);
    new.file_name = "IMG_1.jpg".to_owned();
    new.facts.exif.description = Some("a boat".to_owned());
    let path = b"x/IMG_1.jpg".to_vec();
    let role = FileRole::Original;
    new.files = vec![NewFile { path, role, size: 1, mtime_ns: 1, inode: None, device: None }];
    let ids = add(catalog, &[new, photo(alice, 1), photo(bob, 2)]);
    let mut seen = Vec::new();
    catalog
        .read(|r| {
            r.each_file_name(alice.id, &mut |id, name, at| {
                seen.push((id, name.to_owned(), at == NOW));
            })?;
            r.each_description(alice.id, &mut |id, text| seen.push((id, text.to_owned(), true)))?;
            r.each_original(alice.id, &mut |id, library, path| {
                let path = String::from_utf8_lossy(path).into_owned();
                seen.push((id, path, library == alice.library));
            })?;
            for (folder, count) in [("", 1), ("x", 1), ("x/IMG_1.jpg", 0), ("y", 0)] {
                let below = r.originals_below(alice.id, alice.library, folder.as_bytes())?;
                assert_eq!(below.len(), count, "{folder}");
            }
            Ok(())
        })
        .unwrap();
    let of = |id: AssetId, text: &str| (id, text.to_owned(), true);
    let expected =
        [of(ids[1], ""), of(ids[0], "IMG_1.jpg"), of(ids[0], "a boat"), of(ids[0], "x/IMG_1.jpg")];
    assert_eq!(seen, expected);
}

fn cameras_and_states_are_found_by_their_parts(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let canon = parts("Canon", "R5", Some("50mm"));
    let nikon = parts("Nikon", "Z6", None);
    let mut new = vec![taken_with(alice, &canon), taken_with(alice, &nikon), photo(alice, 3)];
    new[0].facts.place.state = Some("Texas".to_owned());
    new[1].facts.place.state = Some("Ohio".to_owned());
    let ids = add(catalog, &new);
    let found = |test: CameraTest| -> BTreeSet<AssetId> {
        let found = catalog.read(|r| r.assets_of_camera(alice.id, &test)).unwrap();
        found.into_iter().collect()
    };
    let some = |text: &str| Some(Some(text.to_owned()));
    let make = CameraTest { make: some("Canon"), ..CameraTest::default() };
    assert_eq!(found(make), BTreeSet::from([ids[0]]));
    let both = CameraTest { make: some("Nikon"), model: some("R5"), lens: None };
    assert_eq!(found(both), BTreeSet::new());
    let no_lens = CameraTest { lens: Some(None), ..CameraTest::default() };
    assert_eq!(found(no_lens), BTreeSet::from([ids[1], ids[2]]));
    let in_state = |state| catalog.read(|r| r.assets_in_state(alice.id, state)).unwrap();
    assert_eq!(in_state(Some("Texas")), ids[..1]);
    assert_eq!(in_state(None).len(), 2);
    let mut states = BTreeSet::new();
    let mut each = |id, state: &str| states.extend([(id, state.to_owned())]);
    catalog.read(|r| r.each_state(alice.id, &mut each)).unwrap();
    let of = |at: usize, state: &str| (ids[at], state.to_owned());
    assert_eq!(states, BTreeSet::from([of(0, "Texas"), of(1, "Ohio")]));
}

fn only_what_is_shown_is_suggested(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let camera = parts("Canon", "R5", None);
    let mut new = taken_with(alice, &camera);
    new.facts.place.state = Some("Texas".to_owned());
    let ids = add(catalog, &[new, photo(alice, 1)]);
    let none = CameraParts { make: None, model: None, lens: None };
    assert_eq!(catalog.read(|r| r.cameras(alice.id)).unwrap(), [none, camera.clone()]);
    assert_eq!(catalog.read(|r| r.states(alice.id)).unwrap(), [("Texas".to_owned(), None)]);
    let shown = |trashed: &[_]| {
        catalog
            .read(|r| {
                let camera = r.shows_camera(alice.id, &camera, trashed)?;
                let state = r.shows_state(alice.id, ("Texas", None), trashed)?;
                assert_eq!(camera, state);
                Ok(camera)
            })
            .unwrap()
    };
    assert!(shown(&[]));
    assert!(!shown(&[alice.library]));
    write(catalog, |w| w.set_visibility(alice.id, &ids, Visibility::Locked));
    assert!(!shown(&[]));
    write(catalog, |w| w.set_visibility(alice.id, &ids, Visibility::Timeline));
    write(catalog, |w| w.trash(alice.id, &ids));
    assert!(!shown(&[]));
}

fn spans_hold_both_their_ends(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ids = add(catalog, &[photo(alice, 0), photo(alice, 1)]);
    catalog.write(NOW + 5, &|_| false, |w| w.trash(alice.id, &ids[..1])).unwrap();
    let trashed = |from, to| {
        let span = Span { from, to };
        assert_eq!(span.holds(NOW + 5), from != Some(NOW + 6) && to != Some(NOW + 4));
        catalog.read(|r| r.assets_trashed(alice.id, span)).unwrap().len()
    };
    assert_eq!(trashed(None, None), 1);
    assert_eq!(trashed(Some(NOW + 5), Some(NOW + 5)), 1);
    assert_eq!(trashed(Some(NOW + 6), None), 0);
    assert_eq!(trashed(None, Some(NOW + 4)), 0);
    let updated =
        |from, to| catalog.read(|r| r.assets_updated(alice.id, Span { from, to })).unwrap();
    assert_eq!(updated(Some(NOW + 1), None), ids[..1]);
    assert_eq!(updated(None, Some(NOW)), ids[1..]);
    assert_eq!(updated(None, None).len(), 2);
}

fn the_largest_come_first(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let of_size = |size: u64| {
        let mut new = photo(alice, 0);
        let file = |path: &str, role, size| {
            let path = format!("{size} {path}").into_bytes();
            NewFile { path, role, size, mtime_ns: 1, inode: None, device: None }
        };
        new.files =
            vec![file("a", FileRole::Original, size), file("a.xmp", FileRole::Sidecar, 9_000)];
        new
    };
    let mut new = vec![of_size(10), of_size(30), of_size(20)];
    new[0].files.truncate(1);
    new[1].files.truncate(1);
    let ids = add(catalog, &new);
    let largest = |least, skip, limit| {
        catalog.read(|r| r.largest_originals(alice.id, least, skip, limit)).unwrap()
    };
    let sized = |at: usize, size| SizedAsset { asset: ids[at], size };
    assert_eq!(largest(15, 0, 9), [sized(1, 30), sized(2, 20)]);
    assert_eq!(largest(0, 1, 1), [sized(2, 20)]);
}

fn what_clients_sent_is_found_by_their_names(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let (sent, scanned) = (photo(alice, 1), photo(alice, 2));
    let name = DeviceName { device: "phone".to_owned(), asset: "1234".to_owned() };
    write(catalog, |w| {
        w.add_upload(&sent, &name)?;
        w.insert_assets(&[scanned])
    });
    let found =
        |device, name| catalog.read(|r| r.assets_of_device(alice.id, device, name)).unwrap();
    assert_eq!(found(None, None), [sent.id]);
    assert_eq!(found(Some("phone"), Some("1234")), [sent.id]);
    assert_eq!(found(Some("tablet"), None), []);
    assert_eq!(found(None, Some("12")), []);
}
