//! Webhook subscriptions and their deliveries: at least once, never zero times. [`circuit`] and
//! [`retry`] hold the rules by which an endpoint is spared and a delivery is retried.

pub mod circuit;
mod delivery;
mod health;
pub mod latency;
pub mod retry;

pub use circuit::{CircuitState, OpenCircuit};
pub use delivery::{Attempt, Delivery, DeliveryStatus};
pub use health::HealthChange;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{AgentLoopId, ChatbotId, Dialect, SealedHeader, Timestamp, WebhookId, WorkspaceId};

/// An endpoint has this long to answer.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// How much of an endpoint's answer is kept, in bytes.
pub const KEPT_BODY: usize = 1024;
/// How long a delivery and its attempts are kept.
pub const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// After a rotation the old secret signs too for this long.
pub const OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);
/// A webhook whose endpoint has failed for this long without a success is disabled.
pub const MAX_FAILING: Duration = Duration::from_secs(5 * 24 * 60 * 60);
/// A delivery with this many attempts is not replayed: its attempts are kept in one item.
pub const MAX_ATTEMPTS: usize = 64;

/// What a callback of an agent loop listens to: the end of its executions, as no other subscription can.
pub const CALLBACK_EVENT: &str = "agent_loop.callback";

/// Whether a subscription is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookStatus {
    /// It is.
    Active,
    /// It was disabled, by its owner or because its endpoint is gone.
    Disabled,
}

impl WebhookStatus {
    /// The name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// Whose events a subscription wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// One chatbot's; it goes with the chatbot.
    #[serde(rename = "chatbotId")]
    Chatbot(ChatbotId),
    /// Those of all chatbots of a workspace, later ones included.
    #[serde(rename = "workspaceId")]
    Workspace(WorkspaceId),
    /// The executions of one agent loop, which are posted to its callback.
    #[serde(rename = "agentLoopId")]
    AgentLoop(AgentLoopId),
}

/// What makes a subscription the callback of an agent loop: it is set up with the loop, listens to no
/// event by name, signs nothing and is never disabled by the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoopCallback {
    /// The loop.
    pub agent_loop_id: AgentLoopId,
    /// Headers that go with each attempt.
    pub headers: Vec<SealedHeader>,
}

/// A signing secret that was rotated away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetiredSecret {
    /// The secret, sealed.
    pub sealed: String,
    /// It signs too until then.
    pub until: Timestamp,
}

/// Why the platform disabled a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisableReason {
    /// Its endpoint answered 410 Gone.
    Gone,
    /// Its endpoint had failed for [`MAX_FAILING`].
    Failing,
}

/// That the platform disabled a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoDisabled {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: DisableReason,
}

/// A subscription. It remembers its dialect; every delivery speaks it.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The chatbot whose events it wants; all of the workspace if `None`.
    pub chatbot_id: Option<ChatbotId>,
    /// The dialect it was made in.
    pub dialect: Dialect,
    /// Where deliveries go: a web address, or the ARN of a queue.
    pub url: String,
    /// The dialect's names of the events it wants.
    pub events: Vec<String>,
    /// Its owner's note.
    pub description: String,
    /// The signing secret, sealed.
    pub sealed_secret: String,
    /// The secret before that, which still signs for a while.
    pub retired_secret: Option<RetiredSecret>,
    /// Whether it is served.
    pub status: WebhookStatus,
    /// Since when every attempt has failed; `None` if the last one did not.
    pub failing_since: Option<Timestamp>,
    /// When and why the platform disabled it, if it did.
    pub auto_disabled: Option<AutoDisabled>,
    /// The open circuit of its endpoint; `None` while it is closed.
    pub circuit: Option<OpenCircuit>,
    /// How many milliseconds requests to its endpoint take on average; `None` unless that is slow.
    pub slow_ms: Option<u32>,
    /// What makes it an agent loop's callback, if it is one.
    pub callback: Option<LoopCallback>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Webhook {
    /// Whose events it wants.
    pub fn scope(&self) -> Scope {
        match (&self.callback, self.chatbot_id) {
            (Some(callback), _) => Scope::AgentLoop(callback.agent_loop_id),
            (None, Some(chatbot)) => Scope::Chatbot(chatbot),
            (None, None) => Scope::Workspace(self.workspace_id),
        }
    }

    /// The id of the callback of an agent loop: each loop has one at most.
    pub fn callback_of(agent_loop: AgentLoopId) -> WebhookId {
        WebhookId::derived(&["callback", &agent_loop.to_string()])
    }
}

/// What may change of a subscription; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WebhookPatch {
    /// See [`Webhook::url`].
    pub url: Option<String>,
    /// See [`Webhook::events`].
    pub events: Option<Vec<String>>,
    /// See [`Webhook::description`].
    pub description: Option<String>,
    /// See [`Webhook::status`].
    pub status: Option<WebhookStatus>,
}
