//! The routes, area by area. One binary, because linking the decoders takes longer than running the
//! tests.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod app;

mod assets;
mod caller;
mod libraries;
mod people;
mod route_table;
mod signing_in;
mod stacks;
mod tags;
