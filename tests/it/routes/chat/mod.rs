//! Routes of the `chat` function.

mod botplot;
mod colloquy;
mod helpbot;
