//! What tests of botplot's webhooks share.

use domain::Delivery;
use serde_json::{Value, json};
use store::DeliveryRange;
use testkit::{App, Received, Tenant};

use crate::util::botplot::{UNKNOWN, text};

/// Every documented event.
pub const EVENTS: [&str; 6] = [
    "conversation.started",
    "conversation.ended",
    "message.created",
    "lead.captured",
    "handoff.requested",
    "rating.received",
];

/// A tenant's webhooks.
pub fn hooks(tenant: &Tenant) -> String {
    format!("/api/v1/projects/{}/webhooks", tenant.chatbot)
}

/// Makes a webhook; its id and secret.
pub async fn create(app: &App, tenant: &Tenant, url: &str, events: &[&str]) -> (String, String) {
    let body = json!({"url": url, "events": events});
    let made = app.post(&hooks(tenant)).bearer(&tenant.secret).json(&body).send().await.ok();
    let webhook = &made["webhook"];
    (text(&webhook["id"]).to_owned(), text(&webhook["secret"]).to_owned())
}

/// A tenant's webhooks, as they are listed.
pub async fn list(app: &App, tenant: &Tenant) -> Vec<Value> {
    let list = app.get(&hooks(tenant)).bearer(&tenant.secret).send().await.ok();
    list["webhooks"].as_array().unwrap().clone()
}

/// Project ids that are not the key's own: another tenant's, a sibling's, and none at all.
pub async fn foreign_projects(app: &App, ada: &Tenant, bob: &Tenant) -> Vec<String> {
    let body = json!({"name": "Another one"});
    let sibling = app.post("/api/v1/chatbots").bearer(&ada.session).json(&body).send().await.ok();
    let sibling = text(&sibling["chatbot"]["id"]).to_owned();
    let none = [UNKNOWN.to_owned(), "1".to_owned(), ada.chatbot.to_uppercase()];
    [bob.chatbot.clone(), sibling].into_iter().chain(none).collect()
}

/// Asserts that a delivery is signed with `secret` as documented, and that its body would verify
/// in JavaScript after having been parsed and printed.
#[track_caller]
pub fn verify(received: &Received, secret: &str) {
    let expected = format!("sha256={}", dialects::events::hmac_hex(secret, &received.body));
    assert_eq!(received.header("x-botplot-signature"), expected);
    assert_eq!(received.header("user-agent"), "BotPlot-Webhooks/1.0");
    assert!(received.header("content-type").starts_with("application/json"));
    assert!(!received.header("x-botplot-delivery").is_empty());
    assert_eq!(received.json().to_string(), received.body, "it survives being printed again");
    assert_eq!(received.json()["event"], received.header("x-botplot-event"));
}

/// Where the store has a webhook.
pub async fn scope_of(
    app: &App,
    tenant: &testkit::Tenant,
    dialect: &str,
    id: &str,
) -> domain::Scope {
    let scope = match dialect {
        "chatbotplatform" => domain::Scope::Workspace(tenant.workspace.parse().unwrap()),
        _ => domain::Scope::Chatbot(tenant.chatbot.parse().unwrap()),
    };
    let found = app.platform.app.store.webhook(scope, id.parse().unwrap(), true).await.unwrap();
    assert!(found.is_some(), "a webhook of {dialect}");
    scope
}

/// The deliveries that the table holds of a webhook, whether or not the webhook is still there.
pub async fn stored_deliveries(app: &App, webhook: &str) -> Vec<Delivery> {
    let all = DeliveryRange { between: None, status: None, after: None, limit: 10 };
    let webhook = webhook.parse().expect("an id");
    app.platform.app.store.list_deliveries(webhook, all).await.expect("a page").deliveries
}
