//! Integrations: the AI backends that a chatbot answers with.

use serde::{Deserialize, Serialize};

use crate::{ChatbotId, Error, IntegrationId, Result, Timestamp, WorkspaceId, bounds};

/// Integrations of one chatbot.
pub const MAX_INTEGRATIONS: u32 = 20;
/// Headers of one integration.
pub const MAX_HEADERS: usize = 20;
/// A model's name.
pub const MODEL: (usize, usize) = (0, 200);
/// A header's name and value, and an API key.
pub const HEADER_NAME: (usize, usize) = (1, 100);
/// See [`HEADER_NAME`].
pub const HEADER_VALUE: (usize, usize) = (0, 2_000);
/// See [`HEADER_NAME`].
pub const API_KEY: (usize, usize) = (0, 2_000);
/// Seconds until the first text, and of silence after it.
pub const TIMEOUT_SECONDS: (u32, u32) = (1, 120);
/// Without another value.
pub const DEFAULT_TIMEOUT_SECONDS: u32 = 30;
/// A share in the choice among a chatbot's integrations; 0 is never drawn.
pub const WEIGHT: (u32, u32) = (0, 1_000);
/// Without another value.
pub const DEFAULT_WEIGHT: u32 = 1;
/// Anthropic's own server.
pub const ANTHROPIC_URL: &str = "https://api.anthropic.com";

/// Headers that the connection or the backend's own protocol sets.
const RESERVED_HEADERS: [&str; 9] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// What sort of backend it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackendKind {
    /// OpenAI's chat completions, or a server that speaks them.
    OpenaiCompatible,
    /// Anthropic's messages.
    Anthropic,
    /// Amazon Bedrock's Converse.
    Bedrock,
    /// A server of the team's own.
    Custom,
    /// Repeats the message.
    Echo,
    /// Quotes the passages found.
    Builtin,
}

impl BackendKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::OpenaiCompatible,
        Self::Anthropic,
        Self::Bedrock,
        Self::Custom,
        Self::Echo,
        Self::Builtin,
    ];

    /// The name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenaiCompatible => "openai_compatible",
            Self::Anthropic => "anthropic",
            Self::Bedrock => "bedrock",
            Self::Custom => "custom",
            Self::Echo => "echo",
            Self::Builtin => "builtin",
        }
    }

    /// The kind that `field` names.
    pub fn named(field: &str, text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Error::field(field, format!("must be one of {names}"))
        })
    }

    /// Whether it can't do without a URL, and a model.
    fn requires(self) -> (bool, bool) {
        match self {
            Self::OpenaiCompatible | Self::Custom => (true, false),
            Self::Anthropic | Self::Bedrock => (false, true),
            Self::Echo | Self::Builtin => (false, false),
        }
    }
}

/// Whether an integration is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntegrationStatus {
    /// It is.
    Active,
    /// Its owner switched it off.
    Disabled,
    /// It failed the last time. It is still asked, and is active again once it answers.
    Error,
}

impl IntegrationStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Active, Self::Disabled, Self::Error];

    /// The name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Error => "error",
        }
    }

    /// The status that `field` names.
    pub fn named(field: &str, text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|status| status.name() == text);
        found.ok_or_else(|| Error::field(field, "must be one of active, disabled, error"))
    }
}

/// A header that goes with every request, its value sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedHeader {
    /// Its name, in lower case.
    pub name: String,
    /// Its value, sealed.
    pub sealed: String,
}

/// An AI backend of a chatbot.
#[derive(Debug, Clone, PartialEq)]
pub struct Integration {
    /// Its id.
    pub id: IntegrationId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The chatbot that answers with it.
    pub chatbot_id: ChatbotId,
    /// 1 to 100 characters.
    pub name: String,
    /// What sort of backend it is.
    pub kind: BackendKind,
    /// Where it is.
    pub url: Option<String>,
    /// Which of the backend's models.
    pub model: Option<String>,
    /// Headers that go with every request.
    pub headers: Vec<SealedHeader>,
    /// The key that it is asked with, sealed.
    pub sealed_api_key: Option<String>,
    /// Seconds until its first text, and of silence after it.
    pub timeout_seconds: u32,
    /// Its share in the choice.
    pub weight: u32,
    /// Whether it answers where the one that was chosen fails.
    pub is_fallback: bool,
    /// Whether it is asked.
    pub status: IntegrationStatus,
    /// Why it is in that status; for its owner.
    pub status_reason: Option<String>,
    /// While it is in error: it is not asked before, so that it doesn't cost every visitor its
    /// time-out.
    pub open_until: Option<Timestamp>,
    /// How many times in a row it was found failing since it last answered.
    pub trips: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its owner last changed it.
    pub updated_at: Timestamp,
}

/// An integration to make, its bounds checked.
#[derive(Debug, Clone, PartialEq)]
pub struct NewIntegration {
    /// See [`Integration::kind`].
    pub kind: BackendKind,
    /// Everything else.
    pub settings: IntegrationPatch,
}

