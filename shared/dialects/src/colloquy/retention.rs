//! How long a chatbot keeps what its visitors leave.

use domain::{Error, Retention, bounds, retention::DAYS};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{ToSchema, openapi::Object};

use crate::schema;

fn days_or_null() -> Object {
    schema::whole_or_null(DAYS, None)
}

/// `PUT /api/v1/retention`. Both fields are required; what is null is kept as long as the chatbot.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = colloquy::RetentionIn, example = json!({"conversationDays": 365, "leadDays": null}))]
pub struct RetentionIn {
    /// Days from the last message of a conversation on.
    #[schema(schema_with = days_or_null, required = true)]
    #[serde(default, deserialize_with = "sent")]
    pub conversation_days: Option<Option<i64>>,
    /// Days from when a lead was left on.
    #[schema(schema_with = days_or_null, required = true)]
    #[serde(default, deserialize_with = "sent")]
    pub lead_days: Option<Option<i64>>,
}

/// Tells `null` from what was left out.
fn sent<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl TryFrom<RetentionIn> for Retention {
    type Error = Error;

    fn try_from(RetentionIn { conversation_days, lead_days }: RetentionIn) -> domain::Result<Self> {
        // A name that is misspelt must not switch anything off.
        Self::new(
            bounds::required("conversationDays", conversation_days)?,
            bounds::required("leadDays", lead_days)?,
        )
    }
}

/// `GET /api/v1/retention`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = colloquy::RetentionOut)]
pub struct RetentionOut {
    retention: RetentionDetailOut,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = colloquy::RetentionDetailOut)]
struct RetentionDetailOut {
    /// Days from the last message of a conversation on; null for as long as the chatbot.
    #[schema(schema_with = days_or_null, required = true)]
    conversation_days: Option<u32>,
    /// Days from when a lead was left on; null for as long as the chatbot.
    #[schema(schema_with = days_or_null, required = true)]
    lead_days: Option<u32>,
}

impl From<Retention> for RetentionOut {
    fn from(Retention { conversation_days, lead_days }: Retention) -> Self {
        Self { retention: RetentionDetailOut { conversation_days, lead_days } }
    }
}
