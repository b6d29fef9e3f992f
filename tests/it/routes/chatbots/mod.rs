//! Routes of the `chatbots` function.

mod chatbotplatform;
mod conferbot;
mod openbat;
