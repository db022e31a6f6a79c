//! One record as one object: its kind first, then its fields, those without a value left out.

use std::fmt::Write as _;

use kalends_catalog::CatalogError;
use kalends_catalog::portable::{Absent, Column, Holds, TABLES, Table, Value};
use serde_json::{Map, Value as Json, json};

use super::text;

/// What is wrong with a field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FieldError {
    pub(super) field: &'static str,
    pub(super) problem: String,
}

/// A record that has been read.
pub(super) struct ReadRecord {
    pub(super) values: Vec<Value>,
    /// Fields that mean nothing here.
    pub(super) unknown: Vec<String>,
}

/// Writes a record as a line.
pub(super) fn write(
    line: &mut Vec<u8>,
    table: &Table,
    values: &[Value],
) -> Result<(), CatalogError> {
    line.extend_from_slice(b"{\"kind\":");
    put(line, &Json::from(table.kind));
    let mut open_group: Option<&str> = None;
    for (column, value) in table.columns.iter().zip(values) {
        if *value == Value::Null {
            continue;
        }
        let (group, name) = match column.field.split_once('.') {
            Some((group, name)) => (Some(group), name),
            None => (None, column.field),
        };
        let mut follows = true;
        if open_group != group {
            if open_group.is_some() {
                line.push(b'}');
            }
            if let Some(group) = group {
                line.push(b',');
                put(line, &Json::from(group));
                line.extend_from_slice(b":{");
                follows = false;
            }
            open_group = group;
        }
        if follows {
            line.push(b',');
        }
        put(line, &Json::from(name));
        line.push(b':');
        let written = to_json(column, value).ok_or_else(|| {
            CatalogError::abandon(format!(
                "the catalog holds {value:?} as {} of a {}, which cannot be",
                column.field, table.kind
            ))
        })?;
        put(line, &written);
    }
    line.extend_from_slice(if open_group.is_some() { b"}}\n" } else { b"}\n" });
    Ok(())
}

fn put(line: &mut Vec<u8>, json: &Json) {
    serde_json::to_writer(line, json).expect("JSON is written into memory");
}

/// The value as JSON; `None` when the column cannot hold it.
fn to_json(column: &Column, value: &Value) -> Option<Json> {
    Some(match (column.holds, value) {
        (Holds::Id, Value::Bytes(bytes)) => text::id(bytes)?.into(),
        (Holds::Flag, Value::Integer(flag)) => (*flag != 0).into(),
        (Holds::Whole(..), Value::Integer(number)) => (*number).into(),
        (Holds::Real(..), Value::Real(number)) => Json::from(*number),
        (Holds::Text | Holds::LowerText | Holds::Name(_), Value::Text(text)) => {
            text.as_str().into()
        }
        (Holds::Words, Value::Text(words)) => {
            words.split(' ').filter(|word| !word.is_empty()).collect()
        }
        (Holds::Bits(names), Value::Integer(bits)) => {
            let known = names.iter().fold(0, |all, (_, bit)| all | bit);
            if bits & !known != 0 {
                return None;
            }
            names.iter().filter(|(_, bit)| bits & bit != 0).map(|(name, _)| *name).collect()
        }
        (Holds::Instant, Value::Integer(micros)) => text::instant(*micros).into(),
        (Holds::WallClock, Value::Integer(micros)) => text::wall_clock(*micros).into(),
        (Holds::Day, Value::Integer(days)) => text::day(*days).into(),
        (Holds::Hex(..), Value::Bytes(bytes)) => text::hex(bytes).into(),
        (Holds::Bytes(_), Value::Bytes(bytes)) => text::base64(bytes).into(),
        (Holds::Path, Value::Bytes(bytes)) => match str::from_utf8(bytes) {
            Ok(path) => path.into(),
            Err(_) => json!({ "base64": text::base64(bytes) }),
        },
        (Holds::Json(_), Value::Text(text)) => serde_json::from_str(text).ok()?,
        _ => return None,
    })
}

