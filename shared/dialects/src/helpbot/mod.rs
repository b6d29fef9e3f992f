//! HelpBot: one question and its answer a conversation. Camel case; a session ties conversations
//! together.

pub mod analytics;
pub mod chat;
pub mod chatbots;
pub mod conversations;
pub mod deliveries;
pub mod error;
pub mod events;
pub mod knowledge;
pub mod subscriptions;

use domain::{Dialect, Error};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    events::Events,
    folder::{DialectErrors, DialectFolder},
    openapi,
};

/// The dialect as a type.
#[derive(Debug, Clone, Copy)]
pub struct Helpbot;

impl DialectErrors for Helpbot {
    const DIALECT: Dialect = Dialect::Helpbot;
}

impl DialectFolder for Helpbot {
    fn path_prefixes(&self) -> &'static [&'static str] {
        &[
            "/api/v1/feedback",
            "/api/v1/handoff",
            "/api/v1/sources",
            "/api/v1/config",
            "/api/v1/webhooks",
            "/api/v1/analytics/overview",
            "/api/v1/analytics/activity",
        ]
    }

    fn about(&self) -> &'static str {
        "FAQ chat, feedback, handoff, sources, widget, analytics."
    }

    fn security_schemes(&self) -> Vec<(&'static str, Value)> {
        let bearer = "A site's key, `wk_live_…`; also taken as `apiKey` in the body.";
        let query = json!({
            "type": "apiKey", "in": "query", "name": "apiKey",
            "description": "A site's key, `wk_live_…`.",
        });
        vec![("helpbot", openapi::bearer(bearer)), ("helpbotQuery", query)]
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

/// `{"success": true}`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = helpbot::SuccessOut, example = json!({"success": true}))]
pub struct SuccessOut {
    /// Always true.
    success: bool,
}

impl SuccessOut {
    /// It was done.
    pub const DONE: Self = Self { success: true };
}

/// `{"deleted": true}`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = helpbot::DeletedOut, example = json!({"deleted": true}))]
pub struct DeletedOut {
    /// Always true.
    deleted: bool,
}

impl DeletedOut {
    /// It is gone.
    pub const DONE: Self = Self { deleted: true };
}
