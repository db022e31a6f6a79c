//! People: signing up, passwords and PINs, sessions, API keys, users and their preferences, and how
//! admins look after them.

mod admin;
mod api_keys;
mod me;
mod password;
mod pin;
mod profile_image;
mod sessions;
mod sign_up;
mod users;

use utoipa_axum::routes as handler;

use super::Routes;
use crate::entry::Entry;

/// The longest body that holds no more than a few short texts.
const SHORT_BYTES_MAX: usize = 16 * 1_024;

/// An operation that takes only a few short texts.
const fn short(entry: Entry) -> Entry {
    entry.body_up_to(SHORT_BYTES_MAX)
}

/// Adds every operation of the area.
pub(super) fn serve(routes: Routes) -> Routes {
    admins(users(keys_and_sessions(secrets(routes))))
}

fn secrets(routes: Routes) -> Routes {
    routes
        .serve(short(Entry::public()), handler!(sign_up::sign_up_admin))
        .serve(short(Entry::named("auth.changePassword")), handler!(password::change_password))
        .serve(Entry::all(), handler!(pin::get_auth_status))
        .serve(short(Entry::named("pinCode.create")), handler!(pin::set_up_pin))
        .serve(short(Entry::named("pinCode.update")), handler!(pin::change_pin))
        .serve(short(Entry::named("pinCode.delete")), handler!(pin::remove_pin))
        .serve(short(Entry::all()), handler!(pin::unlock))
        .serve(Entry::all(), handler!(pin::lock))
}

fn keys_and_sessions(routes: Routes) -> Routes {
    routes
        .serve(Entry::named("session.read"), handler!(sessions::list))
        .serve(short(Entry::named("session.create")), handler!(sessions::create))
        .serve(short(Entry::named("session.update")), handler!(sessions::update))
        .serve(Entry::named("session.delete"), handler!(sessions::end_others))
        .serve(Entry::named("session.delete"), handler!(sessions::end))
        .serve(Entry::named("session.lock"), handler!(sessions::lock))
        .serve(Entry::named("apiKey.read"), handler!(api_keys::list))
        .serve(short(Entry::named("apiKey.create")), handler!(api_keys::create))
        .serve(Entry::any_key(), handler!(api_keys::me))
        .serve(Entry::named("apiKey.read"), handler!(api_keys::get))
        .serve(short(Entry::named("apiKey.update")), handler!(api_keys::update))
        .serve(Entry::named("apiKey.delete"), handler!(api_keys::delete))
}

fn users(routes: Routes) -> Routes {
    const PORTRAIT: Entry =
        Entry::named("userProfileImage.update").body_up_to(profile_image::FORM_BYTES_MAX);
    routes
        .serve(Entry::named("user.read"), handler!(users::list))
        .serve(Entry::named("user.read"), handler!(users::get))
        .serve(Entry::named("user.read"), handler!(users::get_me))
        .serve(short(Entry::named("user.update")), handler!(users::update_me))
        .serve(Entry::named("userPreference.read"), handler!(me::get_preferences))
        .serve(short(Entry::named("userPreference.update")), handler!(me::update_preferences))
        .serve(Entry::named("userOnboarding.read"), handler!(me::get_onboarding))
        .serve(short(Entry::named("userOnboarding.update")), handler!(me::set_onboarding))
        .serve(Entry::named("userOnboarding.delete"), handler!(me::delete_onboarding))
        .serve(PORTRAIT, handler!(profile_image::create))
        .serve(Entry::named("userProfileImage.delete"), handler!(profile_image::delete))
        .serve(Entry::named("userProfileImage.read"), handler!(profile_image::get))
}

fn admins(routes: Routes) -> Routes {
    const READ: Entry = Entry::named("adminUser.read").admin();
    const UPDATE: Entry = short(Entry::named("adminUser.update").admin());
    const DELETE: Entry = short(Entry::named("adminUser.delete").admin());
    routes
        .serve(READ, handler!(admin::list))
        .serve(short(Entry::named("adminUser.create").admin()), handler!(admin::create))
        .serve(READ, handler!(admin::get))
        .serve(UPDATE, handler!(admin::update))
        .serve(DELETE, handler!(admin::delete))
        .serve(DELETE, handler!(admin::restore))
        .serve(READ, handler!(admin::get_preferences))
        .serve(UPDATE, handler!(admin::update_preferences))
        .serve(READ, handler!(admin::statistics))
        .serve(Entry::named("adminSession.read").admin(), handler!(admin::sessions))
}
