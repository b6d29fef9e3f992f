//! Files of the `web` function.

mod colloquy;
