//! Every operation of the dialect that is served, one file each, holding its documentation, its
//! handler and what only it needs.

mod auth_login;
mod auth_logout;
mod auth_validate_token;
mod cookies;
mod server_ping;
mod server_version;
mod timeline_bucket;
mod timeline_buckets;
mod unknown;

use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::MethodRouter;
use kalends_http_kit::credentials::SESSION_COOKIE;
use kalends_http_kit::{correlation, security};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, Info, OpenApi, OpenApiBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes as handlers;

use crate::error::envelope;
use crate::state::ImmichState;
pub use unknown::unknown_route;

/// Every operation, to be nested under `/api`, with the dialect's answer to unknown addresses
/// there and to wrong methods.
pub fn routes(state: ImmichState) -> OpenApiRouter {
    let router = OpenApiRouter::with_openapi(document())
        // Every client: is this a server, and which?
        .routes(refusing(handlers!(server_ping::ping)))
        .routes(refusing(handlers!(server_version::version)))
        // Every client: signing in and out.
        .routes(limited(refusing(handlers!(auth_login::login))))
        .routes(refusing(handlers!(auth_logout::logout)))
        .routes(refusing(handlers!(auth_validate_token::validate_token)));
    layered(timeline(router).fallback(unknown_route), state)
}

/// The document's part that is about no single operation: how credentials are sent. Its title is
/// for the server to give, whose document this becomes a part of.
fn document() -> OpenApi {
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
        SESSION_COOKIE,
        "The token of a session, as `POST /auth/login` sets it.",
    ));
    let api_key = ApiKey::Header(ApiKeyValue::with_description(
        "x-api-key",
        "An API key. The query parameter `apiKey` serves as well.",
    ));
    let components = ComponentsBuilder::new()
        .security_scheme("bearer", bearer)
        .security_scheme("cookie", SecurityScheme::ApiKey(cookie))
        .security_scheme("api_key", SecurityScheme::ApiKey(api_key));
    let info = Info::new("Kalends: the Immich dialect", env!("CARGO_PKG_VERSION"));
    let document = OpenApiBuilder::new().info(info).components(Some(components.build()));
    document.build()
}

/// The timeline operations alone, for addresses without `/api`. They are the same operations, so
/// the OpenAPI document need not list them twice.
pub fn timeline_routes(state: ImmichState) -> axum::Router {
    layered(timeline(OpenApiRouter::new()), state).into()
}

fn timeline(router: OpenApiRouter<ImmichState>) -> OpenApiRouter<ImmichState> {
    router
        .routes(refusing(handlers!(timeline_buckets::get_time_buckets)))
        .routes(refusing(handlers!(timeline_bucket::get_time_bucket)))
}

/// Answers methods that an address does not have as if the address did not exist.
fn refusing(
    (schemas, paths, methods): UtoipaMethodRouter<ImmichState>,
) -> UtoipaMethodRouter<ImmichState> {
    let methods: MethodRouter<ImmichState> = methods.fallback(unknown_route);
    (schemas, paths, methods)
}

/// Bounds the body that an operation takes.
fn limited(
    (schemas, paths, methods): UtoipaMethodRouter<ImmichState>,
) -> UtoipaMethodRouter<ImmichState> {
    (schemas, paths, methods.layer(auth_login::body_limit()))
}

/// Around every route, from the inside out: bodies of failures, ids, headers of security.
fn layered(router: OpenApiRouter<ImmichState>, state: ImmichState) -> OpenApiRouter {
    let correlation = state.correlation.clone();
    router
        .with_state(state)
        .layer(from_fn(envelope))
        .layer(from_fn_with_state(correlation, correlation::stamp))
        .layer(from_fn(security::headers))
}
