//! One file per route, by the function that serves it. The first line of a file names the
//! operation: `//! <dialect> <METHOD> <path>`; `ours` for those that no reference documents.

mod access;
mod chat;
mod chatbots;
mod conversations;
mod knowledge;
mod leads;
mod webhooks;
