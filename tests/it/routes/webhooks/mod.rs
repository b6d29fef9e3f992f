//! Routes of the `webhooks` function.

mod botplot;
mod chatbotplatform;
mod colloquy;
mod conferbot;
mod helpbot;
