//! `GET /timeline/buckets`: the months that hold assets, with their counts.

use axum::extract::State;
use axum::response::Response;
use kalends_http_kit::{Validator, versions};
use kalends_library::{Library, Viewer};
use kalends_model::Grain;

use crate::error::Failure;
use crate::from_wire::timeline::{self, TimelineAsk};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::{ENCODER_VERSION, buckets};
use crate::wire::error::ErrorDto;
use crate::wire::timeline::{TimeBucketsResponseDto, TimelineQuery};

/// How many assets lie in each month?
///
/// Lists the months that hold assets, with how many. An asset lies in the month that the
/// photographer's wall clock showed, whatever the time zone of the server or the caller. Each count
/// equals the number of assets that `/timeline/bucket` lists for the month and the same parameters.
/// Unknown parameters are ignored.
///
/// An answer carries `x-kalends-versions`, which names the state of each owner's assets that was
/// read, and an `ETag`.
#[utoipa::path(
    get,
    path = "/timeline/buckets",
    operation_id = "getTimeBuckets",
    tag = "Timeline",
    params(
        TimelineQuery,
        ("key" = Option<String>, Query, description = "The key of a shared link."),
        ("slug" = Option<String>, Query, description = "The slug of a shared link."),
    ),
    responses(
        (status = 200, description = "The months, newest first unless asked otherwise. Months \
            without assets are not listed.", body = Vec<TimeBucketsResponseDto>),
        (status = 304, description = "The client has this answer, as its `If-None-Match` says."),
        (status = 400, description = "A parameter is not valid (`message` is a list), or what it \
            names does not exist or is not the caller's (`message` is a sentence).",
            body = ErrorDto),
        (status = 401, description = "There is no credential, or it is not valid; or \
            `visibility=locked` without an unlocked session.", body = ErrorDto),
        (status = 403, description = "The API key lacks the permission `asset.read`.",
            body = ErrorDto),
        (status = 500, description = "The server failed; its log says why.", body = ErrorDto),
        (status = 503, description = "The server is busy, or still loading. `Retry-After` says \
            when to come back.", body = ErrorDto),
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_time_buckets(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state.run(move |library| answer(library, &asked)).await
}

fn answer(library: &Library, asked: &Asked) -> Result<Response, Failure> {
    let viewer = asked.viewer(library)?;
    let query = timeline::buckets(&asked.query).map_err(Failure::invalid)?;
    let TimelineAsk { ask, direction, columns: _ } = query.into();
    let question = library
        .question(&viewer, &ask)
        .map_err(|error| Failure::of_question(&error, "get time buckets"))?;

    let validator = Validator::new("timeline/buckets", ENCODER_VERSION)
        .number(question.snapshot.fingerprint())
        .shown(&(&question.filter, direction));
    let mut response = asked.terms.json(validator, || {
        buckets::encode(&question.snapshot.counts(&question.filter, Grain::Month, direction))
    });
    show_versions(&mut response, &viewer, &question);
    Ok(response)
}

/// Says which state was read. Visitors with a shared link are not told: the numbers would show them
/// how busy the album's owners are elsewhere.
pub(super) fn show_versions(
    response: &mut Response,
    viewer: &Viewer,
    question: &kalends_library::Question,
) {
    if !matches!(viewer, Viewer::Link(_)) {
        versions::set(response.headers_mut(), question.snapshot.versions());
    }
}
