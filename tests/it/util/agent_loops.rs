//! Agent loops of a tenant, and a model that is scripted.

use serde_json::{Value, json};
use testkit::{
    App, Tenant,
    backend::{BackendRequest, ScriptedBackend, Step, data, head, openai_says},
    eventually,
};

use crate::util::integrations::{echo, integrate, openai};

/// Where agent loops are.
pub const LOOPS: &str = "/v1/agent-loops";
/// No loop's id, and no execution's.
pub const NO_LOOP: &str = "0197a000-0000-7000-8000-000000000009";

/// Where one is.
pub fn one(made: &Value) -> String {
    format!("{LOOPS}/{}", made["id"].as_str().expect("an id"))
}

/// Where the executions of one are.
pub fn executions(made: &Value) -> String {
    format!("{}/executions", one(made))
}

/// The least that a loop needs.
pub fn report() -> Value {
    json!({"name": "Report", "user_message": "What happened yesterday?"})
}

/// Makes one; it as it is shown.
pub async fn make(app: &App, tenant: &Tenant, body: Value) -> Value {
    let made = app.post(LOOPS).bearer(&tenant.chatbotplatform).json(&body).send().await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["data"].clone()
}

/// The integration of a tenant that echoes.
pub async fn echoing(app: &App, tenant: &Tenant) -> String {
    let mut echo = echo("Echo");
    echo["weight"] = json!(0);
    integrate(app, tenant, echo).await["id"].as_str().expect("an id").to_owned()
}

/// The integration of a tenant whose model is `model`.
pub async fn modelled(app: &App, tenant: &Tenant, model: &ScriptedBackend) -> String {
    let mut body = openai(&model.url);
    body["weight"] = json!(0);
    integrate(app, tenant, body).await["id"].as_str().expect("an id").to_owned()
}

/// Begins an execution; it as it is shown.
pub async fn run(app: &App, tenant: &Tenant, made: &Value) -> Value {
    let path = format!("{}/run", one(made));
    let begun = app.post(&path).bearer(&tenant.chatbotplatform).send().await;
    assert_eq!(begun.status, 201, "{}", begun.text);
    begun.json()["data"].clone()
}

/// An execution with its record, as it is now.
pub async fn record(app: &App, tenant: &Tenant, begun: &Value) -> Value {
    let (of, id) = (begun["agent_loop_id"].as_str(), begun["id"].as_str());
    let path = format!("{LOOPS}/{}/executions/{}", of.expect("an id"), id.expect("an id"));
    app.get(&path).bearer(&tenant.chatbotplatform).send().await.ok()["data"].clone()
}

/// The record of an execution once it has ended.
pub async fn ended(app: &App, tenant: &Tenant, begun: &Value) -> Value {
    eventually("the execution", async || {
        let now = record(app, tenant, begun).await;
        let status = now["status"].as_str().expect("a status").to_owned();
        (!["pending", "running"].contains(&status.as_str())).then_some(now)
    })
    .await
}

/// A stream of OpenAI's chunks that calls tools, each by its name and its arguments as JSON text.
pub fn calls(calls: &[(&str, &str)]) -> Vec<Step> {
    let chunk = |delta: Value, reason: Value| {
        data(&json!({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}))
    };
    let mut steps = vec![head(200, "text/event-stream")];
    for (at, (name, arguments)) in calls.iter().enumerate() {
        let call = json!({
            "index": at, "id": format!("call_{at}"), "type": "function",
            "function": {"name": name, "arguments": arguments},
        });
        steps.push(chunk(json!({"tool_calls": [call]}), Value::Null));
    }
    steps.push(chunk(json!({}), json!("tool_calls")));
    let usage = json!({"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110});
    steps.push(data(&json!({"choices": [], "usage": usage})));
    steps.push(Step::text("data: [DONE]\n\n"));
    steps
}

/// A stream of OpenAI's chunks that says `text`.
pub fn says(text: &str) -> Vec<Step> {
    openai_says(&[text])
}

/// A model that does one thing after the other, and the last one again and again.
pub async fn model(script: Vec<Vec<Step>>) -> ScriptedBackend {
    ScriptedBackend::start(move |number: usize, _: &BackendRequest| {
        script[number.min(script.len() - 1)].clone()
    })
    .await
}
