//! `GET /timeline/bucket`: the assets of one month, as columns.

use axum::extract::State;
use axum::response::Response;
use kalends_http_kit::Validator;
use kalends_library::{Library, Viewer};
use kalends_timeline::Rows;

use super::timeline_buckets::show_versions;
use crate::error::Failure;
use crate::from_wire::time_bucket::{self, TimeBucket};
use crate::from_wire::timeline::{self, TimelineAsk};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::{ENCODER_VERSION, bucket};
use crate::wire::error::ErrorDto;
use crate::wire::timeline::{TimeBucketAssetResponseDto, TimelineQuery};

/// Which assets lie in this month?
///
/// Answers one object of arrays of the same length, one element per asset, in order. A month that
/// holds nothing has empty arrays. Unknown parameters are ignored.
///
/// An answer carries `x-kalends-versions`, which names the state of each owner's assets that was
/// read, and an `ETag`.
#[utoipa::path(
    get,
    path = "/timeline/bucket",
    operation_id = "getTimeBucket",
    tag = "Timeline",
    params(
        ("timeBucket" = String, Query, example = "2024-02-01", description = "The month, named by \
            its first day, `YYYY-MM-DD`, as `/timeline/buckets` lists it. The full form \
            `2024-02-01T00:00:00.000Z` is understood too. A time that is not the first instant of \
            a month in UTC names an empty month; the name has no zone and none is applied to the \
            assets."),
        TimelineQuery,
        ("key" = Option<String>, Query, description = "The key of a shared link."),
        ("slug" = Option<String>, Query, description = "The slug of a shared link."),
    ),
    responses(
        (status = 200, description = "The assets, newest first unless asked otherwise.",
            body = TimeBucketAssetResponseDto),
        (status = 304, description = "The client has this answer, as its `If-None-Match` says."),
        (status = 400, description = "A parameter is not valid (`message` is a list), what it \
            names does not exist or is not the caller's, or `timeBucket` is no date (`message` is \
            a sentence).", body = ErrorDto),
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
pub(super) async fn get_time_bucket(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state.run(move |library| answer(library, &asked)).await
}

fn answer(library: &Library, asked: &Asked) -> Result<Response, Failure> {
    let viewer = asked.viewer(library)?;
    let (query, text) = timeline::bucket(&asked.query).map_err(Failure::invalid)?;
    let TimelineAsk { ask, direction, columns } = query.into();
    let question = library
        .question(&viewer, &ask)
        .map_err(|error| Failure::of_question(&error, "get time bucket"))?;
    // Only now: upstream finds out in its query, after access has been checked.
    let time_bucket = time_bucket::parse(text)
        .ok_or_else(|| Failure::bad_request("Invalid time bucket format"))?;

    let own = match &viewer {
        Viewer::Link(_) => None,
        viewer => Some(viewer.user()),
    };
    let fingerprint = match time_bucket {
        TimeBucket::Month(month) => question.snapshot.fingerprint_of(month),
        TimeBucket::NoMonth => 0,
    };
    let validator = Validator::new("timeline/bucket", ENCODER_VERSION)
        .number(fingerprint)
        .shown(&(&question.filter, direction, columns, time_bucket, own));
    let mut response = asked.terms.json(validator, || {
        let rows = match time_bucket {
            TimeBucket::Month(month) => {
                question.snapshot.bucket(month, &question.filter, direction)
            }
            TimeBucket::NoMonth => Rows::default(),
        };
        bucket::encode(&rows, own, columns)
    });
    show_versions(&mut response, &viewer, &question);
    Ok(response)
}
