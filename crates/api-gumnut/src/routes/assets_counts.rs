//! `GET /api/assets/counts`: how many assets each month has (contract gumnut §1).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, Uri};
use kalends_http_kit::query::TooManyPairs;
use kalends_http_kit::{Query, Terms, Validator, versions};
use kalends_library::{Ask, AskError, Denied, Question, Viewer};

use super::caller::Caller;
use crate::Gumnut;
use crate::error::Refused;
use crate::from_wire::Counts;
use crate::to_wire;
use crate::wire::counts::{AssetCountsQuery, AssetCountsResponse};
use crate::wire::error::{
    HttpValidationError, Input, Location, Refusal, Unauthorized, ValidationError,
};

/// What an API key must be allowed to do.
const PERMISSION: &str = "asset.read";
/// Raise when the same months come out as other bytes.
const ENCODER_VERSION: u32 = 1;

/// Count assets by month
///
/// How many of the caller's assets were taken in each month, by the wall clock of the place where
/// they were taken. Archived assets are counted, hidden and locked ones never are, nor are those of
/// partners; the members of a stack count each. Months without assets are left out, as are those
/// outside the years 1 to 9999, which a `time_bucket` cannot name. All filters must hold at once;
/// unknown parameters are ignored, and of a repeated one the last counts.
///
/// To read on while `has_more`, send the last `time_bucket`, unchanged, as `starting_after_bucket`
/// and every other parameter as it was. The older way, `local_datetime_before`, is as exact, unless
/// the request had a `local_datetime_before` with an offset.
#[utoipa::path(
    method(get, head),
    path = "/assets/counts",
    tag = "Gumnut",
    operation_id = "getAssetCounts",
    params(AssetCountsQuery),
    responses(
        (
            status = 200,
            description = "The months, in the order asked for. For HEAD, the headers alone.",
            body = AssetCountsResponse,
            headers(
                ("ETag" = String, description = "Names this answer; sent back as `If-None-Match`, an unchanged answer is 304."),
                ("x-kalends-versions" = String, description = "Which state was read: `<owner>=<version>` for each owner, with commas between."),
                ("x-request-id" = String, description = "The id of this exchange: the client's, or a new one. On every answer."),
            ),
        ),
        (status = 304, description = "The answer is still the one that `If-None-Match` names."),
        (status = 401, description = "No credential, or one that is not valid. Said before anything is said of the parameters.", body = Unauthorized),
        (status = 403, description = "The API key has neither the permission `asset.read` nor `all`, or a shared link asks for more than its album.", body = Refusal),
        (status = 404, description = "`library_id` is not one of the caller's live libraries.", body = Refusal),
        (status = 405, description = "Another method than GET and HEAD.", body = Refusal),
        (status = 422, description = "Parameters are wrong; all problems are listed, in the order of the parameters.", body = HttpValidationError),
        (status = 500, description = "The server failed.", body = Refusal),
        (
            status = 503,
            description = "The timeline is still loading, or the server is too busy.",
            body = Refusal,
            headers(("Retry-After" = u32, description = "Seconds to wait before asking again.")),
        ),
    ),
)]
pub(crate) async fn asset_counts(
    State(gumnut): State<Gumnut>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let terms = Terms::of(&method, &headers);
    let query = Query::of(&uri);
    let no_query = Query::default();
    let caller = Caller::of(&uri, &headers, query.as_ref().unwrap_or(&no_query));
    let blocking = gumnut.blocking.clone();
    let answer = move || answer(&gumnut, caller, query, &terms);
    match blocking.run(answer).await.map_err(Refused::from).flatten() {
        Ok(response) => response,
        Err(refused) => refused.into_response(),
    }
}

fn answer(
    gumnut: &Gumnut,
    caller: Caller,
    query: Result<Query, TooManyPairs>,
    terms: &Terms,
) -> Result<Response, Refused> {
    let viewer = caller.viewer(gumnut, PERMISSION)?;
    let counts = Counts::from_query(&query.map_err(too_many_pairs)?)?;
    match gumnut.library.question(&viewer, &counts.ask) {
        Ok(question) => Ok(page(&question, &counts, terms)),
        Err(AskError::Denied(Denied::Album)) => without_album(gumnut, &viewer, &counts, terms),
        Err(error) => Err(error.into()),
    }
}

fn page(question: &Question, counts: &Counts, terms: &Terms) -> Response {
    let Question { snapshot, filter } = question;
    let Counts { direction, after, limit, .. } = *counts;
    let validator = Validator::new("gumnut/assets/counts", ENCODER_VERSION)
        .number(snapshot.fingerprint())
        .shown(&(filter, direction, after, limit));
    let mut response =
        terms.json(validator, || json(&to_wire::counts(snapshot, filter, direction, after, limit)));
    versions::set(response.headers_mut(), snapshot.versions());
    response
}

