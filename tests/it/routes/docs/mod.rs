//! Routes of the `docs` function.

mod colloquy;
