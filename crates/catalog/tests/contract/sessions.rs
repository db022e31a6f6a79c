//! Sessions and API keys.

use kalends_catalog::{ApiKey, Catalog, CatalogError, Session};
use kalends_model::{ApiKeyId, SessionId, UserId};

use crate::build::{NOW, owner, random, write};

contract! {
    a_session_is_found_by_its_token
    a_session_is_used_elevated_and_ended
    signing_out_elsewhere_keeps_one
    an_api_key_is_found_by_its_secret
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
    let ended = write(catalog, |w| w.delete_session(session.id));
    assert_eq!(ended.regranted, [alice.id], "whoever holds the session open is told");
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

fn an_api_key_is_found_by_its_secret(catalog: &Catalog) {
    let alice = owner(catalog, "alice@example.org");
    let key = ApiKey {
        id: ApiKeyId::from_random(random()),
        user: alice.id,
        name: "Frame".to_owned(),
        permissions: vec!["asset.read".to_owned(), "album.read".to_owned()],
        created_at: NOW,
    };
    write(catalog, |w| w.create_api_key(&key, &[3; 32]));
    assert_eq!(catalog.read(|r| r.api_key_by_secret(&[3; 32])).unwrap(), Some(key.clone()));
    assert_eq!(catalog.read(|r| r.api_key_by_secret(&[4; 32])).unwrap(), None);
    assert_eq!(catalog.read(|r| r.api_keys_of(alice.id)).unwrap(), std::slice::from_ref(&key));
    write(catalog, |w| w.delete_api_key(key.id));
    assert_eq!(catalog.read(|r| r.api_keys_of(alice.id)).unwrap(), []);
}
