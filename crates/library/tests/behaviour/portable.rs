//! Exports and imports: nothing is lost, nothing is half done.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use kalends_catalog::portable::{Column, Holds, TABLES, Table};
use kalends_library::portable::{
    self, ExportError, ExportOptions, Exported, ImportError, Imported, copy_files_out,
};
use kalends_library::{Ask, Library, Viewer};
use kalends_model::{AssetId, UserId};
use serde_json::{Value, json};

use crate::app::{App, FakeClock, ids, open, photo};

const NOW: i64 = 1_700_000_000_000_000;
const EVERYTHING: ExportOptions = ExportOptions { sessions: true };

fn export_text(data: &Path) -> String {
    let mut text = Vec::new();
    portable::export(data, EVERYTHING, NOW, &mut text, &mut |_| {}).unwrap();
    String::from_utf8(text).unwrap()
}

fn import_text(data: &Path, text: &str) -> Result<Imported, ImportError> {
    let file = data.with_extension("jsonl");
    fs::write(&file, text).unwrap();
    portable::import(data, &file, None, &mut |_| {})
}

/// A folder of its own for data, in a folder of its own.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    (dir, data)
}

/// Header, records and end, as a file.
fn file_of(records: &[Value]) -> String {
    let header = json!({ "kind": portable::FORMAT, "version": portable::VERSION });
    let end = json!({ "kind": "end", "records": records.len() });
    let lines = [&header].into_iter().chain(records).chain([&end]);
    lines.map(|line| format!("{line}\n")).collect()
}

/// How many records of each kind the world of everything has.
const OF_EACH: usize = 3;

/// The id of the so-manieth record of a kind.
fn id_of(kind: &str, number: usize) -> String {
    let kind = TABLES.iter().position(|table| table.kind == kind).unwrap();
    format!("{kind:08x}-0000-4000-8000-{number:012x}")
}

/// The kind of record that a field with an id names.
fn named_kind(table: &Table, column: &Column) -> &'static str {
    match column.field {
        "id" => TABLES.iter().find(|known| known.kind == table.kind).unwrap().kind,
        "owner" | "user" | "shared_by" | "shared_with" => "user",
        "asset" | "primary_asset" | "live_video" | "featured_asset" | "cover" => "asset",
        "parent" => table.kind,
        "link" => "shared-link",
        "library" => "library",
        "stack" => "stack",
        "album" => "album",
        "memory" => "memory",
        // A group of duplicates is nothing but its id.
        "duplicate" => "asset",
        "person" => "person",
        "tag" => "tag",
        other => panic!("what does {other} of a {} name? Say so here", table.kind),
    }
}

/// A value for every field, another for each record where that is possible. All things belong to
/// the first user.
fn filled(table: &Table, column: &Column, number: usize) -> Value {
    let unique = format!("{} {} {number}", table.kind, column.field);
    match column.holds {
        Holds::Id => match (column.field, number) {
            ("owner" | "asset_owner", _) => json!(id_of("user", 0)),
            ("parent", 0) => Value::Null,
            ("parent", _) => json!(id_of(table.kind, 0)),
            ("shared_with", _) => json!(id_of("user", (number + 1) % OF_EACH)),
            _ => json!(id_of(named_kind(table, column), number)),
        },
        Holds::Flag => json!(number % 2 == 1),
        Holds::Whole(least, most) => {
            json!(least.max(1_000 + number as i64).min(most - number as i64))
        }
        Holds::Real(least, most) => json!((0.1 + number as f64 / 3.0).clamp(least, most)),
        Holds::Text if column.field == "value" && table.kind == "tag" => match number {
            0 => json!("a"),
            _ => json!(format!("a/{number}")),
        },
        Holds::Text => json!(format!("{unique} \"\\\n\u{1f4f7}")),
        Holds::LowerText => json!(unique),
        Holds::Name(names) => {
            let names = names.all();
            json!(names[number % names.len()])
        }
        Holds::Words => json!(["one", unique.replace(' ', "-")]),
        Holds::Bits(names) => {
            names.iter().skip(number % names.len()).map(|(name, _)| *name).collect()
        }
        Holds::Instant => json!(format!("2024-02-0{}T10:00:00.123456Z", number + 1)),
        Holds::WallClock => json!(format!("-00004{number}-03-15T10:00:00")),
        Holds::Day => json!(format!("190{number}-02-28")),
        Holds::Hex(_, most) => json!(format!("{:02x}", 16 + number).repeat(most)),
        Holds::Bytes(_) => json!(["AAA=", "//4=", ""][number % 3]),
        Holds::Path if number == 0 => json!({"base64": "/2E="}),
        Holds::Path => json!(format!("/ä/{unique}.jpg")),
        Holds::Json(is_good) => {
            let undo = json!({"act": "favorite", "before": [[id_of("asset", number), true]]});
            let plain = json!({"a": [1, 2.5, null], "b": {"c": unique}});
            let candidates = [plain, undo, json!(["**/a/**", unique])];
            let good = candidates.into_iter().find(|json| is_good(&json.to_string()));
            good.unwrap_or_else(|| panic!("what may {unique} hold? Say so here"))
        }
    }
}

