//! The layer that refuses writes which another site makes a browser send.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use kalends_http_kit::Query;
use kalends_http_kit::origin::is_foreign_write;

use crate::error::Failure;
use crate::request::client_of;
use crate::state::ImmichState;

/// Refuses a write that a cookie authenticates, unless it comes from a page of this server.
pub(crate) async fn refuse_foreign_writes(
    State(state): State<ImmichState>,
    request: Request,
    next: Next,
) -> Response {
    // A query that cannot be read is refused by whatever operation reads it.
    let is_foreign = Query::of(request.uri()).is_ok_and(|query| {
        let client = client_of(&state.site, request.extensions(), request.uri(), request.headers());
        is_foreign_write(&state.site, &client, request.method(), request.headers(), &query)
    });
    if is_foreign {
        return Failure::forbidden("Cross-site request refused").into_response();
    }
    next.run(request).await
}
