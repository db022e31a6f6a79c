//! All routes behind one address: both dialects, the start page, health, and the OpenAPI document
//! made from the routes themselves.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use kalends_api_gumnut::Gumnut;
use kalends_api_immich::ImmichState;
use kalends_http_kit::{Blocking, Correlation, Site};
use kalends_library::{Library, Randomness as _, SystemRandomness};
use kalends_model::UserId;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi as _;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use crate::metrics::Metrics;
use crate::start_page::start_page;
use crate::web::{self, WebClient};

/// Requests that wait while all blocking threads are at work.
const WAITING_MAX: usize = 1_024;

/// What the OpenAPI document says of the whole.
#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Kalends",
    description = "How many photos and videos lie in each month, and what is in a month. Two published APIs side by side: Gumnut's `GET /api/assets/counts` and Immich's `/api/timeline/*`. Months are those of the photographer's wall clock in both, so their counts agree.",
    license(name = "MIT OR Apache-2.0"),
))]
struct Document;

/// Everything that is served. `open_for` is the user as whom requests without a credential are
/// answered, if they are; `site` is what stands between browsers and this server, and `web` the
/// client that stands at `/` instead of the start page.
pub(crate) fn router(
    library: Arc<Library>,
    open_for: Option<UserId>,
    site: Site,
    metrics: Arc<Metrics>,
    web: Option<&WebClient>,
) -> Router {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    // More at a time would only share the cores: each question would take longer, and none less.
    let blocking = Blocking::new(threads, WAITING_MAX);
    let random = |bytes: &mut [u8]| SystemRandomness.fill(bytes);

    let mut immich = ImmichState::new(Arc::clone(&library), blocking.clone(), random).at(site);
    if let Some(user) = open_for {
        immich = immich.open_for(user);
    }
    let gumnut = Gumnut { library: Arc::clone(&library), blocking: blocking.clone(), open_for };
    let correlation = Correlation::new(kalends_api_gumnut::CORRELATION_HEADER, random);

    let api = kalends_api_immich::routes(immich.clone())
        .merge(kalends_api_gumnut::routes(gumnut, correlation));
    let (api, mut document) =
        OpenApiRouter::with_openapi(Document::openapi()).nest("/api", api).split_for_parts();
    add_credentials(&mut document);
    let document: Arc<[u8]> =
        document.to_json().expect("a document made of routes is plain JSON").into_bytes().into();

    let pages = match web {
        Some(client) => web::routes(client, Arc::clone(&library), blocking.clone()),
        None => Router::new().route("/", get(start_page)).merge(kalends_api_immich::icon_route()),
    };
    let health = Health { library, blocking };
    pages
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readyz).with_state(health))
        .route("/api/openapi.json", get(openapi).with_state(document))
        .merge(kalends_api_immich::socket_routes(immich.clone()))
        .merge(kalends_api_immich::timeline_routes(immich))
        .merge(kalends_api_immich::outside_routes())
        .merge(api)
        .layer(axum::middleware::from_fn(kalends_http_kit::security::headers))
        .layer(axum::middleware::from_fn_with_state(metrics, crate::metrics::observe))
        // No input may end the process: what panics all the same is logged and answered with 500.
        .layer(CatchPanicLayer::new())
}

fn add_credentials(document: &mut utoipa::openapi::OpenApi) {
    let components = document.components.get_or_insert_default();
    let header = |name| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new(name)));
    let query = |name| SecurityScheme::ApiKey(ApiKey::Query(ApiKeyValue::new(name)));
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    components.add_security_scheme("bearer", bearer);
    components.add_security_scheme("apiKeyHeader", header("x-api-key"));
    components.add_security_scheme("apiKeyQuery", query("apiKey"));
    components.add_security_scheme("sharedLinkKey", query("key"));
    components.add_security_scheme("sharedLinkSlug", query("slug"));
    let cookie = ApiKey::Cookie(ApiKeyValue::new(kalends_http_kit::credentials::SESSION_COOKIE));
    components.add_security_scheme("sessionCookie", SecurityScheme::ApiKey(cookie));
}

#[derive(Clone)]
struct Health {
    library: Arc<Library>,
    blocking: Blocking,
}

/// Whether questions can be answered now.
async fn readyz(State(health): State<Health>) -> impl IntoResponse {
    let ready = health.blocking.run(move || health.library.is_ready()).await;
    match ready {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "the catalog cannot be read\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "too busy\n"),
    }
}

async fn openapi(State(document): State<Arc<[u8]>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], document.to_vec())
}
