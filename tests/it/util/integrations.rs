//! AI backends of a tenant's chatbot.

use serde_json::{Value, json};
use testkit::{App, Tenant};

/// Where one integration is.
pub const INTEGRATIONS: &str = "/v1/integrations";
/// No integration's id.
pub const NO_INTEGRATION: &str = "0197a000-0000-7000-8000-000000000009";

/// Where the integrations of a tenant's chatbot are.
pub fn of(tenant: &Tenant) -> String {
    format!("/v1/bots/{}/integrations", tenant.chatbot)
}

/// Where one is.
pub fn one(made: &Value) -> String {
    format!("{INTEGRATIONS}/{}", made["id"].as_str().expect("an id"))
}

/// Makes one; it as it is shown.
pub async fn integrate(app: &App, tenant: &Tenant, body: Value) -> Value {
    let made = app.post(&of(tenant)).bearer(&tenant.chatbotplatform).json(&body).send().await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["data"].clone()
}

/// One that echoes.
pub fn echo(name: &str) -> Value {
    json!({"name": name, "type": "echo"})
}

/// One that speaks OpenAI's chat completions.
pub fn openai(url: &str) -> Value {
    json!({"name": "Model", "type": "openai_compatible", "url": format!("{url}/v1"),
        "model": "fake", "api_key": "sk-secret-1"})
}

/// One as it is shown now.
pub async fn shown(app: &App, tenant: &Tenant, made: &Value) -> Value {
    app.get(&one(made)).bearer(&tenant.chatbotplatform).send().await.ok()["data"].clone()
}
