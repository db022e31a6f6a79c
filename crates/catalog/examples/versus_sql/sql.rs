//! The plain alternative: the same rows in SQLite, with every index that helps one of the questions.
//!
//! It is given every advantage that is to be had. The database lies in memory, so nothing is ever
//! read from a disk. Keys are small integers instead of 16-byte ids, the month of each row is worked
//! out beforehand, the rows of a month lie side by side, statements are prepared once, and the
//! planner has its statistics.

use std::collections::HashMap;
use std::marker::PhantomData;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text};
use diesel::sqlite::Sqlite;
use kalends_model::{AssetRow, Month};

use crate::library::{Library, album, person, tag};

/// What is asked about. The covering index is `asset_timeline`; the membership tables are their own
/// indexes, by key and then by asset.
const TABLES: &str = "
CREATE TABLE asset (
    id INTEGER PRIMARY KEY,
    uuid BLOB NOT NULL,
    owner INTEGER NOT NULL,
    trashed BOOLEAN NOT NULL,
    visibility INTEGER NOT NULL,
    month INTEGER NOT NULL,
    local BIGINT NOT NULL,
    instant BIGINT NOT NULL,
    kind INTEGER NOT NULL,
    favorite BOOLEAN NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    duration_ms BIGINT,
    thumbhash BLOB,
    live_video BLOB,
    projection TEXT,
    latitude DOUBLE,
    longitude DOUBLE,
    city TEXT,
    country TEXT,
    stack_count INTEGER
);
CREATE TABLE membership (
    kind INTEGER NOT NULL,
    key INTEGER NOT NULL,
    asset INTEGER NOT NULL,
    PRIMARY KEY (kind, key, asset)
) WITHOUT ROWID;
";

const INDEXES: &str = "
CREATE INDEX asset_timeline ON asset (owner, trashed, visibility, month);
CREATE INDEX asset_favorites ON asset (owner, trashed, visibility, month) WHERE favorite = 1;
CREATE INDEX asset_places ON asset (owner, latitude, longitude, trashed, visibility, month)
    WHERE latitude IS NOT NULL;
CREATE INDEX asset_placed ON asset (owner, trashed, visibility, month, latitude, longitude)
    WHERE latitude IS NOT NULL;
CREATE VIRTUAL TABLE place USING rtree(id, west, east, south, north);
INSERT INTO place
    SELECT id, longitude, longitude, latitude, latitude FROM asset WHERE latitude IS NOT NULL;
CREATE TABLE summary (
    owner INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    key INTEGER NOT NULL,
    trashed BOOLEAN NOT NULL,
    visibility INTEGER NOT NULL,
    month INTEGER NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (owner, kind, key, trashed, visibility, month)
) WITHOUT ROWID;
INSERT INTO summary
    SELECT owner, 0, 0, trashed, visibility, month, COUNT(*) FROM asset
    GROUP BY owner, trashed, visibility, month;
INSERT INTO summary
    SELECT owner, 1, 0, trashed, visibility, month, COUNT(*) FROM asset WHERE favorite = 1
    GROUP BY owner, trashed, visibility, month;
INSERT INTO summary
    SELECT owner, m.kind, m.key, trashed, visibility, month, COUNT(*)
    FROM membership m JOIN asset ON asset.id = m.asset
    GROUP BY owner, m.kind, m.key, trashed, visibility, month;
ANALYZE;
";

/// What kinds of keys there are, in `membership` and in `summary`. There, 0 stands for all assets
/// and 1 for favourites.
pub(crate) const ALBUM: i32 = 2;
pub(crate) const PERSON: i32 = 3;
pub(crate) const TAG: i32 = 4;

diesel::table! {
    asset (id) {
        id -> BigInt,
        uuid -> Binary,
        owner -> Integer,
        trashed -> Bool,
        visibility -> Integer,
        month -> Integer,
        local -> BigInt,
        instant -> BigInt,
        kind -> Integer,
        favorite -> Bool,
        width -> Integer,
        height -> Integer,
        duration_ms -> Nullable<BigInt>,
        thumbhash -> Nullable<Binary>,
        live_video -> Nullable<Binary>,
        projection -> Nullable<Text>,
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
        city -> Nullable<Text>,
        country -> Nullable<Text>,
        stack_count -> Nullable<Integer>,
    }
}

diesel::table! {
    membership (kind, key, asset) {
        kind -> Integer,
        key -> Integer,
        asset -> BigInt,
    }
}

