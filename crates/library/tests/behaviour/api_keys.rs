//! API keys: what they may hand on, and that they are their user's alone.

use kalends_library::{ApiKeyError, Viewer};
use kalends_model::Credential;
use kalends_test_support::ids as numbered;

use crate::app::App;

fn permissions(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// The viewer that a new key of `maker`'s makes.
fn key(app: &App, maker: &Viewer, names: &[&str]) -> Viewer {
    let (_, secret) = app.library.make_api_key(maker, "key", &permissions(names)).unwrap();
    app.library.authenticate(&Credential::ApiKey(secret)).unwrap()
}

#[test]
fn a_key_makes_only_keys_that_are_no_stronger() {
    let app = App::new();
    let anna = app.viewer();
    let weak = key(&app, &anna, &["apiKey.create", "asset.read"]);
    let all = key(&app, &anna, &["all"]);
    for (maker, names, is_allowed) in [
        (&weak, &["asset.read"][..], true),
        (&weak, &["asset.read", "apiKey.create"], true),
        (&weak, &["asset.delete"], false),
        (&weak, &["asset.read", "asset.delete"], false),
        (&weak, &["all"], false),
        (&all, &["asset.delete"], true),
        (&all, &["all"], true),
        (&anna, &["all"], true),
    ] {
        let made = app.library.make_api_key(maker, "key", &permissions(names));
        assert_eq!(made.is_ok(), is_allowed, "{names:?}");
        if let Err(error) = made {
            assert!(matches!(error, ApiKeyError::Exceeds));
        }
    }
}

#[test]
fn a_key_changes_no_stronger_key_and_strengthens_none() {
    let app = App::new();
    let anna = app.viewer();
    let weak = key(&app, &anna, &["asset.read"]);
    let own = app.library.current_api_key(&weak).unwrap();
    let (strong, _) = app.library.make_api_key(&anna, "strong", &permissions(&["all"])).unwrap();
    let all = permissions(&["all"]);
    let stronger = app.library.change_api_key(&weak, own.id, None, Some(&all));
    assert!(matches!(stronger, Err(ApiKeyError::Exceeds)));
    let renamed = app.library.change_api_key(&weak, strong.id, Some("mine"), None);
    assert!(matches!(renamed, Err(ApiKeyError::Exceeds)));

    let changed = app.library.change_api_key(&anna, own.id, Some("new"), Some(&all)).unwrap();
    assert_eq!((changed.name.as_str(), &changed.permissions), ("new", &all));
    assert_eq!(app.library.api_key(&anna, own.id).unwrap(), changed);
    assert_eq!(app.library.api_keys(&anna).unwrap().len(), 2);
}

#[test]
fn nobody_touches_the_keys_of_others() {
    let app = App::new();
    let bob = Viewer::Open { user: app.user("bob") };
    let (his, _) = app.library.make_api_key(&bob, "his", &permissions(&["all"])).unwrap();
    let anna = app.viewer();
    for id in [his.id, numbered::api_key(99)] {
        let refused = [
            app.library.api_key(&anna, id).map(drop),
            app.library.change_api_key(&anna, id, Some("x"), None).map(drop),
            app.library.remove_api_key(&anna, id),
        ];
        for refused in refused {
            assert!(matches!(refused, Err(ApiKeyError::NotFound)), "{refused:?}");
        }
    }
    assert_eq!(app.library.api_keys(&bob).unwrap(), std::slice::from_ref(&his));
    assert!(matches!(app.library.current_api_key(&bob), Err(ApiKeyError::NotAKey)));
    app.library.remove_api_key(&bob, his.id).unwrap();
    assert_eq!(app.library.api_keys(&bob).unwrap(), []);
}
