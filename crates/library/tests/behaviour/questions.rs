//! Questions: a client reads what it wrote, and what is asked is what is answered.

use std::collections::BTreeSet;

use kalends_library::{Ask, Denied, Trash, Viewer};
use kalends_model::{AssetId, Filter, Leaf, Visibility};
use kalends_test_support::{ids as numbered, local};

use crate::app::{App, catalog_photo, denied, id_set, ids, uploads, with_leaf};

/// Twelve photos in the catalog, one in each month of 2020.
fn year() -> (App, Vec<AssetId>) {
    let app = App::new();
    let library = uploads(&app.library, app.user);
    let assets: Vec<AssetId> = (1..=12).map(numbered::asset).collect();
    let new: Vec<_> = (1..=12)
        .zip(&assets)
        .map(|(month, id)| catalog_photo(*id, app.user, library, local(2020, month, 1, 0, 0)))
        .collect();
    app.library.write(|writer| writer.insert_assets(&new)).unwrap();
    (app, assets)
}

fn set(assets: &[AssetId]) -> BTreeSet<AssetId> {
    assets.iter().copied().collect()
}

#[test]
fn a_client_reads_what_it_wrote() {
    let (app, assets) = year();
    let viewer = app.viewer();
    let favorites = Ask { favorite: Some(true), ..Ask::default() };
    let trash = Ask { trash: Trash::In, ..Ask::default() };
    let archive = Ask { visibility: Some(Visibility::Archive), ..Ask::default() };
    let seen = |ask: &Ask| id_set(&app.library, &viewer, ask);
    assert_eq!(seen(&favorites), set(&[]));
    for count in 1..=assets.len() {
        let of = &assets[count - 1..count];
        app.library.write(|writer| writer.set_favorite(app.user, of, true)).unwrap();
        assert_eq!(seen(&favorites), set(&assets[..count]));
        app.library.write(|w| w.set_visibility(app.user, of, Visibility::Archive)).unwrap();
        assert_eq!(seen(&archive), set(&assets[..count]));
        app.library.write(|writer| writer.trash(app.user, of)).unwrap();
        assert_eq!(seen(&trash), set(of));
        assert_eq!(seen(&favorites), set(&assets[..count - 1]), "one is in the trash");
        app.library.write(|writer| writer.restore(app.user, of)).unwrap();
        assert_eq!(seen(&trash), set(&[]));
    }
    app.library.write(|writer| writer.delete_assets(app.user, &assets[..6])).unwrap();
    assert_eq!(seen(&Ask::default()), set(&assets[6..]));
}

#[test]
fn a_write_that_fails_changes_nothing() {
    let (app, assets) = year();
    let before = app.version();
    let failed = app.library.write(|writer| {
        writer.set_favorite(app.user, &assets, true)?;
        Err::<(), _>(kalends_catalog::CatalogError::NotFound("what the test wants"))
    });
    assert!(failed.is_err());
    assert_eq!(app.version(), before);
    let favorites = Ask { favorite: Some(true), ..Ask::default() };
    assert!(id_set(&app.library, &app.viewer(), &favorites).is_empty());
    app.library.write(|writer| writer.set_favorite(app.user, &assets[..1], true)).unwrap();
    assert_eq!(id_set(&app.library, &app.viewer(), &favorites).len(), 1);
}

#[test]
fn a_question_keeps_its_moment() {
    let (app, assets) = year();
    let question = app.library.question(&app.viewer(), &Ask::default()).unwrap();
    app.library.write(|writer| writer.delete_assets(app.user, &assets)).unwrap();
    assert_eq!(question.snapshot.total(&question.filter), 12);
    assert_eq!(crate::app::consistent_ids(&question).len(), 12);
    assert_eq!(app.shown(), 0);
}

#[test]
fn a_library_in_the_trash_is_left_out_and_cannot_be_asked_for() {
    let (app, assets) = year();
    let library = uploads(&app.library, app.user);
    let of_library = Ask { library: Some(library), ..Ask::default() };
    let seen = |ask: &Ask| ids(&app.library, &app.viewer(), ask).unwrap().len();
    assert_eq!((seen(&Ask::default()), seen(&of_library)), (12, 12));
    app.library.write(|writer| writer.set_library_trashed(library, true)).unwrap();
    assert_eq!(seen(&Ask::default()), 0);
    assert_eq!(denied(&app.library, &app.viewer(), &of_library), Denied::Library);
    let in_trash = Ask { trash: Trash::Both, ..Ask::default() };
    assert_eq!(seen(&in_trash), 0, "its assets are in nobody's trash either");
    app.library.write(|writer| writer.set_library_trashed(library, false)).unwrap();
    assert_eq!(id_set(&app.library, &app.viewer(), &of_library), set(&assets));
}

