//! One file per route, by the function that serves it. The first line of a file names the
//! operation: `//! <dialect> <METHOD> <path>`; `ours` for those that no reference documents.

pub mod access;
pub mod analytics;
pub mod chat;
mod chatbotplatform;
pub mod chatbots;
pub mod conversations;
mod docs;
pub mod knowledge;
mod leads;
mod projects;
pub mod site_key;
pub mod webhooks;
