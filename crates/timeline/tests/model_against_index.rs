//! The index against the oracle: random histories of several owners' shelves, and after each act
//! random questions about them. A run is determined by its seed, `KALENDS_SEED` or a fixed one;
//! a failure prints the seed, the number of the history, and the smallest case that still fails.
//! `KALENDS_HISTORY` repeats one history alone; `KALENDS_RUNS` multiplies the number of histories.

use std::cell::Cell;

use kalends_model::{
    AssetId, AssetRow, Direction, FactMask, Filter, Grain, Leaf, Month, OwnerScope, RowMask, Scope,
    ShelfBatch, Version,
};
use kalends_test_support::{
    Rng, RowBuilder, World, arbitrary_row_of, arbitrary_scope, ids, rows_of_one_month,
};
use kalends_timeline::{Shelf, Snapshot};

#[path = "oracle/changes.rs"]
mod changes;
#[path = "oracle/compare.rs"]
mod compare;
mod oracle;
#[path = "oracle/smallest.rs"]
mod smallest;
#[path = "oracle/state.rs"]
mod state;

use changes::Question;
use compare::{Difference, compare};
use smallest::{ask_afresh, smallest};
use state::{Owner, State};

const DEFAULT_SEED: u64 = 20_240_201;

/// The most rows that a small shelf begins with.
const ROWS_MAX: usize = 130;

const HISTORIES: u64 = 64;
const STEPS: usize = 8;
/// Questions after each step, and before the first. With the numbers above, more than 10,000.
const QUESTIONS: usize = 18;

/// What a test setting says, a number.
fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")))
}

/// Runs the history of each number, and names the one that fails.
fn for_each_history(count: u64, history: impl Fn(&mut Rng) -> Result<(), String>) {
    let seed = setting("KALENDS_SEED").unwrap_or(DEFAULT_SEED);
    let all = 0..count * setting("KALENDS_RUNS").unwrap_or(1);
    for number in setting("KALENDS_HISTORY").map_or(all, |only| only..only + 1) {
        // Captured unless the test fails or panics: this is how the seed of a panic is known.
        println!("KALENDS_SEED={seed} KALENDS_HISTORY={number}");
        history(&mut Rng::stream(seed, number)).unwrap_or_else(|failure| {
            panic!("KALENDS_SEED={seed} KALENDS_HISTORY={number}: {failure}")
        });
    }
}

/// Asks some questions; of the first that has two answers, makes a small case to be read. Says how
/// many of them told rows apart.
fn ask(state: &State, rng: &mut Rng, count: usize) -> Result<usize, String> {
    let mut telling = 0;
    for _ in 0..count {
        let told = state.ask(rng).map_err(|question| counter_example(state, question))?;
        telling += usize::from(told);
    }
    Ok(telling)
}

fn counter_example(state: &State, question: Question) -> String {
    let Question { scope, filter, difference } = question;
    let rows: Vec<AssetRow> = state.rows().cloned().collect();
    let ask = |rows: &[AssetRow], filter: &Filter| ask_afresh(rows, &scope, filter);
    match smallest(rows, filter.clone(), ask) {
        Some((rows, filter, difference)) => {
            format!("{scope:#?}\n{filter:#?}\n{rows:#?}\n{difference}")
        }
        None => {
            format!("only in shelves with this history:\n{scope:#?}\n{filter:#?}\n{difference}")
        }
    }
}

fn told<T>(outcome: Result<T, Difference>) -> Result<T, String> {
    outcome.map_err(|difference| difference.to_string())
}

#[test]
fn small_shelves_answer_as_the_oracle() {
    const { assert!(HISTORIES * (STEPS as u64 + 1) * QUESTIONS as u64 >= 10_000) };
    let (asked, telling) = (Cell::new(0), Cell::new(0));
    let ask = |state: &State, rng: &mut Rng| -> Result<(), String> {
        telling.set(telling.get() + ask(state, rng, QUESTIONS)?);
        asked.set(asked.get() + QUESTIONS);
        Ok(())
    };
    for_each_history(HISTORIES, |rng| {
        let mut state = State::small(rng, ROWS_MAX);
        for owner in &state.owners {
            told(owner.holds_its_rows())?;
        }
        ask(&state, rng)?;
        for _ in 0..STEPS {
            told(state.step(rng))?;
            ask(&state, rng)?;
        }
        Ok(())
    });
    let (asked, telling) = (asked.get(), telling.get());
    assert!(telling * 3 > asked, "only {telling} of {asked} questions told rows apart");
}

