//! One file per route: the area, the dialect, the operation. The first line of a file names the
//! operation: `//! <dialect> <METHOD> <path>`; `ours` for those that no reference documents.

mod access;
mod agent_loops;
mod analytics;
mod channels;
mod chat;
mod chatbots;
mod conversations;
mod docs;
mod integrations;
mod knowledge;
mod leads;
mod projects;
mod web;
mod webhooks;
