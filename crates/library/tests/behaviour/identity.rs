//! Who is asking: credentials of every kind, right, wrong and outlived.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use kalends_catalog::{Album, Link, LinkTarget};
use kalends_library::{
    Ask, Clock as _, Device, IdentityError, LinkViewer, LoginError, NewUser, UserError, Viewer,
};
use kalends_model::{Credential, Unlocks, UserId};
use kalends_test_support::ids as numbered;

use crate::app::{App, PASSWORD};

const EMAIL: &str = "anna@kalends.example";

fn log_in(app: &App, email: &str, password: &str) -> Result<(String, UserId), LoginError> {
    let device =
        Device { os: "Plan 9".to_owned(), kind: "Toaster".to_owned(), ..Device::default() };
    let login = app.library.log_in(email, password, &device)?;
    Ok((login.token, login.user.id))
}

/// What an error says, or that there was none.
fn refusal<T>(result: Result<T, IdentityError>) -> String {
    result.map_or_else(|error| error.to_string(), |_| "let in".to_owned())
}

#[test]
fn a_login_opens_a_session_until_the_logout() {
    let app = App::new();
    let (token, user) = log_in(&app, "Anna@Kalends.Example", PASSWORD).unwrap();
    assert_eq!(user, app.user);
    for credential in [Credential::Token(token.clone()), Credential::SessionToken(token.clone())] {
        let viewer = app.library.authenticate(&credential).unwrap();
        assert!(
            matches!(viewer, Viewer::Session { user, is_elevated: false, .. } if user == app.user)
        );
        assert!(viewer.has_permission("asset.read"));
    }
    let as_key = app.library.authenticate(&Credential::ApiKey(token.clone()));
    assert_eq!(refusal(as_key), "invalid API key", "a session is no key");

    let (other, _) = log_in(&app, EMAIL, PASSWORD).unwrap();
    assert_ne!(token, other);
    let viewer = app.library.authenticate(&Credential::Token(token.clone())).unwrap();
    app.library.log_out(&viewer).unwrap();
    app.library.log_out(&viewer).unwrap();
    let ended = app.library.authenticate(&Credential::Token(token));
    assert_eq!(refusal(ended), "invalid user token");
    assert!(app.library.authenticate(&Credential::Token(other)).is_ok(), "the other stays");
}

#[test]
fn a_wrong_password_and_an_unknown_address_are_refused_alike() {
    let app = App::new();
    let mut said = Vec::new();
    for (email, password) in [
        (EMAIL, "a bad password"),
        (EMAIL, ""),
        (EMAIL, "A good password"),
        ("nobody@kalends.example", PASSWORD),
        ("", PASSWORD),
        ("anna@kalends.example' OR 1=1 --", PASSWORD),
    ] {
        said.push(log_in(&app, email, password).unwrap_err().to_string());
    }
    said.dedup();
    assert_eq!(said, ["incorrect e-mail address or password"]);
}

#[test]
fn a_new_password_ends_all_sessions() {
    let app = App::new();
    let (token, _) = log_in(&app, EMAIL, PASSWORD).unwrap();
    app.library.set_password(EMAIL, "another password").unwrap();
    assert!(app.library.authenticate(&Credential::Token(token)).is_err());
    assert!(log_in(&app, EMAIL, PASSWORD).is_err());
    assert!(log_in(&app, EMAIL, "another password").is_ok());
}

#[test]
fn a_bearer_is_a_session_first_and_then_a_key() {
    let app = App::new();
    let read = "asset.read".to_owned();
    let key = app.library.create_api_key(EMAIL, "script", &[format!(" {read} ")]).unwrap();
    for credential in [Credential::Token(key.clone()), Credential::ApiKey(key.clone())] {
        let viewer = app.library.authenticate(&credential).unwrap();
        assert_eq!(viewer.user(), app.user);
        assert!(
            matches!(&viewer, Viewer::ApiKey { permissions, .. } if *permissions == [read.clone()])
        );
        assert!(viewer.has_permission("asset.read") && !viewer.has_permission("asset.delete"));
        app.library.log_out(&viewer).unwrap();
    }
    let as_session = app.library.authenticate(&Credential::SessionToken(key.clone()));
    assert_eq!(refusal(as_session), "invalid user token", "a key is no session");
    let wrong = app.library.authenticate(&Credential::Token("wrong".to_owned()));
    assert_eq!(refusal(wrong), "invalid user token");
    let wrong = app.library.authenticate(&Credential::ApiKey(String::new()));
    assert_eq!(refusal(wrong), "invalid API key");

    let viewer = app.library.authenticate(&Credential::ApiKey(key.clone())).unwrap();
    let Viewer::ApiKey { key: id, .. } = viewer else { panic!("{viewer:?}") };
    app.library.write(|writer| writer.delete_api_key(id)).unwrap();
    assert!(app.library.authenticate(&Credential::ApiKey(key)).is_err());
}

