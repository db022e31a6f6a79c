//! What records say of each other: that what they name is there, and that they do not contradict
//! one another.

use std::collections::BTreeMap;

use super::{RecordName, StagingError, refused};
use crate::error::CatalogError;
use crate::portable::{TABLES, Table, Value};
use crate::sqlite::{Connection, loose};

/// References that the schema does not know: the table and its columns, and the same there.
type Reference = (&'static str, &'static [(&'static str, &'static str)], &'static str);
const REFERENCES: &[Reference] = &[
    ("assets", &[("owner", "owner"), ("live_video", "id")], "assets"),
    ("assets", &[("owner", "owner"), ("stack", "id")], "stacks"),
    ("stacks", &[("owner", "owner"), ("primary_asset", "id")], "assets"),
    ("tags", &[("owner", "owner"), ("parent", "id")], "tags"),
];

/// What must not be: the table, when a row `a` of it is wrong, and what to say.
const CONTRADICTIONS: &[(&str, &str, &str)] = &[
    (
        "stacks",
        "NOT EXISTS (SELECT 1 FROM assets AS p
             WHERE p.owner = a.owner AND p.id = a.primary_asset AND p.stack = a.id)",
        "its primary_asset is not among its members: that asset must name this stack",
    ),
    (
        "tags",
        "EXISTS (SELECT 1 FROM tags AS p
             WHERE p.id = a.parent
                 AND substr(a.value, 1, length(p.value) + 1) <> p.value || '/')",
        "its value does not begin with its parent's value and a '/'",
    ),
    (
        "activities",
        "(a.asset IS NULL) <> (a.asset_owner IS NULL)",
        "asset and asset_owner belong together: give both or neither",
    ),
];

/// Checks a catalog in which all records are.
pub(super) fn check(connection: &mut Connection) -> Result<(), StagingError> {
    for table in TABLES {
        check_references(connection, table)?;
    }
    for &(table, is_wrong, reason) in CONTRADICTIONS {
        let table = table_named(table)?;
        if let Some(record) = first_wrong(connection, table, is_wrong)? {
            return Err(refused(record, None, reason.to_owned()));
        }
    }
    let unknown = loose::rows(connection, "PRAGMA foreign_key_check")?;
    if !unknown.is_empty() {
        let detail = format!("{} references to what is not there", unknown.len());
        return Err(CatalogError::contradiction("the import", detail).into());
    }
    Ok(())
}

fn table_named(name: &str) -> Result<&'static Table, StagingError> {
    let known = TABLES.iter().copied().find(|table| table.name == name);
    known.ok_or_else(|| CatalogError::contradiction("the import", "an unknown table").into())
}

/// That what records of this table name is there.
fn check_references(
    connection: &mut Connection,
    table: &'static Table,
) -> Result<(), StagingError> {
    for (columns, parent) in references(connection, table)? {
        let present = columns.iter().map(|(from, _)| format!("a.\"{from}\" IS NOT NULL"));
        let present: Vec<String> = present.collect();
        let same = columns.iter().map(|(from, to)| format!("p.\"{to}\" = a.\"{from}\""));
        let same: Vec<String> = same.collect();
        let is_wrong = format!(
            "{} AND NOT EXISTS (SELECT 1 FROM {parent} AS p WHERE {})",
            present.join(" AND "),
            same.join(" AND ")
        );
        if let Some(record) = first_wrong(connection, table, &is_wrong)? {
            let field = |name: &String| {
                let column = table.columns.iter().find(|column| column.name == *name);
                column.map_or("", |column| column.field)
            };
            let fields: Vec<&str> = columns.iter().map(|(from, _)| field(from)).collect();
            let parent = TABLES.iter().find(|table| table.name == parent);
            let reason = format!(
                "there is no {} with its {}: add that line, or leave this one out",
                parent.map_or("record", |parent| parent.kind),
                fields.join(" and ")
            );
            return Err(refused(record, None, reason));
        }
    }
    Ok(())
}

/// What a table's rows name: pairs of columns here and there, and the table there.
type Named = (Vec<(String, String)>, String);

fn references(connection: &mut Connection, table: &Table) -> Result<Vec<Named>, StagingError> {
    let mut found: BTreeMap<i64, Named> = BTreeMap::new();
    let sql = format!("PRAGMA foreign_key_list({})", table.name);
    for row in loose::rows(connection, &sql)? {
        let [Value::Integer(id), _, Value::Text(parent), Value::Text(from), Value::Text(to), ..] =
            row.as_slice()
        else {
            continue;
        };
        let known = found.entry(*id).or_insert_with(|| (Vec::new(), parent.clone()));
        known.0.push((from.clone(), to.clone()));
    }
    let mut found: Vec<Named> = found.into_values().collect();
    for (_, columns, parent) in REFERENCES.iter().filter(|(name, ..)| *name == table.name) {
        let pair = |(from, to): &(&str, &str)| ((*from).to_owned(), (*to).to_owned());
        found.push((columns.iter().map(pair).collect(), (*parent).to_owned()));
    }
    Ok(found)
}

/// One record of the table of which this is true.
fn first_wrong(
    connection: &mut Connection,
    table: &'static Table,
    is_wrong: &str,
) -> Result<Option<RecordName>, StagingError> {
    let key: Vec<String> = table.key.iter().map(|name| format!("a.\"{name}\"")).collect();
    let sql =
        format!("SELECT {} FROM {} AS a WHERE {is_wrong} LIMIT 1", key.join(", "), table.name);
    let found = loose::rows(connection, &sql)?.into_iter().next();
    Ok(found.map(|key| RecordName { kind: table.kind, key }))
}
