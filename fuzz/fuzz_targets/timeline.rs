//! Drives the comparison of index and oracle, which the timeline's own tests run from seeds, from
//! the fuzzer's bytes: they choose the world, the rows, the acts and the questions. A difference,
//! a broken invariant and a panic all end the run.

#![no_main]

use kalends_model::{FactMask, OwnerScope, RowMask, Scope};
use kalends_test_support::Rng;
use kalends_timeline::{Shelf, Snapshot};
use libfuzzer_sys::fuzz_target;

#[path = "../../crates/timeline/tests/oracle/changes.rs"]
mod changes;
#[path = "../../crates/timeline/tests/oracle/compare.rs"]
mod compare;
#[path = "../../crates/timeline/tests/oracle/mod.rs"]
mod oracle;
#[path = "../../crates/timeline/tests/oracle/smallest.rs"]
mod smallest;
#[path = "../../crates/timeline/tests/oracle/state.rs"]
mod state;

use changes::Question;
use smallest::{ask_afresh, smallest};
use state::{Owner, State};

/// Few rows show a difference as well as many, and the fuzzer tries more cases with them.
const ROWS_MAX: usize = 12;

/// More acts than this make a case slow, not deeper.
const STEPS_MAX: usize = 6;

fuzz_target!(|bytes: &[u8]| {
    let mut rng = Rng::from_tape(bytes);
    let mut state = State::small(&mut rng, ROWS_MAX);
    ask(&state, &mut rng);
    for _ in 0..STEPS_MAX {
        if !rng.has_tape() {
            break;
        }
        if let Err(difference) = state.step(&mut rng) {
            panic!("{difference}");
        }
        ask(&state, &mut rng);
    }
    for owner in &state.owners {
        outlives_its_memory(owner);
    }
});

/// Panics with a small counter-example where index and oracle differ.
fn ask(state: &State, rng: &mut Rng) {
    let Err(Question { scope, filter, difference }) = state.ask(rng) else { return };
    println!("{scope:#?}\n{filter:#?}\n{difference}");
    let rows = state.rows().cloned().collect();
    let smaller = smallest(rows, filter, |rows, filter| ask_afresh(rows, &scope, filter));
    panic!("{smaller:#?}");
}

/// The same shelf rebuilt from its rows, and read back from its bytes, is the same.
fn outlives_its_memory(owner: &Owner) {
    let back = Shelf::from_bytes(&owner.shelf.to_bytes()).expect("the shelf wrote these bytes");
    assert_eq!(fingerprint(&owner.shelf), fingerprint(&owner.rebuilt()));
    assert_eq!(fingerprint(&owner.shelf), fingerprint(&back));
    let back = Owner { shelf: back, rows: owner.rows.clone() };
    if let Err(difference) = back.holds_its_rows() {
        panic!("read back: {difference}");
    }
}

fn fingerprint(shelf: &Shelf) -> u64 {
    let owner = shelf.owner();
    let whole = OwnerScope { owner, rows: RowMask::EVERYTHING, hidden: FactMask::NOTHING };
    Snapshot::new(&Scope::new(vec![whole]), [shelf.clone()]).fingerprint()
}
