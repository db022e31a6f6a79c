use std::collections::BTreeSet;

use super::{LEFT_OUT, TABLES, Table, Value};
use crate::sqlite::{self, Connection, loose};

fn empty() -> (tempfile::TempDir, Connection) {
    let dir = tempfile::tempdir().unwrap();
    let path = sqlite::prepare(dir.path(), &sqlite::MIGRATIONS).unwrap();
    (dir, sqlite::connect(&path).unwrap())
}

fn texts(connection: &mut Connection, sql: &str) -> Vec<String> {
    let text = |row: Vec<Value>| match &row[..] {
        [Value::Text(text)] => text.clone(),
        other => panic!("{other:?}"),
    };
    loose::rows(connection, sql).unwrap().into_iter().map(text).collect()
}

#[test]
fn every_column_of_the_schema_is_carried_or_left_out_with_a_reason() {
    let (_dir, mut connection) = empty();
    let tables = texts(
        &mut connection,
        "SELECT name FROM sqlite_schema WHERE type = 'table'
             AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'",
    );
    let mut stored = BTreeSet::new();
    for table in tables {
        if LEFT_OUT.iter().any(|(name, _)| *name == table) {
            continue;
        }
        for column in
            texts(&mut connection, &format!("SELECT name FROM pragma_table_info('{table}')"))
        {
            stored.insert(format!("{table}.{column}"));
        }
    }
    let mut told = BTreeSet::new();
    for table in TABLES {
        for column in table.columns {
            let name = match (column.is_beside, table.beside) {
                (true, Some((beside, _))) => beside,
                _ => table.name,
            };
            assert!(told.insert(format!("{name}.{}", column.name)), "{name}.{} twice", column.name);
        }
    }
    let left_out = LEFT_OUT.iter().map(|(name, _)| *name).filter(|name| name.contains('.'));
    told.extend(left_out.map(str::to_owned));
    let forgotten: Vec<_> = stored.difference(&told).collect();
    let invented: Vec<_> = told.difference(&stored).collect();
    assert!(
        forgotten.is_empty() && invented.is_empty(),
        "put into portable/tables.rs, or into LEFT_OUT with the reason: {forgotten:?}; \
         there is no such column: {invented:?}"
    );
}

#[test]
fn a_column_may_be_absent_where_it_may_hold_nothing() {
    let (_dir, mut connection) = empty();
    for table in TABLES {
        for column in table.columns {
            let name = if column.is_beside { table.beside.unwrap().0 } else { table.name };
            let sql = format!(
                "SELECT \"notnull\" FROM pragma_table_info('{name}') WHERE name = '{}'",
                column.name
            );
            let must_be = loose::number(&mut connection, &sql).unwrap() == 1;
            assert_eq!(
                column.absent != super::Absent::Null,
                must_be,
                "{name}.{}: opt(…) is for columns that may be NULL, and only those",
                column.name
            );
        }
    }
}

#[test]
fn kinds_and_fields_are_called_differently() {
    let kinds: BTreeSet<_> = TABLES.iter().map(|table| table.kind).collect();
    assert_eq!(kinds.len(), TABLES.len());
    for table in TABLES {
        let fields: BTreeSet<_> = table.columns.iter().map(|column| column.field).collect();
        assert_eq!(fields.len(), table.columns.len(), "{}", table.kind);
        assert!(!fields.contains("kind"), "{}: kind is what a line is", table.kind);
        assert_eq!(Table::of_kind(table.kind).unwrap().name, table.name);
        for column in table.columns {
            if let super::Absent::Like(field) = column.absent {
                let like = table.columns.iter().find(|column| column.field == field);
                assert_eq!(like.unwrap().absent, super::Absent::Refused, "{}", column.field);
            }
        }
        assert!(table.key.iter().all(|key| table.position(key).is_some()), "{}", table.kind);
    }
}

#[test]
fn fields_of_a_group_follow_each_other() {
    for table in TABLES {
        let mut seen = Vec::new();
        for column in table.columns {
            let group = column.field.split_once('.').map_or(column.field, |(group, _)| group);
            if seen.last() != Some(&group) {
                assert!(!seen.contains(&group), "{}.{}", table.kind, column.field);
                seen.push(group);
            }
        }
    }
}
