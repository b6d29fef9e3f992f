//! Chatbot Platform: a workspace's bots and what was said to them. Snake case; everything in
//! `data`, lists with their `meta` beside it.

pub mod integration;
mod list;
mod query;
pub mod webhook;
mod wire;

pub use list::{ListIn, ListOut, MessagesIn};
pub use query::{BotQuery, ConversationQuery, IntegrationQuery, MessageQuery, WebhookQuery};
pub use wire::{BotIn, BotOut, BotPatchIn, ConversationOut, DataOut, DeletedOut, MessageOut};
