//! Chatbot Platform: a workspace's bots and what was said to them. Snake case; everything in
//! `data`, lists with their `meta` beside it.

pub mod agent_loops;
pub mod chatbots;
pub mod conversations;
pub mod deliveries;
pub mod error;
pub mod events;
pub mod executions;
pub mod integrations;
mod list;
mod query;
pub mod subscriptions;

pub use list::{ListIn, ListOut, MessagesIn};
pub use query::{
    AgentLoopQuery, BotQuery, ConversationQuery, ExecutionQuery, IntegrationQuery, MessageQuery,
    WebhookQuery,
};

use domain::{Dialect, Error, ErrorKind};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    events::Events,
    folder::{DialectErrors, DialectFolder},
    openapi, schema,
};

/// The dialect as a type.
#[derive(Debug, Clone, Copy)]
pub struct ChatbotPlatform;

impl DialectErrors for ChatbotPlatform {
    const DIALECT: Dialect = Dialect::ChatbotPlatform;
}

impl DialectFolder for ChatbotPlatform {
    fn path_prefixes(&self) -> &'static [&'static str] {
        &["/v1"]
    }

    fn about(&self) -> &'static str {
        "Bots, conversations, messages and webhooks."
    }

    fn security_schemes(&self) -> Vec<(&'static str, Value)> {
        vec![("chatbotplatform", openapi::bearer("A workspace's key, `sk_live_…`."))]
    }

    fn status(&self, kind: ErrorKind) -> u16 {
        error::status(kind)
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

/// The envelope of a single resource.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::DataOut<T>)]
pub struct DataOut<T> {
    /// The resource.
    pub data: T,
}

impl<T> DataOut<T> {
    /// Around `resource`.
    pub fn new(resource: impl Into<T>) -> Self {
        Self { data: resource.into() }
    }
}

/// A deletion.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::DeletedOut)]
pub struct DeletedOut {
    #[schema(schema_with = schema::id)]
    id: String,
    deleted: bool,
}

impl DeletedOut {
    /// What went by `id` is gone.
    pub fn new(id: impl ToString) -> DataOut<Self> {
        DataOut { data: Self { id: id.to_string(), deleted: true } }
    }
}