/// Reads the fields of a record of this kind.
pub(super) fn read(table: &Table, mut fields: Map<String, Json>) -> Result<ReadRecord, FieldError> {
    fields.remove("kind");
    let mut values = Vec::with_capacity(table.columns.len());
    for column in table.columns {
        let value = match column.field.split_once('.') {
            None => fields.remove(column.field),
            Some((group, name)) => match fields.get_mut(group) {
                Some(Json::Object(fields)) => fields.remove(name),
                Some(Json::Null) | None => None,
                Some(_) => return Err(wrong(column, format!("{group} must be an object"))),
            },
        };
        let value = match value {
            None | Some(Json::Null) => stands_in(column)?,
            Some(json) => from_json(column, json)?,
        };
        values.push(value);
    }
    for (at, column) in table.columns.iter().enumerate() {
        if let (Absent::Like(field), Value::Null) = (column.absent, &values[at]) {
            let like = table.columns.iter().position(|column| column.field == field);
            values[at] = like.map_or(Value::Null, |like| values[like].clone());
        }
    }
    let mut unknown = Vec::new();
    for (name, rest) in fields {
        match rest {
            Json::Object(rest) if is_group(table, &name) => {
                unknown.extend(rest.into_iter().map(|(inner, _)| format!("{name}.{inner}")));
            }
            Json::Null if is_group(table, &name) => {}
            _ => unknown.push(name),
        }
    }
    Ok(ReadRecord { values, unknown })
}

fn is_group(table: &Table, name: &str) -> bool {
    let mut groups = table.columns.iter().filter_map(|column| column.field.split_once('.'));
    groups.any(|(group, _)| group == name)
}

fn wrong(column: &Column, problem: impl Into<String>) -> FieldError {
    FieldError { field: column.field, problem: problem.into() }
}

fn stands_in(column: &Column) -> Result<Value, FieldError> {
    match column.absent {
        Absent::Null | Absent::Like(_) => Ok(Value::Null),
        Absent::Integer(number) => Ok(Value::Integer(number)),
        Absent::Text(text) => Ok(Value::Text(text.to_owned())),
        Absent::Refused => Err(wrong(column, format!("is missing; {}", form(column.holds)))),
    }
}

fn from_json(column: &Column, json: Json) -> Result<Value, FieldError> {
    let shown = json.to_string();
    let value = match (column.holds, json) {
        (Holds::Id, Json::String(written)) => text::read_id(&written).map(Value::Bytes),
        (Holds::Flag, Json::Bool(flag)) => Some(Value::Integer(flag.into())),
        (Holds::Whole(least, most), Json::Number(number)) => {
            let number = number.as_i64().filter(|number| (least..=most).contains(number));
            number.map(Value::Integer)
        }
        (Holds::Real(least, most), Json::Number(number)) => {
            let number = number.as_f64().filter(|number| (least..=most).contains(number));
            number.map(Value::Real)
        }
        (Holds::Text, Json::String(text)) => Some(Value::Text(text)),
        (Holds::LowerText, Json::String(text)) => Some(Value::Text(text.to_lowercase())),
        (Holds::Name(names), Json::String(name)) => names.has(&name).then_some(Value::Text(name)),
        (Holds::Words, Json::Array(words)) => words_from(&words).map(Value::Text),
        (Holds::Bits(names), Json::Array(set)) => bits_from(names, &set).map(Value::Integer),
        (Holds::Instant, Json::String(time)) => text::read_instant(&time).map(Value::Integer),
        (Holds::WallClock, Json::String(time)) => text::read_wall_clock(&time).map(Value::Integer),
        (Holds::Day, Json::String(day)) => text::read_day(&day).map(Value::Integer),
        (Holds::Hex(least, most), Json::String(digits)) => {
            let bytes = text::read_hex(&digits).filter(|b| (least..=most).contains(&b.len()));
            bytes.map(Value::Bytes)
        }
        (Holds::Bytes(most), Json::String(encoded)) => {
            let bytes = text::read_base64(&encoded).filter(|bytes| bytes.len() <= most);
            bytes.map(Value::Bytes)
        }
        (Holds::Path, Json::String(path)) => Some(Value::Bytes(path.into_bytes())),
        (Holds::Path, Json::Object(path)) => {
            let encoded = path.get("base64").and_then(Json::as_str);
            encoded.and_then(text::read_base64).map(Value::Bytes)
        }
        (Holds::Json(is_good), json) => {
            let written = json.to_string();
            is_good(&written).then_some(Value::Text(written))
        }
        _ => None,
    };
    value.ok_or_else(|| {
        const SHOWN_MAX: usize = 80;
        let shown: String = shown.chars().take(SHOWN_MAX).collect();
        wrong(column, format!("is {shown}; {}", form(column.holds)))
    })
}

