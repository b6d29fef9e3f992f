//! One file per route, by the function that serves it. The first line of a file names the
//! operation: `//! <dialect> <METHOD> <path>`; `ours` for those that no reference documents.

mod access;
mod chat;
mod chatbotplatform;
mod chatbots;
mod conversations;
mod docs;
mod knowledge;
mod webhooks;
