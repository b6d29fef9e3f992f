//! What the product promises across routes.

mod access_control;
mod arrows;
mod bench;
mod budget;
mod crashes;
mod endpoints;
mod events;
mod idempotency;
mod journey;
mod kill;
mod limits;
mod mail;
mod meaning;
mod openapi;
mod operators;
mod paging;
mod purge;
mod readme;
mod reconcile;
mod shared_routes;
mod storm;
mod switched_off;
mod sync;
mod template_routes;
mod twice;
