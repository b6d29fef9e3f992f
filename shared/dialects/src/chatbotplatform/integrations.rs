//! Chatbot Platform's integrations: the AI backends of a bot. Keys and header values come in and never
//! go out.

use std::collections::BTreeMap;

use domain::{
    BackendKind, Integration, IntegrationPatch, IntegrationStatus, NewIntegration, Result,
    integration::{
        API_KEY, DEFAULT_TIMEOUT_SECONDS, DEFAULT_WEIGHT, MAX_HEADERS, MODEL, TIMEOUT_SECONDS,
        WEIGHT,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{ToSchema, openapi::Object};

use crate::schema;

/// The placeholder for a secret.
pub(super) const MASK: &str = "••••";

fn kind() -> Object {
    schema::one_of(BackendKind::ALL.map(BackendKind::name))
}

fn status() -> Object {
    schema::one_of(IntegrationStatus::ALL.map(IntegrationStatus::name))
}

fn timeout() -> Object {
    schema::whole_or_null(TIMEOUT_SECONDS, Some(DEFAULT_TIMEOUT_SECONDS))
}

fn weight() -> Object {
    schema::whole_or_null(WEIGHT, Some(DEFAULT_WEIGHT))
}

fn timeout_or_null() -> Object {
    schema::whole_or_null(TIMEOUT_SECONDS, None)
}

fn weight_or_null() -> Object {
    schema::whole_or_null(WEIGHT, None)
}

fn model_or_null() -> Object {
    schema::text_or_null(MODEL)
}

fn api_key_or_null() -> Object {
    schema::printable_or_null(API_KEY)
}

fn backend_url_or_null() -> Object {
    schema::url_or_null()
}

/// `POST /v1/bots/{bot_id}/integrations`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = chatbotplatform::IntegrationIn, example = json!({
    "name": "Main model", "type": "echo", "timeout_seconds": 30, "weight": 1}))]
pub struct IntegrationIn {
    /// 1 to 100 characters.
    #[schema(schema_with = schema::name, required = true)]
    pub name: Option<String>,
    /// What sort of backend it is.
    #[serde(rename = "type")]
    #[schema(schema_with = kind, required = true)]
    pub kind: Option<String>,
    /// Where it is: the base URL of an OpenAI-compatible server (required), of Anthropic or a proxy of it
    /// (optional), the endpoint of Bedrock in another region (optional), a custom backend (required).
    #[schema(schema_with = backend_url_or_null)]
    pub url: Option<String>,
    /// Which of its models; required for `anthropic` and `bedrock`.
    #[schema(schema_with = model_or_null)]
    pub model: Option<String>,
    /// Up to 20 headers that go with every request; their values are never shown.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub headers: Option<BTreeMap<String, String>>,
    /// The key that it is asked with; never shown.
    #[schema(schema_with = api_key_or_null)]
    pub api_key: Option<String>,
    /// Seconds until its first text, and of silence after it.
    #[schema(schema_with = timeout)]
    pub timeout_seconds: Option<i64>,
    /// Its share in the choice among the bot's integrations; 0 is never drawn.
    #[schema(schema_with = weight)]
    pub weight: Option<i64>,
    /// Whether it answers where the one that was chosen fails.
    pub is_fallback: Option<bool>,
    /// `active` (default) or `disabled`.
    #[schema(schema_with = schema::status_or_null)]
    pub status: Option<String>,
}

/// `PATCH /v1/integrations/{id}`: only what is sent is changed; an empty text takes a value away.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = chatbotplatform::IntegrationPatchIn, example = json!({"weight": 2}))]
pub struct IntegrationPatchIn {
    /// A new name.
    #[schema(schema_with = schema::name_or_null)]
    pub name: Option<String>,
    /// Another place.
    #[schema(schema_with = backend_url_or_null)]
    pub url: Option<String>,
    /// Another model.
    #[schema(schema_with = model_or_null)]
    pub model: Option<String>,
    /// All headers in place of those there are.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub headers: Option<BTreeMap<String, String>>,
    /// Another key.
    #[schema(schema_with = api_key_or_null)]
    pub api_key: Option<String>,
    /// See the creation.
    #[schema(schema_with = timeout_or_null)]
    pub timeout_seconds: Option<i64>,
    /// See the creation.
    #[schema(schema_with = weight_or_null)]
    pub weight: Option<i64>,
    /// See the creation.
    pub is_fallback: Option<bool>,
    /// `active` or `disabled`.
    #[schema(schema_with = schema::status_or_null)]
    pub status: Option<String>,
}

impl TryFrom<IntegrationIn> for NewIntegration {
    type Error = domain::Error;