#[derive(Insertable)]
#[diesel(table_name = asset)]
#[diesel(treat_none_as_default_value = false)]
struct StoredRow<'a> {
    id: i64,
    uuid: &'a [u8],
    owner: i32,
    trashed: bool,
    visibility: i32,
    month: i32,
    local: i64,
    instant: i64,
    kind: i32,
    favorite: bool,
    width: i32,
    height: i32,
    duration_ms: Option<i64>,
    thumbhash: Option<&'a [u8]>,
    live_video: Option<&'a [u8]>,
    projection: Option<&'a str>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    city: Option<&'a str>,
    country: Option<&'a str>,
    stack_count: Option<i32>,
}

impl<'a> StoredRow<'a> {
    fn new(id: i64, row: &'a AssetRow) -> Self {
        Self {
            id,
            uuid: row.id.bytes(),
            owner: 0,
            trashed: row.is_in_trash(),
            visibility: row.visibility as i32,
            month: row.capture.local.month().index(),
            local: row.capture.local.micros(),
            instant: row.capture.instant().micros(),
            kind: row.kind as i32,
            favorite: row.is_favorite,
            width: row.width as i32,
            height: row.height as i32,
            duration_ms: row.duration_ms.map(|millis| millis as i64),
            thumbhash: row.thumbhash.as_deref(),
            live_video: row.live_video.as_ref().map(|id| id.bytes().as_slice()),
            projection: row.projection.as_deref(),
            latitude: row.place.map(|place| place.latitude),
            longitude: row.place.map(|place| place.longitude),
            city: row.city.as_deref(),
            country: row.country.as_deref(),
            stack_count: row.stack.map(|stack| stack.timeline_count as i32),
        }
    }
}

/// A statement whose text is all there is to it, prepared once and then kept.
#[derive(Clone, Copy)]
struct Asked<'a, Types> {
    sql: &'a str,
    types: PhantomData<Types>,
}

impl<'a, Types> Asked<'a, Types> {
    fn new(sql: &'a str) -> Self {
        Self { sql, types: PhantomData }
    }
}

impl<Types> QueryFragment<Sqlite> for Asked<'_, Types> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(self.sql);
        Ok(())
    }
}

impl<Types> QueryId for Asked<'_, Types> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Types> Query for Asked<'_, Types> {
    type SqlType = Types;
}

impl<Types> RunQueryDsl<SqliteConnection> for Asked<'_, Types> {}

/// The columns that a bucket's answer shows.
pub(crate) const SHOWN: &str = "uuid, owner, local, instant, favorite, trashed, visibility, kind, \
    width, height, duration_ms, thumbhash, live_video, projection, city, country, stack_count";

type ShownTypes = (
    Binary,
    Integer,
    BigInt,
    BigInt,
    Bool,
    Bool,
    Integer,
    Integer,
    Integer,
    Integer,
    Nullable<BigInt>,
    Nullable<Binary>,
    Nullable<Binary>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Integer>,
);

/// One row of a bucket's answer.
pub(crate) type Shown = (
    Vec<u8>,
    i32,
    i64,
    i64,
    bool,
    bool,
    i32,
    i32,
    i32,
    i32,
    Option<i64>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i32>,
);

/// The database.
pub(crate) struct Alternative {
    connection: SqliteConnection,
}

impl Alternative {
    /// The library's rows, put in, indexed and summed up.
    pub(crate) fn new(library: &Library) -> Result<Self, Box<dyn std::error::Error>> {
        let mut connection = SqliteConnection::establish(":memory:")?;
        connection.batch_execute("PRAGMA temp_store = MEMORY;")?;
        connection.batch_execute(TABLES)?;
        connection.transaction(|connection| fill(connection, library))?;
        connection.batch_execute(INDEXES)?;
        Ok(Self { connection })
    }

    /// Month and count, in the order of the statement.
    pub(crate) fn counts(&mut self, sql: &str) -> QueryResult<Vec<(i32, i64)>> {
        Asked::<(Integer, BigInt)>::new(sql).load(&mut self.connection)
    }

    /// How SQLite goes about it, a line for each step.
    pub(crate) fn plan(&mut self, sql: &str) -> QueryResult<Vec<String>> {
        let sql = format!("EXPLAIN QUERY PLAN {sql}");
        let steps = Asked::<(Integer, Integer, Integer, Text)>::new(&sql)
            .load::<(i32, i32, i32, String)>(&mut self.connection)?;
        Ok(steps.into_iter().map(|step| step.3).collect())
    }

    /// The rows of a bucket.
    pub(crate) fn rows(&mut self, sql: &str) -> QueryResult<Vec<Shown>> {
        Asked::<ShownTypes>::new(sql).load(&mut self.connection)
    }
}

