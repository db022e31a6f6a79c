//! Whether two answers are one.
//!
//! Answers are equal as JSON, on all columns, but for what is known and meant:
//!
//! - rows with equal sort keys (the same local day and the same instant) may come in any order:
//!   upstream has no third key, ours is the id (contract immich §A6);
//! - `duration` is compared in whole seconds, and none is the same as zero: upstream prints what it
//!   stored, with a fraction, also zeros that a client once sent; ours is `HH:MM:SS`, truncated,
//!   and `null` for zero (§A12);
//! - numbers are compared by value, as JavaScript does: `0.750` is `0.75`;
//! - the correlation id of an error is another one every time.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::state::State;

/// A row of a bucket: its columns by name.
pub(crate) type Row = Map<String, Value>;

/// What rows are ordered by before their ids, by asset id: the local day and the instant.
pub(crate) struct SortKeys(BTreeMap<String, (i64, i64)>);

impl SortKeys {
    pub(crate) fn of(state: &State) -> Self {
        let keys = state.assets.iter().map(|asset| {
            let capture = asset.capture();
            (asset.id.to_string(), (capture.local.day(), capture.instant().micros()))
        });
        Self(keys.collect())
    }

    fn key(&self, row: &Row) -> Option<(i64, i64)> {
        self.0.get(row["id"].as_str()?).copied()
    }
}

/// Whether the two bodies say the same, and if not, what the difference is.
pub(crate) fn same(theirs: &Value, ours: &Value, sort_keys: &SortKeys) -> Result<(), String> {
    if theirs["id"].is_array() && ours["id"].is_array() {
        let (names, our_names) = (column_names(theirs), column_names(ours));
        if names != our_names {
            return Err(format!("columns {our_names:?} instead of {names:?}"));
        }
        return same_rows(&rows(theirs, sort_keys)?, &rows(ours, sort_keys)?);
    }
    let (theirs, ours) = (plain(theirs), plain(ours));
    if theirs == ours { Ok(()) } else { Err(format!("{ours} instead of {theirs}")) }
}

/// Whether the columns come in the order of the recorded text.
pub(crate) fn same_key_order(theirs: &str, ours: &str, body: &Value) -> Result<(), String> {
    let Some(columns) = body.as_object() else { return Ok(()) };
    let in_order = |text: &str| {
        let mut names: Vec<String> = columns.keys().cloned().collect();
        // A quote within a string is escaped, so this finds names alone.
        names.sort_by_key(|name| text.find(&format!("\"{name}\":")));
        names
    };
    let (theirs, ours) = (in_order(theirs), in_order(ours));
    if theirs == ours { Ok(()) } else { Err(format!("order {ours:?} instead of {theirs:?}")) }
}

/// A bucket's columns as rows, where rows with equal sort keys are in the order of their ids.
pub(crate) fn rows(body: &Value, sort_keys: &SortKeys) -> Result<Vec<Row>, String> {
    let columns = body.as_object().ok_or("no columns")?;
    let length = columns.get("id").and_then(Value::as_array).ok_or("no ids")?.len();
    let mut rows = vec![Row::new(); length];
    for (name, column) in columns {
        let column = column.as_array().ok_or_else(|| format!("{name} is no column"))?;
        if column.len() != length {
            return Err(format!("{name} has {} rows, not {length}", column.len()));
        }
        for (row, value) in rows.iter_mut().zip(column) {
            let value = if name == "duration" { whole_seconds(value) } else { plain(value) };
            row.insert(name.clone(), value);
        }
    }
    let by_key = |a: &Row, b: &Row| sort_keys.key(a).is_some_and(|k| sort_keys.key(b) == Some(k));
    for ties in rows.chunk_by_mut(by_key) {
        ties.sort_by_key(|row| row["id"].to_string());
    }
    Ok(rows)
}

fn same_rows(theirs: &[Row], ours: &[Row]) -> Result<(), String> {
    let ids = |rows: &[Row]| rows.iter().map(|row| row["id"].to_string()).collect::<Vec<_>>();
    if ids(theirs) != ids(ours) {
        return Err(format!("rows {:?} instead of {:?}", ids(ours), ids(theirs)));
    }
    theirs.iter().zip(ours).try_for_each(|(their, our)| same_row(their, our))
}

/// Whether two rows of one asset say the same of it.
pub(crate) fn same_row(theirs: &Row, ours: &Row) -> Result<(), String> {
    for name in theirs.keys().chain(ours.keys()) {
        let (their, our) = (theirs.get(name), ours.get(name));
        if their != our {
            return Err(format!("{name} of {}: {our:?} instead of {their:?}", ours["id"]));
        }
    }
    Ok(())
}

