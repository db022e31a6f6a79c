//! Assets on a map, and the names of places (contract immich §D4).

use axum::extract::State;
use axum::response::Response;
use kalends_library::MapAsk;
use kalends_library::map::names_of;
use kalends_model::GeoPoint;

use crate::error::Failure;
use crate::from_wire::body::{BodyFields, read_value};
use crate::from_wire::query_object::{Kinds, object_of};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::error::Refusals;
use crate::wire::map::{MapMarkerResponseDto, MapReverseGeocodeResponseDto};

/// Where were the assets taken?
///
/// The caller's timeline; with `isArchived=true` also the archive. Favourites can be asked of the
/// caller's own alone.
#[utoipa::path(
    get,
    path = "/map/markers",
    operation_id = "getMapMarkers",
    tag = "Map",
    params(
        ("isArchived" = Option<bool>, Query, description = "Also the archive."),
        ("isFavorite" = Option<bool>, Query, description = "Favourites, or others."),
        ("fileCreatedAfter" = Option<String>, Query, description = "Taken at this instant or later."),
        ("fileCreatedBefore" = Option<String>, Query, description = "Taken at this instant or earlier."),
        ("withPartners" = Option<bool>, Query, description = "Also what partners share in the timeline."),
        ("withSharedAlbums" = Option<bool>, Query, description = "Also what is in the caller's albums."),
    ),
    responses((status = 200, description = "The assets, the latest first.",
        body = Vec<MapMarkerResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_map_markers(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto: Vec<MapMarkerResponseDto> = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let query = object_of(&asked.query, Kinds::default());
            let map = read_value(&query, map_ask)?;
            let markers = library
                .map_markers(&viewer, &map)
                .map_err(|error| Failure::of_question(&error, "get map markers"))?;
            let dto = markers.into_iter().map(|marker| MapMarkerResponseDto {
                id: marker.asset.uuid(),
                lat: marker.point.latitude,
                lon: marker.point.longitude,
                city: marker.city,
                state: marker.state,
                country: marker.country,
            });
            Ok(dto.collect())
        })
        .await?;
    Ok(json::ok(&dto))
}

fn map_ask(fields: &mut BodyFields<'_>) -> MapAsk {
    let instant = |fields: &mut BodyFields<'_>, name: &str| {
        fields.date(name).map(crate::from_wire::date::SentDate::instant)
    };
    MapAsk {
        with_archived: fields.boolean("isArchived") == Some(true),
        favorite: fields.boolean("isFavorite"),
        after: instant(fields, "fileCreatedAfter"),
        before: instant(fields, "fileCreatedBefore"),
        with_partners: fields.boolean("withPartners") == Some(true),
        with_albums: fields.boolean("withSharedAlbums") == Some(true),
    }
}

/// What is the place at this point called?
#[utoipa::path(
    get,
    path = "/map/reverse-geocode",
    operation_id = "reverseGeocode",
    tag = "Map",
    params(
        ("lat" = f64, Query, description = "Degrees north."),
        ("lon" = f64, Query, description = "Degrees east."),
    ),
    responses((status = 200, description = "One element; its names are `null` where nothing is known.",
        body = Vec<MapReverseGeocodeResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn reverse_geocode(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let names = state
        .run(move |library| {
            asked.viewer(library)?;
            let query = object_of(&asked.query, Kinds { numbers: &["lat", "lon"], lists: &[] });
            let point = read_value(&query, |fields| {
                let latitude = required_number(fields, "lat", 90.0);
                let longitude = required_number(fields, "lon", 180.0);
                GeoPoint::new(latitude, longitude)
            })?;
            Ok(point.map(names_of).unwrap_or_default())
        })
        .await?;
    let (city, state, country) = (names.city, names.state, names.country);
    Ok(json::ok(&[MapReverseGeocodeResponseDto { city, state, country }]))
}

fn required_number(fields: &mut BodyFields<'_>, name: &str, most: f64) -> f64 {
    if fields.any(name).is_none() {
        fields.refuse(name, "must be a number conforming to the specified constraints");
        return 0.0;
    }
    fields.number(name, -most, most).unwrap_or_default()
}
