//! Subscriptions, deliveries, and the list of deliveries.

pub(crate) mod deliveries;
pub(crate) mod delivery_list;
pub(crate) mod queues;
pub(crate) mod subscriptions;