/// Words that hold no space, joined by spaces.
fn words_from(words: &[Json]) -> Option<String> {
    let word = |word: &'_ Json| -> Option<String> {
        let word = word.as_str()?;
        (!word.is_empty() && !word.contains(' ')).then(|| word.to_owned())
    };
    Some(words.iter().map(word).collect::<Option<Vec<String>>>()?.join(" "))
}

fn bits_from(names: &[(&str, i64)], set: &[Json]) -> Option<i64> {
    let bit = |name: &Json| names.iter().find(|(known, _)| name == known).map(|(_, bit)| *bit);
    set.iter().try_fold(0, |bits, name| Some(bits | bit(name)?))
}

/// What is needed, in words.
fn form(holds: Holds) -> String {
    let quoted = |names: Vec<&str>| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    match holds {
        Holds::Id => "a UUID of version 4".to_owned(),
        Holds::Flag => "true or false".to_owned(),
        Holds::Whole(i64::MIN, i64::MAX) => "a whole number".to_owned(),
        Holds::Whole(0, i64::MAX) => "a whole number from 0".to_owned(),
        Holds::Whole(least, most) => format!("a whole number from {least} to {most}"),
        Holds::Real(f64::MIN, f64::MAX) => "a number".to_owned(),
        Holds::Real(least, most) => format!("a number from {least} to {most}"),
        Holds::Text => "text".to_owned(),
        Holds::LowerText => "text, kept in lower case".to_owned(),
        Holds::Name(names) => format!("one of {}", quoted(names.all())),
        Holds::Words => "a list of words".to_owned(),
        Holds::Bits(names) => {
            format!("a list of {}", quoted(names.iter().map(|(name, _)| *name).collect()))
        }
        Holds::Instant => "an instant: `2024-02-01T10:00:00Z`".to_owned(),
        Holds::WallClock => "a wall clock: `2024-02-01T10:00:00`".to_owned(),
        Holds::Day => "a day: `2024-02-01`".to_owned(),
        Holds::Hex(least, most) if least == most => format!("{} hexadecimal digits", 2 * least),
        Holds::Hex(least, most) => {
            format!("{} to {} hexadecimal digits", 2 * least, 2 * most)
        }
        Holds::Bytes(most) => format!("base64 of at most {most} bytes"),
        Holds::Path => "a path".to_owned(),
        Holds::Json(_) => "JSON".to_owned(),
    }
}

/// Every kind of record with its fields, as the documentation lists them.
pub fn fields_as_markdown() -> String {
    let mut page = String::new();
    for table in TABLES {
        let key: Vec<String> = table.key_fields().map(|field| format!("`{field}`")).collect();
        let put = writeln!(
            page,
            "### `{}`\n\n{} Named by {}.\n\n| field | holds | when absent | |\n|---|---|---|---|",
            table.kind,
            table.says,
            key.join(", ")
        );
        put.expect("text is written into memory");
        for column in table.columns {
            let absent = match column.absent {
                Absent::Refused => "refused".to_owned(),
                Absent::Null => String::new(),
                Absent::Integer(number) => match to_json(column, &Value::Integer(number)) {
                    Some(json) => format!("`{json}`"),
                    None => String::new(),
                },
                Absent::Text(text) => format!("`{}`", to_json_text(column, text)),
                Absent::Like(field) => format!("that of `{field}`"),
            };
            let Column { field, says, holds, .. } = column;
            let put = writeln!(page, "| `{field}` | {} | {absent} | {says} |", form(*holds));
            put.expect("text is written into memory");
        }
        page.push('\n');
    }
    page
}

