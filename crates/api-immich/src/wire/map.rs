//! Assets on a map (contract immich §D10).

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An asset on the map.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MapMarkerResponseDto {
    /// The asset.
    pub id: Uuid,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// The city.
    pub city: Option<String>,
    /// The state or region.
    pub state: Option<String>,
    /// The country.
    pub country: Option<String>,
}

/// The names of a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MapReverseGeocodeResponseDto {
    /// The city.
    pub city: Option<String>,
    /// The state or region.
    pub state: Option<String>,
    /// The country.
    pub country: Option<String>,
}
