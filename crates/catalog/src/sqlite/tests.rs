//! Migrations, and that the schema in the code is the schema of the database.

use diesel::migration::{MigrationMetadata, MigrationName, Result as MigrationResult};

use super::*;
use crate::Catalog;

/// A later step than any there is, or one that fails.
struct Step {
    version: &'static str,
    sql: &'static str,
}

struct StepMetadata;

impl MigrationMetadata for StepMetadata {
    fn run_in_transaction(&self) -> bool {
        true
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.version)
    }
}

impl MigrationName for Step {
    fn version(&self) -> MigrationVersion<'_> {
        MigrationVersion::from(self.version)
    }
}

impl Migration<Sqlite> for Step {
    fn run(
        &self,
        connection: &mut dyn diesel::connection::BoxableConnection<Sqlite>,
    ) -> MigrationResult<()> {
        Ok(connection.batch_execute(self.sql)?)
    }

    fn revert(
        &self,
        _: &mut dyn diesel::connection::BoxableConnection<Sqlite>,
    ) -> MigrationResult<()> {
        Ok(())
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        &StepMetadata
    }

    fn name(&self) -> &dyn MigrationName {
        self
    }
}

/// Today's migrations and one that a later version will have.
struct Later(&'static str);

impl MigrationSource<Sqlite> for Later {
    fn migrations(&self) -> MigrationResult<Vec<Box<dyn Migration<Sqlite>>>> {
        let mut steps = MIGRATIONS.migrations()?;
        steps.push(Box::new(Step { version: "9000", sql: self.0 }));
        Ok(steps)
    }
}

/// The first `count` of today's migrations, as an earlier version had them.
struct First(usize);

impl MigrationSource<Sqlite> for First {
    fn migrations(&self) -> MigrationResult<Vec<Box<dyn Migration<Sqlite>>>> {
        let mut steps = MIGRATIONS.migrations()?;
        steps.sort_unstable_by_key(|step| step.name().version().as_owned());
        steps.truncate(self.0);
        Ok(steps)
    }
}

/// What the copy is called that is kept of a database with today's schema.
fn copy_name() -> String {
    let steps: Vec<Box<dyn Migration<Sqlite>>> = MIGRATIONS.migrations().unwrap();
    let newest = steps.iter().map(|step| step.name().version().as_owned()).max().unwrap();
    format!("catalog-{newest}.sqlite")
}

fn setting(dir: &Path) -> Option<String> {
    let catalog = Catalog::open(dir, 1).unwrap();
    catalog.read(|reader| reader.setting("colour")).unwrap()
}

fn written(dir: &Path) {
    let catalog = Catalog::open(dir, 1).unwrap();
    catalog.write(1, &|_| false, |writer| writer.set_setting("colour", "red")).unwrap();
}

#[test]
fn a_copy_is_kept_before_a_migration() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    let later = Later("UPDATE settings SET value = 'blue' WHERE key = 'colour'");
    let migrated = Catalog::open_with(dir.path(), 2, &later).unwrap();
    let colour = migrated.read(|reader| reader.setting("colour")).unwrap();
    assert_eq!(colour.as_deref(), Some("blue"));
    drop(migrated);
    assert!(matches!(Catalog::open(dir.path(), 3), Err(OpenError::Newer { .. })));

    let old = tempfile::tempdir().unwrap();
    let copy = dir.path().join(copy_name());
    std::fs::copy(copy, old.path().join("catalog.sqlite")).unwrap();
    assert_eq!(setting(old.path()).as_deref(), Some("red"), "the copy is as it was before");
}

#[test]
fn no_copy_is_kept_where_nothing_migrates() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    written(dir.path());
    let names = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().starts_with("catalog-")));
}

