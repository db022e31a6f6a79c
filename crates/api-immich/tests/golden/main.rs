//! The golden answers: requests that were put to a real Immich 2.7.5 over a known library, and what
//! it answered.
//!
//! `KALENDS_GOLDEN` names the folder with that library (`state.json`) and the recording
//! (`requests.json`); without it the comparison is skipped, and says so. `state` loads the library
//! through the catalog's writer, `app` puts the requests to the routes, and `compare` says whether
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

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::app::{Answer, App};
use crate::compare::SortKeys;
use crate::expectations::{Expectations, Instead};
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
            Some(difference) => match same(recorded, &answer, &sort_keys) {
                Ok(()) => Err("is said to differ and is equal".to_owned()),
                Err(_) => instead(&difference.instead, recorded, &answer, &state, &sort_keys)
                    .and_then(|()| status_is(difference.status, &answer)),
            },
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

fn status_is(expected: u16, answer: &Answer) -> Result<(), String> {
    let got = answer.status;
    if got == expected { Ok(()) } else { Err(format!("status {got} instead of {expected}")) }
}

/// Whether the answer is the recorded one.
fn same(recorded: &Recorded, answer: &Answer, sort_keys: &SortKeys) -> Result<(), String> {
    status_is(recorded.status, answer)?;
    if answer.content_type != recorded.content_type {
        return Err(format!("content type {}", answer.content_type));
    }
    compare::same(&recorded.body, &answer.json(), sort_keys)?;
    match &recorded.raw_body {
        Some(raw) => compare::same_key_order(raw, &answer.text, &recorded.body),
        None => Ok(()),
    }
}

/// Whether the answer is what we said we answer instead of the recorded one.
fn instead(
    expected: &Instead,
    recorded: &Recorded,
    answer: &Answer,
    state: &State,
    sort_keys: &SortKeys,
) -> Result<(), String> {
    let body = answer.json();
    match expected {
        Instead::Message(message) => match body["message"].as_str() {
            Some(got) if got == message => Ok(()),
            _ => Err(format!("message {} instead of {message:?}", body["message"])),
        },
        Instead::Counts(counts) => {
            let expected: Vec<Value> = counts
                .iter()
                .map(|(month, count)| serde_json::json!({"timeBucket": month, "count": count}))
                .collect();
            compare::same(&Value::Array(expected), &body, sort_keys)
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
                if let Some(their) = theirs.iter().find(|their| their["id"] == row["id"])
                    && their != row
                {
                    return Err(format!("row {row:?} instead of {their:?}"));
                }
            }
            Ok(())
        }
    }
}
