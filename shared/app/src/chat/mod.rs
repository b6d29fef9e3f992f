//! A visitor's message and its answer, ratings of answers, and leads.

pub mod leads;
pub mod nearest;
pub mod ratings;
pub mod turn;
