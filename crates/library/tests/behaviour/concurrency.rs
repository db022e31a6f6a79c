//! Many write while many ask: every answer is of one moment, and whole.

use std::sync::atomic::{AtomicUsize, Ordering};

use kalends_catalog::{Album, CatalogError, Partner, Role, Writer};
use kalends_library::{Ask, Trash, Viewer};
use kalends_model::{AlbumId, AssetId, Leaf, LibraryId, UserId, Visibility};
use kalends_test_support::{Rng, ids as numbered, local};

use crate::app::{App, catalog_photo, id_set, ids, uploads, with_leaf};

const WRITERS: usize = 4;
const ASKERS: usize = 4;
const ACTS: usize = 60;
/// Each writer has as many assets of its own, so that it knows what it must read.
const ASSETS_EACH: u64 = 40;

struct Owner {
    user: UserId,
    library: LibraryId,
    assets: Vec<AssetId>,
}

/// One random write.
fn act(
    writer: &mut Writer<'_>,
    rng: &mut Rng,
    owner: &Owner,
    album: AlbumId,
) -> Result<(), CatalogError> {
    let some = rng.some_of(&owner.assets, 6);
    let user = owner.user;
    match rng.below(8) {
        0 => drop(writer.set_favorite(user, &some, rng.flip())?),
        1 => drop(writer.set_visibility(user, &some, *rng.pick(&Visibility::ALL))?),
        2 => drop(writer.trash(user, &some)?),
        3 => drop(writer.restore(user, &some)?),
        4 => drop(writer.add_to_album(album, user, &some)?),
        5 => drop(writer.remove_from_album(album, user, &some)?),
        6 => drop(writer.set_rating(user, &some, Some(rng.below(5) as i8 + 1))?),
        _ => {
            let gone = writer.delete_assets(user, &some)?;
            let new: Vec<_> = gone
                .iter()
                .map(|id| {
                    let month = rng.below(12) as u8 + 1;
                    catalog_photo(*id, user, owner.library, local(2020, month, 1, 0, 0))
                })
                .collect();
            writer.insert_assets(&new)?;
        }
    }
    Ok(())
}

/// What a favourite of one's own writing must look like right after it.
fn write_and_read(app: &App, rng: &mut Rng, owner: &Owner) {
    let viewer = Viewer::Open { user: owner.user };
    let asset = *rng.pick(&owner.assets);
    let (is_favorite, one) = (rng.flip(), [asset]);
    app.library
        .write(|writer| {
            writer.set_visibility(owner.user, &one, Visibility::Timeline)?;
            writer.restore(owner.user, &one)?;
            writer.set_favorite(owner.user, &one, is_favorite)
        })
        .unwrap();
    let favorites = id_set(&app.library, &viewer, &with_leaf(Leaf::Favorite));
    assert_eq!(favorites.contains(&asset), is_favorite, "a client reads what it wrote");
}

fn questions(album: AlbumId) -> Vec<Ask> {
    vec![
        Ask::default(),
        Ask { trash: Trash::Both, ..Ask::default() },
        Ask { favorite: Some(true), ..Ask::default() },
        Ask { album: Some(album), ..Ask::default() },
        Ask { visibility: Some(Visibility::Timeline), with_partners: true, ..Ask::default() },
        with_leaf(Leaf::InAnyAlbum),
    ]
}

fn world(app: &App) -> (Vec<Owner>, AlbumId) {
    let album = numbered::album(1);
    let owners: Vec<Owner> = (0..WRITERS as u64)
        .map(|number| {
            let user = if number == 0 { app.user } else { app.user(&format!("user{number}")) };
            let assets = (1..=ASSETS_EACH).map(|n| numbered::asset(number * 1_000 + n)).collect();
            Owner { user, library: uploads(&app.library, user), assets }
        })
        .collect();
    app.library
        .write(|writer| {
            writer.create_album(&Album::new(album, app.user, "Together", 0))?;
            for owner in &owners {
                let new: Vec<_> = (1..=12u8)
                    .cycle()
                    .zip(&owner.assets)
                    .map(|(month, id)| {
                        catalog_photo(*id, owner.user, owner.library, local(2020, month, 1, 0, 0))
                    })
                    .collect();
                writer.insert_assets(&new)?;
                if owner.user != app.user {
                    writer.set_album_user(album, owner.user, Role::Editor)?;
                    let (shared_by, shared_with) = (owner.user, app.user);
                    writer.set_partner(Partner { shared_by, shared_with, in_timeline: true })?;
                }
            }
            Ok(())
        })
        .unwrap();
    (owners, album)
}

#[test]
fn every_answer_is_whole_while_four_write_and_four_ask() {
    let app = App::new();
    let (owners, album) = world(&app);
    let writing = AtomicUsize::new(WRITERS);
    let asked = AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for (number, owner) in owners.iter().enumerate() {
            let (app, writing) = (&app, &writing);
            threads.spawn(move || {
                // Also when an assertion fails, so that the askers end.
                let _done = Done(writing);
                let mut rng = Rng::stream(7, number as u64);
                for _ in 0..ACTS {
                    app.library.write(|writer| act(writer, &mut rng, owner, album)).unwrap();
                    write_and_read(app, &mut rng, owner);
                }
            });
        }
        for number in 0..ASKERS {
            let (app, writing, asked, owners) = (&app, &writing, &asked, &owners);
            threads.spawn(move || {
                let mut rng = Rng::stream(8, number as u64);
                let asks = questions(album);
                while writing.load(Ordering::Acquire) > 0 {
                    let viewer = Viewer::Open { user: rng.pick(owners).user };
                    ids(&app.library, &viewer, rng.pick(&asks)).unwrap();
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert!(asked.load(Ordering::Relaxed) > ASKERS);

    // What the shelves have come to is what a fresh start reads from the catalog.
    let asks = questions(album);
    let answers = |library: &kalends_library::Library| {
        let viewers = owners.iter().map(|owner| Viewer::Open { user: owner.user });
        viewers
            .flat_map(|viewer| {
                asks.iter()
                    .map(|ask| {
                        let question = library.question(&viewer, ask).unwrap();
                        (crate::app::consistent_ids(&question), question.snapshot.fingerprint())
                    })
                    .collect::<Vec<_>>()
            })
            .collect::<Vec<_>>()
    };
    let fresh = crate::app::open(&app.data(), &app.clock, 2);
    assert_eq!(answers(&app.library), answers(&fresh));
}

struct Done<'a>(&'a AtomicUsize);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Release);
    }
}

#[test]
fn a_shelf_that_is_loaded_while_others_write_misses_nothing() {
    for round in 0..8 {
        let app = App::new();
        let library = uploads(&app.library, app.user);
        let count = 60;
        std::thread::scope(|threads| {
            let app = &app;
            threads.spawn(move || {
                for number in 1..=count {
                    let id = numbered::asset(round * 1_000 + number);
                    let new = catalog_photo(id, app.user, library, local(2020, 1, 1, 0, 0));
                    app.library.write(|writer| writer.insert_assets(&[new])).unwrap();
                }
            });
            for _ in 0..2 {
                threads.spawn(move || {
                    let mut last = 0;
                    while last < count as usize {
                        let shown = app.shown();
                        assert!(shown >= last, "{shown} after {last}");
                        last = shown;
                    }
                });
            }
        });
        assert_eq!(app.shown(), count as usize);
    }
}
