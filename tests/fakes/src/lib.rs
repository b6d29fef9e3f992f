//! Loopback stand-ins of products that Colloquy talks to.

pub mod platforms;
