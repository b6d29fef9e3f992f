//! What the query of a list may say, for its description; `list.rs` reads it.

use domain::{
    AgentLoopStatus, BackendKind, IntegrationStatus,
    page::{MAX_ROWS, ROWS},
};
use utoipa::{
    IntoParams,
    openapi::{
        Object,
        path::{Parameter, ParameterIn},
    },
};

use super::{conversations::role, executions::execution_status};
use crate::schema;

type Filter = (&'static str, &'static str, Object);

fn list(filters: impl IntoIterator<Item = Filter>) -> Vec<Parameter> {
    let page = [
        ("page", "Page number.", schema::count(1, (1, u32::MAX))),
        ("per_page", "Items per page.", schema::count(ROWS, (1, MAX_ROWS))),
    ];
    schema::query(page.into_iter().chain(filters))
}

fn text(name: &'static str) -> Filter {
    (name, "Exactly this.", schema::any_text())
}

fn id(name: &'static str) -> Filter {
    (name, "This one alone.", schema::id())
}

fn time(name: &'static str) -> Filter {
    (name, "To the millisecond.", schema::time())
}

/// Of a list of bots.
#[derive(Debug)]
pub struct BotQuery;

impl IntoParams for BotQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let status = ("status", "Those that are.", schema::status());
        list([
            id("id"),
            text("name"),
            text("description"),
            status,
            time("created_at"),
            time("updated_at"),
        ])
    }
}

/// Of a list of webhooks.
#[derive(Debug)]
pub struct WebhookQuery;

impl IntoParams for WebhookQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let status = ("status", "Those that are.", schema::status());
        list([id("id"), text("url"), text("description"), status, time("created_at")])
    }
}

/// Of a list of integrations.
#[derive(Debug)]
pub struct IntegrationQuery;

impl IntoParams for IntegrationQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        list([
            id("id"),
            text("name"),
            (
                "type",
                "Those of this type.",
                schema::one_of(BackendKind::ALL.map(BackendKind::name)),
            ),
            text("url"),
            text("model"),
            ("timeout_seconds", "Exactly this number of seconds.", schema::count_from_zero()),
            ("weight", "Exactly this weight.", schema::count_from_zero()),
            ("is_fallback", "Whether they are fallbacks.", schema::truth()),
            (
                "status",
                "Those that are.",
                schema::one_of(IntegrationStatus::ALL.map(IntegrationStatus::name)),
            ),
            time("created_at"),
            time("updated_at"),
        ])
    }
}

/// Of a list of agent loops.
#[derive(Debug)]
pub struct AgentLoopQuery;

impl IntoParams for AgentLoopQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let statuses = AgentLoopStatus::ALL.map(AgentLoopStatus::name);
        list([
            id("id"),
            text("name"),
            id("integration_id"),
            id("bot_id"),
            ("status", "Those that are.", schema::one_of(statuses)),
            text("schedule"),
            time("created_at"),
            time("updated_at"),
        ])
    }
}

/// Of a list of executions.
#[derive(Debug)]
pub struct ExecutionQuery;

impl IntoParams for ExecutionQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        list([id("id"), ("status", "Those that are.", execution_status()), time("created_at")])
    }
}

/// Of a list of conversations.
#[derive(Debug)]
pub struct ConversationQuery;

impl IntoParams for ConversationQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        list([
            id("id"),
            id("bot_id"),
            ("status", "Those that are.", schema::conversation_status()),
            text("user_id"),
            ("platform", "Where the visitor is.", schema::platform()),
            ("channel", "Where the bot answers.", schema::platform()),
            ("message_count", "Exactly this number of messages.", schema::count_from_zero()),
            time("created_at"),
            time("updated_at"),
        ])
    }
}

/// Of a list of messages.
#[derive(Debug)]
pub struct MessageQuery;

impl IntoParams for MessageQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        list([
            id("id"),
            id("conversation_id"),
            ("role", "Who says it.", role()),
            text("content"),
            time("created_at"),
        ])
    }
}
