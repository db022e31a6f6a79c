//! Bytes to facts and pictures: what a photo or video says about itself, and what it looks like.
//!
//! Three rooms, none of which knows the catalog or HTTP:
//!
//! - [`facts`] reads dates, places, sizes, camera, rating, tags and people from a file's containers;
//! - [`places`] turns a coordinate into a zone, a country and a city, offline;
//! - [`pictures`] decodes an image and makes its thumbnail, preview and thumbhash.
//!
//! Files are hostile input. Every walk is bounded, sizes are checked before memory is taken, and a
//! file that cannot be read is an error value with a reason, never a panic.

pub mod facts;
pub mod pictures;
pub mod places;
