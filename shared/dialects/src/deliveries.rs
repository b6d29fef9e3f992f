//! Requests about a webhook's deliveries, the same in every dialect. No reference has these
//! routes; what they return is in the `deliveries.rs` of each folder, in the dialect's own casing.

use domain::{
    DeliveryQuery, DeliveryStatus, Error, ReplayRange, Result,
    page::{MAX_ROWS, ROWS},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        Object,
        path::{Parameter, ParameterIn},
    },
};

use crate::schema;

/// The query of a list of deliveries, as it came.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct DeliveriesQuery(Vec<(String, String)>);

const PARAMETERS: [&str; 3] = ["status", "limit", "cursor"];

impl DeliveriesQuery {
    /// Which deliveries are requested. Where a dialect is `strict`, any other parameter is an
    /// error.
    pub fn wanted(self, strict: bool) -> Result<DeliveryQuery> {
        let known = |name: &str| PARAMETERS.contains(&name);
        if let Some((name, _)) = self.0.iter().find(|(name, _)| strict && !known(name)) {
            return Err(Error::field(name, "is not a supported filter"));
        }
        let [status, limit, cursor] = PARAMETERS.map(|wanted| {
            let found = self.0.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.as_str())
        });
        DeliveryQuery::new(status, limit, cursor)
    }
}

impl IntoParams for DeliveriesQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let [status, limit, cursor] = PARAMETERS;
        schema::query([
            (status, "Those that are.", self::status()),
            (limit, "The maximum number.", schema::count(ROWS, (1, MAX_ROWS))),
            (cursor, "The cursor that an earlier page returned.", schema::cursor()),
        ])
    }
}

fn statuses() -> [&'static str; 3] {
    DeliveryStatus::ALL.map(DeliveryStatus::name)
}

pub(crate) fn status() -> Object {
    schema::one_of(statuses())
}

fn status_or_null() -> Object {
    schema::one_of_or_null(statuses())
}

/// Which deliveries are sent again.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = deliveries::ReplayIn, example = json!({
    "since": "2026-02-15T00:00:00Z",
    "until": "2026-02-16T00:00:00Z",
    "status": "failed",
}))]
pub struct ReplayIn {
    /// Those of events from then on.
    #[schema(schema_with = schema::time, required = true)]
    since: Option<String>,
    /// To then, included; not before `since`.
    #[schema(schema_with = schema::time, required = true)]
    until: Option<String>,
    /// Those that are; without it all that are settled.
    #[schema(schema_with = status_or_null)]
    status: Option<String>,
    /// The cursor that an earlier call returned.
    #[schema(schema_with = schema::cursor_or_null)]
    cursor: Option<String>,
}

impl ReplayIn {
    /// The command.
    pub fn range(self) -> Result<ReplayRange> {
        let Self { since, until, status, cursor } = self;
        ReplayRange::new(since.as_deref(), until.as_deref(), status.as_deref(), cursor.as_deref())
    }
}

/// One delivery under its name, in dialects that wrap it so.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = deliveries::DeliveryOut<T>)]
pub struct OneOut<T> {
    /// The delivery.
    pub delivery: T,
}

/// A webhook with its new secret under its name, in dialects that wrap it so.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = deliveries::WebhookOut<T>)]
pub struct RotatedWebhookOut<T> {
    /// The webhook's id and secret.
    pub webhook: T,
}