fn column_names(body: &Value) -> Vec<&String> {
    body.as_object().map(|columns| columns.keys().collect()).unwrap_or_default()
}

/// The value with its numbers in one form, and of its correlation id only that there is one.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64()),
        Value::Array(values) => values.iter().map(plain).collect(),
        Value::Object(fields) => {
            let plain_field = |(name, value): (&String, &Value)| {
                let value = match value.as_str() {
                    Some(id) if name == "correlationId" => Value::Bool(!id.is_empty()),
                    _ => plain(value),
                };
                (name.clone(), value)
            };
            fields.iter().map(plain_field).collect()
        }
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}

/// A duration in whole seconds; `null` for none and for zero. Any other text is left as it is.
fn whole_seconds(duration: &Value) -> Value {
    let Some(millis) = duration.as_str().and_then(duration_millis) else { return duration.clone() };
    if millis < 1_000 { Value::Null } else { Value::from(millis / 1_000) }
}

/// The milliseconds of `H:MM:SS.fraction`.
pub(crate) fn duration_millis(text: &str) -> Option<u64> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<u64> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let &[hours, minutes, seconds] = parts.as_slice() else { return None };
    let millis: u64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + millis)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys() -> SortKeys {
        let keys = [("a", (1, 5)), ("b", (1, 5)), ("c", (1, 4))];
        SortKeys(keys.map(|(id, key)| (id.to_owned(), key)).into())
    }

    #[test]
    fn only_rows_with_equal_sort_keys_may_change_places() {
        let theirs = json!({"id": ["a", "b", "c"], "ratio": [1, 2, 3]});
        let tied = json!({"id": ["b", "a", "c"], "ratio": [2.0, 1.0, 3.0]});
        assert_eq!(same(&theirs, &tied, &keys()), Ok(()));
        let moved = json!({"id": ["a", "c", "b"], "ratio": [1, 3, 2]});
        assert!(same(&theirs, &moved, &keys()).is_err());
    }

    #[test]
    fn one_other_value_row_or_column_is_a_difference() {
        let theirs = json!({"id": ["a", "c"], "city": ["Paris", null]});
        for ours in [
            json!({"id": ["a", "c"], "city": ["Paris", "Lyon"]}),
            json!({"id": ["a"], "city": ["Paris"]}),
            json!({"id": ["a", "c"]}),
            json!({"id": ["a", "c"], "city": ["Paris", null], "state": [null, null]}),
            json!({"id": ["a", "c"], "city": ["Paris"]}),
            json!([]),
        ] {
            assert!(same(&theirs, &ours, &keys()).is_err(), "{ours}");
        }
        assert!(same(&json!([{"count": 1}]), &json!([{"count": 2}]), &keys()).is_err());
    }

    #[test]
    fn durations_agree_in_whole_seconds_and_nothing_else_does() {
        let column = |duration: Value| json!({"id": ["a"], "duration": [duration]});
        let agree =
            |theirs: Value, ours: Value| same(&column(theirs), &column(ours), &keys()).is_ok();
        assert!(agree(json!("0:00:12.345000"), json!("00:00:12")));
        assert!(agree(json!("0:00:00.00000"), Value::Null));
        assert!(!agree(json!("0:00:12.345000"), json!("00:00:13")));
        assert!(!agree(json!("0:00:12.345000"), Value::Null));
        assert!(!agree(json!("soon"), Value::Null));
        assert_eq!(duration_millis("100:00:00.25"), Some(360_000_250));
    }

    #[test]
    fn errors_agree_but_for_their_correlation_ids() {
        let error = |id: &str, message: &str| json!({"message": message, "correlationId": id});
        assert_eq!(same(&error("1", "no"), &error("2", "no"), &keys()), Ok(()));
        assert!(same(&error("1", "no"), &error("1", "yes"), &keys()).is_err());
        assert!(same(&error("1", "no"), &json!({"message": "no"}), &keys()).is_err());
    }

    #[test]
    fn the_order_of_columns_is_read_from_the_text() {
        let body = json!({"id": ["x"], "city": ["\"id\":"]});
        let (theirs, ours) = (r#"{"city":["\"id\":"],"id":["x"]}"#, r#"{"id":["x"],"city":[]}"#);
        assert_eq!(same_key_order(theirs, theirs, &body), Ok(()));
        assert!(same_key_order(theirs, ours, &body).is_err());
    }
}