/// Some records of every kind, with a value in every field.
fn everything() -> Vec<Value> {
    let mut records = Vec::new();
    for table in TABLES {
        for number in 0..OF_EACH {
            let mut record = json!({ "kind": table.kind });
            for column in table.columns {
                let value = filled(table, column, number);
                match column.field.split_once('.') {
                    _ if value.is_null() => {}
                    Some((group, name)) => record[group][name] = value,
                    None => record[column.field] = value,
                }
            }
            records.push(record);
        }
    }
    records
}

#[test]
fn every_field_of_every_kind_comes_back_as_it_was() {
    let (_dir, data) = folder();
    let records = everything();
    import_text(&data, &file_of(&records)).unwrap();
    let text = export_text(&data);
    let told = |records: &[Value]| records.iter().map(Value::to_string).collect::<BTreeSet<_>>();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (came, went) = (told(&lines[1..lines.len() - 1]), told(&records));
    let (lost, made) = (went.difference(&came).next(), came.difference(&went).next());
    assert_eq!((lost, made), (None, None), "lost, and made up");

    let (_dir, again) = folder();
    let imported = import_text(&again, &text).unwrap();
    assert_eq!(imported.records as usize, TABLES.len() * OF_EACH);
    assert_eq!((imported.unknown_fields, imported.unknown_named), (0, vec![]));
    assert_eq!(export_text(&again), text, "the same bytes");
}

#[test]
fn lines_may_come_in_any_order() {
    let (_dir, forwards) = folder();
    let (_dir2, backwards) = folder();
    let mut records = everything();
    import_text(&forwards, &file_of(&records)).unwrap();
    records.reverse();
    import_text(&backwards, &file_of(&records)).unwrap();
    assert_eq!(export_text(&forwards), export_text(&backwards));
}

/// A library as people make it: scanned, edited, shared.
fn lived_in() -> App {
    let app = App::new();
    for day in 1..=6 {
        app.write(&format!("{day}.jpg"), photo(2024, 2, day).to_bytes());
    }
    app.write("broken.jpg", b"\xff\xd8\xff\xe0 no picture");
    app.scan();
    let bob = app.user("bob");
    let assets: Vec<AssetId> = app.assets().into_values().collect();
    let write = |writer: &mut kalends_catalog::Writer<'_>| {
        writer.set_favorite(app.user, &assets[..2], true)?;
        writer.trash(app.user, &assets[2..3])?;
        writer.create_stack(
            app.user,
            kalends_model::StackId::from_random([8; 16]),
            &assets[3..5],
        )?;
        writer.set_partner(kalends_catalog::Partner {
            shared_by: app.user,
            shared_with: bob,
            in_timeline: true,
        })
    };
    app.library.write(write).unwrap();
    app
}

fn answers(library: &Library, user: UserId) -> BTreeMap<String, Vec<AssetId>> {
    let viewer = Viewer::Open { user };
    let with_partners = Ask {
        with_partners: true,
        visibility: Some(kalends_model::Visibility::Timeline),
        ..Ask::default()
    };
    let asks = [("plain", Ask::default()), ("partners", with_partners)];
    let answer = |(name, ask): (&str, Ask)| (name.to_owned(), ids(library, &viewer, &ask).unwrap());
    asks.into_iter().map(answer).collect()
}

