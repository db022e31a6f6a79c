//! The parameter `bbox`: `west,south,east,north` in decimal degrees (contract immich §A2).

use kalends_http_kit::Once;
use kalends_model::GeoBox;

use super::fields::Fields;

/// One edge: its name, what it is called in messages, and its greatest absolute value.
const EDGES: [(&str, &str, f64); 4] = [
    ("west", "longitude", 180.0),
    ("south", "latitude", 90.0),
    ("east", "longitude", 180.0),
    ("north", "latitude", 90.0),
];

/// Reads the box. Each edge that is wrong has a message of its own; parts after the fourth are
/// ignored.
pub fn read(fields: &mut Fields<'_>) -> Option<GeoBox> {
    let text = match fields.raw("bbox") {
        Once::Absent => return None,
        Once::Given(text) => text,
        Once::Repeated => {
            EDGES.iter().for_each(|edge| refuse_edge(fields, edge));
            return None;
        }
    };
    let mut parts = text.split(',');
    let edges = EDGES.map(|edge| {
        let (_, _, limit) = edge;
        let number = parts.next().and_then(number).filter(|number| number.abs() <= limit);
        if number.is_none() {
            refuse_edge(fields, &edge);
        }
        number
    });
    let [Some(west), Some(south), Some(east), Some(north)] = edges else { return None };
    if north < south {
        fields.refuse("bbox.north must be greater than or equal to south");
        return None;
    }
    Some(GeoBox { west, south, east, north })
}

fn refuse_edge(fields: &mut Fields<'_>, (edge, kind, _): &(&str, &str, f64)) {
    fields.refuse(format!("bbox.{edge} must be a {kind} string or number"));
}

/// A decimal number, as JavaScript's `Number` reads one: blanks around it are dropped, and nothing
/// is 0.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.is_empty() {
        return Some(0.0);
    }
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = text.parse::<f64>().ok().filter(|_| is_decimal)?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kalends_http_kit::Query;

    fn check(raw: &str) -> Result<Option<GeoBox>, Vec<String>> {
        let query = Query::parse(raw).unwrap();
        let mut fields = Fields::of(&query);
        let read = read(&mut fields);
        fields.finish(read)
    }

    const WEST: &str = "bbox.west must be a longitude string or number";
    const SOUTH: &str = "bbox.south must be a latitude string or number";
    const EAST: &str = "bbox.east must be a longitude string or number";
    const NORTH: &str = "bbox.north must be a latitude string or number";

    #[test]
    fn boxes_are_read() {
        for (raw, [west, south, east, north]) in [
            ("bbox=2,48,3,49", [2.0, 48.0, 3.0, 49.0]),
            ("bbox=1,2,3,4,5", [1.0, 2.0, 3.0, 4.0]),
            ("bbox=177,-20,-178,-15", [177.0, -20.0, -178.0, -15.0]),
            ("bbox=-180,-90,180,90", [-180.0, -90.0, 180.0, 90.0]),
            ("bbox=%201.5,+2,3e0,.5e1", [1.5, 2.0, 3.0, 5.0]),
            ("bbox=,,,", [0.0; 4]),
            ("bbox=1,2,3,2", [1.0, 2.0, 3.0, 2.0]),
        ] {
            assert_eq!(check(raw), Ok(Some(GeoBox { west, south, east, north })), "{raw}");
        }
        assert_eq!(check(""), Ok(None));
    }

    #[test]
    fn each_edge_that_is_wrong_has_its_message() {
        for (raw, expected) in [
            ("bbox=", vec![SOUTH, EAST, NORTH]),
            ("bbox=x,91,181,-91", vec![WEST, SOUTH, EAST, NORTH]),
            ("bbox=1,2,3", vec![NORTH]),
            ("bbox=NaN,inf,Infinity,0x1", vec![WEST, SOUTH, EAST, NORTH]),
            ("bbox=1e999,1,1,1", vec![WEST]),
            ("bbox=1,2,3,1", vec!["bbox.north must be greater than or equal to south"]),
            ("bbox=x,2,3,1", vec![WEST]),
            ("bbox=1,2,3,4&bbox=1,2,3,4", vec![WEST, SOUTH, EAST, NORTH]),
        ] {
            let messages = check(raw).unwrap_err();
            assert_eq!(messages, expected, "{raw}");
        }
    }
}
