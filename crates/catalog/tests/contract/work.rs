//! What a scan asks for.

use kalends_catalog::{Catalog, FileRole, NewAsset, NewFile};
use kalends_model::{Kind, Visibility};

use crate::build::{Owner, owner, photo, write};

contract! {
    what_lacks_pictures_or_hashes_is_work
    offline_assets_are_listed_and_are_no_work
    a_photo_and_a_video_of_one_content_are_a_pair
}

fn with_file(owner: Owner, local: i64, path: &[u8]) -> NewAsset {
    let mut asset = photo(owner, local);
    let role = FileRole::Original;
    let path = path.to_vec();
    asset.files = vec![NewFile { path, role, size: 1, mtime_ns: 1, inode: None, device: None }];
    asset
}

fn what_lacks_pictures_or_hashes_is_work(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let mut first = with_file(alice, 1, b"first.jpg");
    first.facts.exif.orientation = Some(6);
    let mut video = with_file(alice, 2, b"second.mp4");
    video.facts.kind = Kind::Video;
    let done = with_file(alice, 3, b"third.jpg");
    write(catalog, |w| {
        w.insert_assets(&[first.clone(), video.clone(), done.clone()])?;
        w.set_hashes(alice.id, done.id, &[1; 20], &[1; 32])?;
        w.set_pictures(alice.id, &[(done.id, Some(&[1; 25]))])?;
        w.set_pictures(alice.id, &[(first.id, Some(&[1; 25]))])
    });
    let work = |all| catalog.read(|r| r.picture_work(alice.id, alice.library, all)).unwrap();
    let todo = work(false);
    let assets: Vec<_> = todo.iter().map(|work| work.asset).collect();
    assert_eq!(assets, [video.id, first.id], "the latest first");
    assert_eq!(todo[1].path, b"first.jpg");
    assert_eq!(todo[1].orientation, Some(6));
    let of = |asset| catalog.read(|r| r.picture_work_of(alice.id, asset)).unwrap();
    assert_eq!(of(first.id).as_ref(), Some(&todo[1]));
    assert!(of(done.id).unwrap().has_thumbhash, "it is asked for whatever it has");
    assert_eq!(of(kalends_model::AssetId::from_bytes([9; 16])), None);
    assert!(todo[1].has_thumbhash && !todo[1].is_hashed && todo[0].kind == Kind::Video);
    assert_eq!(work(true).len(), 3);
    write(catalog, |w| {
        w.set_hashes(alice.id, video.id, &[2; 20], &[2; 32])?;
        w.set_hashes(alice.id, first.id, &[3; 20], &[3; 32])
    });
    let todo = work(false);
    assert_eq!(todo.len(), 1);
    assert!(todo[0].asset == video.id && !todo[0].is_hidden, "a video has a poster");
    write(catalog, |w| w.set_visibility(alice.id, &[video.id], Visibility::Hidden));
    assert!(work(false)[0].is_hidden);
    write(catalog, |w| w.set_pictures(alice.id, &[(video.id, Some(&[1; 25]))]));
    assert_eq!(work(false), []);
}

fn offline_assets_are_listed_and_are_no_work(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let asset = with_file(alice, 1, b"first.jpg");
    write(catalog, |w| w.insert_assets(std::slice::from_ref(&asset)));
    let offline = || catalog.read(|r| r.offline_assets(alice.id, alice.library)).unwrap();
    assert_eq!(offline(), []);
    write(catalog, |w| w.set_offline(alice.id, &[asset.id], true));
    assert_eq!(offline(), [asset.id]);
    assert_eq!(catalog.read(|r| r.picture_work(alice.id, alice.library, true)).unwrap(), []);
}

fn a_photo_and_a_video_of_one_content_are_a_pair(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let of = |kind, content: &str| {
        let mut asset = photo(alice, 0);
        asset.facts.kind = kind;
        asset.facts.exif.content_id = Some(content.to_owned());
        asset
    };
    let (b_photo, b_video) = (of(Kind::Image, "b"), of(Kind::Video, "b"));
    let lonely = [of(Kind::Image, "a"), of(Kind::Video, "c"), photo(alice, 1)];
    write(catalog, |w| w.insert_assets(&[b_video.clone(), b_photo.clone()]));
    write(catalog, |w| w.insert_assets(&lonely));
    let pairs_of = |content_ids: &[&str]| {
        catalog.read(|r| r.unjoined_live_photos(alice.id, content_ids)).unwrap()
    };
    let pairs = || pairs_of(&["a", "b", "c"]);
    assert_eq!(pairs(), [(b_photo.id, b_video.id)]);
    assert_eq!(pairs_of(&["a", "c"]), [], "only those that are asked for");
    write(catalog, |w| {
        w.set_visibility(alice.id, &[b_video.id], Visibility::Hidden)?;
        w.set_live_video(alice.id, b_photo.id, Some(b_video.id))
    });
    assert_eq!(pairs(), []);
}