/// The answer where the album cannot be read: none of its assets. The library, if one is named,
/// must be the caller's all the same.
fn without_album(
    gumnut: &Gumnut,
    viewer: &Viewer,
    counts: &Counts,
    terms: &Terms,
) -> Result<Response, Refused> {
    if counts.ask.library.is_some() {
        let library_alone = Ask { album: None, ..counts.ask.clone() };
        gumnut.library.question(viewer, &library_alone)?;
    }
    Ok(terms.small_json(json(&AssetCountsResponse { data: Vec::new(), has_more: false })))
}

fn json(body: &AssetCountsResponse) -> Vec<u8> {
    serde_json::to_vec(body).expect("months and numbers are plain JSON")
}

fn too_many_pairs(error: TooManyPairs) -> HttpValidationError {
    let problem = ValidationError {
        kind: "too_long",
        loc: vec![Location::Name("query")],
        msg: error.to_string(),
        input: Input::Nothing(()),
        ctx: None,
    };
    HttpValidationError { detail: vec![problem] }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn document() -> Value {
        let document = crate::routes::all().into_openapi();
        serde_json::to_value(document).unwrap()
    }

    fn parameter(document: &Value, name: &str) -> Value {
        let parameters = document["paths"]["/assets/counts"]["get"]["parameters"].as_array();
        let found = parameters.unwrap().iter().find(|parameter| parameter["name"] == name);
        found.unwrap_or_else(|| panic!("{name} is documented")).clone()
    }

    #[test]
    fn the_document_lists_every_parameter_in_order() {
        let document = document();
        let parameters = document["paths"]["/assets/counts"]["get"]["parameters"].as_array();
        let names: Vec<&str> =
            parameters.unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(
            names,
            [
                "library_id",
                "group_by",
                "album_id",
                "person_id",
                "local_datetime_after",
                "local_datetime_before",
                "state",
                "limit",
                "order",
                "starting_after_bucket",
                "person_ids",
                "album_filter",
                "ratings",
                "media_type",
                "bbox",
                "center",
                "radius",
            ]
        );
        for one in parameters.unwrap() {
            assert_eq!((&one["in"], &one["required"]), (&json!("query"), &json!(false)), "{one}");
            assert!(one["description"].as_str().is_some_and(|text| text.len() > 20), "{one}");
        }
    }

    #[test]
    fn the_document_has_the_seeds_defaults_and_bounds() {
        let document = document();
        let schema = |name: &str| parameter(&document, name)["schema"].clone();
        for (name, default, values) in [
            ("group_by", json!("month"), json!(["month"])),
            ("state", json!("live"), json!(["live", "trashed", "all"])),
            ("order", json!("desc"), json!(["desc", "asc"])),
            ("album_filter", json!("all"), json!(["all", "in_album", "not_in_album"])),
            ("media_type", Value::Null, json!(["image", "video"])),
        ] {
            let schema = schema(name);
            assert_eq!((&schema["default"], &schema["enum"]), (&default, &values), "{name}");
            assert_eq!(schema["type"], json!("string"), "{name}");
        }
        let limit = schema("limit");
        assert_eq!((&limit["minimum"], &limit["maximum"]), (&json!(1), &json!(200)));
        assert_eq!(limit["default"], json!(20));
        for name in ["local_datetime_after", "local_datetime_before"] {
            assert_eq!(schema(name)["format"], json!("date-time"));
        }
    }

    #[test]
    fn the_document_says_that_a_bucket_has_no_offset() {
        let document = document();
        let bucket =
            &document["components"]["schemas"]["TimeBucketCount"]["properties"]["time_bucket"];
        assert_eq!(bucket["type"], json!("string"));
        assert_eq!(bucket["format"], Value::Null);
        assert_eq!(bucket["pattern"], json!("^[0-9]{4}-[0-9]{2}-01T00:00:00$"));
        assert!(bucket["description"].as_str().unwrap().contains("without any offset"));
    }

    #[test]
    fn the_document_names_every_status() {
        let document = document();
        for method in ["get", "head"] {
            let responses = document["paths"]["/assets/counts"][method]["responses"].as_object();
            let statuses: Vec<&str> = responses.unwrap().keys().map(String::as_str).collect();
            let all = ["200", "304", "401", "403", "404", "405", "422", "500", "503"];
            assert_eq!(statuses, all, "{method}");
        }
    }
}
