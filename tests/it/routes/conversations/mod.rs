//! Routes of the `conversations` function.

mod botplot;
mod chatbotplatform;
mod conferbot;
mod helpbot;
