//! Routes of the `projects` function.

mod botplot;
mod helpbot;
