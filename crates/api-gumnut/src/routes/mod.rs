//! All routes of the dialect, one file per endpoint.

mod assets_counts;
mod caller;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Gumnut;
use crate::error::Refused;

/// For Gumnut's SDK and whoever speaks its API.
pub(crate) fn all() -> OpenApiRouter<Gumnut> {
    let (schemas, paths, methods) = routes!(assets_counts::asset_counts);
    let methods = methods.fallback(async || Refused::MethodNotAllowed);
    OpenApiRouter::new().routes((schemas, paths, methods))
}