#[test]
fn users_and_keys_are_made_by_the_rules() {
    let app = App::new();
    let new = |email, password| {
        app.library.create_user(NewUser { email, name: "N", password, is_admin: false })
    };
    assert!(matches!(new("ANNA@kalends.example", PASSWORD), Err(UserError::Taken(_))));
    assert!(matches!(new("nobody", PASSWORD), Err(UserError::Email(_))));
    assert!(matches!(new("x@y", "1234567"), Err(UserError::ShortPassword)));
    assert!(matches!(app.library.set_password(EMAIL, "short"), Err(UserError::ShortPassword)));
    let nothing = app.library.create_api_key(EMAIL, "k", &[" ".to_owned()]);
    assert!(matches!(nothing, Err(UserError::NoPermission)));
    let unknown = app.library.create_api_key("x@y", "k", &["all".to_owned()]).unwrap_err();
    assert!(unknown.to_string().contains(EMAIL), "{unknown}");
}

#[test]
fn wrong_passwords_are_counted_and_right_ones_are_not() {
    let app = App::new();
    for _ in 0..9 {
        assert!(matches!(log_in(&app, EMAIL, "wrong"), Err(LoginError::Refused)));
    }
    for _ in 0..20 {
        log_in(&app, EMAIL, PASSWORD).unwrap();
    }
    assert!(matches!(log_in(&app, EMAIL, "wrong"), Err(LoginError::Refused)));
    let Err(LoginError::TooMany(wait)) = log_in(&app, "ANNA@kalends.example", PASSWORD) else {
        panic!("the right password is refused as well, or guessing would go on")
    };
    assert_eq!(wait.retry_after_seconds, 60);
    assert!(log_in(&app, "nobody@kalends.example", "x").is_err_and(|e| !is_too_many(&e)));
    app.clock.set(app.clock.now_micros() + 60_000_000);
    log_in(&app, EMAIL, PASSWORD).unwrap();
}

#[test]
fn one_address_may_not_guess_at_many_accounts() {
    let app = App::new();
    let address = Some([203, 0, 113, 7].into());
    let guess = |n: usize, address| {
        let device = Device { address, ..Device::default() };
        app.library.log_in(&format!("user{n}@kalends.example"), "wrong", &device)
    };
    for n in 0..30 {
        assert!(guess(n, address).is_err_and(|error| !is_too_many(&error)));
    }
    assert!(guess(30, address).is_err_and(|error| is_too_many(&error)));
    let other = Some([203, 0, 113, 8].into());
    assert!(guess(30, other).is_err_and(|error| !is_too_many(&error)));
}

fn is_too_many(error: &LoginError) -> bool {
    matches!(error, LoginError::TooMany(_))
}

struct Shared {
    app: App,
    link: Link,
}

fn shared() -> Shared {
    let app = App::new();
    let album = Album::new(numbered::album(1), app.user, "Nepal", 0);
    let link = Link {
        id: numbered::link(1),
        owner: app.user,
        key: (1..=50).collect(),
        slug: Some("nepal".to_owned()),
        target: LinkTarget::Album(album.id),
        description: None,
        created_at: 0,
        expires_at: Some(5_000),
        show_metadata: false,
        allow_upload: false,
        allow_download: false,
    };
    app.clock.set(4_999);
    app.library
        .write(|writer| {
            writer.create_album(&album)?;
            writer.create_link(&link, None)
        })
        .unwrap();
    Shared { app, link }
}

