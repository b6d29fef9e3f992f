//! BotPlot: chat, knowledge, conversations and webhooks of one project. Camel case, but for
//! webhooks, which its reference spells in snake case.

pub mod webhook;
pub mod wire;
