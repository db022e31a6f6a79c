//! Users who go: for some days, or for good.

use kalends_library::{Ask, Clock as _, Device, UserError, Viewer};
use kalends_specimen::{Photo, Scene};
use kalends_test_support::ids as numbered;

use crate::app::{App, PASSWORD};

const DAY: i64 = 24 * 60 * 60 * 1_000_000;

fn photo() -> Vec<u8> {
    Photo::new(Scene::Hills, 1, 64, 48).to_bytes()
}

fn admin(app: &App) -> Viewer {
    Viewer::Open { user: app.user("root") }
}

fn log_in(app: &App) -> bool {
    app.library.log_in("anna@kalends.example", PASSWORD, &Device::default()).is_ok()
}

#[test]
fn a_deleted_user_comes_back_within_seven_days() {
    let app = App::new();
    let admin = admin(&app);
    app.write("one.jpg", photo());
    app.scan();
    let deleted = app.library.delete_user(&admin, app.user, false).unwrap();
    assert_eq!(deleted.deleted_at, Some(app.clock.now_micros()));
    assert!(!log_in(&app));
    assert!(matches!(app.library.user(app.user), Err(UserError::NotFound)));
    app.clock.set(app.clock.now_micros() + 7 * DAY - 1);
    assert_eq!(app.library.remove_deleted_users().unwrap(), []);
    assert_eq!(app.library.restore_user(app.user).unwrap().deleted_at, None);
    assert!(log_in(&app));
    assert_eq!(app.shown(), 1);
    assert!(matches!(app.library.restore_user(app.user), Err(UserError::NotRestorable)));
}

#[test]
fn after_seven_days_all_is_gone_but_the_files_of_the_folder() {
    let app = App::new();
    let admin = admin(&app);
    app.write("one.jpg", photo());
    app.scan();
    app.library.question(&app.viewer(), &Ask::default()).unwrap();
    app.library.keep_shelves();
    app.library.delete_user(&admin, app.user, false).unwrap();
    app.clock.set(app.clock.now_micros() + 3 * DAY);
    // To delete again neither shortens nor lengthens the delay.
    app.library.delete_user(&admin, app.user, false).unwrap();
    app.clock.set(app.clock.now_micros() + 4 * DAY);
    assert_eq!(app.library.remove_deleted_users().unwrap(), [app.user]);
    assert!(matches!(app.library.any_user(app.user), Err(UserError::NotFound)));
    assert_eq!(app.library.derived_size().files, 0);
    assert!(app.folder().join("one.jpg").exists(), "the originals are not ours");
    assert_eq!(app.library.remove_deleted_users().unwrap(), []);
}

#[test]
fn whoever_is_deleted_by_force_cannot_be_restored() {
    let app = App::new();
    let admin = admin(&app);
    let deleted = app.library.delete_user(&admin, app.user, true).unwrap();
    assert!(deleted.is_removing);
    assert!(matches!(app.library.restore_user(app.user), Err(UserError::NotRestorable)));
    assert_eq!(app.library.remove_deleted_users().unwrap(), [app.user]);
}

#[test]
fn admins_do_not_delete_themselves_and_nobody_deletes_nobody() {
    let app = App::new();
    let admin = admin(&app);
    let oneself = app.library.delete_user(&admin, admin.user(), false);
    assert!(matches!(oneself, Err(UserError::Oneself)));
    let unknown = numbered::user(99);
    let nobody = app.library.delete_user(&admin, unknown, true);
    assert!(matches!(nobody, Err(UserError::NotFound)));
    assert!(matches!(app.library.restore_user(unknown), Err(UserError::NotFound)));
}