#[test]
fn months_at_the_edge_of_a_segment_answer_as_the_oracle() {
    const EDGES: [usize; 6] = [8_191, 8_192, 8_193, 16_384, 16_385, 4_097];
    for_each_history(EDGES.len() as u64, |rng| {
        let count = EDGES[rng.below(EDGES.len())];
        let mut state = with_a_full_month(rng, count);
        told(state.owners[0].holds_its_rows())?;
        ask(&state, rng, 3)?;
        for act in
            [add_to_full_month, remove_half, move_half, add_to_full_month, remove_all_but_one]
        {
            let batch = act(&state, rng);
            told(state.owners[0].apply(batch))?;
            ask(&state, rng, 2)?;
            told(state.step(rng))?;
            ask(&state, rng, 1)?;
        }
        Ok(())
    });
}

#[test]
fn a_month_that_grows_over_the_edge_row_by_row_answers_as_the_oracle() {
    for_each_history(1, |rng| {
        let mut state = with_a_full_month(rng, 8_189);
        let owner = state.world.owners[0];
        for number in 0..6 {
            let mut row = arbitrary_row_of(rng, &state.world, owner);
            row.id = ids::asset(2_000_000 + number);
            row.capture.local = full_month(&state).start();
            let batch = batch(&state, vec![row], Vec::new());
            told(state.owners[0].apply(batch))?;
            ask(&state, rng, 2)?;
        }
        Ok(())
    });
}

/// The first owner has `count` rows in one month and some around it, the others a few.
fn with_a_full_month(rng: &mut Rng, count: usize) -> State {
    let mut state = State::small(rng, ROWS_MAX);
    let (owner, month) = (state.world.owners[0], full_month(&state));
    let mut rows = rows_of_one_month(rng, &state.world, owner, month, count);
    let is_elsewhere = |row: &&AssetRow| row.capture.local.month() != month;
    rows.extend(state.owners[0].rows.values().filter(is_elsewhere).cloned());
    state.owners[0] = Owner::built(owner, rows, Version(7));
    state
}

/// The month that [`with_a_full_month`] fills.
fn full_month(state: &State) -> Month {
    state.world.months[0]
}

/// A batch for the first owner.
fn batch(state: &State, upserts: Vec<AssetRow>, removals: Vec<AssetId>) -> ShelfBatch {
    let shelf = &state.owners[0].shelf;
    let (from, to) = (shelf.version(), Version(shelf.version().0 + 1));
    ShelfBatch { owner: shelf.owner(), from, to, upserts, removals }
}

/// Thousands of rows at once into the month that is full.
fn add_to_full_month(state: &State, rng: &mut Rng) -> ShelfBatch {
    let count = *rng.pick(&[1, 2, 4_096, 8_193]);
    let owner = state.world.owners[0];
    let mut rows = rows_of_one_month(rng, &state.world, owner, full_month(state), count);
    let first = 3_000_000 + rng.below(1_000) as u64 * 10_000;
    for (number, row) in rows.iter_mut().enumerate() {
        row.id = ids::asset(first + number as u64);
    }
    batch(state, rows, Vec::new())
}

fn remove_half(state: &State, rng: &mut Rng) -> ShelfBatch {
    let ids = state.owners[0].rows.keys().copied().filter(|_| rng.flip()).collect();
    batch(state, Vec::new(), ids)
}

/// Half of all rows to one moment of the next month.
fn move_half(state: &State, rng: &mut Rng) -> ShelfBatch {
    let to = full_month(state).next().start();
    let half = state.owners[0].rows.values().filter(|_| rng.flip());
    let moved = half.map(|row| {
        let mut row = row.clone();
        row.capture.local = to;
        row
    });
    batch(state, moved.collect(), Vec::new())
}

fn remove_all_but_one(state: &State, _: &mut Rng) -> ShelfBatch {
    batch(state, Vec::new(), state.owners[0].rows.keys().skip(1).copied().collect())
}

