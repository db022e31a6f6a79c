//! Facts of hand-made files.
