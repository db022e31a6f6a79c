//! Rows whose columns are known only when the program runs: what an export reads, and what an import
//! writes and checks. Everything else in this crate goes by typed queries.

use diesel::connection::DefaultLoadingMode;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::row::{Field as _, NamedRow};
use diesel::sql_types::{BigInt, Binary, Double, Nullable, Text};
use diesel::sqlite::{Sqlite, SqliteType};

use super::Connection;
use crate::error::CatalogError;
use crate::portable::Value;

struct LooseRow(Vec<Value>);

impl QueryableByName<Sqlite> for LooseRow {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> deserialize::Result<Self> {
        let mut values = Vec::with_capacity(row.field_count());
        for at in 0..row.field_count() {
            let field =
                diesel::row::Row::get(row, at).ok_or("a row ends before its last column")?;
            let Some(value) = field.value() else {
                values.push(Value::Null);
                continue;
            };
            values.push(match value.value_type() {
                None => Value::Null,
                Some(SqliteType::Binary) => {
                    Value::Bytes(<Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?)
                }
                Some(SqliteType::Text) => {
                    Value::Text(<String as FromSql<Text, Sqlite>>::from_sql(value)?)
                }
                Some(SqliteType::Float | SqliteType::Double) => {
                    Value::Real(<f64 as FromSql<Double, Sqlite>>::from_sql(value)?)
                }
                Some(SqliteType::SmallInt | SqliteType::Integer | SqliteType::Long) => {
                    Value::Integer(<i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?)
                }
            });
        }
        Ok(Self(values))
    }
}

/// Runs the query and hands each row to `each` as it comes.
pub(crate) fn for_each_row(
    connection: &mut Connection,
    sql: &str,
    each: &mut dyn FnMut(&[Value]) -> Result<(), CatalogError>,
) -> Result<(), CatalogError> {
    let rows = diesel::sql_query(sql).load_iter::<LooseRow, DefaultLoadingMode>(connection)?;
    for row in rows {
        each(&row?.0)?;
    }
    Ok(())
}

/// The rows of a query that has few.
pub(crate) fn rows(
    connection: &mut Connection,
    sql: &str,
) -> Result<Vec<Vec<Value>>, CatalogError> {
    let mut found = Vec::new();
    for_each_row(connection, sql, &mut |row| {
        found.push(row.to_vec());
        Ok(())
    })?;
    Ok(found)
}

/// The one number that a query answers.
pub(crate) fn number(connection: &mut Connection, sql: &str) -> Result<i64, CatalogError> {
    match rows(connection, sql)?.first().map(Vec::as_slice) {
        Some([Value::Integer(number)]) => Ok(*number),
        _ => Err(CatalogError::contradiction("a query", "it should answer one number")),
    }
}

/// Runs a statement with these values in the place of its question marks.
pub(crate) fn execute<'v>(
    connection: &mut Connection,
    sql: String,
    values: impl IntoIterator<Item = &'v Value>,
) -> QueryResult<usize> {
    let mut query: BoxedSqlQuery<'_, Sqlite, SqlQuery> = diesel::sql_query(sql).into_boxed();
    for value in values {
        query = match value {
            Value::Null => query.bind::<Nullable<BigInt>, _>(None::<i64>),
            Value::Integer(number) => query.bind::<BigInt, _>(*number),
            Value::Real(number) => query.bind::<Double, _>(*number),
            Value::Text(text) => query.bind::<Text, _>(text.as_str()),
            Value::Bytes(bytes) => query.bind::<Binary, _>(bytes.as_slice()),
        };
    }
    query.execute(connection)
}
