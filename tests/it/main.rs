//! The one test binary. `routes` has a file per route, `workers` one per behaviour of a worker,
//! `promises` one per promise, `util` what they share.

mod promises;
mod routes;
mod util;
mod workers;