#[test]
fn an_imported_library_answers_as_the_one_it_came_from() {
    let app = lived_in();
    let text = export_text(&app.data());
    let (_dir, data) = folder();
    import_text(&data, &text).unwrap();
    assert_eq!(export_text(&data), text);
    let copy = open(&data, &std::sync::Arc::new(FakeClock::default()), 2);
    let users = app.library.read(|reader| reader.users()).unwrap();
    for user in users {
        assert_eq!(answers(&copy, user.id), answers(&app.library, user.id), "{}", user.email);
        let of = |library: &Library| {
            library.read(|r| Ok((r.version(user.id)?, r.grants(user.id)?, r.stacks_of(user.id)?)))
        };
        assert_eq!(of(&copy).unwrap(), of(&app.library).unwrap());
        let password = crate::app::PASSWORD;
        assert!(copy.log_in(&user.email, password, &Default::default()).is_ok());
    }
    let entry = copy.read(|reader| reader.undo_entries(app.user, 9)).unwrap().remove(0);
    assert!(copy.write(|writer| writer.undo(entry.id)).is_ok(), "edits can still be undone");
}

#[test]
fn sessions_are_carried_on_request_alone() {
    let app = App::new();
    let email = "anna@kalends.example";
    let token = app.library.log_in(email, crate::app::PASSWORD, &Default::default()).unwrap().token;
    for (options, is_kept) in [(EVERYTHING, true), (ExportOptions::default(), false)] {
        let mut text = Vec::new();
        portable::export(&app.data(), options, NOW, &mut text, &mut |_| {}).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains(&token), "the secret itself is never written");
        let (_dir, data) = folder();
        import_text(&data, &text).unwrap();
        let copy = open(&data, &app.clock, 2);
        let credential = kalends_model::Credential::SessionToken(token.clone());
        assert_eq!(copy.authenticate(&credential).is_ok(), is_kept);
    }
}

/// Every file of a folder, so that it can be seen that nothing was left or lost.
fn listing(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return vec![] };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn refusal(text: &str) -> String {
    let (_dir, data) = folder();
    let refused = import_text(&data, text).unwrap_err().to_string();
    assert_eq!(listing(&data), [""; 0], "nothing is left behind: {refused}");
    refused
}

#[test]
fn a_file_that_was_cut_off_is_refused_wherever_that_was() {
    let (_dir, data) = folder();
    import_text(&data, &file_of(&everything())).unwrap();
    let text = export_text(&data);
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let step = ends.len() / 12;
    for &end in ends[..ends.len() - 1].iter().step_by(step) {
        for cut in [end + 1, end + 10] {
            let refused = refusal(&text[..cut]);
            assert!(refused.contains("ends after line"), "{refused}");
        }
    }
    let without_one: Vec<&str> =
        text.lines().enumerate().filter(|(at, _)| *at != 5).map(|(_, line)| line).collect();
    assert!(refusal(&without_one.join("\n")).contains("a part is missing"));
    assert!(import_text(&folder().1, text.trim_end()).is_ok(), "the last line needs no end");
}

