//! Users: signed up, changed, with preferences and portraits.

use kalends_catalog::AvatarColor;
use kalends_library::{
    Device, Library, NewUser, ProfileImageError, SignUpError, UserChanges, UserError, Viewer,
};
use kalends_model::Credential;
use kalends_specimen::{Photo, Scene};
use serde_json::json;

use crate::app::{App, PASSWORD, open};

const EMAIL: &str = "anna@kalends.example";

/// A library that nobody has signed up to.
fn empty() -> (tempfile::TempDir, Library) {
    let data = tempfile::tempdir().unwrap();
    let library = open(data.path(), &std::sync::Arc::default(), 1);
    (data, library)
}

#[test]
fn the_first_who_signs_up_is_the_admin_and_the_only_one() {
    let (_data, library) = empty();
    let told = library.await_sign_up();
    assert!(!library.is_set_up().unwrap());
    let user = library.sign_up("Admin@Kalends.Example", "Admin", PASSWORD, None, None).unwrap();
    assert!(library.is_set_up().unwrap());
    assert_eq!(told.recv().unwrap(), user.id);
    assert!(user.is_admin && user.should_change_password);
    assert_eq!(user.storage_label.as_deref(), Some("admin"));
    assert_eq!(library.user(user.id).unwrap(), user);
    let second = library.sign_up("b@kalends.example", "B", PASSWORD, None, None);
    assert!(matches!(second, Err(SignUpError::HasAdmin)));
    library.log_in("admin@kalends.example", PASSWORD, &Device::default()).unwrap();
}

#[test]
fn a_server_that_others_can_reach_asks_for_its_token() {
    let (_data, library) = empty();
    let token = library.require_setup_token();
    let client = Some([203, 0, 113, 7].into());
    let sign_up =
        |token: Option<&str>| library.sign_up("a@kalends.example", "A", PASSWORD, token, client);
    for wrong in [None, Some(""), Some("wrong"), Some(&token[1..])] {
        assert!(matches!(sign_up(wrong), Err(SignUpError::Token)), "{wrong:?}");
    }
    for _ in 0..26 {
        assert!(matches!(sign_up(Some("wrong")), Err(SignUpError::Token)));
    }
    assert!(matches!(sign_up(Some(&token)), Err(SignUpError::TooMany(_))));
    assert!(!library.is_set_up().unwrap());
    library.sign_up("a@kalends.example", "A", PASSWORD, Some(&token), None).unwrap();
}

#[test]
fn a_sign_up_follows_the_rules_of_users() {
    let (_data, library) = empty();
    let short = library.sign_up("a@kalends.example", "A", "1234567", None, None);
    assert!(matches!(short, Err(SignUpError::User(UserError::ShortPassword))));
    let email = library.sign_up("nobody", "A", PASSWORD, None, None);
    assert!(matches!(email, Err(SignUpError::User(UserError::Email(_)))));
    assert!(library.all_users().unwrap().is_empty());
}

#[test]
fn two_who_sign_up_at_once_do_not_both_become_admins() {
    let (_data, library) = empty();
    let library = &library;
    let signed_up = std::thread::scope(|threads| {
        let threads: Vec<_> = (0..4)
            .map(|n| {
                let sign_up = move || {
                    library.sign_up(&format!("u{n}@kalends.example"), "U", PASSWORD, None, None)
                };
                threads.spawn(sign_up)
            })
            .collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap().ok()).count()
    });
    assert_eq!(signed_up, 1);
    assert_eq!(library.all_users().unwrap().len(), 1);
}

#[test]
fn a_user_is_changed_field_by_field() {
    let app = App::new();
    let before = app.library.user(app.user).unwrap();
    assert_eq!(app.library.update_user(app.user, &UserChanges::default(), None).unwrap(), before);
    let changes = UserChanges {
        email: Some("Anne@Kalends.Example"),
        name: Some("Anne"),
        is_admin: Some(true),
        should_change_password: Some(true),
        quota_bytes: Some(Some(1 << 40)),
        color: Some(Some(AvatarColor::Amber)),
        storage_label: Some(Some("anne")),
        is_onboarded: Some(false),
        ..UserChanges::default()
    };
    let after = app.library.update_user(app.user, &changes, None).unwrap();
    assert_eq!((after.email.as_str(), after.name.as_str()), ("anne@kalends.example", "Anne"));
    assert!(after.is_admin && after.should_change_password && !after.is_onboarded);
    assert_eq!((after.quota_bytes, after.avatar_color()), (Some(1 << 40), AvatarColor::Amber));
    assert_eq!(after.storage_label.as_deref(), Some("anne"));
    assert_eq!(app.library.user(app.user).unwrap(), after);
    let back = UserChanges {
        quota_bytes: Some(None),
        color: Some(None),
        storage_label: Some(None),
        ..UserChanges::default()
    };
    let back = app.library.update_user(app.user, &back, None).unwrap();
    assert_eq!((back.quota_bytes, back.chosen_color, back.storage_label), (None, None, None));
}

