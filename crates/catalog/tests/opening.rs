//! Opening, refusing, backing up: what happens to the file of a SQLite catalog.

#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use kalends_catalog::{BackupError, Catalog, CatalogError, OpenError, User};
use kalends_model::UserId;

const NOW: i64 = 1_700_000_000_000_000;

fn user(number: u8) -> User {
    let email = format!("user{number}@example.org");
    User::new(UserId::from_random([number; 16]), &email, "User", NOW + i64::from(number))
}

fn add(catalog: &Catalog, number: u8) {
    catalog.write(NOW, &|_| false, |writer| writer.create_user(&user(number), None)).unwrap();
}

fn users(catalog: &Catalog) -> usize {
    catalog.read(|reader| reader.users()).unwrap().len()
}

/// A catalog with one user, closed.
fn written(dir: &Path) -> std::path::PathBuf {
    let catalog = Catalog::open(dir, NOW).unwrap();
    add(&catalog, 1);
    catalog.path().to_owned()
}

#[test]
fn a_folder_is_made_and_its_catalog_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("new").join("folder");
    written(&dir);
    let catalog = Catalog::open(&dir, NOW + 9).unwrap();
    assert_eq!(users(&catalog), 1);
    assert_eq!(catalog.read(|reader| reader.first_start()).unwrap(), NOW);
}

#[test]
fn a_dropped_transaction_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = written(dir.path());
    let mut killed = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    killed.batch_execute("BEGIN IMMEDIATE; DELETE FROM users; DELETE FROM settings").unwrap();
    drop(killed);
    assert_eq!(users(&Catalog::open(dir.path(), NOW).unwrap()), 1);
}

#[test]
fn a_copy_of_the_files_while_open_is_a_catalog() {
    // What a killed process leaves: the database and its log, not yet written back.
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(dir.path(), NOW).unwrap();
    add(&catalog, 1);
    let after = tempfile::tempdir().unwrap();
    for name in ["catalog.sqlite", "catalog.sqlite-wal"] {
        fs::copy(dir.path().join(name), after.path().join(name)).unwrap();
    }
    drop(catalog);
    assert_eq!(users(&Catalog::open(after.path(), NOW).unwrap()), 1);
}

#[test]
fn a_newer_schema_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = written(dir.path());
    let mut later = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let step = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    later.batch_execute(step).unwrap();
    drop(later);
    let refused = Catalog::open(dir.path(), NOW).unwrap_err();
    let OpenError::Newer { found, known, .. } = &refused else { panic!("{refused:?}") };
    assert_eq!(found, "9999");
    assert!(known.as_str() >= "0003" && known < found, "{known}");
    assert!(refused.to_string().contains("start that version"));
}

#[test]
fn what_is_no_database_is_refused() {
    for bytes in [&b"not a database"[..], &[0xff; 8_192], b"SQLite format 3\0"] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("catalog.sqlite"), bytes).unwrap();
        let refused = Catalog::open(dir.path(), NOW).unwrap_err();
        assert!(matches!(refused, OpenError::Damaged { .. }), "{refused:?}");
        assert!(refused.to_string().contains("restore a backup"));
        assert_eq!(fs::read(dir.path().join("catalog.sqlite")).unwrap(), bytes, "left as it was");
    }
}

#[test]
fn a_truncated_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = written(dir.path());
    let whole = fs::read(&path).unwrap();
    for length in [50, 100, 4_096, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        let refused = Catalog::open(dir.path(), NOW).unwrap_err();
        assert!(matches!(refused, OpenError::Damaged { .. }), "{length} bytes: {refused:?}");
    }
}

#[test]
fn a_database_with_foreign_pages_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = written(dir.path());
    let whole = fs::read(&path).unwrap();
    // The header stands, everything else is noise.
    let mut damaged = whole.clone();
    damaged[100..].iter_mut().enumerate().for_each(|(at, byte)| *byte = (at * 31 + 7) as u8);
    fs::write(&path, damaged).unwrap();
    let refused = Catalog::open(dir.path(), NOW).unwrap_err();
    assert!(matches!(refused, OpenError::Damaged { .. }), "{refused:?}");
}

