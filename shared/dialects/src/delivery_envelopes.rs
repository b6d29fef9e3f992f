//! What stands around deliveries in each dialect.

use domain::DeliveryCursor;
use serde::Serialize;

/// A list under `deliveries`, as BotPlot has it.
#[derive(Debug, Serialize)]
pub struct BotplotListOut<T> {
    deliveries: Vec<T>,
    next_cursor: Option<String>,
}

/// A list under `deliveries`, as HelpBot has it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HelpbotListOut<T> {
    deliveries: Vec<T>,
    next_cursor: Option<String>,
}

/// A list under `data`, as Conferbot has it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConferbotListOut<T> {
    data: Vec<T>,
    next_cursor: Option<String>,
}

/// A list under `data` with `meta`, as Chatbot Platform has it.
#[derive(Debug, Serialize)]
pub struct PlatformListOut<T> {
    data: Vec<T>,
    meta: MetaOut,
}

#[derive(Debug, Serialize)]
struct MetaOut {
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
#[derive(Debug, Serialize)]
pub struct DeliveryOut<T> {
    /// It.
    pub delivery: T,
}

/// A webhook with its new secret.
#[derive(Debug, Serialize)]
pub struct WebhookOut<T> {
    /// It.
    pub webhook: T,
}

/// Something with a word to people, as Conferbot has it.
#[derive(Debug, Serialize)]
pub struct WithMessageOut<T> {
    /// It.
    pub data: T,
    /// The word.
    pub message: &'static str,
}
