//! Ratings and leads.

pub(crate) mod leads;
pub(crate) mod ratings;
