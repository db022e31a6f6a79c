//! Sessions and API keys.

use kalends_catalog::{ApiKey, Catalog, CatalogError, Session};
use kalends_model::{ApiKeyId, SessionId, UserId};

use crate::build::{NOW, owner, random, write};

contract! {
    a_session_is_found_by_its_token
    a_session_is_used_elevated_and_ended
    signing_out_elsewhere_keeps_one
    a_session_ends_with_the_one_that_opened_it
    a_session_says_its_device_and_is_told_to_begin_anew
    all_sessions_of_a_user_are_locked
    expired_sessions_are_forgotten
    an_api_key_is_found_by_its_secret
    an_api_key_changes
}

fn session(user: UserId) -> Session {
    Session {
        id: SessionId::from_random(random()),
        user,
        device_type: "Firefox".to_owned(),
        device_os: "Linux".to_owned(),
        created_at: NOW,
        updated_at: NOW,
        expires_at: Some(NOW + 5),
        elevated_until: None,
        app_version: None,
        parent: None,
        is_pending_sync_reset: false,
    }
}

fn a_session_is_found_by_its_token(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let session = session(alice.id);
    write(catalog, |w| w.create_session(&session, &[1; 32]));
    assert_eq!(catalog.read(|r| r.session_by_token(&[1; 32])).unwrap(), Some(session.clone()));
    assert_eq!(catalog.read(|r| r.session_by_token(&[2; 32])).unwrap(), None);
    let twice = Session { id: SessionId::from_random(random()), ..session };
    let refused = catalog.write(NOW, &|_| false, |w| w.create_session(&twice, &[1; 32]));
    assert!(matches!(refused, Err(CatalogError::Conflict(_))));
}

fn a_session_is_used_elevated_and_ended(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let session = session(alice.id);
    write(catalog, |w| w.create_session(&session, &[1; 32]));
    let found = || catalog.read(|r| r.session_by_token(&[1; 32])).unwrap();
    catalog.write(NOW + 9, &|_| false, |w| w.touch_session(session.id)).unwrap();
    write(catalog, |w| w.set_session_elevated(session.id, Some(NOW + 7)));
    let used = found().unwrap();
    assert_eq!((used.updated_at, used.elevated_until), (NOW + 9, Some(NOW + 7)));
    write(catalog, |w| w.delete_session(session.id));
    assert_eq!(found(), None);
    let gone = catalog.write(NOW, &|_| false, |w| w.delete_session(session.id));
    assert!(matches!(gone, Err(CatalogError::NotFound("session"))));
}

fn signing_out_elsewhere_keeps_one(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let sessions: Vec<Session> = (0..3).map(|_| session(alice.id)).collect();
    for (session, token) in sessions.iter().zip(1..) {
        write(catalog, |w| w.create_session(session, &[token; 32]));
    }
    let kept = sessions[1].id;
    let ended = write(catalog, |w| w.delete_other_sessions(alice.id, Some(kept))).value;
    assert_eq!(ended.len(), 2);
    assert_eq!(catalog.read(|r| r.sessions_of(alice.id)).unwrap(), sessions[1..2]);
}

fn a_session_ends_with_the_one_that_opened_it(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let parent = session(alice.id);
    let child = Session { parent: Some(parent.id), ..session(alice.id) };
    let grandchild = Session { parent: Some(child.id), ..session(alice.id) };
    for (session, token) in [&parent, &child, &grandchild].into_iter().zip(1..) {
        write(catalog, |w| w.create_session(session, &[token; 32]));
    }
    assert_eq!(catalog.read(|r| r.session(child.id)).unwrap(), Some(child.clone()));
    write(catalog, |w| w.delete_other_sessions(alice.id, Some(child.id)));
    let left = catalog.read(|r| r.session(child.id)).unwrap();
    assert_eq!(left, Some(Session { parent: None, ..child.clone() }), "the one that is kept stays");

    let other = Session { parent: Some(child.id), ..session(alice.id) };
    write(catalog, |w| w.create_session(&other, &[4; 32]));
    write(catalog, |w| w.delete_session(child.id));
    assert_eq!(catalog.read(|r| r.sessions_of(alice.id)).unwrap(), []);
}