fn fill(connection: &mut SqliteConnection, library: &Library) -> QueryResult<()> {
    let albums: HashMap<_, i32> = (0..500).map(|n| (album(n), n as i32)).collect();
    let people: HashMap<_, i32> = (0..3_000).map(|n| (person(n), n as i32)).collect();
    let tags: HashMap<_, i32> = (0..2_000).map(|n| (tag(n), n as i32)).collect();
    for (row, id) in library.rows().zip(1_i64..) {
        diesel::insert_into(asset::table).values(StoredRow::new(id, &row)).execute(connection)?;
        let of_albums = row.albums.iter().map(|key| (ALBUM, albums[key]));
        let of_people = row.people.iter().map(|key| (PERSON, people[key]));
        let of_tags = row.tags.iter().map(|key| (TAG, tags[key]));
        for (kind, key) in of_albums.chain(of_people).chain(of_tags) {
            let columns = (membership::kind, membership::key, membership::asset);
            diesel::insert_into(membership::table)
                .values((columns.0.eq(kind), columns.1.eq(key), columns.2.eq(id)))
                .execute(connection)?;
        }
    }
    Ok(())
}

/// What every question has in common: what both APIs show when nothing is said of it.
const SHOWN_BY_DEFAULT: &str = "owner = 0 AND trashed = 0 AND visibility IN (0, 1)";

/// Counts of the assets that also pass `more`.
pub(crate) fn counts_where(more: &str) -> String {
    format!(
        "SELECT month, COUNT(*) FROM asset WHERE {SHOWN_BY_DEFAULT}{more} \
         GROUP BY month ORDER BY month DESC"
    )
}

/// The same, each visibility for itself. Within one, the index holds the months in order, so that
/// nothing has to be sorted.
pub(crate) fn counts_by_visibility(index: &str, more: &str) -> String {
    let of = |visibility: i32| {
        format!(
            "SELECT month, COUNT(*) AS count FROM asset INDEXED BY {index} \
             WHERE owner = 0 AND trashed = 0 AND visibility = {visibility}{more} GROUP BY month"
        )
    };
    format!(
        "SELECT month, SUM(count) FROM ({} UNION ALL {}) GROUP BY month ORDER BY month DESC",
        of(0),
        of(1)
    )
}

/// Counts of the assets that have a key, by way of its memberships.
pub(crate) fn counts_of_key(kind: i32, key: i32) -> String {
    format!(
        "SELECT month, COUNT(*) FROM membership m JOIN asset ON asset.id = m.asset \
         WHERE m.kind = {kind} AND m.key = {key} AND {SHOWN_BY_DEFAULT} \
         GROUP BY month ORDER BY month DESC"
    )
}

/// The same, from the counts that were made beforehand.
pub(crate) fn counts_of_summary(kind: i32, key: i32) -> String {
    format!(
        "SELECT month, SUM(count) FROM summary \
         WHERE kind = {kind} AND key = {key} AND {SHOWN_BY_DEFAULT} \
         GROUP BY month ORDER BY month DESC"
    )
}

/// Counts of the assets with both persons and without the tag, taken between two wall clocks.
pub(crate) fn counts_combined(people: [i32; 2], tag: i32, after: i64, before: i64) -> String {
    let [one, other] = people;
    format!(
        "SELECT month, COUNT(*) FROM membership m JOIN asset ON asset.id = m.asset \
         WHERE m.kind = {PERSON} AND m.key = {one} AND {SHOWN_BY_DEFAULT} \
         AND EXISTS (SELECT 1 FROM membership o \
             WHERE o.kind = {PERSON} AND o.key = {other} AND o.asset = m.asset) \
         AND NOT EXISTS (SELECT 1 FROM membership t \
             WHERE t.kind = {TAG} AND t.key = {tag} AND t.asset = m.asset) \
         AND local > {after} AND local < {before} \
         GROUP BY month ORDER BY month DESC"
    )
}

/// Counts of the assets in a box, found by the R*Tree, which rounds, and then tested. `CROSS` says
/// that the tree is searched first.
pub(crate) fn counts_by_tree(edges: &str, exact: &str) -> String {
    format!(
        "SELECT month, COUNT(*) FROM place CROSS JOIN asset ON asset.id = place.id \
         WHERE {edges} AND {SHOWN_BY_DEFAULT}{exact} GROUP BY month ORDER BY month DESC"
    )
}

/// The rows of a month, in the order of both APIs.
pub(crate) fn rows_of_month(month: Month) -> String {
    format!(
        "SELECT {SHOWN} FROM asset WHERE {SHOWN_BY_DEFAULT} AND month = {} \
         ORDER BY local / 86400000000 DESC, instant DESC, uuid DESC",
        month.index()
    )
}
