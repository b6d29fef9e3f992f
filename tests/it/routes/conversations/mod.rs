//! Routes of the `conversations` function.

mod botplot;
mod chatbotplatform;
mod colloquy;
mod conferbot;
mod helpbot;