fn a_session_says_its_device_and_is_told_to_begin_anew(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let before = session(alice.id);
    write(catalog, |w| w.create_session(&before, &[1; 32]));
    write(catalog, |w| w.set_session_device(before.id, "Pixel 8", "Android", Some("2.7.5")));
    write(catalog, |w| w.set_session_pending_sync_reset(before.id, true));
    let after = Session {
        device_type: "Pixel 8".to_owned(),
        device_os: "Android".to_owned(),
        app_version: Some("2.7.5".to_owned()),
        is_pending_sync_reset: true,
        ..before.clone()
    };
    assert_eq!(catalog.read(|r| r.session(before.id)).unwrap(), Some(after));
    write(catalog, |w| w.set_session_pending_sync_reset(before.id, false));
    assert!(!catalog.read(|r| r.session(before.id)).unwrap().unwrap().is_pending_sync_reset);
    let nobody = SessionId::from_random(random());
    let missing = catalog.write(NOW, &|_| false, |w| w.set_session_device(nobody, "", "", None));
    assert!(matches!(missing, Err(CatalogError::NotFound("session"))));
}

fn all_sessions_of_a_user_are_locked(catalog: &Catalog) {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    for (user, token) in [(alice.id, 1), (alice.id, 2), (bob.id, 3)] {
        let open = Session { elevated_until: Some(NOW + 9), ..session(user) };
        write(catalog, |w| w.create_session(&open, &[token; 32]));
    }
    write(catalog, |w| w.lock_sessions(alice.id));
    let open = |user| {
        let sessions = catalog.read(|r| r.sessions_of(user)).unwrap();
        sessions.iter().filter(|session| session.elevated_until.is_some()).count()
    };
    assert_eq!((open(alice.id), open(bob.id)), (0, 1));
}

fn expired_sessions_are_forgotten(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let ends = [Some(NOW - 1), Some(NOW), Some(NOW + 1), None];
    for (expires_at, token) in ends.into_iter().zip(1..) {
        let session = Session { expires_at, ..session(alice.id) };
        write(catalog, |w| w.create_session(&session, &[token; 32]));
    }
    assert_eq!(write(catalog, |w| w.delete_expired_sessions()).value, 2);
    assert_eq!(catalog.read(|r| r.sessions_of(alice.id)).unwrap().len(), 2);
}

fn an_api_key_changes(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let key = ApiKey {
        id: ApiKeyId::from_random(random()),
        user: alice.id,
        name: "Frame".to_owned(),
        permissions: vec!["all".to_owned()],
        created_at: NOW,
        updated_at: NOW,
    };
    write(catalog, |w| w.create_api_key(&key, &[3; 32]));
    let changed = ApiKey {
        name: "Kitchen".to_owned(),
        permissions: vec!["asset.read".to_owned()],
        updated_at: NOW + 1,
        ..key.clone()
    };
    catalog.write(NOW + 1, &|_| false, |w| w.update_api_key(&changed)).unwrap();
    assert_eq!(catalog.read(|r| r.api_key(key.id)).unwrap(), Some(changed.clone()));
    let nobody = ApiKey { id: ApiKeyId::from_random(random()), ..changed };
    let missing = catalog.write(NOW, &|_| false, |w| w.update_api_key(&nobody));
    assert!(matches!(missing, Err(CatalogError::NotFound("API key"))));
    assert_eq!(catalog.read(|r| r.api_key(nobody.id)).unwrap(), None);
}

fn an_api_key_is_found_by_its_secret(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let key = ApiKey {
        id: ApiKeyId::from_random(random()),
        user: alice.id,
        name: "Frame".to_owned(),
        permissions: vec!["asset.read".to_owned(), "album.read".to_owned()],
        created_at: NOW,
        updated_at: NOW,
    };
    write(catalog, |w| w.create_api_key(&key, &[3; 32]));
    assert_eq!(catalog.read(|r| r.api_key_by_secret(&[3; 32])).unwrap(), Some(key.clone()));
    assert_eq!(catalog.read(|r| r.api_key_by_secret(&[4; 32])).unwrap(), None);
    assert_eq!(catalog.read(|r| r.api_keys_of(alice.id)).unwrap(), std::slice::from_ref(&key));
    write(catalog, |w| w.delete_api_key(key.id));
    assert_eq!(catalog.read(|r| r.api_keys_of(alice.id)).unwrap(), []);
}
