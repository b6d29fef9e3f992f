//! What people ask and are told of a webhook's deliveries. No reference has these; each dialect
//! spells them as it spells its webhooks.

use domain::{
    DeliveryQuery, DeliveryStatus, Error, ReplayRange, Result,
    page::{MOST_ROWS, ROWS},
};
use serde::Deserialize;
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
    /// Which deliveries are wanted. Where a dialect is `strict`, no other parameter is taken.
    pub fn wanted(self, strict: bool) -> Result<DeliveryQuery> {
        let known = |name: &str| PARAMETERS.contains(&name);
        if let Some((name, _)) = self.0.iter().find(|(name, _)| strict && !known(name)) {
            return Err(Error::field(name, "is no filter of this list"));
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
            (limit, "How many at the most.", schema::count(ROWS, (1, MOST_ROWS))),
            (cursor, "Where an earlier answer says that the list goes on.", schema::cursor()),
        ])
    }
}

fn statuses() -> [&'static str; 3] {
    DeliveryStatus::ALL.map(DeliveryStatus::name)
}

fn status() -> Object {
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
    /// Where an earlier answer says that it goes on.
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

/// The types of a dialect: how it spells names, and what it calls an id. These two are token trees,
/// since a derive does not see what is in a `literal`.
macro_rules! spelt {
    ($dialect:ident, $casing:tt, $id:tt) => {
        /// In the dialect of that name.
        pub mod $dialect {
            use domain::{Attempt, Delivery, DeliveryCursor, Timestamp, WebhookId};
            use serde::Serialize;
            use utoipa::ToSchema;

            use crate::schema;

            /// A delivery with its attempts.
            #[derive(Debug, Serialize, ToSchema)]
            #[serde(rename_all = $casing)]
            #[schema(as = $dialect::DeliveryOut)]
            pub struct DeliveryOut {
                /// The same at every attempt.
                #[serde(rename = $id)]
                #[schema(schema_with = schema::id)]
                id: String,
                /// The event's name.
                event: String,
                #[schema(schema_with = super::status)]
                status: &'static str,
                /// Oldest first.
                attempts: Vec<AttemptOut>,
                /// Null unless it is pending.
                #[schema(schema_with = schema::time_or_null, required = true)]
                next_attempt_at: Option<String>,
                /// When it was last sent again by hand, or null.
                #[schema(schema_with = schema::time_or_null, required = true)]
                replayed_at: Option<String>,
                #[schema(schema_with = schema::time)]
                created_at: String,
            }

            /// An attempt.
            #[derive(Debug, Serialize, ToSchema)]
            #[serde(rename_all = $casing)]
            #[schema(as = $dialect::AttemptOut)]
            pub struct AttemptOut {
                #[schema(schema_with = schema::time)]
                at: String,
                /// Null where there was no answer.
                #[schema(required = true, example = 200)]
                status_code: Option<u16>,
                /// Milliseconds until there was one, or none came.
                #[schema(example = 84)]
                latency_ms: u32,
                /// The answer's first bytes, or what went wrong instead.
                #[schema(example = "OK")]
                response: String,
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

            impl From<Attempt> for AttemptOut {
                fn from(Attempt { at, status, latency_ms, response }: Attempt) -> Self {
                    Self { at: at.to_string(), status_code: status, latency_ms, response }
                }
            }

            /// How many deliveries are due again, and where the next call goes on.
            #[derive(Debug, Serialize, ToSchema)]
            #[serde(rename_all = $casing)]
            #[schema(as = $dialect::ReplayedOut)]
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
            #[serde(rename_all = $casing)]
            #[schema(as = $dialect::RotatedOut)]
            pub struct RotatedOut {
                #[serde(rename = $id)]
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
                    Self {
                        id: id.to_string(),
                        secret,
                        previous_secret_expires_at: until.to_string(),
                    }
                }
            }
        }
    };
}

spelt!(botplot, "snake_case", "id");
spelt!(chatbotplatform, "snake_case", "id");
spelt!(conferbot, "camelCase", "_id");
spelt!(helpbot, "camelCase", "id");
