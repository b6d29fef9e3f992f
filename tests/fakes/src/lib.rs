//! Loopback stand-ins of products that Colloquy talks to, for tests, benches and a developer's terminal.

pub mod mcp;