/// What may change of an integration, its bounds checked; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IntegrationPatch {
    /// See [`Integration::name`].
    pub name: Option<String>,
    /// See [`Integration::url`]; empty takes it away.
    pub url: Option<String>,
    /// See [`Integration::model`]; empty takes it away.
    pub model: Option<String>,
    /// All headers, names in lower case.
    pub headers: Option<Vec<(String, String)>>,
    /// The key in clear; empty takes it away.
    pub api_key: Option<String>,
    /// See [`Integration::timeout_seconds`].
    pub timeout_seconds: Option<u32>,
    /// See [`Integration::weight`].
    pub weight: Option<u32>,
    /// See [`Integration::is_fallback`].
    pub is_fallback: Option<bool>,
    /// Switch it off or on.
    pub status: Option<IntegrationStatus>,
}

impl IntegrationPatch {
    /// Checks each bound.
    pub fn checked(self) -> Result<Self> {
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
        if status == Some(IntegrationStatus::Error) {
            return Err(Error::field("status", "must be one of active, disabled"));
        }
        let url = url.map(|url| match url.trim().is_empty() {
            true => Ok(String::new()),
            false => bounds::web_url("url", &url).map(Into::into),
        });
        Ok(Self {
            name: name.map(|name| bounds::text("name", &name, bounds::NAME)).transpose()?,
            url: url.transpose()?,
            model: model.map(|model| bounds::text("model", &model, MODEL)).transpose()?,
            headers: headers.map(|headers| checked_headers("headers", headers)).transpose()?,
            api_key: api_key.map(|key| secret("api_key", &key, API_KEY)).transpose()?,
            timeout_seconds: within("timeout_seconds", timeout_seconds, TIMEOUT_SECONDS)?,
            weight: within("weight", weight, WEIGHT)?,
            is_fallback,
            status,
        })
    }

    /// Nothing to change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl NewIntegration {
    /// Checks each bound, and that what the kind needs is there.
    pub fn new(kind: Option<&str>, settings: IntegrationPatch) -> Result<Self> {
        let kind = BackendKind::named("type", bounds::required("type", kind)?)?;
        let settings = settings.checked()?;
        bounds::required("name", settings.name.as_ref())?;
        check_kind(kind, settings.url.as_deref(), settings.model.as_deref())?;
        Ok(Self { kind, settings })
    }
}

/// Whether an integration of `kind` has what it needs, and nothing that it can't use.
pub fn check_kind(kind: BackendKind, url: Option<&str>, model: Option<&str>) -> Result<()> {
    let missing = |value: Option<&str>| value.is_none_or(str::is_empty);
    let (needs_url, needs_model) = kind.requires();
    let for_kind = |field| Err(Error::field(field, format!("is required for {}", kind.name())));
    if needs_url && missing(url) {
        return for_kind("url");
    }
    if needs_model && missing(model) {
        return for_kind("model");
    }
    Ok(())
}

/// `value`, if it is within its bound.
pub(crate) fn within(
    field: &str,
    value: Option<u32>,
    (min, max): (u32, u32),
) -> Result<Option<u32>> {
    match value {
        Some(value) if !(min..=max).contains(&value) => {
            Err(Error::field(field, format!("must be a whole number from {min} to {max}")))
        }
        value => Ok(value),
    }
}

/// Text that a header can hold: visible ASCII and spaces.
fn secret(field: &str, value: &str, bound: (usize, usize)) -> Result<String> {
    let value = bounds::text(field, value, bound)?;
    match value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        true => Ok(value),
        false => Err(Error::field(field, "must consist of printable ASCII characters")),
    }
}

/// `headers` of the field `field`, names in lower case: each a token that the connection doesn't set,
/// each once, values printable.
pub(crate) fn checked_headers(
    field: &str,
    headers: Vec<(String, String)>,
) -> Result<Vec<(String, String)>> {
    if headers.len() > MAX_HEADERS {
        return Err(Error::field(field, format!("must have at most {MAX_HEADERS} entries")));
    }
    let mut checked: Vec<(String, String)> = Vec::new();
    for (name, value) in headers {
        let one = format!("{field}.{name}");
        let name = bounds::text(field, &name, HEADER_NAME)?.to_ascii_lowercase();
        let is_token =
            name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
        if !is_token {
            return Err(Error::field(field, "must have names of letters, digits and hyphens"));
        }
        if RESERVED_HEADERS.contains(&name.as_str()) {
            return Err(Error::field(one, "is set by the connection"));
        }
        if checked.iter().any(|(other, _)| *other == name) {
            return Err(Error::field(one, "comes twice"));
        }
        checked.push((name, secret(&one, &value, HEADER_VALUE)?));
    }
    Ok(checked)
}

