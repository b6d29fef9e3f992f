//! Ratings, leads and traces.

pub(crate) mod leads;
pub(crate) mod ratings;
pub(crate) mod traces;
