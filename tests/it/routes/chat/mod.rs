//! Routes of the `chat` function.

mod botplot;
mod helpbot;
