//! What tests of projects and widgets share.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply, Tenant};

use crate::util::botplot::text;

/// A path of a tenant's project.
pub fn project(tenant: &Tenant, rest: &str) -> String {
    format!("/api/v1/projects/{}/{rest}", tenant.chatbot)
}

/// Changes a tenant's branding.
pub async fn brand(app: &App, tenant: &Tenant, body: &Value) -> Reply {
    app.patch(&project(tenant, "branding")).bearer(&tenant.secret).json(body).send().await
}

/// Asks a tenant's project for a subdomain.
pub async fn claim(app: &App, tenant: &Tenant, subdomain: &str) -> Reply {
    let path = project(tenant, "subdomain");
    app.patch(&path).bearer(&tenant.secret).json(&json!({"subdomain": subdomain})).send().await
}

/// Changes a tenant's widget.
pub async fn configure(app: &App, tenant: &Tenant, body: &Value) -> Reply {
    app.patch("/api/v1/config").bearer(&tenant.helpbot).json(body).send().await
}

/// A copy of a tenant's chatbot, as a tenant with keys for it.
pub async fn duplicate(app: &App, tenant: &Tenant) -> Tenant {
    let path = format!("/api/v1/external/v1/chatbots/{}/duplicate", tenant.chatbot);
    let made = app.post(&path).api_key(&tenant.conferbot).send().await;
    assert_eq!(made.status, 201, "{}", made.text);
    let chatbot = text(&made.json()["data"]["id"]).to_owned();
    let key = async |dialect: &str, kind: &str| {
        let body = json!({"dialect": dialect, "kind": kind, "chatbotId": chatbot});
        let made =
            app.post("/api/v1/api-keys").bearer(&tenant.session).json(&body).send().await.json();
        text(&made["key"]).to_owned()
    };
    Tenant {
        secret: key("botplot", "secret").await,
        helpbot: key("helpbot", "site").await,
        chatbot,
        ..tenant.clone()
    }
}

/// What a browser is told that asks whether a page of another site may call: the origins and
/// the methods.
pub async fn preflight(app: &App, path: &str, method: &str) -> (String, String) {
    let asked = app
        .request(Method::OPTIONS, path)
        .header("origin", "https://shop.example")
        .header("access-control-request-method", method)
        .header("access-control-request-headers", "authorization,content-type")
        .send()
        .await;
    let header = |name: &str| asked.header(name).to_owned();
    (header("access-control-allow-origin"), header("access-control-allow-methods"))
}

/// The configuration of a chatbot of this name whose widget was never changed.
pub fn defaults(name: &str) -> Value {
    json!({
        "primaryColor": "#2563eb",
        "primaryForeground": "#ffffff",
        "backgroundColor": "#ffffff",
        "foregroundColor": "#111827",
        "secondaryColor": "#f3f4f6",
        "secondaryForeground": "#111827",
        "position": "bottom-right",
        "greeting": "Hi! How can I help you?",
        "botName": name,
        "showBranding": true,
        "aiLanguage": "en",
        "inputPlaceholder": "Ask a question…",
        "typingText": "Typing…",
        "onlineText": "Online",
        "handoffText": "Talk to a person",
        "handoffSentText": "Thank you. Somebody will get back to you.",
        "emailPlaceholder": "Your e-mail address",
        "emailSendText": "Send",
        "emailSkipText": "Skip",
        "feedbackYesText": "Helpful",
        "feedbackNoText": "Not helpful",
        "errorText": "Something went wrong. Please try again.",
        "networkErrorText": "No connection. Please try again.",
    })
}