#[test]
fn a_snapshot_does_not_change_under_its_reader() {
    for_each_history(12, |rng| {
        let mut state = State::small(rng, ROWS_MAX);
        let (scope, filter) = (arbitrary_scope(rng, &state.world), Filter::EVERYTHING);
        let before = state.snapshot(&scope);
        let seen = oracle::seen(state.rows(), &scope, &filter);
        for _ in 0..20 {
            told(state.step(rng))?;
        }
        told(compare(&before, &filter, &seen, rng))
    });
}

/// A scope in which everything of the shelf's owner is seen.
fn whole(shelf: &Shelf) -> Scope {
    let owner = shelf.owner();
    Scope::new(vec![OwnerScope { owner, rows: RowMask::EVERYTHING, hidden: FactMask::NOTHING }])
}

fn snapshot(shelf: &Shelf) -> Snapshot {
    Snapshot::new(&whole(shelf), [shelf.clone()])
}

/// Owners after some steps.
fn changed_owners(rng: &mut Rng) -> Result<State, String> {
    let mut state = State::small(rng, ROWS_MAX);
    for _ in 0..10 {
        told(state.step(rng))?;
    }
    Ok(state)
}

#[test]
fn fingerprints_are_equal_after_a_rebuild() {
    for_each_history(40, |rng| {
        for owner in &changed_owners(rng)?.owners {
            let (changed, rebuilt) = (snapshot(&owner.shelf), snapshot(&owner.rebuilt()));
            assert_eq!(changed.fingerprint(), rebuilt.fingerprint());
            for row in owner.rows.values() {
                let month = row.capture.local.month();
                assert_eq!(changed.fingerprint_of(month), rebuilt.fingerprint_of(month));
            }
        }
        Ok(())
    });
}

#[test]
fn fingerprints_differ_after_a_change_of_any_row() {
    for_each_history(8, |rng| {
        for owner in &changed_owners(rng)?.owners {
            let before = snapshot(&owner.shelf);
            for row in owner.rows.values() {
                let mut touched = row.clone();
                touched.row_version += 1;
                let month = row.capture.local.month();
                let after = snapshot(&applied(&owner.shelf, vec![touched], Vec::new()));
                assert_ne!(before.fingerprint(), after.fingerprint(), "{row:?}");
                assert_ne!(before.fingerprint_of(month), after.fingerprint_of(month), "{row:?}");
                let without = snapshot(&applied(&owner.shelf, Vec::new(), vec![row.id]));
                assert_ne!(before.fingerprint(), without.fingerprint(), "{row:?}");
            }
        }
        Ok(())
    });
}

fn applied(shelf: &Shelf, upserts: Vec<AssetRow>, removals: Vec<AssetId>) -> Shelf {
    let (from, to) = (shelf.version(), Version(shelf.version().0 + 1));
    let batch = ShelfBatch { owner: shelf.owner(), from, to, upserts, removals };
    shelf.apply(batch).expect("the batch begins at the shelf's version")
}

#[test]
fn fingerprints_differ_between_scopes() {
    let owner = ids::user(0);
    let shelf = Owner::built(owner, vec![RowBuilder::new(owner, 1).build()], Version(1)).shelf;
    let other = RowMask { in_trash: false, ..RowMask::EVERYTHING };
    let fingerprint = |rows, hidden| {
        let scope = Scope::new(vec![OwnerScope { owner, rows, hidden }]);
        Snapshot::new(&scope, [shelf.clone()]).fingerprint()
    };
    let plain = fingerprint(RowMask::EVERYTHING, FactMask::NOTHING);
    assert_ne!(plain, fingerprint(other, FactMask::NOTHING));
    assert_ne!(plain, fingerprint(RowMask::EVERYTHING, FactMask::PLACE));
}

#[test]
fn a_batch_from_another_version_is_a_gap() {
    for_each_history(10, |rng| {
        for owner in &changed_owners(rng)?.owners {
            let have = owner.shelf.version();
            for from in [have.0 + 1, have.0.wrapping_sub(1), u64::MAX] {
                let (from, to) = (Version(from), Version(from.saturating_add(1)));
                let batch = ShelfBatch {
                    owner: owner.shelf.owner(),
                    from,
                    to,
                    upserts: Vec::new(),
                    removals: Vec::new(),
                };
                let Err(gap) = owner.shelf.apply(batch) else { panic!("no gap from {from:?}") };
                assert_eq!((gap.have, gap.wanted), (have, from));
            }
        }
        Ok(())
    });
}