fn to_json_text(column: &Column, text: &str) -> String {
    let json = to_json(column, &Value::Text(text.to_owned()));
    json.map_or_else(String::new, |json| json.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset() -> Json {
        json!({
            "kind": "asset",
            "id": "a0000000-0000-4000-8000-000000000001",
            "owner": "10000000-0000-4000-8000-000000000001",
            "library": "20000000-0000-4000-8000-000000000001",
            "type": "image",
            "capture": {"local": "2024-01-01T00:30:00", "source": "exif-original"},
            "file_name": "a.jpg",
            "created_at": "2024-01-01T00:30:00Z",
        })
    }

    fn read_asset(json: Json) -> Result<ReadRecord, FieldError> {
        let Json::Object(fields) = json else { panic!("{json}") };
        read(Table::of_kind("asset").unwrap(), fields)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let table = Table::of_kind("asset").unwrap();
        let values = read_asset(asset()).unwrap().values;
        let mut line = Vec::new();
        write(&mut line, table, &values).unwrap();
        let Json::Object(again) = serde_json::from_slice(&line).unwrap() else { panic!() };
        assert_eq!(read(table, again).unwrap().values, values);
        let text = String::from_utf8(line).unwrap();
        assert!(text.starts_with("{\"kind\":\"asset\",\"id\":\"a0000000-"), "{text}");
        let capture = r#""capture":{"local":"2024-01-01T00:30:00","source":"exif-original"}"#;
        assert!(text.contains(capture), "{text}");
        assert!(text.ends_with("}\n"));
    }

    #[test]
    fn a_field_out_of_its_range_is_refused_by_name() {
        for (pointer, value, field) in [
            ("id", json!("a0000000-0000-1000-8000-000000000001"), "id"),
            ("id", json!(1), "id"),
            ("type", json!("sound"), "type"),
            ("capture", json!([]), "capture.local"),
            ("capture", json!({"local": "2024-01-01", "source": "user"}), "capture.local"),
            ("width", json!(-1), "width"),
            ("width", json!(1.5), "width"),
            ("width", json!(3_000_000_000_u64), "width"),
            ("rating", json!(6), "rating"),
            ("place", json!({"latitude": 90.1}), "place.latitude"),
            ("thumbhash", json!("a".repeat(100)), "thumbhash"),
            ("sha1", json!("00"), "sha1"),
            ("edited", json!(["nothing"]), "edited"),
            ("is_favorite", json!(1), "is_favorite"),
            ("file_name", Json::Null, "file_name"),
        ] {
            let mut json = asset();
            json[pointer] = value.clone();
            let refused = read_asset(json).map(|_| ()).unwrap_err();
            assert_eq!(refused.field, field, "{value}: {}", refused.problem);
        }
    }

    #[test]
    fn fields_that_mean_nothing_are_counted_also_within_groups() {
        let mut json = asset();
        json["mood"] = json!("good");
        json["capture"]["moon"] = json!("full");
        json["exif"] = Json::Null;
        let read = read_asset(json).unwrap();
        assert_eq!(read.unknown, ["capture.moon", "mood"]);
    }

    #[test]
    fn a_path_need_not_be_text() {
        let table = Table::of_kind("file").unwrap();
        let path = Value::Bytes(vec![b'a', 0xff]);
        let mut values = vec![Value::Null; table.columns.len()];
        let at = table.columns.iter().position(|column| column.field == "path").unwrap();
        values[at] = path.clone();
        let mut line = Vec::new();
        write(&mut line, table, &values).unwrap();
        assert_eq!(line, b"{\"kind\":\"file\",\"path\":{\"base64\":\"Yf8=\"}}\n");
        assert_eq!(from_json(&table.columns[at], json!({"base64": "Yf8="})), Ok(path));
    }
}
