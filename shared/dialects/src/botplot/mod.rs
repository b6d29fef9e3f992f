//! BotPlot: chat, knowledge, conversations, leads, analytics, webhooks and branding of one project.
//! Camel case, but for webhooks and branding, which its reference spells in snake case.

pub mod analytics;
pub mod conversations;
pub mod knowledge;
pub mod leads;
pub mod project;
pub mod subscriptions;
pub mod unanswered;
pub mod webhook;
pub mod wire;