#[test]
fn a_backup_made_while_writing_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(dir.path(), NOW).unwrap();
    add(&catalog, 1);
    let to = dir.path().join("backup.sqlite");
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 2..250 {
                add(&catalog, number);
                if is_done.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        catalog.back_up(&to).unwrap();
        is_done.store(true, Ordering::Relaxed);
    });
    let restored = tempfile::tempdir().unwrap();
    fs::copy(&to, restored.path().join("catalog.sqlite")).unwrap();
    let restored = Catalog::open(restored.path(), NOW).unwrap();
    let kept = restored.read(|reader| reader.users()).unwrap();
    let all = catalog.read(|reader| reader.users()).unwrap();
    assert!(!kept.is_empty() && kept.len() <= all.len());
    assert_eq!(kept, all[..kept.len()], "a moment of the history");
    catalog.back_up(&dir.path().join("again.sqlite")).unwrap();
}

#[test]
fn a_backup_is_restored_where_there_is_no_catalog() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&dir.path().join("old"), NOW).unwrap();
    add(&catalog, 1);
    let backup = dir.path().join("backup.sqlite");
    catalog.back_up(&backup).unwrap();
    let new = dir.path().join("new");
    fs::create_dir(&new).unwrap();
    fs::write(new.join("catalog.sqlite-wal"), b"of another database").unwrap();
    Catalog::restore(&backup, &new).unwrap();
    assert_eq!(users(&Catalog::open(&new, NOW).unwrap()), 1);
    assert!(matches!(Catalog::restore(&backup, &new), Err(OpenError::Exists(_))));

    let whole = fs::read(&backup).unwrap();
    for damaged in [&b""[..], b"no backup", &whole[..whole.len() / 2]] {
        fs::write(&backup, damaged).unwrap();
        let nowhere = dir.path().join("nowhere");
        let refused = Catalog::restore(&backup, &nowhere).unwrap_err();
        assert!(matches!(refused, OpenError::Damaged { .. }), "{refused:?}");
        assert!(!nowhere.join("catalog.sqlite").exists());
    }
}

#[test]
fn a_backup_never_overwrites() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(dir.path(), NOW).unwrap();
    let to = dir.path().join("backup.sqlite");
    fs::write(&to, b"precious").unwrap();
    assert!(matches!(catalog.back_up(&to), Err(BackupError::Exists(_))));
    assert_eq!(fs::read(&to).unwrap(), b"precious");
    assert!(matches!(catalog.back_up(catalog.path()), Err(BackupError::Exists(_))));
}

#[test]
fn readers_see_one_moment_while_others_write() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(dir.path(), NOW).unwrap();
    add(&catalog, 1);
    let seen = catalog.read(|reader| {
        let before = reader.users()?.len();
        add(&catalog, 2);
        Ok::<_, CatalogError>((before, reader.users()?.len()))
    });
    assert_eq!(seen.unwrap(), (1, 1));
    assert_eq!(users(&catalog), 2);
}

#[test]
fn many_readers_at_once_are_served() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(dir.path(), NOW).unwrap();
    add(&catalog, 1);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| (0..20).for_each(|_| assert_eq!(users(&catalog), 1)));
        }
    });
}

#[test]
fn a_look_sees_one_moment_beside_a_writer_and_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let nothing = Catalog::look(dir.path(), |reader| reader.users()).unwrap_err();
    assert!(matches!(nothing, OpenError::Missing(_)), "{nothing:?}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);

    let catalog = Catalog::open(dir.path(), NOW).unwrap();
    add(&catalog, 1);
    let seen = Catalog::look(dir.path(), |reader| {
        let before = reader.users()?.len();
        add(&catalog, 2);
        Ok((before, reader.users()?.len()))
    });
    assert_eq!(seen.unwrap().unwrap(), (1, 1));
    drop(catalog);

    let path = dir.path().join("catalog.sqlite");
    let mut other = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let step = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    other.batch_execute(step).unwrap();
    drop(other);
    let refused = Catalog::look(dir.path(), |reader| reader.users()).unwrap_err();
    assert!(matches!(refused, OpenError::Differs { .. }), "{refused:?}");
}
