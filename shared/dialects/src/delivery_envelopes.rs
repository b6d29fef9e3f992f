//! What stands around deliveries in each dialect.

use domain::DeliveryCursor;
use serde::Serialize;
use utoipa::ToSchema;

use crate::schema;

/// A list under `deliveries`, as BotPlot has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::DeliveriesOut<T>)]
pub struct BotplotListOut<T> {
    /// Newest first.
    deliveries: Vec<T>,
    /// Null where the list ends.
    #[schema(schema_with = schema::cursor_or_null, required = true)]
    next_cursor: Option<String>,
}

/// A list under `deliveries`, as HelpBot has it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::DeliveriesOut<T>)]
pub struct HelpbotListOut<T> {
    /// Newest first.
    deliveries: Vec<T>,
    /// Null where the list ends.
    #[schema(schema_with = schema::cursor_or_null, required = true)]
    next_cursor: Option<String>,
}

/// A list under `data`, as Conferbot has it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = conferbot::DeliveriesOut<T>)]
pub struct ConferbotListOut<T> {
    /// Newest first.
    data: Vec<T>,
    /// Null where the list ends.
    #[schema(schema_with = schema::cursor_or_null, required = true)]
    next_cursor: Option<String>,
}

/// A list under `data` with `meta`, as Chatbot Platform has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::DeliveriesOut<T>)]
pub struct PlatformListOut<T> {
    /// Newest first.
    data: Vec<T>,
    meta: MetaOut,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::CursorMetaOut)]
struct MetaOut {
    /// Null where the list ends.
    #[schema(schema_with = schema::cursor_or_null, required = true)]
    next_cursor: Option<String>,
}

fn text(next: Option<DeliveryCursor>) -> Option<String> {
    next.map(|cursor| cursor.to_string())
}

impl<T> BotplotListOut<T> {
    /// A page that goes on at `next`.
    pub fn new(deliveries: Vec<T>, next: Option<DeliveryCursor>) -> Self {
        Self { deliveries, next_cursor: text(next) }
    }
}

impl<T> HelpbotListOut<T> {
    /// A page that goes on at `next`.
    pub fn new(deliveries: Vec<T>, next: Option<DeliveryCursor>) -> Self {
        Self { deliveries, next_cursor: text(next) }
    }
}

impl<T> ConferbotListOut<T> {
    /// A page that goes on at `next`.
    pub fn new(data: Vec<T>, next: Option<DeliveryCursor>) -> Self {
        Self { data, next_cursor: text(next) }
    }
}

impl<T> PlatformListOut<T> {
    /// A page that goes on at `next`.
    pub fn new(data: Vec<T>, next: Option<DeliveryCursor>) -> Self {
        Self { data, meta: MetaOut { next_cursor: text(next) } }
    }
}

/// One delivery.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = deliveries::DeliveryOut<T>)]
pub struct OneOut<T> {
    /// It.
    pub delivery: T,
}

/// A webhook with its new secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = deliveries::WebhookOut<T>)]
pub struct WebhookOut<T> {
    /// It.
    pub webhook: T,
}

/// Something with a word to people, as Conferbot has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = conferbot::WithMessageOut<T>)]
pub struct WithMessageOut<T> {
    /// It.
    pub data: T,
    /// The word.
    pub message: &'static str,
}
