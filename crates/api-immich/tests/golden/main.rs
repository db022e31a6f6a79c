//! The golden answers: requests that were put to a real Immich 2.7.5 over a known library, and what
//! it answered.
//!
//! `KALENDS_GOLDEN` names the folder with that library (`state.json`) and the recording
//! (`requests.json`); without it the comparison is skipped, and says so. `state` tells the library
//! as an export, `app` imports that and puts the requests to the routes, and `compare` says whether
//! two answers are one.
//!
//! Every request of the recording is named once in `expectations.toml`: it *must be equal*, or it
//! *differs because* of something we do on purpose, and then what we answer instead is written
//! beside the reason. The test fails for a request that is not named, for a name without a request,
//! for an answer that must be equal and is not, and for a difference that is none.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod app;
mod compare;
mod expectations;
mod state;

use std::path::{Path, PathBuf};

use http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::{Answer, App};
use crate::compare::SortKeys;
use crate::expectations::{Difference, Expectations, Instead};
use crate::state::State;

/// What was recorded.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recording {
    #[serde(rename = "server")]
    _server: String,
    #[serde(rename = "note")]
    _note: String,
    requests: Vec<Recorded>,
}

/// One request, and the answer it got.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Recorded {
    name: String,
    auth: String,
    method: String,
    path: String,
    query: RecordedQuery,
    status: u16,
    content_type: String,
    body: Value,
    /// The exact text; absent for errors, whose correlation ids vary.
    raw_body: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RecordedQuery {
    /// To be sent as it stands.
    Raw(String),
    /// To be percent-encoded.
    Pairs(Vec<(String, String)>),
}

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("KALENDS_GOLDEN").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: KALENDS_GOLDEN is not set");
    }
    folder
}

fn read<T: DeserializeOwned>(folder: &Path, name: &str) -> T {
    let text = std::fs::read(folder.join(name)).unwrap();
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[tokio::test]
async fn every_recorded_request_is_answered_as_the_list_of_expectations_says() {
    let Some(folder) = folder() else { return };
    let state: State = read(&folder, "state.json");
    let recording: Recording = read(&folder, "requests.json");
    let expectations = Expectations::committed();
    let names: Vec<&str> = recording.requests.iter().map(|r| r.name.as_str()).collect();
    let mut wrong = expectations.misnamed(&names);

    let sort_keys = SortKeys::of(&state);
    let app = App::holding(&state);
    for recorded in &recording.requests {
        let answer = app.ask(recorded).await;
        let verdict = match expectations.difference(&recorded.name) {
            None => same(recorded, &answer, &sort_keys),
            Some(_) if same(recorded, &answer, &sort_keys).is_ok() => {
                Err("is said to differ and is equal".to_owned())
            }
            Some(difference) => instead(difference, recorded, &answer, &state, &sort_keys),
        };
        wrong.extend(verdict.err().map(|what| format!("{}: {what}", recorded.name)));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    println!(
        "{} requests: {} equal, {} differ as said",
        names.len(),
        expectations.equal_count(),
        names.len() - expectations.equal_count()
    );
}

/// Whether status and content type are these.
fn head_is(status: u16, content_type: &str, answer: &Answer) -> Result<(), String> {
    let (expected, got) = ((status, content_type), (answer.status, answer.content_type.as_str()));
    if got == expected { Ok(()) } else { Err(format!("{got:?} instead of {expected:?}")) }
}

/// Whether the answer is the recorded one.
fn same(recorded: &Recorded, answer: &Answer, sort_keys: &SortKeys) -> Result<(), String> {
    head_is(recorded.status, &recorded.content_type, answer)?;
    compare::same(&recorded.body, &answer.json(), sort_keys)?;
    match &recorded.raw_body {
        Some(raw) => compare::same_key_order(raw, &answer.text, &recorded.body),
        None => Ok(()),
    }
}

/// Whether the answer is what we said we answer instead of the recorded one.
fn instead(
    difference: &Difference,
    recorded: &Recorded,
    answer: &Answer,
    state: &State,
    sort_keys: &SortKeys,
) -> Result<(), String> {
    head_is(difference.status, &recorded.content_type, answer)?;
    let body = answer.json();
    match &difference.instead {
        Instead::Message(message) => {
            let status = StatusCode::from_u16(difference.status).unwrap();
            let expected = json!({
                "message": message,
                "error": status.canonical_reason(),
                "statusCode": status.as_u16(),
                "correlationId": "<varies>",
            });
            compare::same(&expected, &body, sort_keys)
        }
        Instead::Counts(counts) => {
            let bucket = |(month, count)| json!({"timeBucket": month, "count": count});
            compare::same(&counts.iter().cloned().map(bucket).collect(), &body, sort_keys)
        }
        Instead::Rows(keys) => {
            let ours = compare::rows(&body, sort_keys)?;
            let ids: Vec<&str> = ours.iter().filter_map(|row| row["id"].as_str()).collect();
            let expected: Vec<String> =
                keys.iter().map(|key| state.asset(key).id.to_string()).collect();
            if ids != expected {
                return Err(format!("rows {ids:?} instead of {expected:?}"));
            }
            // Which rows there are differs; what is said of a row does not.
            let theirs = compare::rows(&recorded.body, sort_keys)?;
            for row in &ours {
                if let Some(their) = theirs.iter().find(|their| their["id"] == row["id"]) {
                    compare::same_row(their, row)?;
                }
            }
            Ok(())
        }
    }
}
