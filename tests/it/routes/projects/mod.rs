//! Routes of the `projects` function.

mod botplot;
mod colloquy;
mod helpbot;
