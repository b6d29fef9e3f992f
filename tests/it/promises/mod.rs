//! What the product promises across routes.

mod arrows;
mod budget;
mod events;
mod journey;
mod kill;
mod limits;
mod paging;
mod purge;
mod readme;
mod reconcile;
mod template_routes;
mod twice;
mod units;
