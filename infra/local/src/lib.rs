//! The platform on one machine: `template.yaml`, the same routers and workers that Lambda runs,
//! and embedded engines in place of AWS.

mod clock;
mod demo;
pub mod engine;
mod event_sources;
mod filter;
mod folder;
mod gateway;
mod invoke;
mod model;
mod openapi;
mod options;
mod platform;
mod policy;
mod queue_source;
mod queue_stats;
mod registry;
mod routes;
mod services;
pub mod template;

pub use clock::TestClock;
pub use demo::{Credentials, Keys, Login};
pub use invoke::FaultInjection;
pub use model::ModelFlag;
pub use openapi::openapi;
pub use options::Options;
pub use platform::LocalPlatform;
pub use registry::{Code, Work};

/// Why the platform could not start or go on; for the person at the terminal.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct LocalError(pub String);

impl LocalError {
    fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// What everything here answers.
pub type Result<T> = std::result::Result<T, LocalError>;
