//! The routes, area by area. One binary, because linking the decoders takes longer than running the
//! tests.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod app;
mod friends;

mod activities;
mod albums;
mod assets;
mod caller;
mod libraries;
mod partners;
mod people;
mod route_table;
mod shared_links;
mod signing_in;
mod stacks;
mod tags;
