//! Tags as a tree.

use kalends_catalog::{Catalog, CatalogError, Tag};
use kalends_model::{TagId, UserId};

use crate::build::{NOW, owner, photos, random, row, write};

contract! {
    a_path_is_made_with_its_ancestors
    descendants_are_found_at_any_depth
    a_tag_is_on_an_asset_once
    deleting_a_tag_deletes_what_is_below_it
    owners_have_trees_of_their_own
    an_empty_path_is_no_tag
    a_tag_has_a_colour
}

fn ensure(catalog: &Catalog, owner: UserId, path: &[&str]) -> TagId {
    write(catalog, |w| w.ensure_tag(owner, path, &mut || TagId::from_random(random()))).value
}

fn a_path_is_made_with_its_ancestors(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let nepal = ensure(catalog, alice.id, &["Travel", "Asia", "Nepal"]);
    let travel = ensure(catalog, alice.id, &["Travel"]);
    assert_eq!(ensure(catalog, alice.id, &["Travel", "Asia", "Nepal"]), nepal);
    let tags = catalog.read(|r| r.tags_of(alice.id)).unwrap();
    let values: Vec<&str> = tags.iter().map(|tag| tag.value.as_str()).collect();
    assert_eq!(values, ["Travel", "Travel/Asia", "Travel/Asia/Nepal"]);
    assert_eq!(tags[0].parent, None);
    assert_eq!((tags[1].parent, tags[2].parent), (Some(travel), Some(tags[1].id)));
    let found = catalog.read(|r| r.tag_by_value(alice.id, "Travel/Asia/Nepal")).unwrap();
    assert_eq!(found, catalog.read(|r| r.tag(nepal)).unwrap());
}

fn descendants_are_found_at_any_depth(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let nepal = ensure(catalog, alice.id, &["Travel", "Asia", "Nepal"]);
    let japan = ensure(catalog, alice.id, &["Travel", "Asia", "Japan"]);
    let other = ensure(catalog, alice.id, &["Travels"]);
    let asia = ensure(catalog, alice.id, &["Travel", "Asia"]);
    let below = |tag| catalog.read(|r| r.tag_with_descendants(tag)).unwrap();
    let mut expected = vec![asia, nepal, japan];
    expected.sort();
    assert_eq!(below(asia), Some((alice.id, expected)));
    assert_eq!(below(nepal), Some((alice.id, vec![nepal])));
    assert_eq!(below(other), Some((alice.id, vec![other])));
    assert_eq!(below(TagId::from_random(random())), None);
}

fn a_tag_is_on_an_asset_once(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let tag = ensure(catalog, alice.id, &["Travel"]);
    let (hers, his) = (photos(catalog, alice, 2), photos(catalog, bob, 1));
    assert_eq!(write(catalog, |w| w.tag_assets(tag, alice.id, &hers)).value, hers);
    assert!(write(catalog, |w| w.tag_assets(tag, alice.id, &hers)).changes.is_empty());
    write(catalog, |w| w.tag_assets(tag, bob.id, &his));
    assert_eq!(row(catalog, bob, his[0]).tags, [tag]);
    assert_eq!(catalog.read(|r| r.tagged_assets(tag)).unwrap().len(), 3);
    assert_eq!(write(catalog, |w| w.untag_assets(tag, alice.id, &hers[..1])).value, hers[..1]);
    assert!(row(catalog, alice, hers[0]).tags.is_empty());
    assert_eq!(row(catalog, alice, hers[1]).tags, [tag]);
}

fn deleting_a_tag_deletes_what_is_below_it(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let nepal = ensure(catalog, alice.id, &["Travel", "Asia", "Nepal"]);
    let asia = ensure(catalog, alice.id, &["Travel", "Asia"]);
    let ids = photos(catalog, alice, 1);
    write(catalog, |w| w.tag_assets(nepal, alice.id, &ids));
    write(catalog, |w| w.delete_tag(asia));
    assert!(row(catalog, alice, ids[0]).tags.is_empty());
    let left = catalog.read(|r| r.tags_of(alice.id)).unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].value, "Travel");
}

fn owners_have_trees_of_their_own(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let bob = owner(catalog, "bob@example.org");
    let (hers, his) =
        (ensure(catalog, alice.id, &["Travel"]), ensure(catalog, bob.id, &["Travel"]));
    assert_ne!(hers, his);
    let id = TagId::from_random(random());
    let twice = Tag::new(id, alice.id, "Travel".to_owned(), None, NOW);
    let refused = catalog.write(NOW, &|_| false, |w| w.create_tag(&twice));
    assert!(matches!(refused, Err(CatalogError::Conflict(_))));
}

fn an_empty_path_is_no_tag(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let refused = catalog.write(NOW, &|_| false, |w| {
        w.ensure_tag(alice.id, &[], &mut || TagId::from_random(random()))
    });
    assert!(matches!(refused, Err(CatalogError::NotFound(_))));
}

fn a_tag_has_a_colour(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let (b, a) = (ensure(catalog, alice.id, &["b"]), ensure(catalog, alice.id, &["a"]));
    catalog.write(NOW + 5, &|_| false, |w| w.set_tag_color(b, Some("#abc"))).unwrap();
    let gone = TagId::from_random(random());
    let tags = catalog.read(|r| r.tags_by_id(&[b, gone, a])).unwrap();
    assert_eq!((tags[0].id, tags[0].color.as_deref(), tags[0].updated_at), (a, None, NOW));
    assert_eq!(
        (tags[1].id, tags[1].color.as_deref(), tags[1].updated_at),
        (b, Some("#abc"), NOW + 5)
    );
    assert_eq!((tags.len(), tags[1].name()), (2, "b"));
    let refused = catalog.write(NOW, &|_| false, |w| w.set_tag_color(gone, None));
    assert!(matches!(refused, Err(CatalogError::NotFound("tag"))));
}
