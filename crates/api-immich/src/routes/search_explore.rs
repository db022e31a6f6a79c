//! What there is to be searched for (contract immich §D4).

use axum::extract::State;
use axum::response::Response;
use kalends_library::search::{Suggest, SuggestWithin};
use kalends_library::{AskError, Library, Viewer};
use kalends_model::AssetId;

use super::search::{Shown, shown};
use crate::error::Failure;
use crate::from_wire::body::{BodyFields, read_value};
use crate::from_wire::query_object::{Kinds, object_of};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::asset::person_response;
use crate::to_wire::json;
use crate::wire::asset::{AssetResponseDto, PersonResponseDto};
use crate::wire::error::Refusals;
use crate::wire::search::{PlacesResponseDto, SearchExploreItemDto, SearchExploreResponseDto};

const SUGGESTIONS: [(&str, Suggest); 6] = [
    ("country", Suggest::Country),
    ("state", Suggest::State),
    ("city", Suggest::City),
    ("camera-make", Suggest::Make),
    ("camera-model", Suggest::Model),
    ("camera-lens-model", Suggest::Lens),
];

const EXIF: Shown = Shown { exif: true, people: false };

fn failed(error: &AskError) -> Failure {
    Failure::of_question(error, "explore")
}

/// Which countries, states, cities, cameras or lenses can be searched for?
///
/// Those that the timelines of the caller and of partners who share theirs hold, in order.
#[utoipa::path(
    get,
    path = "/search/suggestions",
    operation_id = "getSearchSuggestions",
    tag = "Search",
    params(
        ("type" = String, Query, description = "`country`, `state`, `city`, `camera-make`, `camera-model` or `camera-lens-model`."),
        ("country" = Option<String>, Query, description = "Only of this country."),
        ("state" = Option<String>, Query, description = "Only of this state."),
        ("make" = Option<String>, Query, description = "Only of this maker."),
        ("model" = Option<String>, Query, description = "Only of this model."),
        ("lensModel" = Option<String>, Query, description = "Only with this lens."),
        ("includeNull" = Option<bool>, Query, description = "With `null` at the end."),
    ),
    responses((status = 200, description = "They.", body = Vec<Option<String>>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_search_suggestions(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let query = object_of(&asked.query, Kinds::default());
            let (kind, within, with_null) = read_value(&query, |fields| {
                let kind = fields.required_choice("type", &SUGGESTIONS);
                (kind, within(fields), fields.boolean("includeNull") == Some(true))
            })?;
            let kind = kind.ok_or_else(|| Failure::invalid(Vec::new()))?;
            let found =
                library.suggestions(&viewer, kind, &within).map_err(|error| failed(&error))?;
            let mut values: Vec<Option<String>> = found.into_iter().map(Some).collect();
            values.extend(with_null.then_some(None));
            Ok(values)
        })
        .await?;
    Ok(json::ok(&dto))
}

fn within(fields: &mut BodyFields<'_>) -> SuggestWithin {
    let mut text =
        |name: &str| fields.text(name).filter(|text| !text.is_empty()).map(str::to_owned);
    SuggestWithin {
        country: text("country"),
        state: text("state"),
        make: text("make"),
        model: text("model"),
        lens: text("lensModel"),
    }
}

/// One asset of each city.
#[utoipa::path(
    get,
    path = "/search/cities",
    operation_id = "getAssetsByCity",
    tag = "Search",
    responses((status = 200, description = "The latest asset of each city, by the city's name.",
        body = Vec<AssetResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_assets_by_city(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let cities = library.cities(&viewer).map_err(|error| failed(&error))?;
            let ids: Vec<AssetId> = cities.into_iter().map(|(_, asset)| asset).collect();
            shown(library, &viewer, &ids, EXIF)
        })
        .await?;
    Ok(json::ok(&dto))
}

/// What is worth a look?
///
/// The cities that most of the caller's timeline was taken in.
#[utoipa::path(
    get,
    path = "/search/explore",
    operation_id = "getExploreData",
    tag = "Search",
    responses((status = 200, description = "Values of each field.",
        body = Vec<SearchExploreResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_explore_data(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let items = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            explored(library, &viewer)
        })
        .await?;
    Ok(json::ok(&[SearchExploreResponseDto { field_name: "exifInfo.city", items }]))
}

fn explored(library: &Library, viewer: &Viewer) -> Result<Vec<SearchExploreItemDto>, Failure> {
    let cities = library.explored_cities(viewer).map_err(|error| failed(&error))?;
    let mut items = Vec::with_capacity(cities.len());
    for (value, asset) in cities {
        let data = shown(library, viewer, &[asset], EXIF)?.pop();
        items.extend(data.map(|data| SearchExploreItemDto { value, data }));
    }
    Ok(items)
}

/// Which of the caller's people are called so?
#[utoipa::path(
    get,
    path = "/search/person",
    operation_id = "searchPerson",
    tag = "Search",
    params(
        ("name" = String, Query, description = "A part of the name."),
        ("withHidden" = Option<bool>, Query, description = "Also hidden ones."),
    ),
    responses((status = 200, description = "They.", body = Vec<PersonResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn search_person(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto: Vec<PersonResponseDto> = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let query = object_of(&asked.query, Kinds::default());
            let (name, with_hidden) = read_value(&query, |fields| {
                (fields.required_text("name").to_owned(), fields.boolean("withHidden"))
            })?;
            let people = library
                .people_named(&viewer, &name, with_hidden == Some(true))
                .map_err(Failure::catalog)?;
            Ok(people.iter().map(person_response).collect())
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Which towns of the world are called so?
#[utoipa::path(
    get,
    path = "/search/places",
    operation_id = "searchPlaces",
    tag = "Search",
    params(("name" = String, Query, description = "A part of the name.")),
    responses((status = 200, description = "At most 20.", body = Vec<PlacesResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn search_places(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto: Vec<PlacesResponseDto> = state
        .run(move |library| {
            asked.viewer(library)?;
            let query = object_of(&asked.query, Kinds::default());
            let name = read_value(&query, |fields| fields.required_text("name").to_owned())?;
            let places = library.towns_named(&name).into_iter().map(|place| PlacesResponseDto {
                name: place.name,
                latitude: place.point.latitude,
                longitude: place.point.longitude,
                admin1name: place.state,
            });
            Ok(places.collect())
        })
        .await?;
    Ok(json::ok(&dto))
}
