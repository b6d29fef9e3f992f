//! The published APIs, one folder each: wire types (`…In`, `…Patch`, `…Out`), conversions, and
//! what errors and webhooks look like. `colloquy` holds our own routes, which no reference
//! documents.
//!
//! A folder's `mod.rs` has the dialect as a type with its paths and its ways to authenticate;
//! `error` has its errors; the other files are named by area, the same in every folder (`access`,
//! `chatbots`, `chat`, `conversations`, `knowledge`, `subscriptions`, `events`, `deliveries`,
//! `leads`, `analytics`). To add a dialect: a row in `domain::dialect`, a folder here and its arm
//! in `folder.rs`, and handlers.

pub mod botplot;
pub mod botplot_or_helpbot;
pub mod chatbotplatform;
pub mod colloquy;
pub mod conferbot;
pub mod deliveries;
pub mod error;
pub mod events;
mod folder;
pub mod helpbot;
mod javascript;
mod one_of;
pub mod openapi;
pub mod openbat;
mod paths;
pub mod schema;
mod share;

pub use events::Renderer;
pub use folder::DialectErrors;
pub use paths::of_path;
