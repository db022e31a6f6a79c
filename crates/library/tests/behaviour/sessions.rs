//! A user's sessions: how long they last, what is noted of them, who may end them.

use kalends_catalog::Session;
use kalends_library::{Device, SessionError, Viewer};
use kalends_model::{Credential, UserId};
use kalends_test_support::ids as numbered;

use crate::app::App;

const MINUTE: i64 = 60_000_000;

/// A session of `user` with the token `secret<number>`.
fn open(app: &App, user: UserId, number: u16, change: impl FnOnce(&mut Session)) -> Session {
    let mut session = Session {
        id: numbered::session(number.into()),
        user,
        device_type: String::new(),
        device_os: String::new(),
        created_at: 0,
        updated_at: 0,
        expires_at: None,
        elevated_until: None,
        app_version: None,
        parent: None,
        is_pending_sync_reset: false,
    };
    change(&mut session);
    let digest = kalends_library::secrets::token_digest(&format!("secret{number}"));
    app.library.write(|writer| writer.create_session(&session, &digest)).unwrap();
    session
}

fn viewer(app: &App, number: u16) -> Option<Viewer> {
    app.library.authenticate(&Credential::Token(format!("secret{number}"))).ok()
}

fn kept(app: &App, session: &Session) -> Session {
    app.library.read(|reader| reader.session(session.id)).unwrap().unwrap()
}

#[test]
fn a_session_ends_at_its_time() {
    let app = App::new();
    app.clock.set(0);
    open(&app, app.user, 1, |session| session.expires_at = Some(MINUTE));
    open(&app, app.user, 2, |_| {});
    app.clock.set(MINUTE - 1);
    assert!(viewer(&app, 1).is_some());
    app.clock.set(MINUTE);
    assert!(viewer(&app, 1).is_none());
    assert_eq!(app.library.sessions_of(app.user).unwrap().len(), 1, "ended ones are not listed");
    assert_eq!(app.library.forget_expired_sessions().unwrap(), 1);
}

#[test]
fn a_session_that_is_used_stays_elevated_for_five_minutes_more() {
    let app = App::new();
    app.clock.set(0);
    let session = open(&app, app.user, 1, |session| session.elevated_until = Some(15 * MINUTE));
    let is_elevated = |at| {
        app.clock.set(at);
        viewer(&app, 1).unwrap().is_elevated()
    };
    assert!(is_elevated(9 * MINUTE));
    assert_eq!(kept(&app, &session).elevated_until, Some(15 * MINUTE), "there is time enough");
    assert!(is_elevated(14 * MINUTE));
    assert_eq!(kept(&app, &session).elevated_until, Some(19 * MINUTE));
    assert!(is_elevated(19 * MINUTE - 1));
    assert!(is_elevated(23 * MINUTE));
    assert!(!is_elevated(28 * MINUTE));
    assert_eq!(kept(&app, &session).elevated_until, Some(28 * MINUTE), "what ended stays ended");
}

#[test]
fn the_use_of_a_session_is_noted_once_an_hour() {
    let app = App::new();
    app.clock.set(0);
    let session = open(&app, app.user, 1, |_| {});
    for (minute, noted) in [(1, 0), (59, 0), (60, 60), (119, 60), (120, 120)] {
        app.clock.set(minute * MINUTE);
        viewer(&app, 1).unwrap();
        assert_eq!(kept(&app, &session).updated_at, noted * MINUTE, "after {minute} minutes");
    }
}