#[test]
fn a_tag_means_its_descendants_as_they_are_now() {
    let (app, assets) = year();
    let mut fresh = 0;
    let mut tag = |path: &[&str]| {
        app.library
            .write(|writer| {
                writer.ensure_tag(app.user, path, &mut || {
                    fresh += 1;
                    numbered::tag(fresh)
                })
            })
            .unwrap()
    };
    let (travel, nepal, asia) =
        (tag(&["Travel"]), tag(&["Travel", "Asia", "Nepal"]), tag(&["Travel", "Asia"]));
    let put = |tag, asset: usize| {
        app.library.write(|w| w.tag_assets(tag, app.user, &assets[asset..=asset])).unwrap();
    };
    let tagged = |tag| {
        let ask = Ask { tag: Some(tag), ..Ask::default() };
        id_set(&app.library, &app.viewer(), &ask)
    };
    put(travel, 0);
    put(asia, 1);
    put(nepal, 2);
    assert_eq!(tagged(travel), set(&assets[..3]));
    assert_eq!(tagged(asia), set(&assets[1..3]));
    assert_eq!(tagged(nepal), set(&assets[2..3]));
    let new = tag(&["Travel", "Asia", "Bhutan"]);
    put(new, 3);
    assert_eq!(tagged(asia), set(&assets[1..4]));
    app.library.write(|writer| writer.delete_tag(asia)).unwrap();
    assert_eq!(tagged(travel), set(&assets[..1]));
    let gone = Ask { tag: Some(asia), ..Ask::default() };
    assert_eq!(denied(&app.library, &app.viewer(), &gone), Denied::Tag);
}

#[test]
fn the_locked_folder_needs_an_elevated_session() {
    let (app, assets) = year();
    app.library
        .write(|writer| writer.set_visibility(app.user, &assets[..2], Visibility::Locked))
        .unwrap();
    let locked = Ask { visibility: Some(Visibility::Locked), ..Ask::default() };
    assert_eq!(denied(&app.library, &app.viewer(), &locked), Denied::Elevation);
    let leaf = with_leaf(Leaf::visibility(Visibility::Locked));
    assert!(id_set(&app.library, &app.viewer(), &leaf).is_empty());
    let session = |is_elevated| Viewer::Session {
        user: app.user,
        session: numbered::session(1),
        is_elevated,
    };
    assert_eq!(denied(&app.library, &session(false), &locked), Denied::Elevation);
    assert_eq!(id_set(&app.library, &session(true), &locked), set(&assets[..2]));
    assert_eq!(id_set(&app.library, &session(true), &Ask::default()), set(&assets[2..]));
}

#[test]
fn a_filter_and_its_negation_part_the_timeline() {
    let (app, assets) = year();
    app.library.write(|writer| writer.set_rating(app.user, &assets[..5], Some(4))).unwrap();
    let rated = Filter::from(Leaf::Rating(kalends_model::RatingSet::default().with(Some(4))));
    let seen =
        |filter: Filter| id_set(&app.library, &app.viewer(), &Ask { filter, ..Ask::default() });
    assert_eq!(seen(rated.clone()), set(&assets[..5]));
    assert_eq!(seen(rated.negated()), set(&assets[5..]));
}

#[test]
fn a_user_who_never_was_sees_nothing() {
    let (app, _) = year();
    let nobody = Viewer::Open { user: numbered::user(99) };
    let seen = ids(&app.library, &nobody, &Ask::default());
    assert!(matches!(&seen, Ok(seen) if seen.is_empty()), "{seen:?}");
}

#[test]
fn a_stack_is_one_photo_where_it_is_asked_for_so() {
    let (app, assets) = year();
    app.library
        .write(|writer| writer.create_stack(app.user, numbered::stack(1), &assets[..4]))
        .unwrap();
    let folded = Ask { filter: Filter::from(Leaf::StackChild).negated(), ..Ask::default() };
    let seen = || id_set(&app.library, &app.viewer(), &folded);
    assert_eq!(seen(), set(&[&assets[..1], &assets[4..]].concat()));
    app.library.write(|writer| writer.trash(app.user, &assets[..1])).unwrap();
    assert_eq!(seen(), set(&assets[1..2]).union(&set(&assets[4..])).copied().collect());
}
