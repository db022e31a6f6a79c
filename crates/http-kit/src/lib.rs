//! What both dialects need of HTTP, and no word of either.
//!
//! A request is read by [`query`] (its parameters, in order, repeats kept) and [`credentials`] (who
//! says they are asking). Work leaves the asynchronous threads through [`pool`]. An answer is
//! written by [`columns`] (JSON straight from columns) and sent by [`reply`] (entity tags, 304,
//! compression). [`correlation`] gives every exchange an id, [`host`] guards a server that answers
//! without credentials, [`site`] knows from where a request comes, [`origin`] which writes another site
//! makes a browser send, [`versions`] says which state was read, and [`security`] sets the headers
//! that every answer carries.
//!
//! Nothing here decides what a status or a message is: each dialect does.

pub mod columns;
pub mod correlation;
pub mod credentials;
pub mod host;
pub mod origin;
pub mod pool;
pub mod query;
pub mod reply;
pub mod security;
pub mod site;
pub mod versions;

pub use correlation::{Correlation, CorrelationId};
pub use pool::{Blocking, Busy};
pub use query::{Once, Query};
pub use reply::{Terms, Validator};
pub use site::{Client, ExternalUrl, Network, Site};
