//! What the user who asks prefers, and whether they have seen the introduction:
//! `/users/me/preferences` and `/users/me/onboarding`.

use axum::extract::State;
use axum::response::Response;
use kalends_library::{Library, UserChanges};
use kalends_model::UserId;

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::preferences::{SentPreferences, changes};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::to_wire::preferences::preferences;
use crate::wire::error::Refusals;
use crate::wire::preferences::UserPreferencesDto;
use crate::wire::user::OnboardingDto;

/// The whole of a user's preferences.
pub(super) fn preferences_of(
    library: &Library,
    user: UserId,
) -> Result<UserPreferencesDto, Failure> {
    Ok(preferences(library.preferences(user).map_err(Failure::catalog)?))
}

/// Takes a change of a user's preferences, and gives the whole.
pub(super) fn change_preferences(
    library: &Library,
    user: UserId,
    sent: SentPreferences,
) -> Result<UserPreferencesDto, Failure> {
    if let Some(color) = sent.color {
        let changes = UserChanges { color: Some(Some(color)), ..UserChanges::default() };
        library.update_user(user, &changes, None)?;
    }
    let whole = library.merge_preferences(user, sent.changes).map_err(Failure::catalog)?;
    Ok(preferences(whole))
}

/// What does the user who asks prefer?
#[utoipa::path(
    get,
    path = "/users/me/preferences",
    operation_id = "getMyPreferences",
    tag = "Users",
    responses((status = 200, description = "This.", body = UserPreferencesDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_preferences(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            preferences_of(library, viewer.user())
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Changes what is sent of the user's preferences.
#[utoipa::path(
    put,
    path = "/users/me/preferences",
    operation_id = "updateMyPreferences",
    tag = "Users",
    request_body = UserPreferencesDto,
    responses((status = 200, description = "The whole.", body = UserPreferencesDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_preferences(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            change_preferences(library, viewer.user(), body.read(changes)?)
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Has the user who asks seen the introduction?
#[utoipa::path(
    get,
    path = "/users/me/onboarding",
    operation_id = "getUserOnboarding",
    tag = "Users",
    responses((status = 200, description = "So it is.", body = OnboardingDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_onboarding(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            Ok(OnboardingDto { is_onboarded: library.user(viewer.user())?.is_onboarded })
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Says whether the user who asks has seen the introduction.
#[utoipa::path(
    put,
    path = "/users/me/onboarding",
    operation_id = "setUserOnboarding",
    tag = "Users",
    request_body = OnboardingDto,
    responses((status = 200, description = "So it is.", body = OnboardingDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn set_onboarding(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let read = |body: JsonBody| body.read(|fields| fields.required_boolean("isOnboarded"));
            note_onboarding(library, &asked, || read(body))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Forgets that the user who asks has seen the introduction.
#[utoipa::path(
    delete,
    path = "/users/me/onboarding",
    operation_id = "deleteUserOnboarding",
    tag = "Users",
    responses((status = 204, description = "It is forgotten."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_onboarding(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state.run(move |library| note_onboarding(library, &asked, || Ok(false))).await?;
    Ok(json::no_content())
}

fn note_onboarding(
    library: &Library,
    asked: &Asked,
    said: impl FnOnce() -> Result<bool, Failure>,
) -> Result<OnboardingDto, Failure> {
    let viewer = asked.viewer(library)?;
    let changes = UserChanges { is_onboarded: Some(said()?), ..UserChanges::default() };
    let user = library.update_user(viewer.user(), &changes, None)?;
    Ok(OnboardingDto { is_onboarded: user.is_onboarded })
}
