//! Every real and every malformed file goes through without a panic. Prints what became of them:
//! `KALENDS_CORPUS=… cargo test -p kalends-media corpus -- --nocapture`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;

/// Counts of one file extension.
#[derive(Default)]
struct Tally {
    shown: usize,
    damaged: usize,
    refused: usize,
    unrecognised: usize,
    reasons: BTreeMap<String, usize>,
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn real_and_malformed_files_go_through_without_panic() {
    let Ok(corpus) = std::env::var("KALENDS_CORPUS") else { return };
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut panics = Vec::new();
    for folder in ["media", "malformed"] {
        for path in files_in(&Path::new(&corpus).join(folder)) {
            let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            let tally = tallies.entry(extension).or_default();
            match make_pictures(&std::fs::read(&path).unwrap(), 1, &Limits::default()) {
                Ok(Pictures { damage: Some(_), .. }) => tally.damaged += 1,
                Ok(_) => tally.shown += 1,
                Err(PictureError::Unrecognised) => tally.unrecognised += 1,
                Err(error) => {
                    if matches!(error, PictureError::Decoder(_)) {
                        panics.push(format!("{}: {error}", path.display()));
                    }
                    tally.refused += 1;
                    *tally.reasons.entry(error.to_string()).or_default() += 1;
                }
            }
        }
    }
    println!(
        "{:>10} {:>6} {:>6} {:>8} {:>8}",
        "extension", "shown", "partly", "refused", "unknown"
    );
    for (extension, tally) in &tallies {
        let Tally { shown, damaged, refused, unrecognised, reasons } = tally;
        println!("{extension:>10} {shown:>6} {damaged:>6} {refused:>8} {unrecognised:>8}");
        for (reason, count) in reasons {
            println!("{:>14} {reason}", format!("{count} ×"));
        }
    }
    assert!(panics.is_empty(), "{panics:#?}");
}
