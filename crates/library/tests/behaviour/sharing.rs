//! Other people's rows, end to end: each row of the table in `library::access`.

use std::collections::BTreeSet;

use kalends_catalog::{Album, Link, LinkTarget, Partner, Place, Role};
use kalends_library::{Ask, Denied, Trash, Viewer};
use kalends_model::{
    AlbumId, AssetId, Credential, Filter, GeoPoint, Leaf, LibraryId, Unlocks, UserId, Visibility,
};
use kalends_test_support::{ids as numbered, local};

use crate::app::{App, catalog_photo, denied, id_set, uploads};

/// Bob's photos, each of which is something else.
const TIMELINE: usize = 0;
const FAVORITE: usize = 1;
const ARCHIVED: usize = 2;
const TRASHED: usize = 3;
const HIDDEN: usize = 4;
const LOCKED: usize = 5;
const OFFLINE: usize = 6;

struct World {
    app: App,
    bob: UserId,
    bobs_library: LibraryId,
    /// Bob's photos, by the numbers above.
    bobs: Vec<AssetId>,
    /// One photo of Anna's.
    annas: AssetId,
    /// An album of Bob's with all of his photos.
    album: AlbumId,
}

fn world() -> World {
    let app = App::new();
    let bob = app.user("bob");
    let bobs_library = uploads(&app.library, bob);
    let bobs: Vec<AssetId> = (1..=7).map(numbered::asset).collect();
    let annas = numbered::asset(100);
    let new: Vec<_> = (1..=7)
        .zip(&bobs)
        .map(|(day, id)| catalog_photo(*id, bob, bobs_library, local(2020, 5, day, 0, 0)))
        .collect();
    let own =
        catalog_photo(annas, app.user, uploads(&app.library, app.user), local(2020, 5, 1, 0, 0));
    let album = numbered::album(1);
    let paris = Place {
        point: GeoPoint::new(48.85, 2.35),
        city: Some("Paris".to_owned()),
        state: None,
        country: Some("France".to_owned()),
    };
    app.library
        .write(|writer| {
            writer.insert_assets(&new)?;
            writer.insert_assets(&[own])?;
            writer.set_place(bob, &bobs, &paris)?;
            writer.set_favorite(bob, &[bobs[FAVORITE]], true)?;
            writer.set_visibility(bob, &[bobs[ARCHIVED]], Visibility::Archive)?;
            writer.trash(bob, &[bobs[TRASHED]])?;
            writer.set_visibility(bob, &[bobs[HIDDEN]], Visibility::Hidden)?;
            writer.set_visibility(bob, &[bobs[LOCKED]], Visibility::Locked)?;
            writer.set_offline(bob, &[bobs[OFFLINE]], true)?;
            writer.create_album(&Album::new(album, bob, "All", 0))?;
            writer.add_to_album(album, bob, &bobs)
        })
        .unwrap();
    World { app, bob, bobs_library, bobs, annas, album }
}

impl World {
    fn anna(&self) -> Viewer {
        self.app.viewer()
    }

    fn share(&self, in_timeline: bool) {
        let partner = Partner { shared_by: self.bob, shared_with: self.app.user, in_timeline };
        self.app.library.write(|writer| writer.set_partner(partner)).unwrap();
    }

    fn join(&self) {
        let user = self.app.user;
        self.app.library.write(|w| w.set_album_user(self.album, user, Role::Viewer)).unwrap();
    }

    fn link(&self, show_metadata: bool) -> Viewer {
        let key = vec![u8::from(show_metadata); 50];
        let link = Link {
            id: numbered::link(1 + u64::from(show_metadata)),
            owner: self.bob,
            key: key.clone(),
            slug: None,
            target: LinkTarget::Album(self.album),
            description: None,
            created_at: 0,
            expires_at: None,
            show_metadata,
            allow_upload: false,
            allow_download: false,
        };
        self.app.library.write(|writer| writer.create_link(&link, None)).unwrap();
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        self.app.library.authenticate(&Credential::LinkKey(hex, Unlocks::default())).unwrap()
    }

    fn seen(&self, viewer: &Viewer, ask: &Ask) -> BTreeSet<AssetId> {
        id_set(&self.app.library, viewer, ask)
    }

    fn denied(&self, viewer: &Viewer, ask: &Ask) -> Denied {
        denied(&self.app.library, viewer, ask)
    }

    fn some(&self, which: &[usize]) -> BTreeSet<AssetId> {
        which.iter().map(|number| self.bobs[*number]).collect()
    }

    fn of_bob(&self) -> Ask {
        Ask { user: Some(self.bob), ..Ask::default() }
    }

    fn of_album(&self) -> Ask {
        Ask { album: Some(self.album), ..Ask::default() }
    }
}

fn filtered(ask: Ask, filter: Filter) -> Ask {
    Ask { filter, ..ask }
}

