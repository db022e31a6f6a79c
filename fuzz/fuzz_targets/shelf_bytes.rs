//! Reads arbitrary bytes as a shelf. They are refused, or they are a shelf whose invariants hold;
//! they never panic and never take memory beyond what their length justifies.

#![no_main]

use kalends_timeline::Shelf;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(shelf) = Shelf::from_bytes(bytes) {
        shelf.check();
        assert_eq!(shelf.rows().count(), shelf.len());
    }
});
