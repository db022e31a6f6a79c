//! Links with passwords, and what becomes of them.

use kalends_catalog::Album;
use kalends_library::links::{LinkChange, NewLink, NewLinkTarget, UnlockError};
use kalends_library::{Ask, Device, IdentityError, Library, Viewer};
use kalends_model::{Credential, LinkId, Unlocks};
use kalends_test_support::ids as numbered;

use crate::app::{App, open};

const SLUG: &str = "cave";

fn locked_link(app: &App) -> LinkId {
    let album = Album::new(numbered::album(1), app.user, "Cave", 0);
    app.library.write(|writer| writer.create_album(&album)).unwrap();
    let new = NewLink {
        target: NewLinkTarget::Album(album.id),
        description: None,
        password: Some("sesame".to_owned()),
        slug: Some(SLUG.to_owned()),
        expires_at: None,
        allow_upload: false,
        allow_download: false,
        show_metadata: true,
    };
    let view = app.library.create_link(&app.viewer(), &new).unwrap();
    assert!(view.has_password);
    view.link.id
}

fn with(tokens: &[&str]) -> Credential {
    let unlocks = Unlocks::new(tokens.iter().map(|token| (*token).to_owned()));
    Credential::LinkSlug(SLUG.to_owned(), unlocks)
}

fn is_open(library: &Library, tokens: &[&str]) -> bool {
    match library.authenticate(&with(tokens)) {
        Ok(viewer) => {
            let ask = Ask { album: Some(numbered::album(1)), ..Ask::default() };
            assert!(library.question(&viewer, &ask).is_ok());
            matches!(viewer, Viewer::Link(_))
        }
        Err(IdentityError::LinkPasswordRequired) => false,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_given_password_opens_its_link_until_it_changes_and_across_restarts() {
    let app = App::new();
    let id = locked_link(&app);
    assert!(!is_open(&app.library, &[]));
    let refused = app.library.unlock_link(&with(&[]), "open", &Device::default()).unwrap_err();
    assert!(matches!(refused, UnlockError::WrongPassword));
    let token = app.library.unlock_link(&with(&[]), "sesame", &Device::default()).unwrap().token;
    assert!(is_open(&app.library, &[&token]) && is_open(&app.library, &["older", &token]));
    assert!(!is_open(&app.library, &[&token.to_lowercase(), "older"]));

    let restarted = open(&app.data(), &app.clock, 2);
    assert!(is_open(&restarted, &[&token]));
    // The same password anew: what was given before was given for the old one.
    let same = Some(Some("sesame".to_owned()));
    let change = LinkChange { password: same, ..LinkChange::default() };
    restarted.update_link(&app.viewer(), id, &change).unwrap();
    assert!(!is_open(&restarted, &[&token]));
    let none = LinkChange { password: Some(None), ..LinkChange::default() };
    restarted.update_link(&app.viewer(), id, &none).unwrap();
    assert!(is_open(&restarted, &[]));
    let refused = restarted.unlock_link(&with(&[]), "sesame", &Device::default()).unwrap_err();
    assert!(matches!(refused, UnlockError::NotProtected));
}

#[test]
fn the_password_of_a_link_is_not_kept() {
    let app = App::new();
    locked_link(&app);
    for file in std::fs::read_dir(app.data()).unwrap() {
        let Ok(bytes) = std::fs::read(file.unwrap().path()) else { continue };
        assert!(!bytes.windows(6).any(|part| part == b"sesame"));
    }
}

#[test]
fn the_password_of_a_link_is_guessed_at_ten_times() {
    let app = App::new();
    locked_link(&app);
    let unlock = |password| app.library.unlock_link(&with(&[]), password, &Device::default());
    for _ in 0..10 {
        assert!(matches!(unlock("open"), Err(UnlockError::WrongPassword)));
    }
    assert!(matches!(unlock("sesame"), Err(UnlockError::TooMany(_))));
}
