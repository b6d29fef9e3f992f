//! The one test binary. `routes` has a file per route, `promises` one per promise.

mod promises;
mod routes;