#[test]
fn a_new_version_of_the_app_is_noted_with_its_device() {
    let app = App::new();
    app.clock.set(0);
    let session = open(&app, app.user, 1, |_| {});
    let ask = |version: Option<&str>, kind: &str| {
        let device = Device {
            os: "Android".into(),
            kind: kind.into(),
            app_version: version.map(str::to_owned),
            address: None,
        };
        let credential = Credential::Token("secret1".into());
        app.library.authenticate_from(&credential, &device).unwrap();
        let kept = kept(&app, &session);
        (kept.app_version.unwrap_or_default(), kept.device_type)
    };
    let noted = |version: &str, kind: &str| (version.to_owned(), kind.to_owned());
    assert_eq!(ask(None, "Browser"), noted("", ""));
    assert_eq!(ask(Some("2.7.4"), "Pixel 8"), noted("2.7.4", "Pixel 8"));
    assert_eq!(ask(Some("2.7.4"), "Pixel 9"), noted("2.7.4", "Pixel 8"));
    assert_eq!(ask(Some("2.7.5"), "Pixel 9"), noted("2.7.5", "Pixel 9"));
    assert_eq!(ask(None, "Browser"), noted("2.7.5", "Pixel 9"));
}

#[test]
fn another_device_gets_a_session_that_ends_with_its_parent() {
    let app = App::new();
    app.clock.set(0);
    let parent = open(&app, app.user, 1, |_| {});
    let viewer = viewer(&app, 1).unwrap();
    let device = Device { kind: "TV".into(), ..Device::default() };
    let (child, token) = app.library.open_session(&viewer, &device, Some(60)).unwrap();
    assert_eq!((child.parent, child.expires_at), (Some(parent.id), Some(MINUTE)));
    let ask = || app.library.authenticate(&Credential::Token(token.clone()));
    assert_eq!(ask().unwrap().session(), Some(child.id));
    app.library.end_session(&viewer, parent.id).unwrap();
    assert!(ask().is_err());

    let key = Viewer::ApiKey { user: app.user, key: numbered::api_key(1), permissions: vec![] };
    let refused = app.library.open_session(&key, &device, None);
    assert!(matches!(refused, Err(SessionError::NoSession)));
    let endless = app.library.open_session(
        &Viewer::Session {
            user: app.user,
            session: open(&app, app.user, 2, |_| {}).id,
            is_elevated: false,
        },
        &device,
        Some(u64::MAX),
    );
    assert!(endless.unwrap().0.expires_at.is_some_and(|end| end > 0));
}

#[test]
fn nobody_touches_the_sessions_of_others() {
    let app = App::new();
    let bob = app.user("bob");
    let his = open(&app, bob, 2, |session| session.elevated_until = Some(i64::MAX));
    open(&app, app.user, 1, |_| {});
    let anna = viewer(&app, 1).unwrap();
    let unknown = numbered::session(99);
    for id in [his.id, unknown] {
        let refused = [
            app.library.end_session(&anna, id),
            app.library.lock_session(&anna, id),
            app.library.reset_sync(&anna, id, true).map(drop),
        ];
        for refused in refused {
            assert!(matches!(refused, Err(SessionError::NotFound)), "{refused:?}");
        }
    }
    assert_eq!(kept(&app, &his), his);
    assert_eq!(app.library.end_other_sessions(&anna).unwrap(), []);
    assert_eq!(app.library.sessions_of(bob).unwrap().len(), 1);
}

#[test]
fn a_session_is_locked_reset_and_signs_the_others_out() {
    let app = App::new();
    let own = open(&app, app.user, 1, |session| session.elevated_until = Some(i64::MAX));
    let other = open(&app, app.user, 2, |_| {});
    let anna = viewer(&app, 1).unwrap();
    assert!(anna.is_elevated());
    app.library.lock_session(&anna, own.id).unwrap();
    assert!(!viewer(&app, 1).unwrap().is_elevated());
    assert!(app.library.reset_sync(&anna, other.id, true).unwrap().is_pending_sync_reset);
    assert!(kept(&app, &other).is_pending_sync_reset);
    assert_eq!(app.library.current_session(&anna).unwrap().unwrap().id, own.id);
    assert_eq!(app.library.end_other_sessions(&anna).unwrap(), [other.id]);
    assert!(viewer(&app, 2).is_none() && viewer(&app, 1).is_some());
}
