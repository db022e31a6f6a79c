//! The table of routes in `docs/` is the one that the code has.

use std::path::Path;

#[test]
fn the_document_lists_every_route_and_who_may_use_it() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/immich-routes.md");
    let head = "# The routes of the Immich dialect\n\n\
        Written from the code: `KALENDS_BLESS=1 cargo test -p kalends-api-immich route_table` \
        writes it anew.\nThe permission is what an API key must hold; sessions may do what their \
        user may.\nPaths are under `/api`.\n\n";
    let table = format!("{head}{}", kalends_api_immich::route_table());
    if std::env::var_os("KALENDS_BLESS").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(written == table, "docs/immich-routes.md is not what the code says: bless it");
}
