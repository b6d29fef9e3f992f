//! What people ask and are told of a webhook's deliveries. No reference has these; each dialect
//! spells them as it spells its webhooks.

use domain::{DeliveryQuery, Error, ReplayRange, Result};
use serde::Deserialize;

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

/// Which deliveries are sent again.
#[derive(Debug, Deserialize)]
pub struct ReplayIn {
    since: Option<String>,
    until: Option<String>,
    status: Option<String>,
    cursor: Option<String>,
}

impl ReplayIn {
    /// The command.
    pub fn range(self) -> Result<ReplayRange> {
        let Self { since, until, status, cursor } = self;
        ReplayRange::new(since.as_deref(), until.as_deref(), status.as_deref(), cursor.as_deref())
    }
}

/// The types of a dialect: how it spells names, and what it calls an id.
macro_rules! spelt {
    ($dialect:ident, $casing:literal, $id:literal) => {
        /// In the dialect of that name.
        pub mod $dialect {
            use domain::{Attempt, Delivery, DeliveryCursor, Timestamp, WebhookId};
            use serde::Serialize;

            /// A delivery with its attempts.
            #[derive(Debug, Serialize)]
            #[serde(rename_all = $casing)]
            pub struct DeliveryOut {
                #[serde(rename = $id)]
                id: String,
                event: String,
                status: &'static str,
                attempts: Vec<AttemptOut>,
                next_attempt_at: Option<String>,
                replayed_at: Option<String>,
                created_at: String,
            }

            /// An attempt. Without an answer `statusCode` is null, and `response` says why.
            #[derive(Debug, Serialize)]
            #[serde(rename_all = $casing)]
            pub struct AttemptOut {
                at: String,
                status_code: Option<u16>,
                latency_ms: u32,
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
            #[derive(Debug, Serialize)]
            #[serde(rename_all = $casing)]
            pub struct ReplayedOut {
                replayed: u32,
                next_cursor: Option<String>,
            }

            impl ReplayedOut {
                /// Of `replayed` deliveries.
                pub fn new(replayed: u32, next: Option<DeliveryCursor>) -> Self {
                    Self { replayed, next_cursor: next.map(|cursor| cursor.to_string()) }
                }
            }

            /// A webhook's new secret, this once.
            #[derive(Debug, Serialize)]
            #[serde(rename_all = $casing)]
            pub struct RotatedOut {
                #[serde(rename = $id)]
                id: String,
                secret: String,
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
