//! Callbacks: where a loop's executions are posted. A callback is a subscription of the delivery
//! machinery that belongs to its loop: the same queue, retries, circuit breaker and log.

use domain::{
    AgentLoop, Dialect, LoopCallback, Timestamp, Webhook, WebhookStatus, webhook::CALLBACK_EVENT,
};

/// The callback of `agent_loop` as it is set up at `now`, if it has one.
pub(super) fn callback_of(
    agent_loop: &AgentLoop,
    dialect: Dialect,
    now: Timestamp,
) -> Option<Webhook> {
    let url = agent_loop.callback_url.clone()?;
    let headers = agent_loop.callback_headers.clone();
    Some(Webhook {
        id: Webhook::callback_of(agent_loop.id),
        workspace_id: agent_loop.workspace_id,
        chatbot_id: None,
        dialect,
        url,
        events: vec![CALLBACK_EVENT.to_owned()],
        description: String::new(),
        sealed_secret: String::new(),
        retired_secret: None,
        status: WebhookStatus::Active,
        failing_since: None,
        auto_disabled: None,
        circuit: None,
        slow_ms: None,
        callback: Some(LoopCallback { agent_loop_id: agent_loop.id, headers }),
        created_at: now,
    })
}