#[test]
fn a_stranger_sees_nothing() {
    let world = world();
    let anna = world.anna();
    assert_eq!(world.denied(&anna, &world.of_bob()), Denied::Timeline);
    assert_eq!(world.denied(&anna, &world.of_album()), Denied::Album);
    let library = Ask { library: Some(world.bobs_library), ..Ask::default() };
    assert_eq!(world.denied(&anna, &library), Denied::Library);
    let nowhere = Ask { album: Some(numbered::album(77)), ..Ask::default() };
    assert_eq!(world.denied(&anna, &nowhere), Denied::Album, "as if it did not exist");
    assert_eq!(world.seen(&anna, &Ask::default()), BTreeSet::from([world.annas]));
}

#[test]
fn a_partner_sees_the_live_timeline_without_favourites() {
    let world = world();
    world.share(false);
    let anna = world.anna();
    let live = world.some(&[TIMELINE, FAVORITE]);
    assert_eq!(world.seen(&anna, &world.of_bob()), live);
    let favorite = Filter::from(Leaf::Favorite);
    assert!(world.seen(&anna, &filtered(world.of_bob(), favorite.clone())).is_empty());
    assert_eq!(world.seen(&anna, &filtered(world.of_bob(), favorite.negated())), live);
    for visibility in [Visibility::Archive, Visibility::Hidden] {
        let ask = Ask { visibility: Some(visibility), ..world.of_bob() };
        assert_eq!(world.denied(&anna, &ask), Denied::Archive);
    }
    let locked = Ask { visibility: Some(Visibility::Locked), ..world.of_bob() };
    assert_eq!(world.denied(&anna, &locked), Denied::Elevation);
    for trash in [Trash::In, Trash::Both] {
        let seen = world.seen(&anna, &Ask { trash, ..world.of_bob() });
        assert!(seen.is_subset(&live), "nobody looks into another's trash");
    }
    let everything = Filter::Any(vec![Leaf::InTrash.into(), Filter::EVERYTHING]);
    assert_eq!(world.seen(&anna, &filtered(world.of_bob(), everything)), live);
}

#[test]
fn partners_are_shown_in_the_timeline_when_the_viewer_wants_it() {
    let world = world();
    let anna = world.anna();
    let with =
        Ask { with_partners: true, visibility: Some(Visibility::Timeline), ..Ask::default() };
    let own = BTreeSet::from([world.annas]);
    world.share(false);
    assert_eq!(world.seen(&anna, &with), own);
    world.share(true);
    let all: BTreeSet<_> = own.union(&world.some(&[TIMELINE, FAVORITE])).copied().collect();
    assert_eq!(world.seen(&anna, &with), all);
    for ask in [
        Ask { visibility: None, ..with.clone() },
        Ask { favorite: Some(true), ..with.clone() },
        Ask { trash: Trash::In, ..with.clone() },
    ] {
        assert_eq!(world.denied(&anna, &ask), Denied::Partners);
    }
    let bob = Viewer::Open { user: world.bob };
    let of_anna = Ask { user: Some(world.app.user), ..Ask::default() };
    assert_eq!(world.denied(&bob, &of_anna), Denied::Timeline, "sharing has a direction");
}

#[test]
fn what_is_no_longer_shared_is_refused_at_once() {
    let world = world();
    world.share(true);
    world.join();
    let anna = world.anna();
    assert!(!world.seen(&anna, &world.of_bob()).is_empty());
    assert!(!world.seen(&anna, &world.of_album()).is_empty());
    let (bob, user, album) = (world.bob, world.app.user, world.album);
    let library = &world.app.library;
    library.write(|writer| writer.remove_partner(bob, user)).unwrap();
    assert_eq!(world.denied(&anna, &world.of_bob()), Denied::Timeline);
    library.write(|writer| writer.remove_album_user(album, user)).unwrap();
    assert_eq!(world.denied(&anna, &world.of_album()), Denied::Album);
}

#[test]
fn a_member_of_an_album_sees_its_live_timeline_and_archive() {
    let world = world();
    world.join();
    let anna = world.anna();
    let members = world.some(&[TIMELINE, FAVORITE, ARCHIVED]);
    assert_eq!(world.seen(&anna, &world.of_album()), members);
    let favorite = Filter::from(Leaf::Favorite);
    assert!(world.seen(&anna, &filtered(world.of_album(), favorite)).is_empty());
    let in_paris = Filter::from(Leaf::City("Paris".into()));
    assert_eq!(world.seen(&anna, &filtered(world.of_album(), in_paris)), members);
    assert_eq!(world.denied(&anna, &world.of_bob()), Denied::Timeline, "the album is all");
    let other = world.bobs[TIMELINE];
    let (album, bob) = (world.album, world.bob);
    world.app.library.write(|w| w.remove_from_album(album, bob, &[other])).unwrap();
    assert_eq!(world.seen(&anna, &world.of_album()), world.some(&[FAVORITE, ARCHIVED]));
}

