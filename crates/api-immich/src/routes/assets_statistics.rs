//! `GET /assets/statistics` and `GET /assets/random`.

use axum::extract::State;
use axum::response::Response;
use kalends_http_kit::Query;
use kalends_library::{Ask, AskError, Question, Search, Trash};
use kalends_model::{Filter, Kind, Leaf};

use super::search::{Shown, shown};
use crate::error::Failure;
use crate::from_wire::asset_edit::VISIBILITIES;
use crate::from_wire::body::read_value;
use crate::from_wire::query_object::{Kinds, object_of};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::asset::AssetResponseDto;
use crate::wire::asset_edit::AssetStatsResponseDto;
use crate::wire::error::Refusals;

/// The most assets that are drawn at once.
const RANDOM_MAX: i64 = 1_000;

/// How many photos and videos does the caller have?
///
/// Timeline and archive unless `visibility` says otherwise, outside of the trash unless `isTrashed`
/// does.
#[utoipa::path(
    get,
    path = "/assets/statistics",
    operation_id = "getAssetStatistics",
    tag = "Assets",
    params(
        ("visibility" = Option<String>, Query, description = "`archive`, `timeline`, `hidden` or `locked`."),
        ("isFavorite" = Option<bool>, Query, description = "Favourites, or others."),
        ("isTrashed" = Option<bool>, Query, description = "What is in the trash."),
    ),
    responses((status = 200, description = "The numbers.", body = AssetStatsResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_asset_statistics(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let question = library.question(&viewer, &sent_ask(&asked.query)?);
            count(question, "get asset statistics")
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Which assets are counted.
pub(super) fn sent_ask(query: &Query) -> Result<Ask, Failure> {
    read_value(&object_of(query, Kinds::default()), |fields| Ask {
        visibility: fields.choice("visibility", &VISIBILITIES),
        favorite: fields.boolean("isFavorite"),
        trash: match fields.boolean("isTrashed") {
            Some(true) => Trash::In,
            _ => Trash::Out,
        },
        ..Ask::default()
    })
}

/// The numbers of a question. `what` is what failed when it cannot be answered.
pub(super) fn count(
    question: Result<Question, AskError>,
    what: &'static str,
) -> Result<AssetStatsResponseDto, Failure> {
    let question = question.map_err(|error| Failure::of_question(&error, what))?;
    let of = |kind| {
        let kind = Leaf::Kind(kind).into();
        question.snapshot.total(&Filter::All(vec![question.filter.clone(), kind]))
    };
    let (images, videos) = (of(Kind::Image), of(Kind::Video));
    Ok(AssetStatsResponseDto { images, videos, total: images + videos })
}

/// Some assets by chance.
///
/// Of the timelines of the caller and of partners who share theirs.
#[utoipa::path(
    get,
    path = "/assets/random",
    operation_id = "getRandom",
    tag = "Assets",
    params(("count" = Option<u32>, Query, description = "How many; absent: one.")),
    responses((status = 200, description = "They.", body = Vec<AssetResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_random(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let query = object_of(&asked.query, Kinds { numbers: &["count"], lists: &[] });
            let count = read_value(&query, |fields| fields.integer("count", 1, RANDOM_MAX))?;
            let count = count.and_then(|count| usize::try_from(count).ok()).unwrap_or(1);
            let ids = library
                .search_sample(&viewer, &Search::default(), count)
                .map_err(|error| Failure::of_question(&error, "get random"))?;
            shown(library, &viewer, &ids, Shown { exif: true, people: false })
        })
        .await?;
    Ok(json::ok(&dto))
}