    fn try_from(from: IntegrationIn) -> Result<Self> {
        let IntegrationIn {
            name,
            kind,
            url,
            model,
            headers,
            api_key,
            timeout_seconds,
            weight,
            is_fallback,
            status,
        } = from;
        let settings = IntegrationPatchIn {
            name,
            url,
            model,
            headers,
            api_key,
            timeout_seconds,
            weight,
            is_fallback,
            status,
        };
        Self::new(kind.as_deref(), settings.unchecked()?)
    }
}

impl TryFrom<IntegrationPatchIn> for IntegrationPatch {
    type Error = domain::Error;

    fn try_from(from: IntegrationPatchIn) -> Result<Self> {
        from.unchecked()?.checked()
    }
}

impl IntegrationPatchIn {
    fn unchecked(self) -> Result<IntegrationPatch> {
        let Self {
            name,
            url,
            model,
            headers,
            api_key,
            timeout_seconds,
            weight,
            is_fallback,
            status,
        } = self;
        // What is no number of that size is out of bounds like any other.
        let whole = |value: i64| u32::try_from(value).unwrap_or(u32::MAX);
        let headers = headers.map(|headers| headers.into_iter().take(MAX_HEADERS + 1).collect());
        let status = status.as_deref().map(|text| IntegrationStatus::named("status", text));
        Ok(IntegrationPatch {
            name,
            url,
            model,
            headers,
            api_key,
            timeout_seconds: timeout_seconds.map(whole),
            weight: weight.map(whole),
            is_fallback,
            status: status.transpose()?,
        })
    }
}

/// An integration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::IntegrationOut)]
pub struct IntegrationOut {
    #[schema(schema_with = schema::id)]
    id: String,
    #[schema(schema_with = schema::id)]
    bot_id: String,
    name: String,
    #[serde(rename = "type")]
    #[schema(schema_with = kind)]
    kind: &'static str,
    #[schema(required = true)]
    url: Option<String>,
    #[schema(required = true)]
    model: Option<String>,
    /// Their names; the values are masked.
    headers: BTreeMap<String, String>,
    /// Whether there is a key.
    has_api_key: bool,
    timeout_seconds: u32,
    weight: u32,
    is_fallback: bool,
    #[schema(schema_with = status)]
    status: &'static str,
    /// Why it is in that status.
    #[schema(required = true)]
    status_reason: Option<String>,
    #[schema(schema_with = schema::time)]
    created_at: String,
    #[schema(schema_with = schema::time)]
    updated_at: String,
}

impl From<Integration> for IntegrationOut {
    fn from(from: Integration) -> Self {
        let Integration {
            id,
            workspace_id: _,
            chatbot_id,
            name,
            kind,
            url,
            model,
            headers,
            sealed_api_key,
            timeout_seconds,
            weight,
            is_fallback,
            status,
            status_reason,
            open_until: _,
            trips: _,
            created_at,
            updated_at,
        } = from;
        Self {
            id: id.to_string(),
            bot_id: chatbot_id.to_string(),
            name,
            kind: kind.name(),
            url,
            model,
            headers: headers.into_iter().map(|header| (header.name, MASK.to_owned())).collect(),
            has_api_key: sealed_api_key.is_some(),
            timeout_seconds,
            weight,
            is_fallback,
            status: status.name(),
            status_reason,
            created_at: created_at.to_string(),
            updated_at: updated_at.to_string(),
        }
    }
}

/// What a bot's AI backends were used for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::UsageOut)]
pub struct UsageOut {
    /// All days together.
    total: UsageCountsOut,
    /// Day by day, oldest first.
    days: Vec<UsageDayOut>,
}

/// Counts of one day, or of several.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
#[schema(as = chatbotplatform::UsageCountsOut)]
pub struct UsageCountsOut {
    /// Turns for which a backend was asked.
    pub turns: u64,
    /// Those of them that have no complete answer.
    pub failures: u64,
    /// Tokens that backends read, as they count them.
    pub input_tokens: u64,
    /// Tokens that they wrote.
    pub output_tokens: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::UsageDayOut)]
struct UsageDayOut {
    #[schema(schema_with = schema::day)]
    date: String,
    #[serde(flatten)]
    counts: UsageCountsOut,
}

impl UsageOut {
    /// Of these days, in order.
    pub fn new(days: Vec<(String, UsageCountsOut)>) -> Self {
        let add = |a: UsageCountsOut, b: &UsageCountsOut| UsageCountsOut {
            turns: a.turns + b.turns,
            failures: a.failures + b.failures,
            input_tokens: a.input_tokens + b.input_tokens,
            output_tokens: a.output_tokens + b.output_tokens,
        };
        Self {
            total: days.iter().map(|(_, counts)| counts).fold(UsageCountsOut::default(), add),
            days: days.into_iter().map(|(date, counts)| UsageDayOut { date, counts }).collect(),
        }
    }
}