#[test]
fn an_album_of_several_owners_shows_each_viewer_their_own_in_full() {
    let world = world();
    world.join();
    let (album, user, annas) = (world.album, world.app.user, world.annas);
    let library = &world.app.library;
    library
        .write(|writer| {
            writer.add_to_album(album, user, &[annas])?;
            writer.set_favorite(user, &[annas], true)
        })
        .unwrap();
    let mut both = world.some(&[TIMELINE, FAVORITE, ARCHIVED]);
    both.insert(annas);
    let (anna, bob) = (world.anna(), Viewer::Open { user: world.bob });
    assert_eq!(world.seen(&anna, &world.of_album()), both);
    assert_eq!(world.seen(&bob, &world.of_album()), both);
    let favorites = filtered(world.of_album(), Leaf::Favorite.into());
    assert_eq!(world.seen(&anna, &favorites), BTreeSet::from([annas]));
    assert_eq!(world.seen(&bob, &favorites), world.some(&[FAVORITE]));
    let trash = Ask { trash: Trash::In, ..world.of_album() };
    assert_eq!(world.seen(&bob, &trash), world.some(&[TRASHED, OFFLINE]));
    assert!(world.seen(&anna, &trash).is_empty());
}

#[test]
fn a_link_with_metadata_shows_the_album_without_favourites() {
    let world = world();
    let visitor = world.link(true);
    let members = world.some(&[TIMELINE, FAVORITE, ARCHIVED]);
    assert_eq!(world.seen(&visitor, &world.of_album()), members);
    let with = |leaf: Leaf| filtered(world.of_album(), leaf.into());
    assert_eq!(world.seen(&visitor, &with(Leaf::City("Paris".into()))), members);
    assert!(world.seen(&visitor, &with(Leaf::Favorite)).is_empty());
}

#[test]
fn a_link_without_metadata_cannot_be_counted_out() {
    let world = world();
    let visitor = world.link(false);
    let members = world.some(&[TIMELINE, FAVORITE, ARCHIVED]);
    assert_eq!(world.seen(&visitor, &world.of_album()), members);
    for leaf in
        [Leaf::City("Paris".into()), Leaf::Country("France".into()), Leaf::HasPlace, Leaf::Favorite]
    {
        let asked = |filter| world.seen(&visitor, &filtered(world.of_album(), filter));
        let leaf = Filter::from(leaf);
        assert!(asked(leaf.clone()).is_empty(), "{leaf:?}");
        assert_eq!(asked(leaf.negated()), members);
    }
    let question = world.app.library.question(&visitor, &world.of_album()).unwrap();
    let rows = question.snapshot.bucket(
        local(2020, 5, 1, 0, 0).month(),
        &question.filter,
        kalends_model::Direction::Ascending,
    );
    assert!(rows.iter().all(|row| row.place().is_none() && row.city().is_none()));
    assert!(rows.iter().all(|row| !row.is_favorite()));
}

#[test]
fn a_link_shows_its_album_and_nothing_else() {
    let world = world();
    let visitor = world.link(true);
    assert_eq!(world.denied(&visitor, &Ask::default()), Denied::Timeline);
    assert_eq!(world.denied(&visitor, &world.of_bob()), Denied::Timeline);
    let other = Ask { album: Some(numbered::album(2)), ..Ask::default() };
    assert_eq!(world.denied(&visitor, &other), Denied::Album);
    let library = Ask { library: Some(world.bobs_library), ..world.of_album() };
    assert_eq!(world.denied(&visitor, &library), Denied::Library);
    let locked = Ask { visibility: Some(Visibility::Locked), ..world.of_album() };
    assert_eq!(world.denied(&visitor, &locked), Denied::Elevation);
    let hidden = Ask { visibility: Some(Visibility::Hidden), ..world.of_album() };
    assert!(world.seen(&visitor, &hidden).is_empty());
    let trash = Ask { trash: Trash::Both, ..world.of_album() };
    assert_eq!(world.seen(&visitor, &trash), world.some(&[TIMELINE, FAVORITE, ARCHIVED]));
}

#[test]
fn a_deleted_user_shares_nothing_any_more() {
    let world = world();
    world.share(true);
    world.join();
    let anna = world.anna();
    assert!(!world.seen(&anna, &world.of_bob()).is_empty());
    let bob = world.bob;
    world.app.library.write(|writer| writer.set_user_deleted(bob, Some(1))).unwrap();
    assert_eq!(world.denied(&anna, &world.of_bob()), Denied::Timeline);
    assert_eq!(world.denied(&anna, &world.of_album()), Denied::Album);
    let with =
        Ask { with_partners: true, visibility: Some(Visibility::Timeline), ..Ask::default() };
    assert_eq!(world.seen(&anna, &with), BTreeSet::from([world.annas]));
}

#[test]
fn a_partners_library_in_the_trash_is_left_out() {
    let world = world();
    world.share(true);
    world.join();
    let anna = world.anna();
    let library = world.bobs_library;
    world.app.library.write(|writer| writer.set_library_trashed(library, true)).unwrap();
    let with =
        Ask { with_partners: true, visibility: Some(Visibility::Timeline), ..Ask::default() };
    assert_eq!(world.seen(&anna, &with), BTreeSet::from([world.annas]));
    assert!(world.seen(&anna, &world.of_bob()).is_empty());
    assert!(world.seen(&anna, &world.of_album()).is_empty());
}
