//! A query read as the object that a body would be, so that both are checked alike.

use kalends_http_kit::Query;
use serde_json::{Map, Value};

/// How the texts of a query become values.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kinds<'a> {
    /// Parameters that hold numbers.
    pub(crate) numbers: &'a [&'a str],
    /// Parameters that may be repeated, and are lists.
    pub(crate) lists: &'a [&'a str],
}

/// The object of the parameters: numbers where they are spelt, lists where they are repeated, and
/// texts otherwise. A parameter that is repeated and should not be is a list, which no field takes.
pub(crate) fn object_of(query: &Query, kinds: Kinds<'_>) -> Value {
    let mut object = Map::new();
    for (name, text) in query.pairs() {
        let value = match kinds.numbers.contains(&name) {
            true => number(text),
            false => Value::from(text),
        };
        match object.get_mut(name) {
            None if kinds.lists.contains(&name) => {
                object.insert(name.to_owned(), Value::Array(vec![value]));
            }
            None => {
                object.insert(name.to_owned(), value);
            }
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(object)
}

fn number(text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(whole) => whole.into(),
        Err(_) => {
            let number = text.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
            number.map_or_else(|| text.into(), Value::Number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parameters_become_numbers_lists_and_texts() {
        let kinds = Kinds { numbers: &["size", "lat"], lists: &["tagIds"] };
        let read = |raw: &str| object_of(&Query::parse(raw).unwrap(), kinds);
        assert_eq!(
            read("size=5&lat=-1.5&tagIds=a&city=5&lens="),
            json!({"size": 5, "lat": -1.5, "tagIds": ["a"], "city": "5", "lens": ""})
        );
        assert_eq!(read("tagIds=a&tagIds=b"), json!({"tagIds": ["a", "b"]}));
        assert_eq!(read("size=x&lat=NaN"), json!({"size": "x", "lat": "NaN"}));
        assert_eq!(read("city=a&city=b"), json!({"city": ["a", "b"]}));
    }
}
