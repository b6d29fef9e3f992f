//! BotPlot: chat, knowledge, conversations, leads, analytics, webhooks and branding of one project.
//! Camel case, but for webhooks and branding, which its reference spells in snake case.

pub mod analytics;
pub mod chat;
pub mod chatbots;
pub mod conversations;
pub mod deliveries;
pub mod error;
pub mod events;
pub mod knowledge;
pub mod leads;
pub mod subscriptions;
pub mod traces;

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
pub struct Botplot;

impl DialectErrors for Botplot {
    const DIALECT: Dialect = Dialect::Botplot;
}

impl DialectFolder for Botplot {
    fn path_prefixes(&self) -> &'static [&'static str] {
        &["/api/v1"]
    }

    fn about(&self) -> &'static str {
        "Chat, streaming, knowledge, conversations, leads, analytics, white label."
    }

    fn security_schemes(&self) -> Vec<(&'static str, Value)> {
        let secret = "A chatbot's secret key, `sk_…`, or its openbat key, `ob_live_…`.";
        vec![
            (
                "botplotPublic",
                openapi::bearer("A chatbot's public key, `pk_…`; may stand in a page."),
            ),
            ("botplotSecret", openapi::bearer(secret)),
        ]
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
#[schema(as = botplot::SuccessOut, example = json!({"success": true}))]
pub struct SuccessOut {
    /// Always true.
    success: bool,
}

impl SuccessOut {
    /// It was done.
    pub const DONE: Self = Self { success: true };
}
