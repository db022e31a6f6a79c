//! Partners, and the one read that scopes are worked out from.

use kalends_catalog::{Catalog, Link, LinkTarget, Partner, Role, Session};
use kalends_model::{LinkId, SessionId};

use crate::build::{NOW, Owner, album, owner, photos, random, write};

contract! {
    partners_are_seen_from_both_sides
    grants_list_everything_at_once
    deleted_users_grant_nothing
    an_album_role_is_found
    whatever_gives_a_view_raises_the_grants
    a_new_owner_in_an_album_is_told_to_its_members
}

fn partner(by: Owner, with: Owner, in_timeline: bool) -> Partner {
    Partner { shared_by: by.id, shared_with: with.id, in_timeline }
}

fn partners_are_seen_from_both_sides(catalog: &Catalog) {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    write(catalog, |w| w.set_partner(partner(bob, alice, false)));
    write(catalog, |w| w.set_partner(partner(bob, alice, true)));
    let kept = [partner(bob, alice, true)];
    assert_eq!(catalog.read(|r| r.partners_sharing_with(alice.id)).unwrap(), kept);
    assert_eq!(catalog.read(|r| r.partners_of(bob.id)).unwrap(), kept);
    assert_eq!(catalog.read(|r| r.partner(bob.id, alice.id)).unwrap(), Some(kept[0]));
    assert_eq!(catalog.read(|r| r.partner(alice.id, bob.id)).unwrap(), None);
    assert_eq!(catalog.read(|r| r.partners_of(alice.id)).unwrap(), []);
    write(catalog, |w| w.remove_partner(bob.id, alice.id));
    assert_eq!(catalog.read(|r| r.partners_sharing_with(alice.id)).unwrap(), []);
}

fn grants_list_everything_at_once(catalog: &Catalog) {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    let (own, shared) = (album(catalog, alice.id), album(catalog, bob.id));
    write(catalog, |w| {
        w.set_partner(partner(bob, alice, true))?;
        w.set_partner(partner(alice, bob, false))?;
        w.set_album_user(shared, alice.id, Role::Viewer)?;
        w.set_library_trashed(alice.library, true)
    });
    let grants = catalog.read(|r| r.grants(alice.id)).unwrap().unwrap();
    assert_eq!(grants.partners_in, [(bob.id, true)]);
    assert_eq!(grants.partners_out, [bob.id]);
    let mut expected = vec![(own, Role::Owner), (shared, Role::Viewer)];
    expected.sort();
    assert_eq!(grants.albums, expected);
    assert_eq!(grants.libraries, [(alice.library, true)]);
    assert_eq!(Some(grants.version), catalog.read(|r| r.grants_version(alice.id)).unwrap());
}

fn deleted_users_grant_nothing(catalog: &Catalog) {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    let shared = album(catalog, bob.id);
    write(catalog, |w| {
        w.set_partner(partner(bob, alice, true))?;
        w.set_album_user(shared, alice.id, Role::Editor)
    });
    let before = catalog.read(|r| r.grants(alice.id)).unwrap().unwrap();
    write(catalog, |w| w.set_user_deleted(bob.id, Some(NOW)));
    let after = catalog.read(|r| r.grants(alice.id)).unwrap().unwrap();
    assert!(after.partners_in.is_empty() && after.albums.is_empty());
    assert!(after.version > before.version);
}

fn an_album_role_is_found(catalog: &Catalog) {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    let album = album(catalog, alice.id);
    let role = |user: Owner| catalog.read(|r| r.album_role(user.id, album)).unwrap();
    assert_eq!((role(alice), role(bob)), (Some(Role::Owner), None));
    write(catalog, |w| w.set_album_user(album, bob.id, Role::Viewer));
    write(catalog, |w| w.set_album_user(album, bob.id, Role::Editor));
    assert_eq!(role(bob), Some(Role::Editor));
    assert_eq!(catalog.read(|r| r.album_users(album)).unwrap(), [(bob.id, Role::Editor)]);
    write(catalog, |w| w.remove_album_user(album, bob.id));
    assert_eq!(role(bob), None);
}

fn whatever_gives_a_view_raises_the_grants(catalog: &Catalog) {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    let shared = album(catalog, bob.id);
    let session = Session {
        id: SessionId::from_random(random()),
        user: alice.id,
        device_type: String::new(),
        device_os: String::new(),
        created_at: NOW,
        updated_at: NOW,
        expires_at: None,
        elevated_until: None,
        app_version: None,
        parent: None,
        is_pending_sync_reset: false,
    };
    let link = Link {
        id: LinkId::from_random(random()),
        owner: alice.id,
        key: vec![1; 50],
        slug: None,
        target: LinkTarget::Assets,
        description: None,
        created_at: NOW,
        expires_at: None,
        show_metadata: true,
        allow_upload: false,
        allow_download: false,
    };
    let mut last = 0;
    let mut raised = |what: &str| {
        let now = catalog.read(|r| r.grants_version(alice.id)).unwrap().unwrap();
        assert_eq!(now, last + 1, "{what} raises the grants once");
        last = now;
    };
    raised("the first library");
    write(catalog, |w| w.create_session(&session, &[1; 32]));
    raised("a session");
    write(catalog, |w| w.set_session_elevated(session.id, Some(NOW)));
    raised("an elevation");
    write(catalog, |w| w.set_partner(partner(bob, alice, true)));
    raised("a partner");
    write(catalog, |w| w.set_album_user(shared, alice.id, Role::Viewer));
    raised("an album role");
    write(catalog, |w| w.create_link(&link, None));
    raised("a link");
    write(catalog, |w| w.set_library_trashed(alice.library, true));
    raised("a trashed library");
    write(catalog, |w| w.delete_album(shared));
    raised("a deleted album");
}

fn a_new_owner_in_an_album_is_told_to_its_members(catalog: &Catalog) {
    let [alice, bob, carol] =
        ["alice@x.org", "bob@x.org", "carol@x.org"].map(|email| owner(catalog, email));
    let album = album(catalog, alice.id);
    write(catalog, |w| w.set_album_user(album, carol.id, Role::Viewer));
    let his = photos(catalog, bob, 2);
    let told = || catalog.read(|r| r.grants_version(carol.id)).unwrap().unwrap();
    let mut last = told();
    let mut is_told = || {
        let now = told();
        std::mem::replace(&mut last, now) != now
    };
    write(catalog, |w| w.add_to_album(album, bob.id, &his[..1]));
    assert!(is_told());
    write(catalog, |w| w.add_to_album(album, bob.id, &his[1..]));
    assert!(!is_told(), "bob was in it already");
    write(catalog, |w| w.remove_from_album(album, bob.id, &his[..1]));
    assert!(!is_told(), "bob still is in it");
    write(catalog, |w| w.delete_assets(bob.id, &his[1..]));
    assert!(is_told());
}