/// Which integrations of a list are wanted: those that are alike in all that is named here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IntegrationFilter {
    /// Its id, as text: a malformed id matches nothing.
    pub id: Option<String>,
    /// See [`Integration::name`].
    pub name: Option<String>,
    /// See [`Integration::kind`].
    pub kind: Option<BackendKind>,
    /// See [`Integration::url`].
    pub url: Option<String>,
    /// See [`Integration::model`].
    pub model: Option<String>,
    /// See [`Integration::timeout_seconds`].
    pub timeout_seconds: Option<u32>,
    /// See [`Integration::weight`].
    pub weight: Option<u32>,
    /// See [`Integration::is_fallback`].
    pub is_fallback: Option<bool>,
    /// See [`Integration::status`].
    pub status: Option<IntegrationStatus>,
    /// See [`Integration::created_at`].
    pub created_at: Option<Timestamp>,
    /// See [`Integration::updated_at`].
    pub updated_at: Option<Timestamp>,
}

impl IntegrationFilter {
    /// Whether `integration` is wanted.
    pub fn matches(&self, integration: &Integration) -> bool {
        let Self {
            id,
            name,
            kind,
            url,
            model,
            timeout_seconds,
            weight,
            is_fallback,
            status,
            created_at,
            updated_at,
        } = self;
        let it = integration;
        id.as_ref().is_none_or(|id| *id == it.id.to_string())
            && name.as_ref().is_none_or(|name| *name == it.name)
            && kind.is_none_or(|kind| kind == it.kind)
            && url.as_ref().is_none_or(|url| it.url.as_ref() == Some(url))
            && model.as_ref().is_none_or(|model| it.model.as_ref() == Some(model))
            && timeout_seconds.is_none_or(|seconds| seconds == it.timeout_seconds)
            && weight.is_none_or(|weight| weight == it.weight)
            && is_fallback.is_none_or(|is| is == it.is_fallback)
            && status.is_none_or(|status| status == it.status)
            && created_at.is_none_or(|at| at == it.created_at)
            && updated_at.is_none_or(|at| at == it.updated_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(patch: IntegrationPatch) -> String {
        patch.checked().unwrap_err().fields[0].field.clone()
    }

    #[test]
    fn every_bound_is_named() {
        let text = |text: &str| Some(text.to_owned());
        let header = |name: &str, value: &str| Some(vec![(name.to_owned(), value.to_owned())]);
        let patch = IntegrationPatch::default;
        for (field, wrong) in [
            ("name", IntegrationPatch { name: text(" "), ..patch() }),
            ("url", IntegrationPatch { url: text("ftp://example.com"), ..patch() }),
            ("model", IntegrationPatch { model: text(&"m".repeat(201)), ..patch() }),
            ("api_key", IntegrationPatch { api_key: text("sk\n1"), ..patch() }),
            ("api_key", IntegrationPatch { api_key: text(&"k".repeat(2_001)), ..patch() }),
            ("timeout_seconds", IntegrationPatch { timeout_seconds: Some(0), ..patch() }),
            ("timeout_seconds", IntegrationPatch { timeout_seconds: Some(121), ..patch() }),
            ("weight", IntegrationPatch { weight: Some(1_001), ..patch() }),
            ("status", IntegrationPatch { status: Some(IntegrationStatus::Error), ..patch() }),
            ("headers.Host", IntegrationPatch { headers: header("Host", "x"), ..patch() }),
            ("headers", IntegrationPatch { headers: header("a b", "x"), ..patch() }),
            ("headers.x", IntegrationPatch { headers: header("x", "é"), ..patch() }),
        ] {
            assert_eq!(refused(wrong), field);
        }
        let headers = (0..21).map(|n| (format!("x-{n}"), String::new())).collect();
        assert_eq!(refused(IntegrationPatch { headers: Some(headers), ..patch() }), "headers");
        let twice = ["X-A", "x-a"].map(|name| (name.to_owned(), String::new())).to_vec();
        assert_eq!(refused(IntegrationPatch { headers: Some(twice), ..patch() }), "headers.x-a");
        let good = IntegrationPatch { headers: header("X-Org", "acme"), ..patch() };
        assert_eq!(good.checked().unwrap().headers, header("x-org", "acme"));
    }

    #[test]
    fn a_kind_says_what_it_needs() {
        let new = |kind: &str, url: Option<&str>, model: Option<&str>| {
            let (url, model) = (url.map(str::to_owned), model.map(str::to_owned));
            let name = Some("Mine".to_owned());
            let settings = IntegrationPatch { name, url, model, ..IntegrationPatch::default() };
            NewIntegration::new(Some(kind), settings).map_err(|e| e.fields[0].field.clone())
        };
        let url = Some("https://example.com");
        assert!(new("openai_compatible", url, None).is_ok());
        assert_eq!(new("openai_compatible", None, Some("m")), Err("url".to_owned()));
        assert_eq!(new("custom", Some(""), None), Err("url".to_owned()));
        assert_eq!(new("anthropic", None, None), Err("model".to_owned()));
        assert_eq!(new("bedrock", None, Some("")), Err("model".to_owned()));
        assert!(new("anthropic", None, Some("m")).is_ok() && new("echo", None, None).is_ok());
        assert_eq!(new("gpt", url, None), Err("type".to_owned()));
    }
}
