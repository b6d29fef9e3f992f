//! Conferbot: a workspace's chatbots. Camel case; everything in `data`.

pub mod access;
pub mod analytics;
pub mod chatbots;
pub mod conversations;
pub mod deliveries;
pub mod error;
pub mod events;
pub mod subscriptions;

use domain::{Dialect, Error};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    events::Events,
    folder::{DialectErrors, DialectFolder},
};

/// The dialect as a type.
#[derive(Debug, Clone, Copy)]
pub struct Conferbot;

impl DialectErrors for Conferbot {
    const DIALECT: Dialect = Dialect::Conferbot;
}

impl DialectFolder for Conferbot {
    fn path_prefixes(&self) -> &'static [&'static str] {
        &["/api/v1/external/v1"]
    }

    fn about(&self) -> &'static str {
        "A workspace's chatbots, responses, analytics, webhooks and usage."
    }

    fn security_schemes(&self) -> Vec<(&'static str, Value)> {
        let key = json!({
            "type": "apiKey", "in": "header", "name": "x-api-key",
            "description": "A workspace's key, `cb_live_…`.",
        });
        vec![("conferbot", key)]
    }

    fn error_body(&self, error: &Error) -> Value {
        json!(error::ErrorOut::from(error))
    }

    fn error_schema(&self) -> Value {
        error::schema()
    }

    fn events(&self) -> Option<&'static dyn Events> {
        Some(&Self)
    }
}

/// The envelope of everything.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = conferbot::DataOut<T>)]
pub struct DataOut<T> {
    /// A resource, or a list of them.
    pub data: T,
}

/// A deletion.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = conferbot::MessageOut)]
pub struct MessageOut {
    /// What was done.
    pub message: &'static str,
}
