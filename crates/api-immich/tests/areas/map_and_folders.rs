//! The map: whose places are shown to whom.

use http::Method;
use kalends_catalog::{Album, Facts, Place};
use kalends_model::{AlbumId, GeoPoint, Visibility};
use kalends_test_support::local;
use serde_json::{Value, json};

use crate::people_of_two::{Two, facts, ids_of};

fn at_sea(year: i32) -> Facts {
    let mut facts = facts(local(year, 1, 1, 0, 0), Some(0));
    facts.place = Place {
        point: GeoPoint::new(1.5, -2.5),
        city: Some("Town".to_owned()),
        state: Some("State".to_owned()),
        country: None,
    };
    facts
}

#[tokio::test]
async fn markers_are_those_of_the_viewers_timeline() {
    let two = Two::new();
    let anna = two.anna();
    let shown = two.add(anna, 900, at_sea(2020), |new| new.is_favorite = true);
    let later = two.add(anna, 901, at_sea(2021), |_| {});
    let archived = two.add(anna, 902, at_sea(2022), |new| new.visibility = Visibility::Archive);
    two.add(anna, 903, at_sea(2023), |new| new.visibility = Visibility::Locked);
    let trashed = two.add(anna, 904, at_sea(2024), |_| {});
    two.app.library.write(|w| w.trash(anna.user, &[trashed])).unwrap();
    let markers = |query: &'static str| {
        let two = &two;
        async move { two.anna_gets(&format!("/map/markers{query}")).await }
    };
    let all = markers("").await;
    assert_eq!(ids_of(&all), [later, shown], "the latest first");
    let expected = json!({
        "id": later.to_string(), "lat": 1.5, "lon": -2.5,
        "city": "Town", "state": "State", "country": null,
    });
    assert_eq!(all[0], expected);
    assert_eq!(ids_of(&markers("?isArchived=true").await), [archived, later, shown]);
    assert_eq!(ids_of(&markers("?isFavorite=true").await), [shown]);
    assert_eq!(ids_of(&markers("?fileCreatedAfter=2021-01-01T00:00:00Z").await), [later]);
    assert_eq!(ids_of(&markers("?fileCreatedBefore=2020-12-31").await), [shown]);

    let bob = two.bobs();
    let his = two.add(bob, 905, at_sea(2019), |_| {});
    let kept = two.add(bob, 906, at_sea(2018), |new| new.visibility = Visibility::Archive);
    assert_eq!(ids_of(&markers("?withPartners=true").await), [later, shown]);
    two.bob_shares();
    assert_eq!(ids_of(&markers("?withPartners=true&isArchived=true").await).len(), 4);
    assert_eq!(ids_of(&markers("?withPartners=true").await), [later, shown, his]);
    assert_eq!(ids_of(&markers("?withPartners=true&isFavorite=false").await), [later]);
    let album = Album::new(AlbumId::from_random([1; 16]), bob.user, "Sea", 0);
    two.app
        .library
        .write(|w| {
            w.create_album(&album)?;
            w.add_to_album(album.id, bob.user, &[kept])?;
            w.set_album_user(album.id, anna.user, kalends_catalog::Role::Viewer)
        })
        .unwrap();
    assert_eq!(ids_of(&markers("?withSharedAlbums=true").await), [later, shown]);
    let all = markers("?withSharedAlbums=true&isArchived=true").await;
    assert_eq!(ids_of(&all), [archived, later, shown, kept]);
}

#[tokio::test]
async fn a_point_has_names_or_none() {
    let two = Two::new();
    let paris = two.anna_gets("/map/reverse-geocode?lat=48.8566&lon=2.3522").await;
    assert_eq!(paris, json!([{"city": "Paris", "state": null, "country": "France"}]));
    let ocean = two.anna_gets("/map/reverse-geocode?lat=-40&lon=-120").await;
    assert_eq!(ocean, json!([{"city": null, "state": null, "country": null}]));
    let number = "must be a number conforming to the specified constraints";
    for (query, told) in [
        ("", json!([format!("lat {number}"), format!("lon {number}")])),
        ("?lat=91&lon=0", json!(["lat must not be greater than 90"])),
        ("?lat=x&lon=0", json!([format!("lat {number}")])),
    ] {
        let path = format!("/map/reverse-geocode{query}");
        assert_eq!(two.anna_is_refused(Method::GET, &path, &Value::Null).await, told, "{query}");
    }
}
