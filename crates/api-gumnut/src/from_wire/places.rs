//! The parameters that say where: a box, or a circle.

use kalends_model::{Circle, GeoBox, GeoPoint, Leaf};

use super::fields::{Fields, Problem};

/// The greatest radius of a circle, in metres.
const RADIUS_MAX_M: f64 = 50_000.0;

const BBOX: &str = "bbox";
const CENTER: &str = "center";
const RADIUS: &str = "radius";

/// The box or the circle that is asked for.
pub(super) fn place(fields: &mut Fields<'_>) -> Option<Leaf> {
    let is_given = |name| fields.text(name).is_some();
    let (has_box, has_center, has_radius) = (is_given(BBOX), is_given(CENTER), is_given(RADIUS));

    let geo_box = read(fields, BBOX, geo_box);
    let center = read(fields, CENTER, point);
    if has_box && (has_center || has_radius) {
        let name = if has_center { CENTER } else { RADIUS };
        let text = fields.text(name).unwrap_or_default();
        fields.refuse(name, text, Problem::rule("bbox excludes center and radius"));
    } else if has_radius && !has_center {
        fields.refuse(CENTER, (), Problem::rule("radius needs a center"));
    }
    let radius_m = read(fields, RADIUS, radius_m);
    if has_center && !has_radius && !has_box {
        fields.refuse(RADIUS, (), Problem::rule("center needs a radius"));
    }

    match (geo_box, center, radius_m) {
        (Some(geo_box), ..) => Some(Leaf::InBox(geo_box)),
        (None, Some(center), Some(radius_m)) => Some(Leaf::InCircle(Circle { center, radius_m })),
        (None, _, _) => None,
    }
}

fn read<T>(
    fields: &mut Fields<'_>,
    name: &'static str,
    parse: fn(&str) -> Result<T, Problem>,
) -> Option<T> {
    let text = fields.text(name)?;
    parse(text).map_err(|problem| fields.refuse(name, text, problem)).ok()
}

fn geo_box(text: &str) -> Result<GeoBox, Problem> {
    let [west, south, east, north] = numbers(text, "expected west,south,east,north in degrees")?;
    longitude("west", west)?;
    latitude("south", south)?;
    longitude("east", east)?;
    latitude("north", north)?;
    if south > north {
        return Err(Problem::rule("south must not be greater than north"));
    }
    Ok(GeoBox { west, south, east, north })
}

fn point(text: &str) -> Result<GeoPoint, Problem> {
    let [east, north] = numbers(text, "expected longitude,latitude in degrees")?;
    longitude("longitude", east)?;
    latitude("latitude", north)?;
    Ok(GeoPoint { latitude: north, longitude: east })
}

fn radius_m(text: &str) -> Result<f64, Problem> {
    let radius_m: f64 = text.trim().parse().map_err(|_| Problem::no_number())?;
    if radius_m.is_nan() || radius_m > RADIUS_MAX_M {
        Err(Problem::above(RADIUS_MAX_M))
    } else if radius_m <= 0.0 {
        Err(Problem::not_above(0.0))
    } else {
        Ok(radius_m)
    }
}

/// Exactly as many numbers as are wanted, with commas between.
fn numbers<const N: usize>(text: &str, expected: &str) -> Result<[f64; N], Problem> {
    let parts: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    let numbers = parts.ok().and_then(|parts| <[f64; N]>::try_from(parts).ok());
    numbers.ok_or_else(|| Problem::rule(expected))
}

fn longitude(name: &str, degrees: f64) -> Result<(), Problem> {
    within(name, degrees, 180.0)
}

fn latitude(name: &str, degrees: f64) -> Result<(), Problem> {
    within(name, degrees, 90.0)
}

/// Whether a coordinate lies within ± `most`; one that is no number does not.
fn within(name: &str, degrees: f64, most: f64) -> Result<(), Problem> {
    if degrees.abs() <= most {
        Ok(())
    } else {
        Err(Problem::rule(format!("{name} must be between -{most} and {most}")))
    }
}
