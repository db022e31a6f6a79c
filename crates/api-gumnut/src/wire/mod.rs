//! The shapes of the published API, exactly as they travel. What they mean is not here: see
//! `from_wire` and `to_wire`.

pub mod counts;
pub mod error;
