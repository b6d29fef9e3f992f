//! Deliveries of a webhook, in snake case as BotPlot's webhooks are.

use domain::{Attempt, Delivery, DeliveryCursor, Timestamp, WebhookId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{deliveries::status, schema};

/// A list under `deliveries`, as BotPlot has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::DeliveriesOut<T>)]
pub struct DeliveriesOut<T> {
    /// Newest first.
    deliveries: Vec<T>,
    /// Null where the list ends.
    #[schema(schema_with = schema::cursor_or_null, required = true)]
    next_cursor: Option<String>,
}

impl DeliveriesOut<DeliveryOut> {
    /// A page of deliveries; the next one begins at `next`.
    pub fn new(deliveries: Vec<Delivery>, next: Option<DeliveryCursor>) -> Self {
        Self {
            deliveries: deliveries.into_iter().map(Into::into).collect(),
            next_cursor: next.map(|cursor| cursor.to_string()),
        }
    }
}

/// A delivery with its attempts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::DeliveryOut)]
pub struct DeliveryOut {
    /// The same at every attempt.
    #[schema(schema_with = schema::id)]
    id: String,
    /// The event's name.
    event: String,
    #[schema(schema_with = status)]
    status: &'static str,
    /// Oldest first.
    attempts: Vec<AttemptOut>,
    /// Null unless it is pending.
    #[schema(schema_with = schema::time_or_null, required = true)]
    next_attempt_at: Option<String>,
    /// When it was last replayed, or null.
    #[schema(schema_with = schema::time_or_null, required = true)]
    replayed_at: Option<String>,
    #[schema(schema_with = schema::time)]
    created_at: String,
}

impl From<Delivery> for DeliveryOut {
    fn from(from: Delivery) -> Self {
        let Delivery {
            id,
            webhook_id: _,
            scope: _,
            event_id: _,
            event,
            body: _,
            status,
            attempts,
            replayed_at,
            replayed_after: _,
            next_attempt_at,
            created_at,
        } = from;
        let text = |at: Timestamp| at.to_string();
        Self {
            id: id.to_string(),
            event,
            status: status.name(),
            attempts: attempts.into_iter().map(Into::into).collect(),
            next_attempt_at: next_attempt_at.map(text),
            replayed_at: replayed_at.map(text),
            created_at: text(created_at),
        }
    }
}

/// An attempt.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::AttemptOut)]
pub struct AttemptOut {
    #[schema(schema_with = schema::time)]
    at: String,
    /// Null where there was no response.
    #[schema(required = true, example = 200)]
    status_code: Option<u16>,
    /// Milliseconds until the response, or until the attempt failed without one.
    #[schema(example = 84)]
    latency_ms: u32,
    /// The first bytes of the response, or what went wrong instead.
    #[schema(example = "OK")]
    response: String,
}

impl From<Attempt> for AttemptOut {
    fn from(Attempt { at, status, latency_ms, response }: Attempt) -> Self {
        Self { at: at.to_string(), status_code: status, latency_ms, response }
    }
}

/// How many deliveries are due again, and the cursor of the next call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::ReplayedOut)]
pub struct ReplayedOut {
    /// Those on their way already are not counted.
    #[schema(example = 42)]
    replayed: u32,
    /// What the next call sends as `cursor`, until it is null.
    #[schema(schema_with = schema::cursor_or_null, required = true)]
    next_cursor: Option<String>,
}

impl ReplayedOut {
    /// Of `replayed` deliveries.
    pub fn new(replayed: u32, next: Option<DeliveryCursor>) -> Self {
        Self { replayed, next_cursor: next.map(|cursor| cursor.to_string()) }
    }
}

/// A webhook's new secret, this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::RotatedOut)]
pub struct RotatedOut {
    #[schema(schema_with = schema::id)]
    id: String,
    /// What deliveries are signed with from now on.
    #[schema(example = "whsec_a1b2c3d4e5f6...")]
    secret: String,
    /// Until then they are signed with the old one too.
    #[schema(schema_with = schema::time)]
    previous_secret_expires_at: String,
}

impl RotatedOut {
    /// Of the webhook `id`; the secret before signs too until `until`.
    pub fn new(id: WebhookId, secret: String, until: Timestamp) -> Self {
        Self { id: id.to_string(), secret, previous_secret_expires_at: until.to_string() }
    }
}
