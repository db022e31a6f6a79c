//! Comments and likes.

use kalends_catalog::{Activity, ActivityQuestion, Catalog, CatalogError, Reaction, ReactionLevel};
use kalends_model::{ActivityId, AlbumId, AssetId, UserId};

use crate::build::{NOW, Owner, album, owner, photos, random, write};

contract! {
    what_is_said_is_listed_and_taken_back
    a_thing_is_liked_once
    an_activity_goes_with_what_it_is_about
    what_is_not_shown_is_not_talked_about
}

struct Talk {
    alice: Owner,
    bob: Owner,
    album: AlbumId,
    assets: Vec<AssetId>,
}

fn talk(catalog: &Catalog) -> Talk {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    let album = album(catalog, alice.id);
    let assets = photos(catalog, alice, 2);
    write(catalog, |w| w.add_to_album(album, alice.id, &assets));
    Talk { alice, bob, album, assets }
}

impl Talk {
    fn says(&self, user: UserId, asset: Option<usize>, comment: Option<&str>, at: i64) -> Activity {
        Activity {
            id: ActivityId::from_random(random()),
            album: self.album,
            user,
            asset: asset.map(|number| (self.alice.id, self.assets[number])),
            comment: comment.map(str::to_owned),
            created_at: NOW + at,
        }
    }

    fn said(&self, catalog: &Catalog, question: ActivityQuestion) -> Vec<Activity> {
        catalog.read(|r| r.activities(self.album, &question)).unwrap()
    }
}

fn what_is_said_is_listed_and_taken_back(catalog: &Catalog) {
    let talk = talk(catalog);
    let of_album = talk.says(talk.bob.id, None, Some("nice"), 3);
    let of_asset = talk.says(talk.alice.id, Some(0), Some("thanks"), 2);
    let like = talk.says(talk.bob.id, Some(1), None, 1);
    for activity in [&of_album, &of_asset, &like] {
        write(catalog, |w| w.create_activity(activity));
    }
    let all = ActivityQuestion::default();
    assert_eq!(
        talk.said(catalog, all),
        [like.clone(), of_asset.clone(), of_album.clone()],
        "the oldest first"
    );
    for (question, expected) in [
        (ActivityQuestion { asset: Some(talk.assets[0]), ..all }, vec![of_asset.clone()]),
        (ActivityQuestion { user: Some(talk.alice.id), ..all }, vec![of_asset.clone()]),
        (ActivityQuestion { reaction: Some(Reaction::Like), ..all }, vec![like.clone()]),
        (
            ActivityQuestion { reaction: Some(Reaction::Comment), ..all },
            vec![of_asset.clone(), of_album.clone()],
        ),
        (ActivityQuestion { level: Some(ReactionLevel::Album), ..all }, vec![of_album.clone()]),
        (
            ActivityQuestion { level: Some(ReactionLevel::Asset), ..all },
            vec![like.clone(), of_asset.clone()],
        ),
    ] {
        assert_eq!(talk.said(catalog, question), expected, "{question:?}");
    }
    assert_eq!(catalog.read(|r| r.activity(like.id)).unwrap(), Some(like.clone()));
    write(catalog, |w| w.delete_activity(like.id));
    assert_eq!(catalog.read(|r| r.activity(like.id)).unwrap(), None);
    let again = catalog.write(NOW, &|_| false, |w| w.delete_activity(like.id));
    assert!(matches!(again, Err(CatalogError::NotFound("activity"))));
}

fn a_thing_is_liked_once(catalog: &Catalog) {
    let talk = talk(catalog);
    for asset in [None, Some(0), Some(1)] {
        write(catalog, |w| w.create_activity(&talk.says(talk.bob.id, asset, None, 0)));
        write(catalog, |w| w.create_activity(&talk.says(talk.alice.id, asset, None, 0)));
        let again = talk.says(talk.bob.id, asset, None, 1);
        let refused = catalog.write(NOW, &|_| false, |w| w.create_activity(&again));
        assert!(matches!(refused, Err(CatalogError::Conflict(_))), "{refused:?}");
        for _ in 0..2 {
            let words = talk.says(talk.bob.id, asset, Some("again"), 1);
            write(catalog, |w| w.create_activity(&words));
        }
    }
    assert_eq!(talk.said(catalog, ActivityQuestion::default()).len(), 12);
}

fn an_activity_goes_with_what_it_is_about(catalog: &Catalog) {
    let talk = talk(catalog);
    let stranger = photos(catalog, talk.bob, 1)[0];
    let mut nowhere = talk.says(talk.bob.id, None, Some("nice"), 0);
    nowhere.asset = Some((talk.bob.id, stranger));
    let refused = catalog.write(NOW, &|_| false, |w| w.create_activity(&nowhere));
    assert!(matches!(refused, Err(CatalogError::NotFound(_))), "it is not in the album");

    for asset in [None, Some(0), Some(1)] {
        let words = talk.says(talk.bob.id, asset, Some("nice"), 0);
        write(catalog, |w| w.create_activity(&words));
    }
    let left = || talk.said(catalog, ActivityQuestion::default()).len();
    write(catalog, |w| w.remove_from_album(talk.album, talk.alice.id, &talk.assets[..1]));
    assert_eq!(left(), 2);
    write(catalog, |w| w.delete_assets(talk.alice.id, &talk.assets[1..]));
    assert_eq!(left(), 1);
    write(catalog, |w| w.delete_album(talk.album));
    assert_eq!(left(), 0);
}

fn what_is_not_shown_is_not_talked_about(catalog: &Catalog) {
    let talk = talk(catalog);
    write(catalog, |w| {
        w.create_activity(&talk.says(talk.alice.id, Some(0), Some("nice"), 0))?;
        w.create_activity(&talk.says(talk.bob.id, None, Some("yes"), 1))
    });
    let left = || talk.said(catalog, ActivityQuestion::default()).len();
    write(catalog, |w| w.trash(talk.alice.id, &talk.assets));
    assert_eq!(left(), 1);
    write(catalog, |w| w.restore(talk.alice.id, &talk.assets));
    assert_eq!(left(), 2);
    write(catalog, |w| w.set_user_deleted(talk.bob.id, Some(NOW)));
    assert_eq!(left(), 1);
}
