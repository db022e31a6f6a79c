//! Figures about the whole server.

use kalends_catalog::{Catalog, FileRole, Holding, JobCounts, NewFile, NewJob};
use kalends_model::{Kind, Visibility};

use crate::build::{NOW, owner, photos, write};

contract! {
    holdings_count_what_is_live_and_weigh_uploads
    jobs_are_counted_by_kind_and_state
}

fn holdings_count_what_is_live_and_weigh_uploads(catalog: &Catalog) {
    let (alice, bob) = (owner(catalog, "alice@example.org"), owner(catalog, "bob@example.org"));
    let ids = photos(catalog, alice, 4);
    write(catalog, |w| {
        for (number, asset) in ids.iter().enumerate() {
            let file = NewFile {
                path: format!("{number}.jpg").into_bytes(),
                role: FileRole::Original,
                size: 100,
                mtime_ns: 0,
                inode: None,
                device: None,
            };
            w.put_file(alice.id, alice.library, *asset, &file)?;
        }
        w.trash(alice.id, &ids[..1])?;
        w.set_visibility(alice.id, &ids[1..2], Visibility::Hidden)
    });
    let holdings = catalog.read(|r| r.holdings()).unwrap();
    let expected = Holding { owner: alice.id, kind: Kind::Image, assets: 2, uploaded_bytes: 300 };
    assert_eq!(holdings, [expected], "and nothing of {:?}", bob.id);
}

fn jobs_are_counted_by_kind_and_state(catalog: &Catalog) {
    let job = |key: &str, kind: &str, run_at| NewJob {
        key: key.to_owned(),
        kind: kind.to_owned(),
        payload: "{}".to_owned(),
        run_at,
    };
    write(catalog, |w| {
        for new in [job("a", "pictures", 1), job("b", "pictures", 2), job("c", "purge", NOW + 9)] {
            w.enqueue(&new)?;
        }
        w.lease_jobs(1, NOW + 5)
    });
    let counts = |now| catalog.read(|r| r.job_counts(now)).unwrap();
    let count = |kind: &str, running, waiting, delayed| JobCounts {
        kind: kind.to_owned(),
        running,
        waiting,
        delayed,
        failed: 0,
    };
    assert_eq!(counts(NOW), [count("pictures", 1, 1, 0), count("purge", 0, 0, 1)]);
    assert_eq!(counts(NOW + 5), [count("pictures", 0, 2, 0), count("purge", 0, 0, 1)]);
    assert_eq!(counts(NOW + 9), [count("pictures", 0, 2, 0), count("purge", 0, 1, 0)]);
}