#[test]
fn a_shelf_comes_back_from_its_bytes() {
    for_each_history(12, |rng| {
        let count = *rng.pick(&[1, 100, 8_193]);
        let mut state =
            if rng.one_in(4) { with_a_full_month(rng, count) } else { changed_owners(rng)? };
        for index in 0..state.owners.len() {
            let owner = &state.owners[index];
            let back = Shelf::from_bytes(&owner.shelf.to_bytes());
            let back = back.map_err(|damaged| format!("undamaged bytes, but {damaged:?}"))?;
            assert_eq!(back.owner(), owner.shelf.owner());
            assert_eq!(back.version(), owner.shelf.version());
            assert_eq!(snapshot(&back).fingerprint(), snapshot(&owner.shelf).fingerprint());
            let copy = Owner { shelf: back, rows: owner.rows.clone() };
            told(copy.holds_its_rows())?;
            state.owners[index] = copy;
        }
        // It lives on as well.
        for _ in 0..3 {
            told(state.step(rng))?;
            ask(&state, rng, 5)?;
        }
        Ok(())
    });
}

#[test]
fn damaged_bytes_are_refused_or_harmless() {
    let mut rng = Rng::seeded(setting("KALENDS_SEED").unwrap_or(DEFAULT_SEED));
    let world = World::new(&mut rng);
    let owner = world.owners[0];
    let rows = (0..12).map(|_| arbitrary_row_of(&mut rng, &world, owner)).collect();
    let shelf = Owner::built(owner, rows, Version(3)).shelf;
    let bytes = shelf.to_bytes();
    let rows: Vec<AssetRow> = shelf.rows().collect();
    let is_harmless = |damaged: &[u8]| match Shelf::from_bytes(damaged) {
        Ok(back) => {
            back.check();
            (back.owner(), back.version()) == (owner, Version(3)) && back.rows().eq(rows.clone())
        }
        Err(_) => true,
    };
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            assert!(is_harmless(&damaged), "byte {at} of {} ^ {flip:#x}", bytes.len());
        }
        assert!(Shelf::from_bytes(&bytes[..at]).is_err(), "cut to {at} of {}", bytes.len());
    }
    assert!(is_harmless(&[&bytes[..], &[0]].concat()), "a byte too many");
}

#[test]
fn an_empty_shelf_answers_nothing() {
    let shelf = Shelf::empty(ids::user(0));
    shelf.check();
    assert_eq!((shelf.len(), shelf.version()), (0, Version(0)));
    let snapshot = snapshot(&shelf);
    assert_eq!(snapshot.total(&Filter::EVERYTHING), 0);
    let counts = snapshot.counts(&Filter::EVERYTHING, Grain::Month, Direction::Descending);
    assert!(counts.is_empty());
}

#[test]
fn shelves_outside_the_scope_are_not_read() {
    let (seen, other) = (ids::user(0), ids::user(1));
    let shelf =
        |owner| Owner::built(owner, vec![RowBuilder::new(owner, 1).build()], Version(1)).shelf;
    let snapshot = Snapshot::new(&whole(&shelf(seen)), [shelf(other), shelf(seen)]);
    assert_eq!(snapshot.total(&Filter::EVERYTHING), 1);
    assert_eq!(snapshot.versions().collect::<Vec<_>>(), [(seen, Version(1))]);
}

#[test]
fn a_counter_example_is_made_small() {
    let mut rng = Rng::seeded(1);
    let world = World::new(&mut rng);
    let rows: Vec<_> =
        (0..100).map(|_| arbitrary_row_of(&mut rng, &world, world.owners[0])).collect();
    // Stands for an index that fails on any favourite, whenever the filter speaks of favourites.
    let favorite: Filter = Leaf::Favorite.into();
    let ask = |rows: &[AssetRow], filter: &Filter| {
        let speaks_of_it = format!("{filter:?}").contains("Favorite");
        let differs = speaks_of_it && rows.iter().any(|row| row.is_favorite);
        if differs { Err(Difference("favourite".to_owned())) } else { Ok(()) }
    };
    let filter = Filter::All(vec![
        Leaf::Stacked.into(),
        Filter::Any(vec![favorite.clone().negated(), Leaf::HasPlace.into()]),
    ]);
    let (rows, filter, _) = smallest(rows, filter, ask).expect("there are favourites");
    assert_eq!((rows.len(), filter), (1, favorite));
}