impl Shared {
    /// The link's credentials, each with how it is refused.
    fn credentials(&self) -> [(Credential, &'static str); 5] {
        let key = &self.link.key;
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let slug = self.link.slug.clone().unwrap();
        [
            (Credential::LinkKey(hex.to_uppercase(), Unlocks::default()), "invalid share key"),
            (Credential::LinkKey(hex, Unlocks::default()), "invalid share key"),
            (Credential::LinkKey(URL_SAFE.encode(key), Unlocks::default()), "invalid share key"),
            (
                Credential::LinkKey(URL_SAFE_NO_PAD.encode(key), Unlocks::default()),
                "invalid share key",
            ),
            (Credential::LinkSlug(slug, Unlocks::default()), "invalid share slug"),
        ]
    }

    fn assert_refused(&self, with_password: bool) {
        for (credential, refused) in self.credentials() {
            let refused = if with_password { "the link needs its password" } else { refused };
            assert_eq!(refusal(self.app.library.authenticate(&credential)), refused);
        }
    }
}

#[test]
fn a_link_is_opened_by_its_key_in_each_spelling_and_by_its_slug() {
    let shared = shared();
    let LinkTarget::Album(album) = shared.link.target else { panic!("it shows an album") };
    let expected = Viewer::Link(LinkViewer {
        link: shared.link.id,
        owner: shared.app.user,
        album: Some(album),
        shows_metadata: false,
        allows_download: false,
        allows_upload: false,
    });
    for (credential, _) in shared.credentials() {
        assert_eq!(shared.app.library.authenticate(&credential).unwrap(), expected);
    }
    for wrong in ["", "zz", "not base64!", &"0".repeat(100), &"a".repeat(10_000)] {
        let key = shared
            .app
            .library
            .authenticate(&Credential::LinkKey(wrong.to_owned(), Unlocks::default()));
        assert_eq!(refusal(key), "invalid share key");
        let slug = shared
            .app
            .library
            .authenticate(&Credential::LinkSlug(wrong.to_owned(), Unlocks::default()));
        assert_eq!(refusal(slug), "invalid share slug");
    }
}

#[test]
fn a_link_ends_at_its_time() {
    let shared = shared();
    shared.app.clock.set(5_000);
    shared.assert_refused(false);
}

#[test]
fn a_link_with_a_password_needs_it() {
    let shared = shared();
    let id = shared.link.id;
    let library = &shared.app.library;
    library.write(|writer| writer.set_link_password_hash(id, Some("hash"))).unwrap();
    shared.assert_refused(true);
    library.write(|writer| writer.set_link_password_hash(id, None)).unwrap();
    assert!(library.authenticate(&shared.credentials()[0].0).is_ok());
    library.write(|writer| writer.delete_link(id)).unwrap();
    shared.assert_refused(false);
}

#[test]
fn nothing_of_a_deleted_user_opens_anything() {
    let shared = shared();
    let app = &shared.app;
    let (token, _) = log_in(app, EMAIL, PASSWORD).unwrap();
    let key = app.library.create_api_key(EMAIL, "script", &["all".to_owned()]).unwrap();
    let viewer = app.library.authenticate(&Credential::Token(token.clone())).unwrap();
    app.library.question(&viewer, &Ask::default()).unwrap();

    app.library.write(|writer| writer.set_user_deleted(app.user, Some(1))).unwrap();
    assert!(log_in(app, EMAIL, PASSWORD).is_err());
    assert!(app.library.authenticate(&Credential::Token(token.clone())).is_err());
    assert!(app.library.authenticate(&Credential::ApiKey(key)).is_err());
    shared.assert_refused(false);
    assert!(app.library.users().unwrap().is_empty());
    assert!(app.library.set_password(EMAIL, PASSWORD).is_err());

    app.library.write(|writer| writer.set_user_deleted(app.user, None)).unwrap();
    assert!(app.library.authenticate(&Credential::Token(token)).is_ok(), "as it was before");
}

#[test]
fn only_digests_of_secrets_are_kept() {
    let app = App::new();
    let (token, _) = log_in(&app, EMAIL, PASSWORD).unwrap();
    let key = app.library.create_api_key(EMAIL, "script", &["all".to_owned()]).unwrap();
    for file in std::fs::read_dir(app.data()).unwrap() {
        let path = file.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for secret in [token.as_str(), key.as_str(), PASSWORD] {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "{} holds a secret", path.display());
        }
    }
}
