//! Routes of the `access` function.

mod colloquy;
mod conferbot;