#[test]
fn what_a_user_may_not_become_is_refused() {
    let app = App::new();
    let bob = app.user("bob");
    let update = |changes| app.library.update_user(bob, &changes, None);
    let label = UserChanges { storage_label: Some(Some("anna")), ..UserChanges::default() };
    app.library.update_user(app.user, &label, None).unwrap();
    assert!(matches!(update(label), Err(UserError::LabelTaken)));
    let email = UserChanges { email: Some("ANNA@kalends.example"), ..UserChanges::default() };
    assert!(matches!(update(email), Err(UserError::Taken(_))));
    let email = UserChanges { email: Some("nobody"), ..UserChanges::default() };
    assert!(matches!(update(email), Err(UserError::Email(_))));
    let password = UserChanges { password: Some("1234567"), ..UserChanges::default() };
    assert!(matches!(update(password), Err(UserError::ShortPassword)));
    let label = UserChanges { storage_label: Some(Some("../x")), ..UserChanges::default() };
    assert!(matches!(update(label), Err(UserError::Label)));
    let unknown = kalends_test_support::ids::user(99);
    let nobody = app.library.update_user(unknown, &UserChanges::default(), None);
    assert!(matches!(nobody, Err(UserError::NotFound)));
    assert!(matches!(app.library.user(unknown), Err(UserError::NotFound)));

    let new = NewUser { email: "c@d", name: "C", password: PASSWORD, is_admin: false };
    let taken = app.library.create_user_with(new, &label_of("anna"));
    assert!(matches!(taken, Err(UserError::LabelTaken)));
    let anna = app.viewer();
    let changes = UserChanges { is_admin: Some(false), ..UserChanges::default() };
    let oneself = app.library.administer_user(&anna, app.user, &changes);
    assert!(matches!(oneself, Err(UserError::Oneself)));
}

fn label_of(label: &str) -> UserChanges<'_> {
    UserChanges { storage_label: Some(Some(label)), ..UserChanges::default() }
}

#[test]
fn a_new_password_ends_the_other_sessions() {
    let app = App::new();
    let log_in = |password| app.library.log_in(EMAIL, password, &Device::default());
    let tokens = [(); 2].map(|()| log_in(PASSWORD).unwrap().token);
    let viewer_of = |n: usize| app.library.authenticate(&Credential::Token(tokens[n].clone()));
    let viewer = viewer_of(0).unwrap();
    let change =
        |current, new| app.library.change_password(&viewer, current, new, &Device::default());
    assert!(matches!(change("wrong", "a new password"), Err(UserError::WrongPassword)));
    assert!(matches!(change(PASSWORD, "short"), Err(UserError::ShortPassword)));
    assert!(viewer_of(1).is_ok());
    change(PASSWORD, "a new password").unwrap();
    assert!(viewer_of(0).is_ok() && viewer_of(1).is_err());
    assert!(log_in(PASSWORD).is_err() && log_in("a new password").is_ok());
    for _ in 0..9 {
        assert!(matches!(change("wrong", "12345678"), Err(UserError::WrongPassword)));
    }
    assert!(matches!(change("a new password", PASSWORD), Err(UserError::TooMany(_))));

    // An admin's new password for somebody else ends all of their sessions.
    let admin = Viewer::Open { user: app.user("root") };
    let changes = UserChanges { password: Some(PASSWORD), ..UserChanges::default() };
    app.library.administer_user(&admin, app.user, &changes).unwrap();
    assert!(viewer_of(0).is_err());
}

#[test]
fn preferences_are_merged_into_what_was_chosen_before() {
    let app = App::new();
    assert!(app.library.preferences(app.user).unwrap().is_empty());
    for (change, whole) in [
        (json!({"tags": {"enabled": true}}), json!({"tags": {"enabled": true}})),
        (
            json!({"tags": {"sidebarWeb": true}, "cast": {}}),
            json!({"tags": {"enabled": true, "sidebarWeb": true}, "cast": {}}),
        ),
    ] {
        let change = change.as_object().unwrap().clone();
        let merged = app.library.merge_preferences(app.user, change).unwrap();
        assert_eq!(&merged, whole.as_object().unwrap());
        assert_eq!(app.library.preferences(app.user).unwrap(), merged);
    }
    assert!(app.library.preferences(kalends_test_support::ids::user(99)).is_err());
}

#[test]
fn a_portrait_is_written_anew_and_small() {
    let app = App::new();
    let bytes = Photo::new(Scene::Hills, 1, 900, 700).camera("Make", "Model").to_bytes();
    let user = app.library.set_profile_image(app.user, &bytes).unwrap();
    assert!(user.has_profile_image);
    let (jpeg, changed_at) = app.library.profile_image(app.user).unwrap().unwrap();
    assert_eq!(changed_at, user.profile_changed_at);
    assert!(jpeg.starts_with(&[0xff, 0xd8]) && jpeg.len() < 200_000);
    assert!(!jpeg.windows(4).any(|part| part == b"Exif"), "nothing of the camera is kept");

    for hostile in [&b""[..], b"GIF89a", b"<svg onload=alert(1)>", &bytes[..20]] {
        let refused = app.library.set_profile_image(app.user, hostile);
        assert!(matches!(refused, Err(ProfileImageError::Picture(_))), "{refused:?}");
    }
    let large = vec![0; kalends_library::PROFILE_IMAGE_BYTES_MAX + 1];
    let refused = app.library.set_profile_image(app.user, &large);
    assert!(matches!(refused, Err(ProfileImageError::TooLarge)));
    assert!(app.library.profile_image(app.user).unwrap().is_some(), "what was before stays");
    app.library.remove_profile_image(app.user).unwrap();
    assert_eq!(app.library.profile_image(app.user).unwrap(), None);
    assert!(!app.library.user(app.user).unwrap().has_profile_image);
}
