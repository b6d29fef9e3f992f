//! Routes of the `analytics` function.

mod botplot;
mod conferbot;
mod helpbot;
