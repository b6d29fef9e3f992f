//! BotPlot: chat, knowledge, conversations, leads, analytics and webhooks of one project. Camel case, but for
//! webhooks, which its reference spells in snake case.

pub mod analytics;
mod javascript;
pub mod leads;
pub mod webhook;
pub mod wire;
