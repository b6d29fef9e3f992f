//! A tenant whose chatbot repeats what it is asked, with a channel.

use serde_json::{Value, json};
use testkit::{App, Tenant};

use crate::{BenchError, Result};

/// Makes the tenant; its chatbot's AI backend is `echo`.
pub async fn tenant(app: &App) -> Result<Tenant> {
    let tenant = app.tenant("channels").await;
    let body = json!({"name": "Echo", "type": "echo"});
    made(app, &tenant, "integrations", &body).await?;
    Ok(tenant)
}

/// Makes a channel of the tenant's chatbot; it as it is shown.
pub async fn channel(app: &App, tenant: &Tenant, body: &Value) -> Result<Value> {
    let channel = made(app, tenant, "channels", body).await?;
    match channel["status"] == "connected" {
        true => Ok(channel),
        false => Err(BenchError(format!("the channel is not connected: {channel}"))),
    }
}

async fn made(app: &App, tenant: &Tenant, what: &str, body: &Value) -> Result<Value> {
    let path = format!("/v1/bots/{}/{what}", tenant.chatbot);
    let made = app.post(&path).bearer(&tenant.chatbotplatform).json(body).send().await;
    match made.status {
        201 => Ok(made.json()["data"].clone()),
        status => Err(BenchError(format!("{what} were answered {status}: {}", made.text))),
    }
}