#[test]
fn a_line_that_cannot_be_taken_is_named() {
    let user = |number: usize, email: &str| json!({"kind": "user", "id": id_of("user", number), "email": email, "name": "", "created_at": "2024-01-01T00:00:00Z"});
    let anna = user(0, "anna@example.org");
    let asset = json!({
        "kind": "asset", "id": id_of("asset", 0), "owner": id_of("user", 0),
        "library": id_of("library", 0), "type": "image", "file_name": "a",
        "capture": {"local": "2024-01-01T00:00:00", "source": "user"}, "created_at": "2024-01-01T00:00:00Z",
    });
    let library = json!({"kind": "library", "id": id_of("library", 0), "owner": id_of("user", 0), "name": "", "created_at": "2024-01-01T00:00:00Z"});
    let tag = |number: usize, value: &str, parent: usize| json!({"kind": "tag", "id": id_of("tag", number), "owner": id_of("user", 0), "value": value, "parent": id_of("tag", parent), "created_at": "2024-01-01T00:00:00Z"});
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = asset.clone();
        change(&mut changed);
        changed
    };
    for (records, said) in [
        (vec![json!({"kind": "dream"})], "line 2: there is no kind `dream`"),
        (vec![json!({"id": 1})], "line 2: its kind is missing"),
        (vec![json!([])], "line 2: it is no JSON object"),
        (vec![user(0, "a"), json!({"kind": "user"})], "line 3: user: id is missing; a UUID"),
        (
            vec![anna.clone(), user(1, "Anna@Example.org")],
            "line 3: user: another user has the same email",
        ),
        (vec![anna.clone(), user(0, "b")], "line 3: user: another user has the same id"),
        (
            vec![asset.clone(), anna.clone()],
            "line 2: asset: there is no library with its owner and library",
        ),
        (
            vec![
                anna.clone(),
                with(&|asset| asset["stack"] = json!(id_of("stack", 0))),
                library.clone(),
            ],
            "line 3: asset: there is no stack with its owner and stack",
        ),
        (
            vec![
                anna.clone(),
                library.clone(),
                with(&|asset| asset["live_video"] = json!(id_of("asset", 5))),
            ],
            "line 4: asset: there is no asset with its owner and live_video",
        ),
        (vec![library.clone()], "line 2: library: there is no user with its owner"),
        (vec![anna.clone(), tag(0, "a", 1), tag(1, "b", 0)], "tag: its value does not begin with"),
        (
            vec![
                anna.clone(),
                library.clone(),
                asset.clone(),
                json!({"kind": "stack", "id": id_of("stack", 0), "owner": id_of("user", 0), "primary_asset": id_of("asset", 0)}),
            ],
            "line 5: stack: its primary_asset is not among its members",
        ),
    ] {
        let refused = refusal(&file_of(&records));
        assert!(refused.contains(said), "{refused} instead of {said}");
    }
}

#[test]
fn what_is_no_export_is_refused() {
    let (_dir, data) = folder();
    import_text(&data, &file_of(&everything())).unwrap();
    let text = export_text(&data);
    for (text, said) in [
        (String::new(), "is not an export"),
        ("\u{0}\u{1}\u{2}".to_owned(), "is not an export"),
        ("{\"kind\":\"user\"}\n".to_owned(), "is not an export"),
        ("{\"kind\":\"kalends-export\"}\n".to_owned(), "is not an export"),
        (text.replacen("\"version\":1", "\"version\":2", 1), "import it with the version"),
        (text.clone() + "{\"kind\":\"user\"}\n", "nothing may follow"),
        (text.replacen("\"asset\":3", "\"asset\":4", 1), "of kind `asset`"),
        (text.clone().replace("\"records\":", "\"recorded\":"), "records is missing"),
        ("[".repeat(200_000), "is not an export"),
        (text.replacen('\n', &format!("\n{}\n", "[".repeat(200_000)), 1), "line 2: it is no JSON"),
    ] {
        let refused = refusal(&text);
        assert!(refused.contains(said), "{refused} instead of {said}");
    }
}

#[test]
fn a_folder_with_users_keeps_what_it_has() {
    let app = App::new();
    let before = export_text(&app.data());
    let names = listing(&app.data());
    let refused = import_text(&app.data(), &file_of(&everything())).unwrap_err();
    assert!(refused.to_string().contains("holds a catalog with users"), "{refused}");
    assert_eq!((export_text(&app.data()), listing(&app.data())), (before, names));
}

#[test]
fn a_folder_without_users_is_filled() {
    let (_dir, data) = folder();
    drop(open(&data, &std::sync::Arc::new(FakeClock::default()), 1));
    import_text(&data, &file_of(&everything())).unwrap();
    let library = open(&data, &std::sync::Arc::new(FakeClock::default()), 1);
    assert_eq!(library.read(|reader| reader.users()).unwrap().len(), OF_EACH);
}

#[test]
fn fields_that_mean_nothing_are_told() {
    let (_dir, data) = folder();
    let mut records = everything();
    for record in &mut records {
        record["zodiac"] = json!("lion");
    }
    let imported = import_text(&data, &file_of(&records)).unwrap();
    assert_eq!(imported.unknown_fields as usize, records.len());
    assert!(imported.unknown_named.contains(&"user: zodiac".to_owned()));
}

