//! What this server is and can do: `GET /server/about`, `/features`, `/config`, `/media-types`,
//! `/theme` (contract immich §D2.1).
//!
//! What it cannot do it does not claim, so that clients hide it.

use axum::extract::State;
use axum::response::Response;
use kalends_library::file_kind::{SIDECAR_EXTENSION, image_extensions, video_extensions};
use kalends_library::purge::TRASH_DAYS;
use kalends_library::removal::USER_DELETE_DELAY_DAYS;

use crate::error::Failure;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::{IMITATED_VERSION, json};
use crate::wire::error::Refusals;
use crate::wire::server::{
    ServerAboutResponseDto, ServerConfigDto, ServerFeaturesDto, ServerMediaTypesResponseDto,
    ServerThemeDto,
};

/// What is this server?
#[utoipa::path(
    get,
    path = "/server/about",
    operation_id = "getAboutInfo",
    tag = "Server",
    responses((status = 200, description = "What it is.", body = ServerAboutResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn about(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state.run(move |library| asked.viewer(library).map(drop)).await?;
    let version = format!("v{IMITATED_VERSION}");
    Ok(json::ok(&ServerAboutResponseDto {
        version_url: format!("https://github.com/immich-app/immich/releases/tag/{version}"),
        version,
        licensed: false,
        build: concat!("kalends ", env!("CARGO_PKG_VERSION")).to_owned(),
        repository: "kalends".to_owned(),
    }))
}

/// What can this server do?
///
/// Needs no credential.
#[utoipa::path(
    get,
    path = "/server/features",
    operation_id = "getServerFeatures",
    tag = "Server",
    responses((status = 200, description = "What it can do.", body = ServerFeaturesDto)),
)]
pub(super) async fn features(asked: Asked) -> Response {
    let features = ServerFeaturesDto {
        smart_search: false,
        facial_recognition: false,
        duplicate_detection: false,
        map: true,
        reverse_geocoding: true,
        import_faces: true,
        sidecar: true,
        search: true,
        trash: true,
        oauth: false,
        oauth_auto_launch: false,
        ocr: false,
        password_login: true,
        config_file: false,
        email: false,
    };
    asked.terms.small_json(serde_json::to_vec(&features).expect("booleans are JSON"))
}

/// What must a client know before anybody signs in?
///
/// Needs no credential.
#[utoipa::path(
    get,
    path = "/server/config",
    operation_id = "getServerConfig",
    tag = "Server",
    responses((status = 200, description = "What to know.", body = ServerConfigDto)),
)]
pub(super) async fn config(State(state): State<ImmichState>) -> Result<Response, Failure> {
    let (is_initialized, is_onboarded) = state
        .run(|library| {
            let is_set_up = library.is_set_up().map_err(Failure::catalog)?;
            let is_shown_around = library.is_administrator_shown_around();
            Ok((is_set_up, is_shown_around.map_err(Failure::catalog)?))
        })
        .await?;
    let external_domain = state.site.external_url.as_ref().map(ToString::to_string);
    let external_domain = external_domain.unwrap_or_default();
    Ok(json::ok(&ServerConfigDto {
        login_page_message: String::new(),
        trash_days: TRASH_DAYS,
        user_delete_delay: USER_DELETE_DELAY_DAYS,
        oauth_button_text: "Login with OAuth".to_owned(),
        is_initialized,
        is_onboarded,
        external_domain,
        public_users: true,
        map_dark_style_url: "https://tiles.openfreemap.org/styles/dark".to_owned(),
        map_light_style_url: "https://tiles.openfreemap.org/styles/positron".to_owned(),
        maintenance_mode: false,
    }))
}

/// Which files are taken?
///
/// Needs no credential.
#[utoipa::path(
    get,
    path = "/server/media-types",
    operation_id = "getSupportedMediaTypes",
    tag = "Server",
    responses((status = 200, description = "Which.", body = ServerMediaTypesResponseDto)),
)]
pub(super) async fn media_types(asked: Asked) -> Response {
    let dotted = |extension: &str| format!(".{extension}");
    let types = ServerMediaTypesResponseDto {
        video: video_extensions().map(dotted).collect(),
        image: image_extensions().map(dotted).collect(),
        sidecar: vec![dotted(SIDECAR_EXTENSION)],
    };
    asked.terms.small_json(serde_json::to_vec(&types).expect("texts are JSON"))
}

/// How do pages look?
///
/// As they come. Needs no credential.
#[utoipa::path(
    get,
    path = "/server/theme",
    operation_id = "getTheme",
    tag = "Server",
    responses((status = 200, description = "How.", body = ServerThemeDto)),
)]
pub(super) async fn theme(asked: Asked) -> Response {
    let theme = ServerThemeDto { custom_css: String::new() };
    asked.terms.small_json(serde_json::to_vec(&theme).expect("texts are JSON"))
}
