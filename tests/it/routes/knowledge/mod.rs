//! Routes of the `knowledge` function.

mod botplot;
mod colloquy;
mod helpbot;
