//! Searching for assets (contract immich §D4).

use axum::extract::State;
use axum::response::Response;
use kalends_library::{AskError, Library, Viewer, Wanted};
use kalends_model::AssetId;

use crate::error::Failure;
use crate::from_wire::body::{JsonBody, read_value};
use crate::from_wire::query_object::{Kinds, object_of};
use crate::from_wire::search::{self, SearchAsked};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::asset::{Parts, asset_response};
use crate::to_wire::json;
use crate::wire::asset::AssetResponseDto;
use crate::wire::error::Refusals;
use crate::wire::search::{
    MetadataSearchDto, SearchAlbumResponseDto, SearchAssetResponseDto, SearchResponseDto,
    SearchStatisticsResponseDto,
};

/// What is shown of each asset that was found beside its own fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    /// `exifInfo`.
    pub(super) exif: bool,
    /// `people`.
    pub(super) people: bool,
}

impl From<&SearchAsked> for Shown {
    fn from(asked: &SearchAsked) -> Self {
        Self { exif: asked.with_exif, people: asked.with_people }
    }
}

/// The assets that were found, in their order.
pub(super) fn shown(
    library: &Library,
    viewer: &Viewer,
    ids: &[AssetId],
    shown: Shown,
) -> Result<Vec<AssetResponseDto>, Failure> {
    let wanted = Wanted { people: shown.people, ..Wanted::default() };
    let parts = Parts { exif: shown.exif, people: shown.people, ..Parts::NONE };
    let views = library
        .read(|reader| library.asset_views(reader, viewer, ids, wanted))
        .map_err(Failure::catalog)?;
    Ok(views.iter().map(|view| asset_response(view, parts)).collect())
}

fn failed(error: &AskError) -> Failure {
    Failure::of_question(error, "search assets")
}

/// Which assets are of such a kind?
///
/// Of the caller's timeline and those that partners share, unless something is asked that only the
/// caller's own can be asked. The order is that of the instants.
#[utoipa::path(
    post,
    path = "/search/metadata",
    operation_id = "searchAssets",
    tag = "Search",
    request_body = MetadataSearchDto,
    responses((status = 200, description = "A page of them.", body = SearchResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn search_assets(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let asked = body.read(search::search)?;
            let skip = (asked.page - 1).saturating_mul(asked.size);
            let page = library
                .search(&viewer, &asked.search, asked.direction, skip, asked.size)
                .map_err(|error| failed(&error))?;
            let items = shown(library, &viewer, &page.ids, Shown::from(&asked))?;
            let assets = SearchAssetResponseDto {
                total: items.len(),
                count: items.len(),
                items,
                facets: [],
                next_page: page.has_more.then(|| (asked.page + 1).to_string()),
            };
            Ok(SearchResponseDto { albums: SearchAlbumResponseDto::default(), assets })
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Some assets of such a kind, by chance.
#[utoipa::path(
    post,
    path = "/search/random",
    operation_id = "searchRandom",
    tag = "Search",
    request_body = MetadataSearchDto,
    responses((status = 200, description = "They.", body = Vec<AssetResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn search_random(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let asked = body.read(search::search)?;
            let ids = library
                .search_sample(&viewer, &asked.search, asked.size)
                .map_err(|error| failed(&error))?;
            shown(library, &viewer, &ids, Shown::from(&asked))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// How many assets are of such a kind?
#[utoipa::path(
    post,
    path = "/search/statistics",
    operation_id = "searchAssetStatistics",
    tag = "Search",
    request_body = MetadataSearchDto,
    responses((status = 200, description = "So many.", body = SearchStatisticsResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn search_asset_statistics(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let total = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let asked = body.read(search::search)?;
            library.search_total(&viewer, &asked.search).map_err(|error| failed(&error))
        })
        .await?;
    Ok(json::ok(&SearchStatisticsResponseDto { total }))
}

/// The largest assets of such a kind.
///
/// What is searched for is sent as query parameters, with the names that `/search/metadata` has.
#[utoipa::path(
    post,
    path = "/search/large-assets",
    operation_id = "searchLargeAssets",
    tag = "Search",
    params(("minFileSize" = Option<u64>, Query, description = "In bytes.")),
    responses((status = 200, description = "They, the largest first.", body = Vec<AssetResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn search_large_assets(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let kinds = Kinds {
        numbers: &["minFileSize", "rating", "size"],
        lists: &["albumIds", "personIds", "tagIds"],
    };
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let query = object_of(&asked.query, kinds);
            let (asked, least) = read_value(&query, |fields| {
                (search::search(fields), fields.integer("minFileSize", 0, i64::MAX))
            })?;
            let least = least.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0);
            let ids = library
                .search_large(&viewer, &asked.search, least, asked.size)
                .map_err(|error| failed(&error))?;
            shown(library, &viewer, &ids, Shown { exif: true, people: false })
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Searching by what is to be seen.
///
/// Not offered: nothing here looks at what pictures show.
#[utoipa::path(
    post,
    path = "/search/smart",
    operation_id = "searchSmart",
    tag = "Search",
    responses(Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn search_smart(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            asked.viewer(library)?;
            Err(Failure::bad_request("Smart search is not enabled"))
        })
        .await
}