#[test]
fn a_folder_without_a_catalog_has_nothing_to_export() {
    let (_dir, data) = folder();
    let refused = portable::export(&data, EVERYTHING, NOW, &mut Vec::new(), &mut |_| {});
    assert!(matches!(refused, Err(ExportError::Open(_))));
    assert!(!data.exists(), "and nothing is made");
}

#[test]
fn a_writer_that_fails_is_told_as_such() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let app = App::new();
    let refused: Result<Exported, _> =
        portable::export(&app.data(), EVERYTHING, NOW, &mut Full, &mut |_| {});
    assert!(matches!(refused, Err(ExportError::Write(_))));
}

#[test]
fn files_go_out_and_come_back() {
    let app = App::new();
    app.write("1.jpg", photo(2024, 2, 1).to_bytes());
    app.scan();
    let uploads = crate::app::uploads(&app.library, app.user);
    let bytes = photo(2024, 2, 2).to_bytes();
    fs::create_dir_all(app.data().join("uploads/anna")).unwrap();
    fs::write(app.data().join("uploads/anna/2.jpg"), &bytes).unwrap();
    upload(&app, uploads, "anna/2.jpg", &bytes);
    let to = app.root.path().join("copies");
    let copied = copy_files_out(&app.data(), &to, false, &mut |_| {}).unwrap();
    assert_eq!((copied.files, copied.failed), (1, 0), "{:?}", copied.problems);
    let again = copy_files_out(&app.data(), &to, true, &mut |_| {}).unwrap();
    assert_eq!((again.files, again.there, again.failed), (1, 1, 0), "{:?}", again.problems);

    let file = app.root.path().join("export.jsonl");
    fs::write(&file, export_text(&app.data())).unwrap();
    let copy = app.root.path().join("copy");
    let imported = portable::import(&copy, &file, Some(&to), &mut |_| {}).unwrap();
    assert_eq!(imported.files.files, 1);
    assert_eq!(fs::read(copy.join("uploads/anna/2.jpg")).unwrap(), bytes);

    fs::write(to.join("uploads/anna/2.jpg"), b"something else").unwrap();
    let (_dir, other) = folder();
    let refused = portable::import(&other, &file, Some(&to), &mut |_| {}).unwrap_err();
    assert!(refused.to_string().contains("2.jpg: its bytes are not those"), "{refused}");
    assert_eq!(listing(&other), [""; 0]);
    fs::remove_file(app.data().join("uploads/anna/2.jpg")).unwrap();
    let failed = copy_files_out(&app.data(), &app.root.path().join("new"), false, &mut |_| {});
    assert_eq!(failed.unwrap().failed, 1);
}

/// An upload as the catalog knows it.
fn upload(app: &App, library: kalends_model::LibraryId, path: &str, bytes: &[u8]) {
    use kalends_catalog::{FileRole, NewAsset, NewFile};
    use sha2::Digest as _;
    let taken = kalends_test_support::local(2024, 2, 2, 12, 0);
    let photo = crate::app::catalog_photo(AssetId::from_random([3; 16]), app.user, library, taken);
    let file = NewFile {
        path: path.as_bytes().to_vec(),
        role: FileRole::Original,
        size: bytes.len() as u64,
        mtime_ns: 1_700_000_000_000_000_000,
        inode: None,
        device: None,
    };
    let sha256 = Some(sha2::Sha256::digest(bytes).into());
    let new = NewAsset { files: vec![file], sha256, ..photo };
    app.library.write(|writer| writer.insert_assets(&[new])).unwrap();
}

#[test]
fn the_document_tells_every_field() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/export-format.md");
    let page = fs::read_to_string(&file).unwrap();
    const HEAD: &str = "\n## The kinds\n";
    let (prose, _) =
        page.split_once(HEAD).expect("the page has a part that is written from the code");
    let head = "\nThis part is written from the code: `KALENDS_BLESS=1 cargo test -p kalends-library portable` writes it anew.\n\
        \"When absent\" is empty where absence means that nothing is known, or that there is none.\n\n";
    let told = format!("{prose}{HEAD}{head}{}", portable::fields_as_markdown());
    if std::env::var_os("KALENDS_BLESS").is_some() {
        fs::write(&file, &told).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap();
    assert!(written == told, "docs/export-format.md is not what the code says: bless it");
}
