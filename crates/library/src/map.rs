//! Where assets were taken, as points on a map.

use std::collections::{BTreeSet, HashMap, HashSet};

use kalends_catalog::CatalogError;
use kalends_model::{AlbumId, AssetId, Filter, GeoPoint, Instant, Leaf, UserId, Visibility};

use crate::ask::{Ask, AskError};
use crate::library::Library;
use crate::search::{bound, each_row};
use crate::viewer::Viewer;

/// Which assets are marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MapAsk {
    /// Also those in the archive.
    pub with_archived: bool,
    /// Only favourites, or only others. Leaves out the assets of others.
    pub favorite: Option<bool>,
    /// Not taken before this instant.
    pub after: Option<Instant>,
    /// Not taken after this instant.
    pub before: Option<Instant>,
    /// Also those of partners who share their timeline.
    pub with_partners: bool,
    /// Also those in the albums that the viewer can read.
    pub with_albums: bool,
}

/// An asset on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Marker {
    /// The asset.
    pub asset: AssetId,
    /// Where it was taken.
    pub point: GeoPoint,
    /// When it was taken.
    pub instant: Instant,
    /// The city.
    pub city: Option<String>,
    /// The state or region.
    pub state: Option<String>,
    /// The country.
    pub country: Option<String>,
}

/// The names of a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceNames {
    /// The city.
    pub city: Option<String>,
    /// The state or region.
    pub state: Option<String>,
    /// The country.
    pub country: Option<String>,
}

/// The names of the place at a point.
pub fn names_of(point: GeoPoint) -> PlaceNames {
    let place = crate::edits::place_of(point);
    PlaceNames { city: place.city, state: place.state, country: place.country }
}

impl Library {
    /// The assets with a place that the viewer may see, the latest first.
    pub fn map_markers(&self, viewer: &Viewer, map: &MapAsk) -> Result<Vec<Marker>, AskError> {
        let mut markers = Vec::new();
        let (mut seen, mut owners) = (HashSet::new(), BTreeSet::new());
        for ask in self.map_asks(viewer, map)? {
            let question = self.question(viewer, &ask)?;
            each_row(&question, &mut |row| {
                let Some(point) = row.place() else { return };
                if seen.insert(row.id()) {
                    owners.insert(row.owner());
                    markers.push(Marker {
                        asset: row.id(),
                        point,
                        instant: row.instant(),
                        city: row.city().map(str::to_owned),
                        state: None,
                        country: row.country().map(str::to_owned),
                    });
                }
            });
        }
        markers.sort_by_key(|marker| std::cmp::Reverse((marker.instant, marker.asset)));
        self.add_states(&owners, &mut markers)?;
        Ok(markers)
    }

    fn map_asks(&self, viewer: &Viewer, map: &MapAsk) -> Result<Vec<Ask>, CatalogError> {
        let mut parts = vec![Filter::from(Leaf::HasPlace)];
        parts.extend(map.after.map(|at| Leaf::After(bound(at.micros().saturating_sub(1))).into()));
        parts
            .extend(map.before.map(|at| Leaf::Before(bound(at.micros().saturating_add(1))).into()));
        let of = |visibility, with_partners, album| Ask {
            visibility: Some(visibility),
            with_partners,
            album,
            favorite: map.favorite,
            filter: Filter::All(parts.clone()),
            ..Ask::default()
        };
        let with_partners = map.with_partners && map.favorite.is_none();
        let mut asks = vec![of(Visibility::Timeline, with_partners, None)];
        if map.with_archived {
            asks.push(of(Visibility::Archive, false, None));
        }
        if map.with_albums {
            for album in self.readable_albums(viewer)? {
                asks.push(of(Visibility::Timeline, false, Some(album)));
                if map.with_archived {
                    asks.push(of(Visibility::Archive, false, Some(album)));
                }
            }
        }
        Ok(asks)
    }

    fn readable_albums(&self, viewer: &Viewer) -> Result<Vec<AlbumId>, CatalogError> {
        let grants = self.read(|reader| reader.grants(viewer.user()))?;
        let albums = grants.map(|grants| grants.albums).unwrap_or_default();
        Ok(albums.into_iter().map(|(album, _)| album).collect())
    }

    /// States are not in the timeline.
    fn add_states(
        &self,
        owners: &BTreeSet<UserId>,
        markers: &mut [Marker],
    ) -> Result<(), CatalogError> {
        let places = markers.iter().enumerate().map(|(place, marker)| (marker.asset, place));
        let places: HashMap<AssetId, usize> = places.collect();
        self.read(|reader| {
            for owner in owners {
                reader.each_state(*owner, &mut |asset, state| {
                    if let Some(place) = places.get(&asset) {
                        markers[*place].state = Some(state.to_owned());
                    }
                })?;
            }
            Ok(())
        })
    }
}
