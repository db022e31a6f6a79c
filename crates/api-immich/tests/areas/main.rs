//! The routes, area by area. One binary, because linking the decoders takes longer than running the
//! tests.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod app;
mod friends;
mod people_of_two;

mod activities;
mod albums;
mod assets;
mod caller;
mod changes;
mod dates;
mod keyed;
mod libraries;
mod live;
mod map_and_folders;
mod memories;
mod partners;
mod people;
mod route_table;
mod searches;
mod secrets;
mod server;
mod sessions_and_keys;
mod shared_links;
mod signing_in;
mod stacks;
mod tags;
mod uploads;
mod users;