#[test]
fn a_failing_migration_leaves_the_schema_and_the_copy() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    let broken = Later("UPDATE settings SET value = 'blue'; SELECT nonsense");
    for _ in 0..2 {
        let failed = Catalog::open_with(dir.path(), 2, &broken);
        assert!(matches!(failed, Err(OpenError::Migration { .. })), "{failed:?}");
    }
    assert!(dir.path().join(copy_name()).exists());
    assert_eq!(setting(dir.path()).as_deref(), Some("red"));
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_required: bool,
}

/// The columns of a table as `table!` would list them.
fn columns(connection: &mut Connection, table: &str) -> Vec<String> {
    let query = format!(
        "SELECT name, type AS kind, \"notnull\" AS is_required FROM pragma_table_info('{table}')"
    );
    let columns = diesel::sql_query(query).load::<Column>(connection).unwrap();
    let described = columns.into_iter().map(|column| {
        let kind = match column.kind.as_str() {
            "BLOB" => "Binary",
            "TEXT" => "Text",
            "BIGINT" => "BigInt",
            "INTEGER" => "Integer",
            "BOOLEAN" => "Bool",
            "DOUBLE" => "Double",
            other => panic!("{table}.{} is {other}", column.name),
        };
        let kind = if column.is_required { kind.to_owned() } else { format!("Nullable<{kind}>") };
        format!("{} -> {kind}", column.name)
    });
    described.collect()
}

#[test]
fn the_code_knows_the_schema_of_the_migrations() {
    let dir = tempfile::tempdir().unwrap();
    let path = prepare(dir.path(), &MIGRATIONS).unwrap();
    let mut connection = connect(&path).unwrap();
    let mut tables = 0;
    for part in include_str!("../schema.rs").split("diesel::table! {").skip(1) {
        let (head, rest) = part.split_once('{').unwrap();
        let table = head.split_whitespace().next().unwrap();
        let listed = rest.split_once('}').unwrap().0.lines().map(str::trim);
        let listed: Vec<_> =
            listed.filter(|line| !line.is_empty()).map(|line| line.trim_end_matches(',')).collect();
        assert_eq!(listed, columns(&mut connection, table), "table {table}");
        tables += 1;
    }
    let made = diesel::sql_query(
        "SELECT name AS line FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_\\_%' \
         ESCAPE '\\'",
    );
    assert_eq!(made.load::<Line>(&mut connection).unwrap().len(), tables);
}

#[test]
fn a_connection_is_set_up_as_the_module_says() {
    let dir = tempfile::tempdir().unwrap();
    let path = prepare(dir.path(), &MIGRATIONS).unwrap();
    let mut connection = connect(&path).unwrap();
    for (pragma, expected) in [("foreign_keys", "1"), ("journal_mode", "wal"), ("synchronous", "1")]
    {
        assert_eq!(pragma_of(&mut connection, pragma), expected, "{pragma}");
    }
}

fn pragma_of(connection: &mut Connection, pragma: &str) -> String {
    let query = format!("SELECT CAST({pragma} AS TEXT) AS line FROM pragma_{pragma}");
    diesel::sql_query(query).load::<Line>(connection).unwrap().remove(0).line
}

#[test]
fn a_durable_write_syncs_its_commit_and_the_next_one_does_not() {
    const FULL: &str = "2";
    const NORMAL: &str = "1";
    let dir = tempfile::tempdir().unwrap();
    let catalog = crate::Catalog::open(dir.path(), 1).unwrap();
    let of_a_write = |is_durable: bool, fails: bool| {
        let mut seen = String::new();
        let look = |writer: &mut crate::Writer<'_>| {
            seen = pragma_of(writer.reader.connection, "synchronous");
            if fails { Err(CatalogError::NotFound("asset")) } else { Ok(()) }
        };
        let written = match is_durable {
            true => catalog.write_durably(1, &|_| false, look),
            false => catalog.write(1, &|_| false, look),
        };
        assert_eq!(written.is_err(), fails);
        seen
    };
    assert_eq!(of_a_write(true, false), FULL);
    assert_eq!(of_a_write(false, false), NORMAL);
    assert_eq!(of_a_write(true, true), FULL);
    assert_eq!(of_a_write(false, false), NORMAL);
}

