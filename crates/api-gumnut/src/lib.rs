//! The Gumnut dialect: a translator between Gumnut's published API and the words of Kalends.
//!
//! A request enters in `routes`, one file per endpoint. `from_wire` turns its query into a question
//! or into everything that is wrong with it; the library answers the question for whoever asks; and
//! `to_wire` writes the answer in the shapes of `wire`. [`ids`] and [`datetime`] hold the two forms
//! of text that this API has of its own. `QUIRKS.md` beside this folder says what is imitated and
//! what differs, and why.
//!
//! Nothing here knows the other dialect, SQL, or how the timeline works.

pub mod datetime;
mod error;
mod from_wire;
pub mod ids;
mod routes;
mod to_wire;
pub mod wire;

use std::sync::Arc;

use http::HeaderName;
use kalends_http_kit::{Blocking, Correlation, correlation};
use kalends_library::Library;
use kalends_model::UserId;
use utoipa_axum::router::OpenApiRouter;

/// The header in which an exchange's id is taken from a client and handed back.
pub const CORRELATION_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// What the routes need.
#[derive(Clone)]
pub struct Gumnut {
    /// What is asked.
    pub library: Arc<Library>,
    /// The way into it.
    pub blocking: Blocking,
    /// For whom requests without a credential are answered, when they name this machine in `Host`.
    /// `None` refuses them all.
    pub open_for: Option<UserId>,
}

/// Every route of this dialect, to be mounted under `/api`. `correlation`, made with
/// [`CORRELATION_HEADER`], stamps the answers; where an outer one has stamped the request already,
/// both headers carry the same id.
pub fn routes(gumnut: Gumnut, correlation: Correlation) -> OpenApiRouter {
    let stamp = axum::middleware::from_fn_with_state(correlation, correlation::stamp);
    routes::all().layer(stamp).with_state(gumnut)
}
