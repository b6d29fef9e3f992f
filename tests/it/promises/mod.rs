//! What the product promises across routes.

mod arrows;
mod bench;
mod budget;
mod events;
mod idempotency;
mod journey;
mod kill;
mod limits;
mod mail;
mod openapi;
mod operators;
mod paging;
mod purge;
mod readme;
mod reconcile;
mod shared_routes;
mod strangers;
mod switched_off;
mod template_routes;
mod twice;