/// A catalog of the first schema with a user whose two libraries hold a file each: uploads, and a
/// folder. Their names are those of the folder and of the file in it.
fn with_two_libraries(dir: &Path, folder: &str) {
    let path = prepare(dir, &First(1)).unwrap();
    let mut connection = connect(&path).unwrap();
    let statements = format!(
        "INSERT INTO users (id, email, name, is_admin, should_change_password, created_at)
             VALUES (x'{ALICE}', 'a@b', 'A', FALSE, FALSE, 1);
         INSERT INTO libraries (owner, id, name, folder, created_at)
             VALUES (x'{ALICE}', x'{UPLOADS}', 'Uploads', NULL, 5),
                    (x'{ALICE}', x'{DISK}', 'Disk', x'{folder}', 6);
         INSERT INTO assets
             (owner, id, library, kind, visibility, is_favorite, local, date_source, width, height)
             VALUES (x'{ALICE}', x'{UPLOADS}', x'{UPLOADS}', 'image', 'timeline', FALSE, 1, 'file-time', 1, 1),
                    (x'{ALICE}', x'{DISK}', x'{DISK}', 'image', 'timeline', FALSE, 1, 'file-time', 1, 1);
         INSERT INTO files (owner, library, path, asset, role, size, mtime_ns)
             VALUES (x'{ALICE}', x'{UPLOADS}', x'612e6a7067', x'{UPLOADS}', 'original', 1, 1),
                    (x'{ALICE}', x'{DISK}', x'61e9ff2e6a7067', x'{DISK}', 'original', 1, 1);
         INSERT INTO problems (owner, library, path, reason, seen_at)
             VALUES (x'{ALICE}', x'{DISK}', x'', 'denied', 1), (x'{ALICE}', x'{DISK}', x'62', 'empty', 1);"
    );
    connection.batch_execute(&statements).unwrap();
}

const ALICE: &str = "0a00000000004000800000000000000a";
const UPLOADS: &str = "0b00000000004000800000000000000b";
const DISK: &str = "0c00000000004000800000000000000c";

#[test]
fn the_folder_of_a_library_becomes_the_first_of_several_and_its_paths_whole() {
    use kalends_model::{LibraryId, UserId};
    for (name, folder, file) in
        [("2f6df0", &b"/m\xf0"[..], &b"/m\xf0/a\xe9\xff.jpg"[..]), ("2f", b"/", b"/a\xe9\xff.jpg")]
    {
        let dir = tempfile::tempdir().unwrap();
        with_two_libraries(dir.path(), name);
        let catalog = Catalog::open(dir.path(), 9).unwrap();
        let id = |byte: u8| [byte, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, byte];
        let alice = UserId::from_bytes(id(0x0a));
        let [uploads, disk] = catalog
            .read(|reader| reader.libraries_of(alice))
            .unwrap()
            .try_into()
            .expect("two libraries");
        assert_eq!((uploads.import(), uploads.updated_at), (None, 5));
        assert_eq!(disk.import(), Some(&crate::Import::of(folder.to_vec())));
        let files = |library: LibraryId| -> Vec<Vec<u8>> {
            let files = catalog.read(|reader| reader.files_of_library(alice, library));
            files.unwrap().into_keys().collect()
        };
        assert_eq!(files(disk.id), [file.to_vec()]);
        assert_eq!(files(uploads.id), [b"a.jpg".to_vec()]);
        let problems = catalog.read(|reader| reader.problems_of(alice, disk.id, 9)).unwrap();
        let paths: Vec<Vec<u8>> = problems.into_iter().map(|problem| problem.path).collect();
        let last = if folder == b"/" { b"/b".to_vec() } else { [folder, b"/b"].concat() };
        assert_eq!(paths, [folder.to_vec(), last]);
    }
}
